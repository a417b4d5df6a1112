"""Episodes that a screen wrote: files in the workspace folder `exports/episodes`, to be fetched or removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from store.errors import NotFound, StoreError
from traces.formats.exports import EXPORTS
from wiring import Parts

FOLDER = Path("exports") / "episodes"


@dataclass(frozen=True)
class Kept:
    """One file: its size in bytes and when it was written."""

    path: Path
    bytes: int
    written: float


def target(parts: Parts, ids: Sequence[str], format: str, *, redact: bool) -> Path:
    """A name nobody has yet: the one file of an episode where the format has one, else an archive."""
    folder = parts.workspace.root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    alone = len(ids) == 1 and EXPORTS[format].suffix
    stem = "-".join([ids[0] if len(ids) == 1 else f"{len(ids)}-episodes", *(["redacted"] if redact else [])])
    ending = EXPORTS[format].suffix if alone else f"-{format}.zip"
    names = (folder / f"{stem}{'' if number == 1 else f'-{number}'}{ending}" for number in count(1))
    return next(path for path in names if not path.exists())


def kept(parts: Parts) -> tuple[Kept, ...]:
    """All of them, the newest first."""
    folder = parts.workspace.root / FOLDER
    files = [path for path in folder.glob("*") if path.is_file() and not path.is_symlink()]
    found = [Kept(path, path.stat().st_size, path.stat().st_mtime) for path in files]
    return tuple(sorted(found, key=lambda one: (-one.written, one.path.name)))


def remove(parts: Parts, name: str) -> None:
    """Take one away. Raises NotFound or StoreError."""
    found = next((one.path for one in kept(parts) if one.path.name == name), None)
    if found is None:
        raise NotFound(f"There is no export {name[:80]!r} any more.")
    try:
        found.unlink()
    except OSError as error:
        raise StoreError(f"{name} cannot be removed ({error.strerror}). It was kept.") from error
