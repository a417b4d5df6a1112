"""A page of its own, readied for a recording before that begins. Use on the browser's thread."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from playwright.async_api import BrowserContext
from playwright.async_api import Error as PlaywrightError

from browser.errors import BrowserTimeout
from browser.guarding import guard
from browser.recorder.ending import Prepare
from browser.recorder.options import RecordingOptions
from browser.session import BrowserSession
from browser.tabs import Tabs
from browser.urls import check_url


@dataclass(frozen=True)
class OpenPage:
    """The loaded page: its context, its tabs, and what a recording of it is told."""

    options: RecordingOptions
    context: BrowserContext
    tabs: Tabs

    async def close(self) -> None:
        """Let go of it, where no recording does."""
        with contextlib.suppress(PlaywrightError):
            await self.context.close()


async def open_page(session: BrowserSession, options: RecordingOptions, prepare: Prepare | None = None) -> OpenPage:
    """Load the address in a context of its own. An objective that `prepare` returns takes the place of the options'.

    Raises ForbiddenUrl, NavigationFailed or BrowserTimeout; then nothing is left behind.
    """
    check_url(options.url, options.own_ports, options.allow_private)
    context = await session.new_context(options.viewport, options.scale, downloads=True)
    try:
        await guard(context, options.own_ports, options.allow_private, session.asks_unseen)
        tabs = Tabs(context, lambda url: check_url(url, options.own_ports, options.allow_private), options.ignore)
        await tabs.open(options.url)
        if session.asks_unseen and tabs.dialog is None:
            await _pointed(tabs)
        if prepare is not None:
            options = options.model_copy(update={"objective": await prepare(tabs.page) or options.objective})
    except BaseException:
        with contextlib.suppress(PlaywrightError):
            await context.close()
        raise
    return OpenPage(options, context, tabs)


async def _pointed(tabs: Tabs) -> None:
    """The pointer at the page's corner, where the headless shell has it and a whole Chromium has none."""
    with contextlib.suppress(PlaywrightError, BrowserTimeout):  # a page that is busy has it later
        await tabs.unless_dialog(tabs.page.mouse.move(0, 0))
