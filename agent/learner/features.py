"""What speaks for a candidate, as texts that name a fact: of the element, the value, how they fit, and what is open.

Facts never hold a value's own text, only its keys and relations, so they carry over to strings never seen. A role and
name are facts of the page (a button called Submit). Every fact also counts with the objective's template.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from agent.learner.candidates import Binding, Candidate
from agent.learner.scene import TICKS, Scene, holds, turn
from agent.learner.values import Value
from agent.learner.words import fold, relation, telling
from labeling.rules.page import FIELDS
from traces.observation_text import Node


class Facts:
    """The facts of one scene's candidates; what candidates share is worked out once."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._nodes: dict[str, tuple[str, ...]] = {}
        self._values: dict[int, tuple[str, ...]] = {}
        self._progress = tuple(_progress(scene))
        self._template = f"t{scene.template}" if scene.template is not None else ""

    def of(self, candidate: Candidate) -> list[int]:
        """Hashes of the candidate's facts, without repetition."""
        facts = list(self._facts(candidate))
        if self._template:
            facts += [f"{self._template}|{fact}" for fact in facts]
        return sorted({zlib.crc32(fact.encode("utf-8", "replace")) for fact in facts})

    def named(self, candidate: Candidate) -> dict[int, str]:
        """The facts by hash, to say what decided."""
        return {zlib.crc32(fact.encode("utf-8", "replace")): fact for fact in self._facts(candidate)}

    def _facts(self, candidate: Candidate) -> Iterator[str]:
        verb = candidate.action.name
        yield verb
        yield from (f"{verb}&{open_}" for open_ in self._progress)
        if str(candidate.action) in self._said:
            yield f"{verb}:again"
        for binding in candidate.bindings:
            yield from (f"{verb}.{binding.slot}:{fact}" for fact in self._binding(binding))
        yield from self._identities(verb, candidate.bindings)
        yield from self._fits(verb, candidate.bindings)

    @property
    def _said(self) -> frozenset[str]:
        return frozenset(str(past.action) for past in self._scene.past)

    def _binding(self, binding: Binding) -> Iterator[str]:
        if binding.node is not None:
            yield from self._node(binding.node)
        if binding.value is not None:
            yield from self._value(binding.value)
        if binding.node is None and binding.value is None:
            yield f"text={binding.text}" if binding.form != "pattern" else "pattern"
        if binding.form:
            yield f"form={binding.form}"

    def _node(self, node: Node) -> tuple[str, ...]:
        if node.id not in self._nodes:
            self._nodes[node.id] = tuple(_of_node(self._scene, node))
        return self._nodes[node.id]

    def _value(self, value: Value) -> tuple[str, ...]:
        if id(value) not in self._values:
            self._values[id(value)] = tuple(_of_value(self._scene, value))
        return self._values[id(value)]

    def _identities(self, verb: str, bindings: tuple[Binding, ...]) -> Iterator[str]:
        """Which element, together with what is open: a submit button when everything is filled."""
        node = next((b.node for b in bindings if b.node is not None), None)
        if node is None:
            return
        identity = f"{verb}@{node.role}/{fold(node.name)[:40]}"
        yield identity
        for open_ in self._progress:
            yield f"{identity}&{open_}"
            yield f"{verb}@{node.role}&{open_}"

    def _fits(self, verb: str, bindings: tuple[Binding, ...]) -> Iterator[str]:
        """How an element and a value of one action fit."""
        node = next((b.node for b in bindings if b.node is not None), None)
        for binding in bindings:
            if node is not None and binding.value is not None:
                for fact in _fit(self._scene, node, binding.value):
                    yield f"{verb}.{binding.slot}~{fact}"
                for key in binding.value.keys:
                    yield f"{verb}.{binding.slot}~{key}@{node.role}/{fold(node.name)[:40]}"


def _of_node(scene: Scene, node: Node) -> Iterator[str]:
    state = ",".join(scene.state(node))
    yield f"role={node.role}"
    yield f"role={node.role}[{state}]"
    yield from (f"flag={flag}" for flag in scene.state(node))
    if kind := node.attrs.get("type"):
        yield f"type={kind}"
    relations = set(_relations(scene, node))
    for fact in relations or {"unrelated"}:
        yield fact
        yield f"{fact}[{node.role},{state}]"
    yield from _place(scene, node)
    touched = scene.touched.get(node.id, 0) + scene.touched.get(scene.labels[node.id], 0)
    yield f"touched={min(touched, 2)}"
    yield f"touched={min(touched, 2)}&{node.role}"


def _relations(scene: Scene, node: Node) -> Iterator[str]:
    """How the element's name, value and date relate to each value."""
    label = scene.labels[node.id]
    for value in scene.values:
        for part, text in (("name", node.name), ("value", node.value), ("label", label if label != node.name else "")):
            related = relation(value.text, text) if text else None
            if related:
                yield from (f"{part} {related} {key}" for key in _general(value))
        if value.field and (related := relation(value.field, label)):
            yield f"label {related} pair's field"
    yield from _day_relations(scene, node)


