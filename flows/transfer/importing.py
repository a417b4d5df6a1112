"""Recordings made elsewhere, replayed on the page through our own gate to obtain what they lack: observations.

Reading them is traces/formats. What cannot be replayed stands in the episode's `not_recorded`.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from browser.errors import BrowserError
from browser.script import BadScript, Gesture, parse_gesture
from flows.record.recording import Request, record_gestures
from labeling.errors import LabelError
from store.episode_file import SUFFIX
from store.errors import StoreError
from traces.errors import TraceError
from traces.formats.foreign import MAX_BYTES, BadRecording, Foreign
from traces.formats.recorded import SECRET, secret_variable
from traces.formats.registry import read_recording
from traces.model import Episode
from traces.recover import is_being_written, read_header
from traces.sentences import counted
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
    """Replay a file and record it: what `record --json` prints, and `format`, `file`, `gestures` (how many), `new`.

    What was replayed before (the same gestures in the same place, asked for alike) is not played again: then `new` is
    False, and there are no `steps` in the answer. Raises BadRecording, BrowserError or StoreError; then nothing was
    imported.
    """
    found = _read(path)
    url = asked.url or found.url
    if url is None:
        raise BadRecording(f"{path.name} does not say where it began. Nothing was imported. Name the address by --url.")
    gestures = tuple(_gestures(found, path.parent, environ))
    head = {"file": str(path), "format": found.format, "gestures": len(found.gestures)}
    id, there = _named(parts, f"{found.format}-{_key(found, asked, gestures)}")
    if there is not None:
        told = {"id": id, "status": there.status, "n_steps": there.n_steps}
        return {**head, "new": False, "episode": told, "not_recorded": list(there.not_recorded)}
    request = Request(
        url,
        asked.objective or found.title or f"What {path.name} shows",
        asked.answer,
        asked.outcome,
        asked.secrets,
        seed=asked.seed,
        viewport=found.viewport,
        id=id,
    )
    result = record_gestures(parts, request, gestures, progress)
    return {**head, "new": True, **result.answer}


def said(result: Mapping[str, Any]) -> str:
    """An imported recording for a person."""
    made = f"{counted(result['gestures'], 'gesture')}, {counted(len(result['steps']), 'step')}"
    head = f"{result['file']} ({result['format']}): {made}"
    lines = [f"{head} as {result['episode']['id']} ({result['episode']['status']})"]
    return "\n".join([*lines, *(f"not recorded: {entry}" for entry in result["not_recorded"])])


def _read(path: Path) -> Foreign:
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    return read_recording(path.name, data)


def _key(found: Foreign, asked: Elsewhere, gestures: Sequence[Gesture]) -> str:
    """What a replay follows from, as 24 hex digits. Of a withheld value only whether it was there to be typed."""
    missing = [one.text for one in gestures if one.gesture == "missing"]
    told = json.dumps([asdict(found), asdict(asked), missing], sort_keys=True, default=str)
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _named(parts: Parts, key: str) -> tuple[str, Episode | None]:
    """(the id, its episode if it was replayed to the end). A replay that was cut off keeps its id: the next is free."""
    id, number = key, 1
    while (path := parts.workspace.episodes_dir / f"{id}{SUFFIX}").exists():
        if is_being_written(path):
            raise BadRecording("It is being replayed by another import at this moment. Import it again after that.")
        header = read_header(path)
        if header is not None and header.sealed and header.episode.status in ("success", "failed"):
            if parts.episodes.catalogue.get(id) is None:
                parts.episodes.register_file(path)
            return id, header.episode
        number += 1
        id = f"{key}-{number}"
    return id, None


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
