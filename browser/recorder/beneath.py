"""What something was dropped on: pages move the dragged element, and what makes room for it, under the pointer.

So what lies there when the button comes up may be the dragged element itself, or only the box around it and what made
room. What the person dropped it on is then what lay there when they took it. Pure.
"""

from __future__ import annotations

from browser.recorder.events import Gate
from browser.recorder.eyes import under
from traces.model import Observation

Point = tuple[float, float]


def dropped_on(gate: Gate, taken: Observation | None, source: str | None, point: Point) -> Gate:
    """The gate of a drop, its target what the dragged element was dropped on.

    `taken` is the page when `source`, the dragged element's id, was taken. Where nothing lay at the point then, the
    target is the dragged element itself, or nothing.
    """
    if taken is None:
        return gate
    hit = gate.target.id if gate.target is not None else None
    if hit in taken.boxes and hit != source and not _around(taken, hit, source, point):
        return gate
    others = {element: box for element, box in taken.boxes.items() if element != source}
    below = under(taken.model_copy(update={"boxes": others}), point)
    return gate.model_copy(update={"target": below or (gate.target if hit == source else None)})


def _around(taken: Observation, hit: str | None, source: str | None, point: Point) -> bool:
    """Whether the one is a box around the other, and the point another place in it than where the other was taken."""
    outer, inner = taken.boxes.get(hit or ""), taken.boxes.get(source or "")
    if outer is None or inner is None:
        return False
    across = outer.x <= inner.x and inner.x + inner.width <= outer.x + outer.width
    down = outer.y <= inner.y and inner.y + inner.height <= outer.y + outer.height
    at_home = inner.x <= point[0] <= inner.x + inner.width and inner.y <= point[1] <= inner.y + inner.height
    return across and down and not at_home
