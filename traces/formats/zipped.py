"""An episode as plain files: skeleton and steps as JSON, pictures as WebP, and the viewer beside them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from traces.formats.standalone import TooLong, Viewer, write_page
from traces.formats.told import Files, Told

MOST_STEPS = 10_000
"""Steps up to which the viewer is among the files; its page holds the texts, the pictures stay beside it."""
PICTURES = "pictures"


def write_files(told: Told, viewer: Viewer) -> Files:
    """`replay.html`, `skeleton.json`, `episode.json`, `steps.jsonl`, `signals.json` and `pictures/HASH.webp`."""
    yield "skeleton.json", [_json(told.skeleton)]
    yield "episode.json", [_json({"episode": told.skeleton["episode"], "frames": told.skeleton["frames"]})]
    yield "steps.jsonl", _lines(told.payload(step.uid) for step in told.steps)
    if told.signals is not None:
        yield "signals.json", [_json(told.signals)]
    columns = told.skeleton["steps"]
    for key in dict.fromkeys(key for key in (*columns["before"], *columns["after"]) if key):
        yield f"{PICTURES}/{key}.webp", [told.reader.picture(key)[1]]
    try:
        page = list(write_page(told, viewer, pictures=PICTURES, most=MOST_STEPS))
    except TooLong as error:
        page = []
        yield "replay-is-missing.txt", [str(error).encode()]
    if page:
        yield "replay.html", page


def _lines(values: Iterable[Any]) -> Iterator[bytes]:
    for value in values:
        yield _json(value)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"
