"""R11: what was done in vain. Calls on one field right after each other are one; a wrong link taken back is none.

Also here: scrolling belongs to the call it brings into view. Works on the flat calls, before parents are looked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from labeling.rules.scene import Moment, Proposal, Scene

AGAIN = frozenset({"fill_text", "choose_date", "select_option", "search", "move_item"})
"""Calls that set one thing: done to the same thing again, the last one stands."""
ROWS = frozenset({"row", "listitem", "cell", "gridcell", "option", "treeitem", "article"})
LESS = 0.9
"""How much of its confidence a call keeps that took more than one try."""


def corrected(scene: Scene, flat: Sequence[Proposal]) -> tuple[Proposal, ...]:
    """The calls with tries joined, mis-clicks left to the caller, and the scrolling before each."""
    kept = tuple(_without_misclicks(scene, flat))
    return tuple(_scrolled(scene, tuple(_joined(kept))))


def _joined(flat: Sequence[Proposal]) -> Iterator[Proposal]:
    waiting: Proposal | None = None
    for call in flat:
        if waiting is not None and _again(waiting, call):
            waiting = _both(waiting, call)
            continue
        if waiting is not None:
            yield waiting
        waiting = call
    if waiting is not None:
        yield waiting


def _again(one: Proposal, other: Proposal) -> bool:
    """Whether the second call does the first one over: the same field, and nothing in between."""
    if one.policy != other.policy or one.policy not in AGAIN or other.first != one.last + 1:
        return False
    if one.anchor is None or other.anchor is None:
        return False
    same = one.anchor.id == other.anchor.id
    return same or (
        bool(one.anchor.name) and (one.anchor.role, one.anchor.name) == (other.anchor.role, other.anchor.name)
    )


def _both(one: Proposal, other: Proposal) -> Proposal:
    said = f"first {one.evidence}; then again: {other.evidence}"
    confidence = LESS * min(one.confidence, other.confidence)
    return replace(other, first=one.first, evidence=said, confidence=confidence)


def _without_misclicks(scene: Scene, flat: Sequence[Proposal]) -> Iterator[Proposal]:
    index = 0
    while index < len(flat):
        if index + 1 < len(flat) and _is_misclick(scene, flat[index], flat[index + 1]):
            index += 2
            continue
        yield flat[index]
        index += 1


def _is_misclick(scene: Scene, there: Proposal, back: Proposal) -> bool:
    """A link, at once back, and then another one like it that had stood beside it."""
    if there.policy != "navigate" or back.policy != "navigate" or back.first != there.last + 1:
        return False
    wrong, returned, right = scene.moments[there.last], scene.moments[back.last], scene.at(back.last + 1)
    if returned.action.name != "go_back" or not wrong.is_click or right is None or not right.is_click:
        return False
    return right.role == wrong.role and right.name != wrong.name and _beside(wrong, right)


def _beside(wrong: Moment, right: Moment) -> bool:
    """Whether the wrong one was in a row of a list or table, and the right one on the same page."""
    page = wrong.before
    if wrong.target is None or wrong.target.id not in page.by_id or page.nearest(wrong.target, ROWS) is None:
        return False
    return any(node.role == right.role and node.name == right.name for node in page.nodes)


def _opened(scene: Scene, call: Proposal, free: int) -> Proposal:
    """A search with the click that brought its field up."""
    before = scene.at(call.first - 1) if call.first > free else None
    if call.policy != "search" or before is None or not before.is_click or before.moved or call.anchor is None:
        return call
    shown = call.anchor.id in before.after.by_id and call.anchor.id not in before.before.by_id
    return replace(call, first=call.first - 1) if shown else call


def _scrolled(scene: Scene, flat: Sequence[Proposal]) -> Iterator[Proposal]:
    free = 0
    for call in flat:
        first = call.first
        while first > free and scene.moments[first - 1].action.name == "scroll":
            first -= 1
        yield _opened(scene, call if first == call.first else replace(call, first=first), free)
        free = call.last + 1
