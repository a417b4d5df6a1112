"""Cases 31: the top layer, and what is inert, hidden from some, without a size, or lets the pointer through."""

from __future__ import annotations

from tests.browser_recorder.cases.model import Case, Row
from tests.browser_recorder.cases.story import Story

MIDDLE = (140, 85)
"""Of what lies under or over in beneath.html."""
OPEN = {"gesture": "click", "at": "#b"}


def _beneath(name: str, says: str, kind: str, target: str) -> Case:
    return Case(
        id=f"31.{name}",
        says=says,
        page=f"beneath.html?kind={kind}",
        does=({"gesture": "click", "at": MIDDLE},),
        steps=(f"click [{target} 'Under']",),
        heard=("under",),
        then=_whole_box,
    )


def _whole_box(story: Story) -> None:
    """The target's box is what a person sees of it."""
    target = story.steps[0].target
    assert target is not None
    assert target.box is not None
    assert (target.box.x, target.box.y, target.box.width, target.box.height) == (40, 60, 200, 50)


def _in_front(story: Story) -> None:
    """The dialog's contents are there only while it is open."""
    assert "Sure?" not in story.before(story.steps[0])
    assert "Sure?" in story.before(story.steps[1])


ROWS: tuple[Row, ...] = (
    Case(
        id="31.dialog",
        says="a modal `<dialog>`",
        page="layers.html?kind=dialog",
        does=(OPEN, {"gesture": "click", "at": (100, 75)}, {"gesture": "click", "at": "#yes"}),
        steps=("click [button 'Open']", "click [dialog 'Question']", "click [button 'Yes']"),
        heard=("opened", "said yes"),
        then=_in_front,
    ),
    Case(
        id="31.popover",
        says="a popover",
        page="layers.html?kind=popover",
        does=(OPEN, {"gesture": "click", "at": "#hint"}),
        steps=("click [button 'Open']", "click [button 'Hint']"),
        heard=("opened", "hinted"),
    ),
    _beneath("inert", "an inert part lies under the pointer: what is beneath it is pressed", "inert", "button"),
    Case(
        id="31.inert-alone",
        says="an inert part with nothing beneath it is no target",
        page="beneath.html?kind=alone",
        does=({"gesture": "click", "at": MIDDLE},),
        steps=(),
        lost=("click at (140, 85): nothing there has an id",),
        heard=(),
    ),
    _beneath("aria-hidden", "a target hidden from the accessibility tree", "hidden", "button"),
    _beneath("zero-size", "a target without a size whose child is seen", "sizeless", "link"),
    _beneath("contents", "a target that is drawn by its contents alone", "contents", "button"),
    _beneath("pointer-events", "an element that lets the pointer through", "through", "button"),
)
