"""Full-text search over episodes: the one module that is written for SQLite's FTS5.

See docs/decisions/007-lists-from-one-index.md. Another database gets its own text index here; all else only
knows these functions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Float,
    Integer,
    Select,
    String,
    Table,
    Text,
    bindparam,
    delete,
    false,
    insert,
    literal_column,
    select,
    text,
)

from store.workspace import METADATA

MOST_LETTERS = 200_000
"""Of one episode that are looked through."""
MOST_WORDS = 40
"""Of one search."""

NUMBERS = Table(
    "episode_words",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("episode", String(64), unique=True, nullable=False),
    Column("head", Text, nullable=False),
    Column("ended", Float),
)
"""The number an episode's words are kept under, its header's words, and when it had ended as its actions were read."""
_MAKE = "CREATE VIRTUAL TABLE IF NOT EXISTS episode_text USING fts5(words, tokenize='unicode61 remove_diacritics 2')"
_KEPT = select(NUMBERS).where(NUMBERS.c.episode.in_(bindparam("episodes", expanding=True)))
_WORD = re.compile(r"[^\W_]")
_PART = re.compile(r'"[^"]*"|\S+')


@dataclass(frozen=True)
class Kept:
    """What is known of an episode's words: their number, its header's, and when it had ended."""

    number: int
    head: str
    ended: float | None


@dataclass(frozen=True)
class Spoken:
    """The words of an episode: its header's, and those of its actions (None: as they are known)."""

    episode: str
    head: str
    said: str | None
    ended: float | None


def prepare(db: Connection) -> None:
    """Make the index where it is not there yet."""
    NUMBERS.create(db, checkfirst=True)
    db.exec_driver_sql(_MAKE)


def kept(db: Connection, episodes: Sequence[str]) -> dict[str, Kept]:
    """What is known of these, by id."""
    found = db.execute(_KEPT, {"episodes": list(episodes)})
    return {row.episode: Kept(row.number, row.head, row.ended) for row in found}


def put(db: Connection, spoken: Sequence[Spoken]) -> dict[str, int]:
    """Keep the words of episodes, where they say something new; the number of each by id."""
    known = kept(db, [one.episode for one in spoken])
    news = [one for one in spoken if _is_new(one, known.get(one.episode))]
    if not news:
        return {episode: one.number for episode, one in known.items()}
    db.execute(delete(NUMBERS).where(NUMBERS.c.episode.in_([one.episode for one in news])))
    rows = [
        {
            "number": known[one.episode].number if one.episode in known else None,
            "episode": one.episode,
            "head": one.head,
            "ended": None if one.said is None else one.ended,
        }
        for one in news
    ]
    db.execute(insert(NUMBERS), rows)
    numbers = {episode: one.number for episode, one in kept(db, [one.episode for one in spoken]).items()}
    said = [{"number": numbers[one.episode], "words": f"{one.head}\n{one.said or ''}"[:MOST_LETTERS]} for one in news]
    db.execute(text("DELETE FROM episode_text WHERE rowid = :number"), said)
    db.execute(text("INSERT INTO episode_text (rowid, words) VALUES (:number, :words)"), said)
    return numbers


def remove(db: Connection, episodes: Sequence[str]) -> None:
    """Forget the words of episodes."""
    found = kept(db, episodes)
    if found:
        numbers = [{"number": one.number} for one in found.values()]
        db.execute(text("DELETE FROM episode_text WHERE rowid = :number"), numbers)
        db.execute(delete(NUMBERS).where(NUMBERS.c.episode.in_(found)))


def keep_only(db: Connection, episodes: Select[tuple[str]]) -> None:
    """Forget the words of all other episodes."""
    gone = db.execute(select(NUMBERS.c.episode).where(NUMBERS.c.episode.not_in(episodes))).scalars().all()
    for first in range(0, len(gone), 500):
        remove(db, gone[first : first + 500])


def holding(number: ColumnElement[int], wanted: str) -> ColumnElement[bool]:
    """The condition that an episode (a column of numbers) has all of these words, or some that begin like them.

    Words in quotes stand next to each other, in that order, and are whole.
    """
    parts = [part for part in _PART.findall(wanted.replace("\x00", " ")) if _WORD.search(part)]
    if not parts:
        return false()
    quoted = " ".join(_quoted(part) for part in parts[:MOST_WORDS])
    matched = select(literal_column("rowid", Integer)).select_from(text("episode_text"))
    return number.in_(matched.where(text("episode_text MATCH :words").bindparams(words=quoted)))


def _quoted(part: str) -> str:
    """Part of a search as FTS5 reads it: nothing in it is an operator."""
    whole = len(part) > 1 and part.startswith('"') and part.endswith('"')
    return part if whole else '"' + part.replace('"', '""') + '"*'


def _is_new(one: Spoken, known: Kept | None) -> bool:
    """Actions are always taken; a header alone only where it says something else and no actions would be lost."""
    return one.said is not None or known is None or (known.ended is None and one.head != known.head)
