"""A decision as the learner sees it: the page's elements, the values at hand, the policy's own past, and what is open.

Everything is read from the decision's texts. Labels of fields and calendars are read as the labeller reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from agent.history import Past, read_line
from agent.learner.templates import Templates
from agent.learner.values import Value, read_values
from agent.learner.words import fold, relation
from labeling.days import Day, days_of
from labeling.rules.calendars import Calendar, read_calendar
from labeling.rules.page import FIELDS, Page, read_page
from policies.model import Policy
from traces.model import Observation
from traces.observation_text import Node

STRUCTURE = frozenset(
    {"row", "table", "grid", "list", "form", "navigation", "region", "rowgroup", "tablist", "menubar"}
)
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

    def state(self, node: Node) -> tuple[str, ...]:
        """Flags that say what state an element is in, and whether a field is filled."""
        flags = sorted(node.flags & _STATES)
        if node.role in FIELDS and node.role not in TICKS:
            flags.append("filled" if node.value else "empty")
        return tuple(flags)

    def shows(self, value: Value) -> bool:
        """Whether some field of the page holds the value already, or an element so named is switched on."""
        return any(holds(node, value) for node in self.nodes)

    @cached_property
    def shown(self) -> frozenset[Value]:
        """The values the page's fields hold already."""
        return frozenset(value for value in self.values if self.shows(value))

    @cached_property
    def wanted_days(self) -> tuple[Day, ...]:
        """The days the values mean."""
        return tuple({str(day): day for value in self.values for day in value.days}.values())


def read_scene(
    policy: Policy, objective: str, url: str, observation: str, previous: Sequence[str], templates: Templates
) -> Scene:
    """Read a question. A page that is not of the format has no elements."""
    past = tuple(p for line in previous if (p := read_line(line)) is not None)
    template = templates.best(objective) if policy.kind == "planner" else None
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


def turn(wanted: Sequence[Day], calendar: Calendar) -> str | None:
    """Where the wanted day's month lies from the months that are shown: before, within or after."""
    months = sorted((year, month) for year, month in calendar.months if year is not None)
    days = [(day.year, day.month) for day in wanted if day.year is not None]
    if not months or not days:
        return None
    if any(day in months for day in days):
        return "within"
    return "before" if days[0] < months[0] else "after"


def _texts(arg: str) -> tuple[str, ...]:
    parts = [part for piece in arg.split(";") for part in piece.split(",")]
    return (arg, *parts, *(part.partition(": ")[2] for part in parts if ": " in part))


@lru_cache(maxsize=256)
def _page(url: str, text: str) -> Page:
    return read_page(Observation(url=url, title="", text=text))


@lru_cache(maxsize=512)
def _cached_values(policy: Policy, objective: str, templates: Templates) -> tuple[Value, ...]:
    return read_values(policy, objective, templates)
