"""Where a prompt's example comes from and where a demonstration's step went: runs, prompt sets, examples, steps."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from flows.run.run_rows import arms_of
from labeling.prompts.model import PromptSet
from store.errors import StoreError
from traces.errors import TraceError
from wiring import Parts

MOST_EPISODES = 60
"""Episodes that are looked through for the calls that showed an example."""


def runs_of(parts: Parts, prompt_set: str) -> list[dict[str, Any]]:
    """Runs that used a prompt set, newest first: `[{"run", "model", "status", "episodes"}]`."""
    catalogue = parts.episodes.catalogue
    runs = parts.workspace.rows("run")
    rows = [{**row, "arm": arm} for row in runs for arm in arms_of(row) if arm.prompt_set == prompt_set]
    found = [
        {
            "run": row["id"],
            "model": row["arm"].model,
            "status": row["status"],
            "episodes": catalogue.search(run=row["id"], limit=1).total,
        }
        for row in rows
    ]
    return found[::-1]


def calls_with(parts: Parts, prompt_set: str, piece: str) -> list[dict[str, Any]]:
    """Steps of runs whose prompt showed a piece, one an episode, the newest first: `[{"episode", "step", ...}]`."""
    found: list[dict[str, Any]] = []
    rows = parts.episodes.catalogue.search(prompt_set=prompt_set, limit=MOST_EPISODES).rows
    for row in rows:
        try:
            with parts.episode(row["id"]) as reader:
                numbers = {one.number for one in reader.calls() if any(part.source == piece for part in one.parts)}
                step = next((one for one in reader.steps() if one.call in numbers), None) if numbers else None
        except (StoreError, TraceError):
            continue
        if step is not None:
            found.append({"episode": row["id"], "step": step.uid, "task": row["task"], "status": row["status"]})
    return found


def of_steps(parts: Parts, episode: str) -> dict[str, list[dict[str, Any]]]:
    """Which prompt sets hold the steps of a demonstration: `{uid: [{"prompt_set", "example", ...}]}`."""
    held: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for prompt_set in reversed(parts.labels.prompt_sets()):
        pieces = {turn: piece.id for piece in prompt_set.pieces for turn in piece.turns}
        for example in prompt_set.examples:
            if example.episode == episode:
                entry = {"prompt_set": prompt_set.id, "example": example.id, "policy": example.policy}
                entry["action"] = example.action
                held[example.step].append({**entry, "shown": example.id in pieces})
    return held


def steps_of(prompt_set: PromptSet, piece: str) -> list[dict[str, str]]:
    """The steps of demonstrations a piece comes from: `[{"episode", "step", "label_ref", "action"}]`."""
    turns = next((one.turns for one in prompt_set.pieces if one.id == piece), (piece,))
    examples = [prompt_set.by_id[turn] for turn in turns if turn in prompt_set.by_id]
    return [
        {"episode": one.episode, "step": one.step, "label_ref": f"set:{one.label_set}", "action": one.action}
        for one in examples
    ]
