"""Facts of one element, of one value, and of the whole scene; `agent.learner.features` joins them for candidates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.learner.counting import counted_from, lanes, number, ordinal
from agent.learner.derived import DERIVED
from agent.learner.readings import turns
from agent.learner.scene import BOXES, Scene, holds
from agent.learner.values import Value, looks, shapes
from agent.learner.words import fold, relation, telling
from traces.observation_text import Node

_SAID_FOR = {
    "email": frozenset({"email", "mail"}),
    "phone": frozenset({"phone", "telephone"}),
    "time": frozenset({"time"}),
    "date": frozenset({"date", "day"}),
}
"""Words that ask for a text of a kind."""


def node_facts(scene: Scene, node: Node) -> Iterator[str]:
    """Role, state, place, how often it was used, and how it relates to each value."""
    state, planning = ",".join(scene.state(node)), scene.policy.kind == "planner"
    yield f"role={scene.kind(node)}"
    yield f"role={scene.kind(node)}[{state}]"
    yield from (f"flag={flag}" for flag in scene.state(node))
    if kind := node.attrs.get("type"):
        yield f"type={kind}"
    for fact in set(_relations(scene, node)) or {"unrelated"}:
        yield fact
        if not planning or fact.endswith(" any"):
            yield f"{fact}[{node.role},{state}]"
    yield from _place(scene, node)
    yield from _counted(scene, node)
    yield from _record(scene, node)
    yield from _said(scene, node)
    touched = scene.touched.get(node.id, 0) + scene.touched.get(scene.labels[node.id], 0)
    yield f"touched={min(touched, 2)}"
    yield f"touched={min(touched, 2)}&{node.role}"


def value_facts(scene: Scene, value: Value) -> Iterator[str]:
    """A value's places, whether it is spent, and whether it is the next of its kind."""
    spent = _spent(scene, value)
    yield spent
    for key in sorted(scene.general[id(value)]):
        yield f"key={key}"
        yield f"key={key}[{spent}]"
    waiting = [one for one in scene.values if _spent(scene, one) == "open"]
    for kind in sorted({key.partition(":")[0] for key in value.keys}):
        first = next((one for one in waiting if any(key.startswith(f"{kind}:") for key in one.keys)), None)
        if first is value:
            yield f"first open {kind}"
    if value.read:
        yield "a date"
    if value.items:
        yield "a list"
        boxes = {fold(node.name) for node in scene.boxes}
        yield f"{_of_all([fold(item) in boxes for item in value.items])} of it are boxes"
    yield from value.beside
    yield from looks(value.text)
    if any(one is not value and one.solid and one.text in value.text for one in scene.values):
        yield "holds another"
    yield "on the page" if scene.here(value) else "not on the page"


def cued_facts(scene: Scene, node: Node) -> Iterator[str]:
    """Facts of an element that mean something only together with what the objective says: the cheapest, the last."""
    yield from scene.extremes.get(scene.record_of.get(node.id, ""), ())
    yield from (f"looks like {kind}" for kind in shapes(node.value or node.name) if kind not in _SAID_FOR)


def fit_facts(scene: Scene, node: Node, value: Value) -> Iterator[str]:
    """How an element and a value of one action fit."""
    label, all_near = telling(scene.labels[node.id]), scene.near[node.id]
    near = id(value) in all_near
    named = value.field and relation(value.field, scene.labels[node.id]) in ("eq", "starts", "part", "has")
    yield "named" if named else "near" if near else "elsewhere"
    others = len(all_near) > near
    if near and not others:
        yield "only one near"
    if not near and others:
        yield "another is near"
    if (node.value or node.flags) and holds(node, value):
        yield "holds it"
    yield from (f"{key} into ~{word}" for key in value.keys for word in label)
    yield from (f"{key} into {node.role} {fold(node.name)[:40]!r}" for key in value.keys)
    if any(key.startswith("arg:") for key in value.keys):
        yield from (f"{key}&{state}" for key in value.keys for state in scene.state(node))


