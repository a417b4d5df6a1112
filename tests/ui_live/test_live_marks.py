"""Marks in the live view: chords that reach nobody else, the panels beside the page, undo, mistakes and the pause."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from flows.record import chords
from flows.record.recording import call_forms
from policies.library import load_set
from tests.ui_label.component_page import component_page
from tests.ui_live.conftest import DATA
from tests.ui_live.fake_recorder import FakeRecorder, picture, step
from tests.ui_live.test_live_access import serious
from tests.ui_live.test_live_screen import at
from ui.components.live import CSS, JS
from ui.recording import key_sheet

pytestmark = pytest.mark.browser

QUIET = {"ack"}
OPEN = {"call": "fill_form [a: b]", "policy": "fill_form", "steps": 2}
MARKS = {"calls": [], "empty": [], "begun": 0, "undone": 0}


@pytest.fixture
def marking(chromium: Browser, recorder: FakeRecorder) -> Iterator[Page]:
    """A view with three steps, the policies of the web set, and Note on Control+Shift+7."""
    own = {**chords.DEFAULTS, "note": "Control+Shift+7"}
    recorder.page = component_page(JS, CSS, {**DATA, "chords": own, "sheet": key_sheet()})
    recorder.hello["policies"] = [form.model_dump() for form in call_forms(load_set("web"))]
    recorder.hello["steps"] = [step(n, f"click {name}") for n, name in enumerate(["One", "Two", "Three"])]
    recorder.hello["marks"] = MARKS
    context = chromium.new_context(viewport={"width": 1252, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(recorder.url)
    recorder.wait_connected()
    shown = recorder.show(picture())
    recorder.wait_for(lambda m: m["type"] == "ack" and m["seq"] == shown)
    page.mouse.click(*at(page, 10, 10))
    recorder.wait_for(lambda m: m["type"] == "mouse" and m["kind"] == "up")
    recorder.sent.clear()
    yield page
    context.close()
    assert errors == []


def said(recorder: FakeRecorder) -> list[str]:
    """What reached the recorder, modifiers alone left out: it gives them to the page only with another key."""
    keys = [m for m in recorder.sent if m["type"] not in QUIET and m.get("kind") != "move"]
    return [f"{m['type']} {m.get('what') or m.get('key') or ''}".strip() for m in keys if not modifier(m)]


def all_up(recorder: FakeRecorder) -> bool:
    """Whether every key that went down came up again."""
    ways = {kind: sorted(m["key"] for m in recorder.of("key") if m["kind"] == kind) for kind in ("down", "up")}
    return ways["down"] == ways["up"]


def modifier(message: dict[str, object]) -> bool:
    return message["type"] == "key" and message["key"] in ("Alt", "Shift", "Control")


@pytest.mark.parametrize("inside", [True, False])
def test_a_chord_marks_wherever_the_focus_is(marking: Page, recorder: FakeRecorder, inside: bool) -> None:
    """In the page and outside of it: one mark, no letter, no release of it, and every modifier comes up again."""
    if not inside:
        marking.get_by_label("Address").focus()
    marking.evaluate(
        "() => { window.heard = []; for (const kind of ['keydown', 'keyup', 'input'])"
        " document.addEventListener(kind, (e) => window.heard.push(e.key || e.type)); }"
    )
    marking.keyboard.press("Alt+Shift+U")
    recorder.wait_for(lambda m: m["type"] == "mark")
    marking.keyboard.press("Alt+Shift+P")
    recorder.wait_for(lambda m: m["type"] == "pause")
    assert said(recorder) == ["mark undo", "pause"]
    recorder.wait_for(lambda _: all_up(recorder))
    assert not {"U", "u", "P", "p"} & set(marking.evaluate("window.heard"))


def test_a_held_chord_marks_once(marking: Page, recorder: FakeRecorder) -> None:
    """A key that repeats itself is one press of the chord."""
    marking.keyboard.down("Alt")
    marking.keyboard.down("Shift")
    for _ in range(4):
        marking.keyboard.down("U")
    for key in ("U", "Shift", "Alt"):
        marking.keyboard.up(key)
    marking.keyboard.press("Alt+Shift+M")
    recorder.wait_for(lambda m: m.get("what") == "mistake")
    assert said(recorder) == ["mark undo", "mark mistake"]


def test_a_person_s_own_chord_takes_the_place_of_the_usual_one(marking: Page, recorder: FakeRecorder) -> None:
    """The set chord opens the note; the usual one is the page's again."""
    marking.keyboard.press("Alt+Shift+N")
    recorder.wait_for(lambda m: m["type"] == "key" and m["key"] == "N" and m["kind"] == "up")
    marking.keyboard.press("Control+Shift+7")
    expect(marking.get_by_role("dialog", name="Note")).to_be_visible()


