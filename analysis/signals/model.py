"""What a detector finds: a stretch of an episode, the rule that says so, and whom it points to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from analysis.signals.course import Course
from traces.model import Frozen

Blamed = Literal[
    "planner", "policy", "grounding", "environment", "observation", "evaluator", "scaffold", "infrastructure"
]


class Signal(Frozen):
    """A suspicion. `first` and `last` are `seq` values, `steps` the uids it rests on, `frame` the innermost call.

    `said` is one sentence for a person; it may hold text of the page, which is somebody else's.
    """

    detector: str
    name: str
    version: int
    first: int
    last: int
    frame: str
    steps: tuple[str, ...]
    said: str
    points_to: Blamed

    @property
    def key(self) -> str:
        """What annotations name it by, as in `D3@s14`."""
        return f"{self.detector}@{self.steps[0]}"


@dataclass(frozen=True)
class Found:
    """A stretch a rule holds for: positions in `Course.steps`, first to last inclusive, and what is to be said."""

    at: tuple[int, ...]
    said: str


Rule = Callable[[Course], "list[Found]"]


@dataclass(frozen=True)
class Detector:
    """A named rule. Its docstring is what people are told; `version` changes whenever its findings may."""

    id: str
    name: str
    points_to: Blamed
    rule: Rule
    version: int = 1

    def find(self, course: Course) -> list[Signal]:
        """All it finds in an episode, in order."""
        return [self._signal(course, found) for found in self.rule(course)]

    @property
    def told(self) -> str:
        """The rule in words."""
        return " ".join((self.rule.__doc__ or "").split())

    def _signal(self, course: Course, found: Found) -> Signal:
        steps = [course.steps[place] for place in found.at]
        return Signal(
            detector=self.id,
            name=self.name,
            version=self.version,
            first=steps[0].seq,
            last=steps[-1].seq,
            frame=course.frame_of(found.at[-1]).id,
            steps=tuple(step.uid for step in steps),
            said=found.said,
            points_to=self.points_to,
        )
