"""Episodes out of a workspace in the formats of traces.formats.exports, whole or redacted, one or many at a time.

An export is there whole or not at all: it grows in a folder of its own beside the target and is moved when it is done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flows.progress import Pace, Report, Stop, Stopped, Update, never, silent
from flows.transfer.export_files import Workplace, place, place_one, workplace
from flows.transfer.redacted import RedactedReader
from flows.understand.signals import shown
from labeling.errors import LabelError
from server import payload
from store.errors import StoreError
from traces.errors import TraceError
from traces.formats.exports import EXPORTS, Export, as_json
from traces.formats.standalone import Viewer
from traces.formats.told import Told
from traces.model import Frame
from traces.reader import EpisodeReader
from traces.sentences import counted
from wiring import Parts

MANIFEST = "manifest.json"
KIND = "stepscope-episodes/1"
FAILURES = (StoreError, TraceError, LabelError)
"""What leaves out one episode and not the others."""


@dataclass
class _Done:
    """What came of the episodes so far."""

    episodes: list[str] = field(default_factory=list)
    left_out: list[dict[str, str]] = field(default_factory=list)
    removed: Counter[str] = field(default_factory=Counter)


def export_episodes(
    parts: Parts,
    ids: Sequence[str],
    format: str,
    to: Path,
    *,
    viewer: Viewer | None = None,
    redact: bool = False,
    label_ref: str | None = None,
    report: Report = silent,
    stop: Stop = never,
) -> dict[str, Any]:
    """Write episodes: one file where `to` ends as the format's files do, else a `.zip` or a new folder of them.

    `{"format", "redacted", "out", "bytes", "episodes": [ids], "left_out": [{"episode", "reason"}],
    "removed": {what: n}}`.
    `viewer` (ui.standalone) is needed by the formats that say so; `label_ref` names the labels of a demonstration's
    calls. Raises StoreError, TraceError and Stopped; then nothing was written.
    """
    chosen = _chosen(format, ids, to)
    done = _Done()
    with workplace(to) as folder:
        tolds = _tolds(parts, _How(redact, label_ref), ids, done, report, stop)
        if chosen.together is not None:
            chosen.together(tolds, folder.open)
        else:
            _write_each(chosen, tolds, viewer, folder, done, alone=len(ids) == 1)
        if not done.episodes:
            raise StoreError(f"{done.left_out[0]['reason']} Nothing was written.")
        written = _placed(chosen, folder, to, done, redact)
    return {
        "format": format,
        "redacted": redact,
        "out": str(written),
        "bytes": _size(written),
        "episodes": done.episodes,
        "left_out": done.left_out,
        "removed": dict(done.removed),
    }


def said(result: dict[str, Any]) -> str:
    """An export for a person: what was written, what was left out, what was taken out."""
    lines = [f"Wrote {result['out']} ({result['bytes']:,} bytes): {counted(len(result['episodes']), 'episode')}."]
    lines += [f"left out: {one['episode']}: {one['reason']}" for one in result["left_out"]]
    lines += [f"taken out: {number:,} {what}" for what, number in result["removed"].items() if number]
    return "\n".join(lines)


@dataclass(frozen=True)
class _How:
    """How episodes are read: without what is private, and with whose calls."""

    redact: bool
    label_ref: str | None


def _chosen(format: str, ids: Sequence[str], to: Path) -> Export:
    chosen = EXPORTS.get(format)
    if chosen is None:
        names = ", ".join(EXPORTS)
        raise StoreError(f"There is no format {format!r} for episodes. Nothing was written. There are: {names}.")
    if not ids:
        raise StoreError("No episode was named. Nothing was written. Choose at least one.")
    if len(ids) > 1 and chosen.suffix and to.name.endswith(chosen.suffix):
        raise StoreError(
            f"{to.name} would be one file, and {len(ids)} episodes were named. Nothing was written. Name a new folder "
            "or a .zip file."
        )
    return chosen


def _tolds(parts: Parts, how: _How, ids: Sequence[str], done: _Done, report: Report, stop: Stop) -> Iterator[Told]:
    """The episodes, each closed when the next is asked for. Raises Stopped between two of them."""
    pace = Pace(len(ids))
    for number, episode in enumerate(dict.fromkeys(ids), 1):
        if stop():
            raise Stopped
        try:
            with _opened(parts, episode, how.redact) as reader:
                told = told_of(parts, reader, how.label_ref)
                done.episodes.append(episode)
                yield told
                if episode in done.episodes:
                    done.removed.update(told.removed or {})
        except FAILURES as error:
            done.episodes = [one for one in done.episodes if one != episode]
            done.left_out.append({"episode": episode, "reason": str(error)})
        report(Update(pace.said(number), number, len(ids)))


def told_of(parts: Parts, reader: EpisodeReader, label_ref: str | None = None) -> Told:
    """An episode as writers are given it. Raises what reading its labels raises."""
    episode = reader.episode.id
    reference = label_ref or (parts.call_trees.reference(episode) if reader.episode.actor == "human" else None)
    laid = parts.frames(episode, reference) if reference else None
    if laid is not None and isinstance(reader, RedactedReader):
        laid = tuple(reader.frame(frame) for frame in laid)
    skeleton = payload.skeleton(reader, laid, reference)
    signals = shown(parts, episode)
    removed = None
    if isinstance(reader, RedactedReader):
        signals = reader.json({**signals, "annotations": [], "tags": []})
        removed = reader.removed
    return Told(
        reader=reader,
        frames=tuple(Frame.model_validate(body) for body in skeleton["frames"]),
        skeleton=skeleton,
        payload=lambda uid: payload.step(reader, uid),
        label_ref=reference,
        signals=signals,
        removed=removed,
    )


def _opened(parts: Parts, episode: str, redact: bool) -> EpisodeReader:
    if not redact:
        return parts.episode(episode)
    return RedactedReader(parts.episodes.path(episode), lambda: parts.episodes.annotations.reasons(episode))


def _write_each(
    chosen: Export, tolds: Iterator[Told], viewer: Viewer | None, folder: Workplace, done: _Done, *, alone: bool
) -> None:
    assert chosen.each is not None
    if viewer is None:
        if chosen.viewer:
            raise ValueError(f"the format {chosen.name} needs the viewer")
        viewer = Viewer("", "", {})
    for told in tolds:
        _write_one(chosen, told, viewer, folder, done, alone=alone)


def _write_one(chosen: Export, told: Told, viewer: Viewer, folder: Workplace, done: _Done, *, alone: bool) -> None:
    episode = done.episodes[-1]
    name = episode if chosen.suffix else "" if alone else f"{episode}/"
    made: list[Path] = []
    try:
        assert chosen.each is not None
        for ending, pieces in chosen.each(told, viewer):
            with folder.open(f"{name}{ending}") as file:
                made.append(Path(file.name))
                file.writelines(pieces)
    except FAILURES as error:
        for path in made:
            path.unlink()
        done.episodes.remove(episode)
        done.left_out.append({"episode": episode, "reason": str(error)})


def _placed(chosen: Export, folder: Workplace, to: Path, done: _Done, redact: bool) -> Path:
    if chosen.suffix and to.name.endswith(chosen.suffix):
        return place_one(folder, folder.names[0], to)
    folder.text(MANIFEST, as_json(_manifest(chosen, done, redact), indent=1).decode() + "\n")
    return place(folder, to, None)[0]


def _manifest(chosen: Export, done: _Done, redact: bool) -> dict[str, Any]:
    return {
        "format": KIND,
        "kind": chosen.name,
        "redacted": redact,
        "episodes": done.episodes,
        "left_out": done.left_out,
        "removed": dict(done.removed),
    }


def _size(written: Path) -> int:
    if written.is_file():
        return written.stat().st_size
    return sum(path.stat().st_size for path in written.rglob("*") if path.is_file())
