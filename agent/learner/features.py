"""What speaks for a candidate, as texts that name a fact: of the element, the value, how they fit, and what is open.

Facts never hold a value's own text, only its keys and relations, so they carry over to strings never seen. A role and
name are facts of the page. Every fact also counts with the objective's template.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent.learner.candidates import Binding, Candidate
from agent.learner.facts import node_facts, progress_facts, value_facts
from agent.learner.scene import Scene, holds
from agent.learner.values import Value
from agent.learner.words import fold, relation, telling
from traces.observation_text import Node

Hashes = NDArray[np.uint32]


@dataclass(frozen=True)
class Group:
    """Facts that belong together, under a key by which they can be found again; with `per`, every pair of both."""

    key: Any
    facts: Callable[[], Iterable[str]]
    per: tuple[str, ...] = ()


class Facts:
    """The facts of one scene's candidates; what candidates share is worked out and hashed once."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._progress = tuple(progress_facts(scene))
        self._said = frozenset(str(past.action) for past in scene.past)
        self._template = None if scene.template is None else hashes([f"template {scene.template}"])
        self._hashed: dict[Any, Hashes] = {}
        self._nodes: dict[str, tuple[str, ...]] = {}
        self._values: dict[int, tuple[str, ...]] = {}

    def of(self, candidate: Candidate) -> Hashes:
        """Hashes of the candidate's facts."""
        return np.concatenate([self._hash(group) for group in self._groups(candidate)])

    def named(self, candidate: Candidate) -> dict[int, str]:
        """The facts by hash, to say what decided."""
        found: dict[int, str] = {}
        for group in self._groups(candidate):
            facts = tuple(group.facts())
            names = [f"{fact} & {other}" for fact in facts for other in group.per] if group.per else facts
            found.update(zip(_of_group(facts, group.per).tolist(), names, strict=True))
        return found

    def _hash(self, group: Group) -> Hashes:
        if group.key not in self._hashed:
            found = _of_group(tuple(group.facts()), group.per)
            both = found if self._template is None else np.concatenate([found, mixed(found, self._template)])
            self._hashed[group.key] = both
        return self._hashed[group.key]

    def _groups(self, candidate: Candidate) -> Iterator[Group]:
        verb, again = candidate.action.name, str(candidate.action) in self._said
        yield Group((verb, again), lambda: (verb, f"{verb}:again") if again else (verb,))
        yield Group((verb, "&"), lambda: (verb,), self._progress)
        node = next((binding.node for binding in candidate.bindings if binding.node is not None), None)
        if node is not None:
            yield from self._identity(verb, node)
        for binding in candidate.bindings:
            name = f"{verb}.{binding.slot}"
            yield from self._binding(name, binding)
            if node is not None and binding.value is not None:
                yield self._fit(name, node, binding.value, binding.form)

    def _identity(self, verb: str, node: Node) -> Iterator[Group]:
        """Which element, together with what is open: a certain button when everything is filled."""
        role, identity = f"{verb}@{node.role}", f"{verb}@{node.role} {fold(node.name)[:40]!r}"
        yield Group((verb, "@", identity), lambda: (identity,))
        yield Group((verb, "@&", identity), lambda: (identity, role), self._progress)

    def _binding(self, name: str, binding: Binding) -> Iterator[Group]:
        node, value, form = binding.node, binding.value, binding.form
        if node is not None:
            yield Group((name, node.id), lambda: (f"{name}: {fact}" for fact in self._node(node)))
        if value is not None:
            yield Group((name, id(value)), lambda: (f"{name}: {fact}" for fact in self._value(value)))
        if form and value is not None:
            yield Group((name, "form", form), lambda: (f"{name}: form {form}",))
        if node is None and value is None:
            yield Group((name, "text", binding.text), lambda: (f"{name}: {fact}" for fact in self._text(binding)))

    def _node(self, node: Node) -> tuple[str, ...]:
        if node.id not in self._nodes:
            self._nodes[node.id] = tuple(node_facts(self._scene, node))
        return self._nodes[node.id]

    def _value(self, value: Value) -> tuple[str, ...]:
        if id(value) not in self._values:
            self._values[id(value)] = tuple(value_facts(self._scene, value))
        return self._values[id(value)]

    def _text(self, binding: Binding) -> Iterator[str]:
        """A constant is itself; a filled pattern is its fields, and how many of them the page has."""
        if not binding.names:
            yield binding.form or f"text={binding.text}"
            return
        labels = {fold(label) for label in self._scene.labels.values()}
        there = [fold(name) in labels for name in binding.names]
        yield f"fields={','.join(map(fold, binding.names))}"
        yield "all fields are there" if all(there) else "some fields are there" if any(there) else "no field is there"
        yield f"{binding.text.count(';') + 1 - len(binding.names)} of its fields filled"

    def _fit(self, name: str, node: Node, value: Value, form: str) -> Group:
        """How an element and a value of one action fit."""

        def facts() -> Iterator[str]:
            yield from (f"{name}: {fact}" for fact in _fit(self._scene, node, value))
            yield from (f"{name}: {key} into {node.role} {fold(node.name)[:40]!r}" for key in value.keys)
            yield f"{name}: {form or 'whole'} into {node.role}"

        return Group((name, "~", node.id, id(value), form), facts)


def hashes(facts: Iterable[str]) -> Hashes:
    """A number for each fact."""
    return np.array([zlib.crc32(fact.encode("utf-8", "replace")) for fact in facts], dtype=np.uint32)


def mixed(one: Hashes, other: Hashes) -> Hashes:
    """A number for each pair of facts, `other` varying fastest."""
    wide = np.repeat(one, len(other)).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    wide = (wide ^ np.tile(other, len(one)).astype(np.uint64)) * np.uint64(0xBF58476D1CE4E5B9)
    return np.asarray(wide >> np.uint64(32), dtype=np.uint32)


def _of_group(facts: tuple[str, ...], per: tuple[str, ...]) -> Hashes:
    return mixed(hashes(facts), hashes(per)) if per else hashes(facts)


def _fit(scene: Scene, node: Node, value: Value) -> Iterator[str]:
    label = telling(scene.labels[node.id])
    near = bool(value.around & label)
    named = value.field and relation(value.field, scene.labels[node.id]) in ("eq", "starts", "part", "has")
    yield "named" if named else "near" if near else "elsewhere"
    others = any(one is not value and one.around & label for one in scene.values)
    if near and not others:
        yield "only one near"
    if not near and others:
        yield "another is near"
    if holds(node, value):
        yield "holds it"
    if any(key.startswith("arg:") for key in value.keys):
        yield from (f"{key}&{state}" for key in value.keys for state in scene.state(node))
