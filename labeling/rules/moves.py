"""R8 upload_file and R13 move_item: one file given to what asks for it, one item dragged to another place."""

from __future__ import annotations

from labeling.rules.page import tidy
from labeling.rules.scene import Moment, Proposal, Scene

UPLOAD, MOVE = "R8", "R13"
_DRAWN = frozenset({"img", "svg", "shape"})
GIVEN, DRAGGED = 0.95, 0.8
"""Prior confidence: a file that was given, an item dragged onto another."""


def upload_file(scene: Scene, start: int) -> Proposal | None:
    """A file, with the click that opened the chooser."""
    opener = scene.moments[start]
    index = scene.skip(start, lambda moment: moment.is_click and moment.same_target(opener))
    moment = scene.at(index)
    if moment is None or moment.action.name != "upload" or (index > start and not moment.same_target(opener)):
        return None
    file = moment.argument("file", moment.action.args[1], "step_value")
    return Proposal(
        first=start,
        last=index,
        policy="upload_file",
        args=(moment.field_argument(), file),
        rule=UPLOAD,
        evidence=f"gave the file {file.value!r} to ‘{moment.label}’",
        confidence=GIVEN,
        anchor=moment.target,
        page=moment.before,
    )


def move_item(scene: Scene, start: int) -> Proposal | None:
    """Something with a name, dragged onto something with another name."""
    moment = scene.moments[start]
    if moment.action.name != "drag" or len(moment.action.args) < 2:
        return None
    item, place = _called(moment, moment.action.args[0]), _called(moment, moment.action.args[1])
    if not item or not place:
        return None
    return Proposal(
        first=start,
        last=start,
        policy="move_item",
        args=(
            moment.argument("item", item, "element_name"),
            moment.argument("place", place, "element_name"),
        ),
        rule=MOVE,
        evidence=f"dragged ‘{item}’ onto ‘{place}’",
        confidence=DRAGGED,
        anchor=moment.target,
        page=moment.before,
    )


def _called(moment: Moment, element: str) -> str:
    """What a person would call it: its name, or the words inside it."""
    node = moment.before.by_id.get(element)
    if node is None:
        return ""
    inside = (tidy(one.name) for one in moment.before.inside(node) if one.name and one.role not in _DRAWN)
    own = tidy(node.name) if node.role not in _DRAWN else ""
    return own or next(inside, "")
