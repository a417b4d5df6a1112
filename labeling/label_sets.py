"""Freezing: the accepted trees of several demonstrations as one value that never changes, named by its content.

Prompt sets and exports are made from label sets only, so that what they hold can be found again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from labeling.errors import NothingAccepted, ReviewError
from labeling.model import LabelRun, LabelSet, LabelTree
from labeling.review import ReviewState


def freeze(states: Iterable[ReviewState], *, policy_set: str, actor: str, created: float) -> LabelSet:
    """The label set of several tracks, `gold` if all of them are.

    Raises NothingAccepted for none, ReviewError while a call is undecided.
    """
    found = sorted(states, key=lambda state: state.episode)
    if not found:
        raise NothingAccepted("There are no reviewed demonstrations to freeze. Accept the calls of one in Label first.")
    for state in found:
        if not state.decided:
            raise ReviewError(
                f"{len(state.pending)} of {len(state.tree.segments)} calls of episode {state.episode} are not decided. "
                "Nothing was frozen; accept or reject them in Label first."
            )
    trees = tuple(state.tree for state in found)
    gold = all(state.sides is not None for state in found)
    return label_set_of(trees, policy_set=policy_set, actor=actor, created=created, gold=gold)


def label_set_of(
    trees: tuple[LabelTree, ...], *, policy_set: str, actor: str, created: float, gold: bool = False
) -> LabelSet:
    """The label set of these trees under the id that its content has."""
    body = {"policy_set": policy_set, "trees": [tree.model_dump(mode="json") for tree in trees]}
    return LabelSet(
        id=content_id("ls", body | ({"kind": "gold"} if gold else {})),
        policy_set=policy_set,
        trees=trees,
        created=created,
        actor=actor,
        kind="gold" if gold else "reviewed",
    )


def make_run(tree: LabelTree, *, labeller: str, policy_set: str, created: float) -> LabelRun:
    """A labeller's proposal as a label run; equal proposals have equal ids."""
    body = {"labeller": labeller, "policy_set": policy_set, "tree": tree.model_dump(mode="json")}
    return LabelRun(
        id=content_id("run", body),
        episode=tree.episode,
        derivation=tree.derivation,
        labeller=labeller,
        policy_set=policy_set,
        created=created,
        tree=tree,
    )


def content_id(kind: str, body: Any) -> str:
    """`<kind>-` and 16 hexadecimal digits of the SHA-256 of the canonical JSON."""
    return f"{kind}-{hashlib.sha256(canonical(body)).hexdigest()[:16]}"


def canonical(body: Any) -> bytes:
    """JSON with sorted keys and without spaces, in UTF-8: equal values give equal bytes."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
