"""How long 500 demonstrations take at an endpoint that answers after a second and refuses one request in twenty.

The endpoint is a process of its own; its replies are true. The least such a run can take is a second for each request
it made, divided by how many are asked at a time: the ratio says what the labeller adds to that.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bench.common import quick
from flows.label import labelling_llm
from flows.progress import Update
from labeling.llm.model import LabelSettings
from llm_client.chat import ChatRequest, Message
from llm_client.endpoint import ADDRESSES
from tests.fake_llm_server import Answer, fails, fake_llm_server, says
from tests.labeling.llm.answering import forms, truthful
from tests.workspaces import write
from wiring import Parts

DEMONSTRATIONS, PAGES = 500, 5
CONCURRENCY = 16
LATENCY_S, REFUSED = 1.0, 0.05


def measured() -> dict[str, float]:
    """`llm_wall_ratio` and what it is made of; `load` is the machine's load average before and after."""
    count = quick(DEMONSTRATIONS)
    with tempfile.TemporaryDirectory(prefix="stepscope-bench-") as home, endpoint() as (url, served):
        parts = Parts(Path(home))
        try:
            for number in range(count):
                add(parts, number)
            before, began = os.getloadavg()[0], time.monotonic()
            cpu = time.process_time()
            made = label(parts, url)
            wall, cpu = time.monotonic() - began, time.process_time() - cpu
        finally:
            parts.close()
        requests = served()
    least = requests * LATENCY_S / CONCURRENCY
    if len(made["labelled"]) != count or made["ledger"]["attempts"] != requests:
        raise RuntimeError(f"{len(made['labelled'])} of {count} labelled; {made['ledger']}, served {requests}")
    return {
        "llm_wall_ratio": round(wall / least, 3),
        "demonstrations": count,
        "requests": requests,
        "refused": made["ledger"]["failed"],
        "concurrency": CONCURRENCY,
        "wall_s": round(wall, 1),
        "least_s": round(least, 1),
        "cpu_s": round(cpu, 1),
        "load_before": round(before, 2),
        "load_after": round(os.getloadavg()[0], 2),
    }


def add(parts: Parts, number: int) -> None:
    """A demonstration of its own, of five forms and twenty steps."""
    recording = forms(PAGES, f"long{number}").recording
    recording.objective = f"Enter them all, list {number}"
    recording.fields = {"started": 1_700_000_000.0 + number}
    parts.episodes.register_file(write(parts.workspace.episodes_dir, recording))


def label(parts: Parts, url: str) -> dict[str, Any]:
    """Label all with a model at the address, as the command line does."""
    saved = {name: os.environ.pop(name) for name in ADDRESSES if name in os.environ}
    os.environ[ADDRESSES[0]] = url
    try:
        asked = labelling_llm.Asked("tiny", settings=LabelSettings(concurrency=CONCURRENCY))
        return labelling_llm.label(parts, asked, _told)
    finally:
        del os.environ[ADDRESSES[0]]
        os.environ.update(saved)


@contextmanager
def endpoint() -> Iterator[tuple[str, Any]]:
    """The endpoint's address, and a function that says how many requests it has had."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs,))
    process.start()
    try:
        url = ours.recv()

        def served() -> int:
            ours.send("count")
            return int(ours.recv())

        yield url, served
        ours.send("end")
    finally:
        process.join(10)
        process.terminate()
        process.join()


def serve(pipe: Connection) -> None:
    """The endpoint: true replies after a second; by chance, but the same each time, one in twenty is a 429."""
    answer, rng, lock = truthful(forms(PAGES)), random.Random(1), threading.Lock()

    def script(request: dict[str, Any]) -> Answer:
        with lock:
            refused = rng.random() < REFUSED
        if refused:
            return _late(fails(429, "slow down"))
        messages = tuple(Message(one["role"], one["content"]) for one in request["messages"])
        return _late(says(answer(ChatRequest(messages))))

    with fake_llm_server(script) as server:
        pipe.send(server.url)
        while pipe.recv() == "count":
            pipe.send(len(server.requests))


def _late(answer: Answer) -> Answer:
    return Answer(answer.body, answer.status, answer.headers, seconds=LATENCY_S)


def _told(update: Update) -> None:
    if update.line.split()[0].endswith("0"):
        print(f"        {update.line}", flush=True)


if __name__ == "__main__":
    print(json.dumps(measured()))
