"""What a recording does beside its queue of input: answers, looks, an end that a view asks for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import Error as PlaywrightError

from browser.errors import BrowserError, translated
from browser.recorder.messages import problem
from store.errors import StoreError


class Aside:
    """Call it with what is to be done. What goes wrong is told; `failed` hears that nothing can be written any more."""

    def __init__(self, tell: Callable[[dict[str, Any]], None], failed: Callable[[StoreError], None]) -> None:
        self._tell = tell
        self._failed = failed
        self._doing: set[asyncio.Task[None]] = set()

    def __call__(self, doing: Awaitable[object]) -> None:
        """Begin it."""
        task = asyncio.ensure_future(self._told(doing))
        self._doing.add(task)
        task.add_done_callback(self._doing.discard)

    async def _told(self, doing: Awaitable[object]) -> None:
        try:
            await doing
        except (BrowserError, PlaywrightError) as error:
            self._tell(problem(str(translated(error)), "Nothing was changed.", "Try again."))
        except StoreError as error:
            self._failed(error)
