"""The Label board by keyboard and mouse: every gesture is stored before the screen shows it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Route, expect

from tests.ui_label.label_shelf import OBJECTIVE, LabelShelf

pytestmark = pytest.mark.browser


def bar(page: Page, text: str) -> Locator:
    """A call's bar by the beginning of what it says."""
    return page.locator("button.bar").filter(has_text=re.compile(f"^{re.escape(text)}"))


def stored(shelf: LabelShelf, track: str = "me") -> list[str]:
    """The gestures kept so far, without the adopting one."""
    return [event.op for event in shelf.labels.events("demo1", track)][1:]


def decided(page: Page, text: str) -> None:
    """Wait until the header counts so."""
    expect(page.locator("[data-part=decided]")).to_have_text(text)


def call(shelf: LabelShelf, key: str):
    """A call as it is stored."""
    return shelf.desk().open("demo1", "me").tree.by_id[key]


def test_the_board_opens_at_the_call_most_in_doubt(board: Page) -> None:
    """It shows objective, steps, nested calls, why this one is next, its arguments and sources."""
    expect(board.get_by_role("heading", level=1)).to_have_text(OBJECTIVE)
    expect(board.locator(".thumb")).to_have_count(6)
    expect(board.locator("button.bar")).to_have_count(4)
    card = board.locator(".pane").nth(1)
    expect(card).to_contain_text("Why next: the calendar closed without a value in the field")
    expect(card).to_contain_text("confidence .58 uncalibrated")
    expect(card.get_by_role("row", name="date 12/26/2016 objective ✓")).to_be_visible()
    expect(board.get_by_role("tab", name="Page at step 3")).to_have_attribute("aria-selected", "true")
    decided(board, "0 of 4 calls decided")


def test_the_page_shows_the_target_where_it_was(board: Page) -> None:
    """The box lies over the picture at the place the step's target had."""
    image = board.locator(".page img")
    assert image.evaluate("i => i.decode().then(() => i.naturalWidth)") == 1280
    whole, box = image.bounding_box(), board.locator(".page .target").bounding_box()
    assert whole
    assert box
    assert abs(box["x"] - whole["x"] - 60 / 1280 * whole["width"]) < 2
    assert abs(box["width"] - 560 / 1280 * whole["width"]) < 2


def test_accepting_all_by_keyboard(board: Page, shelf: LabelShelf) -> None:
    """A accepts and goes on to the next in doubt, until every call is decided; Enter finishes."""
    for _ in range(4):
        board.keyboard.press("a")
    decided(board, "4 of 4 calls decided")
    assert stored(shelf) == ["accept"] * 4
    board.keyboard.press("Enter")
    expect(board.get_by_role("dialog", name="All calls are decided")).to_be_visible()
    assert shelf.labels.label_set("latest").trees[0].episode == "demo1"
    board.get_by_role("button", name="Build prompts").click()
    assert ["go", "prompts"] in board.evaluate("window.reports")


def test_enter_finishes_after_a_call_was_clicked(board: Page) -> None:
    """A bar that has the focus because it was clicked does not take the key for itself."""
    for _ in range(4):
        board.keyboard.press("a")
    decided(board, "4 of 4 calls decided")
    board.locator("button.bar").nth(1).click()
    board.keyboard.press("Enter")
    expect(board.get_by_role("dialog", name="All calls are decided")).to_be_visible()


def test_enter_finishes_after_a_sheet_was_left(board: Page) -> None:
    """Its button gets the focus back, but the next gesture's key brings it to the timeline."""
    board.get_by_role("button", name="Blind").click()
    board.get_by_role("dialog").get_by_role("button", name="Close").click()
    for _ in range(4):
        board.keyboard.press("a")
    decided(board, "4 of 4 calls decided")
    board.keyboard.press("Enter")
    expect(board.get_by_role("dialog", name="All calls are decided")).to_be_visible()


def test_a_fast_hand_acts_on_what_its_last_key_made(board: Page, shelf: LabelShelf) -> None:
    """Keys pressed faster than the server answers are done in order: accept, undo, accept, reject."""
    for key in "auax":
        board.keyboard.press(key)
    decided(board, "2 of 4 calls decided")
    assert stored(shelf) == ["accept", "undo", "accept", "reject"]
    assert shelf.desk().open("demo1", "me").states["date"] == "accepted"


def slowly(page: Page) -> Callable[[], None]:
    """Gestures are not answered until what is returned is called."""
    kept: list[Route] = []
    released = False

    def hold(route: Route) -> None:
        if released:
            route.continue_()
        else:
            kept.append(route)

    def release() -> None:
        nonlocal released
        released = True
        for route in kept:
            route.continue_()

    page.route("**/events", hold)
    return release


