"""The ticket list: which tickets a query shows, in which order, on which page; and what the search suggests. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from practice.desk.records import PRIORITIES, STATUSES, Ticket
from practice.desk.scenarios import PAGE

FIELDS = ("q", "status", "priority", "assignee", "tag", "sort", "dir", "page")
UNASSIGNED = "nobody"
SUGGESTIONS = 7
_SORTS: Mapping[str, Callable[[Ticket], Any]] = {
    "number": lambda ticket: ticket.number,
    "subject": lambda ticket: ticket.subject.casefold(),
    "customer": lambda ticket: ticket.customer.name,
    "status": lambda ticket: STATUSES.index(ticket.status),
    "priority": lambda ticket: PRIORITIES.index(ticket.priority),
    "assignee": lambda ticket: ticket.assignee or "~",
    "updated": lambda ticket: ticket.updated,
}


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the list: `total` tickets on `pages` pages, of which `shown` begins at place `first` (from 1)."""

    query: Mapping[str, str]
    shown: tuple[Ticket, ...]
    total: int
    page: int
    pages: int

    @property
    def first(self) -> int:
        """The place of the first ticket shown."""
        return (self.page - 1) * PAGE + 1

    @property
    def last(self) -> int:
        """The place of the last ticket shown."""
        return self.first + len(self.shown) - 1

    @property
    def filtered(self) -> bool:
        """Whether a search or filter leaves tickets out."""
        return any(self.query[name] for name in ("q", "status", "priority", "assignee", "tag"))

    def link(self, **changed: str) -> str:
        """The list with parts of the query changed; any change but of the page begins at its first page."""
        query = {**self.query, "page": "", **changed}
        kept = {name: value for name, value in query.items() if value}
        return "/tickets" + (f"?{urlencode(kept)}" if kept else "")

    def sort_link(self, name: str) -> str:
        """The list by that column; by the same column again, the other way round."""
        return self.link(sort=name, dir="desc" if self.sorted_by(name) == "ascending" else "asc")

    def sorted_by(self, name: str) -> str:
        """`ascending`, `descending` or empty, as `aria-sort` wants it."""
        if (self.query["sort"] or "updated") != name:
            return ""
        return "ascending" if self.query["dir"] == "asc" else "descending"


def list_tickets(tickets: Iterable[Ticket], given: Mapping[str, str]) -> Listing:
    """The page of the list that the query of `/tickets` asks for; the newest word first unless sorted otherwise."""
    query = {name: given.get(name, "").strip() for name in FIELDS}
    found = [ticket for ticket in tickets if _fits(ticket, query)]
    key = _SORTS.get(query["sort"], _SORTS["updated"])
    found.sort(key=lambda ticket: (key(ticket), ticket.number), reverse=query["dir"] != "asc")
    pages = max(1, -(-len(found) // PAGE))
    number = int(query["page"]) if query["page"].isdecimal() and len(query["page"]) < 6 else 1
    number = min(max(number, 1), pages)
    return Listing(query, tuple(found[(number - 1) * PAGE : number * PAGE]), len(found), number, pages)


def suggest(tickets: Iterable[Ticket], typed: str) -> list[dict[str, str]]:
    """What the search field offers: tickets whose number, subject or customer has every word typed, newest first."""
    if not typed.strip():
        return []
    found = [ticket for ticket in tickets if _has_words(ticket, typed)]
    found.sort(key=lambda ticket: ticket.updated, reverse=True)
    return [
        {"label": t.label, "note": f"{t.customer.name} · {t.status}", "href": f"/tickets/{t.number}"}
        for t in found[:SUGGESTIONS]
    ]


def _fits(ticket: Ticket, query: Mapping[str, str]) -> bool:
    assignee = "" if query["assignee"] == UNASSIGNED else query["assignee"]
    return (
        _has_words(ticket, query["q"])
        and query["status"] in ("", ticket.status)
        and query["priority"] in ("", ticket.priority)
        and (not query["assignee"] or assignee == ticket.assignee)
        and (not query["tag"] or query["tag"] in ticket.tags)
    )


def _has_words(ticket: Ticket, text: str) -> bool:
    known = f"{ticket.label} {ticket.customer.name} {ticket.customer.email}".casefold()
    return all(word in known for word in text.casefold().split())
