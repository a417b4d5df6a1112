"""Actions that missed: D4 no effect, D5 no such element, D6 an element that cannot take it, D19 a view that was cut."""

from __future__ import annotations

from analysis.signals.course import Course
from analysis.signals.model import Detector, Found
from analysis.signals.surroundings import THEIRS, WRITABLE, came_between
from traces.observation_text import Node

QUIET = frozenset({"hover", "scroll", "stop", "note", "dialog", "tab_focus", "new_tab", "close_tab"})
CONTROLS = frozenset(
    {"button", "link", "checkbox", "radio", "switch", "tab", "menuitem", "menuitemcheckbox", "option", "treeitem"}
)
"""What shows in words that it was pressed, or leads elsewhere; a ring around it is no effect."""
STATIC = frozenset({"heading", "separator", "progressbar"})
WITHHELD = "{SECRET}"


def no_effect(course: Course) -> list[Found]:
    """A page action after which nothing that can be read had changed, apart from where the cursor is.

    A press on a field may move the cursor only; where a press is on what is drawn (an image, a canvas, a plain text),
    and where keys are pressed, another picture of the very same text counts as a change, unless the record says that
    it came of where the mouse is alone.
    Not meant: hovering, scrolling, typing a withheld text again, and the last action of a task that was over with it.
    """
    last = course.acts[-1] if course.acts and course.ended_by_task else None
    return [
        Found((place,), f"{course.steps[place].action} changed nothing on the page.")
        for place in course.acts
        if place != last and not _quiet(course, place) and course.steps[place].error is None and _vain(course, place)
    ]


def no_such_element(course: Course) -> list[Found]:
    """An action on an element id that the page it was decided on does not show."""
    found = []
    for place, step in enumerate(course.steps):
        action = course.actions[place]
        element = action.element if action else None
        if step.kind in ("act", "invalid") and element is not None and step.observation_before is not None:
            page = course.before(place)
            if page.nodes and element not in page.by_id and step.target is None:
                found.append(Found((place,), f"There was no element [{element}] on the page."))
    return found


def wrong_element(course: Course) -> list[Found]:
    """Typing into what is no field, a press on what is disabled, a text that was added to the old one of a field.

    Also what the browser refused because the element cannot do it or is gone.
    """
    found = []
    for place in course.acts:
        why = _wrong(course, place)
        if why:
            found.append(Found((place,), why))
    return found


def cut_view(course: Course) -> list[Found]:
    """A decision on a page of which elements were left out, whose later target came into sight by scrolling."""
    found = []
    for place in course.acts:
        if _cut(course, place):
            later = next((turn for turn in course.acts if turn > place and _scrolled_to(course, place, turn)), None)
            if later is not None:
                name = course.did(later)[2] or course.did(later)[1]
                found.append(
                    Found((place, later), f"{name!r} was there, but not in the part of the page that was shown.")
                )
    return found


def _vain(course: Course, place: int) -> bool:
    action, target, step = course.actions[place], course.target(place), course.steps[place]
    if action is None or target is None or action.name not in ("click", "dblclick", "rightclick", "type"):
        return not course.changed(place)
    if target.role in WRITABLE and action.name != "type":
        return not course.changed(place)
    if action.name == "type" and WITHHELD in target.value:
        return False
    same = course.before(place).observation.text == course.after(place).observation.text
    drawn = same and action.name != "type" and target.role not in CONTROLS and course.looks_otherwise(place)
    before, after = course.keys(place)
    return before == after and not drawn and not {"url", "title", "tabs"} & set(step.changed)


def _quiet(course: Course, place: int) -> bool:
    action = course.actions[place]
    return action is None or action.name in QUIET


def _wrong(course: Course, place: int) -> str | None:
    action, target, error = course.actions[place], course.target(place), course.steps[place].error
    if error is not None and not THEIRS.search(error) and not came_between(course, place):
        return f"{course.steps[place].action} was refused: {error}"
    if action is None or target is None:
        return None
    name = target.name or target.role
    if "disabled" in target.flags and action.name != "hover":
        return f"{name!r} is disabled."
    if action.name == "type":
        return _typed(course, place, target, action.args[1])
    if (
        action.name == "click"
        and target.role in STATIC
        and "clickable" not in target.flags
        and not course.changed(place)
    ):
        return f"{name!r} is only a {target.role}."
    return None


def _typed(course: Course, place: int, target: Node, text: str) -> str | None:
    if target.role not in WRITABLE and "multiline" not in target.flags:
        return f"{target.name or target.role!r} is a {target.role}, no field to type into."
    after = course.after(place).by_id.get(target.id)
    if after is None or not text or WITHHELD in (text, after.value) or not target.value:
        return None
    if after.value != text and text != target.value and after.value in (target.value + text, text + target.value):
        return f"{text!r} was added to {target.value!r} instead of taking its place."
    return None


def _cut(course: Course, place: int) -> bool:
    if "more" in course.before(place).by_id:
        return True
    number = course.steps[place].call
    call = course.call_of.get(number) if number is not None else None
    return call is not None and any("observation" in note for note in call.notes)


def _scrolled_to(course: Course, place: int, later: int) -> bool:
    """Whether the later step's target was not to be seen on the page of the first, and a scroll lies between."""
    target = course.target(later)
    if target is None or course.before(later).place != course.before(place).place:
        return False
    if not any(course.did(turn)[0] == "scroll" for turn in course.acts if place <= turn < later):
        return False
    return not any((node.role, node.name) == (target.role, target.name) for node in course.before(place).nodes)


DETECTORS = (
    Detector("D4", "no effect", "grounding", no_effect, 3),
    Detector("D5", "no such element", "grounding", no_such_element),
    Detector("D6", "wrong kind of element", "grounding", wrong_element, 2),
    Detector("D19", "cut view", "observation", cut_view),
)
