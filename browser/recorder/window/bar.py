"""What a person does with the window around the page: address bar, back, forward, reload, tabs.

None of it can be seen but by its effect: a navigation nobody in the page asked for, a tab without an opener. What could
be the page's own doing (a gesture came just before) is taken for that, and is no step. Dialogs are the browser's own
too: it says when one opens and how it was answered.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from browser.recorder.desk import Desk
from browser.recorder.events import Answer, Gate, Mark, Nav, NavAction, Opened, Press
from browser.recorder.window.lines import Line
from browser.recorder.window.source import Source

GESTURE_S = 1.5
"""So long after a gesture in a page, what happens to the page is taken for its effect."""
TRIES = 20
APART_S = 0.05
NEW_TAB = ("chrome://newtab", "chrome://new-tab-page", "about:newtab")


@dataclass
class _Tab:
    line: Line
    asked: bool = False
    going: str = ""
    address: str = ""
    at: int = 0
    dialog: int | None = None
    prompt: bool = False


class Bar:
    """The window's own controls, read from the browser's events."""

    def __init__(self, desk: Desk, source: Source) -> None:
        self._desk = desk
        self._source = source
        self._tabs: dict[Page, _Tab] = {}
        self._unsure = False
        self._order: list[Page] = []
        self._shown: Page | None = None

    async def watch(self, page: Page, line: Line) -> None:
        """Follow this tab from now on."""
        tab = self._tabs[page] = _Tab(line)
        self._order.append(page)
        self._shown = self._shown or page
        line.on("Page.frameRequestedNavigation", lambda event: self._requested(tab, event))
        line.on("Page.frameStartedNavigating", lambda event: self._started(tab, event))
        line.on("Page.frameNavigated", lambda event: self._arrived(page, tab, event["frame"]))
        line.on("Page.navigatedWithinDocument", lambda event: self._within(page, tab, event))
        line.on("Page.javascriptDialogOpening", lambda event: self._dialog(page, tab, event))
        line.on("Page.javascriptDialogClosed", lambda event: self._closed(tab, event))
        tab.at = await self._place(tab, "", moved=False)

    def front(self, page: Page) -> None:
        """The person is working in this tab: if another was in front, they have switched."""
        tabs = self._desk.tabs
        before = tabs.page if tabs.pages else None
        unsure, self._unsure = self._unsure, False
        if before is page or page not in tabs.pages:
            return
        if before is not None and not unsure:
            self._go("tab", str(tabs.pages.index(page)))
        self._show(page)

    def opened(self, page: Page, opener: bool) -> None:
        """A new tab: the person's own, or opened by the page."""
        own = page.url.startswith(NEW_TAB) or not (opener or self._just_touched())
        in_front = own or not self._aside()
        if own:
            url = "" if page.url.startswith((*NEW_TAB, "about:blank")) else page.url
            self._go("new_tab", self._desk.vault.blank(url) or None)
        else:
            self._source.mark("tab opened")
        if in_front:
            self._show(page)

    def gone(self, page: Page) -> None:
        """A tab was closed by the person, or closed itself."""
        if self._tabs.pop(page, None) is None or not self._desk.tabs.pages:
            return
        number = self._order.index(page)
        self._order.remove(page)
        in_front, self._shown = self._shown is page, self._desk.tabs.page
        self._unsure = True
        if self._touched(page):
            self._source.mark("tab closed")
        else:
            self._go("close_tab", None if in_front else str(number))

    def _show(self, page: Page) -> None:
        self._shown = page
        self._desk.tabs.show(page)

    # -- navigation ---------------------------------------------------------------------------------------------------

    @staticmethod
    def _requested(tab: _Tab, event: dict[str, Any]) -> None:
        if event["frameId"] == tab.line.target:
            tab.asked = True

    @staticmethod
    def _started(tab: _Tab, event: dict[str, Any]) -> None:
        if event["frameId"] != tab.line.target:
            return
        tab.going = "" if tab.asked else event["navigationType"]
        tab.address = event["url"]
        tab.asked = False

    def _arrived(self, page: Page, tab: _Tab, frame: dict[str, Any]) -> None:
        if frame.get("parentId") is None:
            going, tab.going = tab.going, ""
            address = tab.address
            url = frame.get("unreachableUrl") or frame["url"] + frame.get("urlFragment", "")
            self._source.put(lambda: self._went(page, tab, going, address, url))

    def _within(self, page: Page, tab: _Tab, event: dict[str, Any]) -> None:
        if event["frameId"] == tab.line.target:
            going, tab.going, tab.asked = tab.going, "", False
            address, url = tab.address, event["url"]
            self._source.put(lambda: self._went(page, tab, going, address, url))

    async def _went(self, page: Page, tab: _Tab, going: str, address: str, url: str) -> None:
        """A navigation has come to its end: a step, unless the page asked for it."""
        moved = going.startswith(("history", "restore"))
        before, tab.at = tab.at, await self._place(tab, url, moved)
        action: NavAction
        if going.startswith("reload"):
            action = "reload"
        elif moved:
            action = "forward" if tab.at > before else "back"
        elif going in ("differentDocument", "sameDocument"):
            action = "goto"
        else:
            return
        self._source.writing.led(page, action)
        if moved and self._source.writing.reach is None and self._touched(page):
            return
        self.front(page)
        self._go(action, self._desk.vault.blank(address) if action == "goto" else None)

    def _go(self, action: NavAction, text: str | None) -> None:
        """A step of the bar's. A key of the browser's own brought a look with it; else the last one stands in."""
        reach, self._source.writing.reach = self._source.writing.reach, None
        gate: Gate = reach or self._desk.eyes.stand_in(late=True)
        self._source.add(Nav(gate=gate, action=action, text=text, dispatched_at=self._desk.clock()))
        self._source.stir()

    @staticmethod
    async def _place(tab: _Tab, url: str, moved: bool) -> int:
        """Where the tab stands in its history at `url`; empty: where it is now.

        The page may tell of its arrival before the browser counts it, so the browser is asked until it names that very
        address, and after a move in the history another place than before. When the person has gone on meanwhile, the
        nearest other place with the address is taken.
        """
        at, addresses = tab.at, [""]
        for _ in range(TRIES):
            try:
                told = await tab.line.send("Page.getNavigationHistory")
            except PlaywrightError:
                return at
            at, addresses = int(told["currentIndex"]), [str(entry["url"]) for entry in told["entries"]]
            if not url or (addresses[at] == url and not (moved and at == tab.at)):
                return at
            await asyncio.sleep(APART_S)
        others = [place for place, address in enumerate(addresses) if address == url and place != tab.at]
        return min(others, key=lambda place: abs(place - tab.at), default=at) if moved else at

    def _touched(self, page: Page) -> bool:
        at = self._source.last_gesture.get(page)
        return at is not None and asyncio.get_running_loop().time() - at < GESTURE_S

    def _just_touched(self) -> bool:
        return any(self._touched(page) for page in self._source.last_gesture)

    def _aside(self) -> bool:
        """Whether the last press opens its tab behind the page: with the middle button, or Control held."""
        presses = [raw.event for raw in self._desk.journal.recent if isinstance(raw.event, Press)]
        return bool(presses) and (
            presses[-1].button == "middle" or bool({"Control", "Meta"} & set(presses[-1].modifiers))
        )

    # -- dialogs ------------------------------------------------------------------------------------------------------

    def _dialog(self, page: Page, tab: _Tab, event: dict[str, Any]) -> None:
        self._source.dialogs += 1
        self._source.put(lambda: self._asked(tab, event))

    def _closed(self, tab: _Tab, event: dict[str, Any]) -> None:
        self._source.dialogs = max(0, self._source.dialogs - 1)
        self._desk.tabs.dialog_over()
        self._source.put(lambda: self._answered(tab, event))

    async def _asked(self, tab: _Tab, event: dict[str, Any]) -> None:
        if event["type"] == "beforeunload" or self._desk.paused:
            return
        blank = self._desk.vault.blank
        gate = self._desk.eyes.stand_in(held=True)
        asked = Opened(
            widget="dialog",
            gate=gate,
            dialog=event["type"],
            message=blank(event["message"]),
            default=blank(event.get("defaultPrompt", "")),
        )
        tab.dialog, tab.prompt = self._source.add(asked), event["type"] == "prompt"

    async def _answered(self, tab: _Tab, event: dict[str, Any]) -> None:
        number, tab.dialog = tab.dialog, None
        if number is None or self._desk.paused:
            if not event["result"] and number is None:
                self._source.add(Mark(what="dialog", detail="the page asked whether to leave it; the person stayed"))
            return
        values = (self._desk.vault.blank(event["userInput"]),) if tab.prompt and event["result"] else ()
        at = self._desk.clock()
        self._source.writing.add(Answer(to=number, accepted=bool(event["result"]), values=values, dispatched_at=at))
