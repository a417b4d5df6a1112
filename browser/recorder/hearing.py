"""What a recording listens to of a browser, so that it can stop listening: the tabs may be somebody else's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Hearing:
    """Playwright objects and what of their events is heard."""

    def __init__(self) -> None:
        self._heard: list[tuple[Any, str, Callable[..., object]]] = []

    def on(self, of: Any, event: str, heard: Callable[..., object]) -> None:
        """Hear an event from now on."""
        of.on(event, heard)
        self._heard.append((of, event, heard))

    def end(self) -> None:
        """Hear nothing any more."""
        for of, event, heard in self._heard:
            of.remove_listener(event, heard)
        self._heard.clear()
