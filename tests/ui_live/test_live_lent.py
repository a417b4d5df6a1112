"""The live view of a run's page: it is given back with an answer, and nothing of what is done can be left out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.ui_label.component_page import component_page
from tests.ui_live.conftest import DATA
from tests.ui_live.fake_recorder import FakeRecorder
from ui.components.live import CSS, JS

pytestmark = pytest.mark.browser


@pytest.fixture
def recorder() -> Iterator[FakeRecorder]:
    """The recorder of a page that was lent."""
    with FakeRecorder() as running:
        running.page = component_page(JS, CSS, {**DATA, "lent": True})
        yield running


def asked(view: Page) -> dict[str, object]:
    view.wait_for_function("window.reports.some(([name]) => name === 'stop')")
    told: dict[str, object] = view.evaluate("window.reports.find(([name]) => name === 'stop')[1]")
    return told


@pytest.mark.parametrize(("button", "outcome"), [("Return", "done"), ("It cannot be done", "not-done")])
def test_the_page_is_given_back_with_an_answer(view: Page, recorder: FakeRecorder, button: str, outcome: str) -> None:
    """Also when nothing was done on it."""
    view.get_by_role("button", name="Return").click()
    sheet = view.get_by_role("dialog", name="Return to the model")
    sheet.get_by_label("Answer").fill("12")
    sheet.get_by_role("button", name=button, exact=True).click()
    told = asked(view)
    assert (told["outcome"], told["answer"]) == (outcome, "12")


def test_going_on_closes_the_sheet(view: Page, recorder: FakeRecorder) -> None:
    """By its button and by Escape; nothing is told."""
    for close in (
        lambda: view.get_by_role("button", name="Go on playing").click(),
        lambda: view.keyboard.press("Escape"),
    ):
        view.keyboard.press("Alt+Shift+Enter")
        expect(view.get_by_role("dialog")).to_have_count(1)
        close()
        expect(view.get_by_role("dialog")).to_have_count(0)
    assert not view.evaluate("window.reports.some(([name]) => name === 'stop')")


def test_there_is_no_pause_and_no_mark(view: Page, recorder: FakeRecorder) -> None:
    """Neither as buttons nor by their keys: the actions of a policy are all that was done."""
    for name in ("Pause", "Undo", "Mistake", "Call begins", "Note"):
        expect(view.get_by_role("button", name=name)).to_have_count(0)
    view.keyboard.press("Alt+Shift+P")
    view.keyboard.press("Alt+Shift+U")
    view.get_by_role("button", name="Return").click()
    expect(view.get_by_role("dialog", name="Return to the model")).to_be_visible()
    assert [message["type"] for message in recorder.sent if message["type"] in ("pause", "mark")] == []
