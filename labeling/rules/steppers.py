"""What + and − set inside a form: a number that such clicks changed, under the words before it.

Steppers have no policy (labelling guide, 7): their clicks are the form's own. What they set is told among its fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from labeling.rules.naming import has_letters
from labeling.rules.page import Page, tidy
from labeling.rules.scene import Moment, Scene
from traces.observation_text import Node

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_SHOWN = frozenset({"text", "textbox", "spinbutton", "status", "cell", "label"})
_REACH = 4
"""How many elements before the number its words may stand."""


def stepped(scene: Scene, positions: Sequence[int]) -> dict[str, str]:
    """`field: value` for each number that clicks on buttons at these positions changed by one, as it stands."""
    found: dict[str, str] = {}
    for index in positions:
        moment = scene.moments[index]
        for node, value in _changed(moment) if moment.is_click and moment.role == "button" else ():
            label = _label(moment.before, node)
            if label:
                found[label] = _as_said(scene, value)
    return found


def _changed(moment: Moment) -> Iterator[tuple[Node, int]]:
    """The numbers that are one more or less after the click; none if the page changed in other ways."""
    if moment.target is None or moment.moved or len(moment.before.nodes) != len(moment.after.nodes):
        return
    for old, new in zip(moment.before.nodes, moment.after.nodes, strict=True):
        was, now = _number(old), _number(new)
        if old.role in _SHOWN and was is not None and now is not None and abs(was - now) == 1:
            yield old, now


def _number(node: Node) -> int | None:
    text = (node.value or node.name).strip()
    return int(text) if text.isdecimal() and len(text) < 4 else None


def _label(page: Page, number: Node) -> str:
    """The words before the number, past the button that lowers it."""
    if has_letters(number.name) and not number.name.strip().isdecimal():
        return tidy(number.name)
    before = reversed(page.nodes[max(0, number.index - _REACH) : number.index])
    return next((tidy(one.name) for one in before if one.role in ("text", "label", "heading") and _letters(one)), "")


def _letters(node: Node) -> bool:
    return any(character.isalpha() for character in node.name)


def _as_said(scene: Scene, value: int) -> str:
    word = _WORDS[value] if value < len(_WORDS) else ""
    return word if word and scene.says(word) and not scene.says(str(value)) else str(value)
