"""Experiments that play: arms are prompt sets made of the same demonstrations, on the same tasks and seeds.

Episodes go through the runner, so an experiment that was stopped goes on, and its episodes open in Replay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from agent.errors import RunError
from analysis.paired import paired
from flows import runs
from flows.experiment_material import Material, Shown, prompt_set
from flows.experiment_result import Asked, Found, share
from flows.progress import Report, Stop
from flows.run_facts import Facts, facts_of
from labeling.prompts.model import Mode
from wiring import Parts

ALL = "all"
FLAT, COARSE = "flat", "coarse"
EXCEPT = 3
"""Tasks left out in turn for each policy, in `transfer`."""


@dataclass(frozen=True)
class Arm:
    """One arm: its name, the demonstrations it is taught, the policy set and the mode it plays by."""

    name: str
    shown: tuple[Shown, ...]
    policy_set: str
    mode: Mode = "step"


def structure(parts: Parts, have: Material, asked: Asked, report: Report, stop: Stop) -> Found:
    """How many demonstrations, stack or flat, one action at a time (SteP) or a list a page (HeaP)."""
    full, fewest = tuple(have.first(asked.shown)), tuple(have.first(1))
    arms = [
        Arm(f"the stack, {asked.shown} shown", full, asked.policy_set),
        Arm(f"one flat policy, {asked.shown} shown", full, FLAT),
        Arm(f"the stack as HeaP, {asked.shown} shown", full, asked.policy_set, "heap"),
        Arm("the stack, 1 shown", fewest, asked.policy_set),
        Arm("one flat policy, 1 shown", fewest, FLAT),
    ]
    return _compared(parts, have, asked, arms, report, stop)


def granularity(parts: Parts, have: Material, asked: Asked, report: Report, stop: Stop) -> Found:
    """The same labels as many fine policies, as a few coarse ones, as none."""
    shown = tuple(have.first(asked.shown))
    names = {asked.policy_set: "fine policies", COARSE: "coarse policies", FLAT: "one flat policy"}
    arms = [Arm(f"{said} ({name})", shown, name) for name, said in names.items()]
    return _compared(parts, have, asked, arms, report, stop)


def transfer(parts: Parts, have: Material, asked: Asked, report: Report, stop: Stop) -> Found:
    """For each policy: a task that calls it, taught by its own demonstrations, or only by other tasks' that call it."""
    rows: list[dict[str, Any]] = []
    pairs: list[dict[str, Any]] = []
    made: list[str] = []
    played = 0
    for name, tasks in _users(have).items():
        outcomes: dict[str, list[bool]] = {"its own": [], "other tasks": []}
        for task in tasks[:EXCEPT]:
            others = [other for other in tasks if other != task]
            own = Arm("its own", tuple(have.first(asked.shown, [task])), asked.policy_set)
            strange = Arm("other tasks", tuple(have.first(asked.shown, others)), asked.policy_set)
            found, run, stopped = _played(parts, have, asked, [own, strange], [task], report, stop)
            made.append(run)
            played += sum(map(len, found.values()))
            if stopped:
                return Found("", tuple(rows), played, tuple(pairs), tuple(made), stopped=True)
            for arm, mine in found.items():
                outcomes[arm] += [one.success for one in mine]
        said = ", ".join(task.partition(":")[2] for task in tasks[:EXCEPT])
        rows += [share(arm, name, sum(oks), len(oks), f"run on {said}") for arm, oks in outcomes.items()]
        pairs += _pair(f"{name}: its own", outcomes["its own"], "other tasks", outcomes["other tasks"])
    if not rows:
        raise RunError(
            "No policy is called in two of the tasks, so nothing can be transferred. Name tasks that share one."
        )
    unseen = [row for row in rows if row["arm"] == "other tasks"]
    ok, n = sum(row["ok"] for row in unseen), sum(row["n"] for row in unseen)
    answer = f"Taught only by other tasks that call the same policy, {ok} of {n} episodes succeeded."
    return Found(answer, tuple(rows), played, tuple(pairs), tuple(made))


