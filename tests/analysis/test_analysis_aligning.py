"""Alignments are the cheapest there are, hold every step once, and find where two episodes part."""

from __future__ import annotations

from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import aligning
from analysis.aligning import GAP, PARTS, WEIGHTS, Key, Pair, align, cost

KEYS = st.builds(
    Key,
    calls=st.sampled_from([("planner",), ("planner", "search")]),
    action=st.sampled_from(["click", "type"]),
    target=st.sampled_from([("button", "Go"), ("link", "Next")]),
    text=st.sampled_from([(), ("x",)]),
    page=st.integers(0, 2),
    kind=st.sampled_from(["act", "push"]),
)
STEPS = st.lists(KEYS, max_size=9)


def cheapest(a, b) -> int:
    """The edit distance by the textbook, a cell at a time."""

    @lru_cache(None)
    def best(i: int, j: int) -> int:
        if i == 0 or j == 0:
            return (i + j) * GAP
        apart = sum(WEIGHTS[part] for part in PARTS if getattr(a[i - 1], part) != getattr(b[j - 1], part))
        apart += 1000 * (a[i - 1].kind != b[j - 1].kind)
        return min(best(i - 1, j) + GAP, best(i, j - 1) + GAP, best(i - 1, j - 1) + apart)

    return best(len(a), len(b))


def in_order(pairs, a, b) -> bool:
    """Every position of either side once, in order."""
    return [p.a for p in pairs if p.a is not None] == list(range(len(a))) and [
        p.b for p in pairs if p.b is not None
    ] == list(range(len(b)))


@given(STEPS, STEPS)
def test_an_alignment_is_the_cheapest_and_whole(a, b) -> None:
    """As cheap as the textbook's, and what it says differs is what differs."""
    pairs = align(a, b)
    assert in_order(pairs, a, b)
    assert cost(pairs) == cheapest(a, b)
    assert all(pair.alone or a[pair.a].kind == b[pair.b].kind for pair in pairs)


@given(STEPS, STEPS)
def test_halving_the_table_changes_nothing_of_the_cost(a, b) -> None:
    """With room for four cells only, every alignment is put together from halves."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aligning, "CELLS", 4)
        pairs = align(a, b)
    assert in_order(pairs, a, b)
    assert cost(pairs) == cheapest(a, b)


@given(STEPS)
def test_an_episode_beside_itself_is_the_same_throughout(a) -> None:
    """No difference, nothing alone."""
    assert align(a, a) == tuple(Pair(place, place) for place in range(len(a)))


def test_a_step_that_one_has_too_much_is_alone() -> None:
    """The rest stays aligned."""
    a = [Key(("planner",), "click", ("button", name)) for name in "ABCD"]
    b = [*a[:2], Key(("planner",), "scroll", ("down",)), *a[2:]]
    pairs = align(a, b)
    assert [(pair.a, pair.b) for pair in pairs] == [(0, 0), (1, 1), (None, 2), (2, 3), (3, 4)]


def test_another_target_on_the_same_page_is_one_pair() -> None:
    """Two presses of different buttons in the same place are compared, not listed one after the other."""
    one, other = (Key(("planner",), "click", ("button", name), page=1) for name in ("OK", "Cancel"))
    assert align([one], [other]) == (Pair(0, 0, ("target",)),)


def test_what_is_not_to_count_costs_nothing() -> None:
    """Without the weight of calls, steps of differing calls align; that they differ is still said."""
    one, other = Key(("planner",), "click", ("button", "A")), Key(("planner", "form"), "click", ("button", "A"))
    scroll = Key(("planner",), "scroll", ("down",))
    assert align([scroll, one], [other], {**WEIGHTS, "calls": 0}) == (Pair(0, None), Pair(1, 0, ("calls",)))


def test_of_equally_cheap_alignments_the_early_one_is_taken() -> None:
    """One press of a button beside two is beside the first."""
    go = Key(("planner",), "click", ("button", "Go"))
    assert align([go], [go, go]) == (Pair(0, 0), Pair(None, 1))
