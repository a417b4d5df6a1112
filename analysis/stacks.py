"""How deep stacks go over the course of episodes, and whether that follows how long tasks are and how they end.

Pure functions of `analysis.frame_facts.Attempt`; depth 1 is the planner alone.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median

import numpy as np
import numpy.typing as npt

from analysis.frame_facts import Attempt
from analysis.scorecard import Share, success_by
from analysis.within import Within, within

Values = npt.NDArray[np.float64]
BINS = 40
DRAWS = 1_000
LEAST, GROUPS = 4, 5
"""Episodes a task needs to be ranked within itself; tasks it takes to resample them."""
NOTHING = 1e-9
"""Sums of squares of ranks below this are rounding."""


def change_points(one: Attempt) -> list[tuple[int, int]]:
    """(step from 0, depth from there on) wherever the depth changes; ends with (steps, the last depth)."""
    spans = sorted(
        (frame.first, frame.last, frame.depth)
        for frame in one.frames
        if frame.first is not None and frame.last is not None and frame.first <= frame.last
    )
    end = max((last + 1 for _, last, _ in spans), default=0)
    bounds = sorted({at for first, last, _ in spans for at in (first, last + 1)} | {0})
    out: list[tuple[int, int]] = []
    open_now: list[tuple[int, int]] = []  # (-depth, last)
    waiting = iter([*spans, (end + 1, end + 1, 1)])
    following = next(waiting)
    for at in bounds:
        while following[0] <= at:
            heapq.heappush(open_now, (-following[2], following[1]))
            following = next(waiting)
        while open_now and open_now[0][1] < at:
            heapq.heappop(open_now)
        depth = -open_now[0][0] if open_now else 1
        if at < end and (not out or out[-1][1] != depth):
            out.append((at, depth))
    return [*out, (end, out[-1][1])] if out else []


@dataclass(frozen=True)
class Profile:
    """Mean depth of `n` episodes at shares of their length (0 to 1), with 95 % intervals of the mean, 1 at least."""

    n: int
    share: tuple[float, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def profile(lines: Sequence[Sequence[tuple[int, int]]], bins: int = BINS) -> Profile:
    """The mean of change-point lines, each stretched to the same length; empty lines are left out."""
    middles = (np.arange(bins) + 0.5) / bins
    rows = [_sampled(line, middles) for line in lines if line]
    if not rows:
        return Profile(0, (), (), (), ())
    depths = np.array(rows, dtype=float)
    mean = depths.mean(axis=0)
    spread = 1.96 * depths.std(axis=0, ddof=1) / len(rows) ** 0.5 if len(rows) > 1 else np.zeros(bins)
    columns = (middles, mean, np.maximum(mean - spread, 1), mean + spread)
    return Profile(len(rows), *(tuple(values.tolist()) for values in columns))


@dataclass(frozen=True)
class TaskDepth:
    """One task with one policy set over its `n` episodes: median page actions, mean of the greatest depth, success."""

    task: str
    played_with: str
    n: int
    acts: float
    depth: float
    success: Share
    episodes: tuple[str, ...]


def by_task(attempts: Iterable[Attempt]) -> tuple[TaskDepth, ...]:
    """Every task and policy set, the longest first.

    How long a task is, successful episodes say, whoever played them; all do where none succeeded.
    """
    whole: dict[str, list[Attempt]] = defaultdict(list)
    tasks: dict[tuple[str, str], list[Attempt]] = defaultdict(list)
    for one in attempts:
        if one.task:
            whole[one.task].append(one)
            tasks[one.task, one.played_with].append(one)
    acts = {
        name: median(one.acts for one in [one for one in all_ if one.success] or all_) for name, all_ in whole.items()
    }
    made = [_task(*name, acts[name[0]], mine) for name, mine in tasks.items()]
    return tuple(sorted(made, key=lambda one: (-one.acts, one.task, one.played_with)))


def by_depth(attempts: Sequence[Attempt]) -> dict[int, Share]:
    """Success of episodes by their greatest depth."""
    depths = {one.id: one.max_depth for one in attempts}
    return {
        depth: success_by(one for one in attempts if depths[one.id] == depth) for depth in sorted(set(depths.values()))
    }


def deeper_than_usual(attempts: Sequence[Attempt]) -> Within | None:
    """Success of the deeper episodes of each `stratum` minus that of the others.

    Deeper are those above the median; where none is (most are as deep as can be), those that are not below it.
    """
    cuts = {of: _cut([depth for _, depth in pairs]) for of, pairs in length_and_depth(attempts).items()}
    return within((stratum(one), one.max_depth > cuts[stratum(one)], one.success) for one in attempts if one.task)


def _cut(depths: Sequence[int]) -> float:
    usual = median(depths)
    return usual if max(depths) > usual else max((depth for depth in depths if depth < usual), default=0)


Stratum = tuple[str | None, str, str]


def stratum(one: Attempt) -> Stratum:
    """What is the same among episodes that are compared: the task, the policy set, the model with its prompt set.

    A flat set is never deep and may fail more: put together with a stacked one, depth would get the praise.
    """
    return one.task, one.played_with, one.arm


def length_and_depth(attempts: Iterable[Attempt]) -> dict[Stratum, list[tuple[int, int]]]:
    """(page actions, greatest depth) of the episodes of each `stratum`."""
    found: dict[Stratum, list[tuple[int, int]]] = defaultdict(list)
    for one in attempts:
        if one.task:
            found[stratum(one)].append((one.acts, one.max_depth))
    return found


@dataclass(frozen=True)
class Correlation:
    """Spearman's rank correlation over `n` things, with a 95 % bootstrap interval.

    `p` is two-sided, that order had nothing to do with it: of few things in perfect order the interval has no width,
    and says more than they can.
    """

    rho: float
    low: float
    high: float
    n: int
    p: float


def correlation(pairs: Sequence[tuple[float, float]], seed: int = 0) -> Correlation | None:
    """Of pairs (x, y), resampled one by one; None of fewer than three, or where one side never changes."""
    if len(pairs) < 3:
        return None
    values = np.array(pairs, dtype=float)
    products = _products(values[None])
    (rho,) = _rho(products)
    if np.isnan(rho):
        return None
    random = np.random.default_rng(seed)
    drawn = _rho(_products(_resampled(values, random)))
    low, high = np.nanquantile(drawn, (0.025, 0.975))
    return Correlation(float(rho), float(low), float(high), len(values), _chance(products, np.array([len(values)])))


def correlation_within(groups: Iterable[Sequence[tuple[float, float]]], seed: int = 0) -> Correlation | None:
    """The same inside groups of at least `LEAST`: ranks within each, put together.

    Resampled group by group; where there are fewer than `GROUPS`, one by one inside each.
    """
    kept = [np.array(pairs, dtype=float) for pairs in groups if len(pairs) >= LEAST]
    sums = np.array([_products(values[None])[0] for values in kept]).reshape(-1, 3)
    rho = float(_rho(sums.sum(axis=0)[None])[0])
    if np.isnan(rho):
        return None
    random = np.random.default_rng(seed)
    if len(kept) >= GROUPS:
        drawn = sums[random.integers(0, len(sums), (DRAWS, len(sums)))].sum(axis=1)
    else:
        drawn = sum((_products(_resampled(values, random)) for values in kept), start=np.zeros((DRAWS, 3)))
    low, high = np.nanquantile(_rho(drawn), (0.025, 0.975))
    sizes = np.array([len(values) for values in kept])
    return Correlation(rho, float(low), float(high), int(sizes.sum()), _chance(sums, sizes))


def _resampled(values: Values, random: np.random.Generator) -> Values:
    return values[random.integers(0, len(values), (DRAWS, len(values)))]


def _chance(products: Values, sizes: npt.NDArray[np.int_]) -> float:
    """How likely such a sum over groups of these sizes is where one side is shuffled inside each (normal, two-sided).

    Shuffled, a group's sum of products has mean 0 and variance xx * yy / (n - 1).
    """
    xy, xx, yy = products.T
    return math.erfc(abs(xy.sum()) / math.sqrt(2 * (xx * yy / (sizes - 1)).sum()))


def _rho(products: Values) -> Values:
    """Of sums of products of several samples; not a number where one side never changes."""
    xy, xx, yy = products.T
    known = np.minimum(xx, yy) > NOTHING
    rho: Values = np.divide(xy, np.sqrt(xx * yy), out=np.full(len(xy), np.nan), where=known)
    return rho


def _products(draws: Values) -> Values:
    """For each sample the sums of products of both sides' ranks (0 to 1) around their means: (xy, xx, yy)."""
    ranks = _ranks(draws) / draws.shape[1]
    x, y = np.moveaxis(ranks - ranks.mean(axis=1, keepdims=True), 2, 0)
    products: Values = np.stack([(x * y).sum(axis=1), (x * x).sum(axis=1), (y * y).sum(axis=1)], axis=1)
    return products


def _ranks(values: Values) -> Values:
    """Ranks along the last axis but one, equal values sharing theirs."""
    from scipy.stats import rankdata  # loaded when ranks are asked for, not with the app

    ranks: Values = rankdata(values, axis=-2)
    return ranks


def _task(name: str, played_with: str, acts: float, mine: Sequence[Attempt]) -> TaskDepth:
    return TaskDepth(
        task=name,
        played_with=played_with,
        n=len(mine),
        acts=acts,
        depth=fmean(one.max_depth for one in mine),
        success=success_by(mine),
        episodes=tuple(one.id for one in mine),
    )


def _sampled(line: Sequence[tuple[int, int]], middles: Values) -> Values:
    """The depth at shares of the line's length."""
    points = np.array(line)
    depths: Values = points[np.searchsorted(points[:-1, 0], middles * points[-1, 0], side="right") - 1, 1]
    return depths