def depth(parts: Parts, have: Material, asked: Asked, report: Report, stop: Stop) -> Found:
    """By task: how long people took, how deep the stack went, how often it succeeded."""
    arm = Arm("stack", tuple(have.first(asked.shown)), asked.policy_set)
    found, run, stopped = _played(parts, have, asked, [arm], list(have.by_task), report, stop)
    lengths = {task: fmean(one.steps for one in shown) for task, shown in have.by_task.items()}
    rows = []
    for task in sorted(lengths, key=lambda task: lengths[task]):
        mine = [one for one in found["stack"] if one.job.environment == task]
        if mine:
            deep = Counter(one.episode.max_depth for one in mine).most_common(1)[0][0]
            rows.append(
                share(f"depth {deep}", task, sum(one.success for one in mine), len(mine),
                      f"people took {lengths[task]:.1f} steps")
            )  # fmt: skip
    return Found(_deeper(found["stack"]), tuple(rows), len(found["stack"]), runs=(run,), stopped=stopped)


def _deeper(found: Sequence[Facts]) -> str:
    said = []
    for deep in sorted({one.episode.max_depth for one in found}):
        mine = [one.success for one in found if one.episode.max_depth == deep]
        said.append(f"at depth {deep} {sum(mine)} of {len(mine)}")
    return f"Of the episodes {', '.join(said)} succeeded." if said else "No episode was played."


def _compared(parts: Parts, have: Material, asked: Asked, arms: Sequence[Arm], report: Report, stop: Stop) -> Found:
    """All arms on all tasks; each against the first."""
    found, run, stopped = _played(parts, have, asked, arms, list(have.by_task), report, stop)
    rows = []
    for of in (ALL, *have.by_task):
        for arm in arms:
            mine = [one for one in found[arm.name] if of in (ALL, one.job.environment)]
            rows.append(share(arm.name, of, sum(one.success for one in mine), len(mine), _said(mine)))
    first = arms[0].name
    pairs: list[dict[str, Any]] = []
    for arm in arms[1:]:
        both = _both(found[first], found[arm.name])
        pairs += _pair(first, [one for one, _ in both], arm.name, [other for _, other in both])
    best, other = rows[0], rows[1]
    answer = (
        f"With {best['arm']} {best['ok']} of {best['n']} episodes succeeded, with {other['arm']} {other['ok']} of "
        f"{other['n']}."
    )
    played = sum(map(len, found.values()))
    return Found(answer, tuple(row for row in rows if row["n"]), played, tuple(pairs), (run,), stopped)


def _played(
    parts: Parts, have: Material, asked: Asked, arms: Sequence[Arm], tasks: Sequence[str], report: Report, stop: Stop
) -> tuple[dict[str, list[Facts]], str, bool]:
    """The finished episodes of each arm, the run's id, and whether it was stopped."""
    made = {arm.name: prompt_set(parts, have.source, arm.shown, arm.policy_set, arm.mode).id for arm in arms}
    planned = runs.plan(
        parts, envs=tasks, seeds=asked.seeds, model=asked.model, prompt_set=list(made.values()), workers=asked.workers
    )
    done = runs.execute(planned, report, stop)
    facts = facts_of(parts, planned.plan.jobs())
    found = {name: [one for one in facts if one.job.prompt_set == chosen] for name, chosen in made.items()}
    return found, planned.plan.id, bool(done["stopped"])


def _users(have: Material) -> dict[str, list[str]]:
    """The policies that at least two tasks call, with those tasks."""
    users: dict[str, list[str]] = {}
    for task, shown in have.by_task.items():
        for name in sorted({name for one in shown for name in one.policies}):
            users.setdefault(name, []).append(task)
    return {name: tasks for name, tasks in sorted(users.items()) if len(tasks) > 1}


def _both(one: Sequence[Facts], other: Sequence[Facts]) -> list[tuple[bool, bool]]:
    against = {(facts.job.environment, facts.job.seed): facts.success for facts in other}
    keys = [((facts.job.environment, facts.job.seed), facts.success) for facts in one]
    return [(success, against[key]) for key, success in keys if key in against]


def _pair(arm: str, one: Sequence[bool], against: str, other: Sequence[bool]) -> list[dict[str, Any]]:
    if not one or len(one) != len(other):
        return []
    apart = paired(one, other)
    told = {"difference": apart.difference, "low": apart.low, "high": apart.high, "p": apart.p}
    return [{"arm": arm, "against": against, "n": apart.n, **told}]


def _said(found: Sequence[Facts]) -> str:
    return (
        f"{fmean(one.calls for one in found):.1f} calls, {fmean(one.asked for one in found):.1f} questions"
        if found
        else ""
    )
