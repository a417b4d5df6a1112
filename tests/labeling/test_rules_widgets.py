"""Widgets that pages have in many forms: date parts and ranges, editors, chips, menus, pages of lists, dragged rows."""

from __future__ import annotations

import pytest

from labeling.days import Day, wording
from labeling.rules.calendars import read_calendar
from labeling.rules.page import read_page
from tests.builders import Recording
from tests.labeling.outlines import label, outline
from tests.labeling.pages import date_page
from traces.model import Observation


@pytest.mark.parametrize(
    ("text", "day", "written"),
    [
        ("from 5 to 9 August 2026", Day(2026, 8, 5), "5 August 2026"),
        ("from 5 to 9 August 2026", Day(2026, 8, 9), "9 August 2026"),
        ("August 5 – 9, 2026, please", Day(2026, 8, 9), "August 9, 2026"),
        ("rooms 5 to 9 in August Street", Day(2026, 8, 5), None),
    ],
)
def test_both_days_of_a_range_are_written_in_full(text, day, written):
    """The month that is said once belongs to both."""
    assert wording(text, day) == written


def test_day_month_and_year_in_three_lists_are_one_date():
    """In any order; the field is what they stand in."""
    page = "[1] group 'Born'\n  [2] combobox 'Month'\n  [3] combobox 'Day'\n  [4] combobox 'Year'"
    r = Recording("born 3 May 1990").page(page).do("select [2] [May]").page(page).do("select [3] [3]").page(page)
    r.do("select [4] [1990]").page(page)
    assert outline(r) == ["choose_date [Born] [3 May 1990]"]
    r = Recording().page(page).do("select [2] [May]").page(page).do("select [3] [3]").page(page)
    assert outline(r) == ["select_option [Month] [May]", "select_option [Day] [3]"]


def month(first: str, second: str) -> str:
    days = "\n".join(f"  [{20 + n}] button 'Friday, May {n}, 2026'" for n in range(1, 29))
    return f"[1] button 'Arrive {first}'\n[2] button 'Leave {second}'\n[3] dialog 'Days'\n{days}"


def test_a_calendar_of_two_days_gives_each_field_its_own():
    """The second day is picked without opening anything; its field is the one that shows it."""
    shut = "[1] button 'Arrive –'\n[2] button 'Leave –'"
    r = Recording("from 5 to 9 May 2026").page(shut).do("click [1]").page(month("–", "–")).do("click [25]")
    r.page(month("May 5", "–")).do("click [29]").page("[1] button 'Arrive May 5'\n[2] button 'Leave May 9'")
    assert outline(r) == ["choose_date [Arrive] [5 May 2026]", "choose_date [Leave] [9 May 2026]"]


def editor(value: str = "", pressed: str = "") -> str:
    return f"[1] toolbar\n  [2] button 'Bold'{pressed}\n[3] textbox 'Text'{value}\n[4] button 'Quote'"


def test_a_text_with_bold_words_is_one_text():
    """The button of an editor changes nothing else, and the typing goes on."""
    r = Recording().page(editor()).do("type [3] [I am ] [0]").page(editor(" value='I am '")).do("click [2]")
    r.page(editor(" value='I am '", " pressed")).do("type [3] [I am here] [0]").page(editor(" value='I am here'"))
    assert outline(r) == ["fill_text [Text] [I am here]"]


def test_a_tab_between_two_fields_is_the_second_ones():
    """The labelling guide's rule 2; before anything else it leaves the first."""
    page = "[1] textbox 'A'\n[2] textbox 'B'\n[3] button 'Ok'"
    r = Recording().page(page).do("type [1] [x] [0]").page(page).do("press [Tab] [1]").page(page)
    r.do("type [2] [y] [0]").page(page).do("press [Tab] [2]").page(page).do("click [3]").page(page)
    assert [(s.first[-1], s.last[-1]) for s in label(r).segments] == [("0", "0"), ("1", "3")]


def chips(typed: str = "", chip: str = "", tip: str = "") -> str:
    value = f" value='{typed}'" if typed else ""
    made = [f"[7] text '{chip}'\n  [8] button '×'"] if chip else []
    return "\n".join([f"[1] textbox 'To'{value}", *made, *([f"[5] text '{tip}' clickable"] if tip else [])])


def test_a_name_that_was_taken_and_removed_is_corrected_in_one_call():
    """The × goes away with what it removes."""
    r = Recording("Write to Rosa Lund").page(chips()).do("type [1] [Ros] [0]").page(chips("Ros", "", "Ros Vega"))
    r.do("click [5]").page(chips("", "Ros Vega")).do("click [8]").page(chips())
    r.do("type [1] [Rosa] [0]").page(chips("Rosa", "", "Rosa Lund")).do("click [5]").page(chips("", "Rosa Lund"))
    assert outline(r) == ["fill_text [To] [Rosa Lund]"]


@pytest.mark.parametrize(
    ("commands", "calls"),
    [
        (["show ports", "save"], ["fill_text [Command] [show ports]", "fill_text [Command] [save]"]),
        (["enabel eth1", "enable eth1"], ["fill_text [Command] [enable eth1]"]),
    ],
)
def test_lines_sent_from_one_field_are_several_texts_unless_the_second_mends_the_first(commands, calls):
    """What is sent leaves its field empty; a slip is known by how alike both are."""
    page = "[1] textbox 'Command'\n[2] text '{}'"
    r = Recording().page(page.format(""))
    for line in commands:
        r.do(f"type [1] [{line}] [1]").page(page.format(line))
    r.do("click [2]").page(page.format("end"))
    assert outline(r)[:-1] == calls


