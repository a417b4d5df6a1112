"""Labels carried over to another derivation of their episode, by the uids of steps.

A call is kept where its first and last step are still there; where the steps inside are others now, it waits for a
person again. What cannot be carried is told, never guessed. Pure; storing is flows/record/normalising.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labeling.model import LabelTree, Segment
from labeling.tree import make_tree
from traces.model import Step

LABELLER = "carried"


@dataclass(frozen=True)
class Carried:
    """The tree over the new steps, the calls whose steps are others now, and those that could not be kept."""

    tree: LabelTree
    changed: tuple[Segment, ...] = ()
    lost: tuple[Segment, ...] = ()


def carry(tree: LabelTree, old: Sequence[Step], new: Sequence[Step], derivation: int) -> Carried:
    """The tree's calls over the steps of the new derivation; `old` are the steps the tree is over."""
    before = {step.uid: step for step in old}
    places = {step.uid: place for place, step in enumerate(new)}
    kept: dict[str, Segment] = {}
    changed: list[Segment] = []
    lost: list[Segment] = []
    for segment in tree.segments:
        if segment.first not in places or segment.last not in places:
            lost.append(segment)
            continue
        last = _end(places[segment.last], before[segment.last], new)
        low, high = tree.span(segment.id)
        were = [before[uid] for uid in tree.uids[low : high + 1]]
        same = _told(were) == _told(new[places[segment.first] : last + 1])
        moved = _moved(segment, new[last].uid, _parent(tree, kept, segment), same)
        kept[segment.id] = moved
        changed += [] if same else [moved]
    uids = tuple(step.uid for step in new)
    return Carried(make_tree(tree.episode, derivation, uids, kept.values()), tuple(changed), tuple(lost))


def _end(place: int, last: Step, new: Sequence[Step]) -> int:
    """Where the call ends now: a last step that was read as several is kept with all of them."""
    events = set(last.raw)
    while place + 1 < len(new) and new[place + 1].raw and events.issuperset(new[place + 1].raw):
        place += 1
    return place


def _told(steps: Sequence[Step]) -> list[tuple[str, str]]:
    return [(step.uid, step.action) for step in steps]


def _parent(tree: LabelTree, kept: dict[str, Segment], segment: Segment) -> str | None:
    """The nearest call around it that was kept (parents come first)."""
    parent = segment.parent
    while parent is not None and parent not in kept:
        parent = tree.by_id[parent].parent
    return parent


def _moved(segment: Segment, last: str, parent: str | None, same: bool) -> Segment:
    state = segment.state if same else "pending"
    return segment.model_copy(update={"last": last, "parent": parent, "state": state})
