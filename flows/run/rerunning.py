"""Running episodes again that were chosen one by one: the same tasks, seeds, models, prompt sets and limits.

Finished episodes stay; the new ones are told from them by the number of the attempt.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from agent.limits import Limits
from agent.plan import Arm, RunPlan, finished_episodes
from flows.progress import Report, Stop, Update, never, silent
from flows.run import run_arms, run_rows, runs
from store.errors import NotFound
from wiring import Parts

Row = dict[str, Any]


@dataclass(frozen=True)
class Again:
    """Runs that play the chosen episodes again, one for each kind of limits, and why some are left out."""

    plans: tuple[runs.PlannedRun, ...]
    left_out: tuple[Mapping[str, str], ...]

    @property
    def episodes(self) -> int:
        """How many will be played."""
        return sum(len(planned.plan.jobs()) for planned in self.plans)


def plan(parts: Parts, ids: Sequence[str], workers: int = 2) -> Again:
    """What would be run. Nothing is started."""
    left_out: list[Mapping[str, str]] = []
    by_limits: dict[Limits, list[tuple[Row, Arm]]] = defaultdict(list)
    arms: dict[tuple[str, str | None], Arm] = {}
    for episode in ids:
        try:
            row, limits = _played(parts, episode)
            who = (row["model"], row["prompt_set"])
            if who not in arms:
                arms[who] = run_arms.arm(parts, row["model"], row["prompt_set"] or run_arms.NONE)
            runs.check(parts, [row["task"]], [row["model"]], limits)
        except parts.failures as error:
            left_out.append({"episode": episode, "reason": str(error)})
            continue
        by_limits[limits].append((row, arms[who]))
    made = (_planned(parts, limits, found, workers) for limits, found in by_limits.items())
    return Again(tuple(made), tuple(left_out))


def execute(again: Again, report: Report = silent, stop: Stop = never) -> dict[str, Any]:
    """Play them: `{"runs": [ids], "episodes": [ids], "errors", "stopped", "left_out"}`. Raises RunError."""
    done = []
    for number, planned in enumerate(again.plans, 1):
        before = f"Run {number} of {len(again.plans)}: " if len(again.plans) > 1 else ""

        def told(update: Update, before: str = before) -> None:
            report(replace(update, line=before + update.line))

        done.append(runs.execute(planned, told, stop))
        if done[-1]["stopped"]:
            break
    return {
        "runs": [one["run"] for one in done],
        "episodes": [episode for one in done for episode in one["episodes"]],
        "errors": sum(one["errors"] for one in done),
        "stopped": any(one["stopped"] for one in done),
        "left_out": list(again.left_out),
    }


def _played(parts: Parts, episode: str) -> tuple[Row, Limits]:
    """The row of an episode that an agent played on a task with a seed, and the limits it had. Raises NotFound."""
    row = parts.episodes.catalogue.get(episode)
    if row is None or row["actor"] != "agent" or None in (row["task"], row["seed"], row["model"]):
        raise NotFound(f"Episode {episode} is no agent's run of a task with a seed. It was left out.")
    return row, run_rows.limits_of(parts, row["run"])


def _planned(parts: Parts, limits: Limits, found: Sequence[tuple[Row, Arm]], workers: int) -> runs.PlannedRun:
    arms = tuple(dict.fromkeys(arm for _, arm in found))
    made = RunPlan(
        environments=tuple(dict.fromkeys(row["task"] for row, _ in found)),
        seeds=tuple(sorted({row["seed"] for row, _ in found})),
        arms=arms,
        limits=limits,
        workers=workers,
        only=tuple(dict.fromkeys((row["task"], row["seed"], arms.index(arm)) for row, arm in found)),
        attempt=1,
    )
    while finished_episodes(made.jobs(), parts.workspace.episodes_dir):
        made = replace(made, attempt=made.attempt + 1)
    return runs.PlannedRun(parts, replace(made, id=_run_id(made)))


def _run_id(plan_: RunPlan) -> str:
    facts = [sorted(plan_.only), [asdict(arm) for arm in plan_.arms], plan_.limits.facts, plan_.attempt]
    return "run-" + hashlib.blake2b(json.dumps(facts).encode(), digest_size=5).hexdigest()
