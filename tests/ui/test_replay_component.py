"""The replay component in Chromium, on the real routes: stepping, reading, keys, address."""

import re

import pytest
from playwright.sync_api import expect

from ui.keys import keys_of

pytestmark = pytest.mark.browser

HEADER_BLUE = (11, 61, 92)
TARGET_ORANGE = (232, 89, 12)


def test_the_page_before_the_step_is_drawn_with_its_target(replay):
    """The recorded picture is on the canvas, with a box around the target and a dot where the click went."""
    replay.open(step="s00014").ready()
    expect(replay.page.locator(".action")).to_contain_text("link ‘Prev’")
    assert replay.pixel(600, 30) == HEADER_BLUE
    assert replay.pixel(115, 334) == TARGET_ORANGE
    assert replay.pixel(115, 600) != TARGET_ORANGE


def test_every_press_of_a_key_counts(replay):
    """Twenty presses in a row are twenty steps, and the picture at the end is that step's."""
    replay.open().ready()
    replay.press(*["ArrowRight"] * 20).at(21)
    replay.press(*["ArrowLeft"] * 3).at(18).ready()
    expect(replay.page.locator(".replay")).to_have_attribute("data-step", "s00017")
    expect(replay.page.get_by_role("img")).to_have_attribute("aria-label", re.compile("Book Your One-Way Flight"))


def test_the_next_steps_are_there_before_they_are_asked_for(replay):
    """With the server gone the three steps ahead are still shown, pictures and texts: they were fetched in time."""
    replay.open(step="s00011")
    with replay.page.expect_response(re.compile("steps/s00015")):
        replay.ready().press("ArrowRight")
    replay.at(13)
    replay.page.wait_for_load_state("networkidle")
    replay.page.context.set_offline(True)
    replay.press("ArrowRight", "ArrowRight", "ArrowRight").at(16)
    expect(replay.page.locator(".facts")).to_contain_text("into the episode")
    expect(replay.page.locator("figure:visible canvas.stale")).to_have_count(0)


RUSH = """times => {
  for (let n = 0; n < times; n += 1)
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
}"""
"""Keys without any time between, whatever else the machine does."""


def test_the_selection_is_told_when_it_rests(replay):
    """Passing through steps says nothing; the step one rests on is told once, and the address names it."""
    replay.open().ready()
    replay.page.wait_for_function("() => window.reports.length === 1")
    replay.page.evaluate(RUSH, 8)
    replay.page.wait_for_function("() => window.reports.length >= 2")
    assert replay.reports == [["step", "s00000"], ["step", "s00008"]]
    assert "episode=booking" in replay.page.url
    assert "step=s00008" in replay.page.url


def test_the_address_leads_back_to_the_step(replay):
    """Opening the address again shows the same step, with no more said."""
    replay.open().ready().press("End").at(25)
    replay.page.wait_for_url(re.compile("step=s00024"))
    replay.page.reload()
    replay.at(25)
    expect(replay.page.locator(".toast")).to_have_count(0)


def test_an_address_of_a_step_that_is_not_there_says_so(replay):
    """The first step is shown, and it is told that it is not the one that was asked for."""
    replay.open(step="gone").at(1)
    expect(replay.page.locator(".toast")).to_have_text(re.compile("not in the episode"))


def test_keys_walk_along_the_calls(replay):
    """↓ into a call, ] to the next beside it, ↑ out again, p and P along the calls of one policy."""
    replay.open().ready().frame("planner")
    replay.press("ArrowDown").at(2).frame("fill_form [From LEB, To RDG, Departure 12/26/2016]")
    replay.press("ArrowDown").at(3).frame("fill_text [From] [LEB]")
    replay.press("]").at(7).frame("fill_text [To] [RDG]")
    replay.press("]").at(11).frame("choose_date [Departure] [12/26/2016]")
    replay.press("[").at(7).press("P").at(3).press("p").at(7)
    replay.press("ArrowUp").at(2).press("ArrowUp").at(1).press("ArrowUp").at(1).frame("planner")


