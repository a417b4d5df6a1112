"""What the Label board is sent: steps, calls with the doubt in each, other labels as lanes, differences, policies.

Values only, ready for JSON; docs/formats/label-board.md describes them. Positions of steps count from 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Literal

from labeling.differences import Difference, differences, key_of
from labeling.doubt import Doubt
from labeling.history import GESTURES
from labeling.model import Argument, LabelTree, Segment
from labeling.review import ReviewState
from labeling.tree import depth
from traces.model import Episode, Step
from traces.sentences import at_most, sentence, shortened

Json = dict[str, Any]
THRESHOLD = 0.9
"""The confidence from which `B` offers to accept, until a person types another."""

OWN = "planner"
LIKE_MINE: Mapping[str, str] = {
    "boundaries": "other boundaries",
    "policy": "another policy",
    "arguments": "other arguments",
    "only_mine": "no call there",
    "only_other": "a call only there",
}


@dataclass(frozen=True)
class Lane:
    """Other labels of the demonstration: `ref` names them (`run:ID`, `track:NAME`), `name` says whose they are."""

    ref: str
    name: str
    kind: Literal["run", "track", "left", "right"]
    tree: LabelTree


@dataclass(frozen=True)
class Piece:
    """A stretch of steps with the same innermost call (None is the planner itself): positions, both included."""

    first: int
    last: int
    policy: str
    call: str | None = field(default=None, compare=False)


def facts(review: ReviewState, doubts: Mapping[str, Doubt]) -> Json:
    """What every gesture changes, without the calls."""
    return {
        "base": review.number,
        "rejected": sum(state == "rejected" for state in review.states.values()),
        "can_undo": bool(review.undo),
        "undo_text": GESTURES.get(review.undo[-1].op) if review.undo else None,
        "can_redo": bool(review.redo),
        "redo_text": GESTURES.get(review.redo[-1].op) if review.redo else None,
        "notes": dict(review.labels.notes),
        "left": len(doubts),
    }


def calls(tree: LabelTree, doubts: Mapping[str, Doubt], only: Iterable[str] | None = None) -> list[Json]:
    """The calls, or those of the given ids, in the order in which they would be called."""
    wanted = None if only is None else set(only)
    return [_segment(tree, s, doubts.get(s.id)) for s in tree.segments if wanted is None or s.id in wanted]


def lanes(mine: LabelTree, others: Sequence[Lane], found: Sequence[Sequence[Difference]]) -> list[Json]:
    """Other labels beside one's own: their innermost calls, and where they differ (`found`, for each of them)."""
    own = set(pieces(mine))
    return [_lane(mine, own, lane, differing) for lane, differing in zip(others, found, strict=True)]


def together(tree: LabelTree, left: Lane, right: Lane, choices: Mapping[str, str]) -> list[Json]:
    """The differences of a gold track's sides, in order, each with what was chosen ('' while it is open)."""
    return [
        {
            "key": key_of(tree, one),
            "first": one.first,
            "last": one.last,
            "what": one.what,
            "left": _sayings(tree, one.mine),
            "right": _sayings(tree, one.other),
            "choice": choices.get(key_of(tree, one), ""),
        }
        for one in differences(left.tree, right.tree)
    ]


def pieces(tree: LabelTree) -> tuple[Piece, ...]:
    """The steps cut where the innermost call changes; the planner's own steps are one piece per stretch."""
    inner = tree.innermost
    out: list[Piece] = []
    place = 0
    for _, run in groupby(inner, key=lambda segment: segment.id if segment else None):
        group = list(run)
        call = group[0]
        out.append(Piece(place, place + len(group) - 1, call.policy if call else OWN, call.id if call else None))
        place += len(group)
    return tuple(out)


def episode_facts(episode: Episode) -> Json:
    """The header's part that is shown."""
    site = (episode.task or episode.site).replace(":", " · ")
    return {
        "id": episode.id,
        "objective": at_most(objective_of(episode.objective, episode.start_url, episode.id)),
        "site": at_most(site),
        "status": episode.status,
        "verdict": episode.verdict,
        "viewport": list(episode.viewport),
    }


def objective_of(objective: str, start_url: str, episode: str) -> str:
    """What a demonstration is called: its objective, else where it began, else its id."""
    return objective or start_url or episode


def step_facts(step: Step) -> Json:
    """One step."""
    target = step.target
    return {
        "uid": step.uid,
        "action": step.action,
        "sentence": sentence(step),
        "target": None if target is None else target.model_dump(mode="json", include={"id", "role", "name", "box"}),
        "picture_before": step.picture_before,
        "picture_after": step.picture_after,
    }


def policy_facts(policy: Any) -> Json:
    """One policy, of those of policies.library, which is not for us to import."""
    params = [{"name": parameter.name, "required": parameter.required} for parameter in policy.parameters]
    told = {name: getattr(policy, name) for name in ("name", "description", "when_to_use", "when_not", "stop_rule")}
    return {**told, "params": params}


def _segment(tree: LabelTree, segment: Segment, doubt: Doubt | None) -> Json:
    first, last = tree.span(segment.id)
    return {
        **{name: getattr(segment, name) for name in _SAME},
        "first": first,
        "last": last,
        "depth": depth(tree, segment.id),
        "args": [_argument(argument) for argument in segment.args],
        "why": "" if doubt is None else doubt.why,
        "doubt": 0.0 if doubt is None else doubt.score,
    }


_SAME = ("id", "parent", "policy", "returns", "reason", "rule", "evidence", "confidence", "state")


def _argument(argument: Argument) -> Json:
    found = bool(argument.value.strip()) and argument.source != "inferred"
    return {"name": argument.name, "value": argument.value, "source": argument.source, "found": found}


def _lane(mine: LabelTree, own: set[Piece], lane: Lane, found: Sequence[Difference]) -> Json:
    other = {segment.id for one in found for segment in one.other}
    return {
        "ref": lane.ref,
        "name": lane.name,
        "kind": lane.kind,
        "segments": [
            {
                "first": piece.first,
                "last": piece.last,
                "policy": piece.policy,
                "differs": piece not in own or piece.call in other,
            }
            for piece in pieces(lane.tree)
        ],
        "differences": [
            {"first": one.first, "last": one.last, "at": mine.uids[one.first], "text": said(mine, one)} for one in found
        ],
    }


def said(tree: LabelTree, difference: Difference) -> str:
    """A difference in words, from the other's side: `other boundaries: choose_date 14–16, click 17`."""
    theirs = _sayings(tree, difference.other)
    what = LIKE_MINE[difference.what]
    return f"{what}: {theirs}" if difference.other else what


def _sayings(tree: LabelTree, segments: Sequence[Segment]) -> str:
    """The calls with their steps counted from 1; 'no call' for none."""
    return ", ".join(f"{shortened(segment.call, 56)} {_steps(tree, segment)}" for segment in segments) or "no call"


def _steps(tree: LabelTree, segment: Segment) -> str:
    first, last = tree.position[segment.first] + 1, tree.position[segment.last] + 1
    return f"step {first}" if first == last else f"steps {first}–{last}"
