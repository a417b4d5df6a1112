"""Forms with steppers, dialogs over them and buttons below them; fields without a name of their own."""

from __future__ import annotations

from labeling.rules.labeller import RulesLabeller
from labeling.tree import children
from policies.library import load_set
from tests.builders import Recording


def label(recording: Recording):
    return RulesLabeller().label(recording.episode, recording.steps, recording.observation, load_set("web"))


def trip(adults: int = 1, place: str = "", note: str = "") -> str:
    return f"""
[1] link 'Offers'
[2] form
  [3] textbox 'Where to' value='{place}'
  [4] textbox 'Wishes' value='{note}'
  [5] group
    [6] text 'Adults'
    [7] button 'Fewer'
    [8] text '{adults}'
    [9] button 'More'
  [10] button 'Find trips'
"""


def test_a_stepper_is_among_the_fields_of_its_form():
    """Its clicks stay the form's own steps; what it shows in the end is told as the objective says it."""
    r = Recording("A trip to Lund for three adults, quiet please").page(trip()).do("click [1]").page(trip())
    r.do("type [3] [Lund] [0]").page(trip(1, "Lund")).do("type [4] [quiet please] [0]")
    for adults in (1, 2, 3):
        r.page(trip(adults, "Lund", "quiet please")).do("click [9]" if adults < 3 else "click [10]")
    tree = label(r.page("[1] heading 'Trips'", url="http://site.test/trips"))
    form = next(one for one in tree.segments if one.policy == "fill_form")
    assert form.call == "fill_form [Where to: Lund; Wishes: quiet please; Adults: three]"
    assert len(children(tree, form.id)) == 2


def case(state: str = "Open", level: str = "Normal", menu: tuple[str, ...] = ()) -> str:
    came = "\n".join(f"  [{30 + n}] text '{name}' clickable" for n, name in enumerate(menu))
    return f"""
[1] button 'Help'
[2] text 'State'
  [3] button '{state}'
[4] text 'Level'
  [5] button '{level}'
{came}
[9] button 'Save changes'
"""


def test_a_button_that_is_named_by_its_value_is_called_by_the_words_beside_it():
    """Nothing of ‘Open’ stays when it says ‘Solved’: the list is called State."""
    r = Recording("Set the case to solved with a low level").page(case()).do("click [1]").page(case())
    r.do("click [3]").page(case(menu=("Open", "Solved"))).do("click [31]").page(case("Solved"))
    r.do("click [5]").page(case("Solved", menu=("Low", "Normal"))).do("click [30]").page(case("Solved", "Low"))
    tree = label(r.do("click [9]").page("[1] heading 'Saved'", url="http://site.test/saved"))
    assert [one.call for one in tree.segments] == [
        "fill_form [State: solved; Level: low]",
        "select_option [State] [solved]",
        "select_option [Level] [low]",
    ]


def grant(name: str = "", dialog: str = "", words: str = "") -> str:
    over = f"""
[20] dialog 'Partner'
  [21] textbox 'Who' value='{dialog.partition("/")[0]}'
  [22] textbox 'Part' value='{dialog.partition("/")[2]}'
  [23] button 'Add'
"""
    return f"""
[1] link 'Rules'
[2] form
  [3] textbox 'Group' value='{name}'
  [4] button 'Add a partner'
  [5] textbox 'Words' value='{words}'
[6] button 'Hand in'
{over if dialog else ""}
"""


def test_a_dialog_over_a_form_is_a_call_in_it_and_a_button_below_sends_it():
    """Opening the dialog sends nothing; the form goes on behind it, up to the button under its frame."""
    r = Recording("Hand in for Elm with Ida as host: seeds").page(grant()).do("scroll [down]").page(grant())
    r.do("click [1]").page(grant()).do("type [3] [Elm] [0]").page(grant("Elm")).do("click [4]")
    r.page(grant("Elm", "/")).do("type [21] [Ida] [0]").page(grant("Elm", "Ida/")).do("type [22] [host] [0]")
    r.page(grant("Elm", "Ida/host")).do("click [23]").page(grant("Elm")).do("type [5] [seeds] [0]")
    tree = label(r.page(grant("Elm", "", "seeds")).do("click [6]").page("[1] heading 'Thanks'"))
    outer = next(one for one in tree.segments if one.policy == "fill_form")
    assert outer.call == "fill_form [Group: Elm; Who: Ida; Part: host; Words: seeds]"
    assert [one.policy for one in children(tree, outer.id)] == ["fill_text", "fill_form", "fill_text"]
    assert tree.span(outer.id) == (2, 8)


def bill(item: str = "", count: str = "") -> str:
    return f"""
[1] link 'Bills'
[2] table
  [3] row
    [4] cell 'Item'
    [5] cell 'Count'
  [6] row
    [7] textbox value='{item}'
    [8] textbox value='{count}'
"""


def test_a_field_in_a_table_is_called_by_its_column():
    """Two fields without names in one row keep their own texts and the heading over each."""
    r = Recording("Six chairs").page(bill()).do("type [7] [chairs] [0]").page(bill("chairs"))
    tree = label(r.do("type [8] [6] [0]").page(bill("chairs", "6")))
    assert [one.call for one in tree.segments] == ["fill_text [Item] [chairs]", "fill_text [Count] [6]"]


def test_a_field_that_is_emptied_was_filled_in():
    """A text that was taken out is a call with an empty text."""
    r = Recording("Nobody holds it").page("[1] textbox 'Holder' value='Per'").do("type [1] [] [0]")
    tree = label(r.page("[1] textbox 'Holder'").do("scroll [down]").page("[1] textbox 'Holder'"))
    assert [one.call for one in tree.segments] == ["fill_text [Holder] []"]


def day(value: str = "", month: str = "") -> str:
    links = "\n[3] link 'back'\n[4] link 'on'" if month else ""
    return f"[1] text 'When'\n[2] textbox 'Out{' ' + month if month else ''}' value='{value}'{links}"


def test_a_day_is_taken_in_a_calendar_that_has_no_elements():
    """Clicks on what the field opened, until it shows a day, are one choose_date by the objective's words."""
    r = Recording("Leave on 3 August 2026").page(day()).do("click [2]").page(day(month="June")).do("click [4]")
    r.page(day(month="August")).do("click [2]").page(day("03.08.2026"))
    tree = label(r)
    assert [one.call for one in tree.segments] == ["choose_date [Out] [3 August 2026]"]


def test_a_link_that_folds_and_unfolds_is_no_navigation():
    """What the second click takes away again was shown in place."""
    plain, shown = "[1] link 'Rules'\n[2] text 'Apply'", "[1] link 'Rules'\n[3] heading 'Rules'\n[2] text 'Apply'"
    r = Recording("Apply").page(plain).do("click [1]").page(shown).do("click [1]").page(plain)
    assert label(r).segments == ()
