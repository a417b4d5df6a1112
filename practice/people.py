"""Scripted people who do a few MiniWoB++ tasks by looking at the page, as a person would: for tours, tests and benches.

A person is given the objective, the elements of the observation and what was done so far, and says what to do next.
They see nothing else; how an action becomes mouse and keys is left to who records them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class Element(Protocol):
    """An element of an observation (`traces.observation_text.Node`)."""

    @property
    def id(self) -> str:
        """Its id in the observation."""

    @property
    def role(self) -> str:
        """Its role."""

    @property
    def name(self) -> str:
        """Its accessible name."""

    @property
    def value(self) -> str:
        """What the field holds."""

    @property
    def flags(self) -> Collection[str]:
        """Its state words."""


Person = Callable[[str, Sequence[Element], Sequence[str]], list[str] | None]
"""(objective, elements, actions so far) → the next actions as texts; None when nothing is left to do."""


def person(task: str) -> Person:
    """The person who knows a task, by the name of its page. Raises KeyError for one nobody knows."""
    return PEOPLE[task]


def _login_user(objective: str, elements: Sequence[Element], done: Sequence[str]) -> list[str] | None:
    """Types the two quoted texts, each into its field, and presses the button."""
    username, password = re.findall(r'"([^"]*)"', objective)[:2]
    fields = [e for e in elements if e.role == "textbox"]
    if len(fields) < 2 or len(done) >= 3:
        return None
    return [
        [f"type [{fields[0].id}] [{username}]"],
        [f"type [{fields[1].id}] [{password}]"],
        [f"click [{_button(elements).id}]"],
    ][len(done)]


def _enter_text(objective: str, elements: Sequence[Element], done: Sequence[str]) -> list[str] | None:
    """Types the quoted text into the only field and presses the button."""
    found = re.search(r'"([^"]*)"', objective)
    fields = [e for e in elements if e.role == "textbox"]
    if found is None or not fields or len(done) >= 2:
        return None
    return [f"click [{_button(elements).id}]"] if done else [f"type [{fields[0].id}] [{found.group(1)}]"]


def _click_checkboxes(objective: str, elements: Sequence[Element], done: Sequence[str]) -> list[str] | None:
    """Ticks the boxes that are named, from the top, then presses the button."""
    found = re.match(r"Select (.*) and click Submit", objective)
    boxes = [e for e in elements if e.role == "checkbox"]
    if found is None or not boxes or _pressed(elements, done):
        return None
    wanted = set(re.split(r",\s*", found.group(1)))
    waiting = [e for e in boxes if e.name in wanted and "checked" not in e.flags]
    return [f"click [{(waiting[0] if waiting else _button(elements)).id}]"]


def _choose_date(objective: str, elements: Sequence[Element], done: Sequence[str]) -> list[str] | None:
    """Opens the calendar, turns it to the month, takes the day, and presses the button."""
    wanted = re.search(r"(\d{2})/(\d{2})/(\d{4})", objective)
    fields = [e for e in elements if e.role == "textbox"]
    if wanted is None or not fields or _pressed(elements, done):
        return None
    if fields[0].value == wanted.group():
        return [f"click [{_button(elements).id}]"]
    month, day, year = map(int, wanted.groups())
    shown = _shown_month(elements)
    if shown is None:
        return [f"click [{fields[0].id}]"]
    name = str(day) if shown == (year, month) else "Prev" if (year, month) < shown else "Next"
    return [f"click [{next(e.id for e in elements if e.name == name)}]"]


def _shown_month(elements: Sequence[Element]) -> tuple[int, int] | None:
    for month, year in zip(elements, elements[1:], strict=False):
        if month.name in MONTHS and year.name.isdecimal():
            return int(year.name), MONTHS.index(month.name) + 1
    return None


def _button(elements: Sequence[Element]) -> Element:
    return next(e for e in elements if e.role == "button")


def _pressed(elements: Sequence[Element], done: Sequence[str]) -> bool:
    buttons = [e.id for e in elements if e.role == "button"]
    return not buttons or f"click [{buttons[0]}]" in done


PEOPLE: Mapping[str, Person] = {
    "login-user": _login_user,
    "enter-text-dynamic": _enter_text,
    "enter-text": _enter_text,
    "click-checkboxes": _click_checkboxes,
    "choose-date": _choose_date,
}
"""Who knows what, by the name of the MiniWoB++ page."""