def test_keys_walk_along_the_problems(replay):
    """f is the first problem, n the next, N the one before: invalid actions, and where the call hit its limit."""
    replay.open().ready().press("f").at(14)
    expect(replay.page.locator(".trouble")).to_contain_text("Invalid action")
    expect(replay.page.locator(".trouble")).to_contain_text("'clck' is neither an action nor a policy.")
    replay.press("n").at(23).press("n").at(25)
    expect(replay.page.locator(".trouble")).to_contain_text("stopped at a limit")
    replay.press("n").at(25).press("N").at(23)


def test_a_key_with_nowhere_to_go_says_so(replay):
    """No call around the planner's, no problem after the last; a message that comes again stands once."""
    toasts = replay.page.locator(".toast")
    replay.open().ready().press("ArrowUp", "ArrowUp").at(1)
    expect(toasts).to_have_text(["No call made this one"])
    replay.press("]", "P").at(1)
    expect(toasts.last).to_have_text("No earlier call of this policy")
    replay.press("End").at(25).press("n").at(25)
    expect(toasts.last).to_have_text("No further signal or problem")
    replay.press("Home").press("ArrowDown", "ArrowDown").at(3).press("o")
    expect(toasts.last).to_have_text("No call in this call to fold")


def test_other_keys_jump_play_and_zoom(replay):
    """Shift with an arrow is ten steps, Home and End the ends; Space plays until it is pressed again."""
    replay.open().ready().press("Shift+ArrowRight").at(11).press("Shift+ArrowLeft").at(1)
    replay.press("End").at(25).press("Home").at(1)
    replay.press("Space").at(3).press("Space")
    number = replay.page.locator(".replay .number").inner_text()
    replay.press("d", "d")
    replay.page.wait_for_timeout(900)
    expect(replay.page.locator(".replay .number")).to_have_text(number)


def test_keys_act_where_what_is_around_the_screen_has_the_focus(replay):
    """A press on a blank spot gives it to the app's main part, which takes it; what is beside it keeps its keys."""
    replay.open().ready()
    main = replay.page.get_by_role("main")
    main.evaluate("(main) => { main.tabIndex = 0; main.focus(); }")
    expect(main).to_be_focused()
    replay.press("ArrowRight").at(2)
    beside = "document.body.append(Object.assign(document.createElement('aside'), {tabIndex: 0}))"
    replay.page.evaluate(beside)
    replay.page.locator("aside").focus()
    replay.press("ArrowRight")
    main.focus()
    replay.press("ArrowRight").at(3)


def test_keys_act_while_a_link_of_the_menu_has_the_focus(replay):
    """As after Back: the link that led away has it still. Enter stays the link's."""
    replay.open().ready()
    replay.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<a href=\"#menu\">Episodes</a>')")
    replay.page.get_by_role("link", name="Episodes").focus()
    replay.press("ArrowRight").at(2).press("End").at(25)
    replay.press("Enter")
    replay.page.wait_for_url(re.compile("#menu"))


def test_no_key_acts_while_typing_or_with_ctrl(replay):
    """Keys typed into a field of the page, or meant for the browser, move nothing."""
    replay.open().ready()
    replay.page.evaluate("document.body.append(document.createElement('input'))")
    replay.page.locator("body > input").focus()
    replay.press("ArrowRight", "n", "d", "End").at(1)
    replay.page.locator("body > input").evaluate("(field) => field.remove()")
    replay.press("Control+ArrowRight", "Alt+ArrowRight", "Meta+ArrowRight").at(1)
    replay.press("ArrowRight").at(2)


def test_before_after_and_diff(replay):
    """b turns to the page after the step, d shows both with the lines that differ."""
    replay.open(step="s00014").ready().press("b")
    expect(replay.page.get_by_role("tab", name="After")).to_have_attribute("aria-selected", "true")
    expect(replay.page.locator("figure:visible")).to_have_count(1)
    replay.press("d").ready()
    expect(replay.page.locator("figure:visible")).to_have_count(2)
    expect(replay.page.locator(".lines .del")).to_have_text("-     [18] heading 'September 2016'")
    expect(replay.page.locator(".lines .add")).to_have_text("+     [18] heading 'August 2016'")
    expect(replay.page.locator(".lines")).to_contain_text("… 29 unchanged lines")


