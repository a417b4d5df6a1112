"""Episode files that a process left behind: what their header says, and sealing what was kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from store.episode_file import EpisodeFile
from store.errors import StoreError
from traces.errors import TraceError
from traces.frames import close_frames
from traces.model import Episode
from traces.reader import EpisodeReader
from traces.writer import EpisodeWriter


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


def close_abandoned(path: Path, reason: str) -> Episode:
    """Seal what a dead process left, with status `error` and open frames ended by it; a sealed file stays as it is.

    Raises StoreError when the file cannot be read or written.
    """
    with EpisodeReader(path) as reader:
        if reader.sealed:
            return reader.episode
        episode, frames, steps = reader.episode, reader.frames(), reader.steps()
    with EpisodeWriter(EpisodeFile.open(path, write=True), episode) as writer:
        writer.put_frames(close_frames(frames, "error"))
        writer.seal(status="error", end_reason=reason, n_steps=len(steps), n_frames=len(frames))
        return writer.episode
