"""Agreement of two label trees: worked examples by hand, and what holds for any trees."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling import measures
from labeling.errors import TreeError
from labeling.measures import Counts, Pair
from labeling.model import Argument, LabelTree, Segment
from labeling.tree import make_tree

STEPS = 8


def tree(*calls: tuple[int, int, str, str | None], steps: int = STEPS) -> LabelTree:
    """Calls as (first, last, policy, number of the parent call or None), over steps u0, u1 ..."""
    segments = [
        Segment(id=f"s{n}", first=f"u{first}", last=f"u{last}", policy=policy, parent=parent)
        for n, (first, last, policy, parent) in enumerate(calls)
    ]
    return make_tree("e", 1, [f"u{n}" for n in range(steps)], segments)


def call(policy: str, **args: str) -> Segment:
    """A call of all steps with these arguments."""
    given = tuple(Argument(name=name, value=value, source="person") for name, value in args.items())
    return Segment(id="s0", first="u0", last="u7", policy=policy, args=given)


def alone(segment: Segment) -> LabelTree:
    """A tree of this call."""
    return make_tree("e", 1, [f"u{n}" for n in range(STEPS)], [segment])


@st.composite
def trees(draw: st.DrawFn) -> LabelTree:
    """Flat calls over eight steps, some with a call inside."""
    calls: list[tuple[int, int, str, str | None]] = []
    place = 0
    while place < STEPS:
        first = draw(st.integers(place, STEPS))
        if first == STEPS:
            break
        last = draw(st.integers(first, STEPS - 1))
        calls.append((first, last, draw(st.sampled_from("abc")), None))
        if last > first and draw(st.booleans()):
            calls.append((first, last - 1, draw(st.sampled_from("abc")), f"s{len(calls) - 1}"))
        place = last + 1
    return tree(*calls)


def test_the_wrong_split_that_kappa_does_not_see() -> None:
    """Two fields filled one after another, cut one step too early: every step has its label, kappa is 1."""
    gold = tree((0, 3, "fill_text", None), (4, 7, "fill_text", None))
    wrong = tree((0, 2, "fill_text", None), (3, 6, "fill_text", None), (7, 7, "click", None))
    shifted = tree((0, 2, "fill_text", None), (3, 7, "fill_text", None))
    pair = Pair(shifted, gold)
    assert measures.steps(pair).f1 == 1.0
    assert measures.edit_score(pair) == 1.0
    assert measures.boundary_similarity(pair) == 0.5
    assert measures.boundaries(pair).f1 == 0.0
    assert measures.boundaries(pair, 1).f1 == 1.0
    assert measures.brackets(pair).f1 == 0.0
    assert measures.boundaries(Pair(wrong, gold), 1) == Counts(1, 2, 1)


def test_segments_need_their_policy_and_half_their_steps() -> None:
    """Of three calls one is found, one has another name, one shares a third of its steps."""
    gold = tree((0, 1, "a", None), (2, 3, "b", None), (4, 6, "c", None))
    mine = tree((0, 1, "a", None), (2, 3, "c", None), (6, 6, "c", None))
    assert measures.segments(Pair(mine, gold), 0.5) == Counts(1, 3, 3)
    assert measures.segments(Pair(mine, gold), 0.25) == Counts(2, 3, 3)


def test_brackets_leave_out_the_root_and_calls_of_one_step() -> None:
    """What nobody can get wrong is not counted."""
    gold = tree((0, 7, "all", None), (0, 3, "form", "s0"), (0, 0, "text", "s1"), (1, 2, "date", "s1"))
    mine = tree((0, 3, "form", None), (1, 2, "text", "s0"))
    assert measures.brackets(Pair(mine, gold)) == Counts(1, 2, 2)
    assert measures.brackets(Pair(mine, gold), labelled=False) == Counts(2, 2, 2)
    assert measures.averaged([Pair(tree(), tree((0, 0, "a", None)))], measures.brackets) is None


def test_arguments_of_matched_calls() -> None:
    """Equal as text, or loosely: case, spaces and the order of a list do not matter then."""
    gold = alone(call("fill_form", fields="Name: Ana; Day: 5", by="x"))
    mine = alone(call("fill_form", fields="day: 5;  Name: ana", by="x", more="y"))
    other = alone(call("login", fields="Name: Ana; Day: 5"))
    assert measures.arguments(Pair(mine, gold)) == Counts(1, 3, 2)
    assert measures.arguments(Pair(mine, gold), measures.loosely) == Counts(2, 3, 2)
    assert measures.arguments(Pair(other, gold)) == Counts(0, 0, 0)


SEGEVAL = [
    ([4], [3], 0.5), ([4], [4], 1.0), ([4], [6], 0.0), ([2, 5], [3, 5, 7], 0.5), ([2, 3], [3, 4], 1 / 3),
    ([1, 2, 3], [2], 1 / 3), ([3], [2, 4], 0.25), ([2], [1, 3], 0.25), ([1, 4, 6], [2, 3, 6], 2 / 3), ([], [4], 0.0),
]  # fmt: skip
"""Boundaries of two segmentations of eight steps, and what segeval 2.0.11 gives for `boundary_similarity`."""


@pytest.mark.parametrize(("one", "other", "expected"), SEGEVAL)
def test_boundary_similarity_is_that_of_segeval(one: list[int], other: list[int], expected: float) -> None:
    """A place one step off costs half of one that is missing."""

    def cut(places: list[int]) -> LabelTree:
        bounds = [0, *places, STEPS]
        return tree(*((a, b - 1, "a", None) for a, b in zip(bounds, bounds[1:], strict=False)))

    assert measures.boundary_similarity(Pair(cut(one), cut(other))) == pytest.approx(expected)


def test_the_edit_score_counts_calls_in_their_order() -> None:
    """Of five calls two are other than in gold: one missing, one with another name; bounds do not matter."""
    gold = tree((0, 0, "a", None), (1, 2, "b", None), (3, 3, "c", None), (4, 5, "a", None), (6, 7, "b", None))
    mine = tree((0, 3, "a", None), (4, 4, "c", None), (5, 6, "a", None), (7, 7, "c", None))
    assert measures.edit_score(Pair(mine, gold)) == pytest.approx(3 / 5)
    assert measures.edit_score(Pair(tree(), gold)) == 0.0
    assert measures.edit_score(Pair(tree(), tree())) is None
    assert measures.boundary_similarity(Pair(tree(), tree())) is None


def test_dates_are_equal_when_they_mean_the_same_day() -> None:
    """However they are written; what is no date in the other tree is not counted."""
    gold = alone(call("choose_date", field="Depart", date="12 March 2026", back="March 14, 2026"))
    mine = alone(call("choose_date", field="depart", date="2026-03-12", back="15 March 2026"))
    assert measures.dates(Pair(mine, gold)) == Counts(1, 2, 2)
    assert measures.dates(Pair(alone(call("choose_date", date="soon")), gold)) == Counts(0, 0, 2)


def test_trees_of_other_steps_are_not_compared() -> None:
    """A label of another derivation is an error, not a bad score."""
    with pytest.raises(TreeError, match="different steps"):
        Pair(tree(), tree(steps=5))


def test_the_interval_holds_the_mean_and_is_the_same_again() -> None:
    """A mean of unequal values has an interval around it; one demonstration has none to speak of."""
    told = measures.over([1.0, 0.5, 0.0, 1.0, 0.75])
    assert told == measures.over([1.0, 0.5, 0.0, 1.0, 0.75])
    assert told.value == pytest.approx(0.65)
    assert told.low < told.value < told.high
    assert measures.over([0.5]).low == measures.over([0.5]).high == 0.5
    with pytest.raises(ValueError, match="no demonstration"):
        measures.over([])


@given(trees())
def test_a_tree_agrees_with_itself(one: LabelTree) -> None:
    """Every measure is 1, whatever the tree."""
    assert all(measure(Pair(one, one)).f1 == 1.0 for measure in measures.MEASURES.values())


@given(trees(), trees())
def test_swapping_swaps_precision_and_recall(one: LabelTree, other: LabelTree) -> None:
    """And every share lies between 0 and 1."""
    for measure in (measures.boundaries, measures.brackets, measures.steps, measures.paths, measures.segments):
        there, back = measure(Pair(one, other)), measure(Pair(other, one))
        assert (there.one, there.other) == (back.other, back.one)
        assert there.f1 == pytest.approx(back.f1)
        assert 0.0 <= there.precision <= 1.0
        assert 0.0 <= there.recall <= 1.0


@given(trees(), trees())
def test_similarities_are_shares_and_symmetric(one: LabelTree, other: LabelTree) -> None:
    """Between 0 and 1, the same both ways, 1 for a tree and itself."""
    for measure in (measures.boundary_similarity, measures.edit_score):
        there, back = measure(Pair(one, other)), measure(Pair(other, one))
        assert there == pytest.approx(back)
        assert there is None or 0.0 <= there <= 1.0
        assert measure(Pair(one, one)) in (None, 1.0)


@given(trees(), trees())
def test_a_tolerance_only_adds_to_boundary_similarity(one: LabelTree, other: LabelTree) -> None:
    """It lies between the share of equal places and that share within a step."""
    pair = Pair(one, other)
    exact, near = measures.boundaries(pair), measures.boundaries(pair, 1)
    similarity = measures.boundary_similarity(pair)
    if similarity is not None:
        assert exact.both / (exact.one + exact.other - exact.both) <= similarity + 1e-9
        assert similarity <= near.f1 + 1e-9


@given(trees())
def test_clusters_number_the_stretches(one: LabelTree) -> None:
    """They begin with 0 and grow by one where the innermost call changes."""
    found = measures.clusters(one)
    assert found[0] == 0
    inner = one.innermost
    assert [b - a for a, b in pairwise(found)] == [int(a is not b) for a, b in pairwise(inner)]


@given(trees(), trees())
def test_more_tolerance_and_less_overlap_find_no_less(one: LabelTree, other: LabelTree) -> None:
    """Looser measures are never lower."""
    pair = Pair(one, other)
    assert measures.boundaries(pair, 1).both >= measures.boundaries(pair).both
    assert measures.segments(pair, 0.1).both >= measures.segments(pair, 0.5).both
