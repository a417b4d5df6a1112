"""What benchmarks and hand-checked alarms taught the rules: look-alikes they leave, and disguises they see through."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.signals.course import Pages
from analysis.signals.registry import find_signals
from tests.analysis.test_signals import HOME, LOGIN, ORDERS, Told, found, told
from tests.builders import Recording
from traces.model import LlmCall, Observation

FORM = "[1] textbox 'Name' value='ana' focused\n[2] button 'Send'\n[3] link 'Help'\n"
SENT = "[1] textbox 'Name' value='ana'\n[2] button 'Send' focused\n[3] link 'Help'\n"
PLACE = "http://site.test/"


def pressed(action: str, before: str, after: str, **fields: object) -> set[str]:
    """What is found where an action leads from one page to another."""
    return found(told("Open the orders").page(before).do(action, **fields).page(after))


def pictures(before: str, after: str) -> dict[str, str]:
    """Other pictures before and after."""
    return {"picture_before": before, "picture_after": after}


def test_a_press_that_moves_the_cursor_only_has_no_effect() -> None:
    """A lost press leaves a ring around its button, and another picture with it."""
    assert "D4" in pressed("click [2]", FORM, SENT, **pictures("a", "b"))
    assert "D4" not in pressed("click [1]", SENT, FORM, **pictures("a", "b"))


def test_a_picture_counts_where_things_are_drawn() -> None:
    """On an image or a plain text; a button's picture alone is no effect."""
    page = "[1] img 'map' clickable\n[2] button 'Zoom'\n"
    assert "D4" not in pressed("click [1]", page, page, **pictures("a", "b"))
    assert "D4" in pressed("click [1]", page, page, **pictures("a", "a"))
    assert "D4" in pressed("click [2]", page, page, **pictures("a", "b"))
    assert "D4" in pressed("click [1]", page, page, changed=("pointer",), **pictures("a", "b"))


def test_typing_a_withheld_text_again_is_not_looked_at() -> None:
    """Nobody can say whether it is another one; a text in the clear that was there already has no effect."""
    secret = "[1] textbox 'Password' value='{SECRET}' type='password' secret\n"
    assert "D4" not in pressed("type [1] [hunter2]", secret, secret)
    assert "D4" in pressed("type [1] [ana]", FORM, FORM)


@pytest.mark.parametrize(
    ("before", "after", "out"),
    [
        (HOME + "[9] link 'Sign out'\n", LOGIN, True),
        (HOME, LOGIN, False),
        (HOME, LOGIN + "[9] text 'Your session has expired.'\n", True),
        (HOME, LOGIN + "[9] text 'You have been logged out due to inactivity.'\n", True),
    ],
)
def test_a_session_that_ended_is_known_by_what_pages_say(before: str, after: str, out: bool) -> None:
    """Signed in by a page before, or signed out by the one that came; a sign-in page alone is none."""
    recording = told().page(before, f"{PLACE}home").do("click [2]").page(after, f"{PLACE}login")
    assert ("D8" in found(recording)) is out


@pytest.mark.parametrize(
    ("role", "text", "complains"),
    [
        ("text", "Email has already been taken", True),
        ("text", "These credentials do not match our records.", True),
        ("alert", "You can only add 5 of this item to your cart.", True),
        ("text", "Free shipping on orders of at least $50", False),
        ("status", "3 items in your cart", False),
        ("alert", "Project 'Atlas' was successfully created.", False),
    ],
)
def test_messages_in_the_words_of_real_sites(role: str, text: str, complains: bool) -> None:
    """What says that something is wrong; advertisements and good news are none."""
    name = text.replace("'", "\\'")
    assert ("D9" in pressed("click [4]", HOME, HOME + f"[9] {role} '{name}'\n")) is complains


@pytest.mark.parametrize(
    ("title", "broken"),
    [
        ("502 Bad Gateway", True),
        ("HTTP Status 404 – Not Found", True),
        ("404", True),
        ("Error 522: Connection timed out", True),
        ("429 Too Many Requests", True),
        ("Site under maintenance", True),
        ("We're sorry, but something went wrong (500)", True),
        ("500 results for lamps", False),
        ("404 Lamps and more", False),
        ("Order 503", False),
    ],
)
def test_broken_pages_in_the_words_of_real_servers(title: str, broken: bool) -> None:
    """By title or heading; a number alone is a code only where nothing else stands there."""
    name = title.replace("'", "\\'")
    page = f"[1] heading '{name}'\n[2] link 'Home'\n"
    assert ("D8" in pressed("click [2]", HOME, page)) is broken


def test_a_scroll_that_moves_nothing_is_a_repeat() -> None:
    """Three times to no effect at all; where a picture changes the page moved."""

    def scrolled(*seen: str) -> set[str]:
        recording = told().page(HOME)
        for before, after in zip(seen, seen[1:], strict=False):
            recording.do("scroll [down]", **pictures(before, after)).page(HOME)
        return found(recording)

    assert "D1" in scrolled("a", "a", "a", "a")
    assert "D1" not in scrolled("a", "b", "c", "d")


def test_a_field_that_something_came_over_is_the_environments() -> None:
    """A text refused by a field that looked able; one that was disabled already was the wrong element."""
    refused = "[3] takes no text"
    able, disabled = "[3] textbox 'Name'\n", "[3] textbox 'Name' disabled\n"
    assert found(told().page(able).do("type [3] [ana]", error=refused).page(disabled)) == {"D8"}
    assert "D6" in found(told().page(disabled).do("type [3] [ana]", error="[3] is disabled").page(disabled))


