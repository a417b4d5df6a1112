"""How fast lists of 100,000 episodes answer: filtered by two facets, in groups, and as the Episodes screen.

The rows are written by the catalogue's own bulk write. A list is measured over HTTP, from the request to the last byte
of the answer with page and total, once for each of many pairs of values, nothing remembered from before; the screen in
Chromium, from the navigation to the table's first row.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
import time
import urllib.request
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import sync_playwright
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bench.app_process import App
from bench.calibration import plain_loop
from bench.common import RESULTS, Progress, Result, main, percentile, quick, summary
from bench.replay_page import served
from browser.chromium import find_chromium, launch_args
from store.catalogue import Catalogue
from store.filters import Filter
from store.workspace import Workspace

EPISODES = 100_000
LOOKS = 60
SCREENS = 5
TASKS = [f"miniwob:task-{number}" for number in range(80)]
POLICIES = ["planner", "fill_text", "choose_date", "search", "select_option", "login", "navigate", "fill_form"]
BLAMES = ["planner", "policy", "grounding", "environment", "observation", "scaffold"]
WORDS = (
    "book",
    "find",
    "send",
    "delete",
    "open",
    "cheapest",
    "flight",
    "ticket",
    "password",
    "account",
    "date",
    "table",
)


def run(progress: Progress) -> Result:
    """Lists, groups and the Episodes screen of 100,000 episodes."""
    home = RESULTS / "catalogue-100k"
    told = {
        "write": progress.part("write", lambda: _written(home)),
        "lists": progress.part("lists", lambda: _lists(home)),
        "screen": progress.part("screen", lambda: _screen(home)),
    }
    lists, screen = told["lists"], told["screen"]
    figures = {
        "list_ms_p95_100k": percentile(lists["two filters"], 0.95),
        "list_ms_p50_100k": percentile(lists["two filters"], 0.5),
        "groupby_ms_100k": percentile(lists["groups"], 0.5),
        "facet_ms_p95_100k": percentile(lists["facets"], 0.95),
        "search_ms_p95_100k": percentile(lists["words"], 0.95),
        "list_screen_ms": percentile(screen, 0.5),
        "row_write_ms": percentile(told["write"]["one"], 0.5),
        "calibration_ms": lists["calibration"],
    }
    spread = {name: summary(values) for name, values in lists.items() if isinstance(values, list)}
    notes = [f"{EPISODES:,} rows written in {told['write']['seconds']:.0f} s"]
    return Result({name: round(value, 2) for name, value in figures.items()}, {"spread": spread, "notes": notes})


def _written(home: Path) -> dict[str, Any]:
    """Write the rows in bulk, then one at a time as a run does; seconds, and milliseconds for each of the latter."""
    shutil.rmtree(home, ignore_errors=True)
    workspace, draw = Workspace(home), random.Random(20261121)
    catalogue, began = Catalogue(workspace), time.perf_counter()
    for first in range(0, EPISODES, 2000):
        catalogue.put_all([_row(draw, number) for number in range(first, first + 2000)])
    spent = time.perf_counter() - began
    one = []
    for number in range(200):
        row, _ = _row(draw, number)
        began = time.perf_counter()
        catalogue.put(row)
        one.append(1000 * (time.perf_counter() - began))
        catalogue.remove(row["id"])
    workspace.close()
    return {"seconds": spent, "one": one}


def _row(draw: random.Random, number: int) -> tuple[dict[str, Any], str]:
    """A row like those of runs, and the words of its actions: 40 % failed in some hundred ways, a tenth is people's."""
    human, failed = draw.random() < 0.1, draw.random() < 0.4
    task = draw.choice(TASKS)
    way = random.Random(f"{task} {draw.randint(0, 5)}")
    signals = sorted({way.randint(1, 22) for _ in range(way.randint(0, 3))}) if failed else []
    key = f"{'demo' if human else 'run'}-{draw.getrandbits(80):020x}"
    started = 1.76e9 + number * 37
    row = {
        "id": key,
        "file": f"episodes/{key}.episode",
        "site": "miniwob",
        "answer": None,
        "tags": "",
        "actor": "human" if human else "agent",
        "status": "failed" if failed else "success",
        "objective": " ".join(draw.choices(WORDS, k=8)) + f" {number}",
        "task": task,
        "seed": draw.randint(0, 9999),
        "run": None if human else f"run-{number // 800:05}",
        "model": None if human else draw.choice(["demos", "m"]),
        "policy_set": "miniwob",
        "prompt_set": f"ps-{draw.randint(0, 9)}",
        "author": "ana" if human else None,
        "started": started,
        "ended": started + 9,
        "took": 9 + draw.random(),
        "n_steps": draw.randint(1, 40),
        "n_frames": draw.randint(1, 9),
        "max_depth": draw.randint(1, 4),
        "n_calls": draw.randint(1, 60),
        "tokens": draw.randint(100, 90_000),
        "cost": draw.random() / 10,
        "reward": float(not failed),
        "heartbeat": started,
        "end_reason": "returned",
        "n_signals": len(signals),
        "signals": f",{','.join(f'D{one}' for one in signals)}," if signals else "",
        "began_seq": draw.randint(0, 20) if failed else None,
        "began_step": "s-1" if failed else None,
        "blame": way.choice(BLAMES) if failed else None,
        "blamed_policy": way.choice(POLICIES) if failed else None,
        "failed_page": f"/miniwob/{task}.html" if failed else None,
    }
    actions = [f"press {draw.choice(WORDS)} button", f"type {draw.choice(WORDS)} {draw.randint(0, 999)}"]
    return row, "\n".join(actions)


