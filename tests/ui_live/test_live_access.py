"""The live view for those who use it by keyboard or by ear: roles, names, focus, contrast in both themes."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.ui_label.component_page import component_page
from tests.ui_live.conftest import DATA
from tests.ui_live.fake_recorder import FakeRecorder, picture, step
from ui.components.live import CSS, JS

pytestmark = pytest.mark.browser

SELECT = {
    "type": "select",
    "id": "q1",
    "name": "Title",
    "multiple": False,
    "box": {"x": 40, "y": 190, "width": 360, "height": 40},
    "options": [
        {"index": i, "text": text, "group": "Usual", "disabled": i == 1, "selected": i == 0}
        for i, text in enumerate(("Mr", "Ms", "Mx"))
    ],
}


def serious(page: Page) -> list[tuple[str, list[str]]]:
    """What axe finds serious or critical, with the elements."""
    found = [v for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
    return [(v["id"], [node["html"][:140] for node in v["nodes"]]) for v in found]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_serious_violation(chromium: Browser, recorder: FakeRecorder, dark: bool) -> None:
    """axe finds nothing serious while recording, with a list, a dialog, a lost connection and the stop form open."""
    recorder.page = component_page(JS, CSS, DATA, dark=dark)
    recorder.hello["steps"] = [step(1, "click Find", late=True), step(2, "click row", stale=True, provisional=True)]
    with chromium.new_context(viewport={"width": 1252, "height": 900}, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto(recorder.url)
        recorder.wait_connected()
        recorder.show(picture(marks=True))
        expect(page.get_by_role("listitem")).to_have_count(2)
        assert serious(page) == []
        recorder.say(**SELECT)
        expect(page.get_by_role("listbox")).to_be_visible()
        assert serious(page) == []
        recorder.say(type="closed", id="q1")
        recorder.say(type="dialog", id="d1", kind="prompt", message="Your name?", default="")
        expect(page.get_by_role("alertdialog")).to_be_visible()
        assert serious(page) == []
        recorder.say(type="closed", id="d1")
        page.get_by_role("button", name="Stop and label").click()
        assert serious(page) == []
        page.keyboard.press("Escape")
        recorder.refuse = True
        recorder.end(1011)
        expect(page.get_by_text("connection is lost")).to_be_visible()
        assert serious(page) == []


def test_the_view_has_a_role_and_says_how_to_leave(view: Page) -> None:
    """A screen reader is told what the canvas is and which chord leaves it; the focus ring shows where keys go."""
    expect(view.get_by_role("application", name="Live view of the page: Enter works in it")).to_be_visible()
    keys = view.get_by_label("Page being recorded")
    expect(keys).to_be_focused()
    expect(keys).to_have_accessible_name("Page being recorded: mouse and keys go to it. Alt+Shift+X leaves it.")
    assert view.locator(".stage").evaluate("e => getComputedStyle(e).outlineStyle") == "solid"


def test_everything_is_reached_with_tab_once_the_page_is_left(view: Page, recorder: FakeRecorder) -> None:
    """After the chord, Tab walks through bar, lists and Stop; nothing of it is sent to the page."""
    view.keyboard.press("Alt+Shift+X")
    seen = []
    for _ in range(14):
        view.keyboard.press("Tab")
        seen.append(
            view.evaluate(
                "() => { const a = document.querySelector('.host').shadowRoot.activeElement;"
                " return a ? a.getAttribute('aria-label') || a.textContent.trim() : ''; }"
            )
        )
        if seen[-1] == "":
            break
    assert "New tab" in seen
    assert "Steps" in seen
    view.get_by_role("application").focus()
    view.keyboard.press("Enter")
    expect(view.get_by_label("Page being recorded")).to_be_focused()
    view.get_by_role("button", name="Stop and label").focus()
    view.keyboard.press("Enter")
    expect(view.get_by_role("dialog")).to_be_visible()
    assert [m for m in recorder.of("key") if m["key"] in ("Tab", "Enter")] == []
