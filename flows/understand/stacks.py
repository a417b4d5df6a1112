"""Does depth adapt to complexity? What the episodes at hand say, in numbers and in sentences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from analysis.frame_facts import Attempt
from analysis.scorecard import success_by
from analysis.stacks import (
    Correlation,
    by_depth,
    by_task,
    change_points,
    correlation,
    correlation_within,
    deeper_than_usual,
    length_and_depth,
    profile,
)
from flows.understand.scorecard import share
from traces.sentences import counted

Json = dict[str, Any]
LINES = 160
"""Episodes drawn line by line; means are of all."""
GROUPS: dict[str, Callable[[Attempt], str]] = {
    "outcome": lambda one: "succeeded" if one.success else "did not",
    "model": lambda one: one.model or one.actor,
    "policy set": lambda one: one.played_with,
    "prompt set": lambda one: one.prompt_set or "none",
    "task": lambda one: one.task or "none",
}
DIFFERENT = 3
"""Lengths of tasks it takes to say that depth is the same in all."""
MOST = 8
"""Groups that are drawn; the largest."""


def over_time(attempts: Sequence[Attempt], group: str) -> Json:
    """`{"lines": [{"episode", "group", "points"}], "profiles": [{"group", ...Profile}], "left_out"}`.

    `points` are (step, depth) at change points; `left_out` counts the groups that are not drawn.
    """
    told: dict[str, list[tuple[Attempt, list[tuple[int, int]]]]] = defaultdict(list)
    for one in attempts:
        told[GROUPS[group](one)].append((one, change_points(one)))
    largest = sorted(told, key=lambda name: (-len(told[name]), name))
    each = max(1, LINES // max(1, min(MOST, len(largest))))
    return {
        "lines": [
            {"episode": one.id, "group": name, "points": points}
            for name in largest[:MOST]
            for one, points in told[name][:: max(1, len(told[name]) // each)][:each]
            if points
        ],
        "profiles": [
            {"group": name, **asdict(profile([points for _, points in told[name]]))} for name in largest[:MOST]
        ],
        "left_out": max(0, len(largest) - MOST),
    }


def tasks(attempts: Sequence[Attempt]) -> list[Json]:
    """A point for each task and policy set: `{"task", "n", "acts", "depth", "success": share, "episodes"}`."""
    several = len({one.played_with for one in attempts}) > 1
    return [
        asdict(one)
        | {"success": share(one.success), "task": f"{one.task} with {one.played_with}" if several else one.task}
        for one in by_task(attempts)
    ]


def cells(attempts: Sequence[Attempt]) -> list[Json]:
    """A point for each length and depth there is: episodes of like length and equal depth together."""
    found: dict[tuple[int, int], list[Attempt]] = defaultdict(list)
    for one in attempts:
        found[_like(one.acts), one.max_depth].append(one)
    return [
        {
            "task": f"{acts} page actions, depth {depth}",
            "n": len(mine),
            "acts": acts,
            "depth": depth,
            "success": share(success_by(mine)),
            "episodes": [one.id for one in mine],
        }
        for (acts, depth), mine in sorted(found.items())
    ]


def depths(attempts: Sequence[Attempt]) -> list[Json]:
    """Success by greatest depth and policy set: `{"depth", "with", "ok", "n", "value", "low", "high", "episodes"}`."""
    ids: dict[tuple[str, int], list[str]] = defaultdict(list)
    for one in attempts:
        ids[one.played_with, one.max_depth].append(one.id)
    return [
        {"depth": depth, "with": name, **share(of), "episodes": ids[name, depth]}
        for name, mine in _by_set(attempts).items()
        for depth, of in by_depth(mine).items()
    ]


def sentences(attempts: Sequence[Attempt]) -> list[str]:
    """What can be said of depth and length across and within tasks, for each policy set; and of depth and success."""
    sets = _by_set(attempts)
    if len(sets) < 2:
        return [*_lengths(attempts), _success(attempts)]
    told = [
        f"{name} ({counted(len(mine), 'episode')}). {' '.join(_lengths(mine))}"
        for name, mine in list(sets.items())[:MOST]
    ]
    return [*told, _success(attempts)]


def _by_set(attempts: Sequence[Attempt]) -> dict[str, list[Attempt]]:
    """The episodes of each policy set, the largest first."""
    found: dict[str, list[Attempt]] = defaultdict(list)
    for one in attempts:
        found[one.played_with].append(one)
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


def _lengths(attempts: Sequence[Attempt]) -> list[str]:
    points = by_task(attempts)
    depths = {one.max_depth for one in attempts}
    if len(depths) == 1 and len({one.acts for one in points}) >= DIFFERENT:
        return [f"Every episode has a greatest depth of {depths.pop()}, however long its task."]
    across = correlation([(one.acts, one.depth) for one in points])
    return [_across(across, len(points)), _inside(correlation_within(length_and_depth(attempts).values()))]


def _across(found: Correlation | None, n: int) -> str:
    if found is None:
        why = f"it takes three, and there are {n}" if n < 3 else f"the {n} do not differ in length or in depth"
        return f"Across tasks nothing can be said: {why}."
    how = _direction(found, "Longer tasks are done with deeper stacks", "Longer tasks are done with flatter stacks")
    how = how or "Whether longer tasks are done with deeper stacks is open"
    return f"{how}: rank correlation {_interval(found)} over {found.n} tasks."


def _inside(found: Correlation | None) -> str:
    if found is None:
        return "Within tasks depth or length never changes, so nothing can be said of one task's easy and hard seeds."
    how = _direction(found, "Within a task, longer episodes go deeper", "Within a task, longer episodes stay flatter")
    how = how or "Within a task, depth does not follow length to be seen"
    return f"{how}: rank correlation {_interval(found)} over {found.n:,} episodes."


def _success(attempts: Sequence[Attempt]) -> str:
    found = deeper_than_usual(attempts)
    if found is None:
        return "No policy set has a task with episodes of different depth: depth and success cannot be compared."
    how = "that is more than chance" if found.more_than_chance else "that could be chance"
    often = f"{100 * abs(found.difference):.0f} points {'more' if found.difference > 0 else 'less'} often than"
    often = often if round(100 * found.difference) else "as often as"
    low, high = (f"{100 * end:+.0f}" for end in (found.low, found.high))
    between = f"{low} to {high}" if low != high else "too few that end otherwise for an interval"
    places = counted(found.strata, "comparison")
    return (
        f"Of one task, policy set and model, the deeper episodes succeed {often} the others "
        f"({between}, {_chance(found.p)}, {places}): {how}."
    )


def _direction(found: Correlation, up: str, down: str) -> str:
    return "" if found.p >= 0.05 else up if found.low > 0 else down if found.high < 0 else ""


def _interval(found: Correlation) -> str:
    return f"{found.rho:.2f} ({found.low:.2f} to {found.high:.2f}, {_chance(found.p)})"


def _chance(p: float) -> str:
    return "p < .001" if p < 0.001 else f"p {p:.3f}".replace("0.", ".")


def _like(acts: int) -> int:
    """Long episodes are put together by tens."""
    return acts if acts < 20 else acts // 10 * 10
