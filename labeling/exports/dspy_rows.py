"""DSPy: one JSON line a turn, and a loader that makes `dspy.Example` of them with their inputs named.

The loader is a fixed text of ours; nothing recorded is in it.
"""

from __future__ import annotations

from labeling.exports.chat import examples
from labeling.exports.material import Source
from labeling.exports.out import Out
from labeling.splits import Split
from traces.model import Frozen

INPUTS = ("policy", "objective", "observation", "url", "previous_actions")
LOADER = '''"""Loads the rows beside this file as dspy.Example, with what a predictor is given marked as inputs."""

import json
from pathlib import Path

import dspy

INPUTS = ("policy", "objective", "observation", "url", "previous_actions")


def load(split="train", policy=None, folder=Path(__file__).parent):
    """The examples of a split (train, dev or test), of one policy if it is named."""
    path = Path(folder) / f"{split}.jsonl"
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    wanted = [row for row in rows if policy in (None, row["policy"])]
    return [dspy.Example(**row).with_inputs(*INPUTS) for row in wanted]
'''


class DspyRow(Frozen):
    """One turn: what a predictor is given, what it should give, and where it comes from."""

    policy: str
    objective: str
    observation: str
    url: str
    previous_actions: str
    reason: str
    action: str
    demo_id: str
    step: str
    depth: int
    task: str | None
    split: Split


def write_dspy(source: Source, out: Out) -> None:
    """`train.jsonl`, `dev.jsonl`, `test.jsonl` and `load_examples.py`."""
    for one, turn in examples(source, out):
        row = DspyRow(
            policy=turn.policy,
            objective=turn.objective,
            observation=turn.observation,
            url=turn.url,
            previous_actions="\n".join(turn.previous),
            reason=turn.reason,
            action=turn.action,
            demo_id=turn.episode,
            step=turn.step,
            depth=turn.depth,
            task=turn.task,
            split=one.split,
        )
        out.row(f"{one.split}.jsonl", row)
    out.text("load_examples.py", LOADER)