def test_the_picker_begins_a_call_and_the_page_hears_nothing(marking: Page, recorder: FakeRecorder) -> None:
    """Found by typing, filled with what is known, begun by Enter; meanwhile neither keys nor mouse reach the page."""
    marking.keyboard.press("Alt+Shift+B")
    asked = recorder.wait_for(lambda m: m["type"] == "suggest")
    marking.keyboard.type("text")
    guess = {"fill_text": {"field": "Reference", "text": "NX4Q2"}}
    recorder.say(type="suggestions", n=asked["n"], args=guess, values=["NX4Q2"])
    picker = marking.get_by_role("dialog", name="A call begins")
    expect(picker.get_by_label("field")).to_have_value("Reference")
    expect(picker.get_by_role("option", selected=True)).to_contain_text("fill_text")
    marking.mouse.click(*at(marking, 640, 300))
    marking.mouse.wheel(0, 200)
    picker.get_by_label("text", exact=True).fill("NX4Q3")
    marking.keyboard.press("Enter")
    mark = recorder.wait_for(lambda m: m["type"] == "mark")
    assert (mark["policy"], mark["args"]) == ("fill_text", {"field": "Reference", "text": "NX4Q3"})
    expect(picker).to_have_count(0)
    expect(marking.locator("textarea.keys")).to_be_focused()
    assert said(recorder) == ["suggest", "mark boundary"]
    marking.keyboard.press("k")
    recorder.wait_for(lambda m: m["type"] == "key" and m["key"] == "k" and m["kind"] == "up")


def test_the_picker_lies_beside_the_page(marking: Page) -> None:
    """It covers no part of the canvas, and opening it moves nothing."""
    before = marking.locator("canvas").bounding_box()
    marking.keyboard.press("Alt+Shift+B")
    panel = marking.get_by_role("dialog", name="A call begins").bounding_box()
    assert before
    assert panel
    assert marking.locator("canvas").bounding_box() == before
    assert panel["x"] >= before["x"] + before["width"]


def test_the_picker_goes_by_arrows_and_remembers(marking: Page, recorder: FakeRecorder) -> None:
    """What was picked last stands first the next time; Escape leaves without a mark."""
    marking.keyboard.press("Alt+Shift+B")
    options = marking.get_by_role("dialog", name="A call begins").get_by_role("option")
    third = options.nth(2).locator("b").text_content()
    marking.keyboard.press("ArrowDown")
    marking.keyboard.press("ArrowDown")
    marking.keyboard.press("Enter")
    assert recorder.wait_for(lambda m: m["type"] == "mark")["policy"] == third
    marking.keyboard.press("Alt+Shift+B")
    expect(options.first.locator("b")).to_have_text(third or "")
    marking.keyboard.press("Escape")
    expect(options).to_have_count(0)
    assert len(recorder.of("mark")) == 1


def test_enter_held_too_long_does_not_reach_the_page(marking: Page, recorder: FakeRecorder) -> None:
    """The key that sent the picker off goes on repeating: the page hears none of it."""
    marking.keyboard.press("Alt+Shift+B")
    for _ in range(3):
        marking.keyboard.down("Enter")
    marking.keyboard.up("Enter")
    marking.keyboard.press("k")
    recorder.wait_for(lambda m: m["type"] == "key" and m["key"] == "k" and m["kind"] == "up")
    assert said(recorder) == ["suggest", "mark boundary", "key k", "key k"]


