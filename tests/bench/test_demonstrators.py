"""Scripted people: who knows what, what they do on a page they are shown, and that nothing is recorded twice."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.demonstrators import PEOPLE, Demonstrator
from bench.demonstrators_clicks import boxes, link_under_tabs
from bench.demonstrators_forms import total, unknown, word
from bench.demonstrators_kit import Page
from bench.demonstrators_mail import flight, mail
from bench.demonstrators_more import any_script
from bench.demonstrators_store import code_of, demonstrations, recorded
from browser.miniwob_tasks import OUTSIDE20, PAPER45, miniwob_tasks
from traces.observation_text import parse_observation, quote

ANSWER = "[1] text {}\n[2] textbox\n[3] button 'Submit'"
INBOX = """
[1] heading 'Primary'
[2] group clickable
  [3] text 'Ann'
  [4] img 'trash' clickable
[5] group clickable
  [6] text 'Bo'
  [7] img 'trash' clickable
"""


@dataclass
class Shown:
    """A person before a page that stays as it is, or becomes the next of several with each gesture."""

    person: object
    objective: str
    pages: list[str]
    did: list[tuple[str, object, str | None]] = field(default_factory=list)

    def __post_init__(self):
        page = Page(self.objective, nodes=parse_observation(self.pages[0]))
        for number, gesture in enumerate(self.person(page), 1):
            self.did.append((gesture.gesture, getattr(gesture.at, "id", gesture.at), getattr(gesture, "text", None)))
            page.nodes = parse_observation(self.pages[min(number, len(self.pages) - 1)])


def test_everybody_is_there():
    """The paper's 45 tasks and 20 others, all pages of the wheel, none in both."""
    assert (len(set(PAPER45)), len(set(OUTSIDE20))) == (45, 20)
    assert not set(PAPER45) & set(OUTSIDE20)
    assert {*PAPER45, *OUTSIDE20, "flight:Alaska-auto", "todomvc:vanillajs"} == PEOPLE.keys()
    assert {*PAPER45, *OUTSIDE20} <= {*miniwob_tasks()}


def test_a_task_nobody_knows_is_an_error():
    """No demonstration is made by somebody who does not know the task."""
    with pytest.raises(KeyError):
        Demonstrator("chase-circle")


def test_boxes_are_ticked_from_the_top():
    """In the order of the page, not of the objective; what is not named stays as it is."""
    page = "[1] checkbox 'a'\n[2] checkbox 'b'\n[3] checkbox 'c'\n[4] button 'Submit'"
    did = Shown(boxes, "Select c, a and click Submit.", [page]).did
    assert did == [("click", "1", None), ("click", "3", None), ("click", "4", None)]


def test_tabs_are_looked_under_until_the_link_is_seen():
    """The open tab is not pressed again, and no tab twice."""
    tabs = "[1] tab 'one'{} \n[2] tab 'two'{}\n[3] tab 'three'{}\n[4] text '{}'"
    pages = [
        tabs.format(" selected", "", "", "x").replace(" \n", "\n"),
        tabs.format("", " selected", "", "y").replace(" \n", "\n"),
        tabs.format("", "", " selected", "here").replace(" \n", "\n"),
    ]
    assert [at for _, at, _ in Shown(link_under_tabs, 'click on the link "here".', pages).did] == ["2", "3", "4"]


@given(st.integers(0, 99), st.sampled_from("+-"), st.integers(0, 99))
def test_sums_are_worked_out(one, sign, other):
    """Whatever the terms."""
    did = Shown(total, "Solve the math problem", [ANSWER.format(quote(f"{one} {sign} {other} ="))]).did
    assert int(did[0][2]) == (one + other if sign == "+" else one - other)


@given(st.integers(0, 9), st.sampled_from("+-"), st.integers(0, 99), st.booleans())
def test_x_fits_its_equation(digit, sign, result, first):
    """What is typed, put in for x, gives the result."""
    terms = ("x", str(digit)) if first else (str(digit), "x")
    did = Shown(unknown, "Solve for x", [ANSWER.format(quote(f"{terms[0]} {sign} {terms[1]} = {result}"))]).did
    one, other = (int(did[0][2]) if term == "x" else int(term) for term in terms)
    assert (one + other if sign == "+" else one - other) == result


def test_the_word_is_typed_without_its_comma():
    """The page does not count signs, and people leave them out."""
    did = Shown(word, "Find the 2nd word in the paragraph", [ANSWER.format("'Lacus, interdum. Nisi,'")]).did
    assert did == [("type", "2", "interdum"), ("click", "3", None)]


def test_mail_is_found_by_its_sender():
    """The button of that mail, not of the first one."""
    did = Shown(mail, "Find the email by Bo and click the trash icon to delete it.", [INBOX]).did
    assert did == [("click", "7", None)]


def test_signs_nobody_sees_are_no_part_of_a_name():
    """An objective in a broken encoding names the button that is drawn without them."""
    assert Shown(any_script, 'Click on the "a\x8fb" button.', ["[1] button 'ab'\n[2] button 'a b'"]).did[0][1] == "2"


@pytest.mark.parametrize(("which", "wanted"), [("cheapest", "9"), ("shortest", "7")])
def test_the_flight_that_is_asked_for_is_booked(which, wanted):
    """By its price, or by hours and minutes, not by their text."""
    form = "[1] textbox 'From:'\n[2] textbox 'To:'\n[3] textbox 'Departure Date'\n[4] button 'Search'"
    suggested = form + "\n[5] text 'Aa, AK (AAA)' clickable\n[6] text 'Bb, AK (BBB)' clickable"
    calendar = form + "\n[5] text 'October'\n[6] text '2016'\n[10] link '3'"
    offers = "[6] text '9h 50m'\n[7] button 'Book flight for $400'\n[8] text '10h 2m'\n[9] button 'Book flight for $99'"
    pages = [form, suggested, form, suggested, form, calendar, form, offers]
    told = Shown(flight, f"Book the {which} one-way flight from: Aa, AK to: BBB on 10/03/2016.", pages).did
    assert [at for _, at, _ in told] == ["1", "5", "2", "6", "3", "10", "4", wanted]


def test_the_code_decides_what_is_recorded_anew():
    """Two people have two codes; tasks done by one person have one."""
    persons = [PEOPLE["click-checkboxes"], PEOPLE["click-option"], PEOPLE["login-user"]]
    assert len({code_of(person) for person in persons}) == 3
    assert code_of(PEOPLE["click-checkboxes"]) == code_of(PEOPLE["click-checkboxes-large"])


@pytest.mark.browser
def test_a_demonstration_is_recorded_once(parts):
    """The page calls it a success, the rules label it, it is accepted, and the second time nothing is recorded."""
    [tree] = demonstrations(parts, "login-user", range(3), 1)
    assert recorded(parts, "login-user", 0)["episode"] == tree.episode
    assert demonstrations(parts, "login-user", range(3), 1) == (tree,)
    assert {segment.state for segment in tree.segments} == {"accepted"}
    assert parts.demonstrations() == (tree.episode,)
    assert parts.episodes.catalogue.get(tree.episode)["tags"] == "untimed"
