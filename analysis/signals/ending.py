"""How it ended: D14 stopped too early, D15 a budget used up, D16 an answer from nowhere."""

from __future__ import annotations

import re

from analysis.signals.course import Course
from analysis.signals.model import Detector, Found

LIMITS = frozenset({"steps", "calls", "invalid", "depth", "tokens", "cost", "seconds"})
NONE = re.compile(
    r"^\W*(?:n/?a|none|null|impossible|not (?:found|possible|available)|unknown|i (?:can't|cannot)\b.*)\W*$", re.I
)
PAGES, ACTIONS = 3, 2
"""Pages one looks at before a task is impossible; page actions of an episode that is stopped early, at most."""
_TELLING = re.compile(r"\d[\d.,:/-]*\d|\d|\b[A-Z][\w'-]{2,}|\b[\w.+-]+@[\w-]+\.\w+")
_COUNTS = re.compile(
    r"\bhow (?:many|much|long)\b|\b(?:total|sum|count|number of|average|difference|percentage|altogether)\b", re.I
)


def early_stop(course: Course) -> list[Found]:
    """The episode was stopped without a page action that changed anything and without an answer, or with "impossible"
    after fewer than three pages had been looked at.
    """
    last = len(course.steps) - 1
    if not course.steps or course.episode.end_reason != "stop" or course.steps[last].kind != "pop":
        return []
    answer = (course.episode.answer or "").strip()
    seen = {course.keys(place)[0] for place in range(len(course.steps))}
    if answer and NONE.match(answer) and len(seen) < PAGES:
        return [Found((last,), f"{answer!r} was answered after {len(seen)} page{'s' if len(seen) > 1 else ''}.")]
    if not answer and len(course.acts) <= ACTIONS and not any(course.changed(place) for place in course.acts):
        return [Found((last,), "It was stopped before anything was done.")]
    return []


def budget_used(course: Course) -> list[Found]:
    """A limit ended the episode: of page actions, model calls, invalid replies, depth, tokens, cost or seconds."""
    reason = (course.episode.end_reason or "").split(":")[0]
    if reason not in LIMITS or not course.steps:
        return []
    return [Found((len(course.steps) - 1,), f"The limit of {reason} was used up.")]


def answer_from_nowhere(course: Course) -> list[Found]:
    """Numbers, names or ids of the answer that no page showed and the objective does not say.

    Not meant: numbers where the objective asks for a count, a sum or a difference.
    """
    answer = (course.episode.answer or "").strip()
    if not answer or not course.steps or NONE.match(answer):
        return []
    objective = course.episode.objective
    told = _TELLING.findall(answer)
    if _COUNTS.search(objective):
        told = [one for one in told if not one[0].isdigit()]
    left = {one.lower() for one in told if one.lower() not in objective.lower()}
    for place in range(len(course.steps)):
        if not left:
            return []
        left -= {one for one in left if one in course.before(place).words}
    left -= {one for one in left if one in course.after(len(course.steps) - 1).words}
    if not left:
        return []
    return [Found((len(course.steps) - 1,), f"No page showed {', '.join(sorted(left)[:3])!r}.")]


DETECTORS = (
    Detector("D14", "stopped early", "policy", early_stop),
    Detector("D15", "budget used up", "policy", budget_used),
    Detector("D16", "answer from nowhere", "policy", answer_from_nowhere),
)
