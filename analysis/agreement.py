"""How far two sides agree over many demonstrations: every measure with its interval, by policy, over time, the worst.

A case is one demonstration with its two trees. Pure; where the trees come from is flows/label/agreement.py, what the
measures mean is docs/measures.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import groupby

from analysis import chance
from labeling import measures
from labeling.measures import OWN, Counts, Estimate, Pair, over
from labeling.model import LabelTree

Value = Callable[[Pair], float | None]


@dataclass(frozen=True)
class Measure:
    """A measure of one demonstration: its name in files, its name for people, and what still counts as the same."""

    name: str
    title: str
    tolerance: str
    of: Value


def _f1(count: Callable[[Pair], Counts]) -> Value:
    def value(pair: Pair) -> float | None:
        found = count(pair)
        return found.f1 if found.one or found.other else None

    return value


def _share(count: Callable[[Pair], Counts], which: str) -> Value:
    def value(pair: Pair) -> float | None:
        found = count(pair)
        of = found.one if which == "precision" else found.other
        return float(getattr(found, which)) if of else None

    return value


def _near(pair: Pair) -> Counts:
    return measures.boundaries(pair, 1)


MEASURES: tuple[Measure, ...] = (
    Measure("boundary_precision", "Boundary precision", "same place", _share(measures.boundaries, "precision")),
    Measure("boundary_recall", "Boundary recall", "same place", _share(measures.boundaries, "recall")),
    Measure("boundary_f1", "Boundary F1", "same place", _f1(measures.boundaries)),
    Measure("boundary_f1_1", "Boundary F1 ±1", "one step apart", _f1(_near)),
    Measure("boundary_similarity", "Boundary similarity", "one step apart costs half", measures.boundary_similarity),
    Measure("segment_f1_10", "Segment F1@10", "10 % of steps", _f1(lambda pair: measures.segments(pair, 0.1))),
    Measure("segment_f1_25", "Segment F1@25", "25 % of steps", _f1(lambda pair: measures.segments(pair, 0.25))),
    Measure("segment_f1_50", "Segment F1@50", "50 % of steps", _f1(measures.segments)),
    Measure("edit_score", "Segment edit score", "order only", measures.edit_score),
    Measure("bracket_f1", "Bracket F1", "same steps and policy", _f1(measures.brackets)),
    Measure(
        "bracket_f1_unlabelled", "Bracket F1, any policy", "same steps",
        _f1(lambda pair: measures.brackets(pair, labelled=False)),
    ),
    Measure("argument_exact", "Arguments, exact", "same text", _f1(measures.arguments)),
    Measure(
        "argument_normalised", "Arguments, normalised", "case, spaces, order aside",
        _f1(lambda pair: measures.arguments(pair, measures.loosely)),
    ),
    Measure("argument_date", "Arguments, dates", "same day", _f1(measures.dates)),
    Measure("step_accuracy", "Step accuracy", "innermost policy", _f1(measures.steps)),
    Measure("path_accuracy", "Path accuracy", "all policies at a step", _f1(measures.paths)),
    Measure("v_measure", "V-measure", "stretches, names aside", chance.v_measure),
    Measure("rand_index", "Adjusted Rand index", "stretches, names aside", chance.rand_index),
)  # fmt: skip
"""Measures that are counted per demonstration and averaged."""

RANKED = ("boundary_f1", "segment_f1_50")
"""What makes a demonstration one of the worst: the mean of these."""


@dataclass(frozen=True)
class Case:
    """A demonstration labelled twice. `one` and `other` are label references; `at` is when the later was made."""

    episode: str
    pair: Pair
    at: float
    one: str
    other: str
    run: str = ""


@dataclass(frozen=True)
class Figure:
    """One measure over all demonstrations; no estimate where there was nothing to find in any."""

    name: str
    title: str
    tolerance: str
    estimate: Estimate | None


@dataclass(frozen=True)
class Behind:
    """Steps that two labels disagree (or agree) about: positions, both included, and the calls on either side."""

    episode: str
    first: int
    last: int
    one: str
    other: str


@dataclass(frozen=True)
class PolicyRow:
    """How one policy's calls fare: how many on either side, matched by half their steps, and equal arguments."""

    policy: str
    one: int
    other: int
    matched: int
    arguments: Counts

    @property
    def f1(self) -> float:
        """Calls found of all calls, as F1."""
        return Counts(self.matched, self.one, self.other).f1


