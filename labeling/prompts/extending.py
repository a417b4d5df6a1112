"""A prompt set with what a further demonstration teaches: the old examples as they are, the new ones beside them.

What may become an example, and why not, is decided as for any prompt set (building.py).
"""

from __future__ import annotations

from collections.abc import Collection

from labeling.errors import NothingAccepted
from labeling.prompts.building import Made, chosen
from labeling.prompts.model import FORMAT, Example, PromptSet


def extended(old: PromptSet, new: PromptSet, policies: Collection[str], planner: str, made: Made) -> PromptSet:
    """`old` and the examples that `new` has for these policies; those are always shown. Its parent is `old`.

    Raises NothingAccepted where the new one has none for them.
    """
    added = _added(old, new, policies)
    if not added:
        there = ", ".join(sorted({one.policy for one in new.examples})) or "nobody"
        wanted = ", ".join(sorted(policies)) or "nobody"
        raise NothingAccepted(
            f"The demonstration teaches {there}, and nothing to {wanted} that {old.id} does not hold. Nothing was "
            "built. Choose other policies, or label the calls that are to be taught."
        )
    pool = tuple(sorted((*old.examples, *added), key=lambda one: one.episode))
    config = old.config.model_copy(update={"pins": (*old.config.pins, *(one.id for one in added))})
    pieces, dropped = chosen(pool, config, planner)
    return PromptSet(
        format=FORMAT,
        id="",
        policy_set=old.policy_set,
        label_sets=tuple(dict.fromkeys((*old.label_sets, *new.label_sets))),
        config=config,
        examples=pool,
        left_out=(*old.left_out, *new.left_out),
        pieces=pieces,
        dropped=dropped,
        pruner=old.pruner,
        template=made.template,
        created=made.created,
        author=made.author,
        parent=old.id,
    ).named()


def _added(old: PromptSet, new: PromptSet, policies: Collection[str]) -> tuple[Example, ...]:
    held = {one.id for one in old.examples}
    return tuple(one for one in new.examples if one.policy in policies and one.id not in held)
