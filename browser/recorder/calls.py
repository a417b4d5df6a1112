"""The calls a person marked while recording, read from the raw log as stretches of the steps. Pure.

A step lies in the calls that were open when its last event came: a click into a field that was made just before the
mark and became part of the typing after it belongs to the call.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from browser.recorder.events import RawEvent
from browser.recorder.marks import CallBegun, CallEnded
from traces.actions import Action
from traces.model import Step


@dataclass(frozen=True)
class MarkedCall:
    """One call: `number` of the mark that began it, the call around it, and the uids of its steps, nested ones' too.

    `ended` tells whether a mark ended it; a call that was never ended goes on to the last step.
    """

    number: int
    policy: str
    args: tuple[tuple[str, str], ...] = ()
    parent: int | None = None
    steps: tuple[str, ...] = ()
    returns: str | None = None
    ended: bool = False

    @property
    def call(self) -> str:
        """The call as text, e.g. `fill_text [From] [BOS]`; what was not known is an empty argument."""
        return str(Action(self.policy, tuple(value for _, value in self.args)))


@dataclass
class _Open:
    number: int
    begun: CallBegun
    parent: int | None
    end: float = float("inf")
    returns: str | None = None


def marked_calls(events: Iterable[RawEvent], steps: Sequence[Step]) -> tuple[MarkedCall, ...]:
    """The calls in the order in which they were begun; an end with nothing open is passed over."""
    found: list[_Open] = []
    stack: list[_Open] = []
    for raw in events:
        if isinstance(raw.event, CallBegun):
            stack.append(_Open(raw.number, raw.event, stack[-1].number if stack else None))
            found.append(stack[-1])
        elif isinstance(raw.event, CallEnded) and stack:
            one = stack.pop()
            one.end, one.returns = raw.number, raw.event.returns
    places = list(accumulate((max(step.raw, default=0) for step in steps), max))
    return tuple(_call(one, steps, places) for one in found)


def _call(one: _Open, steps: Sequence[Step], places: Sequence[int]) -> MarkedCall:
    inside = tuple(step.uid for step, at in zip(steps, places, strict=True) if one.number < at < one.end)
    return MarkedCall(
        number=one.number,
        policy=one.begun.policy,
        args=one.begun.args,
        parent=one.parent,
        steps=inside,
        returns=one.returns,
        ended=one.end != float("inf"),
    )
