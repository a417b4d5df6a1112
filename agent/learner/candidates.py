"""Everything a policy could do next, as far as its examples have shown the kinds: (verb, element, value) triples.

Which verbs, constants and argument patterns there are comes from the examples (`Repertoire`); elements and values come
from the scene. A candidate's text is the action it stands for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product
from math import comb

from agent.learner.repertoire import CASES, FIGURE, FRAME, PREFIX, Repertoire, figure_of, written
from agent.learner.scene import Scene
from agent.learner.values import Value
from labeling.days import days_of
from labeling.rules.page import FIELDS
from policies.model import Parameter, Policy
from traces.actions import VERBS, Action
from traces.observation_text import Node

POINTED = frozenset({"click", "dblclick", "rightclick", "hover"})
_TYPED = frozenset({"textbox", "searchbox", "combobox", "spinbutton"})
_NAMED = frozenset(
    {"option", "radio", "checkbox", "switch", "link", "tab", "button", "menuitem", "row", "cell", "gridcell", "text"}
    | {"heading", "listitem"}
)
MENTIONED = "the boxes that are mentioned"
PICKED = "boxes that are meant"
MOST_VALUES, MOST_FIELDS, MOST_NAMES, MOST_PICKS = 40, 40, 150, 40


@dataclass(frozen=True)
class Binding:
    """One argument: the element it names, the value it copies, or a text that is always the same.

    `form` says how the text was made of the value; `names` are the fields of a pattern that was filled, `nodes` the
    elements that a list was picked from the page as.
    """

    slot: str
    text: str
    node: Node | None = None
    value: Value | None = None
    form: str = ""
    names: tuple[str, ...] = ()
    nodes: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Candidate:
    """An action that could be taken, and where its arguments come from."""

    action: Action
    bindings: tuple[Binding, ...] = ()


def candidates(scene: Scene, repertoire: Repertoire, library: Mapping[str, Policy]) -> list[Candidate]:
    """All candidates of a scene, in a stable order."""
    out: list[Candidate] = []
    for verb in sorted(repertoire.verbs):
        if verb in VERBS:
            out.extend(_page_actions(verb, scene, repertoire))
        elif verb in library:
            out.extend(_calls(library[verb], scene, repertoire))
    return out


def _page_actions(verb: str, scene: Scene, repertoire: Repertoire) -> Iterator[Candidate]:
    if verb in POINTED:
        for node in scene.targets:
            yield Candidate(Action(verb, (node.id,)), (Binding("target", node.id, node),))
    elif verb == "type":
        yield from _typings(scene, repertoire)
    elif verb == "select":
        yield from _selections(scene)
    elif verb == "stop":
        yield from _stops(scene, repertoire)
    else:
        for args in sorted(repertoire.fixed.get(verb, ())):
            yield Candidate(Action(verb, args), (Binding("fixed", " ".join(args)),))


def _typings(scene: Scene, repertoire: Repertoire) -> Iterator[Candidate]:
    key = ("type", "text")
    fields = [Binding("target", node.id, node) for node in scene.fields if node.role in _TYPED][:MOST_FIELDS]
    for end in sorted(repertoire.ends):
        slot = f"text{end}"
        texts = list(_of_values(slot, scene, repertoire.forms.get(key, frozenset())))
        if key in repertoire.names:
            texts += _names(slot, scene)
        texts += [Binding(slot, text) for text in repertoire.constants_for(key, scene.template)]
        for field, text in product(fields, texts):
            args = (field.text, text.text, end) if end else (field.text, text.text)
            yield Candidate(Action("type", args), (field, text))


def _selections(scene: Scene) -> Iterator[Candidate]:
    for node in scene.fields:
        if node.role in ("combobox", "listbox"):
            for option in scene.page.inside(node):
                if option.role == "option":
                    action = Action("select", (node.id, option.name))
                    yield Candidate(action, (Binding("target", node.id, node), Binding("option", option.name, option)))


def _stops(scene: Scene, repertoire: Repertoire) -> Iterator[Candidate]:
    last = scene.past[-1].action.name if scene.past else ""
    if scene.turns < repertoire.soonest or last in repertoire.onward:
        return
    if scene.turns >= repertoire.soonest_bare:
        yield Candidate(Action("stop"))
    if ("stop", "answer") in repertoire.names:
        for node in scene.nodes[:MOST_NAMES]:
            text = node.value or node.name
            if text:
                yield Candidate(Action("stop", (text,)), (Binding("answer", text, node),))
    if FIGURE in repertoire.forms.get(("stop", "answer"), ()):
        for node in scene.nodes[:MOST_NAMES]:
            if figure := figure_of(node.name):
                yield Candidate(Action("stop", (figure,)), (Binding("answer", figure, node, form=FIGURE),))
    for text in repertoire.constants_for(("stop", "answer"), scene.template):
        yield Candidate(Action("stop", (text,)), (Binding("answer", text),))


def _calls(policy: Policy, scene: Scene, repertoire: Repertoire) -> Iterator[Candidate]:
    sources = [tuple(_sources(policy.name, parameter, scene, repertoire)) for parameter in policy.parameters]
    for count in range(len(policy.required), len(sources) + 1):
        for bindings in product(*sources[:count]):
            yield Candidate(Action(policy.name, tuple(b.text for b in bindings)), bindings)


def _sources(name: str, parameter: Parameter, scene: Scene, repertoire: Repertoire) -> Iterator[Binding]:
    slot, key = parameter.name, (name, parameter.name)
    if parameter.type == "element":
        yield from _fields(slot, scene, repertoire.roles.get(key, frozenset()))
        yield from _framed(slot, scene, repertoire.forms.get(key, frozenset()))
    elif parameter.type == "list":
        yield from (Binding(slot, value.listed, value=value) for value in _values(scene))
    elif parameter.type == "date":
        yield from (Binding(slot, value.text, value=value) for value in _values(scene) if value.read)
        yield from (one for one in _framed(slot, scene, repertoire.forms.get(key, frozenset())) if days_of(one.text))
    else:
        yield from _of_values(slot, scene, repertoire.forms.get(key, frozenset()))
    if parameter.type == "list" and scene.mentioned:
        yield Binding(slot, ", ".join(scene.mentioned), form=MENTIONED)
    if key in repertoire.names:
        yield from _names(slot, scene)
    if key in repertoire.picked:
        yield from _picks(slot, scene)
    yield from (Binding(slot, text) for text in repertoire.constants_for(key, scene.template))
    for pattern in sorted(repertoire.patterns.get(key, ()), key=str):
        filled = pattern.fill(scene.values)
        if filled is not None:
            yield Binding(slot, filled, names=pattern.names)


def _fields(slot: str, scene: Scene, roles: frozenset[str]) -> Iterator[Binding]:
    """Elements of these roles by label; of several with one label the first stands for all."""
    seen: set[str] = set()
    for node in scene.nodes:
        if node.role in roles:
            label = scene.labels[node.id]
            if label not in seen and len(seen) < MOST_FIELDS:
                seen.add(label)
                yield Binding(slot, label, node)


def _picks(slot: str, scene: Scene) -> Iterator[Binding]:
    """As many boxes as the objective lists words: every choice, where there are not too many."""
    count = len(scene.listed_words)
    if count and comb(len(scene.boxes), count) <= MOST_PICKS:
        for nodes in combinations(scene.boxes, count):
            yield Binding(slot, ", ".join(node.name for node in nodes), form=PICKED, nodes=nodes)


def _names(slot: str, scene: Scene) -> Iterator[Binding]:
    """What elements are called and what fields hold."""
    seen: set[str] = set()
    for node in scene.nodes:
        label = scene.labels[node.id] if node.role in _NAMED else ""
        for text in (label, node.value if node.role in FIELDS else ""):
            if text and text not in seen and len(seen) < MOST_NAMES:
                seen.add(text)
                yield Binding(slot, text, node)


def _values(scene: Scene) -> tuple[Value, ...]:
    return scene.values[:MOST_VALUES]


def _of_values(slot: str, scene: Scene, forms: frozenset[str]) -> Iterator[Binding]:
    for value in _values(scene):
        for form, text in _forms(value, forms):
            yield Binding(slot, text, value=value, form=form)


def _framed(slot: str, scene: Scene, forms: frozenset[str]) -> Iterator[Binding]:
    """Values between what always stands around them."""
    frames = frozenset(form for form in forms if FRAME in form)
    return (one for one in _of_values(slot, scene, frames) if one.form)


def _forms(value: Value, forms: frozenset[str]) -> Iterator[tuple[str, str]]:
    """A value as it stands, and in the ways the examples wrote theirs."""
    yield "", value.text
    for form in sorted(forms):
        if form in CASES:
            yield form, CASES[form](value.text)
        elif form.startswith(PREFIX):
            yield form, value.text[: int(form.removeprefix(PREFIX))].strip()
        elif FRAME in form:
            yield form, form.replace(FRAME, value.text)
        for reading in value.read:
            text = written(reading.day, form)
            if text and text != value.text:
                yield f"{form} {'/'.join(reading.kinds)}", text
