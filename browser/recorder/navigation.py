"""A person's navigation bar and tab strip, and what the views are told of them."""

from __future__ import annotations

import contextlib
import weakref
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Request, Response

from browser.errors import BrowserError, BrowserTimeout, ForbiddenUrl, NavigationFailed, translated
from browser.recorder.desk import Desk
from browser.recorder.events import Nav
from browser.recorder.messages import NavMessage, problem
from browser.traffic import leads_away, reason_of
from browser.urls import BLANK, check_url

KEPT = "The recording goes on; everything before is kept."
SERVER_ERROR = 500
"""Answers from there on say that the server has failed."""


class Navigation:
    """Navigation of one recording."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._told: dict[str, Any] = {}
        self._titles: weakref.WeakKeyDictionary[Page, str] = weakref.WeakKeyDictionary()
        self.loading = False

    async def go(self, message: NavMessage) -> int | None:
        """Do it, behind a gate; returns the raw number. What is refused or fails is told."""
        reason = await self._refusal(message)
        if reason is not None:
            self._desk.tell(problem(reason, KEPT, "Enter another address, or go on with the page."))
            return self._desk.refuse(f"{message.action.replace('_', ' ')}: {reason}")
        number = await self._log(message)
        await self._told_loading(True)
        try:
            await self._act(message)
        except (NavigationFailed, BrowserTimeout) as error:
            self._desk.tell(problem(str(error), KEPT, "Reload, or enter another address."))
        finally:
            await self._told_loading(False)
        return number

    def failed(self, page: Page, request: Request) -> None:
        """A page that was to come instead of this one did not; the address bar says so itself."""
        reason = reason_of(request) if leads_away(request, page) else None
        if reason is not None and not self.loading:
            address = self._desk.vault.blank(request.url)
            self._desk.tell(problem(f"{address} could not be loaded: {reason}.", KEPT, "Go back, or try it again."))

    def answered(self, page: Page, response: Response) -> None:
        """A page came instead of this one, and its server says that it has failed."""
        if response.status >= SERVER_ERROR and leads_away(response.request, page):
            answer = f"{response.status} {response.status_text}".strip()
            address = self._desk.vault.blank(response.url)
            self._desk.tell(problem(f"{address} answered {answer}.", KEPT, "Go back, or load it again."))

    async def tell(self, *, again: bool = False) -> None:
        """Tell the views what of the page's address, title, tabs and history is new; `again` also what is not."""
        page = await self.facts()
        if again or page != self._told:
            self._told = page
            self._desk.tell(page)

    async def facts(self) -> dict[str, Any]:
        """The `page` message."""
        tabs, blank = self._desk.tabs, self._desk.vault.blank
        pages = tabs.pages
        front = tabs.page if pages else None
        last = self._desk.eyes.last
        if last is not None:
            self._titles[last.page] = last.observation.title
        at, count = await self._history()
        return {
            "type": "page",
            "url": blank(front.url) if front else "",
            "title": self._titles.get(front, "") if front else "",
            "tabs": [
                {"index": i, "title": self._titles.get(page, ""), "url": blank(page.url)}
                for i, page in enumerate(pages)
            ],
            "active": pages.index(front) if front in pages else 0,
            "can_back": at > 0,
            "can_forward": at < count - 1,
            "loading": self.loading,
        }

    async def _log(self, message: NavMessage) -> int | None:
        if self._desk.paused:
            return None
        gate = await self._desk.eyes.gate()
        text = self._address(message) if message.action in ("goto", "new_tab") else message.text
        text = self._desk.vault.blank(text) if text is not None else None
        event = Nav(gate=gate, action=message.action, text=text, dispatched_at=self._desk.clock())
        return self._desk.journal.add(event)

    def _address(self, message: NavMessage) -> str | None:
        if not message.text or message.text == BLANK:
            return message.text or None
        return check_url(message.text, self._desk.options.own_ports, self._desk.options.allow_private)

    async def _refusal(self, message: NavMessage) -> str | None:
        """Why it cannot be done, as a sentence."""
        pages = self._desk.tabs.pages
        try:
            match message.action:
                case "goto" if not (message.text or "").strip():
                    return "No address was given."
                case "goto" | "new_tab":
                    self._address(message)
                case "tab" | "close_tab" if message.text is not None and not _is_tab(message.text, len(pages)):
                    return f"There is no tab {message.text!r}; there are {len(pages)}, counted from 0."
                case "tab" if message.text is None:
                    return "No tab was named."
                case "close_tab" if len(pages) < 2:
                    return "This is the only tab; it stays open."
                case "back" | "forward":
                    return await self._no_history(message.action)
        except ForbiddenUrl as error:
            return str(error)
        return None

    async def _no_history(self, action: str) -> str | None:
        at, count = await self._history()
        if action == "back":
            return None if at > 0 else "There is no page to go back to."
        return None if at < count - 1 else "There is no page to go forward to."

    async def _history(self) -> tuple[int, int]:
        try:
            return await self._desk.tabs.observer.history()
        except (BrowserError, PlaywrightError):
            return 0, 1

    async def _act(self, message: NavMessage) -> None:
        tabs = self._desk.tabs
        seconds = self._desk.options.load_ms / 1000
        address = self._address(message) if message.action in ("goto", "new_tab") else None
        with _translating():
            match message.action:
                case "goto":
                    await self._load(address or "", seconds)
                case "back":
                    await tabs.unless_dialog(tabs.page.go_back(wait_until="commit"), seconds)
                case "forward":
                    await tabs.unless_dialog(tabs.page.go_forward(wait_until="commit"), seconds)
                case "reload" if tabs.observer.crashed:
                    await tabs.load(tabs.page.url)
                case "reload":
                    await tabs.unless_dialog(tabs.page.reload(wait_until="commit"), seconds)
                case "new_tab":
                    await tabs.open(address)
                case "tab":
                    await tabs.focus(int(message.text or 0))
                case "close_tab":
                    await tabs.close(int(message.text) if message.text is not None else None)

    async def _load(self, address: str, seconds: float) -> None:
        tabs = self._desk.tabs
        if tabs.observer.crashed:
            await tabs.load(address)
            return
        loading = tabs.page.goto(address, wait_until="domcontentloaded", timeout=seconds * 1000)
        await tabs.unless_dialog(loading, seconds + 1)

    async def _told_loading(self, loading: bool) -> None:
        self.loading = loading
        if self._told:
            self._told = {**self._told, "loading": loading}
            self._desk.tell(self._told)


def _is_tab(text: str, count: int) -> bool:
    return text.isdigit() and int(text) < count


@contextlib.contextmanager
def _translating() -> Any:
    try:
        yield
    except PlaywrightError as error:
        raise translated(error) from error
