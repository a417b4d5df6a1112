"""Processor time and resident memory of a process and everything it started, from /proc (Linux)."""

from __future__ import annotations

import os
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


class Tree:
    """A process and all it started, found anew at each question: a browser detaches itself from its parent.

    `mark` is what only its environment holds, as in `NAME=value`; what it starts inherits it.
    """

    def __init__(self, pid: int, mark: str) -> None:
        self.pid = pid
        self._mark = mark.encode()

    def pids(self) -> list[int]:
        """The process and all it started that are alive."""
        processes = list(PROC.glob("[0-9]*"))
        parents = {int(one.name): _parent(one) for one in processes}
        found = [self.pid, *(int(one.name) for one in processes if self._mark in _environment(one))]
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid and child not in found]
        return list(dict.fromkeys(found))

    def browser(self) -> int:
        """The process of its Chromium itself. Raises LookupError when there is none."""
        commands = {pid: _read(PROC / str(pid) / "cmdline") for pid in self.pids()}
        found = [
            pid for pid, words in commands.items() if b"--remote-debugging-pipe" in words and b"--type=" not in words
        ]
        own = [
            pid for pid in found if not commands[pid].startswith(b"/bin/sh")
        ]  # a script may start it and wait for it
        if not own:
            raise LookupError("it has started no browser")
        return own[0]

    def seconds(self) -> float:
        """Processor time used so far, of those alive and of children that ended and were waited for."""
        return sum(_seconds(pid) for pid in self.pids())

    def resident(self) -> dict[str, float]:
        """Megabytes by part: `app` is the process itself, `all` the sum over the tree, shared pages by their share."""
        parts = {pid: _megabytes(pid) for pid in self.pids()}
        return {"app": parts.get(self.pid, 0.0), "all": sum(parts.values())}


def _environment(process: Path) -> list[bytes]:
    return _read(process / "environ").split(b"\0")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _parent(process: Path) -> int:
    try:
        return int(process.joinpath("stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return 0


def _seconds(pid: int) -> float:
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(value) for value in fields[11:15]) / TICKS


def _megabytes(pid: int) -> float:
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    kilobytes = next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return kilobytes / 1024
