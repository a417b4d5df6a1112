"""The library of a workspace as a value: every policy under an id that never changes, and the sets it is seen through.

A set sees its own policies and those of the sets it extends; a policy of its own in the same slot (the last part of the
id) replaces an inherited one. Changing the library is policies/planning.py, keeping it policies/keeping.py.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

from policies.errors import PolicyRefused, UnknownSet
from policies.library import SETS, PolicySet, SetHeader, check_set, read_seeds, set_names
from policies.model import Frozen, Policy
from policies.moves import Moved, names_of

Status = Literal["active", "retired", "merged"]
T = TypeVar("T")


class Entry(Frozen):
    """A policy as it stands: `id` is `<set>/<its first name>`; one that was merged into another says which."""

    id: str
    policy: Policy
    status: Status = "active"
    into: str | None = None

    @property
    def home(self) -> str:
        """The set it belongs to."""
        return self.id.partition("/")[0]

    @property
    def slot(self) -> str:
        """What it stands for in its set and in those that extend it."""
        return self.id.partition("/")[2]


@dataclass(frozen=True)
class Library:
    """All sets and policies after change `number`; `latest` is the highest version each id ever had."""

    sets: Mapping[str, SetHeader] = field(default_factory=dict)
    entries: Mapping[str, Entry] = field(default_factory=dict)
    number: int = 0
    latest: Mapping[str, int] = field(default_factory=dict)

    @property
    def hash(self) -> str:
        """16 hexadecimal digits of the SHA-256 of sets and policies: equal libraries have equal ones."""
        body = [value.model_dump(mode="json") for key in ("sets", "entries") for value in self._sorted(key)]
        return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:16]

    def chain(self, name: str) -> tuple[str, ...]:
        """The set and those it extends, itself first. Raises UnknownSet."""
        out: list[str] = []
        current: str | None = name
        while current is not None:
            if current not in self.sets:
                raise UnknownSet(f"There is no policy set {current!r}. There are: {', '.join(sorted(self.sets))}.")
            if current in out:
                raise PolicyRefused(f"The sets {' → '.join([*out, current])} extend each other. Nothing was changed.")
            out.append(current)
            current = self.sets[current].extends
        return tuple(out)

    def seen(self, name: str) -> dict[str, Entry]:
        """The entries a set sees, by slot: active, retired and merged."""
        found: dict[str, Entry] = {}
        for home in reversed(self.chain(name)):
            found |= {entry.slot: entry for entry in self.entries.values() if entry.home == home}
        return found

    def find(self, name: str, policy: str) -> Entry:
        """The entry a name or alias stands for in a set. Raises UnknownSet, UnknownPolicy."""
        wanted = self.set(name).resolve(policy).name
        return next(e for e in self.seen(name).values() if e.policy.name == wanted and e.status != "merged")

    def sets_with(self, entry: Entry) -> tuple[str, ...]:
        """The sets that see this entry, in alphabetical order."""
        return tuple(name for name in sorted(self.sets) if self.seen(name).get(entry.slot) == entry)

    def set(self, name: str, history: Iterable[Moved] = ()) -> PolicySet:
        """A set as agents and labellers use it. Raises UnknownSet; PolicyFileError when it does not fit together."""
        seen = self.seen(name)
        active = _by_name(entry for entry in seen.values() if entry.status == "active")
        header = self.sets[name]
        if header.planner not in active:
            raise PolicyRefused(
                f"The set {name!r} would be without its planner {header.planner!r}. Nothing was changed."
            )
        made = PolicySet(
            name,
            active,
            active[header.planner],
            header.description,
            retired=_by_name(entry for entry in seen.values() if entry.status == "retired"),
            ids=frozenset(entry.id for entry in seen.values()),
            moved=tuple(history),
        )
        return check_set(made)

    def check(self) -> Library:
        """Itself. Raises PolicyError when one of its sets does not fit together."""
        for name in self.sets:
            self.set(name)
        return self

    def with_(self, entries: Mapping[str, Entry | None], sets: Mapping[str, SetHeader | None]) -> Library:
        """The library with entries and sets put in, replaced or (None) taken away."""
        latest = dict(self.latest)
        for key, entry in entries.items():
            latest[key] = max(latest.get(key, 0), entry.policy.version if entry else 0)
        return replace(self, entries=_merged(self.entries, entries), sets=_merged(self.sets, sets), latest=latest)

    def _sorted(self, key: Literal["sets", "entries"]) -> Iterator[Entry | SetHeader]:
        values: Mapping[str, Entry | SetHeader] = self.entries if key == "entries" else self.sets
        return (values[name] for name in sorted(values))


def shipped() -> Library:
    """The library of the shipped seeds."""
    sets: dict[str, SetHeader] = {}
    entries: dict[str, Entry] = {}
    for name in set_names(SETS):
        sets[name], policies = read_seeds(name, SETS)
        entries |= {f"{name}/{policy.name}": Entry(id=f"{name}/{policy.name}", policy=policy) for policy in policies}
    return Library().with_(entries, sets).check()


def _by_name(entries: Iterable[Entry]) -> dict[str, Policy]:
    return {entry.policy.name: entry.policy for entry in sorted(entries, key=lambda entry: entry.policy.name)}


def _merged(now: Mapping[str, T], changes: Mapping[str, T | None]) -> dict[str, T]:
    return {key: value for key, value in {**now, **changes}.items() if value is not None}


def taken(library: Library, entry: Entry) -> set[str]:
    """Every name and alias, in lower case, that something else answers to in a set that would see the entry."""
    names: set[str] = set()
    for name in library.sets:
        if entry.home in library.chain(name):
            others = (o for o in library.seen(name).values() if o.slot != entry.slot or entry.id not in library.entries)
            names |= {said.lower() for other in others if other.status != "merged" for said in names_of(other.policy)}
    return names
