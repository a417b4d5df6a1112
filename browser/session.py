"""One browser, owned by one daemon thread with its own asyncio loop and async Playwright.

Everybody else hands it coroutines through `run` and `submit`; pages are never touched from another thread. The browser
starts on first use and again after it died. What happens on its pages is left to the observer, acting and the recorder.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import threading
import weakref
from collections.abc import Callable, Coroutine
from typing import Any, Literal, TypeVar

from playwright.async_api import Browser, BrowserContext, Page, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

from browser.chromium import find_chromium, is_headless_shell, launch_args
from browser.declining import SWITCHES, decline
from browser.errors import BrowserError, BrowserGone, BrowserTimeout, NoDisplay, PageClosed, translated

T = TypeVar("T")
State = Literal["up", "crashed", "closed"]
LAUNCH_MS = 30_000
CLOSE_S = 10.0
PLAYWRIGHT_MS = 5_000
UNSEEN = (
    "The screen that DISPLAY names cannot be opened, so there is no window. Nothing was recorded. "
    "Correct DISPLAY, or record in the app, which needs no screen (`make run`, then Record)."
)


class BrowserSession:
    """A browser behind a thread; after its death the next use restarts it."""

    def __init__(self, headless: bool = True, executable: str | None = None) -> None:
        self._headless = headless
        self._executable = executable or find_chromium(headed=not headless)
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._state: State = "up"
        self._crashed: weakref.WeakSet[Page] = weakref.WeakSet()
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(_unless_closed)
        self._starting = asyncio.Lock()
        self._thread = threading.Thread(target=self._serve, name="browser", daemon=True)
        self._thread.start()
        self._endings: list[Callable[[], None]] = []

    @property
    def state(self) -> State:
        """Either "up" (the browser starts on first use), "crashed" (it starts anew on next use) or "closed"."""
        return self._state

    @property
    def executable(self) -> str:
        """The path of the Chromium in use."""
        return self._executable

    @property
    def asks_unseen(self) -> bool:
        """Whether Chromium has questions of its own and no window to show them in: a whole one without a window."""
        return self._headless and not is_headless_shell(self._executable)

    def run(self, coro: Coroutine[Any, Any, T], timeout: float | None = None) -> T:
        """Run a coroutine on the browser's thread and wait for it, `timeout` seconds at most.

        Raises BrowserTimeout when the time is up (the coroutine is cancelled) and our errors for Playwright's.
        """
        if threading.current_thread() is self._thread:
            coro.close()
            raise RuntimeError("run() would wait for itself on the browser's own thread; await the coroutine instead")
        future = self.submit(coro)
        try:
            return future.result(timeout)
        except concurrent.futures.TimeoutError:
            future.cancel()
            raise BrowserTimeout(f"The browser did not finish within {timeout} s; the attempt was given up.") from None

    def submit(self, coro: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Start a coroutine on the browser's thread; the future carries our errors, not Playwright's."""
        if self._state == "closed":
            coro.close()
            raise BrowserGone("The browser session has been closed; start a new one.")
        return asyncio.run_coroutine_threadsafe(_with_our_errors(coro), self._loop)

    async def browser(self) -> Browser:
        """The running browser, started or restarted if need be. Only on the browser's thread."""
        async with self._starting:
            if self._browser is not None and self._browser.is_connected():
                return self._browser
            self._browser = await self._launch()
            self._browser.on("disconnected", lambda _: self._died())
            self._state = "up"
            return self._browser

    async def new_context(
        self, viewport: tuple[int, int] = (1280, 720), scale: float = 1.0, downloads: bool = False
    ) -> BrowserContext:
        """A fresh profile; `viewport` in CSS pixels, `scale` device pixels per CSS pixel. Times out calls after 5 s.

        `downloads`: files may be downloaded; they are kept as long as the context.
        """
        try:
            context = await self._context(viewport, scale, downloads)
        except Exception as error:  # a dead driver raises bare Exception("Connection closed ...")
            if not isinstance(translated(error), BrowserGone | PageClosed):
                raise
            await self._start_over()
            context = await self._context(viewport, scale, downloads)
        context.set_default_timeout(PLAYWRIGHT_MS)
        context.on("page", self._watch)
        return context

    def page_crashed(self, page: Page) -> bool:
        """Whether the page's renderer has ended; such a page can only be closed."""
        return page in self._crashed

    def close(self) -> None:
        """End browser, driver and thread; harmless when called again."""
        if self._state == "closed":
            return
        closing = asyncio.run_coroutine_threadsafe(self._shut(), self._loop)
        self._state = "closed"
        try:
            closing.result(CLOSE_S)
        except concurrent.futures.TimeoutError:
            closing.cancel()
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(CLOSE_S)
        for end in self._endings:
            end()

    def at_close(self, do: Callable[[], None]) -> None:
        """What is to be done once the session has been closed, for what lives as long as it does."""
        self._endings.append(do)

    def __enter__(self) -> BrowserSession:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._cancel_rest()
            self._loop.close()

    def _cancel_rest(self) -> None:
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        if tasks:
            self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())

    async def _context(self, viewport: tuple[int, int], scale: float, downloads: bool) -> BrowserContext:
        browser = await self.browser()
        context = await browser.new_context(
            viewport={"width": viewport[0], "height": viewport[1]},
            device_scale_factor=scale,
            accept_downloads=downloads,
            service_workers="block",
        )
        if self._headless:
            await decline(context)
        return context

    async def _start_over(self) -> None:
        """Forget a browser that no longer answers, and its driver."""
        self._died()
        self._browser = None
        await self._drop_driver()

    async def _launch(self) -> Browser:
        for attempt in (1, 2):
            try:
                self._playwright = self._playwright or await async_playwright().start()
                return await self._playwright.chromium.launch(
                    executable_path=self._executable,
                    headless=self._headless,
                    args=[*launch_args(), *(SWITCHES if self._headless else ())],
                    timeout=LAUNCH_MS,
                    handle_sigint=False,  # Ctrl-C is for whoever uses the session: it ends the browser in order
                )
            except Exception as error:  # a dead driver raises bare Exception("Connection closed")
                await self._drop_driver()
                if "Missing X server" in str(error):
                    raise NoDisplay(UNSEEN) from error
                if attempt == 2:
                    raise BrowserGone(f"{self._executable} could not be started: {_reason(error)}") from error
        raise AssertionError("unreachable")

    async def _drop_driver(self) -> None:
        driver, self._playwright = self._playwright, None
        if driver is not None:
            try:
                await asyncio.wait_for(driver.stop(), CLOSE_S)
            except Exception:  # it is being thrown away because it no longer answers
                return

    async def _shut(self) -> None:
        if self._browser is not None:
            with contextlib.suppress(PlaywrightError, TimeoutError):  # gone already, or the driver ends it below
                await asyncio.wait_for(self._browser.close(), CLOSE_S / 2)
        await self._drop_driver()

    def _died(self) -> None:
        if self._state == "up":
            self._state = "crashed"

    def _watch(self, page: Page) -> None:
        page.on("crash", self._crashed.add)


async def _with_our_errors(coro: Coroutine[Any, Any, T]) -> T:
    try:
        return await coro
    except BrowserError:
        raise
    except Exception as error:
        ours = translated(error)
        if ours is error:
            raise
        raise ours from error


def _unless_closed(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Report what nobody awaited, except calls that a closed page, browser or driver cut off."""
    error = context.get("exception")
    if error is None or not isinstance(translated(error), BrowserGone | PageClosed):
        loop.default_exception_handler(context)


def _reason(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return "; ".join(lines[:2]) if lines else type(error).__name__
