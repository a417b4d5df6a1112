"""What a page may ask for beside its own document, declined at once where nobody would see Chromium ask.

A whole Chromium without a window puts such questions into windows that no picture shows, and the page under them takes
no input until they are answered; the headless shell declines by itself. With this both do the same. Names and passwords
are declined by `guarding`, programs for other addresses by `browser/injected`.
"""

from __future__ import annotations

import asyncio
import contextlib

from playwright.async_api import BrowserContext, Page
from playwright.async_api import Error as PlaywrightError

SWITCHES = ("--use-fake-ui-for-media-stream=deny",)
"""Cameras, microphones and screens are not shared."""
UNASKED = ("clipboard-write",)
"""What Chromium with a window grants a pressed button without a question; all else is refused."""


async def decline(context: BrowserContext) -> None:
    """From now on the pages of the context are refused permissions and passkeys without a question."""
    await context.grant_permissions(list(UNASKED))
    asking: set[asyncio.Task[None]] = set()

    def opened(page: Page) -> None:
        task = asyncio.ensure_future(_without_passkeys(page))
        asking.add(task)
        task.add_done_callback(asking.discard)

    context.on("page", opened)


async def _without_passkeys(page: Page) -> None:
    """The page has authenticators of its own making, and none of them: nothing is asked."""
    with contextlib.suppress(PlaywrightError):  # the page is gone
        line = await page.context.new_cdp_session(page)
        await line.send("WebAuthn.enable", {"enableUI": False})
