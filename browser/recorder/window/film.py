"""Pictures of a window as they changed, so that the one from before an event can be found when its message arrives.

Chromium's screencast of every tab (only the one in front changes); the newest frames are kept with the time they were
drawn, on the page's own clock.
"""

from __future__ import annotations

import asyncio
import base64
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from browser.recorder.options import Clock
from browser.recorder.window.lines import Line

QUALITY = 80
KEPT = 40
APART_S = 0.03
"""Frames are asked for this far apart: an endless animation must not eat the machine."""


@dataclass(frozen=True)
class Shot:
    """A frame: its number, when it was drawn (ms since 1970), when it arrived (ms of the recording), the JPEG."""

    number: int
    drawn: float
    arrived: float
    jpeg: bytes


class Film:
    """The newest frames of every tab; `front` says which one the person sees."""

    def __init__(self, clock: Clock, size: tuple[int, int], front: Callable[[], Page | None]) -> None:
        self._clock = clock
        self._size = size
        self._front = front
        self._shots: dict[Page, deque[Shot]] = {}
        self._count = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def follow(self, page: Page, line: Line) -> None:
        """Keep this tab's frames from now on."""
        self._shots[page] = deque(maxlen=KEPT)
        line.on("Page.screencastFrame", lambda event: self._arrived(page, line, event))
        width, height = self._size
        options = {"format": "jpeg", "quality": QUALITY, "maxWidth": width, "maxHeight": height}
        try:
            await line.send("Page.startScreencast", options)
        except PlaywrightError:
            return  # it has been closed again

    def forget(self, page: Page) -> None:
        """The tab is gone."""
        self._shots.pop(page, None)

    @property
    def state(self) -> tuple[int | None, bytes | None, float]:
        """Number, JPEG and time of arrival of the newest frame of the tab in front."""
        front = self._front()
        shots = self._shots.get(front) if front is not None else None
        return (shots[-1].number, shots[-1].jpeg, shots[-1].arrived) if shots else (None, None, 0.0)

    def before(self, page: Page, at: float) -> Shot | None:
        """The newest frame drawn no later than `at` (ms since 1970)."""
        return next((shot for shot in reversed(self._shots.get(page, ())) if shot.drawn <= at), None)

    def _arrived(self, page: Page, line: Line, event: dict[str, Any]) -> None:
        shots = self._shots.get(page)
        if shots is None:
            return
        self._count += 1
        drawn = float(event["metadata"].get("timestamp", 0)) * 1000
        shots.append(Shot(self._count, drawn, self._clock(), base64.b64decode(event["data"])))
        task = asyncio.ensure_future(self._next(line, event["sessionId"]))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @staticmethod
    async def _next(line: Line, number: int) -> None:
        await asyncio.sleep(APART_S)
        try:
            await line.send("Page.screencastFrameAck", {"sessionId": number})
        except PlaywrightError:
            return  # it has been closed
