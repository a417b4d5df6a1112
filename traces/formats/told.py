"""What a writer of episodes for other programs is given: an episode's file with the calls, signals and remarks on it.

Values are asked for one at a time, so an episode of 10,000 steps is never in memory whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from traces.actions import Action, parse_action
from traces.errors import ActionError, EpisodeError
from traces.model import Episode, Frame, LlmCall, Observation, Step
from traces.reader import EpisodeReader

Json = dict[str, Any]
Files = Iterator[tuple[str, Iterable[bytes]]]
"""Names of files (which may hold a folder), each with its content piece by piece."""


@dataclass(frozen=True)
class Told:
    """An episode as it is exported. `frames` are the run's own calls or those of `label_ref`, never without a root.

    `skeleton` and `payload` (of a step by uid) are what a viewer draws (docs/formats/skeleton.md), `signals` the same
    of the failure signals and what people said, or None. `removed` counts what a redacted one is without, by what it
    was; None: it is whole.
    """

    reader: EpisodeReader
    frames: tuple[Frame, ...]
    skeleton: Json
    payload: Callable[[str], Json]
    label_ref: str | None = None
    signals: Mapping[str, Any] | None = None
    removed: Mapping[str, int] | None = None

    @property
    def episode(self) -> Episode:
        """The header."""
        return self.reader.episode

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """All steps in order."""
        return self.reader.steps()

    @cached_property
    def calls(self) -> tuple[LlmCall, ...]:
        """All model calls in order."""
        return self.reader.calls()

    @cached_property
    def frame_of(self) -> tuple[Frame, ...]:
        """For each step the innermost call that spans it."""
        return tuple(self.frames[number] for number in self.skeleton["steps"]["frame"])

    def seen(self, key: str | None) -> Observation | None:
        """A page, where one was kept."""
        return None if key is None else self.reader.observation(key)

    def file(self) -> bytes:
        """The episode's own sealed file. Raises EpisodeError while it is still written."""
        if not self.reader.sealed:
            raise EpisodeError(f"Episode {self.episode.id} is still running. Export it when it has ended.")
        return self.reader.file()

    def path(self, frame: Frame) -> str:
        """The open calls down to a frame by their policies, `planner/fill_form/fill_text`."""
        return "/".join(self._paths[frame.id])

    @cached_property
    def _paths(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for frame in self.frames:
            found[frame.id] = (*found.get(frame.parent or "", ()), frame.policy)
        return found


def parsed(text: str) -> Action | None:
    """An action's text as a value; None where it is none."""
    try:
        return parse_action(text)
    except ActionError:
        return None
