"""Calibration on made-up reviews whose truth is known, intervals from the literature, thresholds and audits."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import accepting, calibrating
from analysis.accepting import Audit
from analysis.intervals import clopper_pearson, clustered, design_effect
from labeling.calibration import Judged, along, enough
from tests.counts import soak

SHARES = st.floats(0, 1).filter(lambda value: value == 0 or value > 1e-6)


def reviews(n: int, seed: int = 0, *, of_each: int = 5, right=lambda c: c**2) -> list[Judged]:
    """`n` calls in demonstrations of `of_each`; a call of confidence c is right with the chance `right(c)`."""
    chance = random.Random(seed)
    found = []
    for number in range(n):
        sure = chance.choice((0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99))
        found.append(
            Judged(
                episode=f"e{number // of_each:04}",
                segment=f"s{number}",
                confidence=sure,
                right=chance.random() < right(sure),
            )
        )
    return found


@pytest.mark.parametrize(("n", "method"), [(200, "logistic"), (2000, "isotonic")])
def test_the_truth_is_found_again(n: int, method: str) -> None:
    """A labeller that is too sure of itself: the fitted curve lies near c squared, and held-out error falls."""
    made = calibrating.fit("x", reviews(n), 1.0)
    assert made.method == method
    assert made.ece < made.raw_ece
    off = [abs(made.of(sure) - sure**2) for sure in (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)]
    assert sum(off) / len(off) < (0.1 if n < 1000 else 0.04)
    assert sum(one.n for one in made.bins) == n == made.n
    assert made.right == sum(one.right for one in made.judged)


def test_a_labeller_that_says_the_truth_is_left_alone() -> None:
    """Confidences that are right stay about as they are."""
    made = calibrating.fit("x", reviews(4000, right=lambda c: c), 1.0)
    assert made.raw_ece < 0.03
    assert max(abs(made.of(sure) - sure) for sure in (0.5, 0.7, 0.9)) < 0.05


def test_demonstrations_are_never_on_both_sides() -> None:
    """Where a whole demonstration is right or wrong, a fit that saw its calls would look better than it is."""
    found = reviews(300)
    values = calibrating.cross_fitted(found)
    again = calibrating.cross_fitted([one.model_copy(update={"right": one.episode == "e0000"}) for one in found])
    assert len(values) == 300
    assert max(again[:5]) < 0.02  # nobody told the curve about the only demonstration that was right


@pytest.mark.parametrize("right", [True, False])
def test_only_right_or_only_wrong_has_no_curve(right: bool) -> None:
    """One share for all, never quite 0 or 1."""
    made = calibrating.fit("x", reviews(120, right=lambda c: float(right)), 1.0)
    assert made.method == "constant"
    assert 0.0 < made.of(0.5) == made.of(0.99) < 1.0


def test_a_confidence_that_means_the_opposite_is_not_followed() -> None:
    """Calls that are surer and more often wrong: the share of all, not a falling curve."""
    for n in (200, 2000):
        made = calibrating.fit("x", reviews(n, right=lambda c: 1 - c), 1.0)
        assert made.method == "constant"
        assert made.of(0.3) == pytest.approx(made.right / n, abs=0.01)


def test_the_id_is_of_the_reviews() -> None:
    """The same in any order; another decision makes another calibration."""
    found = reviews(150)
    made = calibrating.fit("x", found, 1.0)
    assert calibrating.fit("x", found[::-1], 2.0).id == made.id
    other = [found[0].model_copy(update={"right": not found[0].right}), *found[1:]]
    assert calibrating.fit("x", other, 1.0).id != made.id
    assert calibrating.fit("y", found, 1.0).id != made.id


def test_a_hundred_calls_of_five_demonstrations_are_enough() -> None:
    """Fewer calls, or as many of fewer demonstrations, are not."""
    assert enough(tuple(reviews(100)))
    assert not enough(tuple(reviews(99)))
    assert not enough(tuple(reviews(200, of_each=50)))


def test_bins_keep_equal_values_together() -> None:
    """By hand: two bins of confidences .8 and .9, off by .2 and .1."""
    found = calibrating.bins([0.9] * 10 + [0.8] * 5, [True] * 8 + [False] * 2 + [True] * 3 + [False] * 2)
    assert [(one.n, round(one.confidence, 6), one.right) for one in found] == [(5, 0.8, 0.6), (10, 0.9, 0.8)]
    assert calibrating.error(found) == pytest.approx((5 * 0.2 + 10 * 0.1) / 15)


@given(st.lists(st.tuples(SHARES, st.booleans()), min_size=1, max_size=60))
def test_error_and_bins_are_bounded(pairs: list[tuple[float, bool]]) -> None:
    """Every call is in one bin, bins grow, and the error is a share."""
    found = calibrating.bins([value for value, _ in pairs], [right for _, right in pairs])
    assert sum(one.n for one in found) == len(pairs)
    assert len(found) <= calibrating.BINS
    assert all(a.confidence < b.confidence + 1e-9 for a, b in pairwise(found))
    assert 0.0 <= calibrating.error(found) <= 1.0


@settings(deadline=None)
@given(st.lists(st.tuples(SHARES, st.booleans()), min_size=2, max_size=60), SHARES, SHARES)
def test_curves_grow_and_stay_shares(pairs: list[tuple[float, bool]], x: float, y: float) -> None:
    """Whatever the reviews: surer never means less, and a calibrated value lies between 0 and 1."""
    judged = [
        Judged(episode=f"e{n}", segment="s", confidence=value, right=right) for n, (value, right) in enumerate(pairs)
    ]
    knots = calibrating.curve(judged)[1]
    low, high = sorted((x, y))
    assert 0.0 <= along(knots, low) <= along(knots, high) + 1e-9 <= 1.0 + 1e-8


def test_exact_intervals_of_the_literature() -> None:
    """Clopper and Pearson: 0 of 10, 1 of 20, 10 of 10; no case at all tells nothing."""
    assert clopper_pearson(0, 10) == pytest.approx((0, 0.3085), abs=1e-4)
    assert clopper_pearson(1, 20) == pytest.approx((0.0013, 0.2487), abs=1e-4)
    assert clopper_pearson(10, 10) == pytest.approx((0.6915, 1), abs=1e-4)
    assert clopper_pearson(0, 0) == (0.0, 1.0)
    assert clopper_pearson(0, 59, 0.9)[1] < 0.05 < clopper_pearson(0, 58, 0.9)[1]  # the rule of 59


def test_calls_that_are_wrong_together_widen_the_interval() -> None:
    """Ten demonstrations of ten, two of them wholly wrong: as if there were ten calls, not a hundred."""
    together = [(10, 10)] * 2 + [(0, 10)] * 8
    assert design_effect(together) == pytest.approx(100 / 9)
    assert clustered(together)[1] > clopper_pearson(20, 100)[1] + 0.2
    assert design_effect([(2, 10)] * 10) == 1.0
    assert clustered([(2, 10)] * 10) == clopper_pearson(20, 100)


def test_a_threshold_keeps_the_rate_on_fresh_calls() -> None:
    """Chosen on 2,000 reviews for 5 %, in 95 of 100 draws at most 5 % of the calls above it are wrong in truth."""

    def truth(confidence: float) -> float:
        return 0.5 if confidence < 0.9 else 0.955 if confidence < 0.95 else 0.985

    broken = 0
    draws = soak(200)
    for seed in range(draws):
        found = accepting.threshold(reviews(2000, seed, right=truth), 0.05)
        broken += found is not None and found.above < 0.9
    assert broken <= 0.05 * draws
    assert accepting.threshold(reviews(2000, 1, right=truth), 0.001) is None
    assert accepting.threshold(reviews(2000, 1, right=lambda c: 0.995), 0.05).above == 0.3


def test_thresholds_do_not_look_at_what_was_right() -> None:
    """The same ones for other decisions, at most ten."""
    found = reviews(500)
    other = [one.model_copy(update={"right": not one.right}) for one in found]
    assert [one.above for one in accepting.thresholds(found)] == [one.above for one in accepting.thresholds(other)]
    many = [one.model_copy(update={"confidence": n / 500}) for n, one in enumerate(found)]
    assert len(accepting.thresholds(many)) == accepting.TRIED


def test_an_audit_is_drawn_by_its_seed() -> None:
    """A tenth, at least twenty; the same again for the same seed, whatever the order, another for another."""
    calls = [(f"e{n % 50}", f"s{n}") for n in range(500)]
    found = accepting.drawn(calls, "seed-1")
    assert len(found) == 50
    assert accepting.drawn(calls[::-1], "seed-1") == found
    assert accepting.drawn(calls, "seed-2") != found
    assert len(accepting.drawn(calls[:100], "x")) == 20
    assert len(accepting.drawn(calls[:7], "x")) == 7


def test_what_an_audit_says() -> None:
    """Kept, broken, or too few to tell; the rate is broken by the lower bound alone."""
    kept = accepting.audit(120, [(f"e{n}", True) for n in range(120)])
    assert accepting.verdict(kept, 0.05) == "keeps"
    few = accepting.audit(20, [("e0", True), ("e1", False)])
    assert (few.drawn, few.looked_at, few.wrong) == (20, 2, 1)
    assert accepting.verdict(few, 0.05) == "unknown"
    broken = accepting.audit(20, [(f"e{n}", n % 2 == 0) for n in range(20)])
    assert accepting.verdict(broken, 0.05) == "broken"
    assert accepting.verdict(Audit(20, 0, 0, 0.0, 1.0), 0.05) == "unknown"
