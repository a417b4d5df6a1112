"""Figures about a range of days: tickets created and solved, by agent, by channel and by day. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from practice.desk.records import AGENT_NAMES, CHANNELS, Ticket


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: tickets created and solved in the range."""

    name: str
    created: int
    solved: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What the report page shows; `days` has the tickets created on each day of the range."""

    created: int
    solved: int
    agents: tuple[Row, ...]
    channels: tuple[Row, ...]
    days: tuple[tuple[date, int], ...]

    @property
    def busiest(self) -> int:
        """The most tickets created on one day, at least 1."""
        return max([1, *(count for _, count in self.days)])


def figures(tickets: Iterable[Ticket], first: date, last: date) -> Figures:
    """The figures of that range, both ends included. Solved counts by the day of solving, for the assignee."""
    every = list(tickets)
    created = [ticket for ticket in every if first <= ticket.created <= last]
    solved = [ticket for ticket in every if ticket.solved is not None and first <= ticket.solved <= last]
    length = (last - first).days + 1
    return Figures(
        len(created),
        len(solved),
        tuple(Row(name, _count(created, "assignee", name), _count(solved, "assignee", name)) for name in AGENT_NAMES),
        tuple(Row(name, _count(created, "channel", name), _count(solved, "channel", name)) for name in CHANNELS),
        tuple((day, sum(t.created == day for t in created)) for day in (first + timedelta(n) for n in range(length))),
    )


def _count(tickets: list[Ticket], field: str, value: str) -> int:
    return sum(getattr(ticket, field) == value for ticket in tickets)
