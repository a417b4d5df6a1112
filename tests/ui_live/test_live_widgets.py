"""The widgets over the canvas: lists, pickers, suggestions, menus, files and clipboards, by mouse and by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ui_label.component_page import component_page
from tests.ui_live.conftest import DATA
from tests.ui_live.fake_recorder import FakeRecorder, picture, step
from tests.ui_live.test_live_access import serious
from ui.components.live import CSS, JS

pytestmark = pytest.mark.browser

BOX = {"x": 40, "y": 190, "width": 360, "height": 40}


def options(texts: list[str], group: int = 0, off: str = "") -> list[dict[str, Any]]:
    """Options in groups of so many (0: none); the one called `off` is disabled, the first is chosen."""
    return [
        {
            "index": i,
            "text": text,
            "value": text,
            "group": f"Group {i // group}" if group else None,
            "disabled": text == off,
            "selected": i == 0,
        }
        for i, text in enumerate(texts)
    ]


def select(texts: list[str], key: str = "q1", **more: Any) -> dict[str, Any]:
    made = {"options": options(texts, more.pop("group", 0), more.pop("off", ""))}
    return {"type": "select", "id": key, "name": "Title", "multiple": False, "box": BOX, **made, **more}


def value(kind: str, **more: Any) -> dict[str, Any]:
    told = {"value": "", "min": "", "max": "", "step": "", "required": False, "options": [], "box": BOX}
    return {"type": "value", "id": "v1", "kind": kind, "name": "Start", **told, **more}


def answer_to(recorder: FakeRecorder, key: str) -> Any:
    return recorder.wait_for(lambda m: m["type"] == "answer" and m["id"] == key)["value"]


def inside(view: Page, selector: str) -> bool:
    """Whether the widget lies within the canvas."""
    canvas, box = view.locator("canvas").bounding_box(), view.locator(selector).bounding_box()
    assert canvas
    assert box
    left, top = box["x"] >= canvas["x"] - 1, box["y"] >= canvas["y"] - 1
    right = box["x"] + box["width"] <= canvas["x"] + canvas["width"] + 1
    return left and top and right and box["y"] + box["height"] <= canvas["y"] + canvas["height"] + 1


def test_a_thousand_options_are_found_by_a_filter(view: Page, recorder: FakeRecorder) -> None:
    """A long list has a filter that takes the letters typed; groups without a match go; Enter chooses."""
    recorder.say(**select([f"Item {i:03d}" for i in range(1000)], group=100))
    expect(view.get_by_role("combobox", name="Filter Title")).to_be_focused()
    view.keyboard.type("73")
    expect(view.get_by_role("listbox").get_by_role("option").first).to_have_text("Item 073")
    assert view.get_by_role("listbox").get_by_role("option").count() == 20
    expect(view.locator(".group:visible")).to_have_count(10)
    view.keyboard.type("5")
    expect(view.get_by_role("listbox").get_by_role("option")).to_have_count(1)
    view.keyboard.press("Enter")
    assert answer_to(recorder, "q1") == [735]


def test_a_filter_without_a_match_says_so(view: Page, recorder: FakeRecorder) -> None:
    """Nothing is chosen by Enter then; Escape chooses nothing and gives the keys back to the page."""
    recorder.say(**select([f"Item {i}" for i in range(50)]))
    expect(view.get_by_role("combobox", name="Filter Title")).to_be_focused()
    view.keyboard.type("zebra")
    expect(view.get_by_text("No option has that in it.")).to_be_visible()
    view.keyboard.press("Enter")
    assert recorder.of("answer") == []
    view.keyboard.press("Escape")
    assert answer_to(recorder, "q1") is None
    expect(view.locator("textarea.keys")).to_be_focused()


def test_a_long_list_follows_every_arrow(view: Page, recorder: FakeRecorder) -> None:
    """A hundred arrows at once through a thousand options end at the hundredth."""
    recorder.say(**select([f"Item {i:03d}" for i in range(1000)]))
    expect(view.get_by_role("combobox", name="Filter Title")).to_be_focused()
    view.evaluate(
        """() => { const field = document.querySelector(".host").shadowRoot.querySelector("input.filter");
          for (let i = 0; i < 100; i++)
            field.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowDown", bubbles: true, composed: true})); }"""
    )
    expect(view.locator(".option.at")).to_have_text("Item 100")


