"""The catalogue: one row per episode for lists and filters. It is derived from the episode files and can be rebuilt.

It keeps the header's facts as columns; which facts those are is said by `traces.catalogue`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Engine,
    Float,
    Integer,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    inspect,
    or_,
    select,
)

from store.workspace import METADATA, Workspace, alone

EPISODES = Table(
    "episode",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("file", Text, nullable=False),
    Column("actor", String(20), index=True),
    Column("status", String(20), index=True),
    Column("end_reason", String(60)),
    Column("objective", Text),
    Column("site", String(200)),
    Column("task", String(200), index=True),
    Column("seed", Integer),
    Column("run", String(200), index=True),
    Column("model", String(200)),
    Column("prompt_set", String(80)),
    Column("policy_set", String(80), index=True),
    Column("author", String(120)),
    Column("answer", Text),
    Column("reward", Float),
    Column("started", Float, index=True),
    Column("ended", Float),
    Column("n_steps", Integer),
    Column("n_frames", Integer),
    Column("max_depth", Integer),
    Column("n_calls", Integer),
    Column("tokens", Integer),
    Column("cost", Float),
    Column("tags", Text),
    Column("heartbeat", Float),
    Column("signals", String(200), index=True),
    Column("n_signals", Integer),
    Column("began_seq", Integer),
    Column("began_step", String(128)),
    Column("blame", String(20), index=True),
    Column("blamed_policy", String(120), index=True),
    Column("failed_page", String(300), index=True),
)
"""One row per episode. From `signals` on the columns are what was found of it when it had ended (analysis.signals)."""

FILTERS = ("actor", "status", "task", "run", "model", "prompt_set", "site")


@dataclass(frozen=True)
class Page:
    """A page of a list: its rows, and how many there are in all."""

    rows: list[dict[str, Any]]
    total: int


class Catalogue:
    """Reads and writes the catalogue of one workspace. `made_anew`: it was of another version and is empty now."""

    def __init__(self, workspace: Workspace) -> None:
        self._engine = workspace.engine
        self.made_anew = _prepared(self._engine)

    def put(self, row: Mapping[str, Any]) -> None:
        """Set an episode's row."""
        with self._engine.begin() as db:
            db.execute(delete(EPISODES).where(EPISODES.c.id == row["id"]))
            db.execute(insert(EPISODES).values(**row))

    def get(self, episode: str) -> dict[str, Any] | None:
        """An episode's row, or None."""
        with self._engine.connect() as db:
            row = db.execute(select(EPISODES).where(EPISODES.c.id == episode)).mappings().first()
        return None if row is None else dict(row)

    def remove(self, episode: str) -> None:
        """Take an episode's row away."""
        with self._engine.begin() as db:
            db.execute(delete(EPISODES).where(EPISODES.c.id == episode))

    def clear(self) -> None:
        """Take all rows away, before rebuilding."""
        with self._engine.begin() as db:
            db.execute(delete(EPISODES))

    def search(self, *, text: str = "", limit: int = 100, offset: int = 0, **equal: str | None) -> Page:
        """Episodes newest first, where every named column equals its value and `text` is in objective, task or id."""
        conditions = _conditions(text, equal)
        query = select(EPISODES).where(*conditions).order_by(EPISODES.c.started.desc(), EPISODES.c.id)
        with self._engine.connect() as db:
            total = int(db.execute(select(func.count()).select_from(EPISODES).where(*conditions)).scalar_one())
            rows = [dict(row) for row in db.execute(query.limit(limit).offset(offset)).mappings()]
        return Page(rows, total)

    def values(self, column: str) -> list[tuple[str, int]]:
        """(value, how many) of a filterable column, most frequent first."""
        field = EPISODES.c[column]
        query = select(field, func.count()).where(field.is_not(None)).group_by(field).order_by(func.count().desc())
        with self._engine.connect() as db:
            return [(str(row[0]), int(row[1])) for row in db.execute(query)]


def _prepared(engine: Engine) -> bool:
    """Make the table, anew if an older or newer Stepscope made it with other columns; whether it did that."""
    with alone(engine) as db:
        found = inspect(db)
        old = found.has_table(EPISODES.name)
        same = old and {column["name"] for column in found.get_columns(EPISODES.name)} == set(EPISODES.c.keys())
        if old and not same:
            EPISODES.drop(db)
        EPISODES.create(db, checkfirst=True)
    return old and not same


def _conditions(text: str, equal: Mapping[str, str | None]) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [EPISODES.c[name] == value for name, value in equal.items() if value]
    if text.strip():
        like = text.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        fields = (EPISODES.c.objective, EPISODES.c.task, EPISODES.c.id)
        conditions.append(or_(*(field.ilike(f"%{like}%", escape="\\") for field in fields)))
    return conditions
