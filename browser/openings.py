"""Tabs that pages have asked for and that are not there yet: Chromium says so before it opens them."""

from __future__ import annotations

import asyncio
import contextlib

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

ARRIVE_S = 5.0


class Openings:
    """Counts them for the pages of one browser context. Use on the browser's thread."""

    def __init__(self) -> None:
        self._asked = 0
        self._none = asyncio.Event()
        self._none.set()
        self._watching: set[asyncio.Task[None]] = set()

    def watch(self, page: Page) -> None:
        """A tab is there; what it asks for is heard from now on."""
        self._count(max(0, self._asked - 1))
        task = asyncio.ensure_future(self._listen(page))
        self._watching.add(task)
        task.add_done_callback(self._watching.discard)

    async def arrived(self, seconds: float = ARRIVE_S) -> None:
        """Wait until every tab that was asked for is there; those that never come are forgotten."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._none.wait(), seconds)
        self._count(0)

    def close(self) -> None:
        """Stop listening."""
        for task in self._watching:
            task.cancel()

    async def _listen(self, page: Page) -> None:
        with contextlib.suppress(PlaywrightError):  # the page is gone
            session = await page.context.new_cdp_session(page)
            session.on("Page.windowOpen", lambda _: self._count(self._asked + 1))
            await session.send("Page.enable")

    def _count(self, asked: int) -> None:
        self._asked = asked
        if asked:
            self._none.clear()
        else:
            self._none.set()