def test_the_same_letter_goes_on_to_the_next(view: Page, recorder: FakeRecorder) -> None:
    """Letters jump to what begins with them, the same letter again to the one after; Home and End to the ends."""
    recorder.say(**select(["Ada", "Bob", "Bea", "Cal"]))
    expect(view.get_by_role("listbox", name="Title")).to_be_focused()
    for key, text in (("b", "Bob"), ("b", "Bea"), ("End", "Cal"), ("Home", "Ada"), ("ArrowUp", "Ada")):
        view.keyboard.press(key)
        expect(view.locator(".option.at")).to_have_text(text)
    active = view.get_by_role("listbox").get_attribute("aria-activedescendant")
    assert view.locator(".option.at").get_attribute("id") == active


def test_several_by_shift_and_by_control(view: Page, recorder: FakeRecorder) -> None:
    """Shift marks a stretch, Control or a plain press one; a press beside keeps what was marked."""
    recorder.say(**select(["a", "b", "c", "d", "e"], multiple=True, off="c"))
    item = view.get_by_role("listbox").get_by_role("option")
    item.nth(0).click()
    item.nth(1).click(modifiers=["Control"])
    expect(view.get_by_text("1 chosen")).to_be_visible()
    item.nth(3).click(modifiers=["Shift"])
    expect(view.get_by_text("2 chosen")).to_be_visible()
    item.nth(2).click(force=True)
    view.locator("canvas").click(position={"x": 700, "y": 400}, force=True)
    assert answer_to(recorder, "q1") == [1, 3]


def test_several_by_keys_alone(view: Page, recorder: FakeRecorder) -> None:
    """Shift with arrows marks a stretch, Control+a all, Enter answers."""
    recorder.say(**select(["a", "b", "c"], multiple=True))
    expect(view.get_by_role("listbox")).to_be_focused()
    view.keyboard.press("ArrowDown")
    view.keyboard.press("Shift+ArrowDown")
    expect(view.get_by_text("2 chosen")).to_be_visible()
    view.keyboard.press("Control+a")
    view.keyboard.press("Enter")
    assert answer_to(recorder, "q1") == [0, 1, 2]


NARROWER = """async (before) => {
  const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const canvas = document.querySelector(".host").shadowRoot.querySelector("canvas");
  await drawn();
  return canvas.getBoundingClientRect().width < before;
}"""


@pytest.mark.parametrize("y", [0, 300, 690])
@pytest.mark.parametrize("x", [0, 1240])
def test_widgets_stay_inside_the_stage(view: Page, recorder: FakeRecorder, x: int, y: int) -> None:
    """Wherever the field is, list, picker and menu lie within the canvas; they move along when it is scaled."""
    box = {"x": x, "y": y, "width": 40, "height": 25}
    recorder.say(**select([f"A rather long option {i}" for i in range(60)], box=box))
    expect(view.locator(".select")).to_be_visible()
    assert inside(view, ".select")
    wide = view.locator("canvas").bounding_box()
    assert wide
    view.set_viewport_size({"width": 1100, "height": 760})
    view.wait_for_function(NARROWER, arg=wide["width"])
    assert inside(view, ".select")
    view.keyboard.press("Escape")
    recorder.say(**value("date", box=box))
    expect(view.locator(".pop.value")).to_be_visible()
    assert inside(view, ".pop.value")
    view.keyboard.press("Escape")
    recorder.say(type="menu", id="m1", x=x, y=y, link="http://a/", selection=True, editable=True)
    expect(view.get_by_role("menu")).to_be_visible()
    assert inside(view, ".pop.menu")


