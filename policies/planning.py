"""What each operation would change in a library: pure, nothing is kept here.

Every operation gives a `Change`: the entries as they would be, and the moves that calls labelled before have to make.
What cannot be done raises PolicyRefused and says what to do instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import singledispatch
from typing import Any

from policies.errors import PolicyRefused
from policies.library import SetHeader
from policies.model import Parameter, Policy
from policies.moves import Move, move, names_of
from policies.operations import (
    Change,
    Create,
    Edit,
    Given,
    Import,
    Merge,
    Operation,
    Rename,
    Restore,
    Retire,
    Split,
    Texts,
)
from policies.state import Entry, Library, taken


@singledispatch
def change(operation: Any, library: Library) -> Change:
    """What the operation would change. Raises PolicyRefused, UnknownSet or UnknownPolicy."""
    raise PolicyRefused(f"There is no operation {type(operation).__name__}. Nothing was changed.")


def planned(operation: Operation, library: Library) -> Change:
    """The same, checked: the library it leads to fits together. Raises PolicyError."""
    made = change(operation, library)
    made.applied(library)
    return made


@change.register
def _create(asked: Create, library: Library) -> Change:
    entry = Entry(id=f"{asked.home}/{asked.policy.name}", policy=_numbered(library, asked.home, asked.policy))
    _check_new(library, entry)
    entries = {entry.id: entry, **_offered(library, entry)}
    return Change("create", entry.id, f"new policy {entry.policy.name}", entries)


@change.register
def _edit(asked: Edit, library: Library) -> Change:
    entry = _known(library, asked.about)
    sources = _sources(entry.policy, asked.parameters)
    new = _newer(library, entry, **_said(asked.texts, entry), parameters=_plain(asked.parameters))
    if new.policy.model_copy(update={"version": entry.policy.version}) == entry.policy:
        raise PolicyRefused(f"Nothing of {entry.policy.name} would be different. Nothing was changed.")
    same_form = entry.policy.parameters == new.policy.parameters and all(a == b for a, b in sources.items())
    moves = () if same_form else (move(entry.id, entry.policy, new.policy, sources),)
    return Change(
        "edit", entry.id, f"{entry.policy.name}: {_differing(entry.policy, new.policy)}", {entry.id: new}, moves
    )


@change.register
def _rename(asked: Rename, library: Library) -> Change:
    entry = _callable(library, asked.about)
    old = entry.policy
    if asked.name == old.name:
        raise PolicyRefused(f"{old.name} has that name already. Nothing was changed.")
    called = tuple(asked.name if name == old.name else name for name in old.sub_policies)
    aliases = tuple(name for name in names_of(old) if name != asked.name)
    new = _newer(library, entry, name=asked.name, aliases=aliases, sub_policies=called)
    _check_name(library, new, asked.name)
    others = _recalled(library, entry, lambda names: (asked.name if name == old.name else name for name in names))
    same = {parameter.name: parameter.name for parameter in old.parameters}
    moves = (move(entry.id, old, new.policy, same),)
    return Change("rename", entry.id, f"{old.name} is now {asked.name}", {**others, entry.id: new}, moves)


@change.register
def _merge(asked: Merge, library: Library) -> Change:
    entry, into = _callable(library, asked.about), _callable(library, asked.into)
    if entry.id == into.id:
        raise PolicyRefused("A policy cannot be merged into itself. Nothing was changed; choose two.")
    if into.status != "active" or into.home not in library.chain(entry.home):
        raise PolicyRefused(
            f"{into.policy.name} is not in every set that has {entry.policy.name}. Nothing was changed; "
            "merge the other way round, or into a policy of the same set."
        )
    _check_sources(entry.policy, into.policy, asked.sources)
    names = tuple(dict.fromkeys([*into.policy.aliases, *names_of(entry.policy)]))
    new = _newer(library, into, aliases=names)
    gone = entry.model_copy(update={"status": "merged", "into": into.id})
    others = _recalled(
        library, entry, lambda n: (into.policy.name if name == entry.policy.name else name for name in n)
    )
    if into.id in others:
        new = _newer(library, into, aliases=names, sub_policies=_entry(others[into.id]).policy.sub_policies)
    moves = (move(entry.id, entry.policy, new.policy, asked.sources),)
    said = f"{entry.policy.name} is part of {into.policy.name}"
    return Change("merge", entry.id, said, {**others, entry.id: gone, into.id: new}, moves)


@change.register
def _split(asked: Split, library: Library) -> Change:
    entry = _callable(library, asked.about)
    if (asked.where is None) == (asked.chosen is None):
        raise PolicyRefused("Say which calls go over: by the values of an argument, or by hand. Nothing was changed.")
    if asked.where is not None and asked.where.parameter not in {p.name for p in entry.policy.parameters}:
        raise PolicyRefused(f"{entry.policy.name} has no parameter {asked.where.parameter!r}. Nothing was changed.")
    if asked.chosen == ():
        raise PolicyRefused("No call was chosen. Nothing was changed; choose the calls that go over.")
    sources = _sources(entry.policy, asked.parameters)
    kind = "composite" if asked.texts.sub_policies else entry.policy.kind
    policy = Policy(
        name=asked.name, kind=kind, parameters=_plain(asked.parameters), **asked.texts.model_dump()
    )  # fmt: skip
    new = Entry(id=f"{entry.home}/{asked.name}", policy=_numbered(library, entry.home, policy))
    _check_new(library, new)
    others = _recalled(
        library, entry, lambda n: (x for name in n for x in _beside(name, entry.policy.name, asked.name))
    )
    moves = (move(entry.id, entry.policy, policy, sources, where=asked.where, chosen=asked.chosen),)
    said = f"some calls of {entry.policy.name} are now {asked.name}"
    return Change("split", entry.id, said, {**others, new.id: new}, moves)


@change.register
def _retire(asked: Retire, library: Library) -> Change:
    entry = _callable(library, asked.about)
    if entry.status != "active":
        raise PolicyRefused(f"{entry.policy.name} is {entry.status} already. Nothing was changed.")
    others = _recalled(library, entry, lambda names: (name for name in names if name != entry.policy.name))
    gone = entry.model_copy(update={"status": "retired"})
    return Change("retire", entry.id, f"{entry.policy.name} is retired", {**others, entry.id: gone})


@change.register
def _restore(asked: Restore, library: Library) -> Change:
    entry = _known(library, asked.about)
    if entry.status != "retired":
        raise PolicyRefused(f"{entry.policy.name} is not retired. Nothing was changed.")
    back = entry.model_copy(update={"status": "active"})
    entries = {entry.id: back, **_offered(library, back)}
    return Change("restore", entry.id, f"{entry.policy.name} may be called again", entries)


@change.register
def _import(asked: Import, library: Library) -> Change:
    name = asked.header.name
    old = library.sets.get(name)
    sets: dict[str, SetHeader | None] = {} if old == asked.header else {name: asked.header}
    reached = library.with_({}, sets)
    entries: dict[str, Entry | None] = {}
    moves: list[Move] = []
    for policy in asked.policies:
        entry, known = _imported(reached, name, policy)
        if known is not None and known.policy.model_copy(update={"version": 1}) == policy.model_copy(
            update={"version": 1}
        ):
            continue
        entries[entry.id] = entry
        if known is not None and _form(known.policy) != _form(entry.policy):
            theirs = {p.name for p in known.policy.parameters}
            same = {p.name: p.name for p in entry.policy.parameters if p.name in theirs}
            moves.append(move(known.id, known.policy, entry.policy, same))
    if not entries and not sets:
        raise PolicyRefused(f"The file says of the set {name} what is there already. Nothing was changed.")
    said = (
        f"from a file, for {name}: {', '.join(_entry(entry).policy.name for entry in entries.values()) or 'its texts'}"
    )
    if all(policy.kind != "planner" for policy in asked.policies):
        for entry in [_entry(entry) for key, entry in entries.items() if key not in library.entries]:
            entries |= _offered(reached.with_(entries, {}), entry)
    return Change("import", name, said, entries, tuple(moves), sets)


def _imported(library: Library, home: str, policy: Policy) -> tuple[Entry, Entry | None]:
    """The entry a policy of a file becomes, and the set's own one it is a new version of (None: it is new here)."""
    own = [e for e in library.entries.values() if e.home == home and e.status != "merged"]
    known = next((entry for entry in own if policy.name in names_of(entry.policy)), None)
    known = known or next((entry for entry in own if entry.policy.name in policy.aliases), None)
    if known is None:
        entry = Entry(id=f"{home}/{policy.name}", policy=_numbered(library, home, policy))
        replaced = library.seen(home).get(entry.slot)
        kept = names_of(replaced.policy) if replaced is not None else ()
        aliases = tuple(dict.fromkeys([*policy.aliases, *(name for name in kept if name != policy.name)]))
        return entry.model_copy(update={"policy": entry.policy.model_copy(update={"aliases": aliases})}), None
    aliases = tuple(dict.fromkeys([*policy.aliases, *(n for n in names_of(known.policy) if n != policy.name)]))
    version = library.latest[known.id] + 1
    new = policy.model_copy(update={"aliases": aliases, "version": version})
    return known.model_copy(update={"policy": new, "status": "active"}), known


