"""Which failures of an action may be tried again: those before anything was touched. Without a browser."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from types import SimpleNamespace

import pytest
from playwright.async_api import Error as PlaywrightError

from browser.acting import ActResult, Settle, act
from browser.errors import BrowserTimeout
from browser.observe import Place
from browser.tabs import Tabs
from traces.actions import parse_action
from traces.model import Box, Observation

PAGE = Observation(
    url="http://page.test/", title="", text="[1] button 'Go'", boxes={"1": Box(x=0, y=0, width=9, height=9)}
)
GONE = PlaywrightError("Execution context was destroyed")


class Observer:
    """A page that fails at one moment: while the element is looked for, or while the page is waited for."""

    def __init__(self, looking: Exception | None = None, waiting: Exception | None = None) -> None:
        self._looking, self._waiting = looking, waiting

    async def ask(self, *_: object, **__: object) -> dict[str, object]:
        if self._looking:
            raise self._looking
        return {"select": None, "label": None}

    async def locate(self, element: str) -> Place:
        return Place(1.0, 1.0, True, PAGE.boxes[element])

    async def quiet(self, *_: float) -> None:
        if self._waiting:
            raise self._waiting


def click(observer: Observer, pressed: Exception | None = None) -> ActResult:
    """A click on that page; `pressed` is what the mouse raises."""

    async def done(*_: object, **__: object) -> None:
        if pressed:
            raise pressed

    async def awaited(started: Awaitable[None]) -> None:
        await started

    async def arrived() -> None:
        pass

    page = SimpleNamespace(mouse=SimpleNamespace(click=done), keyboard=None)
    tabs = SimpleNamespace(
        dialog=None, observer=observer, page=page, pages=[page], unless_dialog=awaited, arrived=arrived
    )
    stand_in: Tabs = tabs  # type: ignore[assignment]  # the few members a click needs
    return asyncio.run(act(stand_in, parse_action("click [1]"), PAGE, Settle(0, 0, 0)))


@pytest.mark.parametrize("error", [GONE, BrowserTimeout("the page does not answer")])
def test_what_fails_while_its_element_is_looked_for_may_be_tried_again(error: Exception) -> None:
    """Nothing was pressed yet."""
    assert click(Observer(looking=error)).passing


@pytest.mark.parametrize("error", [GONE, BrowserTimeout("the page does not answer")])
def test_what_fails_at_or_after_the_press_is_not_tried_again(error: Exception) -> None:
    """A second press could do it twice."""
    done = click(Observer(), pressed=error)
    assert (bool(done.error), done.passing) == (True, False)
    assert not click(Observer(waiting=error)).passing


def test_what_cannot_be_done_is_not_tried_again() -> None:
    """An element that is not there will not be there next time."""
    done = asyncio.run(_absent())
    assert (done.error, done.passing) == ("there is no element [7] in the observation", False)


async def _absent() -> ActResult:
    tabs: Tabs = SimpleNamespace(dialog=None)  # type: ignore[assignment]  # nothing else is touched
    return await act(tabs, parse_action("click [7]"), PAGE, Settle(0, 0, 0))
