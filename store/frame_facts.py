"""Facts of every call of every episode, one row each: what scorecards and stack analyses count.

Derived like the catalogue and read anew when it is; what the facts are is said by `analysis.frame_facts`.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Boolean, Column, Float, Integer, String, Table, delete, insert, select

from store.workspace import METADATA, Workspace

FRAMES = Table(
    "frame_fact",
    METADATA,
    Column("episode", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("read_as", String(40), nullable=False),
    Column("at", Float, nullable=False),
    Column("parent", Integer),
    Column("depth", Integer, nullable=False),
    Column("policy", String(200), nullable=False),
    Column("version", String(80)),
    Column("end", String(20), nullable=False),
    Column("empty", Boolean, nullable=False),
    Column("first", Integer),
    Column("last", Integer),
    Column("uid", String(128)),
    Column("steps", Integer, nullable=False),
    Column("acts", Integer, nullable=False),
    Column("own_acts", Integer, nullable=False),
    Column("asked", Integer, nullable=False),
    Column("tokens", Integer, nullable=False),
    Column("cost", Float),
    Column("no_effect", Integer, nullable=False),
    Column("no_target", Integer, nullable=False),
    Column("loops", Integer, nullable=False),
)
"""One row per call, numbered in the order calls were opened; `read_as` says by which rules it was read, `at` when."""

_AT_ONCE = 500
_MANY = 20_000
"""So many episodes are read faster with all the others than by their names."""


class FrameFacts:
    """Reads and writes the table of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._engine = workspace.engine
        FRAMES.create(self._engine, checkfirst=True)

    def put(self, episode: str, read_as: str, frames: Sequence[Mapping[str, Any]]) -> None:
        """Set the calls of an episode, the root first; there is at least one."""
        kept = {"episode": episode, "read_as": read_as, "at": time.time()}
        with self._engine.begin() as db:
            db.execute(delete(FRAMES).where(FRAMES.c.episode == episode))
            db.execute(insert(FRAMES), [{**kept, **frame} for frame in frames])

    def forget(self, episode: str) -> None:
        """Take an episode's calls away: it is gone, or its labels changed."""
        with self._engine.begin() as db:
            db.execute(delete(FRAMES).where(FRAMES.c.episode == episode))

    def kept(self, read_as: str) -> dict[str, float]:
        """When each episode that was read by these rules was read, in seconds since the epoch."""
        query = select(FRAMES.c.episode, FRAMES.c.at).where(FRAMES.c.number == 0, FRAMES.c.read_as == read_as)
        with self._engine.connect() as db:
            return {row[0]: row[1] for row in db.execute(query)}

    def of(self, episodes: Collection[str]) -> dict[str, list[tuple[Any, ...]]]:
        """The calls of some episodes in order: the columns from `parent` on, after `number`."""
        columns = [column for column in FRAMES.c if column.name not in ("episode", "read_as", "at")]
        query = select(FRAMES.c.episode, *columns).order_by(FRAMES.c.episode, FRAMES.c.number)
        found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        with self._engine.connect() as db:
            if len(episodes) > _MANY:
                meant = frozenset(episodes)
                for row in db.execute(query):
                    if row[0] in meant:
                        found[row[0]].append(tuple(row[1:]))
                return found
            wanted = sorted(episodes)
            for first in range(0, len(wanted), _AT_ONCE):
                for row in db.execute(query.where(FRAMES.c.episode.in_(wanted[first : first + _AT_ONCE]))):
                    found[row[0]].append(tuple(row[1:]))
        return found