def _form(policy: Policy) -> tuple[str, tuple[Parameter, ...]]:
    return policy.name, policy.parameters


def _known(library: Library, about: str) -> Entry:
    entry = library.entries.get(about)
    if entry is None or entry.status == "merged":
        raise PolicyRefused(f"There is no policy {about!r} (any more). Nothing was changed; look at the list again.")
    return entry


def _callable(library: Library, about: str) -> Entry:
    entry = _known(library, about)
    if entry.policy.kind == "planner":
        raise PolicyRefused(
            f"{entry.policy.name} is the root of every episode of its set and keeps its name and place. "
            "Nothing was changed; its texts and what it may call can be edited."
        )
    return entry


def _newer(library: Library, entry: Entry, **changes: Any) -> Entry:
    """The entry with a new version of its policy. Raises PolicyRefused for values that do not fit."""
    body = {**entry.policy.model_dump(), **changes, "version": library.latest[entry.id] + 1}
    return entry.model_copy(update={"policy": Policy.model_validate(body)})


def _numbered(library: Library, home: str, policy: Policy) -> Policy:
    return policy.model_copy(update={"version": library.latest.get(f"{home}/{policy.name}", 0) + 1})


def _check_new(library: Library, entry: Entry) -> None:
    library.chain(entry.home)
    if entry.policy.kind == "planner":
        raise PolicyRefused("Every set has its planner already. Nothing was changed; make it atomic or composite.")
    for name in names_of(entry.policy):
        _check_name(library, entry, name)
    if entry.id in library.entries:
        raise PolicyRefused(f"There was a policy {entry.slot!r} before. Nothing was changed; choose another name.")


