"""R4 select_option: an option of a drop-down, an opened list or a group of radio buttons; several if it takes them."""

from __future__ import annotations

from collections.abc import Sequence

from labeling.model import Argument
from labeling.rules.naming import field_argument, field_name, has_letters
from labeling.rules.page import GROUPS, Page, tidy
from labeling.rules.scene import Moment, Proposal, Scene, is_scroll
from traces.observation_text import Node

RULE = "R4"
NATIVE, SHOWN, OPENED, LISTED, LIKE = 0.95, 0.9, 0.75, 0.85, 0.75
"""Prior confidence: a native list, an opened list whose field shows the pick, one that does not, a list in view, and
what opened like a list without being called one."""

OPTIONS = frozenset({"option", "menuitemradio", "radio"})
_OPENERS = frozenset({"combobox", "button", "textbox", "listbox", "text", "img", "link", "group", "spinbutton"})
_LIKE = frozenset({"text", "listitem", "button", "link", "menuitem", "cell", "gridcell", "treeitem"})
_ROWS = GROUPS | {"row"}
_HEADS = frozenset({"rowheader", "columnheader", "cell", "gridcell", "text"})
_CLEARING = frozenset({"backspace", "delete"})
_CLOSING = frozenset({"escape", "tab", "enter"})


def select_option(scene: Scene, start: int) -> Proposal | None:
    """An option that was picked, with the click that opened its list."""
    return _native(scene, start) or _opened(scene, start) or _listed(scene, start)


def _native(scene: Scene, start: int) -> Proposal | None:
    opener = scene.moments[start]
    index = scene.skip(start, lambda m: m.is_click and m.same_target(opener) and m.role in ("combobox", "listbox"))
    moment = scene.at(index)
    if moment is None or moment.action.name != "select" or (index > start and not moment.same_target(opener)):
        return None
    options = [_said(scene, one) for one in moment.action.args[1].split("\n")]
    value, source = ", ".join(text for text, _ in options), options[0][1]
    option = moment.argument("option", value, "objective" if source else "step_value")
    evidence = f"set the list ‘{moment.label}’ to ‘{option.value}’"
    return _proposal(start, index, moment, field_argument(scene, moment), option, evidence, NATIVE)


def _opened(scene: Scene, start: int) -> Proposal | None:
    """A click that brings up options, or what goes away like options, then a click on one of them."""
    opener = scene.moments[start]
    index = scene.skip(start + 1, is_scroll)
    pick = scene.at(index)
    if not opener.is_click or opener.role not in _OPENERS or pick is None or pick.target is None or not pick.is_click:
        return None
    if pick.target.id in opener.before.by_id or not pick.label or pick.moved:
        return None
    shown = _shows(pick, opener)
    left = [node for node in pick.after.nodes if (node.role, node.name) == (pick.role, pick.name)]
    gone = pick.target.id not in pick.after.by_id and not (left and pick.role == "radio")
    if pick.role == "radio" and not (shown or gone):
        return None
    if pick.role not in OPTIONS and not (pick.role in _LIKE and shown and gone):
        return None
    picks, last = _run(scene, index, opener)
    evidence = f"opened ‘{opener.label}’ and took ‘{pick.name}’ from what came up"
    evidence += ", which it shows afterwards" if shown else ""
    confidence = LIKE if pick.role not in OPTIONS else SHOWN if shown else OPENED
    field = field_argument(scene, opener, pick.after)
    return _proposal(start, last, opener, field, _option(scene, picks), evidence, confidence)


def _listed(scene: Scene, start: int) -> Proposal | None:
    """Clicks on the radio buttons of one group, or on options of one list that is in view."""
    moment = scene.moments[start]
    if not _is_pick(moment) or moment.target is None:
        return None
    picks, last = _run(scene, start, None)
    box = _group(moment.before, moment.target)
    label = _row_label(moment.before, box) if box and box.role == "row" else moment.before.group_label(moment.target)
    field = moment.argument("field", label, "observation")
    evidence = f"took {moment.role} ‘{picks[-1].name}’ of ‘{label}’" + (" after another one" if last > start else "")
    return _proposal(start, last, moment, field, _option(scene, picks, label), evidence, LISTED)