def test_a_sheet_takes_what_was_typed_before_it_was_there(board: Page, shelf: LabelShelf) -> None:
    """While a gesture is being saved, B, a number, Enter and the keys after it do what they would have done."""
    release = slowly(board)
    for key in ("x", "b", "1", "Backspace", "0", ".", "8", "Enter", "n", "A", "Space", "d", "Enter"):
        board.keyboard.press(key)
    assert stored(shelf) == []
    release()
    expect(board.locator(".thumb").filter(has_text="note: A d")).to_have_count(1)
    expect(board.get_by_role("dialog")).to_have_count(0)
    decided(board, "4 of 4 calls decided")
    assert stored(shelf) == ["reject", "bulk_accept", "note"]


def test_fields_take_what_was_typed_before_they_were_there(board: Page, shelf: LabelShelf) -> None:
    """The same for the arguments of a call, from field to field; Escape leaves them."""
    release = slowly(board)
    for key in ("a", "u", "e", "Tab", "9", "Enter", "e", "q", "Escape", "a"):
        board.keyboard.press(key)
    release()
    expect(board.get_by_role("button", name="choose_date Departure 9")).to_be_visible()
    decided(board, "1 of 4 calls decided")
    assert stored(shelf) == ["accept", "undo", "set_args", "accept"]
    assert {one.name: one.value for one in call(shelf, "date").args}["date"] == "9"


def test_split_at_the_cursor_and_merge_again(board: Page, shelf: LabelShelf) -> None:
    """S cuts before the step at the cursor, M joins with the next call."""
    board.keyboard.press("ArrowRight")
    board.keyboard.press("s")
    expect(bar(board, "choose_date")).to_have_count(2)
    assert (call(shelf, "date").last, call(shelf, "e2").first) == ("demo1-2", "demo1-3")
    bar(board, "choose_date").first.click()
    board.keyboard.press("m")
    expect(bar(board, "choose_date")).to_have_count(1)
    assert call(shelf, "date").last == "demo1-4"


def test_move_a_boundary_by_keyboard(board: Page, shelf: LabelShelf) -> None:
    """Shift and arrow move the end where the cursor is not at the start; the cursor goes with it."""
    board.keyboard.press("ArrowRight")
    board.keyboard.press("ArrowRight")
    board.keyboard.press("Shift+ArrowLeft")
    expect(bar(board, "choose_date")).to_have_accessible_name(re.compile("steps 3–4"))
    assert call(shelf, "date").last == "demo1-3"
    board.keyboard.press("Shift+ArrowRight")
    expect(bar(board, "choose_date")).to_have_accessible_name(re.compile("steps 3–5"))
    board.keyboard.press("Home")
    bar(board, "choose_date").click()
    board.keyboard.press("ArrowLeft")
    assert stored(shelf) == ["move_boundary", "move_boundary"]


def test_drag_a_boundary(board: Page, shelf: LabelShelf) -> None:
    """A boundary dragged to another step is stored where it was let go; Escape lets go without a trace."""
    grip, thumbs = board.locator(".grip.last"), board.locator(".thumb")
    expect(grip).to_be_visible()
    start, third = grip.bounding_box(), thumbs.nth(2).bounding_box()
    assert start
    assert third
    for cancel in (True, False):
        board.mouse.move(start["x"] + 5, start["y"] + 10)
        board.mouse.down()
        board.mouse.move(third["x"] + third["width"] - 4, start["y"] + 10, steps=5)
        expect(board.locator(".ghost")).to_be_visible()
        if cancel:
            board.keyboard.press("Escape")
        board.mouse.up()
    expect(bar(board, "choose_date")).to_have_accessible_name(re.compile("step 3,"))
    assert stored(shelf) == ["move_boundary"]
    assert call(shelf, "date").last == "demo1-2"


def test_a_number_names_the_policy(board: Page, shelf: LabelShelf) -> None:
    """1–9 relabel with the policy of that place in the list, and the list says which is which."""
    board.get_by_role("tab", name="Policies").click()
    name = board.locator("button.policy").nth(1).locator("span").first.text_content()
    assert name
    board.keyboard.press("2")
    policy = name.partition(" ")[0]
    expect(board.locator("[data-part=policy]")).to_have_text(policy)
    assert call(shelf, "date").policy == policy


def test_find_a_policy_and_click_it(board: Page, shelf: LabelShelf) -> None:
    """Relabel opens the list; typing narrows it, without any key acting; a click relabels."""
    board.get_by_role("button", name="Relabel 1–9").click()
    board.keyboard.type("sear")
    expect(board.locator("button.policy")).not_to_have_count(0)
    board.locator("button.policy").filter(has_text=re.compile("^search")).click()
    expect(board.locator("[data-part=policy]")).to_have_text("search")
    assert stored(shelf) == ["relabel"]


