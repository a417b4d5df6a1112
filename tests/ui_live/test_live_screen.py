"""The live view's screen and input: what a person does on the canvas reaches the recorder as the protocol says."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ui_live.fake_recorder import FakeRecorder, picture

pytestmark = pytest.mark.browser

MOVE_MS = 33
"""Between two messages of a pointer that moves, as in input.js."""
PIXEL = """() => {
  const canvas = document.querySelector(".host").shadowRoot.querySelector("canvas");
  return [...canvas.getContext("2d").getImageData(600, 300, 1, 1).data].slice(0, 3);
}"""


def at(view: Page, x: int, y: int) -> tuple[float, float]:
    """Where a point of the remote page lies in the window."""
    box = view.locator("canvas").bounding_box()
    assert box
    return box["x"] + x / 1280 * box["width"], box["y"] + y / 720 * box["height"]


def test_a_frame_is_drawn_and_then_acknowledged(view: Page, recorder: FakeRecorder) -> None:
    """A picture is acknowledged by its number, and when it is, it is on the canvas."""
    number = recorder.show(picture("#ff0000"))
    assert recorder.wait_for(lambda m: m["type"] == "ack")["seq"] == number
    red, green, blue = view.evaluate(PIXEL)
    assert red > 240
    assert green < 20
    assert blue < 20


def test_only_the_newest_of_a_flood_stays(view: Page, recorder: FakeRecorder) -> None:
    """Frames that come faster than they are drawn are passed over; the last one is what stays."""
    for colour in ["#ff0000", "#00ff00"] * 20:
        recorder.show(picture(colour))
    last = recorder.show(picture("#0000ff"))
    recorder.wait_for(lambda m: m["type"] == "ack" and m["seq"] == last)
    assert view.evaluate(PIXEL)[2] > 240
    assert len(recorder.of("ack")) <= 41


def test_a_page_that_was_not_shown_yet_takes_no_clicks(chromium: Browser, recorder: FakeRecorder) -> None:
    """Before the first picture a click means no place on the page and is not sent."""
    with chromium.new_context(viewport={"width": 1252, "height": 900}) as context:
        page = context.new_page()
        page.goto(recorder.url)
        recorder.wait_connected()
        expect(page.get_by_text("Waiting for the first picture")).to_be_visible()
        page.mouse.click(*at(page, 640, 360))
        recorder.show(picture())
        recorder.wait_for(lambda m: m["type"] == "ack")
        page.mouse.click(*at(page, 100, 100))
        recorder.wait_for(lambda m: m["type"] == "mouse" and m["kind"] == "up")
        assert {m["x"] for m in recorder.of("mouse") if m["kind"] != "move"} <= {99, 100, 101}


def test_a_damaged_picture_is_passed_over(view: Page, recorder: FakeRecorder) -> None:
    """Bytes that are no picture are acknowledged, so that the next one comes and is drawn."""
    recorder.show(b"no picture at all")
    last = recorder.show(picture("#0000ff"))
    recorder.wait_for(lambda m: m["type"] == "ack" and m["seq"] == last)
    assert view.evaluate(PIXEL)[2] > 240


def test_a_click_arrives_in_the_pages_own_pixels(view: Page, recorder: FakeRecorder) -> None:
    """Press and release carry CSS pixels of the page, the button, the count and the frame the person saw."""
    number = recorder.show(picture())
    recorder.wait_for(lambda m: m["type"] == "ack")
    view.mouse.dblclick(*at(view, 640, 360))
    recorder.wait_for(lambda m: m["type"] == "mouse" and m["kind"] == "up" and m["click_count"] == 2)
    clicks = [m for m in recorder.of("mouse") if m["kind"] != "move"]
    assert [m["kind"] for m in clicks] == ["down", "up", "down", "up"]
    assert [m["click_count"] for m in clicks] == [1, 1, 2, 2]
    for click in clicks:
        assert abs(click["x"] - 640) <= 1
        assert abs(click["y"] - 360) <= 1
        assert click["button"] == "left"
        assert click["frame"] == number


def test_a_drag_that_leaves_the_canvas_is_released(view: Page, recorder: FakeRecorder) -> None:
    """A button pressed on the page and let go elsewhere is let go for the page too, at its edge."""
    view.mouse.move(*at(view, 100, 100))
    view.mouse.down()
    view.mouse.move(1240, 880)
    view.mouse.up()
    up = recorder.wait_for(lambda m: m["type"] == "mouse" and m["kind"] == "up")
    assert (up["x"], up["y"]) == (1279, 719)


def test_moves_are_throttled(view: Page, recorder: FakeRecorder) -> None:
    """A hundred moves become at most one message in MOVE_MS, and the last place is among them."""
    x0, y0 = at(view, 100, 100)
    began = time.monotonic()
    for i in range(100):
        view.mouse.move(x0 + i, y0)
    end = at(view, 900, 600)
    view.mouse.move(*end)
    recorder.wait_for(lambda m: m["type"] == "mouse" and abs(m["x"] - 900) <= 1 and abs(m["y"] - 600) <= 1)
    assert len(recorder.of("mouse")) <= (time.monotonic() - began) * 1000 / MOVE_MS + 2


def test_a_wheel_turn_keeps_its_length(view: Page, recorder: FakeRecorder) -> None:
    """What the wheel turned arrives in full, however many messages it takes, and does not scroll our page."""
    view.mouse.move(*at(view, 640, 360))
    for _ in range(5):
        view.mouse.wheel(0, 120)
    recorder.wait_for(lambda _: sum(m["dy"] for m in recorder.of("wheel")) == 600)
    assert view.evaluate("scrollY") == 0


def test_typing_arrives_as_keys(view: Page, recorder: FakeRecorder) -> None:
    """Letters of the page's keyboard and special keys arrive as presses and releases with their code."""
    view.mouse.click(*at(view, 10, 10))
    view.keyboard.type("aB ")
    view.keyboard.press("Enter")
    view.keyboard.press("Tab")
    recorder.wait_for(lambda m: m["type"] == "key" and m["key"] == "Tab" and m["kind"] == "up")
    downs = [m for m in recorder.of("key") if m["kind"] == "down"]
    assert [m["key"] for m in downs if m["key"] != "Shift"] == ["a", "B", " ", "Enter", "Tab"]
    assert downs[0]["code"] == "KeyA"
    assert recorder.of("text") == []
    expect(view.locator("textarea.keys")).to_be_focused()


