"""What single steps were: remarks with a reason; and answers that were looked for, and clicks nobody explains."""

from __future__ import annotations

from labeling.desk import ReviewDesk
from labeling.repository import LabelRepository, MemoryRows
from labeling.rules.labeller import RulesLabeller
from labeling.rules.remarks import step_remarks
from labeling.rules.scene import make_scene
from policies.library import PolicySet
from policies.model import Policy
from tests.builders import Recording
from tests.labeling.outlines import WEB, label, outline
from tests.labeling.pages import boxes, search_form


def test_remarks_are_kept_beside_the_run_and_are_no_notes_of_a_person():
    """Stored with the proposal, in the order of the steps; the tree and the track know nothing of them."""
    r = Recording().page(boxes("ab", "cd")).do("click [1]").page(boxes("ab", "cd", checked=("ab",)))
    r.do("click [1]").page(boxes("ab", "cd")).do("click [2]").page(boxes("ab", "cd", checked=("cd",)))
    desk = ReviewDesk(LabelRepository(MemoryRows()), WEB)
    run = desk.propose(RulesLabeller(), r.episode, r.steps, r.observation)
    kept = desk.repository.remarks(r.episode.id)
    assert [(one.step, one.role) for one in kept] == [("e1-0", "mis_click"), ("e1-1", "mis_click")]
    assert not desk.begin(run, "eva", "Eva").labels.notes
    assert desk.repository.remarks("another") == ()


def test_what_rules_of_another_day_noted_counts_no_longer():
    """Only the newest proposal's remarks are read, also where its calls are other ones."""
    r = Recording().page(boxes("ab", "cd")).do("click [1]").page(boxes("ab", "cd", checked=("ab",)))
    r.do("click [1]").page(boxes("ab", "cd")).do("click [2]").page(boxes("ab", "cd", checked=("cd",)))
    desk = ReviewDesk(LabelRepository(MemoryRows()), WEB)
    run = desk.propose(RulesLabeller(), r.episode, r.steps, r.observation)
    kept = desk.repository.remarks(r.episode.id)
    assert len(kept) == 2
    desk.repository.add_remarks(run.model_copy(update={"id": "run-of-today"}), kept[:1])
    assert desk.repository.remarks(r.episode.id) == kept[:1]


def remarks(r: Recording) -> list[tuple[int, str]]:
    tree = label(r)
    found = step_remarks(make_scene(r.objective, r.steps, r.observation), tree)
    assert all(one.why for one in found)
    return [(tree.position[one.step] + 1, one.role) for one in found]


def test_a_click_that_is_taken_back_at_once_is_a_mis_click_with_what_takes_it_back():
    """The same box again leaves the page as it was."""
    r = Recording().page(boxes("ab", "cd")).do("click [1]").page(boxes("ab", "cd", checked=("ab",)))
    r.do("click [1]").page(boxes("ab", "cd")).do("click [2]").page(boxes("ab", "cd", checked=("cd",)))
    assert remarks(r) == [(1, "mis_click"), (2, "mis_click")]


SECTION = "[1] tab 'Terms'{}\n[2] button 'Submit'"


def test_a_page_that_begins_anew_once_it_was_sent_takes_nothing_back():
    """Opening a section was no mistake because the form's button brings the first page again."""
    r = Recording().page(SECTION.format("")).do("click [1]").page(SECTION.format(" expanded"))
    r.do("click [2]").page(SECTION.format(""))
    assert remarks(r) == []


FIELD = "[1] textbox 'Name'{}"
ASKED = "[1] textbox 'Name' disabled\n[2] text 'Still there?'\n[3] button '{}'"


def test_what_comes_between_and_is_sent_away_makes_no_mistake_of_a_click():
    """A question that came up while a field was clicked; where the click was not done again it was one."""
    r = Recording().page(FIELD.format("")).do("click [1]").page(ASKED.format("Yes")).do("click [3]")
    r.page(FIELD.format("")).do("type [1] [Ada] [0]").page(FIELD.format(" value='Ada'"))
    assert remarks(r) == []
    r = Recording().page(FIELD.format("")).do("click [1]").page(ASKED.format("Yes")).do("click [3]")
    r.page(FIELD.format(""))
    assert remarks(r) == [(1, "mis_click"), (2, "mis_click")]


def test_what_was_typed_and_picked_in_vain_is_a_correction():
    """A word typed anew, an option before another."""
    r = Recording().page(search_form()).do("select [13] [Business]").page(search_form(cabin="Business"))
    r.do("select [13] [Economy]").page(search_form()).do("type [11] [Rmoe] [0]").page(search_form("Rmoe"))
    r.do("type [11] [Rome] [0]").page(search_form("Rome"))
    assert remarks(r) == [(1, "correction"), (3, "correction")]