def _lists(home: Path) -> dict[str, Any]:
    workspace = Workspace(home)
    lists = Catalogue(workspace).lists

    def page(request: Request) -> Response:
        asked = Filter.from_query({name: request.query_params.getlist(name) for name in request.query_params})
        lists.forget()
        found = lists.page(asked, 100)
        return JSONResponse({"rows": found.rows, "total": found.total})

    def timed(ask: Any) -> float:
        lists.forget()
        began = time.perf_counter()
        ask()
        return 1000 * (time.perf_counter() - began)

    pairs = list(_pairs())[: quick(LOOKS)]
    with served(None, lambda _: [Route("/", page)]) as root:
        _fetched(root)
        two = [timed(lambda asked=asked: _fetched(f"{root}/?{asked.address()}")) for asked in pairs]
        words = [timed(lambda word=word: _fetched(f"{root}/?text={word}+4&status=failed")) for word in WORDS]
    failed = Filter.of(status=["failed", "error"], actor="agent")
    facets = [
        timed(lambda asked=asked, facet=facet: lists.facet(asked, facet))
        for asked, facet in product((Filter(), failed), ("status", "task", "run", "signal", "blame", "model"))
    ]
    groups = [timed(lambda: lists.clusters(failed)) for _ in range(quick(30))]
    workspace.close()
    return {"two filters": two, "words": words, "facets": facets, "groups": groups, "calibration": plain_loop()}


def _pairs() -> Iterator[Filter]:
    """Two filters each: frequent and rare values, several values, sets, and another order."""
    for task, status in product(TASKS[:6], ("failed", "success")):
        yield Filter.of(task=task, status=status)
    for blame, policy in product(BLAMES[:4], POLICIES[:3]):
        yield Filter.of(blame=blame, blamed_policy=policy)
    for signal, actor in product(("D1", "D4", "D8", "D16"), ("agent", "human")):
        yield Filter.of(signal=[signal, "D2"], actor=actor)
    for number, order in product(range(9), ("-steps", "tokens", "failure")):
        yield Filter.from_query({"run": [f"run-{number:05}"], "status": ["failed", "success"], "sort": [order]})
    yield Filter.of(status="failed", actor="agent")


def _screen(home: Path) -> list[float]:
    """Milliseconds from the navigation to the first row of the table, of the screen opened cold."""
    spent = []
    with App(home) as app, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=launch_args())
        for number in range(SCREENS + 1):
            page = chromium.new_context(viewport={"width": 1440, "height": 900}).new_page()
            began = time.perf_counter()
            page.goto(f"{app.url}/episodes?status=failed&task={TASKS[number]}", wait_until="commit")
            page.locator(".listing tbody tr").first.wait_for(timeout=60_000)
            if number:
                spent.append(1000 * (time.perf_counter() - began))
            page.context.close()
        chromium.close()
    return spent


def _fetched(address: str) -> int:
    with urllib.request.urlopen(address) as answer:
        return int(json.loads(answer.read())["total"])


if __name__ == "__main__":
    raise SystemExit(main(run))