def test_a_date_is_typed_and_taken(view: Page, recorder: FakeRecorder) -> None:
    """A field of the same kind, prefilled, with the page's limits; what is outside them is not answered."""
    recorder.say(**value("date", value="2026-05-02", min="2026-05-01", max="2026-05-31"))
    field = view.get_by_label("Date", exact=True)
    expect(field).to_be_focused()
    expect(field).to_have_value("2026-05-02")
    expect(view.get_by_text("from 2026-05-01 to 2026-05-31")).to_be_visible()
    field.fill("2026-06-01")
    view.keyboard.press("Enter")
    assert recorder.of("answer") == []
    field.fill("2026-05-09")
    view.keyboard.press("Enter")
    assert answer_to(recorder, "v1") == "2026-05-09"
    expect(view.locator("textarea.keys")).to_be_focused()


def test_a_calendar_that_was_opened_by_a_press_answers_by_its_choice(view: Page, recorder: FakeRecorder) -> None:
    """Who pressed with the mouse sees the calendar of the own browser at once; a day chosen there is the answer."""
    view.locator("canvas").click(position={"x": 60, "y": 160})
    recorder.say(**value("date", value="2026-05-02"))
    expect(view.get_by_label("Date", exact=True)).to_be_focused()
    view.wait_for_function("() => document.querySelector('.host').shadowRoot.querySelector('input[type=date]:open')")
    view.keyboard.press("ArrowRight")
    view.keyboard.press("Enter")
    assert answer_to(recorder, "v1") == "2026-05-03"
    expect(view.locator(".pop.value")).to_have_count(0)


@pytest.mark.parametrize(
    ("kind", "text"),
    [("time", "09:30"), ("month", "2026-05"), ("week", "2026-W18"), ("datetime-local", "2026-05-01T09:30")],
)
def test_other_kinds_are_answered_in_the_fields_own_form(
    view: Page, recorder: FakeRecorder, kind: str, text: str
) -> None:
    """The value goes out as it stands in such a field; Cancel and Escape answer null, Clear the empty value."""
    recorder.say(**value(kind, value=text))
    view.get_by_role("button", name="OK").click()
    assert answer_to(recorder, "v1") == text
    for key, press in (("v2", "Cancel"), ("v3", "Clear")):
        recorder.say(**{**value(kind, value=text), "id": key})
        view.get_by_role("button", name=press).click()
        assert answer_to(recorder, key) == (None if press == "Cancel" else "")


def test_a_colour_by_its_number_and_by_an_offered_one(view: Page, recorder: FakeRecorder) -> None:
    """Number and colour follow each other; what is no colour is not answered; the page's own list is offered."""
    recorder.say(**value("color", value="#112233", options=[{"value": "#00ff00", "label": "Green"}]))
    number = view.get_by_label("Colour as #rrggbb")
    expect(number).to_be_focused()
    number.fill("#ff88")
    view.keyboard.press("Enter")
    assert recorder.of("answer") == []
    number.fill("#ff8800")
    expect(view.get_by_label("Colour", exact=True)).to_have_value("#ff8800")
    view.keyboard.press("Enter")
    assert answer_to(recorder, "v1") == "#ff8800"
    recorder.say(**{**value("color", options=[{"value": "#00ff00", "label": "Green"}]), "id": "v2"})
    view.get_by_role("button", name="Green").click()
    assert answer_to(recorder, "v2") == "#00ff00"


def test_tab_stays_in_what_must_be_answered(view: Page, recorder: FakeRecorder) -> None:
    """The keys go round in the box."""
    recorder.say(type="dialog", id="d1", kind="confirm", message="Sure?", default="")
    for name in ("OK", "Cancel", "OK"):
        expect(view.get_by_role("button", name=name, exact=True)).to_be_focused()
        view.keyboard.press("Tab")


def test_leaving_a_page_is_asked_in_its_words(view: Page, recorder: FakeRecorder) -> None:
    """beforeunload has Leave and Stay."""
    recorder.say(type="dialog", id="d1", kind="beforeunload", message="", default="")
    box = view.get_by_role("alertdialog", name="Leave this page?")
    expect(box).to_contain_text("may not be saved")
    box.get_by_role("button", name="Leave").click()
    assert answer_to(recorder, "d1") is True
    recorder.say(type="dialog", id="d2", kind="beforeunload", message="", default="")
    expect(view.get_by_role("button", name="Leave")).to_be_focused()
    view.keyboard.press("Escape")
    assert answer_to(recorder, "d2") is False


