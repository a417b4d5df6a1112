"""Where a workspace keeps its library: numbered changes, appended and never rewritten, the first of them the seeds.

A change holds every entry as it was and as it is, who made it and when; the library is what they make of nothing.
`Rows` is all this needs of a workspace.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Protocol

from policies.errors import LibraryConflict, PolicyError, PolicyRefused
from policies.library import PolicySet, SetHeader, load_set, set_names
from policies.model import Frozen
from policies.moves import Move, Moved
from policies.operations import Change, OpName
from policies.state import Entry, Library, shipped
from store.errors import Conflict

logger = logging.getLogger(__name__)
TABLE = "policy_event"
SEEDED_BY = "stepscope"


class Rows(Protocol):
    """Numbered bodies of a table; store.workspace.Workspace is one."""

    def append(self, table: str, base: int, body: dict[str, Any]) -> int:
        """Append after number `base`. Raises store.errors.Conflict when that is not the last."""
        ...

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Bodies in order."""
        ...

    def count(self, table: str) -> int:
        """How many there are."""
        ...


class EntryChange(Frozen):
    """A policy before and after a change; None where it is not there."""

    id: str
    before: Entry | None
    after: Entry | None


class SetChange(Frozen):
    """A set before and after a change."""

    name: str
    before: SetHeader | None
    after: SetHeader | None


class LibraryEvent(Frozen):
    """One change of the library. `at` in seconds since the epoch; `undoes` numbers the change it takes back."""

    number: int
    at: float
    actor: str
    op: OpName
    about: str
    said: str
    entries: tuple[EntryChange, ...]
    sets: tuple[SetChange, ...] = ()
    moves: tuple[Move, ...] = ()
    undoes: int | None = None

    @property
    def moved(self) -> Moved:
        """What it did to calls."""
        return Moved(number=self.number, at=self.at, moves=self.moves, undoes=self.undoes)

    def applied(self, library: Library) -> Library:
        """The library after it."""
        entries = {change.id: change.after for change in self.entries}
        return library.with_(entries, {change.name: change.after for change in self.sets})


