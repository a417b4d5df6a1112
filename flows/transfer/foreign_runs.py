"""Runs of other programs into the workspace: what a reader found, written as an episode file and sealed.

The id follows from the content, so the same content read twice is one episode. The source's own entries and every
warning stay with it as raw events (docs/formats/foreign-runs.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from store.episode_file import SUFFIX
from store.staging import staging
from traces.draft import TAG, Asked, Draft
from traces.errors import FrameError
from traces.formats.foreign import BadRecording
from traces.formats.runs import read_runs
from traces.formats.source import Source
from traces.model import Derivation, LlmCall, PromptPart
from traces.reader import EpisodeReader
from traces.writer import EpisodeWriter
from wiring import Parts

LONG = 500
"""Characters from which a text of the source's entries is kept beside them, once however often it occurs."""
ENTRY, WARNING = "entry", "warning"
"""Kinds of the raw events of an imported episode."""


def import_run(parts: Parts, source: Source, progress: Callable[[str], None] = lambda _: None) -> list[dict[str, Any]]:
    """The episodes of a file or folder: `{"id", "format", "steps", "max_depth", "warnings", "new"}` each.

    Raises BadRecording when nothing of it can be read, and StoreError.
    """
    found = []
    drafts = read_runs(source)
    for number, draft in enumerate(drafts, 1):
        if len(drafts) > 1:
            progress(f"{source.name}: {number} of {len(drafts)} episodes")
        found.append(keep(parts, draft))
    return found


def keep(parts: Parts, draft: Draft) -> dict[str, Any]:
    """Write a draft as an episode of the workspace, unless it is there. Raises BadRecording, StoreError."""
    id = f"{draft.format}-{draft.key[:24]}"
    target = parts.workspace.episodes_dir / f"{id}{SUFFIX}"
    new = not target.exists()
    if new:
        with staging(parts.workspace.root) as folder:
            _write(folder, draft, id).replace(target)
    if new or parts.episodes.catalogue.get(id) is None:
        parts.episodes.register_file(target)
    return {**told(target, draft.format), "new": new}


def told(path: Path, format: str) -> dict[str, Any]:
    """What `import` says of an episode file, with the warnings that were kept in it."""
    with EpisodeReader(path) as reader:
        episode, warned = reader.episode, warnings(reader)
    return {
        "id": episode.id,
        "format": format,
        "steps": episode.n_steps,
        "max_depth": episode.max_depth,
        "warnings": warned,
    }


def warnings(reader: EpisodeReader) -> list[dict[str, Any]]:
    """`{"position", "message"}` of what was read otherwise, or not at all, when an episode was imported."""
    if not any(tag.startswith(TAG) for tag in reader.episode.tags):
        return []
    kept = [body for _, _, kind, body in reader.raw() if kind == WARNING]
    return [{"position": one.get("position"), "message": one.get("message")} for one in kept]


def _write(folder: Path, draft: Draft, id: str) -> Path:
    try:
        episode, frames = draft.episode(id), draft.frames()
    except (FrameError, ValueError) as error:
        raise BadRecording(f"Its steps make no episode ({str(error)[:200]}).") from error
    with EpisodeWriter.create(folder, episode.model_copy(update={"status": "running"})) as writer:
        _entries(writer, draft)
        _calls(writer, draft, episode.model or "")
        _steps(writer, draft)
        if episode.actor == "human":
            writer.put_derivation(Derivation(number=1, normaliser=f"import {draft.format}"))
        else:
            writer.put_frames(frames)
        return writer.seal(status=episode.status, ended=episode.ended)


def _entries(writer: EpisodeWriter, draft: Draft) -> None:
    for entry in draft.raw:
        writer.raw(ENTRY, 0.0, {name: _short(writer, value) for name, value in entry.items()})
    for warned in draft.warnings:
        writer.raw(WARNING, 0.0, {"position": warned.position, "message": warned.message})


def _short(writer: EpisodeWriter, value: Any) -> Any:
    """The value with long texts kept once, and named by `{"text": hash}`."""
    if isinstance(value, str):
        return value if len(value) < LONG else {"text": writer.put_text(value)}
    if isinstance(value, Mapping):
        return {name: _short(writer, one) for name, one in value.items()}
    return [_short(writer, one) for one in value] if isinstance(value, list) else value


def _calls(writer: EpisodeWriter, draft: Draft, model: str) -> None:
    for number, asked in enumerate(draft.calls, 1):
        writer.put_call(_call(writer, asked, number, model))


def _call(writer: EpisodeWriter, asked: Asked, number: int, model: str) -> LlmCall:
    parts = tuple(
        PromptPart(kind=part.kind, role=part.role, hash=writer.put_text(part.text), tokens=0) for part in asked.prompt
    )
    told = {"model": model, "frame": None, "purpose": "act", "tokens_in": 0, "tokens_out": 0, **asked.fields}
    reply = None if asked.reply is None else writer.put_text(asked.reply)
    return LlmCall(**{**told, "number": number, "parts": parts, "reply": reply})


def _steps(writer: EpisodeWriter, draft: Draft) -> None:
    pages = {key: writer.put_observation(page) for key, page in draft.observations.items()}
    pictures = {key: writer.put_picture(data) for key, data in draft.pictures.items()}
    for step in draft.linked():
        names = {name: pages.get(getattr(step, name)) for name in ("observation_before", "observation_after")}
        seen = {name: pictures.get(getattr(step, name)) for name in ("picture_before", "picture_after")}
        writer.append(step.model_copy(update={**names, **seen}))
