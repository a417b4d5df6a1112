"""How policies called each other: D10 nothing done, D11 the same call again, D12 too deep, D13 never returned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

from analysis.signals.course import Course
from analysis.signals.model import Detector, Found
from traces.model import NEVER_RETURNED, Frame, Step

NESTED = 3
"""Calls of one policy open at once that are too many."""
TIMES, EXTRA = 3, 10
"""Page actions that are far more than usual: so many times, and so many beyond."""
NOTHING = frozenset({"", "n/a", "none", "na"})
"""What a call returns that has nothing to say, in lower case."""
SHOWN = 80
"""Characters of a call's objective in a sentence."""


def nothing_done(course: Course) -> list[Found]:
    """A call that returned without a page action of its own or below it, and without a value."""
    found = []
    acts = _counter(course, _is_act)
    for frame in _called(course):
        if returned_nothing(frame) and not acts(_span(course, frame)):
            found.append(Found(_ends(course, frame), f"{frame.objective[:SHOWN]} did nothing and returned nothing."))
    return found


def called_again(course: Course) -> list[Found]:
    """The same call with the same arguments by the same caller on the same page, after it had returned.

    Not meant: a call in which an action was refused or failed, which is tried again.
    """
    returned: set[tuple[object, ...]] = set()
    found = []
    errors = _counter(course, lambda step: bool(step.error))
    for frame in _called(course):
        at = _ends(course, frame)
        kind = (frame.parent, frame.policy, frame.objective, course.keys(at[0])[0])
        if kind in returned:
            found.append(Found(at, f"{frame.objective[:SHOWN]} was called again on the page where it had returned."))
        if frame.end == "returned" and not errors(_span(course, frame)):
            returned.add(kind)
    return found


def too_deep(course: Course) -> list[Found]:
    """A policy that calls itself with the same words, or is open three times at once; or the limit of depth.

    Not meant: a policy that calls itself once for a part of its work.
    """
    found = []
    around = _around(course.frames)
    for frame in _called(course):
        of_policy, of_words = around.get(frame.id, (0, 0))
        if of_words or of_policy + 1 >= NESTED:
            found.append(Found(_ends(course, frame), f"{frame.policy} is open {of_policy + 1} times at once."))
    if course.episode.end_reason == "depth" and course.steps:
        found.append(Found((len(course.steps) - 1,), f"The limit of depth was reached at {course.episode.max_depth}."))
    return found


def never_returned(course: Course) -> list[Found]:
    """A call that was open when the episode came to a bad end, or took far more page actions than usual.

    Far more: three times as many, and ten.
    """
    found = []
    counted = _counter(course, _is_act)
    for frame in _called(course):
        acts, usual = counted(_span(course, frame)), course.usual.get(frame.policy)
        if frame.end in NEVER_RETURNED and not _running(course):
            found.append(Found(_ends(course, frame), f"{frame.objective[:SHOWN]} never returned."))
        elif usual is not None and acts > TIMES * usual and acts > usual + EXTRA:
            found.append(
                Found(_ends(course, frame), f"{frame.policy} took {acts} page actions; it usually takes {usual:g}.")
            )
    return found


def returned_nothing(frame: Frame) -> bool:
    """Whether a call returned without a value."""
    return frame.end == "returned" and (frame.returned or "").strip().lower() in NOTHING


def _called(course: Course) -> Iterator[Frame]:
    """The calls (the root is none) that hold steps."""
    return (frame for frame in course.frames if frame.parent is not None and _span(course, frame))


def _around(frames: Sequence[Frame]) -> dict[str, tuple[int, int]]:
    """For each call reached from a root: calls of its policy it lies in, and how many of them have its very words."""
    inside: dict[str | None, list[Frame]] = {}
    for frame in frames:
        inside.setdefault(frame.parent, []).append(frame)
    policies, words = Counter[str](), Counter[tuple[str, str]]()
    around: dict[str, tuple[int, int]] = {}
    waiting = [(frame, 1) for frame in inside.get(None, ())]
    while waiting:
        frame, way = waiting.pop()
        kind = (frame.policy, frame.objective)
        if way > 0:
            around[frame.id] = policies[frame.policy], words[kind]
            waiting.append((frame, -1))
            waiting += [(one, 1) for one in inside.get(frame.id, ()) if one.id not in around]
        policies[frame.policy] += way
        words[kind] += way
    return around


def _counter(course: Course, holds: Callable[[Step], bool]) -> Callable[[range], int]:
    """Counts the steps of a stretch for which something holds, without going through it again."""
    before = (0, *accumulate(holds(step) for step in course.steps))
    return lambda places: before[places.stop] - before[places.start]


def _is_act(step: Step) -> bool:
    return step.kind == "act"


def _running(course: Course) -> bool:
    return course.episode.status == "running"


def _span(course: Course, frame: Frame) -> range:
    if frame.first_step is None or frame.last_step is None:
        return range(0)
    return course.between(frame.first_step, frame.last_step)


def _ends(course: Course, frame: Frame) -> tuple[int, ...]:
    """Its first and its last step."""
    span = _span(course, frame)
    return (span[0],) if len(span) == 1 else (span[0], span[-1])


DETECTORS = (
    Detector("D10", "nothing done", "planner", nothing_done),
    Detector("D11", "called again", "planner", called_again, 2),
    Detector("D12", "too deep", "planner", too_deep),
    Detector("D13", "never returned", "policy", never_returned),
)