def meant_facts(scene: Scene, node: Node) -> Iterator[str]:
    """For a box that may be meant in other words: its name with each word listed, and whether they are alike."""
    mine = fold(node.name)
    for other in set(scene.listed_words):
        yield f"meant: {'~'.join(sorted((mine, other)))}"
    alike = [relation(other, mine) or ("begins" if mine[:4] == other[:4] else "") for other in scene.listed_words]
    yield "is listed" if "eq" in alike else "is like one listed" if any(alike) else "is not listed"


def progress_facts(scene: Scene) -> Iterator[str]:
    """What was done last, what is spent, and what the page shows open."""
    last = scene.past[-1] if scene.past else None
    yield f"last={last.action.name if last else 'nothing'}{'!' if last and last.failed else ''}"
    if scene.past:
        yield f"n={min(len(scene.past), 6)}"
    spent = [_spent(scene, value) != "open" for value in scene.values]
    yield f"{_of_all(spent)} spent"
    yield from _by_key(scene)
    yield from standing_facts(scene)
    yield from _ticks(scene)
    if scene.calendar:
        yield "a calendar"
        for value in scene.values:
            yield from turns(value.read, scene.months)
    if any(node.role in ("dialog", "alertdialog") for node in scene.nodes):
        yield "a dialog"
    if any(node.role == "option" and not _in_list(scene, node) for node in scene.nodes):
        yield "suggestions"


def _relations(scene: Scene, node: Node) -> Iterator[str]:
    """How the element's name, value and date relate to each value."""
    label = scene.labels[node.id]
    parts = (
        ("name", node.name),
        ("value", node.value),
        ("label", label if label != node.name else ""),
        ("role", node.role),
    )
    for value in scene.values:
        for part, text in parts:
            related = relation(value.text, text) if text else None
            if related:
                yield from (f"{part} {related} {key}" for key in scene.general[id(value)])
                if value.text == text:
                    yield f"{part} is it"
        if value.field and (related := relation(value.field, label)):
            yield f"label {related} pair's field"
    yield from _day_relations(scene, node)


def _day_relations(scene: Scene, node: Node) -> Iterator[str]:
    day = scene.calendar.days.get(node.id)
    if day is not None:
        for value in scene.values:
            for reading in value.read:
                same = "same" if day.same(reading.day) else "other"
                yield from (f"{kind} day {same} {key}" for kind in reading.kinds for key in scene.general[id(value)])


def _place(scene: Scene, node: Node) -> Iterator[str]:
    """Where it stands among its like, and whether it is the first that is still to be done."""
    if scene.first_open.get(node.role) == node.id:
        yield "first open of its role"
    if scene.first_open.get("field") == node.id:
        yield "first open field"
    place, of = scene.places[node.id]
    yield f"place={min(place, 4)} of {min(of, 5)} {scene.kind(node)}"
    if node.name:
        yield "first of its name" if not scene.namesakes[node.id] else "another has its name"


def _counted(scene: Scene, node: Node) -> Iterator[str]:
    """Whether it is the n-th of its kind for an n that is asked for, over several pages too, and where in a grid."""
    place, of = scene.places[node.id]
    among = scene.siblings[node.id]
    leaf = (scene.leaf - 1) * scene.alike[node.parent, scene.kind(node)] + among
    for value in scene.values:
        n = ordinal(value.text)
        if n is not None:
            kinds = sorted({key.partition(":")[0] for key in value.keys})
            if place + 1 == (n if n > 0 else of + 1 + n):
                yield from (f"{kind} of its kind" for kind in kinds)
                yield from (f"{kind} of {scene.kind(node)}" for kind in kinds)
            if among == n:
                yield from (f"{kind} among its neighbours" for kind in kinds)
            if leaf == n:
                yield from (f"{kind} counted on" for kind in kinds)
                if any(relation(other.text, node.name) == "eq" for other in scene.values):
                    yield "counted on and named"
    yield from _in_grid(scene, node)
    yield from _of_page(scene, node)


