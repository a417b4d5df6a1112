"""Two arms on the same episodes: the exact test and the interval of the difference."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from analysis.paired import mcnemar, paired


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_test_is_the_binomial_one(better: int, worse: int) -> None:
    """Of the pairs that differ, each side would be ahead in half; scipy's exact two-sided test says the same."""
    expected = binomtest(better, better + worse, 0.5).pvalue if better + worse else 1.0
    assert mcnemar(better, worse) == pytest.approx(expected)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_the_interval_holds_the_difference_and_turns_with_the_sides(pairs: list[tuple[bool, bool]]) -> None:
    """Exchanging the arms changes the signs and nothing else."""
    one, other = [a for a, _ in pairs], [b for _, b in pairs]
    found, turned = paired(one, other), paired(other, one)
    assert found.low <= found.difference + 1e-9
    assert found.difference <= found.high + 1e-9
    assert (found.difference, found.better, found.p) == (-turned.difference, turned.worse, turned.p)
    assert found.low == pytest.approx(-turned.high)


def test_equal_arms_do_not_differ() -> None:
    """No pair tells anything, so nothing is said with more certainty than that."""
    found = paired([True, False] * 5, [True, False] * 5)
    assert (found.difference, found.low, found.high, found.p) == (0.0, 0.0, 0.0, 1.0)


def test_episodes_that_are_no_pairs_are_refused() -> None:
    """Unequal numbers, or none."""
    with pytest.raises(ValueError, match="no pairs"):
        paired([True], [])
    with pytest.raises(ValueError, match="no pairs"):
        paired([], [])
