"""The tabs of one browser context as a person sees them: an order, one in front, an observer each, an open dialog.

A page that opens another brings it to the front; closing it returns to the one before. Dialogs are held until answered.
Leaves what is done in a tab to acting and to the recorder.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Any

from playwright.async_api import BrowserContext, Dialog, Page
from playwright.async_api import Error as PlaywrightError

from browser.errors import BrowserError, PageClosed, translated
from browser.observe import Observer
from browser.openings import Openings
from browser.worlds import Ways

CALL_S = 5.0
LOAD_S = 15.0
INTERRUPTED = "interrupted by another navigation"  # the error page of a failed address may still be on its way


class Tabs:
    """Use on the browser's thread. `check` refuses addresses (raises ForbiddenUrl); `ignore` is passed to observers.

    With `ways` (of their own, to each page) a person works in the browser's own window: it alone says which tab is in
    front (`show`), and every dialog is theirs.
    """

    def __init__(
        self,
        context: BrowserContext,
        check: Callable[[str], str],
        ignore: Sequence[str] = (),
        ways: Ways | None = None,
    ) -> None:
        self._ways = ways
        self.context = context
        self._check = check
        self._ignore = tuple(ignore)
        self._pages: list[Page] = []
        self._observers: dict[Page, Observer] = {}
        self._front: Page | None = None
        self._dialog: Dialog | None = None
        self._dialog_opened = asyncio.Event()
        self._held: set[asyncio.Task[Any]] = set()
        self._openings = Openings()
        self._sizing: set[asyncio.Task[None]] = set()
        self.size: tuple[int, int] | None = None
        """The viewport of every tab in CSS pixels, once it was changed."""
        self.asks_to_leave = False
        """Whether a page's question before it is left (beforeunload) is held like any dialog; else it is accepted."""
        context.on("page", self._opened)
        for page in context.pages:
            self._opened(page)

    @property
    def pages(self) -> tuple[Page, ...]:
        """All tabs, in the order they were opened."""
        return tuple(self._pages)

    @property
    def page(self) -> Page:
        """The tab in front. Raises PageClosed when none is open."""
        if self._front is None:
            raise PageClosed("No tab is open; open one with new_tab.")
        return self._front

    @property
    def observer(self) -> Observer:
        """What looks at the tab in front."""
        return self._observers[self.page]

    @property
    def dialog(self) -> Dialog | None:
        """The alert, question or prompt that waits for an answer; the page stands still meanwhile."""
        return self._dialog

    async def open(self, url: str | None = None) -> None:
        """A new tab in front, with the address loaded. Raises ForbiddenUrl, NavigationFailed or BrowserTimeout."""
        checked = self._check(url) if url else None
        page = await self.context.new_page()
        self._front = page
        if checked:
            await self.load(checked)

    async def load(self, url: str) -> None:
        """Load an address in the tab in front; opens a tab if there is none (left). A dialog ends the waiting."""
        url = self._check(url)
        if self._front is None or self.observer.crashed:
            await self._replace()
        for attempt in (1, 2):
            try:
                going = self.page.goto(url, wait_until="domcontentloaded", timeout=LOAD_S * 1000)
                await self.unless_dialog(going, LOAD_S + 1)
                return
            except Exception as error:
                if attempt == 2 or INTERRUPTED not in str(error):
                    raise translated(error) from error

    async def focus(self, number: int) -> None:
        """Bring a tab to the front, counted from 0. Raises PageClosed if there is none of that number."""
        self._front = self._numbered(number)
        await self._front.bring_to_front()

    def show(self, page: Page) -> None:
        """The page has come to the front by itself."""
        if page in self._observers:
            self._front = page

    def observer_of(self, page: Page) -> Observer | None:
        """What looks at that tab, if it is still open."""
        return self._observers.get(page)

    def dialog_over(self) -> None:
        """The open dialog was answered in the browser's own window."""
        self._dialog = None
        self._dialog_opened.clear()

    async def close(self, number: int | None = None) -> None:
        """Close a tab, the one in front by default; where leaving is asked for, it may ask first, and stay."""
        page = self.page if number is None else self._numbered(number)
        if not self.asks_to_leave:
            await page.close()
            return
        gone = asyncio.Event()
        page.once("close", lambda _: gone.set())
        await page.close(run_before_unload=True)
        waiting = {asyncio.ensure_future(gone.wait()), asyncio.ensure_future(self._dialog_opened.wait())}
        await asyncio.wait(waiting, timeout=CALL_S, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()

    async def answer(self, accept: bool, text: str | None = None) -> None:
        """Answer the open dialog; `text` is for prompts. Raises BrowserError if none is open."""
        dialog, self._dialog = self._dialog, None
        self._dialog_opened.clear()
        if dialog is None:
            raise BrowserError("no dialog is open")
        await (dialog.accept(text) if accept and text is not None else dialog.accept() if accept else dialog.dismiss())
        if dialog.type == "beforeunload" and not accept:
            for task in self._held:
                task.cancel()  # the way that was not taken
        elif self._held:
            await asyncio.wait(self._held, timeout=CALL_S)

    async def landed(self, seconds: float) -> None:
        """Wait for input that a dialog held up and that is on its way since the answer."""
        if self._held and self._dialog is None:
            await asyncio.wait(self._held, timeout=seconds)

    async def unless_dialog(self, doing: Any, seconds: float = CALL_S) -> None:
        """Await input that may open a dialog: then it is finished with the answer, and we go on at once.

        Raises PageCrashed, BrowserTimeout and Playwright's own errors.
        """
        task = asyncio.ensure_future(doing)
        opened = asyncio.ensure_future(self._dialog_opened.wait())
        try:
            await self.observer.until({task, opened}, seconds)
        finally:
            opened.cancel()
        if task.done():
            task.result()
            return
        self._held.add(task)
        task.add_done_callback(self._let_go)

    async def resize(self, width: int, height: int) -> None:
        """Another viewport for every tab, in CSS pixels; those that open later have it too."""
        self.size = (width, height)
        for page in self._pages:
            await self._fit(page)

    async def _fit(self, page: Page) -> None:
        if self.size is not None:
            with contextlib.suppress(PlaywrightError):  # the tab is gone
                await page.set_viewport_size({"width": self.size[0], "height": self.size[1]})

    async def arrived(self) -> None:
        """Wait for the tabs that pages have asked for."""
        await self._openings.arrived()

    async def shut(self) -> None:
        """Close the context with all its tabs."""
        self._openings.close()
        if self._dialog is not None:
            with contextlib.suppress(Exception):
                await self.answer(accept=False)
        for task in self._held:
            task.cancel()
        await self.context.close()

    async def _replace(self) -> None:
        """A fresh tab instead of a crashed one."""
        dead = self._front
        self._front = await self.context.new_page()
        if dead is not None:
            with contextlib.suppress(Exception):
                await dead.close()

    def _numbered(self, number: int) -> Page:
        if not 0 <= number < len(self._pages):
            raise PageClosed(f"there is no tab {number}; there are {len(self._pages)}, counted from 0")
        return self._pages[number]

    def _opened(self, page: Page) -> None:
        if page in self._observers:
            return
        self._pages.append(page)
        if self._ways is None:  # in a window of its own the browser says which tabs there are
            self._openings.watch(page)
        if self.size is not None:
            fitting = asyncio.ensure_future(self._fit(page))
            self._sizing.add(fitting)
            fitting.add_done_callback(self._sizing.discard)
        self._observers[page] = Observer(page, self._ignore, self._ways)
        self._front = page if self._ways is None else self._front or page
        page.on("dialog", self._asked)
        page.on("close", self._closed)

    def _closed(self, page: Page) -> None:
        if page in self._pages:
            self._pages.remove(page)
        self._observers.pop(page, None)
        if self._dialog is not None and self._dialog.page is page:
            self.dialog_over()
        if self._front is page:
            self._front = self._pages[-1] if self._pages else None

    async def _asked(self, dialog: Dialog) -> None:
        if dialog.type == "beforeunload" and self._ways is None and not self.asks_to_leave:
            await dialog.accept()
            return
        self._dialog = dialog
        self._dialog_opened.set()

    def _let_go(self, task: asyncio.Task[Any]) -> None:
        self._held.discard(task)
        if not task.cancelled():
            task.exception()  # seen; what became of held input shows in the page