def test_edit_arguments_and_return_value(board: Page, shelf: LabelShelf) -> None:
    """E opens the fields, Enter stores what differs; V opens the return value; keys typed there do nothing else."""
    board.keyboard.press("e")
    expect(board.get_by_label("field", exact=True)).to_be_focused()
    board.get_by_label("date", exact=True).fill("axsm 26 Dec")
    board.keyboard.press("Enter")
    expect(board.get_by_role("row", name="date axsm 26 Dec by hand ✓")).to_be_visible()
    board.keyboard.press("v")
    board.keyboard.type("26 December")
    board.keyboard.press("Enter")
    expect(board.get_by_role("row", name="returns 26 December")).to_be_visible()
    assert stored(shelf) == ["set_args", "set_returns"]
    assert call(shelf, "date").returns == "26 December"


def test_escape_leaves_the_fields_as_they_were(board: Page, shelf: LabelShelf) -> None:
    """Nothing is stored, and the keys act again."""
    board.keyboard.press("e")
    board.keyboard.type("nonsense")
    board.keyboard.press("Escape")
    expect(board.get_by_role("row", name="field Departure")).to_be_visible()
    board.keyboard.press("x")
    decided(board, "1 of 4 calls decided")
    assert stored(shelf) == ["reject"]


def test_own_steps_become_a_call(board: Page, shelf: LabelShelf) -> None:
    """At a step of the planner's own, W wraps it in a call; Shift marks several."""
    board.locator(".thumb").nth(5).click()
    expect(board.locator(".pane").nth(1)).to_contain_text("The planner's own steps")
    board.keyboard.press("w")
    form = board.get_by_role("dialog", name="Wrap steps in a call")
    expect(form.get_by_label("from step")).to_have_value("6")
    form.get_by_label("Policy").select_option("navigate")
    form.get_by_role("button", name="Wrap").click()
    expect(bar(board, "navigate")).to_be_visible()
    assert (call(shelf, "e2").first, call(shelf, "e2").parent) == ("demo1-5", None)
    board.locator(".thumb").nth(0).click()
    board.locator(".thumb").nth(1).click(modifiers=["Shift"])
    board.keyboard.press("w")
    expect(form.get_by_label("to step")).to_have_value("2")


def test_accept_all_that_is_sure_and_take_it_back(board: Page, shelf: LabelShelf) -> None:
    """B accepts what is above the threshold in one gesture, U takes all of it back, Y does it again."""
    board.keyboard.press("b")
    form = board.get_by_role("dialog", name="Accept all calls the labeller is sure of")
    expect(form).to_contain_text("2 of 4 calls")
    form.get_by_label("confidence at least").fill("0.8")
    expect(form).to_contain_text("3 of 4 calls")
    board.keyboard.press("Enter")
    decided(board, "3 of 4 calls decided")
    board.keyboard.press("u")
    decided(board, "0 of 4 calls decided")
    board.keyboard.press("y")
    decided(board, "3 of 4 calls decided")
    assert stored(shelf) == ["bulk_accept", "undo", "redo"]


def test_undo_after_a_reload(board: Page, shelf: LabelShelf) -> None:
    """What was done before the page was loaded again can still be taken back."""
    board.keyboard.press("x")
    decided(board, "1 of 4 calls decided")
    board.reload()
    decided(board, "1 of 4 calls decided")
    board.keyboard.press("u")
    decided(board, "0 of 4 calls decided")


def test_a_gesture_that_cannot_be_saved_is_kept_and_tried_again(board: Page, shelf: LabelShelf) -> None:
    """Without the server nothing is shown as done; the gesture waits, and a second try stores it once."""
    board.route("**/events", lambda route: route.abort())
    board.keyboard.press("a")
    expect(board.get_by_role("alert")).to_contain_text("Not saved yet")
    decided(board, "0 of 4 calls decided")
    board.unroute("**/events")
    board.get_by_role("button", name="Try again").click()
    decided(board, "1 of 4 calls decided")
    expect(board.get_by_text("Not saved yet")).to_have_count(0)
    assert stored(shelf) == ["accept"]


def test_an_answer_that_got_lost_does_not_store_twice(board: Page, shelf: LabelShelf) -> None:
    """The server stored the gesture but its answer never came: trying again finds it done."""

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    board.route("**/events", lose)
    board.keyboard.press("a")
    expect(board.get_by_role("alert")).to_contain_text("Not saved yet")
    board.unroute("**/events")
    board.get_by_role("button", name="Try again").click()
    decided(board, "1 of 4 calls decided")
    assert stored(shelf) == ["accept"]


