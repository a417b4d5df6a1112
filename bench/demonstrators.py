"""Scripted people for MiniWoB++: the sets `paper45` and `outside20`, through the recorder's own input path.

They may know a task; nothing else may. Their demonstrations are labelled by the rules and accepted as they stand. What
they do is in the `demonstrators_*` modules beside this one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bench import demonstrators_clicks, demonstrators_forms, demonstrators_mail, demonstrators_more, demonstrators_sites
from bench.demonstrators_kit import Page, Person
from browser.player import Seen
from browser.script import Gesture
from traces.observation_text import parse_observation

PEOPLE: Mapping[str, Person] = {
    **demonstrators_clicks.PEOPLE,
    **demonstrators_forms.PEOPLE,
    **demonstrators_mail.PEOPLE,
    **demonstrators_more.PEOPLE,
    **demonstrators_sites.PEOPLE,
}
"""Who knows which task: all of `PAPER45` and `OUTSIDE20`."""
KNOWS = {
    "click-checkboxes-soft": demonstrators_clicks.SYNONYMS,
    "email-inbox-forward-nl": demonstrators_mail.ASKED,
    "email-inbox-forward-nl-turk": demonstrators_mail.ASKED,
    "email-inbox-nl-turk": demonstrators_mail.ASKED,
}
"""What people read once in the page's script, since they know the task and not the language it is put in."""


class Demonstrator:
    """Somebody who knows a task. Raises KeyError for a task nobody knows."""

    def __init__(self, task: str) -> None:
        self._task = task
        self._page = Page()
        self._gestures: Iterator[Gesture] = PEOPLE[task](self._page)

    async def begin(self, objective: str, page: Any) -> None:
        """Be told the objective."""
        self._page.objective = objective
        if self._task in KNOWS:
            self._page.known = await page.evaluate(KNOWS[self._task])

    def __call__(self, seen: Seen) -> Gesture | None:
        """The next gesture on the page as it is seen; None when nothing is left to do."""
        self._page.nodes = parse_observation(seen.text)
        return next(self._gestures, None)
