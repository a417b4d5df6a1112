"""Accepting calls without a look: from which confidence on, which of them to audit, and when to stop.

The stated error rate is a promise: a threshold is chosen so that the upper bound of the error among reviewed calls
keeps it, and an audit whose lower bound breaks it ends automatic acceptance.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from analysis.intervals import clustered
from labeling.calibration import Judged

LEVEL = 0.95
"""How sure each bound is, over all thresholds that are tried."""
TRIED = 10
"""Thresholds tried at most; the more are tried, the surer each has to be (Bonferroni)."""
AUDITED = 0.1
LEAST_AUDITED = 20
"""Of every acceptance a tenth is audited, and at least so many calls where there are as many."""

Verdict = Literal["keeps", "unknown", "broken"]


@dataclass(frozen=True)
class Tried:
    """One threshold: reviewed calls at least that sure, how many were wrong, the upper bound of their error."""

    above: float
    n: int
    wrong: int
    upper: float


@dataclass(frozen=True)
class Audit:
    """What people found of the calls drawn for them; the interval of the share that was wrong."""

    drawn: int
    looked_at: int
    wrong: int
    low: float
    high: float


def thresholds(judged: Sequence[Judged]) -> tuple[Tried, ...]:
    """The thresholds that can be told apart, the lowest first, each with its error among the calls above it.

    They are chosen by how many calls lie above, never by how many were right, so that the bounds hold.
    """
    tried = _places(sorted({one.confidence for one in judged}))
    level = 1 - 2 * (1 - LEVEL) / max(1, len(tried))  # both ends are cut, one is used
    found = []
    for above in tried:
        groups = _groups((one.episode, not one.right) for one in judged if one.confidence >= above)
        upper = clustered(groups, level)[1]
        found.append(Tried(above, sum(n for _, n in groups), sum(wrong for wrong, _ in groups), upper))
    return tuple(found)


def threshold(judged: Sequence[Judged], rate: float) -> Tried | None:
    """The lowest threshold above which at most `rate` of the calls are wrong, surely; None where there is none."""
    return next((one for one in thresholds(judged) if one.upper <= rate), None)


def drawn(calls: Sequence[tuple[str, str]], seed: str) -> frozenset[tuple[str, str]]:
    """Which of the (episode, segment) to audit: a tenth, at least LEAST_AUDITED; the same ones for the same seed."""
    size = min(len(calls), max(LEAST_AUDITED, math.ceil(AUDITED * len(calls))))
    return frozenset(random.Random(seed).sample(sorted(calls), size))


def audit(drawn_: int, looked_at: Iterable[tuple[str, bool]]) -> Audit:
    """The audit of (episode, right) of the calls that were looked at, of so many drawn."""
    groups = _groups((episode, not right) for episode, right in looked_at)
    low, high = clustered(groups)
    return Audit(drawn_, sum(n for _, n in groups), sum(wrong for wrong, _ in groups), low, high)


def verdict(found: Audit, rate: float) -> Verdict:
    """Whether the stated rate is kept: broken once the lower bound lies above it."""
    if found.looked_at and found.low > rate:
        return "broken"
    return "keeps" if found.looked_at and found.high <= rate else "unknown"


def _groups(calls: Iterable[tuple[str, bool]]) -> list[tuple[int, int]]:
    """(wrong, all) of each demonstration."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for episode, wrong in calls:
        counts[episode][0] += wrong
        counts[episode][1] += 1
    return [(wrong, n) for wrong, n in counts.values()]


def _places(values: Sequence[float]) -> list[float]:
    """At most TRIED of the values, evenly spread."""
    if len(values) <= TRIED:
        return list(values)
    return [values[round(place * (len(values) - 1) / (TRIED - 1))] for place in range(TRIED)]
