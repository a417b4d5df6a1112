"""The report of a run: success with its interval, sizes, costs and times by task and arm, failures, arms in pairs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import combinations
from pathlib import Path
from statistics import fmean, median
from typing import Any

from agent.errors import RunError
from agent.plan import Arm
from analysis.intervals import wilson
from analysis.paired import paired
from flows.run import run_rows
from flows.run.run_facts import Facts, Signature, facts_of
from wiring import Parts

ALL = "all tasks"
SHOWN = 12
"""Failures listed in the Markdown; the JSON has them all."""


def report(parts: Parts, run_id: str) -> dict[str, Any]:
    """Everything that is known of a run so far. Raises NotFound.

    `{"run", "status", "arms": [titles], "limits", "terms", "planned", "finished", "tasks": [rows], "overall": [rows],
    "failures": [...], "differences": [...]}`; a row is one task (or all) of one arm.
    """
    plan = run_rows.remembered(parts, run_id)
    jobs = plan.jobs()
    found = facts_of(parts, jobs)
    titles = {arm: title(arm, plan.arms) for arm in plan.arms}
    return {
        "run": run_id,
        "status": run_rows.status_of(parts, run_id),
        "arms": list(titles.values()),
        "limits": asdict(plan.limits),
        "terms": sorted({term for one in found for term in one.episode.tags}),
        "seeds": [min(plan.seeds), max(plan.seeds), len(plan.seeds)],
        "planned": len(jobs),
        "finished": len(found),
        "overall": [row(titles[arm], ALL, mine) for arm, mine in _by_arm(found, plan.arms)],
        "tasks": [
            row(titles[arm], task, [one for one in mine if one.job.environment == task])
            for task in plan.environments
            for arm, mine in _by_arm(found, plan.arms)
        ],
        "failures": failures(found, titles),
        "differences": list(_differences(found, plan.arms, titles)),
    }


def by_arm(parts: Parts, run_id: str) -> dict[str, list[Facts]]:
    """The finished episodes of each arm, under its title. Raises NotFound."""
    plan = run_rows.remembered(parts, run_id)
    return {title(arm, plan.arms): mine for arm, mine in _by_arm(facts_of(parts, plan.jobs()), plan.arms)}


def named(parts: Parts, run_id: str) -> str:
    """The id, or that of the newest run for "latest". Raises NotFound."""
    rows = run_rows.listed(parts) if run_id == "latest" else ()
    return str(rows[0]["id"]) if rows else run_id


def write(told: dict[str, Any], path: Path) -> None:
    """The report as a new Markdown file. Raises RunError where there is one or none can be made."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(markdown(told))
    except OSError as error:
        raise RunError(
            f"{path} could not be written ({error.strerror}). The run is kept. Name a new file in a folder there is."
        ) from error


def title(arm: Arm, arms: Sequence[Arm]) -> str:
    """What tells an arm from the others: the model, and the prompt set where several are compared."""
    named = [one.title for one in arms]
    return arm.title if named.count(arm.title) == 1 else f"{arm.title} · {arm.policy_set}"


def row(arm: str, task: str, found: Sequence[Facts]) -> dict[str, Any]:
    """Episodes of one arm as numbers: means an episode, median milliseconds a decision; None where unknown."""
    n, ok = len(found), sum(one.success for one in found)
    low, high = wilson(ok, n)
    costs = [one.episode.cost for one in found]
    rewards = [one.episode.rewards.rule for one in found if one.episode.rewards.rule is not None]
    times = [ms for one in found for ms in one.decide_ms]
    return {
        "arm": arm,
        "task": task,
        "n": n,
        "ok": ok,
        "low": round(low, 3),
        "high": round(high, 3),
        "errors": sum(one.episode.status == "error" for one in found),
        "unsure": sum(one.episode.status == "unsure" for one in found),
        "reward": _mean(rewards),
        "partial": sum(0 < reward < 1 for reward in rewards),
        "depth": max((one.episode.max_depth for one in found), default=0),
        "steps": _mean([one.steps for one in found]),
        "calls": _mean([one.calls for one in found]),
        "asked": _mean([one.asked for one in found]),
        "tokens": _mean([one.episode.tokens_in + one.episode.tokens_out for one in found]),
        "cost": None if not costs or None in costs else round(sum(cost or 0.0 for cost in costs), 6),
        "decide_ms": round(median(times), 2) if times else None,
        "seconds": _mean([one.episode.ended - one.episode.started for one in found if one.episode.ended]),
    }


