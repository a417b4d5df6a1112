"""What a screencast cannot show, shown to the person over the canvas: dialogs, lists, pickers, file choosers, menus.

Each question and its answer go into the raw log; what step they make is left to `normalise`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from playwright.async_api import Page

from browser.recorder.desk import Desk
from browser.recorder.downloads import Downloads
from browser.recorder.events import Mark
from browser.recorder.messages import notice
from browser.recorder.widgets.dialogs import Dialogs
from browser.recorder.widgets.files import Files
from browser.recorder.widgets.lists import Lists
from browser.recorder.widgets.logins import Logins
from browser.recorder.widgets.offers import Offers
from browser.recorder.widgets.questions import Question, Questions
from browser.recorder.widgets.values import Values

NOTICE_S = 0.25
PRINTED = "The page asked to print."
SCHEME = 40
"""So many letters of an address's scheme are said."""


class Widgets:
    """The widgets of one recording. `changed` is called when a question opens or closes, `before` just before.

    `pressed` is the id of the element that the last press or key went to.
    """

    def __init__(self, desk: Desk, changed: Callable[[], None], before: Callable[[], None]) -> None:
        self._desk = desk
        self.questions = Questions(desk, changed, before)
        self.dialogs = Dialogs(desk, self.questions)
        self.lists = Lists(desk, self.questions)
        self.values = Values(desk, self.questions, self.lists)
        self.files = Files(desk, self.questions)
        self.logins = Logins(desk, self.questions)
        self.downloads = Downloads(desk)
        self.offers = Offers(desk, self.questions)
        self.pressed: str | None = None
        self._noticing: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> Question | None:
        """The question to answer first: the newest."""
        return self.questions.waiting

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What the views are to show."""
        return [*self.questions.messages, *self.offers.messages]

    async def notice(self) -> None:
        """Look for what the last input made Chromium show outside the page, and show it by a widget of ours.

        A page that is busy is not waited for long: it is asked on, beside the queue.
        """
        if self.waiting is not None or not self._desk.tabs.pages:
            return
        if self._noticing is None or self._noticing.done():
            self._noticing = asyncio.ensure_future(self._notice())
            self._noticing.add_done_callback(lambda done: done.cancelled() or done.exception())
        await asyncio.wait({self._noticing}, timeout=NOTICE_S)

    async def _notice(self) -> None:
        observer = self._desk.tabs.observer
        found = await observer.ask("noticed", "", menu=self.offers.right_pressed is not None)
        if found["menu"]:
            self.offers.menu(found["menu"])
        if found["printed"]:
            self._outside("print", "", PRINTED, "Nothing is printed here; the recording goes on.")
        if found["program"]:
            told = f"The page asked for a program that opens {found['program'][:SCHEME]} addresses."
            self._outside("program", found["program"][:SCHEME], told, "None is started here; the recording goes on.")
        picker = found["picker"]
        if not picker and self.pressed and "-" in self.pressed and await observer.ask("isOpen", self.pressed):
            picker = self.pressed
        if picker and self.waiting is None:
            await self.values.replace(picker, self.pressed)

    async def reply(self, shown: str, value: Any) -> int | None:
        """The answer to a question, or null to put away what was offered. Raises BadAnswer."""
        if value is None and self.offers.put_away(shown):
            return None
        return await self.questions.reply(shown, value)

    def moved_on(self, page: Page, gone: bool) -> None:
        """The page shows another document, or (`gone`) is no more: what it asked is taken away."""
        self.questions.forget(page, dialogs=gone)
        self.offers.withdraw()
        if not gone:
            self.logins.arrived(page)

    def close(self) -> None:
        """Nothing more will be asked."""
        if self._noticing is not None:
            self._noticing.cancel()
        self.files.close()
        self.downloads.close()

    def _outside(self, what: str, detail: str, told: str, todo: str) -> None:
        """The page asked for something beside itself, which it does not get."""
        if not self._desk.paused:
            self._desk.journal.add(Mark(what=what, detail=detail))
        self._desk.tell(notice(told, todo))
