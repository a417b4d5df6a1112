"""Recordings made elsewhere, replayed on the page through our own gate to obtain what they lack: observations.

Reading them is traces/formats. What cannot be replayed stands in the episode's `not_recorded`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from browser.errors import BrowserError
from browser.script import BadScript, Gesture, parse_gesture
from flows.recording import Request, record_gestures
from labeling.errors import LabelError
from store.errors import StoreError
from traces.errors import TraceError
from traces.formats.foreign import MAX_BYTES, BadRecording, Foreign
from traces.formats.recorded import SECRET, secret_variable
from traces.formats.registry import read_recording
from wiring import Parts

REFUSALS = (StoreError, TraceError, BrowserError, LabelError, OSError)
"""What keeps one file of several from being imported, and not the others."""


@dataclass(frozen=True)
class Elsewhere:
    """Where and as what a recording is replayed; what is empty is taken from the file."""

    url: str | None = None
    objective: str = ""
    answer: str | None = None
    outcome: str = "done"
    secrets: tuple[str, ...] = ()
    seed: int = 0


def import_recording(
    parts: Parts,
    path: Path,
    asked: Elsewhere,
    progress: Callable[[str], None] = lambda _: None,
    environ: Mapping[str, str] = os.environ,
) -> dict[str, Any]:
    """Replay a file and record it: what `record --json` prints, and `format`, `file` and how many `gestures` it had.

    Raises BadRecording, BrowserError or StoreError; then nothing was imported.
    """
    found = _read(path)
    url = asked.url or found.url
    if url is None:
        raise BadRecording(f"{path.name} does not say where it began. Nothing was imported. Name the address by --url.")
    request = Request(
        url,
        asked.objective or found.title or f"What {path.name} shows",
        asked.answer,
        asked.outcome,
        asked.secrets,
        seed=asked.seed,
        viewport=found.viewport,
    )
    gestures = tuple(_gestures(found, path.parent, environ))
    result = record_gestures(parts, request, gestures, progress)
    return {"file": str(path), "format": found.format, "gestures": len(found.gestures), **result.answer}


def said(result: Mapping[str, Any]) -> str:
    """An imported recording for a person."""
    head = f"{result['file']} ({result['format']}): {result['gestures']} gestures, {len(result['steps'])} steps"
    lines = [f"{head} as {result['episode']['id']} ({result['episode']['status']})"]
    return "\n".join([*lines, *(f"not recorded: {entry}" for entry in result["not_recorded"])])


def _read(path: Path) -> Foreign:
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    return read_recording(path.name, data)


def _gestures(found: Foreign, folder: Path, environ: Mapping[str, str]) -> Iterator[Gesture]:
    """The gestures as they can be played; those that cannot, and what the file could not say, as missing."""
    for index, entry in enumerate(found.gestures, 1):
        try:
            yield parse_gesture(_ready(entry, folder, environ))
        except (BadRecording, BadScript) as error:
            reason = str(error).partition(": ")[2] if isinstance(error, BadScript) else str(error)
            yield _missing(f"gesture {index} of the file ({entry['gesture']}): {reason}")
    yield from (_missing(entry) for entry in found.left_out)


def _ready(entry: Mapping[str, Any], folder: Path, environ: Mapping[str, str]) -> dict[str, Any]:
    """The gesture with withheld values from the environment, and its file from beside the recording."""
    text = entry.get("text")
    if entry["gesture"] == "upload":
        return {**entry, "text": str(_beside(folder, str(text)))}
    match = SECRET.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return dict(entry)
    variable = secret_variable(match[1])
    if variable not in environ:
        raise BadRecording(f"its value was withheld; set {variable} to give it")
    return {**entry, "text": environ[variable]}


def _beside(folder: Path, name: str) -> Path:
    """A file of that name in the recording's own folder; other folders are none of its business."""
    path = folder / Path(name.replace("\\", "/")).name
    if not path.is_file():
        raise BadRecording(f"there is no file {path.name[:80]!r} beside the recording")
    return path


def _missing(text: str) -> Gesture:
    return parse_gesture({"gesture": "missing", "text": text[:900]})
