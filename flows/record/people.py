"""Scripted people at the recorder: what they decide (practice.people) becomes gestures on the page they see."""

from __future__ import annotations

from typing import Any, Protocol

from browser.player import Seen
from browser.script import Gesture, parse_gesture
from practice.people import Person, person
from traces.actions import Action, parse_action
from traces.observation_text import parse_observation


class Demonstrator(Protocol):
    """Somebody scripted who can be recorded doing a task."""

    async def begin(self, objective: str, page: Any) -> None:
        """Be told the objective, and look at Playwright's page once, before the first gesture."""

    def __call__(self, seen: Seen) -> Gesture | None:
        """The next gesture on the page as it is seen; None when nothing is left to do."""


class ScriptedPerson:
    """Somebody who knows a MiniWoB++ page by what is seen of it alone. Raises KeyError for other pages."""

    def __init__(self, page: str) -> None:
        self.objective = ""
        self._person: Person = person(page)
        self._next: list[str] = []
        self._done: list[str] = []

    async def begin(self, objective: str, page: Any) -> None:
        """Be told the objective."""
        self.objective = objective

    def __call__(self, seen: Seen) -> Gesture | None:
        """The next gesture on the page as it is seen; None when nothing is left to do."""
        if not self._next:
            self._next = list(self._person(self.objective, parse_observation(seen.text), self._done) or [])
        if not self._next:
            return None
        self._done.append(self._next.pop(0))
        return _gesture(parse_action(self._done[-1]))


def _gesture(action: Action) -> Gesture:
    entry: dict[str, object] = {"gesture": action.name, "at": {"id": action.args[0]}}
    if action.name in ("type", "select"):
        entry["text"] = action.args[1]
    return parse_gesture(entry)
