"""Agreement less chance: numbers from the literature, the same as scikit-learn's, and what holds for any labels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score, cohen_kappa_score, v_measure_score

from analysis import chance
from labeling.measures import Pair, clusters
from labeling.model import LabelTree, Segment
from labeling.tree import make_tree

LABELS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=2, max_size=30)


def flat(labels: str) -> LabelTree:
    """One call per run of equal letters; a dot is a step of the planner's own."""
    segments, began = [], 0
    for place in range(1, len(labels) + 1):
        if place == len(labels) or labels[place] != labels[began]:
            if labels[began] != ".":
                segments.append(Segment(id=f"s{began}", first=f"u{began}", last=f"u{place - 1}", policy=labels[began]))
            began = place
    return make_tree("e", 1, [f"u{n}" for n in range(len(labels))], segments)


def pair(one: str, other: str) -> Pair:
    """Two trees of as many steps."""
    return Pair(flat(one), flat(other))


def alpha_of(*people: str) -> float:
    """Krippendorff's alpha of one text."""
    return float(chance.alpha(chance.coincidences([[list(one) for one in people]]).total))


def kappa_of(*pairs: Pair) -> float:
    """Cohen's kappa of all together."""
    return float(chance.kappa(chance.confusion(pairs).total))


def test_kappa_of_a_worked_example() -> None:
    """50 applications, 20 and 15 agreed on, 5 and 10 not: kappa 0.4 (the usual example, after Cohen 1960)."""
    table = np.array([[20.0, 5.0], [10.0, 15.0]])
    assert float(chance.kappa(table)) == pytest.approx(0.4)


def test_alpha_of_krippendorffs_examples() -> None:
    """Computing Krippendorff's Alpha-Reliability (2011), A and B: 0.095 and 0.692."""
    assert alpha_of("0100000010", "1110010000") == pytest.approx(0.095, abs=5e-4)
    assert alpha_of("aabbdcccedda", "babbbccceddd") == pytest.approx(0.692, abs=5e-4)


def test_alpha_of_three_people_by_hand() -> None:
    """Two steps, one of which one person of three names otherwise: 3 a and 3 b but for one; 1 - 5 * 2 / 16."""
    assert alpha_of("ab", "ab", "bb") == pytest.approx(1 - 5 * 2 / (36 - 4 - 16))


def test_one_label_has_no_value() -> None:
    """Chance agreement is 1; neither 1 nor 0 would be true."""
    assert np.isnan(kappa_of(pair("aaaa", "aaaa")))
    assert np.isnan(alpha_of("aaaa", "aaaa"))
    assert chance.redrawn(chance.confusion([pair("aaaa", "aaaa")]).counts, chance.kappa) is None
    assert chance.redrawn(chance.confusion([]).counts, chance.kappa) is None


def test_the_wrong_split_has_kappa_one() -> None:
    """Two calls of one policy, cut a step too early: every step has its label."""
    calls = [("s0", 0, 3), ("s1", 4, 7)], [("s0", 0, 2), ("s1", 3, 7)]
    gold, wrong = (
        make_tree("e", 1, [f"u{n}" for n in range(8)], [
            Segment(id=key, first=f"u{first}", last=f"u{last}", policy="fill_text") for key, first, last in of
        ])
        for of in calls
    )  # fmt: skip
    assert kappa_of(Pair(wrong, gold), pair("aabb", "aabb")) == 1.0
    assert chance.v_measure(Pair(wrong, gold)) < 0.6


def test_clusters_as_scikit_learn_documents_them() -> None:
    """[0, 0, 1, 2] against [0, 0, 1, 1]: V-measure 0.8, adjusted Rand index 0.57; one stretch each has none."""
    assert chance.v_measure(pair("aabc", "aabb")) == pytest.approx(0.8)
    assert chance.rand_index(pair("aabc", "aabb")) == pytest.approx(0.571, abs=1e-3)
    assert chance.v_measure(pair("aaa", "bbb")) is None
    assert chance.rand_index(pair("aaa", "bbb")) is None


@given(LABELS)
def test_clusters_are_scikit_learns(steps: list[tuple[str, str]]) -> None:
    """V-measure and the adjusted Rand index of two ways to cut the same steps."""
    both = pair(*("".join(side) for side in zip(*steps, strict=True)))
    mine, theirs = clusters(both.one), clusters(both.other)
    found = chance.v_measure(both), chance.rand_index(both)
    if max(mine + theirs) == 0:
        assert found == (None, None)
    else:
        assert found == pytest.approx((v_measure_score(mine, theirs), adjusted_rand_score(mine, theirs)))


@given(LABELS)
def test_kappa_is_scikit_learns(steps: list[tuple[str, str]]) -> None:
    """The same number wherever it has one."""
    one, other = ("".join(side) for side in zip(*steps, strict=True))
    found = kappa_of(pair(one, other))
    if len(set(one + other)) > 1:
        assert found == pytest.approx(cohen_kappa_score(list(one), list(other)))
    else:
        assert np.isnan(found)


@given(LABELS, st.permutations("abc"))
def test_names_and_sides_do_not_matter(steps: list[tuple[str, str]], names: list[str]) -> None:
    """Kappa and alpha are the same with sides swapped or policies renamed, and at most 1."""
    one, other = ("".join(side) for side in zip(*steps, strict=True))
    renamed = [text.translate(str.maketrans("abc", "".join(names))) for text in (one, other)]
    for of in (lambda *sides: kappa_of(pair(*sides)), alpha_of):
        assert of(one, other) == pytest.approx(of(other, one), nan_ok=True)
        assert of(one, other) == pytest.approx(of(*renamed), nan_ok=True)
        assert not of(one, other) > 1 + 1e-9


@given(LABELS)
def test_equal_labels_agree_wholly(steps: list[tuple[str, str]]) -> None:
    """1 for anybody with himself, unless there is one label only."""
    one = "".join(label for label, _ in steps)
    if len(set(one)) > 1:
        assert kappa_of(pair(one, one)) == pytest.approx(1.0)
        assert alpha_of(one, one) == pytest.approx(1.0)
        assert chance.rand_index(pair(one, one)) == pytest.approx(1.0)


def test_the_interval_is_over_demonstrations() -> None:
    """Good and bad demonstrations give a wide interval around the value, the same each time; one gives none."""
    cases = [pair("aabb", "aabb")] * 5 + [pair("abab", "bbaa")] * 5
    told = chance.redrawn(chance.confusion(cases).counts, chance.kappa)
    assert told == chance.redrawn(chance.confusion(cases).counts, chance.kappa)
    assert told.n == 10
    assert told.low < told.value < told.high
    alone = chance.redrawn(chance.confusion(cases[-1:]).counts, chance.kappa)
    assert alone.low == alone.value == alone.high
