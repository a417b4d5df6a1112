"""Files and folders that a person named, as the sources they are: each file, or a folder that is one run as a whole."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from traces.formats.agentlab import is_folder_of


@dataclass(frozen=True)
class Found:
    """A file (or a folder that is one run).

    `named`: the person named it itself, not a folder around it; `archived`: it was unpacked from an archive.
    """

    path: Path
    named: bool = False
    archived: bool = False


def walk(paths: Sequence[Path]) -> Iterator[Found]:
    """What is to be read, in the order of names. Hidden files, and links that lead out of a folder, are passed by."""
    for path in paths:
        if path.is_dir() and not is_folder_of(path):
            yield from _within(path)
        else:
            yield Found(path, named=True)


def _within(root: Path) -> Iterator[Found]:
    inside = root.resolve()
    for folder, folders, files in os.walk(root):
        here = Path(folder)
        if here != root and is_folder_of(here):
            folders.clear()
            yield Found(here)
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = here / name
            if not name.startswith(".") and path.resolve().is_relative_to(inside) and path.is_file():
                yield Found(path)
