"""R8 upload_file and R13 move_item: one file given to what asks for it, one item dragged to another place."""

from __future__ import annotations

import re

from labeling.rules.naming import field_argument, has_letters
from labeling.rules.page import Page, tidy
from labeling.rules.scene import Moment, Proposal, Scene
from traces.observation_text import Node

UPLOAD, MOVE = "R8", "R13"
_ROWS = frozenset({"listitem", "row", "option", "article", "treeitem"})
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
    given = moment.action.args[1].replace("\\", "/").rsplit("/", 1)[-1]
    file = moment.argument("file", scene.as_said(given) or given, "step_value")
    return Proposal(
        first=start,
        last=index,
        policy="upload_file",
        args=(field_argument(scene, moment, moment.after), file),
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
    item, place = (_called(scene, moment, element) for element in moment.action.args[:2])
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


def _called(scene: Scene, moment: Moment, element: str) -> str:
    """What a person would call it: its name, the words inside it, or those of the row whose handle it is.

    Of these what the objective says, if it does. What is drawn has a name only if the objective has one of its words.
    """
    node = moment.before.by_id.get(element)
    if node is None:
        return ""
    words = [word for word in node.name.split() if scene.says(word) or scene.says(f"{word}s")]
    own = tidy(node.name) if has_letters(node.name) and (node.role not in _DRAWN or words) else ""
    row = moment.before.nearest(node, _ROWS)
    name = own or _words(moment.before, node) or (_words(moment.before, row) if row is not None else "")
    return _as_placed(scene, words) or scene.longest_said(name) or name


def _words(page: Page, box: Node) -> str:
    """The first words inside."""
    return next((tidy(one.name) for one in page.inside(box) if has_letters(one.name) and one.role not in _DRAWN), "")


def _as_placed(scene: Scene, words: list[str]) -> str | None:
    """‘black box’ where the objective says ‘into the black box’ of what the page calls a black rectangle."""
    for word in words:
        found = re.search(rf"\b(?:in|into|on|onto|to) the ({re.escape(word)} \w+)", scene.objective, re.IGNORECASE)
        if found:
            return found.group(1)
    return None