def test_a_call_that_failed_may_be_made_again() -> None:
    """After an action of it was refused; after one that went well it is called in vain."""

    def twice(error: str | None) -> set[str]:
        recording = told().page(HOME)
        for refused in (error, None):
            recording.do("fill [Name] [ana]", kind="push").page(HOME)
            recording.do("type [3] [ana]", error=refused).page(HOME).do("stop", kind="pop").page(HOME)
        return found(recording)

    assert "D11" not in twice("[3] takes no text")
    assert "D11" in twice(None)


def test_tabs_by_number_are_no_drift() -> None:
    """Looking through tabs for a word that none of them shows yet is the work; wandering among other words is not."""

    def through(name: str) -> Recording:
        recording = told('Click on the link "convallis"')
        for turn in range(10):
            recording.page(f"[2] tab '{name}{turn}'\n[3] text 'Dolor {turn}'\n").do("click [2]")
        return recording.page("[1] text 'Sit'\n")

    assert "D17" not in found(through(""))
    assert "D17" in found(through("Weather "))


def test_a_text_that_can_be_pressed_sends_too() -> None:
    """Not every button is one; an objective that asks to reply asks for the press."""
    page = "[2] text 'Send reply' clickable\n"
    sent = "[1] text 'Thanks'\n"
    assert "D21" in found(told("What does Ana write?").page(page).do("click [2]").page(sent))
    assert "D21" not in found(told("Find the mail by Ana and reply to it").page(page).do("click [2]").page(sent))


def test_a_course_without_pages_has_nothing_to_look_at() -> None:
    """Steps whose pages were not kept: no detector speaks of pages that nobody saw."""
    recording = Recording("Open the orders", fields={"actor": "agent", "status": "failed"})
    recording.do("click [2]")
    calls: tuple[LlmCall, ...] = ()
    assert found(Told(recording, None, calls)) <= {"D4"}
    assert "D5" not in found(told().page(ORDERS).do("click [5]").page(HOME))


def wandering(objective: str) -> Recording:
    """Ten presses among words of no objective here."""
    recording = told(objective)
    for turn in range(10):
        recording.page(f"[2] link 'Weather {turn}'\n").do("click [2]")
    return recording.page("[1] text 'Sit'\n")


@pytest.mark.parametrize(
    ("objective", "drifts"), [("", False), ("Checkout", False), ("Pay at the checkout with the coupon", True)]
)
def test_where_there_is_no_goal_nothing_drifts_from_it(objective: str, drifts: bool) -> None:
    """An import without an objective, and a single word that may be a title."""
    assert ("D17" in found(wandering(objective))) is drifts


def test_a_long_episode_reads_each_page_once() -> None:
    """All detectors share what was read; without room for all of it the same is found, and the newest stay read."""
    recording = told("Compare the warranty of both coffee grinders", end_reason="stop", answer="Zander 4711")
    for turn in range(400):
        recording.page(f"[1] heading 'News {turn}'\n[2] link 'Weather {turn}'\n").do("click [2]")
    recording.page(ORDERS)
    course = Told(recording).course
    reads: list[str] = []

    def read(key: str) -> Observation:
        reads.append(key)
        return recording.observation(key)

    whole = find_signals(replace(course, pages=Pages(read)))
    assert len(reads) == len(set(reads)) == 401
    assert find_signals(replace(course, pages=Pages(recording.observation, room=50))) == whole
    assert {"D16", "D17"} <= {one.detector for one in whole}


ASKED = "[9] dialog 'Cancel booking K7?'\n  [10] text 'Rome, 1 May. Seats may not be kept.'\n  [11] button 'Yes'\n"


@pytest.mark.parametrize(
    ("more", "complains"),
    [
        ("[9] table\n  [10] row\n    [11] text 'Gift card is not accepted'\n", False),
        ("[9] list 'Messages'\n  [10] listitem\n    [11] text 'The colour does not suit us.'\n", False),
        ("[9] text 'Gift card is not accepted'\n", True),
        ("[9] list\n  [10] listitem 'This field is required.'\n", True),
        (ASKED, False),
        (ASKED.replace("K7?", "failed"), True),
        ("[9] dialog 'Delete'\n  [10] text 'This cannot be undone.'\n", False),
        ("[9] text 'Please choose'\n", False),
        ("[9] text 'Please choose a seat'\n", True),
    ],
)
def test_what_lists_hold_and_dialogs_ask_is_no_complaint(more: str, complains: bool) -> None:
    """Tickets and messages speak of trouble of their own; a question comes before anything is wrong."""
    assert ("D9" in pressed("click [4]", HOME, HOME + more)) is complains


@pytest.mark.parametrize(("name", "broken"), [("Is the bag back soon", False), ("We will be right back soon", True)])
def test_a_title_that_says_soon_is_no_maintenance(name: str, broken: bool) -> None:
    """A ticket may ask when something is back."""
    assert ("D8" in pressed("click [2]", HOME, f"[1] heading '{name}'\n[2] link 'Home'\n")) is broken


def test_an_action_that_a_failing_page_cut_off_is_no_fault_of_the_reply() -> None:
    """The episode ended with the page's error, which D8 tells; a reply refused before that is D7's."""
    failed = {"kind": "invalid", "error": "BrowserError: the page crashed"}
    recording = told(end_reason="page: BrowserError: the page crashed").page(HOME).do("click [4]", **failed).page(HOME)
    assert found(recording) & {"D7", "D8"} == {"D8"}
    recording = told(end_reason="page: BrowserError").page(HOME).do("fly [4]", kind="invalid").page(HOME)
    assert "D7" in found(recording.do("click [4]", **failed).page(HOME))