class PolicyLibrary:
    """The library of one workspace; safe to use from several threads and processes."""

    def __init__(
        self,
        rows: Rows,
        seeds: Callable[[], Library] = shipped,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._rows, self._seeds, self._clock = rows, seeds, clock
        self._lock = threading.RLock()
        self._events: tuple[LibraryEvent, ...] = ()
        self._now = Library()
        self._sets: dict[str, PolicySet] = {}
        self._seeded = False

    @property
    def now(self) -> Library:
        """The library as it stands; the shipped seeds come first, and new ones when there are new ones."""
        with self._lock:
            self._read()
            if not self._seeded:
                self._seed()
                self._seeded = True
            return self._now

    def history(self) -> tuple[LibraryEvent, ...]:
        """Every change, oldest first."""
        return self._events if self.now.number else ()

    def names(self) -> tuple[str, ...]:
        """The sets there are, in alphabetical order."""
        return tuple(sorted(self.now.sets))

    def set(self, name: str) -> PolicySet:
        """A set as it stands, with what became of calls labelled earlier. Raises UnknownSet."""
        with self._lock:
            now = self.now
            found = self._sets.get(name)
            if found is None:
                base = now.set(name, (event.moved for event in self._events if event.moves or event.undoes))
                found = self._sets[name] = _with_shipped(base, now.chain(name))
            return found

    def append(self, change: Change, actor: str, base: int, undoes: int | None = None) -> LibraryEvent:
        """Keep a change that was planned on change number `base`. Raises LibraryConflict, and then nothing is kept."""
        now = self.now
        if now.number != base:
            raise LibraryConflict(now.number)
        change.applied(now)
        event = _event(change, now, self._clock(), actor, undoes)
        self._store(event, base)
        return event

    def undoing(self, number: int) -> Change:
        """The change that takes one back. Raises PolicyRefused when something was built on it, or it is the seeds."""
        now, events = self.now, self._events
        event = next((one for one in events if one.number == number), None)
        if event is None or event.op in ("seed", "undo"):
            raise PolicyRefused(f"Change {number} cannot be taken back. Nothing was changed; choose one of the list.")
        if number in undone(events):
            raise PolicyRefused(f"Change {number} was taken back already. Nothing was changed.")
        same = all(now.entries.get(c.id) == c.after for c in event.entries)
        if not same or any(now.sets.get(c.name) != c.after for c in event.sets):
            raise PolicyRefused(
                f"Later changes build on “{event.said}”. Nothing was changed; take those back first, newest first."
            )
        before = {change.id: change.before for change in event.entries}
        sets = {change.name: change.before for change in event.sets}
        back = () if event.op == "merge" else tuple(move.reversed() for move in reversed(event.moves))
        return Change("undo", event.about, f"taken back: {event.said}", before, back, sets)

    def _store(self, event: LibraryEvent, base: int) -> None:
        try:
            self._rows.append(TABLE, base, event.model_dump(mode="json"))
        except Conflict as error:
            raise LibraryConflict(error.current) from error

    def _read(self) -> None:
        if self._rows.count(TABLE) == len(self._events):
            return
        self._events = tuple(LibraryEvent.model_validate(body) for body in self._rows.rows(TABLE))
        self._now, self._sets = replayed(self._events), {}

    def _seed(self) -> None:
        """Bring in seeds that are new, or that were changed and that nobody here has touched."""
        while (change := _seeding(self._now, self._seeds(), self._events)) is not None:
            try:
                self._store(_event(change, self._now, self._clock(), SEEDED_BY), self._now.number)
            except LibraryConflict as conflict:
                logger.info("The seeds were brought in by another process (change %d).", conflict.current)
            self._read()


def replayed(events: Iterable[LibraryEvent]) -> Library:
    """The library that changes make of nothing."""
    library = Library()
    for event in events:
        library = replace(event.applied(library), number=event.number)
    return library


def undone(events: Iterable[LibraryEvent]) -> frozenset[int]:
    """The numbers of the changes that were taken back."""
    return frozenset(event.undoes for event in events if event.undoes is not None)


def _event(change: Change, now: Library, at: float, actor: str, undoes: int | None = None) -> LibraryEvent:
    return LibraryEvent(
        number=now.number + 1,
        at=at,
        actor=actor,
        op=change.op,
        about=change.about,
        said=change.said,
        entries=tuple(EntryChange(id=k, before=now.entries.get(k), after=e) for k, e in change.entries.items()),
        sets=tuple(SetChange(name=k, before=now.sets.get(k), after=h) for k, h in change.sets.items()),
        moves=change.moves,
        undoes=undoes,
    )


def _seeding(now: Library, seeds: Library, events: Iterable[LibraryEvent]) -> Change | None:
    """The shipped sets and policies that are not here as they are shipped, without those that people changed."""
    touched = {change.id for event in events if event.op != "seed" for change in event.entries}
    entries = {
        key: _next_version(now, seed)
        for key, seed in seeds.entries.items()
        if key not in touched and not _same(now.entries.get(key), seed)
    }
    sets = {name: header for name, header in seeds.sets.items() if name not in now.sets}
    fitting = _fitting(now.with_({}, sets), entries)
    return Change("seed", "", f"{len(fitting)} shipped policies", fitting, (), sets) if fitting or sets else None


def _next_version(now: Library, seed: Entry) -> Entry:
    version = max(seed.policy.version, now.latest.get(seed.id, 0) + 1)
    return seed.model_copy(update={"policy": seed.policy.model_copy(update={"version": version})})


def _same(entry: Entry | None, seed: Entry) -> bool:
    if entry is None:
        return False
    return entry.policy.model_copy(update={"version": seed.policy.version}) == seed.policy


def _fitting(library: Library, entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """All of the entries if they fit together with what is there, else those that do one by one."""
    try:
        library.with_(entries, {}).check()
    except PolicyError:
        fitting: dict[str, Entry] = {}
        for key, entry in sorted(entries.items(), key=lambda item: item[1].policy.kind == "planner"):
            with suppress(PolicyError):
                library.with_({**fitting, key: entry}, {}).check()
                fitting[key] = entry
        return fitting
    return dict(entries)


def _with_shipped(found: PolicySet, chain: Iterable[str]) -> PolicySet:
    """The set with the shipped vocabulary it grew from."""
    known = set_names()
    seed = next((name for name in chain if name in known), None)
    return replace(found, shipped=load_set(seed)) if seed else found