def _day_relations(scene: Scene, node: Node) -> Iterator[str]:
    day = scene.calendar.days.get(node.id)
    if day is not None:
        for value in scene.values:
            if value.days:
                same = any(day.same(one) for one in value.days)
                yield from (f"day {'same' if same else 'other'} {key}" for key in _general(value))


def _general(value: Value) -> set[str]:
    """A value's keys, and what kind of places they are."""
    return {*value.keys, *(key.partition(":")[0] for key in value.keys), "any"}


def _place(scene: Scene, node: Node) -> Iterator[str]:
    """Whether the element is the first of its kind that is still to be done."""
    alike = [n for n in (scene.fields if node.role in FIELDS else scene.targets) if n.role == node.role]
    open_ = [n for n in alike if not _done(scene, n)]
    if open_ and open_[0].id == node.id:
        yield "first open of its role"
    fields = [n for n in scene.fields if n.role not in TICKS and not _done(scene, n)]
    if fields and fields[0].id == node.id:
        yield "first open field"
    place = next((i for i, n in enumerate(alike) if n.id == node.id), 0)
    yield f"place={min(place, 4)} of {min(len(alike), 5)} {node.role}"


def _done(scene: Scene, node: Node) -> bool:
    if node.role in TICKS:
        return bool(node.flags & {"checked", "selected"})
    return bool(node.value) or node.id in scene.touched or scene.labels[node.id] in scene.touched


def _of_value(scene: Scene, value: Value) -> Iterator[str]:
    spent = "used" if fold(value.text) in scene.used else "shown" if value in scene.shown else "open"
    for key in sorted(_general(value)):
        yield f"key={key}"
        yield f"key={key}[{spent}]"
    yield spent
    waiting = [one for one in scene.values if fold(one.text) not in scene.used and one not in scene.shown]
    kinds = {key.partition(":")[0] for key in value.keys}
    for kind in sorted(kinds):
        first = next((one for one in waiting if any(key.startswith(f"{kind}:") for key in one.keys)), None)
        if first is value:
            yield f"first open {kind}"
    if value.days:
        yield "a date"
    if value.items:
        yield "a list"


def _fit(scene: Scene, node: Node, value: Value) -> Iterator[str]:
    label = telling(scene.labels[node.id])
    near = bool(value.around & label)
    named = value.field and relation(value.field, scene.labels[node.id]) in ("eq", "starts", "part", "has")
    yield "named" if named else "near" if near else "elsewhere"
    others = [one for one in scene.values if one is not value and one.around & label]
    if near and not others:
        yield "only one near"
    if not near and others:
        yield "another is near"
    if holds(node, value):
        yield "holds it"
    if any(key.startswith("arg:") for key in value.keys):
        yield from (f"{key}&{state}" for key in value.keys for state in scene.state(node))


def _progress(scene: Scene) -> Iterator[str]:
    """What is open, as facts about the whole scene."""
    last = scene.past[-1] if scene.past else None
    yield f"last={last.action.name if last else 'nothing'}{'!' if last and last.failed else ''}"
    yield f"n={min(len(scene.past), 6)}"
    spent = [fold(value.text) in scene.used or value in scene.shown for value in scene.values]
    yield "all spent" if spent and all(spent) else "some spent" if any(spent) else "none spent"
    yield from _by_key(scene)
    ticks = _ticks(scene)
    if ticks:
        yield ticks
    if (where := turn(scene.wanted_days, scene.calendar)) is not None:
        yield f"month is {where}"
    elif scene.calendar:
        yield "a calendar"
    if any(node.role in ("dialog", "alertdialog") for node in scene.nodes):
        yield "a dialog"
    if any(node.role == "option" and not _in_select(scene, node) for node in scene.nodes):
        yield "suggestions"


def _by_key(scene: Scene) -> Iterator[str]:
    """For a call: whether each argument shows on the page. For an objective: whether each gap's value is spent."""
    for value in scene.values:
        for key in sorted(value.keys):
            if key.startswith("arg:"):
                yield f"{key} {'shown' if value in scene.shown else 'open'}"
            elif key.startswith("gap:") and ".item" not in key:
                yield f"{key} {'spent' if fold(value.text) in scene.used or value in scene.shown else 'open'}"
    pairs = [value for value in scene.values if "pair" in value.keys]
    if pairs:
        yield "pairs done" if all(fold(value.text) in scene.used for value in pairs) else "pairs open"


def _ticks(scene: Scene) -> str | None:
    """Whether every element named by a value that can be switched on is on."""
    states = [
        bool(node.flags & {"checked", "selected"})
        for node in scene.nodes
        if node.role in ("checkbox", "switch", "menuitemcheckbox")
        and any(relation(value.text, node.name) == "eq" for value in scene.values)
    ]
    return None if not states else "ticks done" if all(states) else "ticks open"


def _in_select(scene: Scene, node: Node) -> bool:
    return scene.page.nearest(node, frozenset({"combobox"})) is not None
