"""A key that leads the page away may take the word of what became of it along."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from browser.recorder.events import Gate, Key, Mark
from browser.recorder.window import writing
from browser.recorder.window.heard import Struck, Unhandled
from browser.recorder.window.sight import Where
from browser.recorder.window.writing import Writing
from tests.browser_recorder.test_window_heard import GOOD

GATE = Gate(late=True)
PAGE, OTHER = object(), object()


class Kept:
    """A journal that keeps what is added."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.flush: Any = None
        self.holding = False

    def add(self, event: Any) -> int:
        self.events.append(event)
        return len(self.events)

    @property
    def told(self) -> list[str]:
        return [f"{type(one).__name__} {one.detail if isinstance(one, Mark) else one.key}" for one in self.events]


@pytest.fixture(name="journal")
def journal_fixture() -> Kept:
    return Kept()


def struck(journal: Kept, key: str, *modifiers: str) -> Writing:
    """A keyboard on which that key was just pressed in PAGE."""

    async def gate(where: Where, said: Struck) -> Gate:
        return GATE

    sight: Any = SimpleNamespace(moment=lambda done: done, gate=gate)
    desk: Any = SimpleNamespace(journal=journal)
    keyboard = Writing(desk, sight)
    said = Struck.model_validate({**GOOD, "k": "key", "key": key, "mods": modifiers})
    asyncio.run(keyboard.key(where(), said))
    return keyboard


def where(page: object = PAGE) -> Where:
    told: Any = page
    return Where(told, SimpleNamespace(), 0, 1)  # type: ignore[arg-type]


def test_a_page_that_loads_anew_says_whose_key_it_was(journal: Kept) -> None:
    """The browser reloads the page before its word comes: the key was the browser's, and its look is the reload's."""
    keyboard = struck(journal, "F5")
    keyboard.led(PAGE, "reload")
    assert (journal.told, keyboard.reach) == (["Mark F5"], GATE)
    keyboard.end()
    assert journal.told == ["Mark F5"]


@pytest.mark.parametrize(
    ("key", "page", "action"), [("F5", OTHER, "reload"), ("F5", PAGE, "back"), ("F6", PAGE, "reload")]
)
def test_another_key_or_page_waits_on(journal: Kept, key: str, page: object, action: Any) -> None:
    """Only a key that does this to this page is explained by it."""
    keyboard = struck(journal, key)
    keyboard.led(page, action)
    assert journal.told == []
    keyboard.end()
    assert journal.told == [f"Key {key}"]


def test_word_is_waited_for_but_not_for_ever(journal: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is not looked at before the word came, or was due."""
    keyboard = struck(journal, "F5")
    assert keyboard.waiting
    monkeypatch.setattr(writing, "WORD_S", 0.0)
    assert not keyboard.waiting
    keyboard.end()
    assert isinstance(journal.events[0], Key)


@pytest.mark.parametrize(("prevented", "told"), [(False, "Mark F5"), (True, "Key F5")])
def test_word_says_whose_key_it_was(journal: Kept, prevented: bool, told: str) -> None:
    """The page kept it for itself, or left it to the browser; nothing is waited for any more."""
    keyboard = struck(journal, "F5")
    number = Struck.model_validate({**GOOD, "k": "key", "key": "F5"}).n
    word = Unhandled.model_validate({**GOOD, "k": "unhandled", "of": number, "prevented": prevented})
    assert keyboard.unhandled(where(), word) is not prevented
    assert (journal.told, keyboard.waiting) == ([told], False)
