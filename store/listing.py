"""Lists of the catalogue: which episodes fit a filter, in order and page by page; how many have each value of a facet;
failures put together by what they have in common. Whatever was asked is remembered for a moment.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, Connection, Engine, UnaryExpression, func, literal, or_, select

from store import words
from store.catalogue_tables import EPISODES
from store.filters import COLUMNS, SORTS, Filter

T = TypeVar("T")
SIGNATURE = ("signals", "blame", "blamed_policy", "failed_page")
"""What the failures of a cluster have in common."""
REMEMBERED = 64
"""Answers kept at a time."""
FRESH_S = 2.0
"""Seconds an answer is good for: so much later than its own changes a process sees those of another."""
ROWS = EPISODES.c
_SETS = {"signal": ROWS.signals, "tag": ROWS.tags}
"""The column that holds all values of a facet of several, between commas."""


@dataclass(frozen=True)
class Page:
    """A page of a list: its rows, and how many there are in all."""

    rows: list[dict[str, Any]]
    total: int


@dataclass(frozen=True)
class Neighbours:
    """Where an episode stands in a list: `place` from 1 of `total` (0: not in it), and the ids beside it."""

    place: int
    total: int
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Cluster:
    """Failures with the same signals, blame, policy and page: how many, and of which tasks how many."""

    signals: str
    blame: str
    blamed_policy: str
    failed_page: str
    count: int
    tasks: Mapping[str, int]

    @property
    def signature(self) -> tuple[str, ...]:
        """What its episodes have in common, in the order of SIGNATURE; what is not known is empty."""
        return (self.signals, self.blame, self.blamed_policy, self.failed_page)

    def narrowed(self, of: Filter) -> Filter:
        """The filter whose episodes these are, within another one."""
        for facet, value in zip(SIGNATURE, self.signature, strict=True):
            of = of.choosing(facet, value)
        return of


class Listing:
    """Asks the catalogue. Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._answers: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()

    def forget(self) -> None:
        """Let go of what was asked before."""
        with self._lock:
            self._answers.clear()

    def page(self, asked: Filter, limit: int = 100, offset: int = 0) -> Page:
        """Some of the episodes that fit, in order, and how many do."""
        fits, order = _conditions(asked), _order(asked)
        ids = select(ROWS.id).where(*fits).order_by(*order).limit(limit).offset(offset).subquery()
        query = select(EPISODES).join(ids, ROWS.id == ids.c.id).order_by(*order)
        with self._engine.connect() as db:
            rows = [dict(row) for row in db.execute(query).mappings()]
            if (rows or not offset) and len(rows) < limit:
                return Page(rows, offset + len(rows))
            return Page(rows, self._once(("count", asked.unordered), lambda: _count(db, fits)))

    def count(self, asked: Filter) -> int:
        """How many fit."""
        with self._engine.connect() as db:
            return self._once(("count", asked.unordered), lambda: _count(db, _conditions(asked)))

    def ids(self, asked: Filter) -> tuple[str, ...]:
        """The ids of all that fit, in order."""
        return tuple(self._places(asked))

    def neighbours(self, asked: Filter, episode: str) -> Neighbours:
        """What stands before and after an episode in the list."""
        places = self._places(asked)
        at = places.get(episode)
        if at is None:
            return Neighbours(0, len(places), None, None)
        ids = list(places)
        return Neighbours(at + 1, len(ids), ids[at - 1] if at else None, ids[at + 1] if at + 1 < len(ids) else None)

    def facet(self, asked: Filter, facet: str) -> dict[str, int]:
        """How many of the episodes that fit all *other* facets have each value, most frequent first; "" is none."""
        others = asked.unordered.choosing(facet)
        with self._engine.connect() as db:
            return self._once(("facet", facet, others), lambda: _facet(db, others, facet))

    def clusters(self, asked: Filter) -> tuple[Cluster, ...]:
        """The episodes that fit, put together by signals, blame, policy and page, largest first."""
        with self._engine.connect() as db:
            return self._once(("clusters", asked.unordered), lambda: _clusters(db, asked))

    def _places(self, asked: Filter) -> dict[str, int]:
        query = select(ROWS.id).where(*_conditions(asked)).order_by(*_order(asked))
        with self._engine.connect() as db:
            return self._once(("ids", asked), lambda: {row[0]: place for place, row in enumerate(db.execute(query))})

    def _once(self, key: Hashable, answer: Callable[[], T]) -> T:
        """The answer, from just before where nobody here has changed the catalogue since."""
        now = time.monotonic()
        with self._lock:
            at, found = self._answers.get(key, (-FRESH_S, None))
            if now - at < FRESH_S:
                self._answers.move_to_end(key)
                return cast(T, found)
        made = answer()
        with self._lock:
            self._answers[key] = (now, made)
            while len(self._answers) > REMEMBERED:
                self._answers.popitem(last=False)
        return made