def test_typing_on_is_no_correction():
    """The second text begins with the first."""
    r = Recording().page(search_form()).do("type [11] [Ro] [0]").page(search_form("Ro"))
    r.do("type [11] [Rome] [0]").page(search_form("Rome"))
    assert remarks(r) == []


NAV = "[1] link 'Rules'\n[2] link 'Fares'\n[3] heading '{}'"


def test_a_page_that_was_left_without_doing_anything_is_a_detour():
    """Back again, or on to a link that had stood beside it."""
    r = Recording().page(NAV.format("Home"), "http://x/").do("click [1]").page(NAV.format("Rules"), "http://x/r")
    r.do("go_back").page(NAV.format("Home"), "http://x/").do("click [2]").page(NAV.format("Fares"), "http://x/f")
    assert remarks(r) == [(1, "detour"), (2, "detour")]
    r = Recording().page(NAV.format("Home"), "http://x/").do("click [1]").page(NAV.format("Rules"), "http://x/r")
    r.do("click [2]").page(NAV.format("Fares"), "http://x/f")
    assert remarks(r) == [(1, "detour")]


def test_looking_through_places_for_what_has_to_be_found_is_no_detour():
    """Unless the objective itself says where to go."""
    for objective, expected in (("Find the link for dogs.", []), ("Find the fares", [(1, "detour")])):
        r = Recording(objective).page(NAV.format("Home"), "http://x/").do("click [1]")
        r.page(NAV.format("Rules"), "http://x/r").do("click [2]").page(NAV.format("Fares"), "http://x/f")
        assert remarks(r) == expected


def test_a_fact_that_is_typed_later_and_was_not_said_was_looked_for():
    """The page of a search was the first to show it; what opens it is part of looking."""
    find, found = "[1] searchbox 'Find'\n[2] button 'Go'", "[1] searchbox 'Find'\n[5] link 'KX7QP'"
    r = Recording("Tell Ann about the order of Bo.").page(find, "http://x/")
    r.do("type [1] [Bo] [1]").page(found, "http://x/?q=Bo").do("click [5]").page("[6] link 'Mail'", "http://x/KX7QP")
    r.do("click [6]").page("[7] textbox 'About'", "http://x/mail").do("type [7] [KX7QP] [0]")
    r.page("[7] textbox 'About' value='KX7QP'", "http://x/mail")
    assert outline(r) == [
        "find_answer [What is the About?]",
        "  search [Bo]",
        "  navigate [KX7QP]",
        "navigate [Mail]",
        "fill_text [About] [KX7QP]",
    ]
    asked = label(r).segments[0]
    assert (asked.rule, asked.returns, asked.confidence) == ("R14", "KX7QP", 0.55)
    r.objective = "Tell Ann about KX7QP, the order of Bo."
    assert not any("find_answer" in line for line in outline(r))


def test_a_note_says_that_something_was_to_be_learned():
    """The link to the page and the one that leaves it are the call's."""
    page = "[1] link 'Seats'\n[2] heading 'Trip'"
    seats = "[3] link 'Close'\n[4] button 'Seat 12E'"
    r = Recording("Seat 12E if it is free").page(page, "http://x/").do("click [1]").page(seats, "http://x/s")
    r.do("note [12E is free]").page(seats, "http://x/s").do("click [3]").page(page, "http://x/")
    r.do("click [1]").page(seats, "http://x/s").do("click [4]").page(seats, "http://x/s")
    assert outline(r)[:3] == ["find_answer [Is it so: 12E is free?]", "  navigate [Seats]", "  note [12E is free]"]
    assert label(r).segments[0].returns == "12E is free"


def test_a_set_with_a_policy_for_clicks_gets_one_for_each_that_nothing_explains():
    """Low confidence; sets without it leave the click to its caller."""
    parameter = {"name": "element", "type": "element", "description": "what is clicked"}
    told = {"name": "click", "kind": "atomic", "description": "Clicks one thing.", "parameters": [parameter]}
    more = {"when_to_use": "A click.", "actions": ["click"], "stop_rule": "Stop after it."}
    click = Policy.model_validate({**told, **more})
    policies = PolicySet("clicks", {**WEB.policies, "click": click}, WEB.planner)
    page = "[1] button 'Refresh'"
    r = Recording().page(page).do("click [1]").page(page)
    assert outline(r) == ["click [1]"]
    assert outline(r, policies) == ["click [Refresh]"]
    assert label(r, policies).segments[0].confidence == 0.3
