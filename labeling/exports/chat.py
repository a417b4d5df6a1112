"""Conversations to train on: chat SFT as JSON lines, and TRL / Hugging Face prompt–completion and messages.

Every turn of every policy is one row, asked exactly as the agent asks it. Splits are files, so that nothing kept for
tests is trained on by mistake.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labeling.exports.dataset_card import card
from labeling.exports.material import Labelled, Line, Source
from labeling.exports.out import Out
from labeling.exports.parquet import ParquetFiles
from labeling.prompts.model import Example, LeftOut
from labeling.splits import Split
from traces.model import Frozen

HF_NAMES: dict[Split, str] = {"train": "train", "dev": "validation", "test": "test"}
"""What Hugging Face calls our splits."""


class SftRow(Frozen):
    """One decision as a conversation; nothing else, as some trainers refuse other keys."""

    messages: tuple[Line, ...]


class About(Frozen):
    """The columns beside a conversation that say where it comes from."""

    demo_id: str
    step: str
    label_set: str
    policy: str
    depth: int
    is_stop: bool
    task: str | None
    seed: int | None
    split: Split
    label_status: str


class PromptCompletionRow(About):
    """A question and the answer that the loss is computed on."""

    prompt: tuple[Line, ...]
    completion: tuple[Line, ...]


class MessagesRow(About):
    """The same as one conversation."""

    messages: tuple[Line, ...]


CONFIGS: dict[str, type[About]] = {"prompt_completion": PromptCompletionRow, "messages": MessagesRow}
"""The configurations of the dataset, the default first, and what their rows are."""


def write_sft(source: Source, out: Out) -> None:
    """`train.jsonl`, `dev.jsonl`, `test.jsonl`: one conversation a line."""
    for one, example in examples(source, out):
        lines = (*source.wording.ask(example), source.wording.answer(example))
        out.row(f"{one.split}.jsonl", SftRow(messages=lines))


def write_trl(source: Source, out: Out) -> None:
    """`prompt_completion/` and `messages/`, JSON lines for each split, and the dataset card `README.md`."""
    for name, row in _dataset(source, out):
        out.row(f"{name}.jsonl", row)
    out.text("README.md", card(out, source.label_set.id, CONFIGS))


def write_trl_parquet(source: Source, out: Out) -> None:
    """The same as Parquet."""
    with ParquetFiles(out) as files:
        for name, row in _dataset(source, out):
            files.row(f"{name}.parquet", row)
    out.text("README.md", card(out, source.label_set.id, CONFIGS))


def _dataset(source: Source, out: Out) -> Iterator[tuple[str, PromptCompletionRow | MessagesRow]]:
    """(file without its ending, row): every turn in both shapes."""
    for one, example in examples(source, out):
        prompt, answer, facts = source.wording.ask(example), source.wording.answer(example), about(one, example)
        split = HF_NAMES[one.split]
        yield f"prompt_completion/{split}", PromptCompletionRow(**facts, prompt=prompt, completion=(answer,))
        yield f"messages/{split}", MessagesRow(**facts, messages=(*prompt, answer))


def examples(source: Source, out: Out) -> Iterator[tuple[Labelled, Example]]:
    """Every usable turn of every demonstration, counted; the others are left out with their reason."""
    for one in source.demonstrations:
        out.counts["demonstrations"] += 1
        for turn in source.turns(one):
            if isinstance(turn, LeftOut):
                out.leave_out(turn)
                continue
            out.counts["rows"] += 1
            out.counts[f"rows in {one.split}"] += 1
            yield one, turn


def about(one: Labelled, example: Example) -> dict[str, Any]:
    """Where a row comes from."""
    return {
        "demo_id": example.episode,
        "step": example.step,
        "label_set": example.label_set,
        "policy": example.policy,
        "depth": example.depth,
        "is_stop": example.is_stop,
        "task": example.task,
        "seed": example.seed,
        "split": one.split,
        "label_status": one.status,
    }
