"""What the Label board is sent: steps, calls with the reason for doubt in each, other runs as lanes, policies, queue.

Values only, ready for JSON; docs/formats/label-board.md describes them. Positions of steps count from 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from labeling.model import DECIDED, Argument, LabelTree, Segment
from labeling.review import ReviewState, queue_order
from labeling.tree import depth, path_at
from traces.model import Episode, Step
from traces.sentences import sentence

Json = dict[str, Any]
THRESHOLD = 0.9
"""The confidence from which `B` offers to accept, until a person types another."""

UNSURE = 0.7
"""Below this confidence a call is worth a look for that reason alone."""

OWN = "planner"
_GESTURES = {
    "accept": "accepting a call",
    "reject": "rejecting a call",
    "relabel": "another policy",
    "split": "splitting a call",
    "merge": "merging two calls",
    "move_boundary": "moving a boundary",
    "wrap": "a new call",
    "unwrap": "taking a call away",
    "set_args": "other arguments",
    "set_returns": "another return value",
    "bulk_accept": "accepting several calls",
    "accept_all": "accepting all calls",
    "adopt": "going over to another label run",
    "note": "a note",
}


@dataclass(frozen=True)
class Piece:
    """A stretch of steps with the same innermost call: positions, both included, and the policy."""

    first: int
    last: int
    policy: str


def board(
    episode: Episode,
    steps: Sequence[Step],
    review: ReviewState,
    lanes: Mapping[str, LabelTree],
    policies: Iterable[Any],
) -> Json:
    """Everything about one demonstration but the queue and the person.

    `lanes` are trees of label runs by name; `policies` are those of policies.library, which is not for us to import.
    """
    tree, mine = review.tree, set(pieces(review.tree))
    return {
        "episode": _episode(episode),
        "steps": [_step(step) for step in steps],
        "segments": [_segment(tree, segment) for segment in tree.segments],
        "rejected": sum(state == "rejected" for state in review.states.values()),
        "lanes": [_lane(name, other, mine) for name, other in lanes.items()],
        "policies": [_policy(policy) for policy in policies if policy.kind != "planner"],
        "order": [segment.id for segment in queue_order(tree.segments)],
        "base": review.number,
        "can_undo": bool(review.undo),
        "undo_text": _GESTURES.get(review.undo[-1].op) if review.undo else None,
        "can_redo": bool(review.redo),
        "redo_text": _GESTURES.get(review.redo[-1].op) if review.redo else None,
        "entry": entry(episode, tree),
        "threshold": THRESHOLD,
        "calibrated": False,
    }


def pieces(tree: LabelTree) -> tuple[Piece, ...]:
    """The steps cut where the innermost call changes; the planner's own steps are one piece per stretch."""
    inner = [(path_at(tree, uid) or (None,))[-1] for uid in tree.uids]
    out: list[Piece] = []
    place = 0
    for _, run in groupby(inner, key=lambda segment: segment.id if segment else None):
        group = list(run)
        out.append(Piece(place, place + len(group) - 1, group[0].policy if group[0] else OWN))
        place += len(group)
    return tuple(out)


def doubt(tree: LabelTree, segment: Segment) -> str:
    """Why a person should look at this call, in words; '' where nothing speaks against it."""
    missing = [argument.name for argument in segment.args if not argument.value.strip()]
    if missing:
        return f"{_listed(missing)} {_is(missing)} missing"
    unfound = [argument.name for argument in segment.args if argument.source == "inferred"]
    if unfound:
        return f"{_listed(unfound)} {_is(unfound)} not found in typed values, element names or the objective"
    if segment.confidence is not None and segment.confidence < UNSURE:
        return segment.evidence or "the labeller is not sure"
    return ""


def entry(episode: Episode, tree: LabelTree) -> Json:
    """A demonstration's line in the queue: how much is left, and the worst reason to look."""
    left = queue_order(tree.segments)
    reasons = [reason for reason in (doubt(tree, segment) for segment in left) if reason]
    why = f"{len(left)} left" if left else "no calls proposed" if not tree.segments else "to finish"
    return _line(episode, f"{why} · {reasons[0]}" if reasons else why, len(left))


def unlabelled(episode: Episode) -> Json:
    """The line of a demonstration no labeller has seen."""
    return _line(episode, "not labelled yet", None)


def _line(episode: Episode, why: str, left: int | None) -> Json:
    return {"episode": episode.id, "objective": _objective(episode), "why": why, "left": left}


def _objective(episode: Episode) -> str:
    return episode.objective or episode.start_url or episode.id


def _episode(episode: Episode) -> Json:
    site = (episode.task or episode.site).replace(":", " · ")
    return {
        "id": episode.id,
        "objective": _objective(episode),
        "site": site,
        "status": episode.status,
        "viewport": list(episode.viewport),
    }


def _step(step: Step) -> Json:
    target = step.target
    return {
        "uid": step.uid,
        "action": step.action,
        "sentence": sentence(step),
        "target": None if target is None else target.model_dump(mode="json", include={"id", "role", "name", "box"}),
        "picture_before": step.picture_before,
        "picture_after": step.picture_after,
    }


def _segment(tree: LabelTree, segment: Segment) -> Json:
    first, last = tree.span(segment.id)
    kept = segment.model_dump(mode="json", include=_SAME)
    return {
        **kept,
        "first": first,
        "last": last,
        "depth": depth(tree, segment.id),
        "args": [_argument(argument) for argument in segment.args],
        "why": doubt(tree, segment) if segment.state not in DECIDED else "",
    }


_SAME = {"id", "parent", "policy", "returns", "reason", "rule", "evidence", "confidence", "state"}


def _argument(argument: Argument) -> Json:
    found = bool(argument.value.strip()) and argument.source != "inferred"
    return {"name": argument.name, "value": argument.value, "source": argument.source, "found": found}


def _lane(name: str, tree: LabelTree, mine: set[Piece]) -> Json:
    segments = [
        {"first": piece.first, "last": piece.last, "policy": piece.policy, "differs": piece not in mine}
        for piece in pieces(tree)
    ]
    return {"name": name, "segments": segments}


def _policy(policy: Any) -> Json:
    params = [{"name": parameter.name, "required": parameter.required} for parameter in policy.parameters]
    return {"name": policy.name, "description": policy.description, "params": params}


def _listed(names: Sequence[str]) -> str:
    quoted = [f"‘{name}’" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"
