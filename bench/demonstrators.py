"""Scripted people for MiniWoB++: the paper's 45 tasks and twenty others, through the recorder's own input path.

They may know a task; nothing else may. Their demonstrations are labelled by the rules and accepted as they stand. What
they do is in the `demonstrators_*` modules beside this one.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

from bench import demonstrators_clicks, demonstrators_forms, demonstrators_mail, demonstrators_more
from bench.demonstrators_kit import Page, Person
from browser.player import Seen
from browser.script import Gesture
from traces.observation_text import parse_observation

_NAMES = """
    click-link click-option focus-text click-button click-button-sequence click-dialog click-dialog-2 click-tab
    click-test click-test-2 enter-text focus-text-2 enter-text-dynamic enter-password login-user click-pie enter-date
    grid-coordinate click-widget multi-orderings choose-date click-collapsible-2 simple-arithmetic click-tab-2
    click-tab-2-hard multi-layouts copy-paste click-collapsible choose-date-easy copy-paste-2 simple-algebra
    click-checkboxes click-checkboxes-transfer login-user-popup click-checkboxes-soft enter-text-2
    email-inbox-forward-nl search-engine find-word choose-date-medium click-checkboxes-large book-flight
    email-inbox-nl-turk email-inbox-forward-nl-turk email-inbox
"""
PAPER = tuple(_NAMES.split())
"""The tasks of *SteP* (arXiv 2310.03720), in the order of its table."""
OUTSIDE = tuple(demonstrators_more.PEOPLE)
"""Twenty tasks that the paper does not have."""
PEOPLE: Mapping[str, Person] = {
    **demonstrators_clicks.PEOPLE,
    **demonstrators_forms.PEOPLE,
    **demonstrators_mail.PEOPLE,
    **demonstrators_more.PEOPLE,
}
"""Who knows which task."""
KNOWS = {
    "click-checkboxes-soft": demonstrators_clicks.SYNONYMS,
    "email-inbox-forward-nl": demonstrators_mail.ASKED,
    "email-inbox-forward-nl-turk": demonstrators_mail.ASKED,
    "email-inbox-nl-turk": demonstrators_mail.ASKED,
}
"""What people read once in the page's script, since they know the task and not the language it is put in."""


class Demonstrator:
    """Somebody who knows a task, in the mood of a seed. Raises KeyError for a task nobody knows."""

    def __init__(self, task: str, seed: int) -> None:
        self._task = task
        self._page = Page(random.Random(f"{task} {seed}"))
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
