"""The views of one recording: who gets its messages and pictures, and which one of them drives.

One view drives, the first to come; the others watch, and any of them may take over. When the driver leaves, the oldest
of the others drives.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, Protocol

from browser.live.screencast import Frame, Screencast
from browser.recorder.options import Clock


class Viewer(Protocol):
    """A view. Called on the browser's thread; must not block.

    `pictures`: whether it wants frames. `name`: its own; a view that comes back under the same name takes its own place
    ('' for none).
    """

    pictures: bool
    name: str

    def send(self, text: str) -> None:
        """A JSON message."""

    def show(self, frame: Frame) -> None:
        """A picture; only the newest need be drawn."""

    def end(self) -> None:
        """Nothing more will come."""


class Views:
    """All views of a recording and the screencast they share.

    `emptied` is called when the last one has left, `handed` when another one drives, or the same over a new connection.
    """

    def __init__(self, clock: Clock, emptied: Callable[[], None], handed: Callable[[], None] = lambda: None) -> None:
        self._viewers: list[Viewer] = []
        self._driver: Viewer | None = None
        self._emptied = emptied
        self._handed = handed
        self._empty_since = time.monotonic()
        self.cast = Screencast(clock, self._show, self._watched)

    def empty_for(self) -> float:
        """Seconds since the last view left; 0 while there is one."""
        return 0.0 if self._viewers else time.monotonic() - self._empty_since

    def drives(self, viewer: Viewer) -> bool:
        """Whether this is the view whose input goes to the page."""
        return viewer is self._driver

    def add(self, viewer: Viewer, hello: dict[str, Any]) -> None:
        """Greet a view and keep it up to date from now on."""
        before = next((other for other in self._viewers if viewer.name and other.name == viewer.name), None)
        viewer.send(json.dumps(hello, ensure_ascii=False))
        self._viewers.append(viewer)
        if self._driver is before and before is not None:
            self._handed()  # what it held was lost with its connection
        if self._driver is None or self._driver is before:
            self._driver = viewer
        if before is not None:
            self._viewers.remove(before)
            before.end()
        self._tell_roles()
        if viewer.pictures and self.cast.newest is not None:
            viewer.show(self.cast.newest)

    def remove(self, viewer: Viewer) -> None:
        """A view has gone."""
        if viewer not in self._viewers:
            return
        self._viewers.remove(viewer)
        if not self._viewers:
            self._driver = None
            self._empty_since = time.monotonic()
            self._emptied()
        elif viewer is self._driver:
            self.hand_to(self._viewers[0])
        else:
            self._tell_roles()

    def hand_to(self, viewer: Viewer) -> None:
        """From now on this view drives."""
        if viewer in self._viewers and viewer is not self._driver:
            self._driver = viewer
            self._handed()
            self._tell_roles()

    def drawn(self, viewer: Viewer, seq: int) -> None:
        """A view has drawn a picture: the driver sets the pace, if it takes pictures."""
        if viewer is self._driver or self._driver is None or not self._driver.pictures:
            self.cast.drawn(seq)

    def tell(self, message: dict[str, Any]) -> None:
        """A message to every view."""
        text = json.dumps(message, ensure_ascii=False)
        for viewer in self._viewers:
            viewer.send(text)

    def end(self) -> None:
        """The recording is over."""
        viewers, self._viewers = self._viewers, []
        for viewer in viewers:
            viewer.end()

    def _tell_roles(self) -> None:
        """Each view hears whether it drives and how many there are."""
        for viewer in self._viewers:
            role = {"type": "role", "driving": viewer is self._driver, "views": len(self._viewers)}
            viewer.send(json.dumps(role))

    def _show(self, frame: Frame) -> None:
        for viewer in self._viewers:
            if viewer.pictures:
                viewer.show(frame)

    def _watched(self) -> bool:
        return any(viewer.pictures for viewer in self._viewers)