def test_text_no_key_makes_arrives_as_text(view: Page, recorder: FakeRecorder) -> None:
    """Accents, other scripts and pasted text arrive whole, and once."""
    view.mouse.click(*at(view, 10, 10))
    view.keyboard.insert_text("é ß 日本")
    recorder.wait_for(lambda m: m["type"] == "text")
    view.evaluate(
        """() => {
          const field = document.querySelector(".host").shadowRoot.querySelector("textarea.keys");
          const data = new DataTransfer();
          data.setData("text/plain", "pasted");
          field.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }"""
    )
    recorder.wait_for(lambda m: m["type"] == "text" and m["text"] == "pasted")
    assert [m["text"] for m in recorder.of("text")] == ["é ß 日本", "pasted"]


def test_a_composition_arrives_when_it_is_done(view: Page, recorder: FakeRecorder) -> None:
    """An input method's half-made words stay here; the committed text is sent once, as what it is."""
    view.mouse.click(*at(view, 10, 10))
    session = view.context.new_cdp_session(view)
    session.send("Input.imeSetComposition", {"text": "nih", "selectionStart": 3, "selectionEnd": 3})
    session.send("Input.imeSetComposition", {"text": "你好", "selectionStart": 2, "selectionEnd": 2})
    session.send("Input.insertText", {"text": "你好"})
    recorder.wait_for(lambda m: m["type"] == "text")
    view.keyboard.press("x")
    recorder.wait_for(lambda m: m["type"] == "key" and m["key"] == "x" and m["kind"] == "up")
    assert [(m["text"], m["composed"]) for m in recorder.of("text")] == [("你好", True)]


def test_keys_do_not_reach_the_app_around(view: Page, recorder: FakeRecorder) -> None:
    """Nothing typed into the page is heard outside the view, where the app has keys of its own."""
    view.evaluate(
        "() => { window.heard = []; document.addEventListener('keydown', (e) => window.heard.push(e.key));"
        " document.addEventListener('keyup', (e) => window.heard.push(e.key)); }"
    )
    view.mouse.click(*at(view, 10, 10))
    view.keyboard.type("rc")
    recorder.wait_for(lambda m: m["type"] == "key" and m["key"] == "c" and m["kind"] == "up")
    assert view.evaluate("window.heard") == []


def test_the_chord_leaves_the_page(view: Page, recorder: FakeRecorder) -> None:
    """Alt+Shift+X moves the focus out of the page and is not sent to it."""
    view.mouse.click(*at(view, 10, 10))
    view.keyboard.press("Alt+Shift+X")
    expect(view.get_by_label("Address")).to_be_focused()
    assert [m for m in recorder.of("key") if m["key"] in ("x", "X")] == []


def test_held_keys_are_released_when_the_page_loses_the_focus(view: Page, recorder: FakeRecorder) -> None:
    """A modifier still down when the focus goes elsewhere does not stay down in the page."""
    view.mouse.click(*at(view, 10, 10))
    view.keyboard.down("Shift")
    view.get_by_label("Address").focus()
    up = recorder.wait_for(lambda m: m["type"] == "key" and m["kind"] == "up")
    assert up["key"] == "Shift"
    view.keyboard.up("Shift")


def test_alt_and_arrow_go_back_in_the_page(view: Page, recorder: FakeRecorder) -> None:
    """Alt+Left is the page's Back, not this browser's."""
    view.mouse.click(*at(view, 10, 10))
    view.keyboard.press("Alt+ArrowLeft")
    assert recorder.wait_for(lambda m: m["type"] == "nav")["action"] == "back"
    assert view.url == recorder.url


def test_the_pointer_takes_the_pages_shape_but_no_address(view: Page, recorder: FakeRecorder) -> None:
    """A plain cursor name is taken over; anything else, such as an image address, is not."""
    recorder.say(type="cursor", shape="pointer")
    expect(view.locator("canvas")).to_have_css("cursor", "pointer")
    recorder.say(type="cursor", shape="url(http://elsewhere/x.png), auto")
    expect(view.locator("canvas")).to_have_css("cursor", "default")
