"""What a field is called: its name without the value it holds, the text beside it, or the objective's word for it.

A name that is only a mark (▾) is none. The rules of the labelling guide are 14 and 15.
"""

from __future__ import annotations

import re

from labeling.model import Argument, Source
from labeling.rules.page import Page, tidy
from labeling.rules.scene import Moment, Scene
from traces.observation_text import Node

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ORDINAL = rf"(?:\d+(?:st|nd|rd|th)|{'|'.join(_ORDINALS)}|last)"
_SHOWING = frozenset({"button", "link", "text", "group"})
"""What opens a list or calendar, and then shows what was taken in place of its name."""
_KINDS = {
    "date": r"date",
    "datetime-local": r"date",
    "time": r"time",
    "checkbox": r"checkbox|tick box|box",
    "switch": r"switch|toggle",
    "radio": r"radio(?: button)?|option|choice",
    "combobox": r"list|drop-?down|menu",
    "listbox": r"list|list ?box|menu",
    "spinbutton": r"spinner|number field|field|box",
    "textbox": r"text ?field|text ?box|text ?area|field|box",
    "searchbox": r"search ?field|search ?box|field|box",
}
"""How objectives speak of a field, by its type or its role."""


def field_argument(scene: Scene, moment: Moment, after: Page | None = None, name: str = "field") -> Argument:
    """What the step's target is called, as an argument; `after` shows it with the value it was given."""
    if moment.target is None:
        return moment.argument(name, "page", "inferred")
    value, source = field_name(scene, moment.before, moment.target, after)
    return moment.argument(name, value, source)


def field_name(scene: Scene, page: Page, node: Node, after: Page | None = None) -> tuple[str, Source]:
    """The same of an element of a page, with where the words were found."""
    own = " ".join(node.name.split())
    beside = page.beside(node)
    if has_letters(own):
        later = after.by_id.get(node.id) if after else None
        if beside and node.role in _SHOWING and _is_value(own, later):
            return beside, "observation"
        return without_value(own, later), "element_name"
    if beside:
        return beside, "observation"
    if node.value and node.value == _first_option(page, node):
        return node.value, "observation"
    said = _objectives_word(scene.objective, page, node)
    return (said, "objective") if said else (own or node.role, "inferred")


def _is_value(name: str, later: Node | None) -> bool:
    """Whether nothing of a name stays when the element is given another value: then it was the value, and no name."""
    return later is not None and not {*name.casefold().split()} & {*later.name.casefold().split()}


def has_letters(text: str) -> bool:
    """Whether it is more than a mark."""
    return any(character.isalnum() for character in text)


def without_value(name: str, later: Node | None) -> str:
    """The words of a name that stay when the element is given another value.

    >>> without_value("Office Lima", Node(id="1", role="button", name="Office Oslo", depth=0, index=0))
    'Office'
    """
    if later is None or later.name == name:
        return name
    old, new = name.split(), later.name.split()
    kept = _shared(old, new) or _shared(old[::-1], new[::-1])[::-1]
    stays = tidy(" ".join(kept))
    return stays if any(character.isalpha() for character in stays) else name


def _shared(one: list[str], other: list[str]) -> list[str]:
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    return one[:same]


def _first_option(page: Page, node: Node) -> str | None:
    """What a list shows before anything is chosen."""
    return (
        next((one.name for one in page.inside(node) if one.role == "option"), None) if node.id in page.by_id else None
    )


def _objectives_word(objective: str, page: Page, node: Node) -> str | None:
    """‘the 2nd textbox’, ‘the scroll list’, ‘the date’: words for this kind of field, of its number if they count."""
    words = _KINDS.get(node.attrs.get("type") or "") or _KINDS.get(node.role)
    if words is None:
        return None
    alike = [one.id for one in page.nodes if one.role == node.role and not has_letters(one.name)]
    for match in re.finditer(rf"\b({_ORDINAL}) (?:{words})\b", objective, re.IGNORECASE):
        if alike[_number(match.group(1), len(alike)) - 1 :][:1] == [node.id]:
            return match.group()
    found = re.search(rf"\b(?:the|a|an) ((?:[a-z]+ )?(?:{words}))\b", objective, re.IGNORECASE)
    return found.group(1) if found and not re.match(rf"{_ORDINAL} ", found.group(1), re.IGNORECASE) else None


def _number(word: str, last: int) -> int:
    if word.lower() == "last":
        return last
    return int(re.sub(r"\D", "", word)) if word[0].isdigit() else _ORDINALS.index(word.lower()) + 1