def suggest(view: Page, recorder: FakeRecorder) -> None:
    view.locator("canvas").click(position={"x": 60, "y": 60})
    offered = [{"value": "Oslo", "label": "Oslo"}, {"value": "BER", "label": "Berlin"}]
    recorder.say(type="datalist", id="s1", field="3", name="City", box=BOX, options=offered)
    expect(view.get_by_role("listbox", name="Suggestions for City")).to_be_visible()
    recorder.sent.clear()


def test_suggestions_leave_the_keys_with_the_page(view: Page, recorder: FakeRecorder) -> None:
    """Letters go to the page; arrows and Enter choose here; the choice is a pick."""
    suggest(view, recorder)
    expect(view.locator("textarea.keys")).to_be_focused()
    view.keyboard.press("o")
    view.keyboard.press("ArrowDown")
    view.keyboard.press("ArrowDown")
    view.keyboard.press("Enter")
    assert recorder.wait_for(lambda m: m["type"] == "pick")["value"] == "BER"
    assert [m["key"] for m in recorder.of("key") if m["kind"] == "down"] == ["o"]


def test_suggestions_by_mouse_and_without(view: Page, recorder: FakeRecorder) -> None:
    """A press takes one; Escape hides the list and goes no further; Enter then is the page's."""
    suggest(view, recorder)
    view.get_by_role("listbox").get_by_role("option", name="Oslo").click()
    assert recorder.wait_for(lambda m: m["type"] == "pick")["id"] == "s1"
    view.keyboard.press("Escape")
    expect(view.get_by_role("listbox", name="Suggestions for City")).to_have_count(0)
    view.keyboard.press("Enter")
    recorder.wait_for(lambda m: m["type"] == "key" and m["key"] == "Enter")
    assert "Escape" not in [m["key"] for m in recorder.of("key")]


MENU = {"type": "menu", "id": "m1", "x": 200, "y": 150, "link": "http://a/b", "selection": False, "editable": False}


def test_the_menu_opens_a_link_by_keys(view: Page, recorder: FakeRecorder) -> None:
    """The first entry has the focus; Enter does it, closes the menu and tells the other views."""
    recorder.say(**MENU)
    expect(view.get_by_role("menuitem", name="Open link in new tab")).to_be_focused()
    view.keyboard.press("Enter")
    nav = recorder.wait_for(lambda m: m["type"] == "nav")
    assert (nav["action"], nav["text"]) == ("new_tab", "http://a/b")
    assert answer_to(recorder, "m1") is None
    expect(view.get_by_role("menu")).to_have_count(0)


def test_the_menu_has_what_fits(view: Page, recorder: FakeRecorder) -> None:
    """Without link, selection or field only what the page as a whole offers; what cannot be done is disabled."""
    recorder.say(**{**MENU, "link": None})
    expect(view.get_by_role("menuitem")).to_have_text(["Select all", "Back", "Forward", "Reload"])
    expect(view.get_by_role("menuitem", name="Forward")).to_be_disabled()
    view.keyboard.press("Escape")
    expect(view.get_by_role("menu")).to_have_count(0)
    assert recorder.of("nav") == []
    recorder.say(**{**MENU, "id": "m2", "selection": True, "editable": True})
    view.get_by_role("menuitem", name="Cut").click()
    told = recorder.wait_for(lambda m: m["type"] == "key" and m["kind"] == "down" and m["key"] != "Escape")
    assert (told["key"], told["modifiers"]) == ("x", ["Control"])


