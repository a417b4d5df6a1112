"""People who know the MiniWoB++ mailboxes and its flight search."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bench.demonstrators_forms import pick_date
from bench.demonstrators_kit import Page, Person, click, write
from browser.script import Gesture
from traces.observation_text import Node

ASKED = "core.getUtterance().fields ?? null"
"""What the page says is meant, where people said it in their own words."""


def mail(page: Page) -> Iterator[Gesture]:
    """Finds the mail of the named person and does what is asked, without opening it where the list has a button."""
    asked = {"task": "forward", **page.known} if page.known else _asked(page.objective)
    thread = next(node for node in page.all("group") if asked["by"] in _words(page, node))
    if asked["task"] in ("delete", "star"):
        yield click(_inside(page, thread, "trash" if asked["task"] == "delete" else "star"))
        return
    yield click(_inside(page, thread, asked["by"]))
    yield click(page.the("Reply" if asked["task"] == "reply" else "Forward"))
    yield write(page.first("textbox"), asked["message"] if asked["task"] == "reply" else asked["to"])
    yield click(next(node for node in page.nodes if node.name.startswith("send")))


def _asked(objective: str) -> dict[str, str]:
    """What the page's own sentences ask for."""
    for task, pattern in SENTENCES.items():
        if found := re.search(pattern, objective):
            return {"task": task, **found.groupdict()}
    raise LookupError(objective)


SENTENCES = {
    "forward": r"email by (?P<by>\S+) and forward that email to (?P<to>[^.]+)\.",
    "reply": r'email by (?P<by>\S+) and reply to them with the text "(?P<message>[^"]*)"',
    "delete": r"email by (?P<by>\S+) and click the trash",
    "star": r"email by (?P<by>\S+) and click the star",
}


def _words(page: Page, node: Node) -> list[str]:
    return [inner.name for inner in page.nodes if inner.parent == node.index]


def _inside(page: Page, node: Node, name: str) -> Node:
    return next(inner for inner in page.nodes if inner.parent == node.index and inner.name == name)


def flight(page: Page) -> Iterator[Gesture]:
    """Types both places and takes the suggestions, takes the day, searches, and books the flight that is asked for."""
    found = re.match(r"Book the (\w+) one-way flight from: (.*) to: (.*) on (\d+)/(\d+)/(\d+)", page.objective)
    if found is None:
        raise LookupError(page.objective)
    which, origin, destination, *day = found.groups()
    month, day_, year = map(int, day)
    for label, place in (("From:", origin), ("To:", destination)):
        yield from _pick_place(page, label, place)
    yield from pick_date(page, "Departure Date", month, day_, year)
    yield click(page.the("Search", "button"))
    yield click(_best(page, which))


def _pick_place(page: Page, label: str, place: str) -> Iterator[Gesture]:
    yield write(page.the(label, "textbox"), place)
    yield from page.wait_for(lambda: _suggested(page, place))
    yield click(_suggested(page, place)[0])


def _suggested(page: Page, place: str) -> list[Node]:
    return [node for node in page.all("option", "menuitem", "text") if place in node.name and "clickable" in node.flags]


def _best(page: Page, which: str) -> Node:
    offers = [(node, _before(page, node)) for node in page.all("button") if "$" in node.name]
    if which == "cheapest":
        return min(offers, key=lambda offer: int(offer[0].name.split("$")[1]))[0]
    return min(offers, key=lambda offer: _minutes(offer[1]))[0]


def _before(page: Page, button: Node) -> str:
    return page.nodes[button.index - 1].name


def _minutes(duration: str) -> int:
    hours, minutes = re.findall(r"\d+", duration)
    return int(hours) * 60 + int(minutes)


PEOPLE: Mapping[str, Person] = {
    **dict.fromkeys(
        ("email-inbox", "email-inbox-forward-nl", "email-inbox-forward-nl-turk", "email-inbox-nl-turk"), mail
    ),
    "book-flight": flight,
}
