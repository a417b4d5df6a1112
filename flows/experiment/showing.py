"""The arms of `structure` that change what a model is shown of the same demonstrations: which examples, pruned or
whole pages, reasons or none.

A model at an endpoint is shown a choice of pruned examples with reasons, `demos` learns from all of them with whole
pages, so each has the arms that differ from that. Arms that a model could not tell apart are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flows.experiment.material import Material, Shown
from flows.experiment.playing import Arm
from labeling.prompts.model import PromptConfig, PromptSet
from wiring import Parts

MOST = PromptConfig().most
SHOWN: dict[str, PromptConfig] = {
    f"{MOST} examples at random": PromptConfig(selection="random"),
    f"the {MOST} likest examples": PromptConfig(retrieve=MOST),
    "whole pages": PromptConfig(prune=False),
    "no reasons": PromptConfig(reasons=False),
}
"""For a model that is shown examples in its prompt."""
LEARNED: dict[str, PromptConfig] = {
    f"{MOST} chosen examples": PromptConfig(learn="shown", prune=False),
    f"{MOST} examples at random": PromptConfig(learn="shown", prune=False, selection="random"),
    "pruned pages": PromptConfig(learn="shown", selection="all"),
}
"""For `demos`."""
NO_USE = (
    "no reasons: demos reads no reasons and says its own",
    "the likest examples: demos is shown no examples while it plays",
)


def shown_otherwise(model: str, shown: tuple[Shown, ...], policy_set: str) -> tuple[list[Arm], tuple[str, ...]]:
    """The arms for this model, and what is of no use to it, with why."""
    learns = _learns(model)
    arms = [
        Arm(f"the stack, {name}", shown, policy_set, config) for name, config in (LEARNED if learns else SHOWN).items()
    ]
    return arms, NO_USE if learns else ()


def distinct(parts: Parts, have: Material, model: str, arms: Sequence[Arm]) -> tuple[list[Arm], tuple[str, ...]]:
    """The arms without those of which the model would read the very same as of an earlier one, and which those are."""
    read: dict[Any, str] = {}
    kept, said = [], []
    for arm in arms:
        same = read.setdefault(_read(model, arm.built(parts, have)), arm.name)
        if same == arm.name:
            kept.append(arm)
        else:
            said.append(f"{arm.name}: the same as {same}, of so few examples or so short pages")
    return kept, tuple(said)


def _read(model: str, made: PromptSet) -> Any:
    """All that the model reads of a prompt set."""
    if _learns(model):
        taught = tuple((one.id, one.observation, one.previous, one.action) for one in made.lessons)
        return made.policy_set, made.config.mode, taught
    pieces = tuple((one.id, one.observation, one.reason) for one in made.pieces)
    return made.policy_set, made.config.mode, made.config.retrieve, made.config.reasons, pieces


def _learns(model: str) -> bool:
    return not model.startswith("openai:")