def test_a_menu_paste_reads_the_clipboard(view: Page, recorder: FakeRecorder) -> None:
    """Where the browser lets us; line breaks are one kind."""
    view.context.grant_permissions(["clipboard-read", "clipboard-write"])
    view.evaluate("navigator.clipboard.writeText('one\\r\\ntwo')")
    recorder.say(**{**MENU, "editable": True})
    view.get_by_role("menuitem", name="Paste").click()
    told = recorder.wait_for(lambda m: m["type"] == "text")
    assert (told["text"], told["paste"]) == ("one\ntwo", True)


def test_a_clipboard_that_is_refused_has_a_box(view: Page, recorder: FakeRecorder) -> None:
    """Paste has a box to paste into, copy one to take the text from; both close by Escape."""
    view.evaluate(
        """() => { const no = () => Promise.reject(new Error("no"));
          Object.defineProperty(navigator, "clipboard", {value: {readText: no, writeText: no}}); }"""
    )
    recorder.say(**{**MENU, "editable": True})
    view.get_by_role("menuitem", name="Paste").click()
    box = view.get_by_label("Text to paste")
    expect(box).to_be_focused()
    box.fill("from the box")
    view.get_by_role("button", name="Paste into the page").click()
    assert recorder.wait_for(lambda m: m["type"] == "text")["text"] == "from the box"
    recorder.say(type="clipboard", text="copied text")
    expect(view.get_by_label("Text to copy")).to_have_value("copied text")
    view.keyboard.press("Escape")
    expect(view.get_by_label("Text to copy")).to_have_count(0)


DROP = """async ([name, size]) => {
  const canvas = document.querySelector(".host").shadowRoot.querySelector("canvas");
  const data = new DataTransfer(), box = canvas.getBoundingClientRect();
  data.items.add(new File(["x".repeat(size)], name, {type: "text/plain"}));
  const at = {clientX: box.left + box.width / 2, clientY: box.top + box.height / 2, bubbles: true, cancelable: true};
  canvas.dispatchEvent(new DragEvent("dragover", {...at, dataTransfer: data}));
  const marked = canvas.parentElement.classList.contains("dropping");
  canvas.dispatchEvent(new DragEvent("drop", {...at, dataTransfer: data}));
  return marked;
}"""


def test_files_are_dropped_on_the_canvas(view: Page, recorder: FakeRecorder) -> None:
    """They go out with the point of the page; too much is refused, told, and an entry."""
    assert view.evaluate(DROP, ["a.txt", 5]) is True
    told = recorder.wait_for(lambda m: m["type"] == "drop")
    assert told["files"] == [{"name": "a.txt", "base64": "eHh4eHg="}]
    assert abs(told["x"] - 640) <= 1
    assert abs(told["y"] - 360) <= 1
    view.evaluate(DROP, ["big.txt", 11 * 1024 * 1024])
    expect(view.get_by_role("alert")).to_contain_text("at most 10 MB")
    assert "too large" in recorder.wait_for(lambda m: m["type"] == "missed")["what"]


def test_a_folder_is_asked_for_as_one(view: Page, recorder: FakeRecorder) -> None:
    """The chooser of a directory field takes a folder of this computer."""
    recorder.say(type="chooser", id="f1", multiple=True, folder=True, accept="", most=1048576, name="Album")
    field = view.get_by_label("Folder for the page")
    assert field.get_attribute("webkitdirectory") is not None
    expect(view.get_by_role("dialog", name="Choose a folder for Album")).to_be_visible()


def test_a_notice_is_told(view: Page, recorder: FakeRecorder) -> None:
    """What no picture shows is said in words."""
    recorder.say(type="notice", what="The page asked to print.", next="Nothing is printed here.")
    expect(view.get_by_role("alert")).to_contain_text("asked to print. Nothing is printed here.")


