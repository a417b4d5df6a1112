"""Putting a person's input into the page: pointer, wheel, keys and text, with the modifiers as the person holds them.

Everything returns as soon as the page has taken it, or has opened a dialog instead. A page that is busy takes it later:
that is no error here. Looking before and after is left to `eyes`.
"""

from __future__ import annotations

from collections.abc import Coroutine, Iterable
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from browser.errors import BrowserError, BrowserTimeout, translated
from browser.recorder.events import Button
from browser.tabs import Tabs

DISPATCH_S = 5.0


class Hands:
    """The input of one recording, always to the tab in front. Use on the browser's thread."""

    def __init__(self, tabs: Tabs) -> None:
        self._tabs = tabs
        self._page: Page | None = None
        self._modifiers: set[str] = set()
        self._keys: set[str] = set()
        self._button: Button | None = None
        self.position: tuple[float, float] = (0.0, 0.0)

    @property
    def holding(self) -> bool:
        """Whether a button is down."""
        return self._button is not None

    async def move(self, x: float, y: float) -> None:
        """The pointer to a point."""
        self.position = (x, y)
        await self._do(self._now().mouse.move(x, y))

    async def down(self, x: float, y: float, button: Button, count: int, modifiers: Iterable[str]) -> None:
        """A button down at a point; `count` 2 is the second press of a double click."""
        await self._hold(modifiers)
        if self.position != (x, y):
            await self.move(x, y)
        self._button = button
        await self._do(self._now().mouse.down(button=button, click_count=count))

    async def up(self, x: float, y: float, count: int = 1) -> None:
        """The button up at a point."""
        if self.position != (x, y):
            await self.move(x, y)
        button, self._button = self._button or "left", None
        await self._do(self._now().mouse.up(button=button, click_count=count))

    async def wheel(self, x: float, y: float, dx: float, dy: float) -> None:
        """A turn of the wheel over a point."""
        if self.position != (x, y):
            await self.move(x, y)
        await self._do(self._now().mouse.wheel(dx, dy))

    async def key_down(self, key: str, modifiers: Iterable[str]) -> None:
        """A key down; a character no key of the keyboard makes is put in as text."""
        wanted = set(modifiers) - {"Shift"} if len(key) == 1 else set(modifiers)
        await self._hold(wanted)
        if len(key) == 1 and not key.isascii():
            await self._do(self._now().keyboard.insert_text(key))
            return
        self._keys.add(key)
        await self._do(self._now().keyboard.down(key))

    async def key_up(self, key: str) -> None:
        """A key up, if it is down."""
        if key in self._keys:
            self._keys.discard(key)
            await self._do(self._now().keyboard.up(key))

    async def release(self, modifier: str) -> None:
        """A modifier up, if the page has it down: it goes down with what it is held for, never by itself."""
        if modifier in self._modifiers:
            await self._hold(self._modifiers - {modifier})

    async def text(self, text: str) -> None:
        """Text that no key makes."""
        await self._do(self._now().keyboard.insert_text(text))

    async def compose(self, text: str) -> None:
        """Text made with an input method."""
        self._now()
        await self._do(self._tabs.observer.compose(text))

    async def let_go(self) -> None:
        """Release whatever is held (the person's connection is gone, or the recording ends)."""
        try:
            if self._button is not None:
                await self.up(*self.position)
            for key in sorted(self._keys):
                await self.key_up(key)
            await self._hold(())
        except (PlaywrightError, BrowserError):
            self._forget()  # the page it was held on is no more, whichever way

    def _now(self) -> Page:
        """The page in front; what was held on another is forgotten."""
        page = self._tabs.page
        if page is not self._page:
            self._forget()
            self._page = page
        return page

    def _forget(self) -> None:
        self._modifiers, self._keys, self._button = set(), set(), None

    async def _hold(self, modifiers: Iterable[str]) -> None:
        page, wanted = self._now(), set(modifiers)
        for key in sorted(self._modifiers - wanted):
            await self._do(page.keyboard.up(key))
        for key in sorted(wanted - self._modifiers):
            await self._do(page.keyboard.down(key))
        self._modifiers = wanted

    async def _do(self, doing: Coroutine[Any, Any, None]) -> None:
        try:
            await self._tabs.unless_dialog(doing, DISPATCH_S)
        except BrowserTimeout:
            return  # the page is busy: it has the input and will come to it
        except PlaywrightError as error:
            raise translated(error) from error
