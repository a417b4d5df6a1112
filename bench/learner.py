"""How the model `demos` answers questions of demonstrations it was not taught, without a browser, in a minute or two.

The demonstrations are those of bench/miniwob.py. Of the twelve of each task the last two are asked about; the first
one, three or ten are taught. An answer is right if it is what the person did: another way to the same end is not.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from agent.learner.calibration import calibration_error
from agent.learner.choosing import choose
from agent.learner.told import is_secret, read_action, same_text
from agent.learner.training import Weights, train
from agent.model import Decision
from bench.common import Progress, Result, main
from bench.miniwob import HOME
from bench.miniwob_arms import ROOT_SET, each, taught
from browser.miniwob_tasks import PAPER45
from labeling.prompts.model import Example
from traces.actions import TARGETED, Action
from wiring import Parts

TAUGHT = (1, 3, 10)
EACH, ASKED = 12, 2


def run(progress: Progress) -> Result:
    """Teaches three times and asks the same questions each time."""
    parts = Parts(HOME)
    try:
        examples = taught(parts, each(PAPER45, EACH)).examples
        told = {k: progress.part(f"taught {k}", partial(_asked, parts, examples, k)) for k in TAUGHT}
    finally:
        parts.close()
    figures: dict[str, float] = {}
    for k, found in told.items():
        figures |= {f"learner_right_k{k}": found["right"], f"learner_error_k{k}": found["calibration_error"]}
    return Result(figures, {"by_policy": {k: found["by_policy"] for k, found in told.items()}})


def _asked(parts: Parts, examples: Sequence[Example], count: int) -> dict[str, Any]:
    """`{"right", "calibration_error", "by_policy": {policy: [right, asked]}}`."""
    library = parts.policies(ROOT_SET).policies
    teach, ask = _episodes(examples, range(count)), _episodes(examples, range(EACH - ASKED, EACH))
    weights = train([example for example in examples if example.episode in teach], library)
    answers = [(one.policy, *_answer(weights, one, library)) for one in examples if one.episode in ask]
    by_policy: dict[str, list[int]] = {}
    for policy, _, right in answers:
        row = by_policy.setdefault(policy, [0, 0])
        row[0], row[1] = row[0] + right, row[1] + 1
    return {
        "right": round(fmean(right for _, _, right in answers), 3),
        "calibration_error": round(calibration_error([(score, right) for _, score, right in answers]), 3),
        "by_policy": by_policy,
    }


def _answer(weights: Weights, asked: Example, library: Any) -> tuple[float, bool]:
    """The score of the model's answer, and whether it is the person's."""
    policy = library[asked.policy]
    chosen = choose(weights, Decision(policy, asked.objective, asked.url, asked.observation, asked.previous), library)
    wanted = read_action(asked.action)
    if chosen is None or wanted is None:
        return 0.0, False
    return chosen.probability, _same(chosen.action, wanted)


def _same(one: Action, other: Action) -> bool:
    """Equal but for withheld texts, and for upper and lower case in the arguments of calls."""
    if one.name != other.name or len(one.args) != len(other.args):
        return False
    kind = "list" if other.name not in TARGETED else "text"
    pairs = zip(one.args, other.args, strict=True)
    return all(mine == theirs or is_secret(theirs) or same_text(kind, mine, theirs) for mine, theirs in pairs)


def _episodes(examples: Iterable[Example], places: range) -> frozenset[str]:
    """The demonstrations at these places of each task, by seed."""
    by_task: dict[str | None, set[tuple[int, str]]] = {}
    for example in examples:
        by_task.setdefault(example.task, set()).add((example.seed or 0, example.episode))
    return frozenset(sorted(of)[place][1] for of in by_task.values() for place in places if place < len(of))


if __name__ == "__main__":
    sys.exit(main(run))
