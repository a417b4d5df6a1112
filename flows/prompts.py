"""Prompt sets from accepted labels: building them, and what the screens and the command line say of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from flows import marks
from labeling.errors import NothingAccepted
from labeling.examples import Demonstration
from labeling.label_sets import freeze
from labeling.prompt_set import PromptConfig, PromptSet, build_prompt_set, summary
from policies.library import load_set
from wiring import POLICY_SET, Parts


def build(parts: Parts, *, policy_set: str = POLICY_SET, tasks: Sequence[str] | None = None) -> PromptSet:
    """Freeze every wholly decided demonstration (of the tasks, if named) into a prompt set. Raises NothingAccepted."""
    desk = parts.desk(policy_set)
    wanted = {row["id"] for row in _demonstrations(parts) if not tasks or row["task"] in tasks}
    states = [desk.open(episode, track) for episode, track in parts.workspace.tracks() if episode in wanted]
    decided = {state.episode: state for state in states if state.decided}
    if not decided:
        raise NothingAccepted("No demonstration has accepted labels yet, so there is nothing to build prompts from.")
    made = freeze(decided.values(), policy_set=policy_set, actor="stepscope", created=time.time())
    label_set = parts.labels.add_label_set(made)
    config = PromptConfig()
    built = build_prompt_set(
        [label_set], lambda episode: _loaded(parts, episode), load_set(policy_set), config, time.time()
    )
    return parts.labels.add_prompt_set(built)


def facts(prompt_set: PromptSet) -> dict[str, Any]:
    """`{"prompt_set", "policy_set", "policies": [...], "left_out": [...]}`; token counts are estimates."""
    return {
        "prompt_set": prompt_set.id,
        "policy_set": prompt_set.policy_set,
        "examples": len(prompt_set.examples),
        "policies": [row.model_dump(mode="json") for row in summary(prompt_set)],
        "left_out": [one.model_dump(mode="json") for one in prompt_set.left_out],
        "tokens_are": "estimates",
    }


def said(facts_: dict[str, Any]) -> str:
    """A prompt set for a person: one line per policy, and what was left out."""
    lines = [f"Prompt set {facts_['prompt_set']} ({facts_['policy_set']}): {facts_['examples']} examples"]
    lines += [
        f"  {row['policy']:<18} {row['examples']:>4} examples  about {row['tokens']:>7,} tokens  "
        f"from {len(row['episodes'])} demonstrations"
        for row in facts_["policies"]
    ]
    return "\n".join([*lines, *(f"  left out: {one['episode']} {one['reason']}" for one in facts_["left_out"])])


def _demonstrations(parts: Parts) -> list[dict[str, Any]]:
    return parts.episodes.catalogue.search(actor="human", limit=100_000).rows


def _loaded(parts: Parts, episode_id: str) -> Demonstration:
    with parts.episode(episode_id) as reader:
        steps = reader.steps()
        wanted = {key for step in steps for key in (step.observation_before, step.observation_after) if key}
        seen = {key: reader.observation(key) for key in wanted}
        return Demonstration(reader.episode, steps, seen.__getitem__, marks.mistakes(parts, episode_id))
