"""What a model said: D7 a reply not carried out, D18 a return that is no stop, D20 reason and action apart."""

from __future__ import annotations

import re

from analysis.signals.course import Course, stretches
from analysis.signals.model import Detector, Found
from traces.model import TAKEN_FOR_STOP

SPIN = 2
_QUOTED = re.compile(r"\"([^\"\n]{2,60})\"|'([^'\n]{2,60})'|“([^”\n]{2,60})”")


def not_carried_out(course: Course) -> list[Found]:
    """A reply that could not be read, or asked for an action or policy that is not to be had there.

    Two or more in a row are told as one: the model turned on the spot. Not meant: an action that was asked for rightly
    when the page itself failed, with which the episode ended.
    """
    runs = stretches(range(len(course.steps)), lambda place: _refused(course, place), 1)
    return [Found(run, _said(course, run)) for run in runs]


def text_stop(course: Course) -> list[Found]:
    """A call that was ended by an action whose verb is not `stop`; released SteP does so where a text holds it."""
    return [
        Found((place,), f"{step.action[:80]} ended the call, and is no stop.")
        for place, step in enumerate(course.steps)
        if step.error == TAKEN_FOR_STOP
        or (step.kind == "pop" and (action := course.actions[place]) is not None and action.name != "stop")
    ]


def reason_apart(course: Course) -> list[Found]:
    """A reason that quotes the names of other elements of the page and not that of the one that was acted on."""
    found = []
    for place in course.acts:
        target, reason = course.target(place), course.steps[place].reason or ""
        if target is None or not target.name or target.name.lower() in reason.lower():
            continue
        action = course.actions[place]
        written = {arg.lower() for arg in action.args[1:]} if action else set()
        names = {node.name.lower() for node in course.before(place).nodes if node.name} - written
        meant = [text for text in quoted(reason) if text.lower() in names]
        if meant:
            found.append(Found((place,), f"The reason speaks of {meant[0]!r}, the action was on {target.name!r}."))
    return found


def quoted(text: str) -> list[str]:
    """The texts in quotation marks."""
    return [next(part for part in match.groups() if part) for match in _QUOTED.finditer(text)]


def _refused(course: Course, place: int) -> bool:
    step, action = course.steps[place], course.actions[place]
    if step.kind != "invalid" or _page_failed(course, place):
        return False
    return not (action is not None and action.element is not None and action.element not in course.before(place).by_id)


def _page_failed(course: Course, place: int) -> bool:
    ended_by_page = (course.episode.end_reason or "").startswith("page")
    return ended_by_page and place == len(course.steps) - 1


def _said(course: Course, run: tuple[int, ...]) -> str:
    why = course.steps[run[-1]].error or "the reply could not be carried out"
    return f"{len(run)} replies in a row led nowhere: {why}." if len(run) >= SPIN else f"Not carried out: {why}."


DETECTORS = (
    Detector("D7", "not carried out", "scaffold", not_carried_out, 2),
    Detector("D18", "return that is no stop", "scaffold", text_stop),
    Detector("D20", "reason and action apart", "policy", reason_apart),
)
