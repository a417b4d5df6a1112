"""A decision as the learner sees it: the page's elements, the values at hand, the policy's own past, and what is open.

Everything is read from the decision's texts. Labels of fields and calendars are read as the labeller reads them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from agent.history import Past, read_line
from agent.learner.templates import Templates
from agent.learner.values import Value, read_values
from agent.learner.words import fold, relation
from labeling.days import days_of, mentions
from labeling.rules.calendars import Calendar, read_calendar
from labeling.rules.page import FIELDS, Page, read_page
from policies.model import Policy
from traces.model import Observation
from traces.observation_text import Node

STRUCTURE = frozenset(
    {"row", "table", "grid", "list", "form", "navigation", "region", "rowgroup", "tablist", "menubar"}
)
BOXES = frozenset({"checkbox", "switch", "menuitemcheckbox"})
RECORDS = frozenset({"row", "listitem", "article", "option", "treeitem"})
TICKS = frozenset({"checkbox", "radio", "switch", "option", "tab", "menuitemcheckbox", "menuitemradio"})
ON = frozenset({"checked", "selected", "pressed", "current"})
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


@dataclass(frozen=True)
class Scene:
    """One question, read."""

    policy: Policy
    objective: str
    page: Page
    values: tuple[Value, ...]
    past: tuple[Past, ...]
    template: int | None

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The elements in document order."""
        return self.page.nodes

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
        """Folded texts that the policy has passed on or typed before."""
        return frozenset(
            fold(text) for past in self.past if not past.failed for arg in past.action.args for text in _texts(arg)
        )

    @cached_property
    def touched(self) -> dict[str, int]:
        """How often each element, or each first argument of a call, was used before."""
        counts: dict[str, int] = {}
        for past in self.past:
            if past.action.args and not past.failed:
                counts[past.action.args[0]] = counts.get(past.action.args[0], 0) + 1
        return counts

    @cached_property
    def mentioned(self) -> tuple[str, ...]:
        """Names of the page's boxes and switches that the objective mentions, in the order of the page."""
        named = (node.name for node in self.nodes if node.role in BOXES)
        return tuple(name for name in named if relation(name, self.objective) in ("has", "starts"))

    @cached_property
    def records(self) -> dict[str, tuple[Value, ...]]:
        """For each element in a row or an entry of a list: the values that stand in the same one."""
        out: dict[str, tuple[Value, ...]] = {}
        known: dict[str, tuple[Value, ...]] = {}
        for node in self.nodes:
            record = self.page.nearest(node, RECORDS)
            if record is not None:
                if record.id not in known:
                    texts = [one.name for one in (record, *self.page.inside(record))]
                    known[record.id] = tuple(value for value in self.values if _among(value, texts))
                out[node.id] = known[record.id]
        return out

    def state(self, node: Node) -> tuple[str, ...]:
        """Flags that say what state an element is in, and whether a field is filled."""
        flags = sorted(node.flags & _STATES)
        if node.role in FIELDS and node.role not in TICKS:
            flags.append("filled" if node.value else "empty")
        return tuple(flags)

    @cached_property
    def places(self) -> dict[str, tuple[int, int]]:
        """Where each element stands among those of its role, and how many those are."""
        counts = Counter(node.role for node in self.nodes)
        seen: Counter[str] = Counter()
        out = {}
        for node in self.nodes:
            out[node.id] = (seen[node.role], counts[node.role])
            seen[node.role] += 1
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
    values = _cached_values(policy, objective, templates)
    return Scene(policy, objective, _page(url, observation), values, past, template)


def holds(node: Node, value: Value) -> bool:
    """Whether a field holds the value, or a switch of that name is on."""
    if node.role in TICKS and node.flags & ON:
        return relation(value.text, node.name) == "eq"
    if not node.value:
        return False
    if value.days and any(day.same(other) for day in value.days for other in days_of(node.value)):
        return True
    return relation(value.text, node.value) in ("eq", "starts")


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
