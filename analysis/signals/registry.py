"""All detectors, in the order of their numbers. docs/signals.md lists them from here."""

from __future__ import annotations

from analysis.signals import calls, ending, goal, grounding, repetition, replies, surroundings
from analysis.signals.course import Course
from analysis.signals.model import Signal

DETECTORS = tuple(
    sorted(
        (
            one
            for module in (repetition, grounding, replies, surroundings, calls, ending, goal)
            for one in module.DETECTORS
        ),
        key=lambda one: int(one.id[1:]),
    )
)
VERSION = "+".join(f"{one.id}.{one.version}" for one in DETECTORS)
"""Changes when what is found may change."""


def find_signals(course: Course) -> tuple[Signal, ...]:
    """What all detectors find in an episode, in the order of its steps."""
    found = [signal for detector in DETECTORS for signal in detector.find(course)]
    return tuple(sorted(found, key=lambda one: (one.first, one.last, int(one.detector[1:]))))
