"""Recordings whose process died: which there are, sealing or discarding one, going on with one in a new recording.

A browser that is gone cannot be had back: going on opens the last address afresh, without its sign-ins and what was
typed. So it is an episode of its own, which says what it `continues`; the interrupted one is sealed with what it has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flows.record.recording import Request
from flows.record.tasks import is_task
from store.errors import StoreError
from traces.catalogue import INTERRUPTED
from traces.model import Episode
from traces.reader import EpisodeReader
from traces.recover import close_abandoned
from traces.sentences import counted
from wiring import Parts

REASON = "interrupted"


@dataclass(frozen=True)
class Interrupted:
    """An interrupted recording: its header, how many steps it has, and the address of its last look."""

    episode: Episode
    steps: int
    last_url: str

    @property
    def can_go_on(self) -> bool:
        """Whether there is a place to go on from: the site of a practice task ends with the recording."""
        return not (self.episode.task and is_task(self.episode.task)) and bool(self.last_url)


def found(parts: Parts, author: str | None = None) -> tuple[Interrupted, ...]:
    """The interrupted recordings, newest first; those of one person and of nobody, if an `author` is given."""
    parts.episodes.left_behind()
    rows = parts.episodes.catalogue.search(actor="human", status=INTERRUPTED, limit=100).rows
    mine = [row["id"] for row in rows if author is None or row["author"] in (author, None, "")]
    return tuple(look(parts, episode) for episode in mine)


def look(parts: Parts, episode_id: str) -> Interrupted:
    """One of them. Raises NotFound, and StoreError where it is not interrupted."""
    with parts.episode(episode_id) as reader:
        if reader.sealed or not reader.interrupted:
            state = "is sealed already" if reader.sealed else "is still being recorded"
            raise StoreError(f"Episode {episode_id} {state}. Nothing was changed.")
        return Interrupted(reader.episode, len(reader.steps()), _last_url(reader))


def seal(parts: Parts, episode_id: str) -> Episode:
    """End it as `stopped` with the steps it has. Raises NotFound or StoreError."""
    look(parts, episode_id)
    path = parts.episodes.path(episode_id)
    episode = close_abandoned(path, REASON, "stopped")
    parts.episodes.register(episode, path)
    return episode


def discard(parts: Parts, episode_id: str) -> None:
    """Delete one in which nothing was done. Raises NotFound, and StoreError where there is something to keep."""
    left = look(parts, episode_id)
    if left.steps:
        raise StoreError(f"Episode {episode_id} has {counted(left.steps, 'step')}. Nothing was deleted. Seal it.")
    parts.episodes.remove(episode_id)


def going_on(parts: Parts, episode_id: str) -> Request:
    """Seal it; what a recording that goes on from its last address begins with. Raises NotFound or StoreError.

    Which fields were declared secret is written nowhere: whoever goes on names them again.
    """
    left = look(parts, episode_id)
    if not left.can_go_on:
        raise StoreError(f"Episode {episode_id} cannot go on: its site is gone. Seal it, and record the task again.")
    episode = seal(parts, episode_id)
    return Request(left.last_url, episode.objective, author=episode.author, continues=episode.id)


def facts(left: Interrupted) -> dict[str, Any]:
    """What `--json` prints of one."""
    return {
        "id": left.episode.id,
        "objective": left.episode.objective,
        "author": left.episode.author,
        "n_steps": left.steps,
        "last_url": left.last_url,
        "can_go_on": left.can_go_on,
    }


def _last_url(reader: EpisodeReader) -> str:
    """The address of the newest look in the raw log, where it is one that can be opened again."""
    for _, _, _, body in reversed(reader.raw()):
        url = str(body.get("url") or (body.get("gate") or {}).get("url") or "")
        if url.startswith(("http://", "https://")):
            return url
    return reader.episode.start_url
