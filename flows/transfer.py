"""Episode files in and out of a workspace. What comes in is read whole before it counts as an episode."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from store.episode_file import SUFFIX
from store.errors import StoreError
from traces.errors import TraceError
from traces.reader import EpisodeReader
from wiring import Parts


def import_files(parts: Parts, files: Sequence[Path]) -> dict[str, Any]:
    """`{"imported": [ids], "already_there": [ids], "refused": [messages]}`; the originals are left alone."""
    result: dict[str, list[str]] = {"imported": [], "already_there": [], "refused": []}
    for path in files:
        try:
            kind, episode = _import(parts, path)
            result[kind].append(episode)
        except (StoreError, TraceError, OSError) as error:
            result["refused"].append(f"{path}: {error}")
    return result


def export_file(parts: Parts, episode_id: str, to: Path) -> dict[str, Any]:
    """Write an episode to `to`: `.episode` is the sealed file itself, `.json` everything decoded."""
    if to.exists():
        raise StoreError(f"{to} exists already and was not overwritten. Name another file.")
    if to.suffix == ".json":
        with parts.episode(episode_id) as reader:
            to.write_text(json.dumps(reader.dump(), ensure_ascii=False, indent=1), encoding="utf-8")
    elif to.suffix == SUFFIX:
        _copy_sealed(parts, episode_id, to)
    else:
        raise StoreError(f"{to.name} is neither .episode nor .json; nothing was written. Name the file accordingly.")
    return {"episode": episode_id, "file": str(to), "bytes": to.stat().st_size}


def said(result: dict[str, Any]) -> str:
    """The result of an import for a person."""
    known = f", {len(result['already_there'])} were there already" if result["already_there"] else ""
    return "\n".join([f"Imported {len(result['imported'])} episodes{known}.", *result["refused"]])


def _import(parts: Parts, path: Path) -> tuple[str, str]:
    with EpisodeReader(path) as reader:
        reader.dump()
        episode, sealed = reader.episode, reader.sealed
    if not sealed:
        raise StoreError("the episode was never sealed, so it may still be written. Nothing was imported.")
    if not episode.id.isalnum():
        raise StoreError(f"the episode's id {episode.id[:40]!r} is not one of ours. Nothing was imported.")
    target = parts.workspace.episodes_dir / f"{episode.id}{SUFFIX}"
    if target.exists():
        return "already_there", episode.id
    shutil.copyfile(path, target)
    parts.episodes.register_file(target)
    return "imported", episode.id


def _copy_sealed(parts: Parts, episode_id: str, to: Path) -> None:
    with parts.episode(episode_id) as reader:
        if not reader.sealed:
            raise StoreError(
                f"Episode {episode_id} is still running; nothing was written. Export it when it has ended."
            )
        shutil.copyfile(reader.path, to)
