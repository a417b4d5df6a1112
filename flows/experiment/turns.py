"""Experiments without a browser: a model is asked every turn of demonstrations it was not taught.

Each turn is asked with the history the person had, so one mistake does not lead to others. A turn with a withheld text
is left out: nobody can say what was right.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from agent.errors import ModelError, ReplyError, RunError
from agent.model import Decision, PolicyModel
from agent.reply import parse_reply
from flows.experiment.material import Material, Shown, prompt_set
from flows.experiment.result import ALL, Asked, Found, share
from flows.progress import Pace, Report, Stop, Update
from labeling.prompts.model import Example
from policies.library import PolicySet
from traces.actions import parse_action
from wiring import Parts, Workbench

EVERY = 20
"""Turns between two reports."""


@dataclass(frozen=True)
class Turn:
    """A turn that was asked: whether the verb or policy was right, and whether all of it was."""

    example: Example
    kind: bool
    exact: bool

    @property
    def whole(self) -> tuple[str, str, str]:
        """Which call it belongs to."""
        return (self.example.episode, self.example.policy, self.example.objective)


def planner(parts: Parts, have: Material, asked: Asked, report: Report, stop: Stop) -> Found:
    """Each planner's turn, and whole sequences."""
    turns, stopped = _asked(parts, have, asked, report, stop, planners=True)
    rows = []
    for of, mine in [(ALL, turns), *_by(turns, lambda turn: turn.example.task or "")]:
        rows += [
            share("next call or action", of, sum(turn.kind for turn in mine), len(mine)),
            share("with its arguments", of, sum(turn.exact for turn in mine), len(mine)),
            _sequences(of, mine),
        ]
    whole = rows[2]
    answer = f"Of {whole['n']} unseen demonstrations the planner's whole sequence was right in {whole['ok']}."
    return Found(answer, tuple(rows), len(turns), stopped=stopped)


def policy(parts: Parts, have: Material, asked: Asked, report: Report, stop: Stop) -> Found:
    """Each policy's turns, and whole calls."""
    turns, stopped = _asked(parts, have, asked, report, stop, planners=False)
    rows = []
    for of, mine in [(ALL, turns), *_by(turns, lambda turn: turn.example.policy)]:
        rows += [share("each action", of, sum(turn.exact for turn in mine), len(mine)), _sequences(of, mine)]
    answer = f"Of {rows[1]['n']} unseen calls {rows[1]['ok']} were right from first to last."
    return Found(answer, tuple(rows), len(turns), stopped=stopped)


def held_out(have: Material, shown: int) -> tuple[list[Shown], list[Shown]]:
    """(taught, asked): at most `shown` demonstrations of each task teach, all others are asked, at least one of each.

    Raises RunError where a task has only one.
    """
    taught: list[Shown] = []
    rest: list[Shown] = []
    for task, found in have.by_task.items():
        if len(found) < 2:
            raise RunError(
                f"{task} has one accepted demonstration, so none can be held out. Nothing was run. Record more."
            )
        count = min(shown, len(found) - 1)
        taught += found[:count]
        rest += found[count:]
    return taught, rest


def _asked(
    parts: Parts, have: Material, asked: Asked, report: Report, stop: Stop, *, planners: bool
) -> tuple[list[Turn], bool]:
    taught, rest = held_out(have, asked.shown)
    policies = parts.policies(asked.policy_set)
    known = prompt_set(parts, have.source, taught, asked.policy_set)
    examples = [
        one
        for one in prompt_set(parts, have.source, rest, asked.policy_set).examples
        if (one.policy == policies.planner.name) == planners and "{SECRET" not in f"{one.action} {one.objective}"
    ]
    if not examples:
        raise RunError("The held-out demonstrations have no such turns. Nothing was run. Name tasks with more calls.")
    bench = Workbench({"home": str(parts.workspace.root)})
    try:
        model = bench.model(asked.model, known.id, asked.policy_set)
        turns: list[Turn] = []
        pace = Pace(len(examples))
        for number, one in enumerate(examples, 1):
            if stop():
                break
            turns.append(_turn(model, policies, one))
            if number % EVERY == 0 or number == len(examples):
                report(Update(f"{asked.name}: turn {pace.said(number)}", number, len(examples)))
    finally:
        bench.close()
    return turns, len(turns) < len(examples)


def _turn(model: PolicyModel, policies: PolicySet, one: Example) -> Turn:
    question = Decision(
        policy=policies.resolve(one.policy),
        objective=one.objective,
        url=one.url,
        observation=one.observation,
        previous=one.previous,
        frame_depth=one.depth,
        root_objective=one.root_objective,
    )
    try:
        said = parse_reply(model.decide(question).text).action
    except (ReplyError, ModelError):
        return Turn(one, kind=False, exact=False)
    wanted = parse_action(one.action)
    return Turn(one, kind=said.name == wanted.name, exact=said == wanted)


def _sequences(of: str, turns: Sequence[Turn]) -> dict[str, Any]:
    whole: dict[tuple[str, str, str], bool] = {}
    for turn in turns:
        whole[turn.whole] = whole.get(turn.whole, True) and turn.exact
    return share("from first to last", of, sum(whole.values()), len(whole))


def _by(turns: Sequence[Turn], key: Callable[[Turn], str]) -> list[tuple[str, list[Turn]]]:
    names = sorted({key(turn) for turn in turns})
    return [(name, [turn for turn in turns if key(turn) == name]) for name in names]
