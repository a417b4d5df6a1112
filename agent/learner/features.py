"""What speaks for a candidate, as texts that name a fact: of the element, the value, how they fit, and what is open.

Facts never hold a value's own text, only its keys and relations, so they carry over to strings never seen. A role and
name are facts of the page, the words around its values are facts of the objective. Every fact of a planner also counts
with the objective's template.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent.learner.candidates import Binding, Candidate
from agent.learner.facts import cued_facts, fit_facts, node_facts, progress_facts, value_facts
from agent.learner.scene import Scene
from agent.learner.scorer import Hashes, Table
from agent.learner.values import Value
from agent.learner.words import fold
from traces.observation_text import Node

_NAME = 40
"""Characters of a name that tell an element."""


class Facts:
    """The facts of one scene's candidates; what candidates share is worked out and hashed once, as a group."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._progress = tuple(progress_facts(scene))
        self._cues = tuple(f"said {word}" for word in scene.cues)
        self._said = frozenset((past.action.name, past.action.args) for past in scene.past)
        self._template = None if scene.template is None else hashes([f"template {scene.template}"])[0]
        self._numbers: dict[Any, int] = {}
        self._texts: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
        self._hashed: list[Hashes] = []
        self._bound: dict[tuple[str, int], list[int]] = {}
        self._verbs: dict[tuple[str, bool], list[int]] = {}
        self._named: dict[tuple[str, str], list[int]] = {}

    def table(self, found: Sequence[Candidate]) -> Table:
        """The facts of the candidates (at least one)."""
        members = [self._groups(candidate) for candidate in found]
        lengths = [len(groups) for groups in members]
        facts = np.concatenate(self._hashed)
        starts = np.cumsum([0, *(len(one) for one in self._hashed[:-1])])
        both = facts[None, :] if self._template is None else np.stack([facts, _with(facts, self._template)])
        flat = np.array([group for groups in members for group in groups], dtype=np.int64)
        return Table(both, starts, flat, np.cumsum([0, *lengths[:-1]]))

    def named(self, candidate: Candidate) -> dict[int, str]:
        """The candidate's facts by hash, to say what decided."""
        found: dict[int, str] = {}
        for number in self._groups(candidate):
            facts, per = self._texts[number]
            names = [f"{fact} & {other}" for fact in facts for other in per] if per else facts
            found.update(zip(self._hashed[number].tolist(), names, strict=True))
        return found

    def _group(self, key: Any, facts: Callable[[], Iterable[str]], per: tuple[str, ...] = ()) -> list[int]:
        """The number of the group of that key, made now if need be; with `per`, of every pair of both; [] if empty."""
        number = self._numbers.get(key)
        if number is None:
            texts = tuple(facts())
            hashed = mixed(hashes(texts), hashes(per)) if per else hashes(texts)
            number = len(self._hashed) if len(hashed) else -1
            self._numbers[key] = number
            if len(hashed):
                self._texts.append((texts, per))
                self._hashed.append(hashed)
        return [number] if number >= 0 else []

    def _groups(self, candidate: Candidate) -> list[int]:
        action, bindings = candidate.action, candidate.bindings
        verb = action.name
        out = self._verb(verb, (verb, action.args) in self._said)
        node = next((binding.node for binding in bindings if binding.node is not None), None)
        if node is not None:
            out = out + self._identity(verb, node)
        for binding in bindings:
            out = out + self._binding(verb, binding)
            if node is not None and binding.node is not node:
                out = out + self._fit(f"{verb}.{binding.slot}", node, binding)
        return out

    def _verb(self, verb: str, again: bool) -> list[int]:
        """What is done, and whether it was done just so before."""
        known = self._verbs.get((verb, again))
        if known is None:
            known = self._group((verb, again), lambda: (verb, f"{verb}:again") if again else (verb,))
            known += self._group((verb, "&"), lambda: (verb,), self._progress + self._cues)
            self._verbs[verb, again] = known
        return known

    def _identity(self, verb: str, node: Node) -> list[int]:
        """Which element, together with what is open and what the objective says: a button, once all is filled."""
        known = self._named.get((verb, node.id))
        if known is None:
            kind = self._scene.kind(node)
            role, identity = f"{verb}@{kind}", f"{verb}@{kind} {fold(node.name)[:_NAME]!r}"
            known = self._group((verb, "@", identity), lambda: (identity,))
            known += self._group((verb, "@&", identity), lambda: (identity, role), self._progress)
            known += self._group((verb, "@cue", identity), lambda: (identity, role), self._cues)
            self._named[verb, node.id] = known
        return known

    def _binding(self, verb: str, binding: Binding) -> list[int]:
        key = (verb, id(binding))
        if key not in self._bound:
            self._bound[key] = list(self._facts_of(f"{verb}.{binding.slot}", binding))
        return self._bound[key]

    def _facts_of(self, name: str, binding: Binding) -> Iterator[int]:
        node, value, form, scene = binding.node, binding.value, binding.form, self._scene
        if node is not None:
            yield from self._group((name, node.id), lambda: (f"{name}: {fact}" for fact in node_facts(scene, node)))
            cued = tuple(cued_facts(scene, node))
            if cued:
                yield from self._group((name, node.id, "cue"), lambda: (f"{name}: {one}" for one in cued), self._cues)
        if value is not None:
            yield from self._group((name, id(value)), lambda: (f"{name}: {fact}" for fact in value_facts(scene, value)))
        if value is not None or (form and node is not None):
            said = f"{name}: form {form or 'whole'}"
            changed = value is not None and value.text != binding.text
            yield from self._group((name, "form", form, changed), lambda: (said, f"{said} changed={changed}"))
            yield from self._group((name, "form cue", form), lambda: (said,), self._cues)
        if node is None and value is None:
            yield from self._group(
                (name, "text", binding.text), lambda: (f"{name}: {one}" for one in self._text(binding))
            )

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

    def _fit(self, name: str, node: Node, binding: Binding) -> list[int]:
        """How an element and a value, or another element, of one action fit."""
        value, form, other = binding.value, binding.form, binding.node
        if value is not None:
            return self._group((name, "~", node.id, id(value), form), lambda: self._fitting(name, node, value, form))
        if other is None:
            return []
        same = "the same" if node is other else "an earlier" if other.index < node.index else "a later"
        fact = f"{name}: {same} element's text into {self._scene.kind(node)}"
        return self._group((name, "~", fact), lambda: (fact,))

    def _fitting(self, name: str, node: Node, value: Value, form: str) -> Iterator[str]:
        yield from (f"{name}: {fact}" for fact in fit_facts(self._scene, node, value))
        yield f"{name}: {form or 'whole'} into {node.role}"


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


def mixed(one: Hashes, other: Hashes) -> Hashes:
    """A number for each pair of facts, `other` varying fastest."""
    return _with(np.repeat(one, len(other)), np.tile(other, len(one)))


def _with(one: Hashes, other: NDArray[np.uint32] | np.uint32) -> Hashes:
    wide = (one.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) ^ np.asarray(other).astype(np.uint64)
    return np.asarray((wide * np.uint64(0xBF58476D1CE4E5B9)) >> np.uint64(32), dtype=np.uint32)
