"""How good and how fast labelling is: the rules on the gold corpus, then on a long demonstration, review, prompt sets.

How often rules and person agree cannot be taken from examples/episodes: their labels began as the rules' own.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import labelling_endpoint, labelling_gold, labelling_llm, labelling_review, labelling_wall
from bench.calibration import plain_loop
from bench.common import Progress, Result, main, percentile, summary
from flows import overview
from flows.label import labels
from flows.prompt import prompts
from labeling.model import LabelTree
from labeling.rules.labeller import RulesLabeller
from policies.library import load_set
from server.reviewing import Reviewing, person_called
from tests.builders import Recording
from tests.workspaces import write
from wiring import POLICY_SET, Parts

STEPS = 1_000
CALLS = 500
ROUNDS = 9
GESTURES = 60
REVIEWER = person_called("Bench")


def run(progress: Progress) -> Result:
    """Rules on the gold corpus; 1,000 steps labelled, 500 calls reviewed, a prompt set built; the model labeller.

    With --endpoint URL --model M (and --key-env NAME) a real model is measured on the corpus's test part instead.
    """
    gold = progress.part("gold", labelling_gold.measured)
    rules = progress.part("rules", _rules)
    review = progress.part("review", _review)
    built = progress.part("prompt set", _prompt_set)
    loop = progress.part("plain loop", plain_loop)
    oracle = progress.part("oracle", labelling_llm.curve)
    checked = progress.part("checks", labelling_llm.checks)
    rubbish = progress.part("rubbish", labelling_llm.rubbish)
    wall = progress.part("model run", labelling_wall.measured)
    keys = progress.part("review keys", labelling_review.measured)
    undone = progress.part("undo", labelling_review.undone)
    figures = {
        **gold,
        **labelling_llm.figures(oracle),
        **rubbish,
        "llm_wall_ratio": wall["llm_wall_ratio"],
        **labelling_review.figures(keys, undone),
        "labelling_ms_per_step": round(percentile(rules["ms"], 0.5) / STEPS, 4),
        "review_gesture_ms_p50": round(percentile(review["ms"], 0.5), 2),
        "prompt_set_build_ms": round(percentile(built["ms"], 0.5), 2),
        "calibration_ms": round(loop, 2),
    }
    detail = {
        "rules": {"steps": STEPS, "calls": rules["calls"], "ms": summary(rules["ms"])},
        "review": {"calls": CALLS, "gestures": GESTURES, "ms": summary(review["ms"])},
        "prompt_set": {"examples": built["examples"], "ms": summary(built["ms"])},
        "review_keys": labelling_review.detail(keys, undone),
        "oracle": oracle,
        "checks": checked,
        "model_run": wall,
        "endpoint": labelling_endpoint.last() or labelling_endpoint.NOT_MEASURED,
        "notes": labelling_endpoint.notes(),
        "measured": "gold: the rules' trees against hand-made ones of the test part; rules: from observations in "
        "memory to a checked tree; review: accept a call, in a workspace on disk, to the board's new state; "
        "prompt set: read, build and store.",
    }
    return Result(figures, detail)


def demonstration() -> Recording:
    """The long demonstration of the rules' and the review's speed."""
    return labelling_review.recording(STEPS, f"long{STEPS}")


def _rules() -> dict[str, Any]:
    shown, policies = demonstration(), load_set(POLICY_SET)
    trees: list[LabelTree] = []

    def label() -> None:
        trees.append(RulesLabeller().label(shown.episode, shown.steps, shown.observation, policies))

    took = [_timed(label) for _ in range(ROUNDS)]
    return {"ms": took, "calls": len(trees[-1].segments)}


def _review() -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="stepscope-bench-") as home:
        parts = Parts(Path(home))
        try:
            return {"ms": _gestures(parts)}
        finally:
            parts.close()


def _gestures(parts: Parts) -> list[float]:
    episode = parts.episodes.register_file(write(parts.workspace.episodes_dir, demonstration())).id
    calls = labels.propose(parts, episode).tree.segments
    if len(calls) != CALLS:
        raise RuntimeError(f"The rules see {len(calls)} calls in the demonstration, not {CALLS}.")
    reviewing = Reviewing(parts.episode, parts.demonstration_rows, parts.desk, parts.failures)
    number = reviewing.open(episode, REVIEWER)["base"]
    took = []
    for turn, call in enumerate(calls[:GESTURES]):
        base, payload = number + turn, {"segment": call.id}

        def accept(base: int = base, payload: dict[str, Any] = payload) -> None:
            reviewing.do(episode, REVIEWER, f"gesture-{base}", base, "accept", payload, None)

        took.append(_timed(accept))
    return took


def _prompt_set() -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="stepscope-bench-") as home:
        parts = Parts(Path(home))
        try:
            overview.load_examples(parts)
            took = [_timed(lambda: prompts.build(parts)) for _ in range(ROUNDS)]
            return {"ms": took, "examples": len(parts.labels.prompt_set("latest").examples)}
        finally:
            parts.close()


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    sys.exit(labelling_endpoint.main() if labelling_endpoint.asked_for() else main(run))
