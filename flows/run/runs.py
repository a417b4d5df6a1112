"""Running the agent: which episodes a run is made of, doing it over worker processes, and what came of it."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from agent.errors import RunError
from agent.here import run_here
from agent.limits import Limits
from agent.plan import RunPlan
from agent.runner import Progress, RunResult, run
from analysis.intervals import wilson
from browser.environment import check_environment
from browser.named_sets import expanded
from flows import settings
from flows.progress import Report, Stop, Update, never
from flows.run import by_hand, run_arms, run_models, run_report, run_rows
from traces.model import Episode
from wiring import Parts


@dataclass(frozen=True)
class PlannedRun:
    """A run, the workspace it runs in, and what its workers work with (`agent.worker.Workbench`)."""

    parts: Parts
    plan: RunPlan
    factory: str = "wiring:Workbench"


def plan(
    parts: Parts,
    *,
    envs: Sequence[str],
    seeds: str,
    model: str | Sequence[str],
    prompt_set: str | Sequence[str],
    workers: int,
    limits: Limits | None = None,
) -> PlannedRun:
    """The run as asked for: every model with every prompt set, on the same tasks and seeds; sets of tasks are opened.

    Equal requests are the same run, so that it can be resumed. Raises UnknownEnvironment, UnknownLabel, NoEndpoint,
    ModelError or RunError before anything is started.
    """
    models, sets = _several(model), _several(prompt_set)
    envs = tuple(dict.fromkeys(task for name in envs for task in expanded(name)))
    check(parts, envs, models, limits or Limits())
    made = RunPlan(
        environments=envs,
        seeds=parse_seeds(seeds),
        arms=tuple(dict.fromkeys(run_arms.arm(parts, name, chosen) for chosen in sets for name in models)),
        limits=limits or Limits(),
        workers=workers,
    )
    made.jobs()
    by_hand.check(parts, made)
    return PlannedRun(parts, replace(made, id=_run_id(made)))


def again(parts: Parts, run_id: str) -> PlannedRun:
    """A run that was stopped or interrupted, to go on with what is not finished.

    Raises NotFound, RunError where what it was made with has changed, or what `plan` raises where it is gone.
    """
    found = run_rows.remembered(parts, run_id)
    check(parts, found.environments, [arm.model for arm in found.arms], found.limits)
    for one in found.arms:
        run_arms.check_unchanged(parts, one)
    return PlannedRun(parts, found)


def execute(planned: PlannedRun, report: Report, stop: Stop = never) -> dict[str, Any]:
    """Run what is not finished; `{"run", "episodes", "tasks": [...], "errors", "stopped", "seconds"}`.

    Raises RunError where somebody is running it already.
    """
    parts, plan_ = planned.parts, planned.plan
    began = time.monotonic()
    with run_rows.held(parts, plan_.id):
        done = _done(planned, report, stop)
    return {
        "run": plan_.id,
        "arms": [
            {"model": arm.model, "prompt_set": arm.prompt_set, "policy_set": arm.policy_set} for arm in plan_.arms
        ],
        "episodes": [episode.id for episode in done.episodes],
        "tasks": by_task(done.episodes),
        "terms": sorted({term for episode in done.episodes for term in episode.tags}),
        "max_depth": max((episode.max_depth for episode in done.episodes), default=0),
        "errors": sum(episode.status == "error" for episode in done.episodes),
        "stopped": done.stopped,
        "seconds": round(time.monotonic() - began, 1),
    }


def by_task(episodes: Sequence[Episode]) -> list[dict[str, Any]]:
    """Success of each task with its 95 % Wilson interval (`low`, `high`), in the order of task names."""
    rows = []
    for task in sorted({episode.task or "" for episode in episodes}):
        mine = [episode for episode in episodes if episode.task == task]
        ok = sum(episode.status == "success" for episode in mine)
        low, high = wilson(ok, len(mine))
        rows.append({"task": task, "ok": ok, "n": len(mine), "low": round(low, 3), "high": round(high, 3)})
    return rows


def parse_seeds(text: str) -> tuple[int, ...]:
    """Seeds as written: `0:20` is 0 to 19, `3,5,8` those three. Raises RunError.

    >>> parse_seeds("0:3,7")
    (0, 1, 2, 7)
    """
    seeds: list[int] = []
    for part in text.split(","):
        first, colon, last = part.partition(":")
        try:
            seeds += range(int(first), int(last)) if colon else [int(first)]
        except ValueError as error:
            raise RunError(f"{text!r} are no seeds; write 0:20 (half-open) or 3,5,8. Nothing was run.") from error
    if len(seeds) > 100_000:
        raise RunError(f"{len(seeds)} seeds are too many for one run (at most 100,000). Nothing was run.")
    return tuple(dict.fromkeys(seeds))


def said(result: dict[str, Any]) -> str:
    """A run for a person."""
    head = f"Run {result['run']} in {result['seconds']} s{' (stopped)' if result['stopped'] else ''}."
    lines = [head + run_report.played(result["terms"])]
    lines += [
        f"  {row['task']:<32} {row['ok']}/{row['n']}  ({row['low']:.2f}–{row['high']:.2f})" for row in result["tasks"]
    ]
    return "\n".join([*lines, f"  {result['errors']} episodes ended in an error" if result["errors"] else ""]).rstrip()


def _done(planned: PlannedRun, report: Report, stop: Stop) -> RunResult:
    parts, plan_ = planned.parts, planned.plan
    told = _for_workers(parts, plan_)
    run_rows.remember(parts, plan_, "running")

    def progress(now: Progress) -> None:
        report(Update(_line(now), now.done, now.total))

    folder, changed = parts.workspace.episodes_dir, parts.episodes.register_running
    try:
        if by_hand.is_by_hand(plan_):
            bench = by_hand.HandBench(parts, told, plan_.arms[0].model, stop)
            done = run_here(plan_, folder, bench, progress, changed, stop)
        else:
            done = run(plan_, folder, planned.factory, told, progress, changed, stop)
        _catch_up(parts, done.episodes)
    except BaseException:
        run_rows.remember(parts, plan_, "stopped")
        raise
    run_rows.remember(parts, plan_, "stopped" if done.stopped else "done")
    return done


def _catch_up(parts: Parts, episodes: Sequence[Episode]) -> None:
    """A process that was killed may not have put the end of its last episodes into the catalogue."""
    for episode in episodes:
        row = parts.episodes.catalogue.get(episode.id)
        if row is None or row["status"] != episode.status:
            parts.episodes.register_running(episode)


def _for_workers(parts: Parts, plan_: RunPlan) -> dict[str, Any]:
    """What `wiring.Workbench` is told in each worker. Raises ModelEndpointError where an endpoint is not there."""
    return {
        "takes": run_models.for_workers(parts, (arm.model for arm in plan_.arms)),
        "home": str(parts.workspace.root),
        "endpoint": settings.load(parts).model_endpoint,
        "own_ports": parts.own_ports,
        "allow_private": parts.allow_private,
    }


def _several(named: str | Sequence[str]) -> tuple[str, ...]:
    return (named,) if isinstance(named, str) else tuple(named)


def check(parts: Parts, envs: Sequence[str], models: Sequence[str], limits: Limits) -> None:
    """Raises UnknownEnvironment, ForbiddenUrl, NoEndpoint, StoreError, ModelError or RunError where a run cannot be."""
    for name in envs:
        check_environment(name, parts.own_ports, parts.allow_private)
    for model in models:
        run_models.check(parts, model, limits)


def _line(now: Progress) -> str:
    rate = f" · {now.rate:.0f}/min" if now.rate else ""
    left = f" · {int(now.eta) // 60}:{int(now.eta) % 60:02d} left" if now.eta else ""
    latest = f" · {_episode(now.latest)}: {now.latest.status}" if now.latest else ""
    live = "".join(f" · now {_episode(one)}" for one in now.live)
    return f"{now.done} of {now.total} episodes · {now.successes} succeeded{rate}{left}{latest}{live}"


def _episode(one: Episode) -> str:
    return f"{one.task} seed {one.seed}"


def _run_id(plan_: RunPlan) -> str:
    facts = [plan_.environments, plan_.seeds, [asdict(arm) for arm in plan_.arms], plan_.limits.facts]
    return "run-" + hashlib.blake2b(json.dumps(facts).encode(), digest_size=5).hexdigest()