def _check_name(library: Library, entry: Entry, name: str) -> None:
    if name.lower() in taken(library, entry):
        raise PolicyRefused(
            f"Another policy answers to {name!r} already. Nothing was changed; choose another name, or merge the two."
        )


def _offered(library: Library, entry: Entry) -> dict[str, Entry]:
    """The planners of the sets that would see the entry, each of them allowed to call it."""
    seeing = [name for name in library.sets if entry.home in library.chain(name)]
    planners = {p.id: p for name in seeing for p in library.seen(name).values() if p.policy.kind == "planner"}
    able = [p for p in planners.values() if entry.home in library.chain(p.home)]
    missing = [p for p in able if entry.policy.name not in p.policy.sub_policies]
    return {p.id: _newer(library, p, sub_policies=(*p.policy.sub_policies, entry.policy.name)) for p in missing}


def _recalled(
    library: Library, entry: Entry, rename: Callable[[tuple[str, ...]], Iterable[str]]
) -> dict[str, Entry | None]:
    """The entries that may call this one, with other names of what they may call."""
    out: dict[str, Entry | None] = {}
    for other in library.entries.values():
        named = entry.policy.name in other.policy.sub_policies
        if named and other.status != "merged" and library.seen(other.home).get(entry.slot) == entry:
            wanted = tuple(dict.fromkeys(rename(other.policy.sub_policies)))
            out[other.id] = _newer(library, other, sub_policies=wanted)
    return out


def _beside(name: str, old: str, new: str) -> tuple[str, ...]:
    return (name, new) if name == old else (name,)


def _entry(found: Entry | None) -> Entry:
    assert found is not None
    return found


def _plain(parameters: Iterable[Given]) -> tuple[Parameter, ...]:
    return tuple(Parameter.model_validate(p.model_dump(exclude={"was"})) for p in parameters)


def _sources(old: Policy, parameters: Iterable[Given]) -> dict[str, str]:
    """The old parameter of each new one that has one. Raises PolicyRefused for unknown or doubled ones."""
    given = tuple(parameters)
    names = [p.name for p in given]
    sources = {p.name: p.was for p in given if p.was is not None}
    if len(set(names)) < len(names) or len(set(sources.values())) < len(sources):
        raise PolicyRefused("Two parameters have the same name or come from the same one. Nothing was changed.")
    unknown = set(sources.values()) - {p.name for p in old.parameters}
    if unknown:
        raise PolicyRefused(f"{old.name} has no parameter {', '.join(sorted(unknown))}. Nothing was changed.")
    return sources


def _check_sources(old: Policy, new: Policy, sources: Mapping[str, str]) -> None:
    theirs, ours = {p.name for p in new.parameters}, {p.name for p in old.parameters}
    wrong = sorted({*sources} - theirs | {*sources.values()} - ours)
    if wrong or len(set(sources.values())) < len(sources):
        raise PolicyRefused(
            f"The arguments do not lead from {old.signature} to {new.signature}. "
            "Nothing was changed; give each parameter at most one of the old ones."
        )


def _said(texts: Texts, entry: Entry) -> dict[str, Any]:
    kind = "composite" if texts.sub_policies and entry.policy.kind == "atomic" else entry.policy.kind
    return {**texts.model_dump(), "kind": kind}


def _differing(old: Policy, new: Policy) -> str:
    names = [n.replace("_", " ") for n in Policy.model_fields if n != "version" and getattr(old, n) != getattr(new, n)]
    return f"new {', '.join(names)}"