def _run(scene: Scene, first: int, opener: Moment | None) -> tuple[list[Moment], int]:
    """The picks in one list, what clears a pick, and the key that closes it: those moments, and the last position."""
    begun = scene.moments[first]
    group = _group_key(begun)
    picks, last, index = [begun], first, first + 1
    while (moment := scene.at(index)) is not None:
        if _is_pick(moment) and _group_key(moment) == group and not moment.moved:
            picks.append(moment)
            last = index
        elif opener is not None and moment.keys.lower() in _CLOSING and moment.same_target(opener) and len(picks) > 1:
            return picks, index
        elif not (is_scroll(moment) or (opener is not None and _clears(moment, opener))):
            break
        index += 1
    return picks, last


def _clears(moment: Moment, opener: Moment) -> bool:
    """Whether it takes the last pick out of the field, as Backspace does."""
    if not moment.same_target(opener):
        return False
    return moment.keys.lower() in _CLEARING or (moment.action.name == "type" and not moment.action.args[1].strip())


def _group(page: Page, node: Node) -> Node | None:
    """What holds the alternatives together: the nearest container with at least two of them."""
    roles = (one for one in page.ancestors(node) if one.role in _ROWS)
    return next((box for box in roles if sum(one.role == node.role for one in page.inside(box)) > 1), None)


def _group_key(moment: Moment) -> tuple[str, str]:
    """The same for all alternatives of one field: their group and, without one, the words before them."""
    if moment.target is None:
        return "", ""
    group = _group(moment.before, moment.target)
    if group is None or group.role == "row":
        return moment.role, _row_label(moment.before, group) or moment.before.group_label(moment.target)
    return moment.role, group.id


def _row_label(page: Page, row: Node | None) -> str:
    """The first words in a row of a table."""
    inside = page.inside(row) if row else ()
    return next((tidy(one.name) for one in inside if one.role in _HEADS and one.name), "")


def _is_pick(moment: Moment) -> bool:
    return moment.is_click and moment.role in OPTIONS and bool(moment.label)


def _option(scene: Scene, picks: Sequence[Moment], field: str = "") -> Argument:
    """The option that stands in the end, or those of a list that shows several."""
    last = picks[-1]
    names = list(dict.fromkeys(_called(scene, pick, field) for pick in picks))
    standing = [name for name in names if _stands(name, last.after, picks[0].before)]
    kept = standing if len(standing) > 1 else [_called(scene, last, field)]
    said = [_said(scene, name) for name in kept]
    return last.argument("option", ", ".join(text for text, _ in said), "objective" if said[0][1] else "element_name")


def _called(scene: Scene, pick: Moment, field: str) -> str:
    """An option without words of its own or beside it is ‘the 2nd radio button’, where the objective says so."""
    if pick.label == pick.role and pick.target is not None:
        return field_name(scene, pick.before, pick.target)[0]
    return _without_field(pick.label, field)


def _without_field(name: str, field: str) -> str:
    """A radio that is called ‘Seats: Good’ in the row Seats is Good."""
    rest = name[len(field) :].lstrip(" :–-") if field and name.casefold().startswith(field.casefold()) else ""
    return rest if has_letters(rest) else name


def _stands(name: str, after: Page, before: Page) -> bool:
    """Whether a page shows an option as picked: selected, or its words beside the list where they were not before."""
    for node in after.nodes:
        if node.name != name:
            continue
        if node.role == "option" and "selected" in node.flags:
            return True
        if node.role in ("text", "group", "listitem") and node.id not in before.by_id:
            return True
    return False


def _said(scene: Scene, option: str) -> tuple[str, bool]:
    """The option as the objective writes it, where it does, and whether it does; else as the list shows it.

    Words before a comma or a dash stand for the whole, as ‘Courier’ for ‘Courier, next day’; so does the end of a path.
    """
    parts = (option, option.split(",")[0], option.split(" – ")[0], option.rsplit(" / ", 1)[-1])
    said = next((found for part in parts if (found := scene.as_said(part))), None)
    return said or option, said is not None


def _shows(pick: Moment, opener: Moment) -> bool:
    """Whether the opener's value, name or inside is the picked option afterwards, and was not before."""
    node = pick.after.by_id.get(opener.target.id) if opener.target else None
    if node is None:
        return False
    wanted = pick.label.casefold()
    inside = (one.name for one in pick.after.inside(node) if one.role == "text")
    return any(wanted in text.casefold() for text in (node.value, node.name, *inside))


def _proposal(
    first: int, last: int, about: Moment, field: Argument, option: Argument, evidence: str, confidence: float
) -> Proposal:
    return Proposal(
        first=first,
        last=last,
        policy="select_option",
        args=(field, option),
        rule=RULE,
        evidence=evidence,
        confidence=confidence,
        anchor=about.target,
        page=about.before,
    )
