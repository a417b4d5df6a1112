"""R11: what was done in vain. Calls on one field right after each other are one; a wrong link taken back is none.

Also here: scrolling belongs to the call it brings into view. Works on the flat calls, before parents are looked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from labeling.rules.page import FORMS, Page, appeared
from labeling.rules.scene import CLICKS, Moment, Proposal, Scene
from labeling.rules.text import is_sent

AGAIN = frozenset({"fill_text", "choose_date", "select_option", "search", "move_item"})
"""Calls that set one thing: done to the same thing again, the last one stands."""
ALIKE = 0.8
"""Share of what a page says that must be there again for it to be the page as it was."""
ROWS = frozenset({"row", "listitem", "cell", "gridcell", "option", "treeitem", "article"})
LESS = 0.9
"""How much of its confidence a call keeps that took more than one try."""


def corrected(scene: Scene, flat: Sequence[Proposal]) -> tuple[Proposal, ...]:
    """The calls with tries joined, mis-clicks left to the caller, and the scrolling before each."""
    kept = tuple(_without_misclicks(scene, flat))
    return tuple(_scrolled(scene, tuple(_joined(scene, kept))))


def _joined(scene: Scene, flat: Sequence[Proposal]) -> Iterator[Proposal]:
    waiting: Proposal | None = None
    for call in flat:
        if waiting is not None and _again(scene, waiting, call):
            waiting = _both(waiting, call)
            continue
        if waiting is not None:
            yield waiting
        waiting = call
    if waiting is not None:
        yield waiting


def _again(scene: Scene, one: Proposal, other: Proposal) -> bool:
    """Whether the second call does the first one over: the same field, and nothing in between but taking it back."""
    if one.policy != other.policy or one.policy not in AGAIN:
        return False
    if other.first != one.last + 1 and not _taken_back(scene, one, other):
        return False
    if one.anchor is None or other.anchor is None or _gone_off(scene, one, other):
        return False
    same = one.anchor.id == other.anchor.id
    return same or (
        bool(one.anchor.name) and (one.anchor.role, one.anchor.name) == (other.anchor.role, other.anchor.name)
    )


def _gone_off(scene: Scene, one: Proposal, other: Proposal) -> bool:
    """Whether the first text was sent and left its field, so that the second is another one."""
    last = scene.moments[one.last]
    typed = one.policy == "fill_text" and last.action.name == "type"
    return typed and is_sent(last, other.args[-1].value)


def _taken_back(scene: Scene, one: Proposal, other: Proposal) -> bool:
    """Whether the one step between them removes what the first call had brought up, as the × of a name does."""
    if other.first != one.last + 2:
        return False
    made, step = scene.moments[one.last], scene.moments[one.last + 1]
    new = appeared(made.before, made.after)
    return step.is_click and step.target is not None and step.target.id in new - set(step.after.by_id)


def _both(one: Proposal, other: Proposal) -> Proposal:
    said = f"first {one.evidence}; then again: {other.evidence}"
    confidence = LESS * min(one.confidence, other.confidence)
    return replace(other, first=one.first, evidence=said, confidence=confidence)


def _without_misclicks(scene: Scene, flat: Sequence[Proposal]) -> Iterator[Proposal]:
    """The calls without what was hit beside the aim and taken back at once: both steps are their caller's own."""
    taken: set[int] = set()
    for call in flat:
        if call.policy == "navigate" and is_misclick(scene, call.last):
            taken.update((call.last, call.last + 1))
        elif call.first not in taken:
            yield call


def is_misclick(scene: Scene, index: int) -> bool:
    """A click, at once back, and then another one like it that had stood beside it."""
    wrong, returned, right = scene.moments[index], scene.at(index + 1), scene.at(index + 2)
    if returned is None or right is None or not wrong.is_click or not right.is_click or not _returns(wrong, returned):
        return False
    return right.role == wrong.role and right.name != wrong.name and _beside(wrong, right)


def is_undone(wrong: Moment, back: Moment) -> bool:
    """Whether the page changed by the first click and is after the second as it was before both.

    Taken back is a click by the same control, one of its kind, or one that came up with it. Any other was there for
    something else: a page that looks as in the beginning once a form is sent takes nothing back.
    """
    before, between, after = (_said(page) for page in (wrong.before, wrong.after, back.after))
    if back.action.name not in CLICKS or before != after or before == between:
        return False
    stood = back.target is not None and back.target.id in wrong.before.by_id
    return back.same_target(wrong) or back.role == wrong.role or not stood


def _said(page: Page) -> list[tuple[str, str, str, bool]]:
    """All a page says, but not where the focus is."""
    marked = ("checked", "pressed", "selected", "expanded")
    return [(n.role, n.name, n.value, any(flag in n.flags for flag in marked)) for n in page.nodes]


def _returns(wrong: Moment, returned: Moment) -> bool:
    """Whether a step shows the page again as it was: back, or a button that is called so or closes what came up."""
    if returned.action.name == "go_back":
        return True
    if not returned.is_click or returned.target is None or returned.target.id in wrong.before.by_id:
        return False
    before, after = ({(n.role, n.name) for n in page.nodes if n.name} for page in (wrong.before, returned.after))
    return (wrong.role, wrong.name) in after and len(before & after) / len(before) > ALIKE


def _beside(wrong: Moment, right: Moment) -> bool:
    """Whether the wrong one was in a row of a list, and the right one in another row of the same page."""
    page, target = wrong.before, wrong.target
    other = next((node for node in page.nodes if (node.role, node.name) == (right.role, right.name)), None)
    if target is None or target.id not in page.by_id or other is None:
        return False
    if target.parent is None or other.parent is None:
        return target.role == "text"
    rows = page.nodes[target.parent], page.nodes[other.parent]
    apart = rows[0] is not rows[1] and rows[0].role == rows[1].role and rows[0].role not in FORMS
    return page.nearest(target, ROWS) is not None or (apart and other.depth == target.depth) or target.role == "text"


def _opened(scene: Scene, call: Proposal, free: int) -> Proposal:
    """A search with the click that brought its field up."""
    before = scene.at(call.first - 1) if call.first > free else None
    if call.policy != "search" or before is None or not before.is_click or before.moved or call.anchor is None:
        return call
    shown = call.anchor.id in before.after.by_id and call.anchor.id not in before.before.by_id
    return replace(call, first=call.first - 1) if shown else call


def _brings(moment: Moment, call: Proposal) -> bool:
    """Whether it scrolls the page, or the part of it that the call's field is in."""
    if moment.action.name != "scroll" or moment.target is None or call.anchor is None:
        return moment.action.name == "scroll"
    field = moment.after.by_id.get(call.anchor.id)
    return field is None or any(one.id == moment.target.id for one in moment.after.ancestors(field))


def _scrolled(scene: Scene, flat: Sequence[Proposal]) -> Iterator[Proposal]:
    free = 0
    for call in flat:
        first = call.first
        while first > free and _brings(scene.moments[first - 1], call):
            first -= 1
        yield _opened(scene, call if first == call.first else replace(call, first=first), free)
        free = call.last + 1
