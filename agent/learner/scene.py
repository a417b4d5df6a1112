"""A decision as the learner sees it: the page's elements, the values at hand, the policy's own past, and what is open.

Everything is read from the decision's texts. Labels of fields and calendars are read as the labeller reads them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from agent.history import Past, read_line
from agent.learner.counting import extremes
from agent.learner.derived import worked_out
from agent.learner.templates import Templates
from agent.learner.values import Value, merged, read_values
from agent.learner.words import fold, relation, telling, words
from labeling.days import days_of, mentions
from labeling.rules.calendars import Calendar, read_calendar
from labeling.rules.page import FIELDS, TEXT_FIELDS, Page, read_page
from policies.model import Policy
from traces.model import Observation
from traces.observation_text import Node

STRUCTURE = frozenset(
    {"row", "table", "grid", "list", "form", "navigation", "region", "rowgroup", "tablist", "menubar"}
)
BOXES = frozenset({"checkbox", "switch", "menuitemcheckbox"})
RECORDS = frozenset({"row", "listitem", "article", "option", "treeitem", "group"})
TICKS = frozenset({"checkbox", "radio", "switch", "option", "tab", "menuitemcheckbox", "menuitemradio"})
ON = frozenset({"checked", "selected", "pressed", "current"})
_ONWARD, _BACK = frozenset({">", "»", "next"}), frozenset({"<", "«", "previous"})
MOST_CUES = 20
_STATES = ON | {
    "unchecked",
    "disabled",
    "collapsed",
    "expanded",
    "focused",
    "readonly",
    "secret",
    "invalid",
    "clickable",
}
_RUN = re.compile(r"\w+(?:, \w+)+")


@dataclass(frozen=True)
class Scene:
    """One question, read."""

    policy: Policy
    objective: str
    page: Page
    values: tuple[Value, ...]
    past: tuple[Past, ...]
    template: int | None
    vocabulary: frozenset[str] = frozenset()
    common: bool = True
    """Whether several objectives were shown of the template."""

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The elements in document order."""
        return self.page.nodes

    @cached_property
    def turns(self) -> int:
        """How many lines of its own past the policy has, those for the second and later entries of a list apart."""
        entries = sum(bool({"item", "pair"} & value.keys) for value in self.values)
        return len(self.past) - max(entries - 1, 0)

    @cached_property
    def cues(self) -> tuple[str, ...]:
        """The words of an objective that the demonstrations' objectives share; of a call none."""
        found = dict.fromkeys(words(self.objective)) if self.policy.kind == "planner" else ()
        return tuple(word for word in found if word in self.vocabulary and telling(word))[:MOST_CUES]

    def kind(self, node: Node) -> str:
        """What the eye tells apart: the role, and whether a text field has several lines."""
        return f"{node.role}+" if "multiline" in node.flags else node.role

    @cached_property
    def targets(self) -> tuple[Node, ...]:
        """Elements a person could click: all but bare structure."""
        return tuple(n for n in self.nodes if n.role not in STRUCTURE or n.name or "clickable" in n.flags)

    @cached_property
    def fields(self) -> tuple[Node, ...]:
        """Elements that hold a value."""
        return tuple(n for n in self.nodes if n.role in FIELDS)

    @cached_property
    def calendar(self) -> Calendar:
        """The days the page offers."""
        return read_calendar(self.page)

    @cached_property
    def labels(self) -> dict[str, str]:
        """What each element is called, by id, as calls name it."""
        return {node.id: self.page.label(node) for node in self.nodes}

    @cached_property
    def used(self) -> frozenset[str]:
        """Folded texts that the policy has passed on or typed before, and names of elements it has used."""
        said = {fold(text) for past in self._kept for arg in past.action.args for text in _texts(arg)}
        return frozenset(said | {fold(node.name) for node in self.nodes if node.id in self.touched})

    @cached_property
    def _kept(self) -> tuple[Past, ...]:
        """The own past without what failed and what the page has lost again."""
        return tuple(past for past in self.past if not past.failed and not self._is_gone(past))

    def _is_gone(self, past: Past) -> bool:
        """Whether what was typed or filled in is in its field no more; what was sent by Enter is not meant."""
        args = past.action.args
        if past.action.name == "type":
            return args[2:] != ("1",) and args[0] in self._empty
        return past.answer is not None and len(args) > 1 and fold(args[0]) in self._empty

    @cached_property
    def _empty(self) -> frozenset[str]:
        """Text fields that hold nothing: their ids, and those of their labels that no filled one has."""
        texts = [node for node in self.nodes if node.role in TEXT_FIELDS]
        filled = {fold(self.labels[node.id]) for node in texts if node.value}
        empty = [node for node in texts if not node.value]
        return frozenset({node.id for node in empty} | {fold(self.labels[node.id]) for node in empty} - filled)

    @cached_property
    def touched(self) -> dict[str, int]:
        """How often each element, or each first argument of a call, was used before; of what is gone again not."""
        return dict(Counter(past.action.args[0] for past in self._kept if past.action.args))

    @cached_property
    def mentioned(self) -> tuple[str, ...]:
        """Names of the page's boxes and switches that the objective mentions, in the order of the page."""
        return tuple(node.name for node in self.boxes if relation(node.name, self.objective) in ("has", "starts"))

    @cached_property
    def listed_words(self) -> tuple[str, ...]:
        """The words of the longest list in the objective, folded; without one, its gaps of one word."""
        run = max(_RUN.findall(self.objective), key=len, default="")
        gaps = (value.text for value in self.values if any(key.startswith("gap") for key in value.keys))
        return tuple(fold(text) for text in (run.split(", ") if run else gaps) if " " not in text)

    @cached_property
    def boxes(self) -> tuple[Node, ...]:
        """The page's boxes and switches that have a name."""
        return tuple(node for node in self.nodes if node.role in BOXES and node.name)

    @cached_property
    def records(self) -> dict[str, tuple[Value, ...]]:
        """For each element in a row or an entry of a list: the values that stand in the same one."""
        out: dict[str, tuple[Value, ...]] = {}
        known: dict[str, tuple[Value, ...]] = {}
        for node in self.nodes:
            record = self.record_of.get(node.id)
            if record is not None:
                if record not in known:
                    known[record] = tuple(value for value in self.values if _among(value, self.said_in[record]))
                out[node.id] = known[record]
        return out

    @cached_property
    def record_of(self) -> dict[str, str]:
        """For each element the id of the row, entry or group it stands in or is."""
        found: dict[str, str] = {}
        for node in self.nodes:
            if node.role in RECORDS:
                found[node.id] = node.id
            elif node.parent is not None and (around := found.get(self.nodes[node.parent].id)) is not None:
                found[node.id] = around
        return found

    @cached_property
    def said_in(self) -> dict[str, list[str]]:
        """The texts of each record."""
        out: dict[str, list[str]] = {}
        for node in self.nodes:
            record = self.record_of.get(node.id)
            if record is not None:
                out.setdefault(record, []).append(node.name)
        return out

    @cached_property
    def columns(self) -> dict[str, str]:
        """For each element in a table's row the heading of its column."""
        places: Counter[int] = Counter()
        at: dict[str, tuple[Node, int]] = {}
        heads: dict[tuple[int | None, int], str] = {}
        for node in self.nodes:
            around = self.nodes[node.parent] if node.parent is not None else None
            if around is not None and around.role == "row":
                at[node.id] = around, places[around.index]
                if node.role == "columnheader":
                    heads[around.parent, places[around.index]] = node.name
                places[around.index] += 1
            elif around is not None and around.id in at:
                at[node.id] = at[around.id]
        found = {id_: heads.get((row.parent, place), "") for id_, (row, place) in at.items()}
        return {id_: head for id_, head in found.items() if head}

    @cached_property
    def extremes(self) -> dict[str, tuple[str, ...]]:
        """What each record has the least and the most of."""
        return extremes(self.said_in)

    @cached_property
    def namesakes(self) -> dict[str, int]:
        """For each element with a name how many of its role and name stand before it."""
        seen: Counter[tuple[str, str]] = Counter()
        out = {}
        for node in self.nodes:
            if node.name:
                out[node.id] = seen[node.role, node.name]
                seen[node.role, node.name] += 1
        return out

    @cached_property
    def siblings(self) -> dict[str, int]:
        """The place of each element among those of its kind inside the same element, from 1."""
        seen: Counter[tuple[int | None, str]] = Counter()
        out = {}
        for node in self.nodes:
            seen[node.parent, self.kind(node)] += 1
            out[node.id] = seen[node.parent, self.kind(node)]
        return out

    @cached_property
    def alike(self) -> Counter[tuple[int | None, str]]:
        """How many elements of a kind stand inside the same element (its index, the kind)."""
        return Counter((node.parent, self.kind(node)) for node in self.nodes)

    @cached_property
    def listed(self) -> dict[str, int]:
        """For each kind of element how many of it, numbers apart, stand in one list at the most."""
        counts = Counter((node.parent, self.kind(node)) for node in self.nodes if not node.name.isdecimal())
        return {kind: max(n for (_, other), n in counts.items() if other == kind) for _, kind in counts}

    @cached_property
    def leaf(self) -> int:
        """Which page of a longer list is shown, counted from 1, as far as the own past tells: numbers, next, back."""
        at = 1
        for past in self.past:
            said = fold(past.action.args[-1]) if past.action.args and past.answer is not None else ""
            if said.isdecimal() and len(said) < 4:
                at = int(said)
            at += (said in _ONWARD) - (said in _BACK)
        return max(at, 1)

    @cached_property
    def general(self) -> dict[int, tuple[str, ...]]:
        """For each value (by its place) its keys, what kind of places they are, and the words beside it."""
        return {
            id(value): tuple(
                sorted({*value.keys, *(kind for key in value.keys for kind in _kinds(key)), "any", *value.beside})
            )
            for value in self.values
        }

    def masked(self, node: Node) -> str:
        """The folded name of an element, with gaps for the names, dates, codes and numbers of values within it."""
        name = fold(node.name)
        for text in self._masks if " " in name else ():
            if text in name and name != text:
                name = re.sub(rf"(?<!\w){re.escape(text)}(?!\w)", "{}", name)
        return name

    @cached_property
    def _masks(self) -> tuple[str, ...]:
        """Folded texts of values that are no common words, the longest first."""
        found = {fold(v.text) for v in self.values if v.solid or " " in v.text and _kinds_of(v) & {"proper", "initial"}}
        return tuple(sorted(found, key=lambda text: (-len(text), text)))

    @cached_property
    def near(self) -> dict[str, frozenset[int]]:
        """For each element the values (by identity) whose words before them name it."""
        out = {}
        for node in self.nodes:
            label = telling(self.labels[node.id])
            out[node.id] = frozenset(id(value) for value in self.values if value.around & label)
        return out

    def here(self, value: Value) -> bool:
        """Whether an element that is no field is called by the value."""
        return fold(value.text) in self._names

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(fold(node.name) for node in self.nodes if node.name and node.role not in FIELDS)

    def state(self, node: Node) -> tuple[str, ...]:
        """Flags that say what state an element is in, and whether a field is filled."""
        flags = sorted(node.flags & _STATES)
        if node.role in FIELDS and node.role not in TICKS:
            flags.append("filled" if node.value else "empty")
        return tuple(flags)

    @cached_property
    def places(self) -> dict[str, tuple[int, int]]:
        """Where each element stands among those of its kind (from 0), and how many those are."""
        counts = Counter(map(self.kind, self.nodes))
        seen: Counter[str] = Counter()
        out = {}
        for node in self.nodes:
            kind = self.kind(node)
            out[node.id] = (seen[kind], counts[kind])
            seen[kind] += 1
        return out

    @cached_property
    def first_open(self) -> dict[str, str]:
        """The first element of each role that is still to be done, and under "field" the first such field."""
        out: dict[str, str] = {}
        for node in self.nodes:
            if not self._done(node):
                out.setdefault(node.role, node.id)
                if node.role in FIELDS and node.role not in TICKS:
                    out.setdefault("field", node.id)
        return out

    def _done(self, node: Node) -> bool:
        if node.role in TICKS:
            return bool(node.flags & ON)
        return bool(node.value) or node.id in self.touched or self.labels[node.id] in self.touched

    def shows(self, value: Value) -> bool:
        """Whether some field of the page holds the value already, or an element so named is switched on."""
        return any(holds(node, value) for node in self.nodes)

    @cached_property
    def shown(self) -> frozenset[Value]:
        """The values the page's fields hold already."""
        return frozenset(value for value in self.values if self.shows(value))

    @cached_property
    def months(self) -> tuple[tuple[int, int], ...]:
        """The months (year, month) the page's calendars show, in order."""
        return tuple(sorted((year, month) for year, month in self.calendar.months if year is not None))