def failures(found: Sequence[Facts], titles: dict[Arm, str]) -> list[dict[str, Any]]:
    """Episodes that did not succeed, by signature, the most frequent first, each with its episodes."""
    groups: dict[Signature, list[Facts]] = defaultdict(list)
    for one in found:
        if one.signature is not None:
            groups[one.signature].append(one)
    return [
        {
            **asdict(signature),
            "n": len(mine),
            "tasks": dict(Counter(one.job.environment for one in mine).most_common()),
            "arms": dict(Counter(titles[one.job.arm] for one in mine).most_common()),
            "episodes": [one.episode.id for one in mine],
        }
        for signature, mine in sorted(groups.items(), key=lambda group: (-len(group[1]), str(group[0])))
    ]


def markdown(told: dict[str, Any]) -> str:
    """The report for a person: what `report` returned, as Markdown."""
    first, last, count = told["seeds"]
    lines = [
        f"# {told['run']} ({told['status']})",
        "",
        f"{told['finished']} of {told['planned']} episodes: {count} seeds ({first} to {last}), arms "
        f"{', '.join(told['arms'])}. Limits: {_limits(told['limits'])}." + played(told["terms"]),
        "",
        *_table([*told["overall"], *told["tasks"]]),
        "",
        "Success is the evaluator's word, its interval Wilson's 95 %. Reward is the mean that the evaluator gave, with "
        "partial credit, which is no success; partial is how many episodes have some. Steps, calls, questions, tokens "
        "and seconds are means an episode.",
    ]
    if told["differences"]:
        lines += ["", "## Arms in pairs", "", *_pairs(told["differences"])]
    if told["failures"]:
        lines += [
            "",
            "## Failures",
            "",
            "| n | ended by | policy on top | refused, failed or done last | tasks |",
            "|---|---|---|---|---|",
        ]
        lines += [
            f"| {one['n']} | {_cell(one['end'])} | {one['policy']} | {_cell(one['action'])} | "
            f"{', '.join(f'{task} {n}' for task, n in list(one['tasks'].items())[:4])} |"
            for one in told["failures"][:SHOWN]
        ]
    return "\n".join(lines) + "\n"


def played(terms: Sequence[str]) -> str:
    """By what terms tasks were played, as a last sentence; nothing where they have none."""
    return f" Played {', '.join(terms)}." if terms else ""


def _table(rows: Sequence[dict[str, Any]]) -> list[str]:
    head = (
        "| task | arm | success | 95 % | errors | reward | partial | depth | steps | calls | questions | tokens | "
        "cost | ms a decision | s |"
    )
    lines = [
        f"| {one['task']} | {one['arm']} | {one['ok']}/{one['n']} | {one['low']:.2f} to {one['high']:.2f} | "
        f"{one['errors']} | {_number(one['reward'])} | {one['partial']} | {one['depth']} | {_number(one['steps'])} | "
        f"{_number(one['calls'])} | {_number(one['asked'])} | {_number(one['tokens'])} | {_money(one['cost'])} | "
        f"{_number(one['decide_ms'])} | {_number(one['seconds'])} |"
        for one in rows
    ]
    return [head, "|---" * (head.count("|") - 1) + "|", *lines]


def _pairs(rows: Sequence[dict[str, Any]]) -> list[str]:
    head = "| one | other | pairs | one | other | difference | 95 % | only one | only other | McNemar p |"
    return [
        head,
        "|---" * (head.count("|") - 1) + "|",
        *(
            f"| {one['arm']} | {one['against']} | {one['n']} | {one['one']:.2f} | {one['other']:.2f} | "
            f"{one['difference']:+.2f} | {one['low']:+.2f} to {one['high']:+.2f} | {one['better']} | {one['worse']} | "
            f"{one['p']:.3f} |"
            for one in rows
        ),
    ]


def _differences(found: Sequence[Facts], arms: Sequence[Arm], titles: dict[Arm, str]) -> Iterator[dict[str, Any]]:
    """Every two arms on the episodes that both have finished."""
    outcomes = {arm: {(o.job.environment, o.job.seed): o.success for o in mine} for arm, mine in _by_arm(found, arms)}
    for one, other in combinations(arms, 2):
        both = sorted(outcomes[one].keys() & outcomes[other].keys())
        if both:
            apart = paired([outcomes[one][key] for key in both], [outcomes[other][key] for key in both])
            yield {"arm": titles[one], "against": titles[other], **asdict(apart)}


def _by_arm(found: Sequence[Facts], arms: Sequence[Arm]) -> list[tuple[Arm, list[Facts]]]:
    return [(arm, [one for one in found if one.job.arm == arm]) for arm in arms]


def _mean(values: Sequence[float]) -> float | None:
    return round(fmean(values), 3) if values else None


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.0f}" if value >= 100 else f"{value:.2g}"


def _money(value: float | None) -> str:
    return "unknown" if value is None else f"${value:.4g}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _limits(limits: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value:g}" if value is not None else f"{name} none" for name, value in limits.items())
