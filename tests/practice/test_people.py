"""Scripted people look only at the page, and are done when it is."""

from __future__ import annotations

import pytest

from practice.people import PEOPLE, person
from traces.observation_text import parse_observation

FORM = "[1] textbox 'Username'\n[2] textbox 'Password' secret\n[3] button 'Login'"
CALENDAR = (
    "[1] textbox 'Date' readonly\n[2] button 'Submit'\n[3] text 'Prev'\n[4] text 'Next'\n[5] text 'May'\n"
    "[6] text '2016'\n[7] link '9'\n[8] link '10'"
)


def ask(task: str, objective: str, page: str, *done: str) -> list[str] | None:
    return person(task)(objective, parse_observation(page), done)


def test_signing_in_types_both_texts_and_presses_the_button() -> None:
    """In the order of the page, then nothing is left."""
    task, words = "login-user", 'Enter the username "ana" and the password "x1" and press login.'
    assert ask(task, words, FORM) == ["type [1] [ana]"]
    assert ask(task, words, FORM, "type [1] [ana]") == ["type [2] [x1]"]
    assert ask(task, words, FORM, "type [1] [ana]", "type [2] [x1]") == ["click [3]"]
    assert ask(task, words, FORM, "1", "2", "3") is None


@pytest.mark.parametrize(
    ("wanted", "action"),
    [("05/10/2016", "click [8]"), ("02/10/2016", "click [3]"), ("11/10/2016", "click [4]")],
)
def test_a_calendar_is_turned_to_the_month(wanted: str, action: str) -> None:
    """The day of the month shown, else one page back or on."""
    assert ask("choose-date", f"Select {wanted} as the date and hit submit.", CALENDAR) == [action]


def test_boxes_are_ticked_and_sent() -> None:
    """Only the named ones; nothing means the button at once."""
    page = "[1] checkbox 'a' checked\n[2] checkbox 'b' unchecked\n[3] checkbox 'c' unchecked\n[4] button 'Submit'"
    assert ask("click-checkboxes", "Select a, c and click Submit.", page) == ["click [3]"]
    assert ask("click-checkboxes", "Select nothing and click Submit.", page) == ["click [4]"]
    assert ask("click-checkboxes", "Select a and click Submit.", page, "click [4]") is None


def test_nobody_works_on_a_page_that_is_over() -> None:
    """Without the elements of their task all people stop."""
    for task in PEOPLE:
        assert ask(task, 'Enter "x" and "y" on 01/02/2016', "[1] text 'START'") is None