def test_a_step_that_changed_nothing_says_so(replay):
    """The diff of a call, which does nothing to the page, is a sentence instead of an empty box."""
    replay.open(step="s00001").ready().press("d")
    expect(replay.page.locator(".lines").first).to_have_text("Nothing the observation shows has changed.")


def test_the_timeline_is_a_slider(replay):
    """A click on it selects the step and the call under the mouse; it tells assistive technology where one is."""
    replay.open().ready()
    slider = replay.page.get_by_role("slider")
    box = slider.bounding_box()
    cell = (box["width"] - 62 - 14) / 25
    slider.click(position={"x": 62 + cell * 14.5, "y": 15})
    replay.at(15).frame("planner")
    expect(slider).to_have_attribute("aria-valuenow", "15")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("Step 15 of 25: click link"))
    slider.click(position={"x": 62 + cell * 14.5, "y": 60})
    replay.at(15).frame("choose_date [Departure] [12/26/2016]")
    slider.press("ArrowLeft")
    replay.at(14)


def test_dragging_along_the_timeline_moves_through_the_steps(replay):
    """Along the numbers, with the button held, the step under the mouse is the selected one."""
    replay.open().ready()
    box = replay.page.get_by_role("slider").bounding_box()
    cell, y = (box["width"] - 62 - 14) / 25, box["y"] + box["height"] - 6
    replay.page.mouse.move(box["x"] + 62 + cell * 2.5, y)
    replay.page.mouse.down()
    for k in range(3, 20):
        replay.page.mouse.move(box["x"] + 62 + cell * (k + 0.5), y)
    replay.page.mouse.up()
    replay.at(20)
    replay.page.mouse.move(box["x"] + 62 + cell * 4.5, y)
    expect(replay.page.locator(".tip")).to_contain_text("step 5")
    replay.at(20)


def test_the_axis_can_be_time_or_tokens(replay):
    """On the axis of time a step lies where its time is; an axis the episode has no figures for cannot be chosen."""
    replay.open().ready()
    replay.page.get_by_role("button", name="time", exact=True).click()
    slider = replay.page.get_by_role("slider")
    slider.click(position={"x": 62 + (slider.bounding_box()["width"] - 76) * 0.5, "y": 90})
    replay.at(13)
    expect(replay.page.get_by_role("button", name="cost", exact=True)).to_be_disabled()


def test_lists_select_too(replay):
    """A row of the frames selects the call, a row of the steps the step; the selected row is marked."""
    replay.open().ready()
    replay.page.get_by_role("treeitem", name=re.compile("choose_date")).click()
    replay.at(11)
    expect(replay.page.get_by_role("treeitem", selected=True)).to_have_attribute("aria-level", "3")
    replay.page.get_by_role("tab", name="Steps").click()
    replay.page.get_by_role("option", name=re.compile("^step 4, ")).click()
    replay.at(4)
    expect(replay.page.get_by_role("option", selected=True)).to_contain_text("type 'Lebanon, NH (LEB)' into From")


def test_the_prompt_is_shown_part_by_part(replay):
    """Each part has its tokens and opens to its text; the reply stands below."""
    replay.open(step="s00014").ready()
    replay.page.get_by_role("tab", name="Prompt").click()
    parts = replay.page.locator(".part")
    expect(parts).to_have_count(4)
    expect(parts.nth(0)).to_contain_text(re.compile(r"system.*\d+ tokens"))
    parts.nth(3).locator("summary").click()
    expect(parts.nth(3).locator("pre")).to_contain_text("[18] heading 'September 2016'")
    expect(replay.page.locator(".reading > pre")).to_contain_text("ACTION: click [17]")


