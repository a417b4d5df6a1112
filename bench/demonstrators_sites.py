"""People at whole sites: the airline CRM and the helpdesk by their scripts, FlightWoB and a to-do list by looking."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from types import ModuleType

from bench.demonstrators_kit import Page, Person, click, write
from browser.script import Gesture
from practice.airline import script as airline
from practice.desk import script as desk
from traces.observation_text import Node

SCRIPTS: Mapping[str, ModuleType] = {"airline": airline, "desk": desk}
"""Who does the scenarios of our own sites: gestures from the assignment alone."""


MEANT = {"Portland": "Portland, OR"}
"""Of two cities of a name, the one that people who fly there mean."""


def scripted(task: str) -> tuple[ModuleType, str] | None:
    """The script of a site's scenario and the scenario's name; None for a task that somebody looks at."""
    site, _, scenario = task.partition(":")
    return (SCRIPTS[site], scenario) if site in SCRIPTS and scenario else None


def source_of(script: ModuleType) -> str:
    """What decides a script's gestures."""
    return inspect.getsource(script)


def alaska(page: Page) -> Iterator[Gesture]:
    """Fills in the form from the top, places by their suggestions and days in the calendar, and searches."""
    asked = dict(part.split(": ", 1) for part in page.objective.split("; "))
    yield from _place(page, "From", asked["Departure City"])
    yield from _place(page, "To", asked["Destination City"])
    if asked["Ticket Type"] == "One-way":
        yield click(page.the("One-way", "checkbox"))
    yield from _day(page, "Depart", asked["Departure Day"])
    if "Returning Day" in asked:
        yield from _day(page, "Return", asked["Returning Day"])
    for _ in range(int(asked["Passengers"]) - 1):
        yield click(page.the("+"))
    if asked["Seat type"] != "Coach":
        yield click(page.the("More search options"))
        yield from page.wait_for(lambda: page.named(asked["Seat type"], "radio"))
        yield click(page.the(asked["Seat type"], "radio"))
    yield click(page.the("Find Flights", "button"))


def todo(page: Page) -> Iterator[Gesture]:
    """Types the new entry, which Enter adds, and ticks the one that is done."""
    added, done = page.quoted()
    yield write(page.the("What needs to be done?", "textbox"), f"{added}\n")
    yield click(page.the(done, "checkbox"))


def _place(page: Page, label: str, city: str) -> Iterator[Gesture]:
    yield write(page.the(label, "textbox"), city)
    yield from page.wait_for(lambda: _suggested(page, city))
    yield click(_suggested(page, city)[0])


def _suggested(page: Page, city: str) -> list[Node]:
    return [node for node in page.all("listitem") if node.name.startswith(MEANT.get(city, f"{city}, "))]


def _day(page: Page, label: str, day: str) -> Iterator[Gesture]:
    yield click(page.the(label, "textbox"))
    yield from page.wait_for(lambda: page.named(day, "link"))
    yield click(page.the(day, "link"))
    yield click(page.the("Done"))
    yield from page.wait_for(lambda: page.named("Done") is None)


PEOPLE: Mapping[str, Person] = {"flight:Alaska-auto": alaska, "todomvc:vanillajs": todo}
