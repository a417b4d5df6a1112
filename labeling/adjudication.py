"""Bringing two tracks of one demonstration together: a gold track, in which every difference is settled by a person.

It begins with what both have in common, accepted, and with the left one's calls elsewhere, pending. Each difference is
settled by the left side, the right one, or what the person made of it. Makes payloads only; labeling/desk.py stores.
"""

from __future__ import annotations

from typing import Any, Literal

from labeling.differences import Difference, differences, key_of, taken
from labeling.errors import ReviewError
from labeling.model import DECIDED, LabelTree, Segment
from labeling.review import ReviewState
from labeling.tracks import Track

Choice = Literal["left", "right", "own"]


def together(left: Track, right: Track) -> dict[str, Any]:
    """The payload of the `adopt` that begins a gold track. Raises ReviewError when the two cannot be compared."""
    for side in (left, right):
        if not side.settled:
            raise ReviewError(f"{side.name} is not finished with this demonstration yet. Nothing was changed.")
    if left.name == right.name or left.tree.uids != right.tree.uids:
        raise ReviewError(
            f"{left.name} and {right.name} are no two tracks over the same steps. Nothing was changed; choose others."
        )
    found = differences(left.tree, right.tree)
    differing = {segment.id for one in found for segment in one.mine}
    segments = [
        segment.model_copy(update={"state": "pending" if segment.id in differing else "accepted"})
        for segment in left.tree.segments
    ]
    return {
        "run": left.state.run,
        "segments": [segment.model_dump(mode="json") for segment in segments],
        "sides": {
            "left": {"track": left.name, "number": left.state.number},
            "right": {"track": right.name, "number": right.state.number},
            "open": [key_of(left.tree, one) for one in found],
        },
    }


def settled(state: ReviewState, left: LabelTree, right: LabelTree, key: str, choice: Choice) -> dict[str, Any]:
    """The payload of the `take` that settles a difference. Raises ReviewError when there is none of that name.

    `own` keeps what the gold track says there now, with every call in it accepted.
    """
    found = next((one for one in differences(left, right) if key_of(left, one) == key), None)
    if found is None or key not in state.labels.choices:
        raise ReviewError("There is no such difference to settle. Nothing was changed; load the labels again.")
    tree = state.tree
    if choice == "own":
        payload: dict[str, Any] = {"source": "own", "segments": [], "without": []}
    else:
        wanted = left if choice == "left" else right
        sides = state.sides
        name = "" if sides is None else (sides.left if choice == "left" else sides.right).track
        changes = [one for one in differences(tree, wanted) if one.overlaps(found.first, found.last)]
        payload = taken(tree, wanted, changes, source=f"track:{name}", number=state.number + 1, state="accepted")
    accepted = _accepted(tree, found, payload)
    return {**payload, "segments": [*payload["segments"], *accepted], "settles": key, "choice": choice}


def _accepted(tree: LabelTree, found: Difference, payload: dict[str, Any]) -> list[dict[str, Any]]:
    """The pending calls on the difference's steps that stay as they are, now accepted."""
    done = {*payload["without"], *(segment["id"] for segment in payload["segments"])}
    left = (s for s in tree.segments if s.id not in done and _pending(s) and found.overlaps(*tree.span(s.id)))
    return [segment.model_copy(update={"state": "accepted"}).model_dump(mode="json") for segment in left]


def _pending(segment: Segment) -> bool:
    return segment.state not in DECIDED
