"""Episode files that a process left behind: what their header says, and sealing what was kept."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from store.claims import is_claimed
from store.episode_file import EpisodeFile
from store.errors import StoreError
from traces.errors import TraceError
from traces.frames import close_frames
from traces.model import Episode, Status
from traces.reader import EpisodeReader
from traces.writer import EpisodeWriter

_SECRET = re.compile(r"\{SECRET:([^}]*)\}")


@dataclass(frozen=True)
class Header:
    """What a file says of its episode, and whether it was ended in order."""

    episode: Episode
    sealed: bool


def read_header(path: Path) -> Header | None:
    """The header, None for a file that cannot be read (it was cut off before its first commit, or is damaged)."""
    try:
        with EpisodeReader(path) as reader:
            return Header(reader.episode, reader.sealed)
    except (StoreError, TraceError):
        return None


def is_being_written(path: Path) -> bool:
    """Whether a process that is alive is writing the file."""
    return is_claimed(path)


def close_abandoned(path: Path, reason: str, status: Status = "error") -> Episode:
    """Seal what a dead process left, with open frames ended as errors; a sealed file stays as it is.

    Raises StoreError when the file cannot be read or written, Claimed when it is still being written.
    """
    with EpisodeReader(path) as reader:
        if reader.sealed:
            return reader.episode
        episode, frames, steps = reader.episode, reader.frames(), reader.steps()
    with EpisodeWriter(EpisodeFile.open(path, write=True), episode) as writer:
        writer.put_frames(close_frames(frames, "error"))
        withheld = dict(Counter(name for step in steps for name in _SECRET.findall(step.action)))
        told = {"status": status, "end_reason": reason, "n_steps": len(steps), "n_frames": len(frames)}
        writer.seal(**told, withheld=withheld or episode.withheld)
        return writer.episode
