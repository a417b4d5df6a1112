"""Random sequences of review gestures on a stored track, and whether undoing all of them leads back to its beginning.

Used by the soak of tests/labeling and by bench/labelling_review.py, which counts the same thing.
"""

from __future__ import annotations

import hashlib
import random
from typing import Any

from labeling.desk import ReviewDesk
from labeling.errors import LabelError
from labeling.label_sets import canonical, make_run
from labeling.model import Argument, LabelTree, Op, Segment
from labeling.repository import LabelRepository, MemoryRows
from labeling.review import ReviewState
from labeling.tree import make_tree
from policies.errors import PolicyError
from policies.library import load_set

UIDS = tuple(f"u{n}" for n in range(12))
CORE = load_set("core")
POLICIES = ("search", "navigate", "find_answer", "login")
OPS: tuple[Op, ...] = (
    "accept", "reject", "unwrap", "merge", "relabel", "split", "move_boundary", "wrap", "set_args", "set_returns",
    "note", "bulk_accept", "accept_all", "take", "restore", "undo", "redo",
)  # fmt: skip


def wrong(seed: int, most: int = 40) -> str:
    """What went wrong in the sequence of that seed; '' when nothing did."""
    chance = random.Random(seed)
    labels = LabelRepository(MemoryRows())
    runs = [
        labels.add_run(make_run(a_tree(chance), labeller=name, policy_set="core", created=1.0)) for name in ("a", "b")
    ]
    desk = ReviewDesk(labels, CORE, clock=lambda: 1.0)
    state = desk.begin(runs[0], "ana", "Ana")
    beginning = hashed(state)
    for _ in range(chance.randint(1, most)):
        op = chance.choice(OPS)
        try:
            state = desk.do(state, op, payload(chance, state, op, runs[1].id), "Ana")
        except (LabelError, PolicyError):
            continue
        LabelTree.model_validate(state.tree.model_dump())
    if ReviewDesk(labels, CORE).open("demo", "ana") != state:
        return "the projection from zero is not the live one"
    while state.undo:
        state = desk.do(state, "undo", {}, "Ana")
    if hashed(state) != beginning:
        return "undoing everything does not lead back"
    return "" if ReviewDesk(labels, CORE).open("demo", "ana") == state else "the undone track projects otherwise"


def hashed(state: ReviewState) -> str:
    """The hash of a track's labels: tree, notes and rejected calls."""
    labels = state.labels
    rejected = {key: segment.model_dump(mode="json") for key, segment in labels.rejected.items()}
    body = [labels.tree.model_dump(mode="json"), dict(labels.notes), rejected]
    return hashlib.sha256(canonical(body)).hexdigest()


def a_tree(chance: random.Random) -> LabelTree:
    """Nested calls over some of the twelve steps."""
    found: list[Segment] = []

    def grow(first: int, last: int, parent: str | None, depth: int) -> None:
        place = first + chance.randint(0, 1)
        while place <= last:
            end = min(last, place + chance.randint(0, 4))
            key = f"s{len(found) + 1}"
            args = (Argument(name="query", value=chance.choice("xyz"), source="person"),)
            found.append(
                Segment(
                    id=key, first=UIDS[place], last=UIDS[end], policy="search", args=args, parent=parent,
                    confidence=chance.random(),
                )
            )  # fmt: skip
            if depth < 3 and chance.random() < 0.5:
                grow(place, end, key, depth + 1)
            place = end + 1 + chance.randint(0, 2)

    grow(0, len(UIDS) - 1, None, 1)
    return make_tree("demo", 1, UIDS, found)


def payload(chance: random.Random, state: ReviewState, op: Op, other: str) -> dict[str, Any]:
    """What a person might give to a gesture now; it need not fit."""
    calls = [segment.id for segment in state.tree.segments] or ["none"]
    segment, step = chance.choice(calls), chance.choice(UIDS)
    given: dict[str, dict[str, Any]] = {
        "relabel": {"segment": segment, "policy": chance.choice(POLICIES)},
        "split": {"segment": segment, "at": step},
        "move_boundary": {"segment": segment, "edge": chance.choice(["start", "end"]), "to": step},
        "wrap": {
            "first": step,
            "last": chance.choice(UIDS),
            "policy": "search",
            "args": {"query": chance.choice("xyz")},
        },
        "set_args": {"segment": segment, "args": {"query": chance.choice("xyz")}},
        "set_returns": {"segment": segment, "returns": chance.choice(["x", "", None])},
        "note": {"step": step, "text": chance.choice(["why", ""])},
        "bulk_accept": {"above": chance.random()},
        "accept_all": {},
        "take": {"source": f"run:{other}", "at": step},
        "restore": {"to": chance.randint(0, state.number)},
        "undo": {},
        "redo": {},
    }
    return given.get(op, {"segment": segment})
