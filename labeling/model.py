"""What labels are: segments (claims that some steps are one call), trees of them, runs, review events and label sets.

A LabelTree is valid by construction: the implicit root is the planner over all steps; children are ordered, disjoint
and inside their parent. Walking and changing trees is labeling/tree.py; docs/formats/labels.md is the stored form.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Literal

from pydantic import model_validator

from labeling.errors import TreeError
from traces.actions import Action
from traces.model import Frozen

Source = Literal["step_value", "element_name", "objective", "observation", "inferred", "person"]
State = Literal["pending", "accepted", "edited", "rejected", "auto_accepted", "audit"]
Op = Literal[
    "adopt", "accept", "relabel", "split", "merge", "move_boundary", "wrap", "unwrap", "set_args", "set_returns",
    "reject", "note", "bulk_accept", "accept_all", "take", "restore", "hand_in", "migrate",
    "auto_accept",
    "undo", "redo",
]  # fmt: skip

PROPOSED = "proposed:"
"""How the name of a policy begins that a labeller proposes and no policy set has."""
DECIDED: frozenset[State] = frozenset({"accepted", "edited"})
"""States that say a person stands behind a segment: taken as it was, or after a change."""

SETTLED: frozenset[State] = DECIDED | {"auto_accepted"}
"""States in which a segment waits for nobody. `auto_accepted` was taken without a look (docs/calibration.md): it is
used only where somebody asks for it. `audit` waits like `pending`, drawn from what could have been taken so."""


class Argument(Frozen):
    """One argument of a call: where its value was found, and at which step if at one."""

    name: str
    value: str
    source: Source
    step: str | None = None


class Segment(Frozen):
    """A claim that the steps `first`..`last` (uids, both included) are one call of `policy` under `parent`.

    `rule` and `evidence` say who proposed it and why, `confidence` (0 to 1) how sure that was; None for a person's.
    """

    id: str
    first: str
    last: str
    policy: str
    args: tuple[Argument, ...] = ()
    returns: str | None = None
    parent: str | None = None
    reason: str = ""
    rule: str | None = None
    evidence: str = ""
    confidence: float | None = None
    state: State = "pending"

    @property
    def call(self) -> str:
        """The whole call text, e.g. `fill_text [Username] [ana]`: the objective of the called policy."""
        return str(Action(self.policy, tuple(arg.value for arg in self.args)))


class StepRemark(Frozen):
    """What a step was beside the call it belongs to, and why; `step` is its uid."""

    step: str
    role: Literal["mis_click", "correction", "detour"]
    why: str = ""


class LabelTree(Frozen):
    """The calls over the steps of one derivation of an episode. Raises TreeError unless they are a tree.

    `uids` are all its steps in order; `segments` stand in the order in which they would be called (parents first).
    """

    episode: str
    derivation: int = 1
    uids: tuple[str, ...]
    segments: tuple[Segment, ...] = ()

    @cached_property
    def position(self) -> dict[str, int]:
        """Where each step stands."""
        return {uid: index for index, uid in enumerate(self.uids)}

    @cached_property
    def by_id(self) -> dict[str, Segment]:
        """Each segment under its id."""
        return {segment.id: segment for segment in self.segments}

    @cached_property
    def innermost(self) -> tuple[Segment | None, ...]:
        """The innermost open call at each step; None where the root acts itself."""
        open_at: list[Segment | None] = [None] * len(self.uids)
        for segment in self.segments:
            first, last = self.span(segment.id)
            open_at[first : last + 1] = [segment] * (last + 1 - first)
        return tuple(open_at)

    def span(self, segment_id: str | None) -> tuple[int, int]:
        """First and last position of a segment's steps, both included; None is the root."""
        if segment_id is None:
            return 0, len(self.uids) - 1
        segment = self.by_id[segment_id]
        return self.position[segment.first], self.position[segment.last]

    @model_validator(mode="after")
    def _is_tree(self) -> LabelTree:
        _check_ids(self)
        _check_parents(self)
        _check_siblings(self)
        return self


class LabelRun(Frozen):
    """What one labeller proposed for one episode, never changed. `created` in seconds since the epoch."""

    id: str
    episode: str
    derivation: int
    labeller: str
    policy_set: str
    created: float
    tree: LabelTree


class ReviewEvent(Frozen):
    """One change of a track, appended after change number `base`; `inverse` is the patch that takes it back.

    `number` is 0 until it is stored. Events of one `gesture` are undone together. `at` in seconds since the epoch.
    """

    number: int
    id: str
    episode: str
    track: str
    actor: str
    at: float
    base: int
    gesture: str
    op: Op
    payload: dict[str, Any]
    inverse: dict[str, Any]


class LabelSet(Frozen):
    """Accepted trees, frozen; `id` is the hash of the trees, the policy set they were made with, and the kind.

    `gold`: each of two tracks that were brought together.
    """

    id: str
    policy_set: str
    trees: tuple[LabelTree, ...]
    created: float
    actor: str
    kind: Literal["reviewed", "gold"] = "reviewed"


def _check_ids(tree: LabelTree) -> None:
    if len(tree.position) != len(tree.uids):
        raise TreeError(f"Two steps of episode {tree.episode} have the same uid.")
    if len(tree.by_id) != len(tree.segments):
        raise TreeError(f"Two segments of episode {tree.episode} have the same id.")
    for segment in tree.segments:
        for uid in (segment.first, segment.last):
            if uid not in tree.position:
                raise TreeError(f"{_said(segment)} names the step {uid}, which is not in episode {tree.episode}.")
        first, last = tree.span(segment.id)
        if first > last:
            raise TreeError(f"{_said(segment)} ends before it begins.")


def _check_parents(tree: LabelTree) -> None:
    for segment in tree.segments:
        if segment.parent is None:
            continue
        if segment.parent not in tree.by_id:
            raise TreeError(f"{_said(segment)} lies under {segment.parent}, which does not exist.")
        if segment.id in _ancestors(tree, segment):
            raise TreeError(f"{_said(segment)} lies under itself.")
        outer, inner = tree.span(segment.parent), tree.span(segment.id)
        if inner[0] < outer[0] or inner[1] > outer[1]:
            raise TreeError(f"{_said(segment)} reaches beyond its parent {_said(tree.by_id[segment.parent])}.")


def _ancestors(tree: LabelTree, segment: Segment) -> Iterator[str]:
    seen: set[str] = set()
    current = segment.parent
    while current is not None and current not in seen and current in tree.by_id:
        seen.add(current)
        yield current
        current = tree.by_id[current].parent


def _check_siblings(tree: LabelTree) -> None:
    last_of: dict[str | None, Segment] = {}
    opened: set[str | None] = {None}
    for segment in tree.segments:
        before = last_of.get(segment.parent)
        if before is not None and tree.span(before.id)[1] >= tree.span(segment.id)[0]:
            raise TreeError(f"{_said(before)} and {_said(segment)} overlap or stand in the wrong order.")
        if segment.parent not in opened:
            raise TreeError(f"{_said(segment)} stands before its parent.")
        last_of[segment.parent] = segment
        opened.add(segment.id)


def _said(segment: Segment) -> str:
    return f"‘{segment.call}’ ({segment.id})"
