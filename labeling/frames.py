"""The call tree of a demonstration as the record's frames: what its labels say, in the shape a run writes by itself."""

from __future__ import annotations

from collections.abc import Sequence

from labeling.errors import TreeError
from labeling.model import LabelTree, Segment
from labeling.tree import depth
from traces.frames import ROOT
from traces.model import Episode, Frame, Step

PLANNER = "planner"


def frames(episode: Episode, steps: Sequence[Step], tree: LabelTree, planner: str = PLANNER) -> tuple[Frame, ...]:
    """Root first, then every call in the order it was made; a frame's id is its segment's.

    The root (depth 1) spans all steps and returns the episode's answer. Raises TreeError for other steps than the
    tree's.
    """
    seqs = {step.uid: step.seq for step in steps}
    if any(uid not in seqs for uid in tree.uids):
        raise TreeError(f"The labels of episode {episode.id} are about another derivation of its steps.")
    return (_root(episode, tree, seqs, planner), *(_frame(tree, segment, seqs) for segment in tree.segments))


def _root(episode: Episode, tree: LabelTree, seqs: dict[str, int], planner: str) -> Frame:
    return Frame(
        id=ROOT,
        parent=None,
        depth=1,
        policy=planner,
        objective=episode.objective,
        first_step=seqs[tree.uids[0]] if tree.uids else None,
        last_step=seqs[tree.uids[-1]] if tree.uids else None,
        returned=episode.answer,
        end="returned",
    )


def _frame(tree: LabelTree, segment: Segment, seqs: dict[str, int]) -> Frame:
    return Frame(
        id=segment.id,
        parent=segment.parent or ROOT,
        depth=depth(tree, segment.id),
        policy=segment.policy,
        objective=segment.call,
        args=tuple(argument.value for argument in segment.args),
        first_step=seqs[segment.first],
        last_step=seqs[segment.last],
        returned=segment.returns,
        end="returned",
    )
