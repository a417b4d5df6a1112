"""Fields with a native picker: date, time, month, week, local date and time, colour. Ours is shown instead.

Input goes to the page as it is; when Chromium has opened a picker that no screencast shows, it is closed again and a
widget of ours asks the person. So ours opens just where the native one would, whoever opened it.
"""

from __future__ import annotations

import contextlib
from typing import Any

from playwright.async_api import Error as PlaywrightError

from browser.acting import target_of
from browser.recorder.desk import Desk
from browser.recorder.events import Gate, Opened
from browser.recorder.eyes import line_of
from browser.recorder.secrets import flag_words, slug
from browser.recorder.widgets.lists import Lists
from browser.recorder.widgets.questions import BadAnswer, Questions
from traces.model import Target

ESCAPE = {"key": "Escape", "code": "Escape", "windowsVirtualKeyCode": 27}


class Values:
    """Pickers of one recording's pages."""

    def __init__(self, desk: Desk, questions: Questions, lists: Lists) -> None:
        self._desk = desk
        self._questions = questions
        self._lists = lists

    async def replace(self, element: str, pressed: str | None) -> None:
        """Close the native picker of that element and open ours; `pressed` is what the last input went to."""
        await self._close_native(element)
        listing = await self._lists.of(element)
        picker = None if listing else await self._desk.tabs.observer.ask("pickerOf", element)
        if listing is None and picker is None:
            return
        gate = None if element == pressed else await self._gate(element)
        target = self._target(element)
        if listing is not None:
            self._lists.open(listing, target.name if target else "", gate)
        elif picker is not None:
            self._open(element, picker, target, gate)

    async def _close_native(self, element: str) -> None:
        """An Escape that the picker alone hears: one that is gone by the key's going down leaves its release out."""
        page = self._desk.tabs.page
        session = await page.context.new_cdp_session(page)
        try:
            for kind in ("rawKeyDown", "keyUp"):
                await session.send("Input.dispatchKeyEvent", {"type": kind, **ESCAPE})
                if not await self._desk.tabs.observer.ask("isOpen", element):
                    return
        finally:
            with contextlib.suppress(PlaywrightError):
                await session.detach()

    def _open(self, element: str, picker: dict[str, Any], target: Target | None, gate: Gate | None) -> None:
        box = target.box.model_dump() if target and target.box else None
        said = {**picker, "box": box, "name": target.name if target else ""}

        async def answer(value: Any) -> tuple[bool, tuple[str, ...]]:
            return await self._set(element, value)

        self._questions.ask("value", Opened(widget="value", gate=gate), said, answer)

    async def _set(self, element: str, value: Any) -> tuple[bool, tuple[str, ...]]:
        if value is None:
            await self._desk.tabs.observer.ask("focusOn", element)  # its first part: digits typed next go there
            return False, ()
        if not isinstance(value, str):
            raise BadAnswer("A field is answered with its value as text, or null.")
        problem = await self._desk.tabs.observer.ask("setValue", element, text=value)
        if problem:
            raise BadAnswer(f"The value was not taken: {problem}.")
        return True, (self._withheld(element, value),)

    def _withheld(self, element: str, value: str) -> str:
        """The value for the log: its place is taken by a mark where the field is secret."""
        last = self._desk.eyes.last
        line = line_of(last.observation.text, element) if last else None
        if line is None or "secret" not in flag_words(line):
            return value
        self._desk.vault.keep(value)
        target = self._target(element)
        return "{SECRET:" + slug(target.name if target else "") + "}"

    def _target(self, element: str) -> Target | None:
        last = self._desk.eyes.last
        return target_of(last.observation, element) if last else None

    async def _gate(self, element: str) -> Gate | None:
        """The page before the choice, which is a step of its own where something else opened the picker."""
        if self._desk.paused:
            return None
        gate = await self._desk.eyes.gate()
        return gate.model_copy(update={"target": self._target(element)})
