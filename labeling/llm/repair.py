"""From a reply to a partition: every entry checked, what is wrong mended in one fixed way, and each mend told.

Any text gives a Reading; `usable` says whether the model answered at all. Pure, and equal texts give equal readings.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from labeling.llm.model import NEW, OWN, PROPOSED, Certainty, Partition, Remark, Stretch, joined
from labeling.llm.reading import clean, read_json, whole_number
from labeling.llm.schema import CERTAINTIES, ROLES
from policies.errors import UnknownPolicy
from policies.library import PolicySet
from policies.model import Policy

ALIKE = 0.9
"""How like (0 to 1) an unknown name must be to a policy's to be taken for it."""
_MOST, _KEPT = 1_000, 50
"""Entries of a reply that are read, and mends of it that are told."""
_LISTS = ("calls", "groups", "segments", "steps", "items")
_FIRSTS = ("first_step", "first_item", "first_call", "first", "step", "start")
_UNNAMED = frozenset({"", "own", "none", "null", "other", "planner", "no", "n/a"})


@dataclass(frozen=True)
class Reading:
    """What a reply said of the units it was asked about; `share` is how much of it was mended (0 to 1).

    Without a usable answer the partition is one OWN stretch. `proposals` describes proposed policies by name.
    """

    partition: Partition
    usable: bool
    repairs: tuple[str, ...] = ()
    share: float = 0.0
    remarks: tuple[Remark, ...] = ()
    proposals: tuple[tuple[str, str], ...] = ()


@dataclass
class _Work:
    """One reading in the making."""

    first: int
    last: int
    policies: PolicySet
    allowed: frozenset[str]
    repairs: list[str]
    proposals: dict[str, str]
    mended: int = 0


def read_reply(text: str, first: int, last: int, policies: PolicySet, allowed: Sequence[str]) -> Reading:
    """The reply as a partition of the units `first`..`last` (both included), calls being those of `allowed`."""
    value, notes = read_json(text)
    work = _Work(first, last, policies, frozenset(allowed), list(notes), {})
    entries = _entries(value)
    found = [one for entry in entries[:_MOST] if (one := _stretch(entry, work)) is not None]
    if not found:
        work.repairs.append("no call could be read from the reply")
        return Reading((Stretch(first, certainty="low"),), False, _told(work.repairs), 1.0)
    partition = joined(_ordered(found, work))
    share = (work.mended + len(notes)) / max(1, len(entries))
    return Reading(
        partition, True, _told(work.repairs), min(1.0, share), _remarks(value, work), tuple(work.proposals.items())
    )


def _told(repairs: Sequence[str]) -> tuple[str, ...]:
    """The mends as they are kept: each once, and of very many only the first."""
    told = tuple(dict.fromkeys(repairs))
    return told if len(told) <= _KEPT else (*told[:_KEPT], f"and {len(told) - _KEPT} more")


