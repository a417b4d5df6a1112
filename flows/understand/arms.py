"""Two arms (a run, or a model with its prompt set) on the same tasks and seeds, as a paired table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from analysis.frame_facts import Attempt
from analysis.paired import paired
from flows.understand import scorecard

Json = dict[str, Any]
OUTCOMES = ("both", "one", "other", "neither")
"""Who was right on a seed."""
ALL = "all tasks"


def names(attempts: Sequence[Attempt]) -> list[str]:
    """The arms there are, the newest first: each model with its prompt set; also by run where it played in several."""
    runs: dict[str, dict[str, None]] = {}
    for one in reversed(attempts):
        runs.setdefault(one.arm, {})[run_name(one)] = None
    return [*runs, *(name for of_arm in runs.values() if len(of_arm) > 1 for name in of_arm)]


def run_name(one: Attempt) -> str:
    """An arm within a run, e.g. "run-0a · demos · ps-1"."""
    return f"{one.run} · {one.arm}"


def of(attempts: Sequence[Attempt], name: str) -> list[Attempt]:
    """The episodes of an arm by its name."""
    return [one for one in attempts if name in (one.arm, run_name(one))]


def most_in_common(attempts: Sequence[Attempt], listed: Sequence[str]) -> tuple[str, str]:
    """The two models with prompt sets that played most tasks and seeds both; where there is one, its newest runs."""
    if len({one.arm for one in attempts}) < 2:
        return listed[2], listed[1]
    return scorecard.most_in_common(attempts)


def table(one: Sequence[Attempt], other: Sequence[Attempt]) -> list[Json]:
    """All tasks together, then each: `{"task", "n", **Difference, "both": [(id, id)], "one": [...], ...}`.

    Only seeds that both sides played count; the lists say which pairs of episodes each outcome is.
    """
    pairs = list(zip(*scorecard.same_seeds(one, other), strict=True))
    by_task: dict[str, list[tuple[Attempt, Attempt]]] = defaultdict(list)
    for pair in pairs:
        by_task[pair[0].task or ""].append(pair)
    groups = ([(ALL, pairs)] if pairs else []) + sorted(by_task.items())
    return [_row(name, mine) for name, mine in groups]


def _row(task: str, pairs: Sequence[tuple[Attempt, Attempt]]) -> Json:
    apart = paired([one.success for one, _ in pairs], [other.success for _, other in pairs])
    outcomes: dict[str, list[list[str]]] = {name: [] for name in OUTCOMES}
    for one, other in pairs:
        which = ("neither", "other", "one", "both")[2 * one.success + other.success]
        outcomes[which].append([one.id, other.id])
    shares = asdict(apart)
    return {"task": task, "share_one": shares.pop("one"), "share_other": shares.pop("other"), **shares, **outcomes}