def _count(db: Connection, fits: list[ColumnElement[bool]]) -> int:
    return int(db.execute(select(func.count()).select_from(EPISODES).where(*fits)).scalar_one())


def _facet(db: Connection, others: Filter, facet: str) -> dict[str, int]:
    column = func.coalesce(_SETS[facet] if facet in _SETS else ROWS[facet], "")
    query = select(column, func.count()).where(*_conditions(others)).group_by(column)
    counts: Counter[str] = Counter()
    for value, count in db.execute(query):
        for one in _members(str(value)) if facet in _SETS else [str(value)]:
            counts[one] += count
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _clusters(db: Connection, asked: Filter) -> tuple[Cluster, ...]:
    columns = (*(ROWS[name] for name in SIGNATURE), ROWS.task)
    query = select(*columns, func.count()).where(*_conditions(asked)).group_by(*columns)
    tasks: dict[tuple[str, str, str, str], dict[str, int]] = {}
    for row in db.execute(query):
        signature = (row[0] or "", row[1] or "", row[2] or "", row[3] or "")
        tasks.setdefault(signature, {})[row[4] or ""] = row[5]
    made = [Cluster(*signature, count=sum(counts.values()), tasks=counts) for signature, counts in tasks.items()]
    return tuple(sorted(made, key=lambda one: (-one.count, one.signature)))


def _members(values: str) -> list[str]:
    """The members of `,D1,D4,` or `first, second`; one empty text where there are none."""
    return [one.strip() for one in values.split(",") if one.strip()] or [""]


def _conditions(asked: Filter) -> list[ColumnElement[bool]]:
    conditions = [_fits(facet, values) for facet, values in asked.chosen]
    first, end = asked.times()
    if first is not None:
        conditions.append(ROWS.started >= first)
    if end is not None:
        conditions.append(ROWS.started < end)
    if asked.text:
        conditions.append(words.holding(ROWS.number, asked.text))
    return conditions


def _fits(facet: str, values: tuple[str, ...]) -> ColumnElement[bool]:
    """Any of the values; an empty one means that there is none."""
    if facet in COLUMNS:
        column = ROWS[facet]
        return column.in_(values) if "" not in values else func.coalesce(column, "").in_(values)
    fits = [_holds(_SETS[facet], value) for value in values if value]
    return or_(*fits, func.coalesce(_SETS[facet], "") == "") if "" in values else or_(*fits)


def _holds(members: ColumnElement[str], value: str) -> ColumnElement[bool]:
    """Looked for among the members; `replace` because LIKE takes capitals for small letters in some databases."""
    between = literal(",") + func.replace(members, ", ", ",") + literal(",")
    return members.contains(value, autoescape=True) & (between != func.replace(between, f",{value},", ""))


def _order(asked: Filter) -> list[UnaryExpression[Any]]:
    """What is not known comes last, whichever way; equals by id."""
    column = ROWS[SORTS[asked.sort]]
    way = column.desc() if asked.descending else column.asc()
    return [way.nulls_last(), ROWS.id.asc()]
