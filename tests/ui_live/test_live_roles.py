"""Two views of one recording: the one that watches says so, sends nothing, and may take over."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.ui_live.fake_recorder import FakeRecorder

pytestmark = pytest.mark.browser

TALLER = """() => {
  const box = document.querySelector(".host").shadowRoot.querySelector("canvas").getBoundingClientRect();
  return box.height > box.width;
}"""


def test_a_watching_view_sends_nothing_and_may_take_over(view: Page, recorder: FakeRecorder) -> None:
    """Mouse and keys stay here until the view drives again."""
    recorder.say(type="role", driving=False, views=2)
    expect(view.get_by_text("You are watching")).to_be_visible()
    expect(view.get_by_text("2 views")).to_be_visible()
    view.locator("canvas").click()
    view.keyboard.type("abc")
    view.get_by_role("button", name="Take over").click()
    recorder.wait_for(lambda m: m["type"] == "drive")
    assert {m["type"] for m in recorder.sent} == {"drive"}
    recorder.say(type="role", driving=True, views=2)
    expect(view.get_by_text("You are watching")).to_have_count(0)
    expect(view.get_by_role("button", name="Take over")).to_have_count(0)
    view.locator("canvas").click()
    recorder.wait_for(lambda m: m["type"] == "mouse" and m["kind"] == "down")


def test_a_view_keeps_its_name_when_it_comes_back(view: Page, recorder: FakeRecorder) -> None:
    """The server knows it for the same view, so that it goes on driving."""
    recorder.end(1011)
    view.get_by_role("button", name="Try now").click()
    recorder.wait_connected(2)
    assert len(set(recorder.views)) == 1
    assert recorder.views[0]


def test_a_tab_that_is_loaded_again_keeps_its_name_and_another_has_its_own(view: Page, recorder: FakeRecorder) -> None:
    """Its connection of before may still seem to stand: it would only watch, and its first clicks would go nowhere."""
    view.reload()
    recorder.wait_connected(2)
    assert recorder.views[0] == recorder.views[1]
    with view.expect_popup() as opened:
        view.evaluate("window.open(location.href)")
    recorder.wait_connected(3)
    assert recorder.views[2] not in recorder.views[:2]
    opened.value.close()


def test_a_size_of_the_tasks_own_is_said(view: Page, recorder: FakeRecorder) -> None:
    """A page whose size is none of the usual ones still says what it is, and the choice names it."""
    recorder.say(type="viewport", width=320, height=210)
    expect(view.get_by_role("combobox", name="Size of the page")).to_have_value("320×210")


def test_the_pages_size_is_chosen_and_followed(view: Page, recorder: FakeRecorder) -> None:
    """The choice is sent; coordinates follow when the recorder has done it."""
    view.get_by_role("combobox", name="Size of the page").select_option("390×844")
    sent = recorder.wait_for(lambda m: m["type"] == "resize")
    assert (sent["width"], sent["height"]) == (390, 844)
    recorder.say(type="viewport", width=390, height=844)
    expect(view.locator(".stage")).to_have_attribute("style", re.compile("height"))
    view.wait_for_function(TALLER)
    box = view.locator("canvas").bounding_box()
    assert box
    view.mouse.click(box["x"] + box["width"] - 2, box["y"] + box["height"] - 2)
    down = recorder.wait_for(lambda m: m["type"] == "mouse" and m["kind"] == "down")
    assert 380 <= down["x"] < 390
    assert 835 <= down["y"] < 844
