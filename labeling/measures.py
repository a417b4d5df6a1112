"""How far two label trees of the same demonstration agree: boundaries, segments, brackets, arguments, steps.

Pure. Each measure is counted per demonstration, so that demonstrations can be averaged and drawn again for an interval
(`over`). What each means, and how each can mislead, is docs/measures.md; those corrected for chance are
analysis/chance.py. `one` is measured against `other`; swapping them swaps precision and recall only.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from labeling.days import Day, days_of
from labeling.errors import TreeError
from labeling.model import LabelTree, Segment
from labeling.tree import depth

DRAWS = 2000
OWN = "own"
"""What a step is called that is in no call: the planner's own."""


@dataclass(frozen=True)
class Counts:
    """What was found in both, and how many there were in each."""

    both: int
    one: int
    other: int

    @property
    def precision(self) -> float:
        """Share of `one`'s that the other has too; 1 where it has none."""
        return self.both / self.one if self.one else 1.0

    @property
    def recall(self) -> float:
        """Share of the other's that `one` has too; 1 where there are none."""
        return self.both / self.other if self.other else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both; 1 where neither has any."""
        total = self.one + self.other
        return 2 * self.both / total if total else 1.0


@dataclass(frozen=True)
class Estimate:
    """A mean over `n` demonstrations, with the interval in which 95 of 100 redrawn corpora lie."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Pair:
    """Two trees over the same steps. Raises TreeError for trees of different steps."""

    one: LabelTree
    other: LabelTree

    def __post_init__(self) -> None:
        if self.one.uids != self.other.uids:
            raise TreeError(
                f"These labels of episode {self.one.episode} are about different steps: nothing to compare."
            )


def boundaries(pair: Pair, tolerance: int = 0) -> Counts:
    """Places where a call begins or ends, between two steps; matched one to one, at most `tolerance` steps apart."""
    mine, theirs = (sorted(_boundaries(tree)) for tree in (pair.one, pair.other))
    return Counts(_matched(mine, theirs, lambda a, b: abs(a - b) <= tolerance), len(mine), len(theirs))


def segments(pair: Pair, overlap: float = 0.5) -> Counts:
    """Stretches of one innermost call with the same policy, sharing at least `overlap` of their steps (IoU)."""
    mine, theirs = (list(_stretches(tree)) for tree in (pair.one, pair.other))
    return Counts(len(list(_aligned(mine, theirs, overlap))), len(mine), len(theirs))


def brackets(pair: Pair, labelled: bool = True) -> Counts:
    """Calls of the same first and last step (and policy), at any depth; calls of one step would only pad it."""
    mine, theirs = (Counter(_brackets(tree, labelled)) for tree in (pair.one, pair.other))
    return Counts((mine & theirs).total(), mine.total(), theirs.total())


def arguments(pair: Pair, same: Callable[[str, str], bool] = str.__eq__) -> Counts:
    """Arguments of calls that match by policy and half their steps, at any depth: equal ones, and how many there are.

    `one` and `other` count the arguments of matched calls only: what a missed call costs is said by the rest.
    """
    both = mine = theirs = 0
    for a, b in matched_calls(pair):
        given, wanted = ({arg.name: arg.value for arg in segment.args} for segment in (a, b))
        both += sum(name in given and same(given[name], value) for name, value in wanted.items())
        mine, theirs = mine + len(given), theirs + len(wanted)
    return Counts(both, mine, theirs)


def dates(pair: Pair) -> Counts:
    """Of the arguments of matched calls that are dates in the other tree, those that mean the same day here."""
    both = mine = theirs = 0
    for a, b in matched_calls(pair):
        given = {arg.name: days_of(arg.value) for arg in a.args}
        wanted = {arg.name: days for arg in b.args if (days := days_of(arg.value))}
        theirs += len(wanted)
        mine += sum(bool(given.get(name)) for name in wanted)
        both += sum(_same_day(given.get(name, frozenset()), days) for name, days in wanted.items())
    return Counts(both, mine, theirs)


