"""What the browser says of a recording's tabs by itself: they open and close, move on, ask, load and crash.

Kept as marks of the raw log, or handed to the widget it is for. What follows for the recording is left to `recording`.
"""

from __future__ import annotations

from collections.abc import Callable

from playwright.async_api import BrowserContext, Dialog, Page, Response

from browser.errors import BrowserError, BrowserGone, PageCrashed
from browser.recorder.hearing import Hearing
from browser.recorder.pump import Pump


class PageEvents:
    """The events of one recording's context.

    `mark` enters what happened into the raw log, `crashed` is told of an end, `recording` says whether what happens
    now is recorded.
    """

    def __init__(
        self,
        pump: Pump,
        mark: Callable[[str], None],
        crashed: Callable[[BrowserError, Page | None], None],
        recording: Callable[[], bool],
    ) -> None:
        self._pump = pump
        self._mark = mark
        self._crashed = crashed
        self._recording = recording
        self._hearing = Hearing()

    def listen(self, context: BrowserContext) -> None:
        """Hear of the context from now on; its tabs are watched with `watch`."""
        self._hearing.on(context, "dialog", self.asked)
        self._hearing.on(context, "page", self._opened)
        self._hearing.on(context, "close", lambda _: self._crashed(BrowserGone("The browser has ended."), None))

    def end(self) -> None:
        """Hear nothing any more: the tabs are somebody else's."""
        self._hearing.end()

    def asked(self, dialog: Dialog) -> None:
        """A page shows a dialog."""
        self._pump.widgets.dialogs.opened(dialog)

    def watch(self, page: Page) -> None:
        """Hear of a tab."""
        self._hearing.on(page, "filechooser", self._pump.widgets.files.chooser_opened)
        self._hearing.on(page, "download", self._pump.widgets.downloads.began)
        self._hearing.on(page, "response", lambda response: self._answered(page, response))
        self._hearing.on(page, "close", lambda _: self._closed(page))
        self._hearing.on(page, "requestfailed", lambda request: self._pump.navigation.failed(page, request))
        self._hearing.on(page, "crash", lambda _: self._crashed(PageCrashed("The page crashed."), page))
        self._hearing.on(
            page, "framenavigated", lambda frame: self._moved_on(page) if frame is page.main_frame else None
        )

    def _answered(self, page: Page, response: Response) -> None:
        self._pump.widgets.logins.answered(page, response)
        self._pump.navigation.answered(page, response)

    def _opened(self, page: Page) -> None:
        self.watch(page)
        self._mark("tab opened")
        self._pump.expect(None, None)

    def _closed(self, page: Page) -> None:
        self._pump.widgets.moved_on(page, gone=True)
        if self._recording():
            self._mark("tab closed")
            self._pump.expect(None, None)

    def _moved_on(self, page: Page) -> None:
        self._pump.widgets.moved_on(page, gone=False)
        if self._recording():
            self._pump.expect(None, None)
