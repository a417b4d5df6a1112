"""Transfer: is a policy that was taught in some places of use in another? A matrix of policies by places.

A place is a task, or a site. In each, the agent is taught by the place's own demonstrations; by all, but the policy by
those of the other places only; and by the other places alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.errors import RunError
from flows.experiment.material import Material, Shown, prompt_set
from flows.experiment.playing import Arm, in_pairs, played
from flows.experiment.result import Asked, Found, pairs, share
from flows.progress import Report, Stop
from flows.run.run_facts import Facts
from labeling.prompts.model import PromptConfig
from wiring import Parts

PLACES = 3
"""Places a policy is tried in at most, and tasks of a place that are played."""
OWN, POLICY, ALONE = "taught here", "the policy taught elsewhere", "all taught elsewhere"
ARMS = (OWN, POLICY, ALONE)


@dataclass
class _Matrix:
    """What was played so far: the episodes of each policy, place and arm, and the runs."""

    cells: dict[tuple[str, str, str], list[Facts]] = field(default_factory=dict)
    runs: list[str] = field(default_factory=list)

    def rows(self) -> tuple[dict[str, Any], ...]:
        """By policy: each arm over all places, then place by place."""
        made = []
        for policy in dict.fromkeys(policy for policy, _, _ in self.cells):
            made += [_row(arm, policy, self.of(policy, arm)) for arm in ARMS]
            mine = [(place, arm, found) for (one, place, arm), found in self.cells.items() if one == policy]
            made += [_row(arm, policy, found, place) for place, arm, found in mine]
        return tuple(row for row in made if row["n"])

    def of(self, policy: str, arm: str) -> list[Facts]:
        """The episodes of all places."""
        return [one for key, found in self.cells.items() if (key[0], key[2]) == (policy, arm) for one in found]

    def pairs(self) -> tuple[dict[str, Any], ...]:
        """By policy, what is taught here against either of the others."""
        made: list[dict[str, Any]] = []
        for policy in dict.fromkeys(policy for policy, _, _ in self.cells):
            for arm in (POLICY, ALONE):
                here, there = in_pairs(self.of(policy, OWN), self.of(policy, arm))
                made += pairs(f"{policy}: {OWN}", here, arm, there)
        return tuple(made)


def transfer(parts: Parts, have: Material, asked: Asked, report: Report, stop: Stop) -> Found:
    """For each policy that is called in two places: how it does in one when it was taught in the others.

    Raises RunError where no policy is.
    """
    users = _users(parts, have, asked)
    if not users:
        raise RunError(
            f"No policy is called in two of the {asked.across}s, so nothing can be transferred. Nothing was run. Name "
            f"tasks that share one{' and are of different sites' if asked.across == 'site' else ''}."
        )
    matrix = _Matrix()
    for policy, places in users.items():
        for place in list(places)[:PLACES]:
            arms = arms_for(parts, have, asked, policy, places, place)
            done = played(parts, have, asked, arms, places[place][:PLACES], report, stop)
            matrix.runs.append(done.run)
            matrix.cells |= {(policy, place, arm): found for arm, found in done.found.items()}
            if done.stopped:
                return _found(matrix, stopped=True)
    return _found(matrix)


def arms_for(
    parts: Parts, have: Material, asked: Asked, policy: str, places: dict[str, list[str]], place: str
) -> list[Arm]:
    """What a policy's cell of the matrix is made of; `places` are those that call it, with their tasks."""
    here = tuple(have.first(asked.shown, places[place]))
    there = tuple(have.first(asked.shown, [task for name, tasks in places.items() if name != place for task in tasks]))
    own = PromptConfig(bans=_turns(parts, have, asked.policy_set, policy, here))
    return [
        Arm(OWN, here, asked.policy_set),
        Arm(POLICY, (*here, *there), asked.policy_set, own),
        Arm(ALONE, there, asked.policy_set),
    ]


def _turns(parts: Parts, have: Material, policy_set: str, policy: str, shown: Sequence[Shown]) -> tuple[str, ...]:
    """The ids of a policy's own turns in demonstrations."""
    return tuple(sorted(one.id for one in prompt_set(parts, have.source, shown, policy_set).of(policy)))


def _users(parts: Parts, have: Material, asked: Asked) -> dict[str, dict[str, list[str]]]:
    """The policies that are called in at least two places, with the tasks there that call them."""
    planner = parts.policies(asked.policy_set).planner.name
    found: dict[str, dict[str, list[str]]] = {}
    for task in have.by_task:
        made = prompt_set(parts, have.source, have.first(asked.shown, [task]), asked.policy_set)
        place = task if asked.across == "task" else task.partition(":")[0]
        for policy in made.policies:
            if policy != planner:
                found.setdefault(policy, {}).setdefault(place, []).append(task)
    return {policy: places for policy, places in sorted(found.items()) if len(places) > 1}


def _found(matrix: _Matrix, *, stopped: bool = False) -> Found:
    n = len({(one.job.environment, one.job.seed, one.job.prompt_set) for all_ in matrix.cells.values() for one in all_})
    told = []
    for arm in ARMS:
        mine = [one.success for (_, _, name), found in matrix.cells.items() if name == arm for one in found]
        told.append(f"{arm} {sum(mine)} of {len(mine)}")
    answer = f"Episodes that succeeded: {', '.join(told)}."
    return Found(answer, matrix.rows(), n, matrix.pairs(), tuple(dict.fromkeys(matrix.runs)), stopped)


def _row(arm: str, policy: str, found: Sequence[Facts], *where: str) -> dict[str, Any]:
    return share(arm, policy, sum(one.success for one in found), len(found), "", *where)
