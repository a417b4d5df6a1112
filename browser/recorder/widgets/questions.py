"""What the page waits for a person to answer, and the answers: kept open, logged, closed, told to every view.

Answers come by a side channel and not through the queue, since the page stands still until they do. What is asked, and
what an answer does to the page, is left to the modules beside this one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from browser.errors import BrowserError
from browser.recorder.desk import Desk
from browser.recorder.events import Answer, Opened, Widget

Asked = Widget | Literal["login"]
Answering = Callable[[Any], Awaitable[tuple[bool, tuple[str, ...]]]]
"""Carries a person's answer out; returns whether that chose something, and the values for the log."""


class BadAnswer(BrowserError):
    """An answer that does not fit the question; it stays open."""


@dataclass(frozen=True)
class Question:
    """Something that waits for an answer. `number` is its raw event, `answer` carries the person's answer out."""

    id: str
    widget: Asked
    number: int | None
    message: dict[str, Any]
    answer: Answering
    page: Page | None


class Questions:
    """The open questions of a recording. `changed` is called when one opens or closes, `before` just before."""

    def __init__(self, desk: Desk, changed: Callable[[], None], before: Callable[[], None]) -> None:
        self._desk = desk
        self._changed = changed
        self._before = before
        self._open: dict[str, Question] = {}
        self._count = 0

    @property
    def waiting(self) -> Question | None:
        """The question to answer first: the newest."""
        return next(reversed(self._open.values()), None)

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What the views are to show."""
        return [question.message for question in self._open.values()]

    def name(self) -> str:
        """A new id for something that is shown over the canvas."""
        self._count += 1
        return f"q{self._count}"

    def ask(
        self, widget: Asked, opened: Opened | None, said: dict[str, Any], answer: Answering, page: Page | None = None
    ) -> None:
        """Open a question of that page (by default the tab in front) and show it; without `opened` it is not logged."""
        self._before()
        number = None if self._desk.paused or opened is None else self._desk.journal.add(opened)
        name = self.name()
        message = {"type": widget, "id": name, **said}
        page = page or (self._desk.tabs.page if self._desk.tabs.pages else None)
        self._open[name] = Question(name, widget, number, message, answer, page)
        self._desk.tell(message)
        self._changed()

    async def reply(self, question_id: str, value: Any) -> int | None:
        """Answer a question; returns the answer's raw number. Raises BadAnswer, and the question is shown again."""
        try:
            return await self._reply(question_id, value)
        except BadAnswer:
            if question_id in self._open:
                self._desk.tell(self._open[question_id].message)
            raise

    async def _reply(self, question_id: str, value: Any) -> int | None:
        question = self._open.get(question_id)
        if question is None:
            raise BadAnswer("That dialog, list or chooser is no longer open.")
        at = self._desk.clock()
        if question.widget == "dialog":
            return await self._reply_dialog(question, value, at)
        accepted, values = await question.answer(value)
        if question_id not in self._open:
            return question.number  # the page went away meanwhile
        number = self._log(question, accepted, values, at)
        self._close(question_id)
        return number

    async def dismiss(self) -> None:
        """Answer everything that is open with no."""
        while self._open:
            question = next(reversed(self._open.values()))
            try:
                await self.reply(question.id, False if question.widget == "dialog" else None)
            except (BrowserError, PlaywrightError):
                self._close(question.id)

    def forget(self, page: Page, dialogs: bool = True) -> None:
        """Close what that page asked: it has gone, or (`dialogs` false) shows another document."""
        for question in list(self._open.values()):
            if question.page is page and (dialogs or question.widget != "dialog"):
                self._close(question.id)

    async def _reply_dialog(self, question: Question, value: Any, at: float) -> int | None:
        """Logged before it is done: the page may open the next dialog at once."""
        if not isinstance(value, bool | str):
            raise BadAnswer("A dialog is answered with true, false or a text.")
        text = (value,) if isinstance(value, str) else ()
        number = self._log(question, value is not False, text, at)
        self._close(question.id)
        await question.answer(value)
        return number

    def _log(self, question: Question, accepted: bool, values: tuple[str, ...], at: float) -> int | None:
        if question.number is None or self._desk.paused:
            return None
        values = tuple(self._desk.vault.blank(text) for text in values)
        answer = Answer(to=question.number, accepted=accepted, values=values, dispatched_at=at)
        return self._desk.journal.add(answer)

    def _close(self, question_id: str) -> None:
        with contextlib.suppress(KeyError):
            del self._open[question_id]
        self._desk.tell({"type": "closed", "id": question_id})
        self._changed()
