"""Calendars on a page: which elements are days, and of which month, told by their names and the heading before them.

A calendar is a run of elements named 1, 2, 3 ... up to the end of a month under a month and year, or one whose elements
are named by whole dates. Numbers without a month are not taken for one (seats, pages, quantities).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from labeling.days import Day, mentions, months_in
from labeling.rules.page import Page
from traces.observation_text import Node

_CELLS = frozenset({"gridcell", "cell", "button", "link", "option", "text", "listitem"})
_LEAST = 20
_HEADING_REACH = 60
_OWN_REACH = 2


@dataclass(frozen=True)
class Calendar:
    """Days by element id, all calendars of a page together; empty when the page shows none."""

    days: Mapping[str, Day]

    def __bool__(self) -> bool:
        return bool(self.days)

    @property
    def months(self) -> frozenset[tuple[int | None, int]]:
        """The months it shows."""
        return frozenset((day.year, day.month) for day in self.days.values())


@lru_cache(maxsize=64)
def read_calendar(page: Page) -> Calendar:
    """The days a page offers."""
    nodes = page.nodes
    named = {node.id: day for node in nodes if (day := _whole_date(node)) is not None}
    if len({str(day) for day in named.values()}) >= _LEAST:
        return Calendar(named)
    runs = list(_runs(nodes))
    months = _months(nodes, [run for run in runs if len(run) >= _LEAST])
    return Calendar(dict(_dated(runs, months)) if months else {})


def _whole_date(node: Node) -> Day | None:
    """The one day an element's name says, as in ‘Choose Tuesday, March 3rd, 2026’."""
    if node.role not in _CELLS or not 6 <= len(node.name) <= 80:
        return None
    found = [days for _, days in mentions(node.name)]
    days = [day for day in found[0] if day.year] if len(found) == 1 else []
    return days[0] if len(days) == 1 else None


def _runs(nodes: tuple[Node, ...]) -> Iterator[list[Node]]:
    """Elements named by rising day numbers; a smaller number begins a new run, an equal one is the cell's own text."""
    run: list[Node] = []
    for node in nodes:
        number = _number(node)
        if number is None:
            continue
        if run and not _goes_on(run[-1], node):
            yield run
            run = []
        run.append(node)
    if run:
        yield run


def _goes_on(last: Node, node: Node) -> bool:
    """Whether it is the next day, or the text of the last day's own cell, which stands close behind it."""
    number, before = _number(node) or 0, _number(last) or 0
    return number == before + 1 or (number == before and node.index - last.index <= _OWN_REACH)


def _number(node: Node) -> int | None:
    name = node.name.strip()
    if node.role not in _CELLS or not name.isdecimal() or len(name) > 2:
        return None
    return int(name) if 1 <= int(name) <= 31 else None


def _months(nodes: tuple[Node, ...], runs: list[list[Node]]) -> dict[int, tuple[int, int]]:
    """The month of each long run, by the index of its first element; a run without a heading follows the one before."""
    found: dict[int, tuple[int, int]] = {}
    begin, last = 0, None
    waiting: list[tuple[int, int]] = []
    for run in runs:
        first = run[0].index
        heard = months_in(" ".join(_words(nodes[max(begin, first - _HEADING_REACH) : first])))
        waiting = list(dict.fromkeys(heard))[-len(runs) :] or waiting
        month = waiting.pop(0) if len(waiting) > 1 else waiting.pop() if waiting else _after(last)
        if month is None:
            return {}
        found[first] = last = month
        begin = run[-1].index
    return found


def _words(nodes: tuple[Node, ...]) -> Iterator[str]:
    for node in nodes:
        if node.role == "option" and "selected" not in node.flags:
            continue
        yield node.value or node.name


def _dated(runs: list[list[Node]], months: dict[int, tuple[int, int]]) -> Iterator[tuple[str, Day]]:
    """Every day with its month; short runs before and after a month are the days of its neighbours."""
    for place, run in enumerate(runs):
        month = months.get(run[0].index)
        if month is None and place + 1 < len(runs) and (_number(run[-1]) or 0) >= 28:
            month = _before(months.get(runs[place + 1][0].index))
        if month is None and place and _number(run[0]) == 1:
            month = _after(months.get(runs[place - 1][0].index))
        if month is not None:
            yield from ((node.id, Day(month[0], month[1], _number(node) or 1)) for node in run)


def _after(month: tuple[int, int] | None) -> tuple[int, int] | None:
    if month is None:
        return None
    return (month[0] + month[1] // 12, month[1] % 12 + 1)


def _before(month: tuple[int, int] | None) -> tuple[int, int] | None:
    if month is None:
        return None
    return (month[0] - (month[1] == 1), (month[1] - 2) % 12 + 1)
