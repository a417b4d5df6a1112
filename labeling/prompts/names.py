"""Examples of a frozen prompt set in the policies' names of now, for whoever asks or learns with the policies of now.

The prompt set itself stays as it is; what a run shows still names the example it is from.
"""

from __future__ import annotations

from collections.abc import Iterable

from labeling.migrating import moved_call
from labeling.prompts.model import Example, PromptSet
from policies.library import PolicySet
from policies.model import Policy
from policies.moves import Move, moves_since, names_of


def examples_now(examples: Iterable[Example], policies: PolicySet, created: float) -> tuple[Example, ...]:
    """Examples frozen at that time (seconds) with policies, calls and earlier calls by their names of now."""
    moves = [move for move in moves_since(policies.moved, created) if move.about in policies.ids]
    return tuple(_now(one, policies, moves) for one in examples) if moves else tuple(examples)


def name_in(prompt_set: PromptSet, policy: Policy) -> str:
    """The name a policy of now has in a prompt set: its own, or an earlier one."""
    return next((name for name in names_of(policy) if name in prompt_set.policies), policy.name)


def _now(example: Example, policies: PolicySet, moves: list[Move]) -> Example:
    changes = {
        "policy": policies.resolve(example.policy).name if policies.knows(example.policy) else example.policy,
        "objective": example.objective if example.depth == 1 else moved_call(example.objective, moves),
        "previous": tuple(moved_call(text, moves) for text in example.previous),
        "action": moved_call(example.action, moves),
    }
    return example.model_copy(update=changes)
