"""The views of one recording: who gets its messages and pictures."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, Protocol

from browser.live.screencast import Frame, Screencast
from browser.recorder.options import Clock


class Viewer(Protocol):
    """A view. Called on the browser's thread; must not block. `pictures`: whether it wants frames."""

    pictures: bool

    def send(self, text: str) -> None:
        """A JSON message."""

    def show(self, frame: Frame) -> None:
        """A picture; only the newest need be drawn."""

    def end(self) -> None:
        """Nothing more will come."""


class Views:
    """All views of a recording and the screencast they share. `emptied` is called when the last one has left."""

    def __init__(self, clock: Clock, emptied: Callable[[], None]) -> None:
        self._viewers: list[Viewer] = []
        self._emptied = emptied
        self._empty_since = time.monotonic()
        self.cast = Screencast(clock, self._show, self._watched)

    def empty_for(self) -> float:
        """Seconds since the last view left; 0 while there is one."""
        return 0.0 if self._viewers else time.monotonic() - self._empty_since

    def add(self, viewer: Viewer, hello: dict[str, Any]) -> None:
        """Greet a view and keep it up to date from now on."""
        viewer.send(json.dumps(hello, ensure_ascii=False))
        self._viewers.append(viewer)
        if viewer.pictures and self.cast.newest is not None:
            viewer.show(self.cast.newest)

    def remove(self, viewer: Viewer) -> None:
        """A view has gone."""
        if viewer in self._viewers:
            self._viewers.remove(viewer)
            if not self._viewers:
                self._empty_since = time.monotonic()
                self._emptied()

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

    def _show(self, frame: Frame) -> None:
        for viewer in self._viewers:
            if viewer.pictures:
                viewer.show(frame)

    def _watched(self) -> bool:
        return any(viewer.pictures for viewer in self._viewers)
