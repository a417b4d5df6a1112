"""The page's own dialogs: alert, confirm, prompt, and its question before it is left.

The page stands still until the person has answered, and so does what made it ask: a link, an address, a closing tab.
"""

from __future__ import annotations

import asyncio
from typing import Any

from playwright.async_api import Dialog

from browser.recorder.desk import Desk
from browser.recorder.events import Opened
from browser.recorder.widgets.questions import Questions

ANSWER_S = 0.2
"""How long an answered dialog's input is waited for; it may be blocked by the next dialog."""


class Dialogs:
    """Dialogs of one recording's pages."""

    def __init__(self, desk: Desk, questions: Questions) -> None:
        self._desk = desk
        self._questions = questions

    def opened(self, dialog: Dialog) -> None:
        """A dialog of the page."""
        self._desk.journal.flush()
        blank = self._desk.vault.blank
        said = {"kind": dialog.type, "message": blank(dialog.message), "default": blank(dialog.default_value)}
        opened = Opened(
            widget="dialog",
            gate=self._desk.eyes.dialog(dialog.type, said["message"]),
            dialog=dialog.type,
            message=said["message"],
            default=said["default"],
        )
        self._questions.ask("dialog", opened, said, self._answer, dialog.page)

    async def _answer(self, value: Any) -> tuple[bool, tuple[str, ...]]:
        text = value if isinstance(value, str) else None
        answering = asyncio.ensure_future(self._desk.tabs.answer(value is not False, text))
        await asyncio.wait({answering}, timeout=ANSWER_S)
        answering.add_done_callback(lambda done: done.cancelled() or done.exception())
        return value is not False, ()
