"""What a screencast cannot show, asked of the person instead: dialogs, the list of a `<select>`, the file chooser.

The page stands still until the answer comes, by a side channel and not through the queue. Each question and its answer
go into the raw log; what step they make is left to `normalise`.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Dialog, FileChooser
from playwright.async_api import Error as PlaywrightError

from browser.acting import target_of
from browser.errors import BrowserError
from browser.recorder.desk import Desk
from browser.recorder.events import Answer, Gate, Opened, Widget

ANSWER_S = 0.2
"""How long an answered dialog's input is waited for; it may be blocked by the next dialog."""
LISTS = frozenset({"combobox", "listbox", "option"})


class BadAnswer(BrowserError):
    """An answer that does not fit the question; it stays open."""


@dataclass(frozen=True)
class Listing:
    """A `<select>` under the pointer or with the focus: its id and what it offers."""

    id: str
    options: tuple[dict[str, Any], ...]
    multiple: bool


@dataclass(frozen=True)
class Question:
    """Something that waits for an answer. `number` is its raw event, `answer` carries the person's answer out."""

    id: str
    widget: Widget
    number: int | None
    message: dict[str, Any]
    answer: Callable[[Any], Awaitable[tuple[bool, tuple[str, ...]]]]


class Widgets:
    """The open questions of a recording. `changed` is called when one opens or closes."""

    def __init__(self, desk: Desk, changed: Callable[[], None], before: Callable[[], None]) -> None:
        self._desk = desk
        self._changed = changed
        self._before = before
        self._open: dict[str, Question] = {}
        self._count = 0
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def waiting(self) -> Question | None:
        """The question to answer first: the newest."""
        return next(reversed(self._open.values()), None)

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What the views are to show."""
        return [question.message for question in self._open.values()]

    async def reply(self, question_id: str, value: Any) -> int | None:
        """Answer a question; returns the answer's raw number. Raises BadAnswer, and the question stays open."""
        question = self._open.get(question_id)
        if question is None:
            raise BadAnswer("That dialog, list or chooser is no longer open.")
        at = self._desk.clock()
        if question.widget == "dialog":
            return await self._reply_dialog(question, value, at)
        accepted, values = await question.answer(value)
        number = self._log(question, accepted, values, at)
        self._close(question_id)
        return number

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

    async def dismiss(self) -> None:
        """Answer everything that is open with no."""
        while self._open:
            question = next(reversed(self._open.values()))
            try:
                await self.reply(question.id, False if question.widget == "dialog" else None)
            except (BrowserError, PlaywrightError):
                self._close(question.id)

    def close(self) -> None:
        """Remove files that were uploaded."""
        if self._folder is not None:
            self._folder.cleanup()

    # -- dialogs ------------------------------------------------------------------------------------------------------

    def dialog_opened(self, dialog: Dialog) -> None:
        """A dialog of the page (beforeunload is accepted by the tabs themselves)."""
        if dialog.type == "beforeunload":
            return
        blank = self._desk.vault.blank
        said = {"kind": dialog.type, "message": blank(dialog.message), "default": blank(dialog.default_value)}
        opened = Opened(
            widget="dialog",
            gate=self._desk.eyes.stand_in(held=True),
            dialog=dialog.type,
            message=said["message"],
            default=said["default"],
        )
        self._ask("dialog", opened, said, self._answer_dialog)

    async def _answer_dialog(self, value: Any) -> tuple[bool, tuple[str, ...]]:
        text = value if isinstance(value, str) else None
        answering = asyncio.ensure_future(self._desk.tabs.answer(value is not False, text))
        await asyncio.wait({answering}, timeout=ANSWER_S)
        answering.add_done_callback(lambda done: done.cancelled() or done.exception())
        return value is not False, ()

    # -- lists --------------------------------------------------------------------------------------------------------

    async def list_at(self, gate: Gate) -> tuple[Listing, Gate] | None:
        """The `<select>` the gate's target is (part of), with the gate turned to it."""
        target = gate.target
        if target is None or target.id is None or target.role not in LISTS or not gate.fresh:
            return None
        kind = await self._desk.tabs.observer.ask("kindOf", target.id)
        if not kind or not kind["select"]:
            return None
        listing = await self.listing(kind["select"])
        if listing is None:
            return None
        last = self._desk.eyes.last
        whole = target_of(last.observation, listing.id) if last and listing.id != target.id else None
        whole = whole.model_copy(update={"point": target.point}) if whole else target
        return listing, gate.model_copy(update={"target": whole})

    async def listing(self, element: str) -> Listing | None:
        """What a `<select>` offers; None if it is disabled or none."""
        told = await self._desk.tabs.observer.ask("optionsOf", element)
        if not told or told["disabled"]:
            return None
        return Listing(element, tuple(told["options"]), told["multiple"])

    def open_list(self, listing: Listing, name: str) -> None:
        """Show our list instead of Chromium's, which no screencast shows."""
        last = self._desk.eyes.last
        box = last.observation.boxes.get(listing.id) if last else None
        said = {
            "box": box.model_dump() if box else None,
            "options": list(listing.options),
            "multiple": listing.multiple,
            "name": name,
        }

        async def answer(value: Any) -> tuple[bool, tuple[str, ...]]:
            return await self._choose(listing, value)

        self._ask("select", Opened(widget="select"), said, answer)

    async def _choose(self, listing: Listing, value: Any) -> tuple[bool, tuple[str, ...]]:
        if value is None or value == []:
            return False, ()
        chosen = [option for option in listing.options if isinstance(value, list) and option["index"] in value]
        if not chosen or (len(chosen) > 1 and not listing.multiple) or any(option["disabled"] for option in chosen):
            raise BadAnswer("A list is answered with the indexes of options it has, or null.")
        indexes = [option["index"] for option in chosen]
        problem = await self._desk.tabs.observer.ask("chooseIndexes", listing.id, indexes=indexes)
        if problem:
            self._desk.refuse(problem)
            return False, ()
        return True, tuple(option["text"] for option in chosen)

    # -- files --------------------------------------------------------------------------------------------------------

    def chooser_opened(self, chooser: FileChooser) -> None:
        """The page asks for files."""

        async def answer(value: Any) -> tuple[bool, tuple[str, ...]]:
            return await self._upload(chooser, value)

        said = {"multiple": chooser.is_multiple(), "name": ""}
        self._ask("chooser", Opened(widget="chooser"), said, answer)

    async def _upload(self, chooser: FileChooser, value: Any) -> tuple[bool, tuple[str, ...]]:
        if value is None:
            return False, ()
        if not isinstance(value, list) or not value or (len(value) > 1 and not chooser.is_multiple()):
            raise BadAnswer("A chooser is answered with a list of files (one, unless it takes several), or null.")
        paths = [self._path(item) for item in value]
        try:
            await chooser.set_files(paths)
        except PlaywrightError as error:
            raise BadAnswer(f"The files could not be given to the page: {str(error).splitlines()[0]}") from error
        return True, tuple(str(item) if isinstance(item, str) else item["name"] for item in value)

    def _path(self, item: Any) -> Path:
        if isinstance(item, str):
            path = Path(item)
            if not self._desk.options.allow_paths:
                raise BadAnswer("This recording takes the files themselves, not paths.")
            if not path.is_file():
                raise BadAnswer(f"There is no file {item!r}.")
            return path
        if not isinstance(item, dict) or not {"name", "base64"} <= item.keys():
            raise BadAnswer("A file is {name, base64}.")
        return self._stored(Path(item["name"]).name or "file", item["base64"])

    def _stored(self, name: str, text: str) -> Path:
        try:
            data = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise BadAnswer(f"The file {name!r} is not base64.") from None
        if len(data) > self._desk.options.max_upload:
            raise BadAnswer(f"The file {name!r} is larger than {self._desk.options.max_upload} bytes.")
        self._folder = self._folder or tempfile.TemporaryDirectory(prefix="stepscope-upload-")
        path = Path(self._folder.name) / name
        path.write_bytes(data)
        return path

    # -- all of them --------------------------------------------------------------------------------------------------

    def _ask(
        self,
        widget: Widget,
        opened: Opened,
        said: dict[str, Any],
        answer: Callable[[Any], Awaitable[tuple[bool, tuple[str, ...]]]],
    ) -> None:
        self._before()
        self._count += 1
        number = None if self._desk.paused else self._desk.journal.add(opened)
        name = f"q{self._count}"
        message = {"type": widget, "id": name, **said}
        self._open[name] = Question(name, widget, number, message, answer)
        self._desk.tell(message)
        self._changed()

    def _close(self, question_id: str) -> None:
        with contextlib.suppress(KeyError):
            del self._open[question_id]
        self._desk.tell({"type": "closed", "id": question_id})
        self._changed()
