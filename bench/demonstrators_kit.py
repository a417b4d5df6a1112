"""What a scripted person has at hand: the page as it is seen, and hands. Who does what is in the modules beside it.

A person is a generator over a `Page`: it looks, yields one gesture, and goes on when the page shows what came of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from browser.script import Gesture, parse_gesture
from traces.observation_text import Node

Where = Node | str
"""An element that is seen, or a Playwright selector for what the observation does not tell apart."""


@dataclass
class Page:
    """What somebody sees of a task. `known` is what they read in its script."""

    objective: str = ""
    known: Any = None
    nodes: tuple[Node, ...] = field(default=(), repr=False)

    def all(self, *roles: str) -> list[Node]:
        """The elements of these roles from the top."""
        return [node for node in self.nodes if node.role in roles]

    def named(self, name: str, *roles: str) -> Node | None:
        """The first element of exactly that name (of these roles, if any)."""
        return next((node for node in self.nodes if node.name == name and (not roles or node.role in roles)), None)

    def the(self, name: str, *roles: str) -> Node:
        """The same, where it must be there. Raises LookupError."""
        found = self.named(name, *roles)
        if found is None:
            raise LookupError(f"{name!r} is not on the page: {[node.name for node in self.nodes][:40]}")
        return found

    def first(self, role: str) -> Node:
        """The first element of a role. Raises LookupError."""
        found = self.all(role)
        if not found:
            raise LookupError(f"there is no {role} on the page")
        return found[0]

    def quoted(self) -> list[str]:
        """The texts in double quotes that the objective names."""
        return re.findall(r'"([^"]*)"', self.objective)

    def wait_for(self, found: Callable[[], object], times: int = 25) -> Iterator[Gesture]:
        """Watch until something is there; at most so many fifths of a second. Raises LookupError."""
        for _ in range(times):
            if found():
                return
            yield parse_gesture({"gesture": "wait", "ms": 200})
        raise LookupError(f"it did not come: {[node.name for node in self.nodes][:40]}")


Person = Callable[[Page], Iterator[Gesture]]


def found(pattern: str, text: str) -> str:
    """What the (first group of the) pattern fits in a text. Raises LookupError."""
    fits = re.search(pattern, text)
    if fits is None:
        raise LookupError(f"{pattern!r} is not in {text!r}")
    return fits.group(fits.re.groups)


def nth(page: Page) -> int:
    """The first "3rd" of the objective, as 3."""
    return int(found(r"(\d+)(?:st|nd|rd|th)", page.objective))


def click(where: Where) -> Gesture:
    """Press it with the mouse."""
    return parse_gesture({"gesture": "click", "at": _at(where)})


def write(where: Where, text: str) -> Gesture:
    """Type into a field, which is pressed first unless it has the keyboard."""
    return parse_gesture({"gesture": "type", "at": _at(where), "text": text})


def fill(where: Where, text: str) -> Gesture:
    """Give a field of the browser's own (a date, a time) its value."""
    return parse_gesture({"gesture": "fill", "at": _at(where), "text": text})


def paste(where: Where, text: str) -> Gesture:
    """Put the clipboard's text into a field."""
    return parse_gesture({"gesture": "paste", "at": _at(where), "text": text})


def press(keys: str) -> Gesture:
    """A key, or several held together."""
    return parse_gesture({"gesture": "press", "keys": keys})


def choose(where: Where, *options: str) -> Gesture:
    """An option of a list, or several."""
    return parse_gesture({"gesture": "select", "at": _at(where), "text": options[0] if len(options) == 1 else options})


def _at(where: Where) -> Any:
    return {"id": where.id} if isinstance(where, Node) else where
