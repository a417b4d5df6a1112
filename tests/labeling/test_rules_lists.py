"""Lists of all kinds: drawn ones, tables of radios, lists that take several; and what a field is called."""

from __future__ import annotations

import pytest

from labeling.rules.naming import field_name, without_value
from labeling.rules.page import read_page
from labeling.rules.scene import Scene
from tests.builders import Recording
from tests.labeling.outlines import label, outline
from traces.model import Observation
from traces.observation_text import Node

DRAWN = "[1] text 'Country'\n[2] text '▾' clickable\n  [3] text '{}'{}\n[8] button 'Join'"
OPTIONS = "\n[{}] text 'Chile' clickable\n[{}] text 'Kenya' clickable"


def drawn(shown: str, first: int | None = None) -> str:
    return DRAWN.format(shown, OPTIONS.format(first, first + 1) if first else "")


def test_a_drawn_list_is_a_list_if_it_shows_the_pick_and_goes_away():
    """No role says so, but it opens, is picked from, closes and shows; a second pick corrects the first."""
    r = Recording("from Kenya").page(drawn("Choose")).do("click [2]").page(drawn("Choose", 4)).do("click [4]")
    r.page(drawn("Chile")).do("click [2]").page(drawn("Chile", 6)).do("click [7]").page(drawn("Kenya"))
    assert outline(r) == ["select_option [Country] [Kenya]"]
    assert "again" in label(r).segments[0].evidence


def test_what_opens_and_stays_is_no_list():
    """A button that shows more, and a click in it, are own steps."""
    page = "[1] button 'More'\n[2] text 'Chile' clickable"
    r = Recording().page("[1] button 'More'").do("click [1]").page(page).do("click [2]").page(page)
    assert outline(r) == ["click [1]", "click [2]"]


def test_radios_in_a_row_are_one_field_by_the_rows_heading():
    """Their names say field and option; a second radio of the same row corrects the first."""
    row = "  [{0}] row\n    [{0}1] columnheader '{1}'\n    [{0}2] radio '{1}: Poor'\n    [{0}3] radio '{1}: Good'"
    page = "\n".join(["[9] table", row.format(1, "Seats"), row.format(2, "Food")])
    r = Recording("seats good, food poor").page(page)
    r.do("click [13]").page(page).do("click [23]").page(page).do("click [22]").page(page)
    assert outline(r) == ["select_option [Seats] [good]", "select_option [Food] [poor]"]
    assert [(s.first, s.last) for s in label(r).segments] == [("e1-0", "e1-0"), ("e1-1", "e1-2")]


def test_a_list_that_takes_several_is_one_call():
    """Options that stay selected are joined; one that was taken back is left out."""

    def page(*chosen: str) -> str:
        names = ("red", "green", "blue")
        marks = {name: " selected" if name in chosen else "" for name in names}
        lines = [f"  [{n}] option '{name}'{marks[name]}" for n, name in enumerate(names, 2)]
        return "\n".join(["[1] listbox 'Colours'", *lines])

    r = Recording("").page(page()).do("click [2]").page(page("red")).do("click [3]").page(page("red", "green"))
    r.do("click [3]").page(page("red")).do("click [4]").page(page("red", "blue"))
    assert outline(r) == ["select_option [Colours] [red, blue]"]


def test_several_options_of_a_native_list_are_joined():
    """The recorder writes them on a line each."""
    page = "[1] listbox\n  [2] option 'Ada'\n  [3] option 'Ben'"
    r = Recording("Select Ada, Ben from the scroll list.").page(page).do("select [1] [Ada\\nBen]").page(page)
    assert outline(r) == ["select_option [scroll list] [Ada, Ben]"]


def test_a_choice_without_words_is_called_as_the_objective_counts_it():
    """By its number among its kind; one the objective does not count is a radio."""
    for objective, called in (("Check the 3rd radio button", "3rd radio button"), ("Check any", "radio")):
        r = Recording(objective).page("[1] radio unchecked\n[2] radio unchecked\n[3] radio unchecked").do("click [3]")
        r.page("[1] radio unchecked\n[2] radio unchecked\n[3] radio checked")
        assert outline(r) == [f"select_option [radio] [{called}]"]


@pytest.mark.parametrize(
    ("line", "objective", "called"),
    [
        ("[2] textbox type='date'", "Enter 10/11/2011 as the date", "date"),
        ("[1] textbox\n[2] textbox\n[3] textbox", "Enter 3 into the 2nd textbox", "2nd textbox"),
        ("[1] textbox\n[2] textbox", "Enter 3 into the last textbox", "last textbox"),
        ("[1] radio\n[2] radio\n[3] radio", "Check the 2nd radio button", "2nd radio button"),
        ("[2] combobox value='Country…'\n  [3] option 'Country…'\n  [4] option 'Peru'", "", "Country…"),
        ("[1] text 'Nick'\n  [2] textbox\n  [3] combobox", "", "Nick"),
        ("[1] text '7'\n[2] spinbutton", "", "spinbutton"),
    ],
)
def test_a_field_without_a_name_is_called_by_what_is_beside_it_or_by_the_objective(line, objective, called):
    """Text beside it first, a list by what it shows at first, else the objective's word, else its role."""
    page = read_page(Observation(url="http://x/", title="", text=line))
    assert field_name(Scene(objective, ()), page, page.by_id["2"])[0] == called


@pytest.mark.parametrize(
    ("name", "later", "called"),
    [
        ("Check-in Add a date", "Check-in Aug 5", "Check-in"),
        ("Guests: 1", "Guests: 3", "Guests"),
        ("1 guest", "2 guests", "1 guest"),
        ("2 rooms", "3 rooms", "rooms"),
        ("Sort", "Sort", "Sort"),
    ],
)
def test_a_name_is_said_without_the_value_it_holds(name, later, called):
    """The words that stay when the value changes."""
    assert without_value(name, Node(id="1", role="button", name=later, depth=0, index=0)) == called
