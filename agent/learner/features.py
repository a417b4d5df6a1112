"""What speaks for a candidate, as texts that name a fact: of the element, the value, how they fit, and what is open.

Facts never hold a value's own text, only its keys and relations, so they carry over to strings never seen. A role and
name are facts of the page, the words around its values are facts of the objective. Every fact of a planner also counts
with the objective's template.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent.learner.candidates import Binding, Candidate
from agent.learner.facts import (
    cued_facts,
    fit_facts,
    meant_facts,
    node_facts,
    progress_facts,
    standing_facts,
    value_facts,
)
from agent.learner.scene import Scene
from agent.learner.scorer import Floats, Hashes, Ints, Table
from agent.learner.values import entries, pair
from agent.learner.words import fold
from traces.observation_text import Node

_NAME = 40
"""Characters of a name that tell an element."""
SCALES = {"": 1.0, "cues": 0.6, "progress": 0.3, "standing": 1.0}
"""How much a fact counts, by what it is paired with: what is learned by heart counts less than what carries over."""
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Group:
    """Facts that belong together and in whose name they speak; each alone, or with each of what `per` names."""

    name: str
    facts: Key
    per: str = ""


class Facts:
    """The facts of one scene's candidates; what candidates share is worked out and hashed once, as a group."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        cues = tuple(f"said {word}" for word in scene.cues)
        progress = tuple(progress_facts(scene))
        standing = tuple(standing_facts(scene)) if scene.policy.kind == "planner" else ()
        self._per = {"": (), "cues": cues, "progress": progress, "standing": standing}
        self._said = frozenset((past.action.name, past.action.args) for past in scene.past)
        self._template = None if not scene.common else hashes([f"template {scene.template}"])[0]
        self._texts: dict[Key, tuple[str, ...]] = {}
        self._hashed: dict[Key, Hashes] = {}
        self._numbers: dict[Group, int] = {}
        self._known: dict[Key, list[int]] = {}
        self._made: tuple[_Flat, Ints] | None = None

    def table(self, found: Sequence[Candidate]) -> Table:
        """The facts of the candidates (at least one)."""
        members = [self._groups(candidate) for candidate in found]
        facts, order = self._made = self._flat()
        both = facts.hashes[None, :] if self._template is None else self._crossed(facts.hashes)
        flat = order[np.array([group for groups in members for group in groups], dtype=np.int64)]
        return Table(both, facts.starts, facts.scales, flat, np.cumsum([0, *map(len, members[:-1])]))

    def named(self, candidate: Candidate) -> dict[int, str]:
        """The facts of a candidate of the table by hash, to say what decided."""
        assert self._made is not None
        facts, order = self._made
        ends = np.append(facts.starts[1:], len(facts.hashes))
        found: dict[int, str] = {}
        groups = list(self._numbers)
        for number in self._groups(candidate):
            group, place = groups[number], order[number]
            per = self._per[group.per]
            names = [f"{group.name}: {fact}" for fact in self._texts[group.facts]]
            names = [f"{name} & {other}" for name in names for other in per] if per else names
            found.update(zip(facts.hashes[facts.starts[place] : ends[place]].tolist(), names, strict=True))
        return found

    def _flat(self) -> tuple[_Flat, Ints]:
        """All groups' facts one behind the other, and the place of each group by its number."""
        kinds = list(self._per)
        order = sorted(self._numbers, key=lambda group: kinds.index(group.per))
        parts = [self._numbered([one for one in order if one.per == per], per) for per in kinds]
        lengths = [len(self._hashed[one.facts]) * max(len(self._per[one.per]), 1) for one in order]
        places = np.empty(len(order), dtype=np.int64)
        places[[self._numbers[one] for one in order]] = np.arange(len(order))
        scales = np.array([SCALES[one.per] for one in order])
        return _Flat(np.concatenate(parts), np.cumsum([0, *lengths[:-1]]), scales), places

    def _numbered(self, groups: Sequence[Group], per: str) -> Hashes:
        if not groups:
            return np.zeros(0, dtype=np.uint32)
        facts = [self._hashed[one.facts] for one in groups]
        names = np.repeat(hashes([one.name for one in groups]), [len(one) for one in facts])
        own = _with(np.concatenate(facts), names)
        others = hashes(self._per[per])
        return _with(np.repeat(own, len(others)), np.tile(others, len(own))) if len(others) else own

    def _crossed(self, facts: Hashes) -> Hashes:
        return np.stack([facts, _with(facts, self._template)])

    def _group(self, name: str, key: Key, facts: Callable[[], Iterable[str]], per: str = "") -> list[int]:
        """The number of a group whose facts are known by `key`, worked out once; none if there are none."""
        if key not in self._texts:
            self._texts[key] = tuple(sorted(facts()))  # sets have no order of their own: sums must not depend on it
            self._hashed[key] = hashes(self._texts[key])
        if not self._texts[key] or (per and not self._per[per]):
            return []
        group = Group(name, key, per)
        return [self._numbers.setdefault(group, len(self._numbers))]

    def _groups(self, candidate: Candidate) -> list[int]:
        action, bindings = candidate.action, candidate.bindings
        verb = action.name
        done = f"{verb} with an answer" if verb == "stop" and action.args else verb
        out = list(self._once(("verb", done, (verb, action.args) in self._said), self._verb))
        node = next((binding.node for binding in bindings if binding.node is not None), None)
        if node is not None:
            out += self._once(("identity", verb, node.id), self._identity, node)
        for binding in bindings:
            out += self._once(("binding", verb, id(binding)), self._binding, binding)
            if node is not None and binding.node is not node:
                out += self._fit(f"{verb}.{binding.slot}", node, binding)
        return out

    def _once(self, key: Key, make: Callable[..., list[int]], *given: Any) -> list[int]:
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = make(*key[1:], *given)
        return known

    def _verb(self, verb: str, again: bool) -> list[int]:
        """What is done, also while what the objective says is on the page or not, and whether it was done before."""
        out = self._group(verb, ("again", again), lambda: ("done", "again") if again else ("done",))
        out += self._group(verb, ("done",), lambda: ("done",), "progress")
        out += self._group(verb, ("done",), lambda: ("done",), "standing")
        return out + self._group(verb, ("done",), lambda: ("done",), "cues")

    def _identity(self, verb: str, _: str, node: Node) -> list[int]:
        """Which element, together with what is open and what the objective says: a button, once all is filled."""
        kind = self._scene.kind(node)
        names = dict.fromkeys((fold(node.name), self._scene.masked(node)))
        own = tuple(f"@{kind} {name[:_NAME]!r}" for name in names)
        out = self._group(verb, ("@", own), lambda: own)
        out += self._group(verb, ("@&", own), lambda: (*own, f"@{kind}"), "progress")
        return out + self._group(verb, ("@&", own), lambda: (*own, f"@{kind}"), "cues")

    def _binding(self, verb: str, _: int, binding: Binding) -> list[int]:
        name, node, value, form = f"{verb}.{binding.slot}", binding.node, binding.value, binding.form
        out: list[int] = []
        if node is not None:
            out += self._group(name, ("node", node.id), lambda: node_facts(self._scene, node))
            out += self._group(name, ("cued", node.id), lambda: cued_facts(self._scene, node), "cues")
        if value is not None:
            out += self._group(name, ("value", id(value)), lambda: value_facts(self._scene, value))
            said, changed = f"form {form or 'whole'}", value.text != binding.text
            out += self._group(name, (said, changed), lambda: (said, f"{said} changed={changed}"))
            out += self._group(name, (said,), lambda: (said,), "cues")
        elif node is not None and form:
            said = f"form {form}"
            out += self._group(name, (said,), lambda: (said,))
            out += self._group(name, (said,), lambda: (said,), "cues")
        for picked in binding.nodes:
            out += self._group(name, ("meant", picked.id), partial(meant_facts, self._scene, picked))
        if node is None and value is None:
            out += self._group(name, ("text", binding.text, binding.names), lambda: self._text(binding))
        return out

    def _text(self, binding: Binding) -> Iterator[str]:
        """A constant is itself; a filled pattern is its fields, and how many of them the page has."""
        if not binding.names:
            yield binding.form or f"text={binding.text}"
            return
        labels = {fold(label) for label in self._scene.labels.values()}
        there = [fold(name) in labels for name in binding.names]
        yield f"fields={','.join(map(fold, binding.names))}"
        yield "all fields are there" if all(there) else "some fields are there" if any(there) else "no field is there"
        filled = [named for entry in entries(binding.text) if (named := pair(entry))]
        yield "all its fields filled" if len(filled) == len(binding.names) else "a field left out"
        yield f"fields={len(filled)}"
        shown = {(fold(self._scene.labels[node.id]), fold(node.value)) for node in self._scene.fields}
        if any((fold(name), fold(text)) in shown for name, text in filled):
            yield "a field has its text already"

    def _fit(self, name: str, node: Node, binding: Binding) -> list[int]:
        """How an element and a value, or another element, of one action fit."""
        value, form, other = binding.value, binding.form, binding.node
        if value is not None:
            into = f"{form or 'whole'} into {node.role}"
            out = self._group(name, ("fit", node.id, id(value)), lambda: fit_facts(self._scene, node, value))
            return out + self._group(name, (into,), lambda: (into,))
        if other is None:
            return []
        same = "the same" if node is other else "an earlier" if other.index < node.index else "a later"
        fact = f"{same} element's text into {self._scene.kind(node)}"
        return self._group(name, (fact,), lambda: (fact,))


@dataclass(frozen=True)
class _Flat:
    """Hashes of facts one behind the other, and where each group's begin."""

    hashes: Hashes
    starts: Ints
    scales: Floats


_known: dict[str, int] = {}


def hashes(facts: Iterable[str]) -> Hashes:
    """A number for each fact."""
    return np.array([_hash(fact) for fact in facts], dtype=np.uint32)


def _hash(fact: str) -> int:
    found = _known.get(fact)
    if found is None:
        if len(_known) > 400_000:
            _known.clear()
        found = _known[fact] = zlib.crc32(fact.encode("utf-8", "replace"))
    return found


def _with(one: Hashes, other: NDArray[np.uint32] | np.uint32 | None) -> Hashes:
    """A number for each fact together with another."""
    wide = (one.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) ^ np.asarray(other, dtype=np.uint64)
    return np.asarray((wide * np.uint64(0xBF58476D1CE4E5B9)) >> np.uint64(32), dtype=np.uint32)
