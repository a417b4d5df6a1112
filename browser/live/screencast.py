"""Pictures of the tab in front as they change: Chromium's screencast, the newest frame only.

The next frame is asked for when a view has drawn the last one (or after half a second, or at once without views), so
that nothing piles up on the way. A still page sends nothing.
"""

from __future__ import annotations

import asyncio
import base64
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.async_api import CDPSession, Page
from playwright.async_api import Error as PlaywrightError

from browser.recorder.options import Clock

HEADER = struct.Struct(">IdHHf")
QUALITY = 60
PATIENCE_S = 0.5


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
        self._seq = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self.newest: Frame | None = None

    async def follow(self, page: Page, size: tuple[int, int]) -> None:
        """Show this page from now on; size in CSS pixels."""
        if page is self._page:
            return
        await self.stop()
        self._page, self.newest = page, None
        try:
            session = await page.context.new_cdp_session(page)
            session.on("Page.screencastFrame", lambda event: self._arrived(session, event))
            options = {"format": "jpeg", "quality": QUALITY, "maxWidth": size[0], "maxHeight": size[1]}
            await session.send("Page.startScreencast", options)
        except PlaywrightError:
            return  # the page is gone; another comes to the front
        self._session = session

    def drawn(self, seq: int) -> None:
        """A view has drawn the frame of this number."""
        if self.newest is not None and seq >= self.newest.seq:
            self._next()

    async def stop(self) -> None:
        """Send no more."""
        session, self._session, self._page = self._session, None, None
        if self._timer is not None:
            self._timer.cancel()
        self._waiting = None
        if session is not None:
            try:
                await session.detach()
            except PlaywrightError:
                return  # its page is closed

    @property
    def state(self) -> tuple[int | None, bytes | None]:
        """(number, JPEG) of the newest frame; the number is None while it is unknown whether a newer one waits."""
        if self.newest is None:
            return None, None
        return (None if self._waiting is not None else self.newest.seq), self.newest.jpeg

    def _arrived(self, session: CDPSession, event: dict[str, Any]) -> None:
        if session is not self._session and self._session is not None:
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
            self._timer = asyncio.get_running_loop().call_later(PATIENCE_S, self._next)
            self._on_frame(self.newest)
        else:
            self._next()

    def _next(self) -> None:
        """Let Chromium send the next frame."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting is None:
            return
        (session, number), self._waiting = self._waiting, None
        task = asyncio.ensure_future(self._acknowledge(session, number))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @staticmethod
    async def _acknowledge(session: CDPSession, number: int) -> None:
        try:
            await session.send("Page.screencastFrameAck", {"sessionId": number})
        except PlaywrightError:
            return  # the page is gone
