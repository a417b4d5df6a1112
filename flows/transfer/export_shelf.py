"""Exports kept in the workspace, so that a screen can offer them again: one zip archive each, in the folder `exports`.

What an archive says of itself is read from its manifest; one that cannot be read is listed as that.
"""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from flows.transfer.exporting import Asked
from labeling.exports.out import MANIFEST, Manifest
from labeling.exports.registry import FORMATS
from store.errors import NotFound, StoreError
from wiring import Parts

FOLDER = "exports"
_LARGEST_MANIFEST = 16 * 1024**2
_UNREADABLE = (OSError, KeyError, ValueError, RuntimeError, EOFError, zipfile.BadZipFile, zlib.error, struct.error)
"""What opening an archive raises that is none, is damaged, or has no manifest of ours."""


@dataclass(frozen=True)
class Kept:
    """One archive: its file, size in bytes, when it was written, and its manifest; `problem` says why there is none."""

    path: Path
    bytes: int
    written: float
    manifest: Manifest | None
    problem: str = ""

    @property
    def name(self) -> str:
        """The file's name, by which it is removed."""
        return self.path.name


def asked(parts: Parts, format: str, source: str, **options: Any) -> Asked:
    """An export of a label set, or of a prompt set where the format is made from one, to a new file of the shelf.

    `options` are those of Asked: `split`, `status`, `secrets`.
    """
    folder = parts.workspace.root / FOLDER
    folder.mkdir(exist_ok=True)
    words = [format, source[:12], *([options["split"]] if options.get("split") else [])]
    options["prompt_set" if FORMATS[format].from_prompts else "label_set"] = source
    return Asked(format, folder / f"{'-'.join(words)}.zip", numbered=True, **options)


def kept(parts: Parts) -> tuple[Kept, ...]:
    """All of them, the newest first."""
    folder = parts.workspace.root / FOLDER
    found = [_look(path) for path in folder.glob("*.zip") if path.is_file() and not path.is_symlink()]
    return tuple(sorted(found, key=lambda one: (-one.written, one.name)))


def remove(parts: Parts, name: str) -> None:
    """Take one away. Raises NotFound or StoreError."""
    here = {one.name: one for one in kept(parts)}
    if name not in here:
        raise NotFound(f"There is no export {name[:80]!r} any more.")
    try:
        here[name].path.unlink()
    except OSError as error:
        raise StoreError(f"{name} cannot be removed ({error.strerror}). It was kept.") from error


def _look(path: Path) -> Kept:
    facts = path.stat()
    try:
        return Kept(path, facts.st_size, facts.st_mtime, _manifest(path))
    except _UNREADABLE as error:
        return Kept(path, facts.st_size, facts.st_mtime, None, _said(error))


def _manifest(path: Path) -> Manifest:
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo(MANIFEST)
        if entry.file_size > _LARGEST_MANIFEST:
            raise ValueError("its manifest is larger than any of ours")
        return Manifest.model_validate(json.loads(archive.read(entry)))


def _said(error: Exception) -> str:
    if isinstance(error, KeyError):
        return "it has no manifest"
    if isinstance(error, (ValidationError, json.JSONDecodeError)):
        return "its manifest is not one of ours"
    return str(error) or type(error).__name__
