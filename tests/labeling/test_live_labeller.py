"""Calls marked while recording come first; the rules fill what is unmarked; mistakes teach nobody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.errors import NothingToLabel
from labeling.live import EVIDENCE, SURE, WANTING, LiveLabeller, Marked, dropped
from labeling.model import LabelTree
from labeling.prompts.model import Example, LeftOut
from labeling.prompts.turns import MISTAKE, Demonstration, examples_of
from labeling.rules.labeller import RulesLabeller
from labeling.tree import check_policies, children
from policies.library import load_set
from tests.builders import Recording
from tests.labeling.pages import search_form

CRM = load_set("crm")
RESULTS = "[1] button 'Sort'\n[2] text 'NW 12'"


def journey() -> Recording:
    """Two fields of a form, its button, a click on the page after it: u0 u1 u2 u3; the rules see a fill_form."""
    r = Recording("Fly from Boston to Rome").page(search_form())
    r.do("type [11] [Boston] [0]").page(search_form("Boston")).do("type [12] [Rome] [0]")
    r.page(search_form("Boston", "Rome")).do("click [16]").page(RESULTS, url="http://site.test/results")
    return r.do("click [1]").page("[1] button 'Sort' pressed", url="http://site.test/results")


def mark(key: str, policy: str, first: int, last: int, parent: str | None = None, **more) -> Marked:
    """A marked call over the steps first..last."""
    steps = tuple(journey().uids[first : last + 1])
    return Marked(key, policy, tuple(more.pop("args", {}).items()), steps, parent, **more)


def label(*marked: Marked, recording: Recording | None = None) -> LabelTree:
    r = recording or journey()
    return LiveLabeller(marked, RulesLabeller()).label(r.episode, r.steps, r.observation, CRM)


def calls(tree: LabelTree) -> list[tuple[str, int, int, str]]:
    return [(s.call, *tree.span(s.id), s.rule or "") for s in tree.segments]


def test_marked_calls_come_first_and_rules_fill_the_rest():
    """A marked call takes the place of what the rules say of its steps; outside of it the rules' calls stay."""
    tree = label(mark("7", "search", 0, 0, args={"query": "Boston"}))
    assert calls(tree) == [("search [Boston]", 0, 0, "live"), ("fill_text [To] [Rome]", 1, 1, "R6")]
    (live, _) = tree.segments
    assert (live.state, live.evidence, live.confidence, live.args[0].source) == ("pending", EVIDENCE, SURE, "person")


def test_a_composite_call_is_filled_by_the_rules_and_an_atomic_one_is_not():
    """Inside a marked form the rules' fields are its children; inside a marked atomic call nothing is nested."""
    tree = label(mark("1", "fill_form", 0, 2, args={"fields": "the route"}))
    assert calls(tree) == [
        ("fill_form [the route]", 0, 2, "live"),
        ("fill_text [From] [Boston]", 0, 0, "R6"),
        ("fill_text [To] [Rome]", 1, 1, "R6"),
    ]
    assert {s.parent for s in tree.segments[1:]} == {tree.segments[0].id}
    assert calls(label(mark("1", "navigate", 0, 2, args={"place": "results"}))) == [
        ("navigate [results]", 0, 2, "live"),
    ]


def test_a_rules_call_that_crosses_a_mark_is_left_out():
    """The marks are right: what reaches over the end of one is not proposed."""
    tree = label(mark("1", "fill_form", 1, 3, args={"fields": "x"}))
    assert calls(tree) == [
        ("fill_text [From] [Boston]", 0, 0, "R6"),
        ("fill_form [x]", 1, 3, "live"),
        ("fill_text [To] [Rome]", 1, 1, "R6"),
    ]


def test_arguments_nobody_gave_are_taken_from_the_steps():
    """What the person left out is what the rules found in the same steps; what nobody knows is empty and doubtful."""
    filled = label(mark("1", "fill_text", 0, 0, args={"text": "Boston (BOS)"})).segments[0]
    assert filled.call == "fill_text [From] [Boston (BOS)]"
    assert [argument.source for argument in filled.args] == ["element_name", "person"]
    assert "field as its steps show" in filled.evidence
    (unknown,) = [s for s in label(mark("1", "search", 3, 3)).segments if s.rule == "live"]
    assert (unknown.call, unknown.confidence) == ("search []", WANTING)


