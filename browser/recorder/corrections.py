"""Steps taken back, put back and marked as mistakes: what undo, redo and mistake marks leave of the steps.

Marks name steps by their raw events, so that they hold however the log is read. Pure; the fold is `normalise`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from browser.recorder.events import RawEvent
from browser.recorder.marks import Mistake, Redo, StepMark, Undo
from traces.model import Step


@dataclass(frozen=True)
class Corrected:
    """The steps that stay, numbered anew; those taken back, the newest last; how many of the first `final` stay.

    `mistakes` are uids among the steps that stay.
    """

    steps: tuple[Step, ...]
    undone: tuple[Step, ...] = ()
    mistakes: frozenset[str] = frozenset()
    final: int = 0


class Corrections:
    """The marks so far."""

    def __init__(self) -> None:
        self._undone: list[frozenset[int]] = []
        self._mistaken: set[int] = set()

    def take(self, mark: StepMark) -> None:
        """One more mark."""
        match mark:
            case Undo():
                self._undone.append(frozenset(mark.events))
            case Redo():
                self._undone = [events for events in self._undone if events.isdisjoint(mark.events)]
            case Mistake(on=True):
                self._mistaken |= set(mark.events)
            case Mistake():
                self._mistaken -= set(mark.events)

    def of(self, steps: Sequence[Step], final: int) -> Corrected:
        """What the marks leave of the steps, of which the first `final` are final."""
        undone = self._taken_back(steps)
        gone = {step.uid for step in undone}
        kept = [step for step in steps if step.uid not in gone]
        return Corrected(
            steps=tuple(_numbered(kept)),
            undone=undone,
            mistakes=frozenset(step.uid for step in kept if not self._mistaken.isdisjoint(step.raw[:1])),
            final=sum(step.uid not in gone for step in steps[:final]),
        )

    def _taken_back(self, steps: Sequence[Step]) -> tuple[Step, ...]:
        """In the order in which they were taken back; a step is named by the event it began with."""
        found: dict[str, Step] = {}
        for events in self._undone:
            found |= {step.uid: step for step in steps if step.raw[0] in events and step.uid not in found}
        return tuple(found.values())


def _numbered(steps: Iterable[Step]) -> Iterable[Step]:
    for seq, step in enumerate(steps):
        yield step if step.seq == seq else step.model_copy(update={"seq": seq})


def mistaken(events: Iterable[RawEvent], steps: Sequence[Step]) -> frozenset[str]:
    """The uids of the steps that a log's marks call mistakes, however the log was read."""
    marks = Corrections()
    for raw in events:
        if isinstance(raw.event, Mistake):
            marks.take(raw.event)
    return marks.of(steps, 0).mistakes