def read_scene(
    policy: Policy, objective: str, url: str, observation: str, previous: Sequence[str], templates: Templates
) -> Scene:
    """Read a question. A page that is not of the format has no elements."""
    past = tuple(p for line in previous if (p := read_line(line)) is not None)
    template = _template(templates, objective) if policy.kind == "planner" else None
    values, page = _cached_values(policy, objective, templates), _page(url, observation)
    if policy.kind == "planner":
        values = merged((*values, *worked_out(page, objective, values)))
    common = template is not None and templates.found[template].shown > 1
    return Scene(policy, objective, page, values, past, template, templates.vocabulary, common)


def holds(node: Node, value: Value) -> bool:
    """Whether a field holds the value, or a switch of that name is on."""
    if node.role in TICKS and node.flags & ON:
        return relation(value.text, node.name) == "eq"
    if not node.value:
        return False
    if value.days and any(day.same(other) for day in value.days for other in days_of(node.value)):
        return True
    return relation(value.text, node.value) in ("eq", "starts")


def _kinds(key: str) -> Iterator[str]:
    """What kind of place a key is: `proper` of proper:1, and `proper.word:-1` of proper:1.word:-1."""
    kind = key.partition(":")[0]
    yield kind
    place, dot, part = key.partition(".")
    if dot and place != kind:
        yield f"{kind}.{part}"


def _kinds_of(value: Value) -> frozenset[str]:
    return frozenset(key.partition(":")[0] for key in value.keys)


def _among(value: Value, texts: Sequence[str]) -> bool:
    """Whether one of the texts is or holds the value, or names the same day."""
    if any(relation(value.text, text) in ("eq", "starts", "has") for text in texts):
        return True
    days = value.days
    return bool(days) and any(
        day.same(other) for text in texts for _, read in mentions(text) for other in read for day in days
    )


def _texts(arg: str) -> tuple[str, ...]:
    parts = [part for piece in arg.split(";") for part in piece.split(",")]
    return (arg, *parts, *(part.partition(": ")[2] for part in parts if ": " in part))


@lru_cache(maxsize=256)
def _page(url: str, text: str) -> Page:
    return read_page(Observation(url=url, title="", text=text))


@lru_cache(maxsize=512)
def _template(templates: Templates, objective: str) -> int | None:
    return templates.best(objective)


@lru_cache(maxsize=512)
def _cached_values(policy: Policy, objective: str, templates: Templates) -> tuple[Value, ...]:
    return read_values(policy, objective, templates)
