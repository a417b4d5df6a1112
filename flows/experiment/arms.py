"""Experiments that play: arms are prompt sets made of the same demonstrations, on the same tasks and seeds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import fmean
from typing import Any

from flows.experiment.material import Material
from flows.experiment.playing import Arm, in_pairs, played
from flows.experiment.result import ALL, Asked, Found, pairs, share
from flows.experiment.showing import distinct, shown_otherwise
from flows.progress import Report, Stop
from flows.run.run_facts import Facts
from labeling.prompts.model import PromptConfig
from wiring import Parts

FLAT, COARSE = "flat", "coarse"


def structure(parts: Parts, have: Material, asked: Asked, report: Report, stop: Stop) -> Found:
    """Stack or flat, SteP or HeaP, how many demonstrations, which examples of them, pruned or not, with reasons or not.

    One thing is changed at a time. What the model could not tell apart is left out.
    """
    full, fewest = tuple(have.first(asked.shown)), tuple(have.first(1))
    arms = [
        Arm(f"the stack, {asked.shown} shown", full, asked.policy_set),
        Arm(f"one flat policy, {asked.shown} shown", full, FLAT),
        Arm(f"the stack as HeaP, {asked.shown} shown", full, asked.policy_set, PromptConfig(mode="heap")),
        Arm("the stack, 1 shown", fewest, asked.policy_set),
        Arm("one flat policy, 1 shown", fewest, FLAT),
    ]
    others, no_use = shown_otherwise(asked.model, full, asked.policy_set)
    arms, alike = distinct(parts, have, asked.model, [*arms, *others])
    return _compared(parts, have, asked, arms, report, stop, (*no_use, *alike))


def granularity(parts: Parts, have: Material, asked: Asked, report: Report, stop: Stop) -> Found:
    """The same labels as many fine policies, as a few coarse ones, as none."""
    shown = tuple(have.first(asked.shown))
    names = {asked.policy_set: "fine policies", COARSE: "coarse policies", FLAT: "one flat policy"}
    arms = [Arm(f"{said} ({name})", shown, name) for name, said in names.items()]
    return _compared(parts, have, asked, arms, report, stop)


def depth(parts: Parts, have: Material, asked: Asked, report: Report, stop: Stop) -> Found:
    """By task: how long people took, how deep the stack went, how often it succeeded."""
    arm = Arm("stack", tuple(have.first(asked.shown)), asked.policy_set)
    done = played(parts, have, asked, [arm], list(have.by_task), report, stop)
    found = done.found["stack"]
    lengths = {task: fmean(one.steps for one in shown) for task, shown in have.by_task.items()}
    rows = []
    for task in sorted(lengths, key=lambda task: lengths[task]):
        mine = [one for one in found if one.job.environment == task]
        if mine:
            deep = Counter(one.episode.max_depth for one in mine).most_common(1)[0][0]
            rows.append(
                share(f"depth {deep}", task, sum(one.success for one in mine), len(mine),
                      f"people took {lengths[task]:.1f} steps")
            )  # fmt: skip
    return Found(_deeper(found), tuple(rows), len(found), runs=(done.run,), stopped=done.stopped)


def _deeper(found: Sequence[Facts]) -> str:
    said = []
    for deep in sorted({one.episode.max_depth for one in found}):
        mine = [one.success for one in found if one.episode.max_depth == deep]
        said.append(f"at depth {deep} {sum(mine)} of {len(mine)}")
    return f"Of the episodes {', '.join(said)} succeeded." if said else "No episode was played."


def _compared(
    parts: Parts,
    have: Material,
    asked: Asked,
    arms: Sequence[Arm],
    report: Report,
    stop: Stop,
    left_out: tuple[str, ...] = (),
) -> Found:
    """All arms on all tasks; each against the first."""
    done = played(parts, have, asked, arms, list(have.by_task), report, stop)
    rows = []
    for of in (ALL, *have.by_task):
        for arm in arms:
            mine = [one for one in done.found[arm.name] if of in (ALL, one.job.environment)]
            rows.append(share(arm.name, of, sum(one.success for one in mine), len(mine), _said(mine)))
    first = arms[0].name
    apart: list[dict[str, Any]] = []
    for arm in arms[1:]:
        one, other = in_pairs(done.found[first], done.found[arm.name])
        apart += pairs(first, one, arm.name, other)
    best, second = rows[0], rows[1]
    answer = (
        f"With {best['arm']} {best['ok']} of {best['n']} episodes succeeded, with {second['arm']} {second['ok']} of "
        f"{second['n']}."
    )
    counted = tuple(row for row in rows if row["n"])
    return Found(answer, counted, done.n, tuple(apart), (done.run,), done.stopped, left_out)


def _said(found: Sequence[Facts]) -> str:
    return (
        f"{fmean(one.calls for one in found):.1f} calls, {fmean(one.asked for one in found):.1f} questions"
        if found
        else ""
    )
