"""What the model `demos` reads from values and pages, each shown by a lesson or two and asked with other texts."""

from __future__ import annotations

from agent.learner.choosing import FLOOR, LEAST, Chosen
from agent.learner.patterns import learn_pattern, united
from agent.learner.scene import Scene, read_scene
from agent.learner.templates import Templates
from agent.learner.training import train
from agent.learner.values import Value, looks, read_values
from agent.model import Decision
from agent.models.demos import DemosModel
from agent.reply import parse_reply
from policies.library import load_set
from tests.agent.lessons import Lesson, boxes, ticking
from tests.agent.test_learner_abilities import answer, shown
from traces.actions import Action

LIBRARY = load_set("miniwob").policies
TABLE = (
    "[1] table\n  [2] row\n    [3] columnheader 'Name'\n    [4] columnheader 'Seat'\n"
    "  [5] row\n    [6] cell 'Ann'\n    [7] cell '14D'\n      [8] text 'window'"
)


def scene(objective: str, page: str) -> Scene:
    """A planner's question without a past."""
    return read_scene(LIBRARY["planner"], objective, "http://page.test/", page, (), Templates())


def values(objective: str) -> tuple[Value, ...]:
    """What an objective holds."""
    return read_values(LIBRARY["planner"], objective, Templates())


def test_one_box_is_ticked_after_two_were_shown() -> None:
    """A policy that was only shown lists of two returns after the one entry of a shorter list."""
    made = train([*ticking(list("ABC"), ["A", "B"], "e1"), *ticking(list("ABC"), ["B", "C"], "e2")], LIBRARY)
    asked = Decision(
        LIBRARY["click_checkboxes"],
        "click_checkboxes [C]",
        "http://page.test/",
        boxes(list("ABC"), ["C"]),
        ("click [3]",),
    )
    assert str(parse_reply(DemosModel(made, LIBRARY).decide(asked).text).action) == "stop"


def test_patterns_of_the_same_entries_know_all_that_was_shown() -> None:
    """The value of an entry is of the kind shown, not the one that merely stands in the same place."""
    told = ("Fly on 8 June 2026 from Oslo to Rome.", "Fly from Bern to Paris on 9 July 2026.")
    arguments = ("To: Rome; Day: 8 June 2026", "To: Paris; Day: 9 July 2026")
    found = [learn_pattern(argument, values(text)) for text, argument in zip(told, arguments, strict=True)]
    (pattern,) = united(one for one in found if one is not None)
    asked = values("Fly from Kyiv to Lima, leaving on 2 May 2026 and coming back on 4 May 2026, for Ms Ann Lee.")
    assert pattern.fill(asked) == "To: Lima; Day: 2 May 2026"
    assert pattern.fill(values("Fly to Lima.")) == "To: Lima"


def test_the_heading_of_a_column_belongs_to_what_stands_below() -> None:
    """Also to what stands inside a cell, and not to the heading's own row of another table."""
    assert scene("Which seat?", TABLE).columns["8"] == "Seat"
    assert scene("Which seat?", TABLE).columns["6"] == "Name"
    assert "2" not in scene("Which seat?", TABLE).columns


def test_an_element_named_with_a_value_is_known_again_with_another() -> None:
    """Shown the link that edits one person, it takes the one that edits the person asked about."""
    page = "[1] link 'Edit Ann Lee'\n[2] link 'Change seats'\n[3] link 'Fare rules'"
    made = shown(
        *((f"Give the new data of {who}.", page.replace("Ann Lee", who), "click [1]") for who in ("Ann Lee", "Bo Ek"))
    )
    other = "[1] link 'Change seats'\n[2] link 'Fare rules'\n[3] link 'Edit Cy Orr'\n[4] link 'Edit'"
    assert answer(made, "Give the new data of Cy Orr.", other) == "click [3]"
    node = scene("Give the new data of Cy Orr.", other).nodes[2]
    assert scene("Give the new data of Cy Orr.", other).masked(node) == "edit {}"


def test_what_is_asked_for_is_told_by_what_it_looks_like() -> None:
    """Shown a phone number and a time that were asked for, it answers with the address when that is asked for."""

    def page(*texts: str) -> str:
        return "\n".join(f"[{n}] text '{text}'" for n, text in enumerate(texts, 1))

    made = shown(
        ("Which phone number does Ann have?", page("+1 303 555 0162", "9:40", "a@a.test"), "stop [+1 303 555 0162]"),
        ("At what time does Bo leave?", page("b@b.test", "+1 303 555 0101", "11:15"), "stop [11:15]"),
    )
    assert answer(made, "Which e-mail address does Cy have?", page("12:30", "c@c.test", "+1 303 555 0199")) == (
        "stop [c@c.test]"
    )


def test_the_looks_of_a_text() -> None:
    """Its kind, its capitals, how many words, marks."""
    assert looks("+1 702 555 0193")[0] == "phone"
    assert looks("May 9, 2026") == ("date", "some capitals", "words=3", "marks inside")
    assert looks("") == ("no capitals", "words=0")


def test_what_stands_out_is_no_guess() -> None:
    """An unlikely action counts where the next best is far behind; one that is hardly likely never does."""
    best, other = Action("stop", ("NW 1",)), Action("stop", ("NW 2",))
    low = FLOOR / 2
    assert not Chosen(best, low, (other, low / 2)).guessed
    assert Chosen(best, low, (other, low * 0.9)).guessed
    assert Chosen(best, LEAST / 2, (other, LEAST / 8)).guessed
    assert not Chosen(best, FLOOR, (other, FLOOR)).guessed


def test_the_likeliest_kind_is_settled_first() -> None:
    """Many answers that share their probability are not beaten by one action that is likelier than each of them."""
    page = "\n".join(f"[{n}] cell 'X{n}'" for n in range(1, 9)) + "\n[9] button 'Go'"
    lessons = [Lesson("planner", f"Tell code {n}.", page, ("click [9]",), f"stop [X{n}]", f"e{n}") for n in range(1, 6)]
    made = train(lessons, LIBRARY)
    assert answer(made, "Tell the code.", page, "click [9]").startswith("stop [X")
