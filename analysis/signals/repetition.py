"""Doing the same again: D1 exact repeat, D2 cycle, D3 oscillation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial

from analysis.signals.course import Course
from analysis.signals.model import Detector, Found

LEAST, WINDOW = 3, 10
"""How often an action is repeated at least, within so many page actions."""
LONGEST = 6
"""Page actions of a cycle, at most."""
ALTERNATIONS = 4
"""Moves forth and back, at least."""
BACK: dict[tuple[str, ...], tuple[str, ...]] = {
    ("scroll", "down"): ("scroll", "up"),
    ("scroll", "up"): ("scroll", "down"),
    ("go_back",): ("go_forward",),
    ("go_forward",): ("go_back",),
}
"""Actions by which another one is undone."""


def exact_repeat(course: Course) -> list[Found]:
    """The same action on the same page with the same outcome, three times within ten page actions.

    Not meant: scrolling that moves anything, and "next page" or a stepper, where the page is another one each time.
    """
    seen: dict[object, list[int]] = defaultdict(list)
    for turn, place in enumerate(course.acts):
        if course.did(place)[0] == "scroll" and course.changed(place):
            continue
        seen[course.keys(place), course.did(place)].append(turn)
    found = [tuple(course.acts[turn] for turn in group) for turns in seen.values() for group in _close(turns)]
    return [
        Found(at, f"{course.steps[at[0]].action} was done {len(at)} times on the same page, to the same effect.")
        for at in sorted(found)
    ]


def cycle(course: Course) -> list[Found]:
    """Two to six page actions, not all alike, done twice over in the same order on the same pages."""
    turns = [(course.keys(place), course.did(place)) for place in course.acts]
    found, start = [], 0
    while start < len(turns):
        length, times = _cycle_at(turns, start)
        if times:
            at = course.acts[start : start + length * times]
            found.append(Found(at, f"The same {length} actions were done {times} times in a row."))
        start += max(1, length * times)
    return found


def oscillation(course: Course) -> list[Found]:
    """Forth and back between two pages (or states of one) four times over; scrolling down and up, back and forward.

    Where no page changes so, the cursor alone may: into a field and out of it.
    """
    runs = _alternating(course.acts, course.keys) or _alternating(course.acts, partial(_with_cursor, course))
    found = [Found(at, f"{len(at)} steps went forth and back between the same two states of the page.") for at in runs]
    return sorted(found + _there_and_back(course), key=lambda one: one.at)


def _close(turns: list[int]) -> list[list[int]]:
    """The groups of at least LEAST that lie within WINDOW of each other."""
    groups: list[list[int]] = [[]]
    for turn in turns:
        if groups[-1] and turn - groups[-1][-1] >= WINDOW - 1:
            groups.append([])
        groups[-1].append(turn)
    return [
        group
        for group in groups
        if any(group[n + LEAST - 1] - group[n] < WINDOW for n in range(len(group) - LEAST + 1))
    ]


def _cycle_at(turns: Sequence[object], start: int) -> tuple[int, int]:
    """(length, times) of the shortest cycle that begins there; (0, 0) without one."""
    for length in range(2, LONGEST + 1):
        first = turns[start : start + length]
        if len(first) < length or len(set(map(repr, first))) == 1:
            continue
        times = 1
        while turns[start + times * length : start + (times + 1) * length] == first:
            times += 1
        if times >= 2:
            return length, times
    return 0, 0


def _alternating(acts: Sequence[int], states: Callable[[int], tuple[object, object]]) -> list[tuple[int, ...]]:
    """Runs of moves between the same two states, each from where the one before led."""
    runs: list[list[int]] = [[]]
    for place in acts:
        before, after = states(place)
        if before == after:
            continue
        if runs[-1] and (after, before) != states(runs[-1][-1]):
            runs.append([])
        runs[-1].append(place)
    return [tuple(run) for run in runs if len(run) >= ALTERNATIONS]


def _with_cursor(course: Course, place: int) -> tuple[object, object]:
    (before, after), (was, now) = course.keys(place), course.cursors(place)
    return (before, was), (after, now)


def _there_and_back(course: Course) -> list[Found]:
    found: list[Found] = []
    run: list[int] = []
    for place in (*course.acts, None):
        if place is not None and run and BACK.get(_way(course, run[-1])) == _way(course, place):
            run.append(place)
            continue
        if len(run) >= ALTERNATIONS:
            found.append(Found(tuple(run), f"{len(run)} steps went one way and back again."))
        run = [place] if place is not None and _way(course, place) in BACK else []
    return found


def _way(course: Course, place: int) -> tuple[str, ...]:
    action = course.actions[place]
    return () if action is None else (action.name, *action.args[:1])


DETECTORS = (
    Detector("D1", "exact repeat", "policy", exact_repeat, 2),
    Detector("D2", "cycle", "policy", cycle, 2),
    Detector("D3", "oscillation", "policy", oscillation, 2),
)
