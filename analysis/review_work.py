"""What reviewing takes: changes and seconds per demonstration, and how many proposed calls are left as they were.

Computed from a track's events. What a proposal is worth shows where shown tracks differ from blind ones, in which
nobody saw it; docs/measures.md says how to read the two.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from labeling.judging import claims, standing
from labeling.measures import Estimate, over
from labeling.model import LabelTree, Op, ReviewEvent

IDLE_S = 60.0
"""A longer pause between two gestures counts as this many seconds: somebody was away."""

EDITS: frozenset[Op] = frozenset(
    {"relabel", "split", "merge", "move_boundary", "wrap", "unwrap", "set_args", "set_returns", "reject"}
)
"""Gestures that change what is labelled; accepting and remarks do not."""


@dataclass(frozen=True)
class Work:
    """One track: changes not taken back, active seconds, calls decided on, and how many proposed calls were kept."""

    episode: str
    track: str
    blind: bool
    edits: int
    seconds: float
    calls: int
    proposed: int
    kept: int


@dataclass(frozen=True)
class WorkFigures:
    """Means per demonstration, each with its interval; None where there is nothing to divide by."""

    tracks: int
    edits: Estimate | None
    seconds_per_call: Estimate | None
    kept: Estimate | None


def work(events: Sequence[ReviewEvent], proposal: LabelTree, tree: LabelTree, *, calls: int, blind: bool) -> Work:
    """What a track took. `proposal` is the label run it began with, `calls` how many were decided on, rejected too."""
    first = events[0]
    return Work(
        first.episode,
        first.track,
        blind,
        edits=len({event.gesture for event in standing(events) if event.op in EDITS}),
        seconds=sum(min(max(b.at - a.at, 0.0), IDLE_S) for a, b in pairwise(events)),
        calls=calls,
        proposed=len(proposal.segments),
        kept=len(claims(proposal) & claims(tree)),
    )


def figures(found: Sequence[Work]) -> WorkFigures:
    """The means of some tracks."""
    return WorkFigures(
        len(found),
        _mean(found, lambda one: float(one.edits)),
        _mean(found, lambda one: one.seconds / one.calls if one.calls else None),
        _mean(found, lambda one: one.kept / one.proposed if one.proposed else None),
    )


def _mean(found: Sequence[Work], value: Callable[[Work], float | None]) -> Estimate | None:
    values = [number for one in found if (number := value(one)) is not None]
    return over(values) if values else None