def loosely(one: str, other: str) -> bool:
    """Whether two values are the same but for case, spaces and the order of a list's parts."""
    return _plain(one) == _plain(other)


def steps(pair: Pair) -> Counts:
    """Steps whose innermost call has the same policy in both."""
    mine, theirs = step_labels(pair.one), step_labels(pair.other)
    return Counts(sum(a == b for a, b in zip(mine, theirs, strict=True)), len(mine), len(theirs))


def paths(pair: Pair) -> Counts:
    """Steps with the same policies on the whole stack."""
    mine, theirs = _paths(pair.one), _paths(pair.other)
    return Counts(sum(a == b for a, b in zip(mine, theirs, strict=True)), len(mine), len(theirs))


def matched_calls(pair: Pair) -> Iterator[tuple[Segment, Segment]]:
    """Calls of the same policy that share at least half their steps, at any depth, each matched once."""
    mine, theirs = ([(*tree.span(s.id), s.policy) for s in tree.segments] for tree in (pair.one, pair.other))
    for i, j in _aligned(mine, theirs, 0.5):
        yield pair.one.segments[i], pair.other.segments[j]


def step_labels(tree: LabelTree) -> list[str]:
    """The policy of the innermost call at each step; OWN where there is none."""
    return [call.policy if call is not None else OWN for call in tree.innermost]


def clusters(tree: LabelTree) -> list[int]:
    """The number of each step's stretch: steps of the same innermost call in a row, or of none."""
    changes = (one is not before for before, one in pairwise(tree.innermost))
    return list(accumulate(changes, initial=0)) if tree.uids else []


def boundary_similarity(pair: Pair) -> float | None:
    """Boundaries by the edits that turn one into the other: a place one step off costs half of a missing one.

    B of Fournier (2013), for one kind of boundary and transpositions of two; None where neither tree has a boundary.
    """
    mine, theirs = (_boundaries(tree) for tree in (pair.one, pair.other))
    apart = sorted(mine - theirs), sorted(theirs - mine)
    near = _matched(*apart, lambda a, b: abs(a - b) == 1)
    all_ = len(mine | theirs) - near
    return (len(mine & theirs) + near / 2) / all_ if all_ else None


def edit_score(pair: Pair) -> float | None:
    """How alike the order of innermost calls is: 1 less the edits per call of the longer list (Lea et al. 2016).

    Where they begin and end does not matter; calls too many or too few do. None where neither tree has a call.
    """
    mine, theirs = ([policy for *_, policy in _stretches(tree)] for tree in (pair.one, pair.other))
    longest = max(len(mine), len(theirs))
    return 1 - _edits(mine, theirs) / longest if longest else None


def over(values: Sequence[float], draws: int = DRAWS, seed: int = 0) -> Estimate:
    """The mean of one value per demonstration, and its interval from so many redrawn corpora. Raises ValueError."""
    if not values:
        raise ValueError("There is no demonstration to measure.")
    chance, n = random.Random(seed), len(values)
    means = sorted(sum(chance.choices(values, k=n)) / n for _ in range(draws))
    return Estimate(sum(values) / n, means[int(0.025 * draws)], means[int(0.975 * draws) - 1], n)


def averaged(pairs: Iterable[Pair], measure: Callable[[Pair], Counts]) -> Estimate | None:
    """The mean F1 over the demonstrations in which there is something to find; None if there is none.

    Where neither tree has a call of several steps, say, agreeing on brackets is no merit and is not counted.
    """
    counts = [measure(pair) for pair in pairs]
    values = [count.f1 for count in counts if count.one or count.other]
    return over(values) if values else None


def _boundaries(tree: LabelTree) -> set[int]:
    """Positions (1 to n - 1) before which something ends or begins."""
    spans = [tree.span(segment.id) for segment in tree.segments]
    return {place for first, last in spans for place in (first, last + 1) if 0 < place < len(tree.uids)}


