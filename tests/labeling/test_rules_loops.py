"""R10: what is done again for each of several things, and what only looks like it."""

from __future__ import annotations

from tests.builders import Recording
from tests.labeling.outlines import label, outline


def people(*left: str, dialog: bool = False) -> str:
    rows = [
        f"  [{n}] row\n    [{n + 1}] cell '{name}'\n    [{n + 2}] button 'Retire'"
        for n, name in zip((10, 20, 30), left, strict=False)
    ]
    asked = ["[90] dialog 'Sure?'\n  [91] button 'Yes, retire'"] if dialog else []
    return "\n".join(["[1] table 'People'", *rows, *asked])


def retired(objective: str, *order: int) -> Recording:
    names = ["Ann", "Bo", "Cy"]
    r = Recording(objective).page(people(*names))
    for place in order:
        r.do(f"click [{place * 10 + 12}]").page(people(*names, dialog=True)).do("click [91]").page(people(*names))
    return r


def test_the_same_steps_for_each_row_are_turns_of_a_proposed_policy():
    """Named by what is clicked each time; the thing is the row, as the objective says it."""
    r = retired("Retire Ann and Cy.", 0, 2)
    assert outline(r) == [
        "proposed:for_each_yes_retire [Ann]",
        "proposed:for_each_yes_retire [Cy]",
    ]
    first = label(r).segments[0]
    assert (first.rule, first.confidence, first.args[0].source) == ("R10", 0.7, "objective")
    assert "Ann, Cy" in first.evidence


def test_things_that_nobody_asked_for_by_name_need_a_word_for_all():
    """Without one, two alike steps are only two steps."""
    assert outline(retired("Tidy up.", 0, 1)) == ["click [12]", "click [91]", "click [22]", "click [91]"]
    assert outline(retired("Retire everybody.", 0, 1))[0] == "proposed:for_each_yes_retire [Ann]"


def test_the_same_thing_twice_is_no_loop():
    """Somebody who tries again does it for the same thing."""
    assert outline(retired("Retire Ann and Bo.", 0, 0)) == ["click [12]", "click [91]", "click [12]", "click [91]"]


def guests(typed: str = "", *there: str) -> str:
    listed = [f"[{50 + n}] listitem '{name}'\n  [{60 + n}] button '×'" for n, name in enumerate(there)]
    value = f" value='{typed}'" if typed else ""
    return "\n".join([f"[1] textbox 'Guest'{value}", "[2] button 'Add'", *listed])


def test_a_value_that_is_added_each_time_is_the_thing():
    """A turn done twice for one thing, and taken back, is one turn."""
    r = Recording("Invite Jo and Ida.").page(guests())
    r.do("type [1] [Jo] [0]").page(guests("Jo")).do("click [2]").page(guests("", "Jo"))
    r.do("type [1] [Jo] [0]").page(guests("Jo", "Jo")).do("click [2]").page(guests("", "Jo", "Jo"))
    r.do("click [61]").page(guests("", "Jo"))
    r.do("type [1] [Ida] [0]").page(guests("Ida", "Jo")).do("click [2]").page(guests("", "Jo", "Ida"))
    assert outline(r) == [
        "proposed:for_each_add [Jo]",
        "  fill_text [Guest] [Jo]",
        "  click [2]",
        "  fill_text [Guest] [Jo]",
        "  click [2]",
        "  click [61]",
        "proposed:for_each_add [Ida]",
        "  fill_text [Guest] [Ida]",
        "  click [2]",
    ]


def test_several_fields_and_a_button_are_a_form_and_no_loop():
    """Two fields in each turn: what is sent twice is a form."""
    page = "[1] textbox 'From'\n[2] textbox 'To'\n[3] button 'Fare'"
    r = Recording("What is Rome to Oslo, and Oslo to Bonn?").page(page)
    for one, other in (("Rome", "Oslo"), ("Oslo", "Bonn")):
        r.do(f"type [1] [{one}] [0]").page(page).do(f"type [2] [{other}] [0]").page(page).do("click [3]").page(page)
    assert not any("proposed:" in line for line in outline(r))