def test_a_field_that_opens_another_to_type_into_is_the_field():
    """As on telephones: the list is typed into, the field shows what was taken."""
    shut = "[1] text 'To' clickable\n  [2] text '{}'"
    r = Recording("Go to Turku").page(shut.format("Choose")).do("click [1]")
    r.page(shut.format("Choose") + "\n[5] textbox 'Port'").do("type [5] [Tur] [0]")
    r.page(shut.format("Choose") + "\n[5] textbox 'Port'\n[6] text 'Turku' clickable").do("click [6]")
    r.page(shut.format("Turku"))
    assert outline(r) == ["fill_text [To] [Turku]"]


MENU = "[1] button 'More'\n[9] heading 'Files'"


def test_a_menu_entry_that_brings_up_a_dialog_is_navigate_with_its_opening():
    """An entry after which nothing comes up is a command: own steps."""
    opened = MENU + "\n[2] list\n  [3] listitem 'Rename' clickable\n  [4] listitem 'Delete' clickable"
    r = Recording().page(MENU).do("click [1]").page(opened).do("click [3]").page(MENU + "\n[5] dialog 'Rename'")
    r.do("press [Escape]").page(MENU)
    assert outline(r) == ["navigate [Rename]", "press [Escape]"]
    r = Recording().page(MENU).do("click [1]").page(opened).do("click [4]").page(MENU).do("click [1]").page(opened)
    assert outline(r) == ["click [1]", "click [4]", "click [1]"]


def test_an_entry_after_which_the_heading_is_another_one_is_navigate():
    """Much of the page may stay, as the list of folders does."""
    page = "[1] text 'Inbox' clickable\n[2] text 'Sent' clickable\n[3] heading '{}'\n[4] text 'Compose'"
    r = Recording().page(page.format("Inbox")).do("click [2]").page(page.format("Sent")).do("click [4]")
    r.page(page.format("Sent"))
    assert outline(r) == ["navigate [Sent]", "click [4]"]


def test_the_next_page_of_a_list_is_navigate_and_next_after_a_field_sends_it():
    """The same word is paging in one place and sending in another."""
    rows = "[1] heading 'People'\n[2] button 'Next'\n[3] textbox 'Note'\n[4] text '{}'\n[5] text '{}'"
    r = Recording().page(rows.format("Ann", "Bo")).do("click [2]").page(rows.format("Cy", "Di"))
    r.do("type [3] [x] [0]").page(rows.format("Cy", "Di")).do("click [2]").page(rows.format("Ed", "Flo"))
    assert outline(r) == ["navigate [Next]", "fill_text [Note] [x]", "click [2]"]


def test_a_row_that_is_dragged_by_its_handle_is_called_by_its_words():
    """A mark has no name of its own."""
    rows = "\n".join(
        f"[{n}] listitem\n  [{n + 1}] text '⠿'\n  [{n + 2}] text '{name}'" for n, name in ((10, "Tea"), (20, "Rye"))
    )
    r = Recording("Put Rye above Tea").page(rows).do("drag [21] [11]").page(rows)
    assert outline(r) == ["move_item [Rye] [Tea]"]


def test_buttons_that_stay_pressed_are_boxes_and_one_alone_is_not():
    """Several in a row; a single one is an own step."""
    page = "[1] button 'Roses'{}\n[2] button 'Bees'{}"
    r = Recording().page(page.format("", "")).do("click [1]").page(page.format(" pressed", "")).do("click [2]")
    r.page(page.format(" pressed", " pressed"))
    assert outline(r) == ["click_checkboxes [Roses, Bees]"]
    r = Recording().page(page.format("", "")).do("click [1]").page(page.format(" pressed", ""))
    assert outline(r) == ["click [1]"]


@pytest.mark.parametrize("objective", ["at 8:04 PM", "at 8.04", "around noon"])
def test_a_time_is_written_as_the_objective_writes_it(objective):
    """Where it says the same time."""
    r = Recording(objective).page("[1] textbox 'When' type='time'").do("type [1] [20:04] [0]")
    r.page("[1] textbox 'When' value='20:04' type='time'")
    wanted = "8:04 PM" if "PM" in objective else "20:04"
    assert outline(r) == [f"fill_text [When] [{wanted}]"]


@pytest.mark.parametrize(
    ("asked", "called"), [('an item that starts with "Par"', "Par"), ("any item on par", "Paraguay")]
)
def test_a_beginning_that_is_all_that_was_asked_for_is_the_text(asked, called):
    """Where the objective quotes what was typed; else it is called by the suggestion that was taken."""
    r = Recording(f"Enter {asked}.").page("[1] textbox 'Tags'").do("type [1] [Par] [0]")
    r.page("[1] textbox 'Tags' value='Par'\n[2] option 'Paraguay'").do("click [2]")
    r.page("[1] textbox 'Tags' value='Paraguay'")
    assert outline(r) == [f"fill_text [Tags] [{called}]"]


def test_a_suggestion_that_opens_a_page_is_a_search():
    """In any field: what was looked for is shown."""
    r = Recording().page("[1] textbox 'Ask'", "http://x/").do("type [1] [repair] [0]")
    r.page("[1] textbox 'Ask' value='repair'\n[2] link 'How long does a repair take?'", "http://x/").do("click [2]")
    r.page("[3] heading 'Repairs'", "http://x/repairs")
    assert outline(r) == ["search [repair]"]


def test_a_number_that_stands_before_a_calendar_is_no_day_of_it():
    """A count of 1 above the month leaves the calendar's days as they are."""
    text = "[c1] text '-'\n[c2] text '1'\n[c3] text '+'\n" + date_page(month="March")
    days = read_calendar(read_page(Observation(url="http://page.test/", title="", text=text))).days
    assert len(days) == 31
    assert days["42"] == Day(2016, 3, 22)
    assert "c2" not in days
