"""Processor time and resident memory of a process and everything it started, from /proc (Linux)."""

from __future__ import annotations

import os
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


class Tree:
    """A process and its descendants, found anew at each question."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def pids(self) -> list[int]:
        """The process and all below it that are alive."""
        parents = {int(one.name): _parent(one) for one in PROC.glob("[0-9]*")}
        found = [self.pid]
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid]
        return found

    def seconds(self) -> float:
        """Processor time used so far, of those alive and of children that ended and were waited for."""
        return sum(_seconds(pid) for pid in self.pids())

    def resident(self) -> dict[str, float]:
        """Megabytes by part: `app` is the process itself, `all` the sum over the tree, shared pages by their share."""
        parts = {pid: _megabytes(pid) for pid in self.pids()}
        return {"app": parts.get(self.pid, 0.0), "all": sum(parts.values())}


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
