"""R4 select_option: one option of a drop-down, a list that opened, or a group of radio buttons."""

from __future__ import annotations

from labeling.model import Argument
from labeling.rules.scene import Moment, Proposal, Scene, is_scroll

RULE = "R4"
NATIVE, SHOWN, OPENED, LISTED = 0.95, 0.9, 0.75, 0.85
"""Prior confidence: a native list, an opened list whose field shows the pick, one that does not, a list in view."""

OPTIONS = frozenset({"option", "menuitemradio", "radio"})
_OPENERS = frozenset({"combobox", "button", "textbox", "listbox", "text", "img", "link"})


def select_option(scene: Scene, start: int) -> Proposal | None:
    """An option that was picked, with the click that opened its list."""
    return _native(scene, start) or _opened(scene, start) or _listed(scene, start)


def _native(scene: Scene, start: int) -> Proposal | None:
    opener = scene.moments[start]
    index = scene.skip(start, lambda m: m.is_click and m.same_target(opener) and m.role in ("combobox", "listbox"))
    moment = scene.at(index)
    if moment is None or moment.action.name != "select" or (index > start and not moment.same_target(opener)):
        return None
    option = _said(scene, moment.argument("option", moment.action.args[1], "step_value"))
    evidence = f"set the list ‘{moment.label}’ to ‘{option.value}’"
    return _proposal(start, index, moment, moment.field_argument(), option, evidence, NATIVE)


def _opened(scene: Scene, start: int) -> Proposal | None:
    """A click that brings up options, then a click on one of them."""
    opener = scene.moments[start]
    index = scene.skip(start + 1, is_scroll)
    pick = scene.at(index)
    if not opener.is_click or opener.role not in _OPENERS or pick is None or not _is_pick(pick):
        return None
    if pick.target is None or pick.target.id in opener.before.by_id:
        return None
    shown = _shows(pick, opener)
    evidence = f"opened ‘{opener.label}’ and took ‘{pick.name}’ from what came up"
    evidence += ", which it shows afterwards" if shown else ""
    field = opener.field_argument()
    return _proposal(start, index, opener, field, _option(scene, pick), evidence, SHOWN if shown else OPENED)


def _listed(scene: Scene, start: int) -> Proposal | None:
    """A click on a radio button, or on an option of a list that is in view."""
    moment = scene.moments[start]
    if not _is_pick(moment) or moment.target is None:
        return None
    label = moment.before.group_label(moment.target)
    field = moment.argument("field", label, "observation")
    evidence = f"took {moment.role} ‘{moment.name}’ of ‘{label}’"
    return _proposal(start, start, moment, field, _option(scene, moment), evidence, LISTED)


def _is_pick(moment: Moment) -> bool:
    return moment.is_click and moment.role in OPTIONS and bool(moment.label)


def _option(scene: Scene, moment: Moment) -> Argument:
    return _said(scene, moment.argument("option", moment.label, "element_name"))


def _said(scene: Scene, option: Argument) -> Argument:
    """The option as the objective writes it, where it does; else as the list shows it."""
    said = scene.as_said(option.value)
    return option.model_copy(update={"source": "objective", "value": said}) if said else option


def _shows(pick: Moment, opener: Moment) -> bool:
    """Whether the opener's value or name is the picked option afterwards."""
    node = pick.after.by_id.get(opener.target.id) if opener.target else None
    return node is not None and pick.label.casefold() in f"{node.value} {node.name}".casefold()


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