def test_a_sign_in_is_asked_for(view: Page, recorder: FakeRecorder) -> None:
    """Name and password are answered together; the password is not shown; Escape declines."""
    recorder.say(type="login", id="l1", site="http://vault", realm="The vault", again=True)
    box = view.get_by_role("dialog", name="Sign in")
    expect(box).to_contain_text("That was not accepted. http://vault asks for a name and a password for “The vault”.")
    expect(view.get_by_label("Name", exact=True)).to_be_focused()
    view.keyboard.type("ana")
    view.keyboard.press("Tab")
    view.keyboard.type("hunter2")
    expect(view.get_by_label("Password", exact=True)).to_have_attribute("type", "password")
    view.keyboard.press("Enter")
    assert answer_to(recorder, "l1") == ["ana", "hunter2"]
    recorder.say(type="login", id="l2", site="http://vault", realm="", again=False)
    expect(view.get_by_label("Name", exact=True)).to_be_focused()
    view.keyboard.press("Escape")
    assert answer_to(recorder, "l2") is None


def test_a_download_can_be_saved_here(view: Page, recorder: FakeRecorder) -> None:
    """It is named with its size, and asked for with the recording's own token."""
    recorder.say(type="download", number=3, name="report.csv", size=2048)
    expect(view.get_by_role("alert")).to_contain_text("The page downloaded report.csv (2 kB)")
    with view.expect_download() as saved:
        view.get_by_role("button", name="Save it here").click()
    assert saved.value.url.endswith("/stepscope/live/rec1/downloads/3?t=live")
    saved.value.cancel()


def test_twelve_tabs_fit_and_the_one_in_front_is_seen(view: Page, recorder: FakeRecorder) -> None:
    """Long titles are cut where there is no room; the strip brings its tab in front into view."""
    tabs = [{"index": i, "title": f"Rather a long title of tab {i}", "url": "http://x/"} for i in range(12)]
    recorder.say(type="page", tabs=tabs, active=11)
    last = view.get_by_role("button", name="Rather a long title of tab 11", exact=True)
    expect(last).to_have_attribute("aria-current", "page")
    expect(last).to_be_in_viewport(ratio=0.9)
    expect(last).to_have_attribute("title", "Rather a long title of tab 11\nhttp://x/")


def test_who_watches_cannot_answer(view: Page, recorder: FakeRecorder) -> None:
    """A view that does not drive sees the widget without its focus, and cannot use it."""
    recorder.say(type="role", driving=False, views=2)
    recorder.say(**value("date"))
    expect(view.locator(".pop.value")).to_be_visible()
    assert view.evaluate("document.querySelector('.host').shadowRoot.querySelector('.veil.clear').inert") is True


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_widget_has_a_serious_violation(chromium: Browser, recorder: FakeRecorder, dark: bool) -> None:
    """axe finds nothing serious in any of them, in both themes."""
    swatch = [{"value": "#00ff00", "label": "Green"}]
    shown: list[dict[str, Any]] = [
        select([f"Item {i}" for i in range(40)], group=10, off="Item 3"),
        select(["a", "b", "c"], multiple=True, off="b"),
        value("date", min="2026-05-01", max="2026-05-31"),
        value("color", value="#3366cc", options=swatch),
        {
            "type": "datalist",
            "field": "3",
            "name": "City",
            "box": BOX,
            "options": [{"value": "BER", "label": "Berlin"}],
        },
        {**MENU, "selection": True, "editable": True},
        {"type": "chooser", "multiple": True, "folder": False, "accept": "", "most": 1048576, "name": "Photo"},
        {"type": "login", "site": "http://vault", "realm": "The vault", "again": True},
        {"type": "dialog", "kind": "beforeunload", "message": "", "default": ""},
    ]
    recorder.page = component_page(JS, CSS, DATA, dark=dark)
    recorder.hello["steps"] = [step(1, "click Find")]
    with chromium.new_context(viewport={"width": 1252, "height": 900}, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto(recorder.url)
        recorder.wait_connected()
        recorder.show(picture(marks=True))
        recorder.wait_for(lambda m: m["type"] == "ack")
        for number, message in enumerate(shown):
            recorder.say(**{**message, "id": f"w{number}"})
            expect(page.locator(".stage > .veil, .stage > .pop")).to_have_count(1)
            assert serious(page) == []
            recorder.say(type="closed", id=f"w{number}")
            expect(page.locator(".stage > .veil, .stage > .pop")).to_have_count(0)
