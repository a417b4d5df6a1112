"""Success of the model `demos` on the paper's 45 MiniWoB++ tasks: does the stack earn its keep?

Each arm (bench/miniwob_arms.py) is taught by scripted people and runs seeds that nothing else uses, through the runner.
What is finished is kept by content in bench/results/miniwob and never run again: `--only k10` does one arm, and
`--seeds 50` goes on from 10.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import fmean, median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from agent.learner.training import train
from agent.learner.weights import learned
from analysis.intervals import wilson
from bench import miniwob_paper as paper
from bench.common import RESULTS, Progress, Result, main, quick
from bench.demonstrators_store import environment
from bench.miniwob_arms import ARMS, ROOT_SET, Arm, each, taught
from browser.environment import check_environment
from browser.errors import EnvironmentFailed
from browser.miniwob_tasks import PAPER45
from flows.progress import Update
from flows.run import runs
from flows.run.run_facts import facts_of
from wiring import Parts

HOME = RESULTS / "miniwob"
TEST = 100_000
"""The first test seed; nothing but this benchmark runs any from here on."""
WORKERS = 2
EVERY_S = 30.0
LESSONS = 500


def run(progress: Progress) -> Result:
    """Runs every arm on seeds nothing else uses and times the learner; bench/results/miniwob keeps what is finished."""
    parts = Parts(HOME)
    try:
        arms = {name: arm for name, arm in ARMS.items() if _ready(name, arm, progress)}
        told = {name: progress.part(name, partial(_tried, parts, arm, progress)) for name, arm in arms.items()}
        speed = progress.part("speed", partial(_speed, parts))
    finally:
        parts.close()
    figures: dict[str, float] = {}
    for name, arm in arms.items():
        figures |= _figures(arm.figure, told[name]["tasks"])
    figures |= {"calls_per_episode": told["k10"]["calls"], "decide_ms_median": told["k10"]["decide_ms"]}
    figures |= {"paper_success": paper.MEAN, **speed}
    return Result(figures, {"arms": told, "seeds": progress.seeds, "notes": [*table(told), *others(told)]})


def _ready(name: str, arm: Arm, progress: Progress) -> bool:
    """Whether its pages are here; what has to be fetched first is left out, and said."""
    try:
        for task in arm.tasks:
            check_environment(environment(task))
    except EnvironmentFailed as error:
        progress.leave_out(name, error)
        return False
    return True


def _tried(parts: Parts, arm: Arm, progress: Progress) -> dict[str, Any]:
    """What came of one arm on the first test seeds of its tasks.

    `{"prompt_set", "tasks": [...], "calls", "decide_ms", "run", "errors"}`: `decide_ms` is the median of all its
    decisions as the run recorded them, the model's time only; `errors` why episodes of a task could not be played.
    """
    built = arm.teach(parts)
    library = parts.policies(built.policy_set).policies
    learned(built.id, built.examples, library, parts.workspace.root / "weights")  # once, not in each worker
    seeds = f"{TEST}:{TEST + quick(arm.seeds or progress.seeds)}"
    envs = [environment(task) for task in arm.tasks]
    model = arm.model(parts, built)
    planned = runs.plan(parts, envs=envs, seeds=seeds, model=model, prompt_set=built.id, workers=WORKERS)
    ran = runs.execute(planned, now_and_then(progress))
    played = facts_of(parts, planned.plan.jobs())
    decisions = [took for one in played for took in one.decide_ms]
    return {
        "prompt_set": built.id,
        "tasks": ran["tasks"],
        "calls": _calls(parts, ran["episodes"]),
        "decide_ms": round(median(decisions), 2) if decisions else None,
        "run": ran["run"],
        "errors": {one.job.environment: one.episode.end_reason for one in played if one.episode.status == "error"},
    }


def now_and_then(progress: Progress) -> Callable[[Update], None]:
    """A report of a run's progress, told every half minute."""
    last = [-EVERY_S]

    def report(update: Update) -> None:
        if time.monotonic() > last[0] + EVERY_S:
            last[0] = time.monotonic()
            progress.say(update.line)

    return report


def _calls(parts: Parts, episodes: Sequence[str]) -> float:
    """Calls an episode, the root not counted, of tasks that take more than one step."""
    rows = [parts.episodes.catalogue.get(episode) for episode in episodes]
    by_task: dict[str, list[tuple[int, int]]] = {}
    for row in rows:
        if row is not None:
            by_task.setdefault(row["task"], []).append((row["n_steps"], row["n_frames"]))
    long = [found for found in by_task.values() if median(steps for steps, _ in found) > 1]
    return round(fmean(max(frames - 1, 0) for found in long for _, frames in found), 2) if long else 0.0


def _figures(key: str, tasks: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    ok, n = sum(row["ok"] for row in tasks), sum(row["n"] for row in tasks)
    low, high = wilson(ok, n)
    return {key: round(ok / n, 3), f"{key}_lo": round(low, 3), f"{key}_hi": round(high, 3), f"{key}_n": n}


def _speed(parts: Parts) -> dict[str, float]:
    """How long learning from 500 demonstrations takes."""
    library = parts.policies(ROOT_SET).policies
    built = taught(parts, each(PAPER45, 12))
    mine = set(sorted({example.episode for example in built.examples})[:LESSONS])
    examples = [example for example in built.examples if example.episode in mine]
    began = time.monotonic()
    train(examples, library)
    return {"train_s_500": round(time.monotonic() - began, 1), "train_demonstrations": len(mine)}


def table(told: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Success of each of the paper's tasks with every arm that runs them, and in the paper, as Markdown."""
    rates = {name: {row["task"]: row for row in told[name]["tasks"]} for name in told if ARMS[name].tasks is PAPER45}
    head = ["task", *rates, "paper, stack", "paper, flat"]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for task in PAPER45:
        cells = [_cell(rows.get(environment(task))) for rows in rates.values()]
        lines.append(f"| {' | '.join([task, *cells, f'{paper.stack(task):.2f}', f'{paper.flat(task):.2f}'])} |")
    return lines


def others(told: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Success of each task of every other arm, with what could not be played and why, as Markdown."""
    lines: list[str] = []
    for name, found in told.items():
        if ARMS[name].tasks is not PAPER45:
            lines += ["", f"| {name} | success | not played |", "|---|---|---|"]
            errors = found.get("errors", {})
            lines += [
                f"| {row['task']} | {row['ok']}/{row['n']} | {errors.get(row['task'], '')} |" for row in found["tasks"]
            ]
    return lines


def _cell(row: Mapping[str, Any] | None) -> str:
    return "–" if row is None else f"{row['ok'] / row['n']:.2f}"


if __name__ == "__main__":
    sys.exit(main(run))
