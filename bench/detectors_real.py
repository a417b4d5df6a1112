"""Ordinary runs on MiniWoB++, without a fault: alarms on those that succeeded, and on those that failed, to be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from analysis.signals.finding import course_of
from analysis.signals.registry import find_signals
from bench.common import Progress, quick
from bench.demonstrators_store import environment
from bench.miniwob import now_and_then
from flows.run.run_facts import facts_of
from flows.run.runs import execute, plan
from labeling.prompts.model import PromptSet
from wiring import Parts

FIRST, SEEDS = 5_000, 15
"""The first seed, and how many of each task."""


def ordinary(parts: Parts, built: PromptSet, tasks: Sequence[str], progress: Progress) -> dict[str, Any]:
    """Runs what is not finished yet.

    `{"n", "alarms": {detector: episodes}, "failed", "read": [{"detector", "task", "seed", "steps", "said"}]}`:
    successes and alarms on them, failures and what was said of those.
    """
    seeds = f"{FIRST}:{FIRST + quick(SEEDS)}"
    envs = [environment(task) for task in tasks]
    planned = plan(parts, envs=envs, seeds=seeds, model="demos", prompt_set=built.id, workers=1)
    execute(planned, now_and_then(progress))
    alarms, read, count = Counter[str](), list[dict[str, Any]](), Counter[str]()
    for one in facts_of(parts, planned.plan.jobs()):
        with parts.episode(one.episode.id) as reader:
            signals = find_signals(course_of(reader))
        count[one.episode.status] += 1
        if one.success:
            alarms.update({signal.detector for signal in signals})
            continue
        where = {"task": one.episode.task, "seed": one.episode.seed}
        read += [
            {"detector": told.detector, **where, "steps": [told.first, told.last], "said": told.said}
            for told in signals
        ]
    return {"n": count["success"], "alarms": dict(alarms), "failed": count["failed"], "read": read}