def test_open_calls_are_a_trail_and_end_from_within(marking: Page, recorder: FakeRecorder) -> None:
    """The header names planner and calls; the chord ends the innermost with its answer; an empty one is told of."""
    inner = {"call": "search [ana]", "policy": "search", "steps": 0}
    recorder.say(type="marks", **{**MARKS, "calls": [OPEN, inner], "begun": 2})
    expect(marking.get_by_role("group", name="Open calls")).to_have_text("planner › fill_form › search")
    recorder.say(type="marks", **{**MARKS, "calls": [OPEN, OPEN, OPEN, inner], "begun": 4})
    expect(marking.get_by_role("group", name="Open calls")).to_have_text("planner › … › fill_form › search")
    marking.keyboard.press("Alt+Shift+E")
    expect(marking.get_by_role("dialog", name="search ends")).to_contain_text("search [ana]")
    marking.keyboard.type("7 found")
    marking.keyboard.press("Enter")
    assert recorder.wait_for(lambda m: m["type"] == "mark")["text"] == "7 found"
    recorder.say(type="marked", what="end", **inner)
    expect(marking.get_by_text("holds no step, so it will be no call")).to_be_visible()
    recorder.say(type="marks", **{**MARKS, "begun": 2})
    expect(marking.get_by_role("group", name="Open calls")).to_have_text("planner")
    marking.keyboard.press("Alt+Shift+E")
    expect(marking.get_by_text("No call is open that could end.")).to_be_visible()


def test_undo_says_that_the_page_stays_and_offers_redo_and_note(marking: Page, recorder: FakeRecorder) -> None:
    """The step leaves the list; one press puts it back where it was, another writes down why."""
    steps = marking.get_by_role("list", name="Steps").get_by_role("listitem")
    marking.keyboard.press("Alt+Shift+U")
    recorder.wait_for(lambda m: m["type"] == "mark")
    recorder.say(type="step_removed", uid="s1")
    recorder.say(**{**step(2, "click Three"), "type": "step_update", "seq": 1})
    recorder.say(type="marked", what="undo", uid="s1", seq=1, sentence="click Two")
    recorder.say(type="marks", **{**MARKS, "undone": 1})
    notice = marking.get_by_role("status").filter(has_text="out of the demonstration")
    expect(notice).to_contain_text("‘click Two’, is out of the demonstration. The page stays as it is")
    expect(steps).to_have_text(["1 click One", "2 click Three"])
    notice.get_by_role("button", name="Put it back").click()
    assert recorder.wait_for(lambda m: m.get("what") == "redo")
    recorder.say(**{**step(1, "click Two"), "type": "step"})
    recorder.say(**{**step(2, "click Three"), "type": "step_update"})
    expect(steps).to_have_text(["1 click One", "2 click Two", "3 click Three"])
    recorder.say(type="marked", what="undo", uid="s2", seq=2, sentence="click Three")
    marking.get_by_role("button", name="Note why").click()
    expect(marking.get_by_role("dialog", name="Note")).to_be_visible()
    marking.keyboard.type("wrong page")
    marking.keyboard.press("Enter")
    assert recorder.wait_for(lambda m: m["type"] == "note")["text"] == "wrong page"


def test_any_step_can_be_called_a_mistake(marking: Page, recorder: FakeRecorder) -> None:
    """By the flag of the step; it is struck out and says so in words."""
    marking.get_by_role("button", name="Step 2 was a mistake").click()
    assert recorder.wait_for(lambda m: m["type"] == "mark")["uid"] == "s1"
    recorder.say(**{**step(1, "click Two", mistake=True), "type": "step_update"})
    expect(marking.get_by_role("listitem").nth(1)).to_contain_text("mistake")
    flag = marking.get_by_role("button", name="Step 2 was a mistake")
    expect(flag).to_have_attribute("aria-pressed", "true")


