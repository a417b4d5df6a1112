"""The files of an export on disk: written into a folder beside the target, then moved into place in one go.

By its name the target is a zip archive, the format's one data file with its manifest beside it, or a new folder.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import BinaryIO

from labeling.errors import ExportRefused
from labeling.exports.out import MANIFEST
from store.errors import StoreError

_DATE = (1980, 1, 1, 0, 0, 0)
"""The date of every file in an archive: equal files make equal archives."""


@dataclass(frozen=True)
class Workplace:
    """The folder an export grows in."""

    root: Path

    def open(self, name: str) -> BinaryIO:
        """A new file of that name, its folder made."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("xb")

    def text(self, name: str, text: str) -> None:
        """Write a whole file."""
        with self.open(name) as file:
            file.write(text.encode("utf-8", "backslashreplace"))

    @property
    def names(self) -> tuple[str, ...]:
        """Every file, by its name within the folder, sorted."""
        return tuple(sorted(p.relative_to(self.root).as_posix() for p in self.root.rglob("*") if p.is_file()))


@contextmanager
def workplace(target: Path, numbered: bool = False) -> Iterator[Workplace]:
    """A folder beside the target that is gone afterwards.

    Raises StoreError when the target is there (and gets no number), or no folder.
    """
    if os.path.lexists(target) and not numbered:
        raise _exists(target)
    try:
        root = Path(tempfile.mkdtemp(prefix=f".{target.name[:40]}-", suffix=".partial", dir=target.parent))
    except OSError as error:
        raise StoreError(
            f"{target} cannot be written ({error.strerror}). Nothing was written. Name a file or folder in a folder "
            "that exists and can be written."
        ) from error
    try:
        yield Workplace(root)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def place(done: Workplace, target: Path, single: str | None, numbered: bool = False) -> tuple[Path, ...]:
    """Move what was written to the target: (paths, the target's first; `numbered` as for Asked).

    Raises StoreError or ExportRefused, and then nothing is there.
    """
    try:
        if target.suffix == ".zip":
            return ((_put_numbered if numbered else _put)(_zipped(done), target),)
        if single is not None and target.name.endswith(single):
            return _pair(done, target)
        if target.suffix in (".jsonl", ".json", ".csv", ".eaf", ".py", ".txt", ".parquet", ".md"):
            raise ExportRefused(
                f"This format has {len(done.names)} files. Nothing was written. Name a new folder or a .zip file."
            )
        return (_put(_as_folder(done), target),)
    except OSError as error:
        raise StoreError(f"{target} cannot be written ({error.strerror}). Nothing was written.") from error


def place_one(done: Workplace, name: str, target: Path) -> Path:
    """Move one of the files to the target, and nothing else. Raises StoreError."""
    try:
        return _put(done.root / name, target)
    except OSError as error:
        raise StoreError(f"{target} cannot be written ({error.strerror}). Nothing was written.") from error


def _pair(done: Workplace, target: Path) -> tuple[Path, ...]:
    """The one data file, and its manifest beside it."""
    data = [name for name in done.names if name != MANIFEST]
    if len(data) != 1:
        found = f"{len(data)} files ({', '.join(data)})" if data else "no file, as nothing is left to write"
        raise ExportRefused(
            f"This export has {found}. Nothing was written. Name one split by --split, or write a new folder or .zip."
        )
    beside = target.with_name(f"{target.name}.{MANIFEST}")
    if os.path.lexists(beside):
        raise _exists(beside)
    _put(done.root / data[0], target)
    try:
        return target, _put(done.root / MANIFEST, beside)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _zipped(done: Workplace) -> Path:
    """The files as one archive, in the order of their names; what is packed already is stored as it is."""
    archive, names = done.root / ".zip", done.names
    with zipfile.ZipFile(archive, "x") as made:
        for name in names:
            entry = zipfile.ZipInfo(name, _DATE)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            packed = name.endswith((".episode", ".parquet"))
            entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            with (done.root / name).open("rb") as data, made.open(entry, "w", force_zip64=True) as member:
                shutil.copyfileobj(data, member, 1024 * 1024)
    return archive


def _as_folder(done: Workplace) -> Path:
    """The folder itself, as readable as any new folder."""
    made = done.root / ".folder"
    made.mkdir()
    for entry in list(done.root.iterdir()):
        if entry != made:
            entry.rename(made / entry.name)
    return made


def _put(made: Path, target: Path) -> Path:
    """Move a file or folder to a place where nothing is; what came there meanwhile is kept."""
    if os.path.lexists(target):
        raise _exists(target)
    if made.is_dir():
        made.rename(target)
        return target
    try:
        _put_file(made, target)
    except FileExistsError as error:
        raise _exists(target) from error
    return target


def _put_numbered(made: Path, target: Path) -> Path:
    """The same under the first free name, whoever else takes one at the same time."""
    free = target
    for number in count(2):
        try:
            _put_file(made, free)
            break
        except FileExistsError:
            free = target.with_name(f"{target.stem}-{number}{target.suffix}")
    return free


def _put_file(made: Path, target: Path) -> None:
    """Raises FileExistsError when something is there."""
    try:
        os.link(made, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        target.open("xb").close()
        made.replace(target)


def _exists(target: Path) -> StoreError:
    return StoreError(f"{target} exists already. It was kept and nothing was written. Name another.")
