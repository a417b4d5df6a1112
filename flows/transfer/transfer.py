"""Episode files in and out of a workspace. What comes in is read whole before it counts as an episode."""

from __future__ import annotations

import errno
import filecmp
import json
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flows.record import marks
from store.episode_file import SUFFIX
from store.errors import DiskFull, NotFound, StoreError
from store.staging import staging
from traces.errors import TraceError
from traces.formats.exports import EXPORTS
from traces.formats.recorded import recorded
from traces.formats.registry import FORMATS, Format, writer_of
from traces.model import Episode
from traces.reader import EpisodeReader
from traces.sentences import counted
from wiring import Parts

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
"""What an episode's id may be: it becomes the name of a file and a part of addresses."""
_NEVER_SEALED = "the episode was never sealed, so it may still be written. Nothing was imported."


def import_files(parts: Parts, files: Sequence[Path], *, keep_marks: bool = True) -> dict[str, Any]:
    """`{"imported": [ids], "already_there": [ids], "refused": [messages]}`; the originals are left alone.

    What was marked while recording becomes a proposal and annotations, unless those come along in another way.
    """
    result: dict[str, list[str]] = {"imported": [], "already_there": [], "refused": []}
    for path in files:
        try:
            kind, episode = _import(parts, path, keep_marks)
            result[kind].append(episode)
        except (StoreError, TraceError, OSError) as error:
            result["refused"].append(f"{path}: {error}")
    return result


def export_file(parts: Parts, episode_id: str, to: Path) -> dict[str, Any]:
    """Write an episode to `to`: `.episode` is the sealed file itself, `.json` everything decoded.

    The name may also be one of a foreign format (traces.formats.registry): `{"episode", "file", "bytes",
    "left_out": [{"reason"}]}` then lists what it could not express. Raises StoreError.
    """
    foreign = writer_of(to.name)
    if foreign is not None:
        return _export_foreign(parts, episode_id, to, foreign)
    if to.suffix not in (SUFFIX, ".json"):
        suffixes = [
            *(one.suffix for one in EXPORTS.values() if one.suffix),
            *(one.suffix for one in FORMATS if one.write),
        ]
        raise StoreError(
            f"The name {to.name} says no format. Nothing was written. End it with one of {', '.join(suffixes)}, "
            "or name the format."
        )
    with parts.episode(episode_id) as reader:
        if to.suffix == SUFFIX and not reader.sealed:
            raise StoreError(
                f"Episode {episode_id} is still running. Nothing was written. Export it when it has ended."
            )
        data = reader.path.read_bytes() if to.suffix == SUFFIX else _decoded(reader)
    write_new(to, data)
    return {"episode": episode_id, "file": str(to), "bytes": len(data), "left_out": []}


def exported(result: dict[str, Any]) -> str:
    """The result of an export for a person."""
    lines = [f"Wrote {result['file']} ({result['bytes']} bytes)."]
    return "\n".join([*lines, *(f"left out: {one['reason']}" for one in result["left_out"])])


def _export_foreign(parts: Parts, episode_id: str, to: Path, foreign: Format) -> dict[str, Any]:
    with parts.episode(episode_id) as reader:
        if reader.episode.actor != "human" or not reader.sealed:
            raise StoreError(
                f"Episode {episode_id} is no finished demonstration. Nothing was written. Name one, or write .episode."
            )
        assert foreign.write is not None
        text, left_out = foreign.write(recorded(reader))
    data = text.encode("utf-8", "backslashreplace")
    write_new(to, data)
    return {
        "episode": episode_id,
        "file": str(to),
        "bytes": len(data),
        "left_out": [{"reason": what} for what in left_out],
    }


def said(result: dict[str, Any]) -> str:
    """The result of an import for a person."""
    known = f", {len(result['already_there'])} were there already" if result["already_there"] else ""
    count = len(result["imported"])
    lines = [f"Imported {counted(count, 'episode')}{known}."]
    return "\n".join([*lines, *(f"refused: {message}" for message in result["refused"])])


def _import(parts: Parts, path: Path, keep_marks: bool) -> tuple[str, str]:
    """What is looked at is a copy: nobody changes it meanwhile, and no log beside the original is replayed into it."""
    with staging(parts.workspace.root) as folder:
        copy = _copied(path, folder / "file")
        try:
            episode = _checked(copy)
        except (StoreError, TraceError) as error:
            raise type(error)(str(error).replace(str(copy), str(path))) from error
        target = parts.workspace.episodes_dir / f"{episode.id}{SUFFIX}"
        new = _put(copy, target)
    if not new and not filecmp.cmp(path, target, shallow=False):
        raise StoreError(f"another episode has the id {episode.id} already. It was kept, nothing was imported.")
    if new or parts.episodes.catalogue.get(episode.id) is None:
        _register(parts, target, episode.id, keep_marks=keep_marks)
    return "imported" if new else "already_there", episode.id


def _register(parts: Parts, target: Path, id: str, *, keep_marks: bool) -> None:
    """Into the catalogue; a file whose steps break what looks at them does not stay. Raises whatever broke."""
    try:
        parts.episodes.register_file(target)
        if keep_marks:
            marks.keep(parts, id)
    except Exception:
        parts.episodes.remove(id)
        raise


def _copied(path: Path, to: Path) -> Path:
    """Raises NotFound, DiskFull, or StoreError for a file that is still written."""
    if not path.is_file():
        raise NotFound(f"There is no episode file at {path}.")
    log = path.with_name(path.name + "-wal")
    if log.is_file() and log.stat().st_size:
        raise StoreError(_NEVER_SEALED)
    try:
        shutil.copyfile(path, to)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskFull(
                f"No room left for a copy of {path}. Nothing of it was imported. Free some space."
            ) from error
        raise
    return to


def _checked(path: Path) -> Episode:
    """The header of a sealed episode that can be read to its end. Raises StoreError, TraceError."""
    with EpisodeReader(path) as reader:
        reader.check()
        if not reader.sealed:
            raise StoreError(_NEVER_SEALED)
        if not _ID.fullmatch(reader.episode.id):
            raise StoreError(f"the episode's id {reader.episode.id[:40]!r} is not one of ours. Nothing was imported.")
        return reader.episode


def _put(file: Path, target: Path) -> bool:
    """Whether the file is there under its name now and was not before, also where two do it at once."""
    try:
        os.link(file, target)
    except FileExistsError:
        return False
    except OSError:  # a file system without links
        if target.exists():
            return False
        file.replace(target)
    return True


def _decoded(reader: EpisodeReader) -> bytes:
    text = json.dumps(reader.dump(), ensure_ascii=False, indent=1)
    return text.encode("utf-8", "backslashreplace")


def write_new(to: Path, data: bytes) -> None:
    """Write a file that is not there yet. Raises StoreError."""
    try:
        with to.open("xb") as file:
            file.write(data)
    except FileExistsError as error:
        raise StoreError(f"{to} exists already. It was kept and nothing was written. Name another file.") from error
    except OSError as error:
        raise StoreError(
            f"{to} cannot be written ({error.strerror}). Nothing was written. Name a file in a folder that exists and "
            "can be written."
        ) from error