def test_a_pause_is_plain_to_see_and_covers_nothing(marking: Page, recorder: FakeRecorder) -> None:
    """Words, frame and button say it; the page neither moves nor is veiled, and still hears."""
    before = marking.locator("canvas").bounding_box()
    recorder.say(type="state", state="paused", message=None)
    expect(marking.get_by_text("nothing of what you do or see is kept")).to_be_visible()
    expect(marking.locator(".stage")).to_have_css("outline-style", "dashed")
    expect(marking.get_by_role("button", name="Call begins")).to_be_disabled()
    assert marking.locator("canvas").bounding_box() == before
    marking.mouse.click(*at(marking, 300, 300))
    recorder.wait_for(lambda m: m["type"] == "mouse" and m["kind"] == "up")
    marking.keyboard.press("Alt+Shift+P")
    recorder.wait_for(lambda m: m["type"] == "resume")
    recorder.say(type="state", state="recording", message=None)
    expect(marking.get_by_text("nothing of what you do or see is kept")).to_have_count(0)


def test_a_refused_mark_says_why(marking: Page, recorder: FakeRecorder) -> None:
    """And that nothing was marked."""
    recorder.say(type="marked", what="redo", refused="No step was taken back, so there is none to put back.")
    expect(marking.get_by_text("none to put back. Nothing was marked; the recording goes on.")).to_be_visible()


def test_stopping_says_what_becomes_of_calls(marking: Page, recorder: FakeRecorder) -> None:
    """Calls still open and calls without a step are told before one seals."""
    recorder.say(type="marks", **{**MARKS, "calls": [OPEN], "empty": ["search [q]"], "begun": 2})
    expect(marking.get_by_role("group", name="Open calls")).to_be_visible()
    marking.keyboard.press("Alt+Shift+Enter")
    sheet = marking.get_by_role("dialog", name="How did it go?")
    expect(sheet).to_contain_text("‘fill_form [a: b]’ is still open: it will end with the last step.")
    expect(sheet).to_contain_text("‘search [q]’ holds no step and will be no call.")
    marking.keyboard.press("Alt+Shift+U")
    assert said(recorder) == []


def test_who_only_watches_marks_nothing(marking: Page, recorder: FakeRecorder) -> None:
    """The buttons are dead and a chord says that it did not reach the recorder."""
    recorder.say(type="role", driving=False, views=2)
    expect(marking.get_by_role("button", name="Call begins")).to_be_disabled()
    marking.keyboard.press("Alt+Shift+U")
    expect(marking.get_by_text("did not reach the recorder, so nothing was marked")).to_be_visible()
    assert said(recorder) == []
    recorder.say(type="role", driving=True, views=1)
    expect(marking.get_by_role("button", name="Call begins")).to_be_enabled()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_serious_violation_while_marking(marking: Page, recorder: FakeRecorder, dark: bool) -> None:
    """axe finds nothing serious in the picker, a notice, a mistake, the pause and the list of keys, in both themes."""
    recorder.page = component_page(JS, CSS, {**DATA, "sheet": key_sheet()}, dark=dark)
    connections = recorder.connections
    marking.goto(recorder.url)
    recorder.wait_connected(connections + 1)
    recorder.say(**{**step(1, "click Two", mistake=True), "type": "step_update"})
    recorder.say(type="marks", **{**MARKS, "calls": [OPEN], "begun": 1})
    recorder.say(type="marked", what="undo", uid="s2", seq=2, sentence="click Three")
    expect(marking.get_by_text("out of the demonstration")).to_be_visible()
    marking.keyboard.press("Alt+Shift+B")
    expect(marking.get_by_role("dialog", name="A call begins").get_by_role("option").first).to_be_visible()
    assert serious(marking) == []
    marking.keyboard.press("Escape")
    recorder.say(type="state", state="paused", message=None)
    expect(marking.get_by_text("nothing of what you do or see is kept")).to_be_visible()
    assert serious(marking) == []
    marking.keyboard.press("Alt+Shift+H")
    expect(marking.get_by_role("dialog", name="Keys")).to_be_visible()
    assert serious(marking) == []


def test_the_list_of_keys_shows_the_persons_own(marking: Page) -> None:
    """Each chord with what it does, from docs/keys.md; a question mark opens it outside of the page."""
    marking.get_by_role("button", name="Pause").focus()
    marking.keyboard.press("?")
    sheet = marking.get_by_role("dialog", name="Keys")
    expect(sheet.get_by_role("row")).to_have_count(len(chords.DEFAULTS))
    expect(sheet.get_by_role("row").filter(has_text="write down a note")).to_contain_text("Ctrl ⇧ 7")
    marking.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