class Agreement:
    """The figures of some cases, each computed when it is asked for."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self.cases = tuple(cases)

    @cached_property
    def values(self) -> tuple[dict[str, float | None], ...]:
        """Every measure of every case."""
        return tuple({measure.name: measure.of(case.pair) for measure in MEASURES} for case in self.cases)

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """Every measure over all cases, those corrected for chance last."""
        averaged = (Figure(m.name, m.title, m.tolerance, self._mean(m.name)) for m in MEASURES)
        pairs = [case.pair for case in self.cases]
        steps = [(measures.step_labels(pair.one), measures.step_labels(pair.other)) for pair in pairs]
        kappa = chance.redrawn(self.confusion.counts, chance.kappa)
        alpha = chance.redrawn(chance.coincidences(steps).counts, chance.alpha)
        corrected = (("kappa", "Cohen's κ", kappa), ("alpha", "Krippendorff's α", alpha))
        return (*averaged, *(Figure(name, title, "innermost policy", found) for name, title, found in corrected))

    @cached_property
    def confusion(self) -> chance.Confusion:
        """Steps by their policies on both sides."""
        return chance.confusion([case.pair for case in self.cases])

    @cached_property
    def by_policy(self) -> tuple[PolicyRow, ...]:
        """Each policy that either side names, the least agreed on first."""
        rows = _policy_counts([case.pair for case in self.cases])
        return tuple(sorted(rows, key=lambda row: (row.f1, row.policy)))

    @cached_property
    def worst(self) -> tuple[tuple[Case, dict[str, float | None]], ...]:
        """Cases with their values, the least agreed on first; those with nothing to find are left out."""
        ranked = [(_rank(values), case, values) for case, values in zip(self.cases, self.values, strict=True)]
        found = [(rank, case, values) for rank, case, values in ranked if rank is not None]
        return tuple((case, values) for _, case, values in sorted(found, key=lambda one: (one[0], one[1].episode)))

    def behind(self, one: str, other: str) -> tuple[Behind, ...]:
        """The stretches of steps in a cell of the confusion matrix, with the calls that were named."""
        return tuple(found for case in self.cases for found in _behind(case, one, other))

    def over_time(self, name: str, by: Callable[[Case], str]) -> list[tuple[str, Estimate]]:
        """A measure by week or by label run, in the order of time."""
        grouped: dict[str, list[float]] = defaultdict(list)
        for case, values in sorted(zip(self.cases, self.values, strict=True), key=lambda one: one[0].at):
            if (value := values[name]) is not None:
                grouped[by(case)].append(value)
        return [(group, over(found)) for group, found in grouped.items()]

    def _mean(self, name: str) -> Estimate | None:
        found = [value for values in self.values if (value := values[name]) is not None]
        return over(found) if found else None


def week(case: Case) -> str:
    """The ISO week of a case in UTC, as in 2026-W47."""
    year, number, _ = datetime.fromtimestamp(case.at, UTC).isocalendar()
    return f"{year}-W{number:02}"


def _policy_counts(pairs: Sequence[Pair]) -> Iterator[PolicyRow]:
    mine: dict[str, int] = defaultdict(int)
    theirs: dict[str, int] = defaultdict(int)
    matched: dict[str, list[Counts]] = defaultdict(list)
    for pair in pairs:
        for tree, counted in ((pair.one, mine), (pair.other, theirs)):
            for segment in tree.segments:
                counted[segment.policy] += 1
        for a, b in measures.matched_calls(pair):
            given, wanted = ({arg.name: arg.value for arg in segment.args} for segment in (a, b))
            same = sum(given.get(name) == value for name, value in wanted.items())
            matched[a.policy].append(Counts(same, len(given), len(wanted)))
    for policy in {*mine, *theirs}:
        found = matched[policy]
        arguments = Counts(sum(c.both for c in found), sum(c.one for c in found), sum(c.other for c in found))
        yield PolicyRow(policy, mine[policy], theirs[policy], len(found), arguments)


def _rank(values: dict[str, float | None]) -> float | None:
    found = [value for name in RANKED if (value := values[name]) is not None]
    return sum(found) / len(found) if found else None


def _behind(case: Case, one: str, other: str) -> Iterator[Behind]:
    pair = case.pair
    labels = zip(measures.step_labels(pair.one), measures.step_labels(pair.other), strict=True)
    inner = zip(pair.one.innermost, pair.other.innermost, strict=True)
    rows = [
        (place, both, (a and a.id, b and b.id)) for place, (both, (a, b)) in enumerate(zip(labels, inner, strict=True))
    ]
    for (both, _), run in groupby(rows, key=lambda row: row[1:]):
        if both == (one, other):
            places = [place for place, *_ in run]
            named = (_named(tree, places[0]) for tree in (pair.one, pair.other))
            yield Behind(case.episode, places[0], places[-1], *named)


def _named(tree: LabelTree, place: int) -> str:
    """The innermost call at a step as people read it."""
    call = tree.innermost[place]
    return call.call if call is not None else OWN
