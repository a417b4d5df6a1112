"""Files and folders that a person named, as the sources they are: each file, or a folder that is one run as a whole."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from traces.formats.agentlab import is_folder_of

OUT, NOWHERE = "It is a link that leads out of the folder.", "It is a link to nothing."
NO_FILE, EMPTY = "It is no plain file, so it is not read.", "There is no file in this folder."


@dataclass(frozen=True)
class Found:
    """A file (or a folder that is one run).

    `named`: the person named it itself, not a folder around it; `archived`: it was unpacked from an archive; `odd`: why
    it is not read, whatever is in it.
    """

    path: Path
    named: bool = False
    archived: bool = False
    odd: str = ""


def walk(paths: Sequence[Path]) -> Iterator[Found]:
    """What is to be read, in the order of names. Hidden files are passed by; links lead nowhere out of a folder."""
    for path in paths:
        if os.path.isdir(path) and not is_folder_of(path):
            yield from _within(path)
        else:
            yield Found(path, named=True)


def _within(root: Path) -> Iterator[Found]:
    inside, closed, some = root.resolve(), list[OSError](), False
    for folder, folders, files in os.walk(root, onerror=closed.append):
        here = Path(folder)
        if here != root and is_folder_of(here):
            folders.clear()
            some = True
            yield Found(here)
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        links = [name for name in folders if (here / name).is_symlink()]
        for name in sorted([*files, *links]):
            found = None if name.startswith(".") else _found(here / name, inside)
            if found is not None:
                some = True
                yield found
    for error in closed:
        some = True
        yield Found(Path(error.filename), named=True, odd=f"The folder cannot be read ({error.strerror}).")
    if not some:
        yield Found(root, named=True, odd=EMPTY)


def _found(path: Path, inside: Path) -> Found | None:
    """What lies in a folder; None for a link to another folder within it, whose files are found there."""
    if not Path(os.path.realpath(path)).is_relative_to(inside):
        return Found(path, odd=OUT)
    if os.path.isdir(path):
        return None
    if not os.path.isfile(path):
        return Found(path, odd=NO_FILE if os.path.exists(path) else NOWHERE)
    return Found(path)