def test_the_observation_marks_the_target_and_points_into_the_picture(replay):
    """The target's line is marked; a line under the mouse shows where its element is on the page."""
    replay.open(step="s00014").ready()
    replay.page.get_by_role("tab", name="Observation").click()
    expect(replay.page.locator(".line.target")).to_contain_text("[17] link 'Prev'")
    before = replay.pixel(345, 345)
    replay.page.locator(".line", has_text="[18] heading").hover()
    assert replay.pixel(345, 345) != before
    replay.page.mouse.move(10, 10)
    assert replay.pixel(345, 345) == before


def test_the_sheet_of_keys_is_the_table_of_the_docs(replay):
    """? opens all keys, Escape closes them and gives the focus back; while it is open no key moves the replay."""
    replay.open().ready().press("?")
    sheet = replay.page.get_by_role("dialog", name="Keys")
    expect(sheet).to_contain_text("next, previous call of the same policy")
    expect(sheet.locator("tr")).to_have_count(len(keys_of("Replay")))
    replay.press("ArrowRight").at(1).press("Escape")
    expect(sheet).to_have_count(0)
    replay.press("ArrowRight").at(2)


def test_go_to_a_step_by_number(replay):
    """g asks for the number; one beyond the end is the last step."""
    replay.open().ready().press("g")
    replay.page.keyboard.type("17")
    replay.press("Enter").at(17).press("g")
    replay.page.keyboard.type("400")
    replay.press("Enter").at(25)


def test_the_link_is_copied(replay):
    """l puts the address of the step on the clipboard, even before the selection has rested."""
    replay.open()
    replay.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    replay.ready().press("ArrowRight", "ArrowRight", "l")
    expect(replay.page.get_by_text("Link copied")).to_be_visible()
    assert "step=s00002" in replay.page.evaluate("navigator.clipboard.readText()")


def test_a_rerun_of_the_page_disturbs_nothing(replay):
    """When Streamlit hands over the same data again, or a step we reported, what one reads stays as it is."""
    replay.open(step="s00014").ready()
    replay.page.wait_for_function("() => window.reports.length === 1")
    replay.page.get_by_role("tab", name="Prompt").click()
    replay.page.locator(".part").nth(3).locator("summary").click()
    replay.press("ArrowRight").at(16)
    expect(replay.page.locator(".part[open]")).to_have_count(1)
    replay.page.evaluate("window.run({step: 's00014'})")
    replay.page.evaluate("window.run({})")
    replay.at(16)
    expect(replay.page.locator(".part[open]")).to_have_count(1)


def test_python_can_ask_for_another_step(replay):
    """A step in the data that the component did not report itself is gone to."""
    replay.open(step="s00014").ready()
    replay.page.evaluate("window.run({step: 's00007'})")
    replay.at(8)


def test_the_diff_says_focus_and_dialogs(replay):
    """Where the keyboard went and which dialog opened is told beside the lines that changed."""
    replay.open(step="s00010").ready().press("d").ready()
    lines = replay.page.locator(".lines").first
    expect(lines).to_contain_text("- focus textbox 'To'")
    expect(lines).to_contain_text("+ focus textbox 'Departure'")
    expect(lines).to_contain_text("+ opened: dialog 'Choose a date'")


def test_the_reply_is_shown_raw_and_as_it_was_read(replay):
    """Below the reply stands the step it became; a bar shows how the prompt's tokens fall on its parts."""
    replay.open(step="s00014").ready()
    replay.page.get_by_role("tab", name="Prompt").click()
    expect(replay.page.locator(".shares span")).to_have_count(4)
    expect(replay.page.locator(".facts")).to_contain_text("a page action")
    expect(replay.page.locator(".facts")).to_contain_text("[17] link Prev")


def test_another_pages_address_is_left_alone(replay):
    """Back has changed the address before the page: a step that rests then is neither written into it nor told."""
    replay.open().ready()
    expect(replay.page.get_by_text("Step 1 of 25:")).to_be_attached()
    told = replay.reports
    replay.page.evaluate("history.pushState({}, '', '/episodes?status=failed')")
    replay.press("ArrowRight").at(2)
    expect(replay.page.get_by_text("Step 2 of 25:")).to_be_attached()
    assert replay.page.url.endswith("/episodes?status=failed")
    assert replay.reports == told
