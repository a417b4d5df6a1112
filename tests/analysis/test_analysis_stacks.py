"""Depth over time, by task and with success: change points as counted step by step, correlations as scipy has them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from analysis.frame_facts import FrameFact
from analysis.scorecard import Share
from analysis.stacks import (
    by_depth,
    by_task,
    change_points,
    correlation,
    correlation_within,
    deeper_than_usual,
    profile,
)
from tests.attempts import make_attempt


def nested(spans):
    """An episode of twenty steps whose calls span these (depth, first, last)."""
    root = make_attempt().frames[0]
    calls = [
        FrameFact(number, 0, depth, "p", None, "returned", False, first, last, None)
        for number, (depth, first, last) in enumerate(spans, 1)
    ]
    return replace(make_attempt(), frames=(replace(root, first=0, last=19), *calls))


SPANS = st.lists(
    st.tuples(st.integers(2, 5), st.integers(0, 19), st.integers(0, 19)).map(lambda s: (s[0], *sorted(s[1:]))),
    max_size=8,
)


@given(SPANS)
def test_change_points_are_where_the_depth_changes(spans) -> None:
    """As counted step by step; no two neighbours are of one depth, the last says where it ends."""
    one = nested(spans)
    points = change_points(one)
    for step in range(20):
        counted = max([1, *(depth for depth, first, last in spans if first <= step <= last)])
        assert next(depth for at, depth in reversed(points[:-1]) if at <= step) == counted
    assert points[0][0] == 0
    assert points[-1] == (20, points[-2][1])
    assert all(before[1] != after[1] for before, after in zip(points[:-1], points[1:-1], strict=False))


def test_an_episode_without_steps_has_no_line() -> None:
    """Nothing was done."""
    one = make_attempt()
    assert change_points(replace(one, frames=(replace(one.frames[0], first=None, last=None),))) == []
    assert profile([[]]).n == 0


def test_a_profile_is_the_mean_of_lines_stretched_alike() -> None:
    """Half of two episodes of different length is deep in the second half: the mean is 1, then 1.5."""
    found = profile([[(0, 1), (5, 2), (10, 2)], [(0, 1), (100, 1)]], bins=4)
    assert found.mean == (1.0, 1.0, 1.5, 1.5)
    assert all(low <= mean <= high for low, mean, high in zip(found.low, found.mean, found.high, strict=True))


PAIRS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), min_size=3, max_size=30)


@given(PAIRS)
def test_the_correlation_is_spearmans(pairs) -> None:
    """scipy says the same; where a side never changes nothing is said."""
    found = correlation(pairs)
    if len({x for x, _ in pairs}) == 1 or len({y for _, y in pairs}) == 1:
        assert found is None
        return
    assert found.rho == pytest.approx(spearmanr([x for x, _ in pairs], [y for _, y in pairs]).statistic)
    assert -1 - 1e-9 <= found.low <= found.high <= 1 + 1e-9


def test_within_tasks_only_what_differs_inside_them_counts() -> None:
    """Long tasks are deep, but inside each depth falls with length: across it rises, within it falls."""
    groups = [[(base + n, base - n) for n in range(5)] for base in (10, 20, 30)]
    assert correlation([pair for group in groups for pair in group]).rho > 0.5
    found = correlation_within(groups)
    assert (found.rho, found.n) == (pytest.approx(-1.0), 15)
    assert correlation_within([[(1, 1)] * 5]) is None
    assert correlation_within([]) is None


def test_of_one_task_the_interval_is_that_of_its_episodes() -> None:
    """Nothing is more certain because there is one task to resample."""
    pairs = [(n, (n * 7) % 10) for n in range(10)]
    one, plain = correlation_within([pairs]), correlation(pairs)
    assert one.rho == pytest.approx(plain.rho)
    assert one.high - one.low > 0.3


def test_success_is_counted_by_depth_and_within_tasks() -> None:
    """Deep episodes succeed, flat ones do not, in one task; another has one depth only and says nothing."""
    deep = [make_attempt((0, "a"), (1, "b"), success=True) for _ in range(5)]
    flat = [make_attempt(success=False) for _ in range(6)]
    other = [make_attempt((0, "a"), task="other") for _ in range(3)]
    assert by_depth(deep + flat + other) == {1: Share(0, 6), 2: Share(3, 3), 3: Share(5, 5)}
    found = deeper_than_usual(deep + flat + other)
    assert (found.difference, found.strata) == (pytest.approx(1.0), 1)
    rows = {row.task: row for row in by_task(deep + flat + other)}
    assert (rows["t"].n, rows["t"].acts, rows["other"].depth) == (11, 2, 2.0)