def _stretches(tree: LabelTree) -> Iterator[tuple[int, int, str]]:
    """(first, last, policy) of each run of steps with the same innermost call, own steps left out."""
    began = 0
    inner = tree.innermost
    for place in range(1, len(inner) + 1):
        if place < len(inner) and inner[place] is inner[began]:
            continue
        call = inner[began]
        if call is not None:
            yield began, place - 1, call.policy
        began = place


def _brackets(tree: LabelTree, labelled: bool) -> Iterator[Hashable]:
    whole = (0, len(tree.uids) - 1)
    for segment in tree.segments:
        span = tree.span(segment.id)
        if span != whole and span[0] != span[1]:
            yield (*span, segment.policy) if labelled else span


def _matched(mine: Sequence[int], theirs: Sequence[int], fits: Callable[[int, int], bool]) -> int:
    """How many of two ordered lists can be paired, each with the first that fits and is free."""
    left = list(theirs)
    count = 0
    for item in mine:
        found = next((other for other in left if fits(item, other)), None)
        if found is not None:
            left.remove(found)
            count += 1
    return count


def _aligned(
    mine: Sequence[tuple[int, int, str]], theirs: Sequence[tuple[int, int, str]], overlap: float
) -> Iterator[tuple[int, int]]:
    """Places of pairs of the same policy that share enough, the best first, each taken once."""
    scored = sorted(
        ((_share(a, b), -i, -j) for i, a in enumerate(mine) for j, b in enumerate(theirs) if a[2] == b[2]), reverse=True
    )
    used: tuple[set[int], set[int]] = set(), set()
    for share, i, j in scored:
        if share >= overlap and share > 0 and -i not in used[0] and -j not in used[1]:
            used[0].add(-i)
            used[1].add(-j)
            yield -i, -j


def _share(a: tuple[int, int, str], b: tuple[int, int, str]) -> float:
    """Steps in both of the steps in either."""
    shared = min(a[1], b[1]) - max(a[0], b[0]) + 1
    return max(shared, 0) / (max(a[1], b[1]) - min(a[0], b[0]) + 1)


def _paths(tree: LabelTree) -> list[tuple[str, ...]]:
    stacks: list[list[str]] = [[] for _ in tree.uids]
    for segment in sorted(tree.segments, key=lambda one: depth(tree, one.id)):
        first, last = tree.span(segment.id)
        for stack in stacks[first : last + 1]:
            stack.append(segment.policy)
    return [tuple(stack) for stack in stacks]


def _edits(mine: Sequence[str], theirs: Sequence[str]) -> int:
    """Insertions, deletions and replacements that turn one list into the other (Levenshtein)."""
    row = list(range(len(theirs) + 1))
    for number, a in enumerate(mine, 1):
        before, row[0] = row[0], number
        for place, b in enumerate(theirs, 1):
            before, row[place] = row[place], min(before + (a != b), row[place] + 1, row[place - 1] + 1)
    return row[-1]


def _same_day(one: frozenset[Day], other: frozenset[Day]) -> bool:
    return any(a.same(b) for a in one for b in other)


def _plain(value: str) -> tuple[str, ...]:
    parts = [" ".join(part.split()).casefold() for part in value.replace(";", ",").split(",")]
    return tuple(sorted(part for part in parts if part))


MEASURES: Mapping[str, Callable[[Pair], Counts]] = {
    "boundary_f1": boundaries,
    "boundary_f1_1": lambda pair: boundaries(pair, 1),
    "segment_f1_10": lambda pair: segments(pair, 0.1),
    "segment_f1_25": lambda pair: segments(pair, 0.25),
    "segment_f1_50": segments,
    "bracket_f1": brackets,
    "bracket_f1_unlabelled": lambda pair: brackets(pair, labelled=False),
    "step_accuracy": steps,
    "path_accuracy": paths,
}
"""Measures whose F1 is averaged over demonstrations."""