def test_two_tabs_overwrite_nothing(board: Page, opened: Callable[[str], Page], shelf: LabelShelf) -> None:
    """The second tab's gesture on an old state is not stored; it is told, and shows the newest state."""
    other = opened("?episode=demo1")
    decided(other, "0 of 4 calls decided")
    board.keyboard.press("a")
    decided(board, "1 of 4 calls decided")
    other.keyboard.press("x")
    expect(other.get_by_role("alert")).to_contain_text("was not saved")
    decided(other, "1 of 4 calls decided")
    assert stored(shelf) == ["accept"]


def test_a_refused_gesture_is_told_and_over(board: Page, shelf: LabelShelf) -> None:
    """What does not fit the tree is told in words, and the next gesture works."""
    board.keyboard.press("w")
    form = board.get_by_role("dialog", name="Wrap steps in a call")
    form.get_by_label("from step").fill("2")
    form.get_by_label("to step").fill("4")
    form.get_by_role("button", name="Wrap").click()
    expect(board.get_by_role("alert")).to_contain_text("cuts through")
    board.keyboard.press("a")
    decided(board, "1 of 4 calls decided")
    assert stored(shelf) == ["accept"]


def test_no_key_acts_in_another_widget_of_the_page(board: Page, shelf: LabelShelf) -> None:
    """Typing elsewhere in the app, and keys with Ctrl, do nothing here."""
    board.evaluate("document.body.insertAdjacentHTML('beforeend', '<input aria-label=other>')")
    board.get_by_label("other").press_sequentially("axsmu1")
    board.get_by_role("heading", level=1).click()
    board.keyboard.press("Control+a")
    board.keyboard.press("a")
    decided(board, "1 of 4 calls decided")
    assert stored(shelf) == ["accept"]


def test_the_next_demonstration(board: Page, shelf: LabelShelf) -> None:
    """J and K walk through the queue, say where it ends, and tell the page which demonstration is open."""
    shelf.add("demo2", number=1)
    board.reload()
    lines = board.locator("button.item")
    expect(lines).to_have_count(2)
    board.keyboard.press("k")
    expect(lines.first).to_have_attribute("aria-current", "true")
    board.keyboard.press("k")
    expect(board.locator(".toast")).to_contain_text("first demonstration in the queue")
    first = board.evaluate("window.reports.at(-1) || ['episode', 'demo1']")
    board.keyboard.press("j")
    expect(lines.last).to_have_attribute("aria-current", "true")
    last = board.evaluate("window.reports.at(-1)")
    assert {tuple(first), tuple(last)} == {("episode", "demo1"), ("episode", "demo2")}


def test_a_name_of_ones_own(board: Page, shelf: LabelShelf) -> None:
    """A name asked once opens one's own track, and the next gesture is kept under it."""
    board.get_by_role("button", name="as me").click()
    form = board.get_by_role("dialog", name="Who is labelling?")
    form.get_by_label("name").fill("Ana")
    board.keyboard.press("Enter")
    expect(board.get_by_role("button", name="as Ana")).to_be_visible()
    board.keyboard.press("a")
    decided(board, "1 of 4 calls decided")
    assert [event.actor for event in shelf.labels.events("demo1", "Ana")] == ["Ana", "Ana"]


def test_the_key_sheet(board: Page) -> None:
    """? lists the keys, Escape closes it, and meanwhile no key acts."""
    board.keyboard.press("?")
    sheet = board.get_by_role("dialog", name="Keys of the Label screen")
    expect(sheet).to_contain_text("split the call at the cursor")
    board.keyboard.press("a")
    board.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    decided(board, "0 of 4 calls decided")


def test_the_observation_with_its_target(board: Page) -> None:
    """The observation before the step, the target's line marked."""
    board.get_by_role("tab", name="Observation").click()
    expect(board.locator(".line.hit")).to_have_text(re.compile(r"\[13\] textbox 'Departure'"))


def test_nothing_to_review(opened: Callable[[str], Page], shelf: LabelShelf) -> None:
    """With nothing waiting the board says so and leads on."""
    shelf.episodes.remove("demo1")
    page = opened("")
    expect(page.get_by_text("Nothing waits for review")).to_be_visible()
    page.get_by_role("button", name="Record a demonstration").click()
    assert ["go", "record"] in page.evaluate("window.reports")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_violation(opened: Callable[[str], Page], shelf: LabelShelf, theme: str) -> None:
    """axe finds nothing serious on the board, its forms and its lists, in both themes."""
    page = opened(f"?episode=demo1&{theme}")
    decided(page, "0 of 4 calls decided")
    page.keyboard.press("a")
    decided(page, "1 of 4 calls decided")
    for keys in (["e"], ["Escape"], ["w"], ["Escape"], ["?"]):
        for key in keys:
            page.keyboard.press(key)
        serious = [v for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
        assert [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in serious] == []
