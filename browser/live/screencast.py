"""Pictures of the tab in front as they change: Chromium's screencast, the newest frame only.

The next frame is asked for when a view has drawn the last one (or after half a second, or at once without views), so
that nothing piles up on the way; how good it may be is the `pace`'s to say. A page that came to rest is shown once more
at its best, a still page sends nothing.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import struct
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from playwright.async_api import CDPSession, Page
from playwright.async_api import Error as PlaywrightError

from browser.live.pace import QUALITIES, Pace
from browser.recorder.options import Clock

HEADER = struct.Struct(">IdHHf")
PATIENCE_S = 0.5
STILL_S = 0.6
BEST = QUALITIES[0]


@dataclass(frozen=True)
class Frame:
    """One picture: number, time in ms since the recording began, size in CSS pixels, scroll position, JPEG."""

    seq: int
    at: float
    width: int
    height: int
    scroll_y: float
    jpeg: bytes

    @property
    def wire(self) -> bytes:
        """Header and JPEG as they go over the socket."""
        return HEADER.pack(self.seq, self.at, self.width, self.height, self.scroll_y) + self.jpeg


class Screencast:
    """Follows one page at a time; `on_frame` gets each new frame, `watched` says whether anybody draws them."""

    def __init__(self, clock: Clock, on_frame: Callable[[Frame], None], watched: Callable[[], bool]) -> None:
        self._clock = clock
        self._on_frame = on_frame
        self._watched = watched
        self._page: Page | None = None
        self._session: CDPSession | None = None
        self._waiting: Any = None
        self._timer: asyncio.TimerHandle | None = None
        self._resting: asyncio.TimerHandle | None = None
        self._size = (0, 0)
        self._quality = BEST
        self._pace = Pace()
        self._repeated = False
        self._sent: dict[int, float] = {}
        self._seq = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self.newest: Frame | None = None

    async def follow(self, page: Page, size: tuple[int, int]) -> None:
        """Show this page from now on; size in CSS pixels."""
        if page is self._page:
            return
        await self.stop()
        self._page, self.newest, self._size, self._quality = page, None, size, BEST
        try:
            session = await page.context.new_cdp_session(page)
            if self._page is not page:
                self._do(self._leave(session))  # another came to the front meanwhile
                return
            self._session = session
            session.on("Page.screencastFrame", lambda event: self._arrived(session, event))
            await session.send("Page.startScreencast", self._options())
        except PlaywrightError:
            return  # the page is gone; another comes to the front

    async def resize(self, size: tuple[int, int]) -> None:
        """The page has another size, in CSS pixels."""
        self._size = size
        await self._recast(self._quality)

    def drawn(self, seq: int) -> None:
        """A view has drawn the frame of this number."""
        left = self._sent.pop(seq, None)
        self._sent = {number: at for number, at in self._sent.items() if number > seq}
        if left is not None:
            self._pace.took((time.monotonic() - left) * 1000)
        if self.newest is not None and seq >= self.newest.seq:
            self._next()

    async def stop(self) -> None:
        """Send no more."""
        session, self._session, self._page = self._session, None, None
        for timer in (self._timer, self._resting):
            if timer is not None:
                timer.cancel()
        self._waiting = None
        if session is not None:
            self._do(self._leave(session))

    @property
    def state(self) -> tuple[int | None, bytes | None, float]:
        """(number, JPEG, time of arrival) of the newest frame; the number is None while a newer one may be waiting."""
        if self.newest is None:
            return None, None, 0.0
        return (None if self._waiting is not None else self.newest.seq), self.newest.jpeg, self.newest.at

    def _arrived(self, session: CDPSession, event: dict[str, Any]) -> None:
        if session is not self._session:
            return
        meta = event["metadata"]
        self._seq += 1
        self.newest = Frame(
            seq=self._seq,
            at=self._clock(),
            width=round(meta.get("deviceWidth", 0)),
            height=round(meta.get("deviceHeight", 0)),
            scroll_y=float(meta.get("scrollOffsetY", 0)),
            jpeg=base64.b64decode(event["data"]),
        )
        self._waiting = (session, event["sessionId"])
        if self._watched():
            self._show(self.newest)
        else:
            self._next()

    def _show(self, frame: Frame) -> None:
        """Hand it to the views; one that only repeats the last at another quality says nothing about the way's pace."""
        loop = asyncio.get_running_loop()
        repeated, self._repeated = self._repeated, False
        self._timer = loop.call_later(PATIENCE_S, self._next)
        if not repeated:
            self._sent[frame.seq] = time.monotonic()
        if self._resting is not None:
            self._resting.cancel()
            self._resting = None
        self._on_frame(frame)
        if not repeated and self._quality > self._pace.quality:
            self._do(self._recast(self._pace.quality))
        elif self._quality < BEST:
            self._resting = loop.call_later(STILL_S, lambda: self._do(self._recast(BEST)))

    async def _recast(self, quality: int) -> None:
        """The same page at another quality; Chromium repeats the newest picture at once."""
        if self._session is None:
            return
        self._quality, self._repeated = quality, True
        with contextlib.suppress(PlaywrightError):  # the page is gone
            await self._session.send("Page.stopScreencast")
            await self._session.send("Page.startScreencast", self._options())

    def _options(self) -> dict[str, Any]:
        width, height = self._size
        return {"format": "jpeg", "quality": self._quality, "maxWidth": width, "maxHeight": height}

    def _next(self) -> None:
        """Let Chromium send the next frame."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting is None:
            return
        (session, number), self._waiting = self._waiting, None
        self._do(self._acknowledge(session, number))

    def _do(self, doing: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _leave(self, session: CDPSession) -> None:
        """Not waited for: a page that has crashed never answers."""
        with contextlib.suppress(PlaywrightError):  # the page is closed
            await session.detach()

    async def _acknowledge(self, session: CDPSession, number: int) -> None:
        with contextlib.suppress(PlaywrightError):  # the page is gone
            await session.send("Page.screencastFrameAck", {"sessionId": number})