def _entries(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        return []
    named = [value[name] for name in _LISTS if isinstance(value.get(name), list)]
    if named:
        return list(named[0])
    return [value] if any(name in value for name in _FIRSTS) else []


def _stretch(entry: Any, work: _Work) -> Stretch | None:
    """One entry as a stretch; None where it names no unit of the window."""
    before = len(work.repairs)
    if not isinstance(entry, dict):
        _dropped(work, "an entry that is no object was left out")
        return None
    said = next((entry[name] for name in _FIRSTS if name in entry), None)
    first = whole_number(said)
    if first is None:
        _dropped(work, f"an entry without a first step ({clean(said, 20)!r}) was left out")
        return None
    if first > work.last:
        _dropped(work, f"the step {str(first)[:12]} lies after the window; its entry was left out")
        return None
    if first < work.first:
        work.repairs.append(f"the step {str(first)[:12]} lies before the window; its call begins with {work.first}")
        first = work.first
    elif not isinstance(said, int):
        work.repairs.append(f"the step {clean(said, 20)!r} was read as {first}")
    policy = _policy(entry, work)
    args = _arguments(entry.get("args"), policy, work) if policy is not None else ()
    name = OWN if policy is None else policy if isinstance(policy, str) else policy.name
    count = len(work.repairs) - before
    work.mended += count > 0
    returns = clean(entry.get("returns")) or None
    return Stretch(first, name, args, clean(entry.get("evidence")), _certainty(entry), returns, count)


def _dropped(work: _Work, why: str) -> None:
    work.repairs.append(why)
    work.mended += 1


def _policy(entry: dict[str, Any], work: _Work) -> Policy | str | None:
    """The policy an entry names; the name of a proposed one; None for OWN."""
    said = clean(entry.get("policy"), 80).strip()
    if said.casefold() in _UNNAMED:
        if not said:
            work.repairs.append("a call without a policy became the caller's own steps")
        return None
    if said == NEW or said.startswith(PROPOSED):
        return _proposed(entry, said, work)
    policy = _known(said, work)
    if policy is None:
        work.repairs.append(f"{said!r} is no policy of the set and was taken as a proposal")
        return _proposed(entry, said, work)
    if policy.name not in work.allowed:
        work.repairs.append(f"{policy.name!r} cannot be called here; its steps became the caller's own")
        return None
    return policy


def _known(said: str, work: _Work) -> Policy | None:
    try:
        return work.policies.resolve(said)
    except UnknownPolicy:
        pass
    near = difflib.get_close_matches(_name(said), sorted(work.allowed), n=1, cutoff=ALIKE)
    if not near:
        return None
    work.repairs.append(f"{said!r} was read as {near[0]!r}")
    return work.policies.resolve(near[0])


def _proposed(entry: dict[str, Any], said: str, work: _Work) -> str | None:
    proposed = entry.get("proposed")
    facts = proposed if isinstance(proposed, dict) else {}
    name = _name(clean(facts.get("name"), 60) or ("" if said == NEW else said.removeprefix(PROPOSED)))
    if not name:
        work.repairs.append("a proposed policy without a name became the caller's own steps")
        return None
    work.proposals.setdefault(PROPOSED + name, clean(facts.get("description"), 300))
    return PROPOSED + name


def _name(text: str) -> str:
    """A policy's name made of any text: lower case letters, digits and underscores, beginning with a letter."""
    return re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_0123456789")[:40].rstrip("_")


def _arguments(said: Any, policy: Policy | str, work: _Work) -> tuple[tuple[str, str], ...]:
    """The arguments in the policy's order; a required one that is missing is empty, one it does not take is dropped."""
    pairs = _pairs(said, policy, work)
    if isinstance(policy, str):
        return tuple((_name(name) or "thing", value) for name, value in pairs[:8])
    given: dict[str, str] = {}
    known = {parameter.name for parameter in policy.parameters}
    for name, value in pairs:
        if name not in known:
            work.repairs.append(f"{policy.name} takes no {name[:40]!r}; it was left out")
        else:
            given.setdefault(name, value)
    last = max((n for n, p in enumerate(policy.parameters, 1) if given.get(p.name) or p.required), default=0)
    for parameter in policy.required:
        if not given.get(parameter.name):
            work.repairs.append(f"{policy.name} lacks {parameter.name}")
    return tuple((p.name, given.get(p.name, "")) for p in policy.parameters[:last])


def _pairs(said: Any, policy: Policy | str, work: _Work) -> list[tuple[str, str]]:
    """(name, value) of arguments however they were given: entries, an object, or values by position."""
    if isinstance(said, dict):
        work.repairs.append("arguments given as an object were taken by name")
        return [(clean(name, 60), clean(value)) for name, value in list(said.items())[:20]]
    if not isinstance(said, list):
        return []
    if said and not any(isinstance(one, dict) for one in said):
        work.repairs.append("arguments without names were taken by position")
        names = [f"thing{n}" for n in range(9)] if isinstance(policy, str) else [p.name for p in policy.parameters]
        return [(name, clean(value)) for name, value in zip(names, said, strict=False)]
    return [(clean(one.get("name"), 60), clean(one.get("value"))) for one in said[:20] if isinstance(one, dict)]


def _certainty(entry: dict[str, Any]) -> Certainty:
    said = entry.get("certainty")
    return next((one for one in CERTAINTIES if one == said), "low")


def _ordered(found: list[Stretch], work: _Work) -> list[Stretch]:
    """Sorted, one stretch for each first unit, the first unit covered."""
    ordered = sorted(found, key=lambda stretch: stretch.first)
    if ordered != found:
        work.repairs.append("the calls were put in order")
        work.mended += 1
    kept: list[Stretch] = []
    for stretch in ordered:
        if kept and kept[-1].first == stretch.first:
            work.repairs.append(f"a second call that begins with {stretch.first} was left out")
            work.mended += 1
            kept[-1] = replace(kept[-1], repaired=kept[-1].repaired + 1)
        else:
            kept.append(stretch)
    if kept[0].first != work.first:
        work.repairs.append(f"nothing was said of the steps from {work.first} on; they became the caller's own")
        work.mended += 1
        kept.insert(0, Stretch(work.first, certainty="low", repaired=1))
    return kept


def _remarks(value: Any, work: _Work) -> tuple[Remark, ...]:
    notes = value.get("notes") if isinstance(value, dict) else None
    found = []
    for note in notes[:_MOST] if isinstance(notes, list) else []:
        step = whole_number(note.get("step")) if isinstance(note, dict) else None
        if step is not None and work.first <= step <= work.last and note.get("role") in ROLES:
            found.append(Remark(step, note["role"], clean(note.get("why"), 300)))
    return tuple(found)