def _of_page(scene: Scene, node: Node) -> Iterator[str]:
    """Whether it leads to the page of a longer list where the n-th must be, by how many of its kind this page has."""
    if node.name.isdecimal() and len(node.name) < 4 and (each := scene.listed.get(scene.kind(node), 0)) > 1:
        wanted = [n for value in scene.values if (n := ordinal(value.text)) is not None and n > 0]
        if wanted:
            yield "page of the ordinal" if int(node.name) in {-(-n // each) for n in wanted} else "another page"


def _in_grid(scene: Scene, node: Node) -> Iterator[str]:
    """Which numbers its column and row are, however one counts."""
    for way in ("column", "row"):
        lane = lanes(node.attrs.get(way, ""))
        if lane is not None:
            counted = list(counted_from(lane))
            for value in scene.values:
                n = number(value.text)
                for key in value.keys if n is not None else ():
                    yield from (f"{way} from the {start} is {key}" for start, at in counted if at == n)


def _record(scene: Scene, node: Node) -> Iterator[str]:
    """How many values stand beside the element, in its row or entry of a list, and whether no other has more."""
    held = scene.records.get(node.id)
    if held is None:
        return
    yield f"record of {node.role} has {min(len(held), 3)}"
    yield from scene.extremes.get(scene.record_of[node.id], ())
    yield from (f"record has {key}" for value in held for key in scene.general[id(value)] if "." not in key)
    most = max(len(scene.records[other.id]) for other in scene.nodes if other.id in scene.records)
    if held and len(held) == most:
        yield "its record has the most"
        yield f"its record has the most[{node.role}]"


def _said(scene: Scene, node: Node) -> Iterator[str]:
    """Whether the objective speaks of the element, of the text before it, of its column, or of what it looks like."""
    spoken = _singular(telling(scene.objective))
    before = scene.nodes[node.index - 1].name if node.index else ""
    asked = any(spoken & _SAID_FOR.get(kind, frozenset()) for kind in shapes(node.value or node.name))
    if asked:
        yield "what it looks like is spoken of"
    column = scene.columns.get(node.id, "")
    for place, text in (("it", node.name), ("what is before it", before), ("its column", column)):
        mine = _singular(telling(text))
        if mine and mine <= spoken:
            asked = asked or text is column
            yield f"{place} is spoken of"
        elif mine & spoken:
            yield f"a part of {place} is spoken of"
    if asked:
        yield "asked for"


def _singular(said: frozenset[str]) -> frozenset[str]:
    """Words without the s of more than one: `Bookings` is spoken of where a booking is."""
    return frozenset(word[:-1] if len(word) > 3 and word[-1] == "s" else word for word in said)


def _spent(scene: Scene, value: Value) -> str:
    return "used" if fold(value.text) in scene.used else "shown" if value in scene.shown else "open"


def _of_all(true: Sequence[bool]) -> str:
    return "all" if true and all(true) else "some" if any(true) else "none"


def _by_key(scene: Scene) -> Iterator[str]:
    """For a call: whether each argument shows on the page. For an objective: whether each gap's value is spent."""
    for value in scene.values:
        for key in sorted(value.keys):
            if key.startswith("arg:"):
                yield f"{key} {'shown' if value in scene.shown else 'open'}"
            elif key.startswith("gap:") and "." not in key:
                yield f"{key} {'open' if _spent(scene, value) == 'open' else 'spent'}"
    pairs = [value for value in scene.values if "pair" in value.keys]
    if pairs:
        yield "pairs done" if all(fold(value.text) in scene.used for value in pairs) else "pairs open"


def _ticks(scene: Scene) -> Iterator[str]:
    """Whether every box that a value names is ticked."""
    states = [
        bool(node.flags & {"checked", "selected"})
        for node in scene.nodes
        if node.role in BOXES and any(relation(value.text, node.name) == "eq" for value in scene.values)
    ]
    if states:
        yield "ticks done" if all(states) else "ticks open"


def standing_facts(scene: Scene) -> Iterator[str]:
    """For each place of a value whether something on the page is called so."""
    for value in scene.values:
        there = "here" if scene.here(value) else "nowhere"
        yield from (f"{key} {there}" for key in sorted(value.keys) if "." not in key and key not in DERIVED)


def _in_list(scene: Scene, node: Node) -> bool:
    return scene.page.nearest(node, frozenset({"combobox"})) is not None