def test_nested_marks_keep_their_nesting_and_their_answer():
    """The call inside is a child of the one around it, also where the same steps are in both."""
    outer = mark("1", "fill_form", 0, 2, args={"fields": "x"}, returns="sent")
    tree = label(outer, mark("2", "fill_text", 0, 0, "1", args={"field": "From", "text": "Boston"}))
    (form,) = children(tree, None)
    assert (form.returns, [s.call for s in children(tree, form.id)]) == (
        "sent",
        ["fill_text [From] [Boston]", "fill_text [To] [Rome]"],
    )
    same = label(mark("1", "fill_form", 0, 0), mark("2", "fill_text", 0, 0, "1"))
    assert [s.parent for s in same.segments[:2]] == [None, same.segments[0].id]


def test_what_is_no_call_is_left_out_and_said():
    """Empty calls and unknown policies are dropped, their children hang higher, an unended call is told as such."""
    empty = Marked("1", "search", (("query", "q"),), (), None)
    unknown = mark("2", "fly_away", 0, 2, ended=False)
    inner = mark("3", "fill_text", 0, 0, "2", ended=False)
    tree = label(empty, unknown, inner)
    assert [(s.policy, s.parent) for s in tree.segments if s.rule == "live"] == [("fill_text", None)]
    told = dropped((empty, unknown, inner), CRM)
    assert [text.split("’")[1] for text in told] == [
        " holds no step and was left out.",
        " was left out: the set 'crm' has no such policy.",
        " was never ended; it ends with the last step.",
    ]


def test_a_demonstration_without_steps_has_nothing_to_label():
    """It is refused as by every labeller."""
    with pytest.raises(NothingToLabel):
        label(recording=Recording())


_SPANS = st.tuples(st.integers(0, 3), st.integers(0, 3)).map(lambda s: (min(s), max(s)))
_POLICIES = st.sampled_from(["fill_form", "fill_text", "login", "search", "navigate"])


@st.composite
def marks(draw: st.DrawFn) -> tuple[Marked, ...]:
    """Calls one inside the other, as begin and end marks make them."""
    found: list[Marked] = []
    low, high, parent = 0, 3, None
    for number in range(draw(st.integers(0, 3))):
        first, last = draw(_SPANS)
        first, last = max(first, low), min(last, high)
        if first > last:
            break
        found.append(mark(str(number), draw(_POLICIES), first, last, parent))
        low, high, parent = first, last, str(number)
    return tuple(found)


@given(marks())
def test_any_marks_make_a_valid_tree_that_holds_them(marked: tuple[Marked, ...]):
    """Whatever was marked: a tree of calls of the set, with every marked call over exactly its steps."""
    tree = label(*marked)
    check_policies(tree, CRM)
    spans = [(s.policy, *tree.span(s.id)) for s in tree.segments if s.rule == "live"]
    wanted = [(m.policy, tree.position[m.steps[0]], tree.position[m.steps[-1]]) for m in marked]
    assert sorted(spans) == sorted(wanted)


def turns(*mistakes: int) -> tuple[list[Example], list[LeftOut]]:
    """The examples of the journey as the rules label it, and what was left out, some steps being mistakes."""
    r = journey()
    tree = RulesLabeller().label(r.episode, r.steps, r.observation, CRM)
    wrong = frozenset(r.uids[index] for index in mistakes)
    found = list(examples_of(Demonstration(r.episode, tuple(r.steps), r.observation, wrong), tree, "ls", "planner"))
    return [one for one in found if isinstance(one, Example)], [one for one in found if isinstance(one, LeftOut)]


def test_a_mistake_is_no_example_and_is_not_among_the_actions_before():
    """The step, and a call that is nothing but mistakes, are left out with the reason; everything else stays."""
    everything, _ = turns()
    taught, left_out = turns(1)
    assert {one.step for one in left_out} == {"e1-1"}
    assert {one.reason for one in left_out} == {MISTAKE}
    assert all("Rome" not in " ".join((*one.previous, one.action)) or one.policy == "planner" for one in taught)
    kept = {(one.policy, one.action) for one in everything if "[Rome]" not in one.action and one.step != "e1-1"}
    assert kept <= {(one.policy, one.action) for one in taught}


def test_a_call_that_ends_in_a_mistake_teaches_no_stop():
    """The page after a mistake is not where a policy should stop."""
    taught, left_out = turns(3)
    assert not [one for one in taught if one.policy == "planner" and one.is_stop]
    assert "its last step was marked as a mistake" in {one.reason for one in left_out}
    assert [one for one in taught if one.policy == "fill_form" and one.is_stop]
