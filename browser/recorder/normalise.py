"""From the raw log to steps: a pure fold over the events, run live as they come and again over a stored log.

The same events always give the same steps, whether fed one by one or at once. Every gesture ends in exactly one step or
one entry of what was not recorded. The rules are settings, listed in docs/recording.md; no clock is looked at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from browser.recorder.answered import Chosen, Dropped, Replied
from browser.recorder.corrections import Corrections
from browser.recorder.drafts import Chord, Draft, Going, Pointer, Resting, Scroll, Typing
from browser.recorder.editing import begins_typing
from browser.recorder.events import (
    Drop,
    Event,
    Focus,
    Gate,
    Hover,
    Key,
    Mark,
    Nav,
    Note,
    Opened,
    Point,
    Press,
    RawEvent,
    Refused,
    Text,
    Wheel,
    gate_of,
    point_of,
)
from browser.recorder.marks import CallMark, PersonMark, StepMark
from traces.actions import Action
from traces.model import Frozen, Proof, Step

VERSION = "2"
KeepHover = Literal["revealed", "all", "explicit"]


class Rules(Frozen):
    """What the normaliser may merge or leave out.

    `merge_focus`: a click or Tab that only moved the focus belongs to the typing after it. `keep_hover`: hovers become
    steps if they revealed the next target (or were explicit), always, or only if explicit.
    """

    merge_focus: bool = True
    keep_hover: KeepHover = "revealed"


class NotRecorded(Frozen):
    """Something a person did that is no step: what and why, and the raw events it was."""

    what: str
    raw: tuple[int, ...]


@dataclass(frozen=True)
class Reading:
    """What the events amount to. The first `final` steps cannot change any more, unless they are taken back.

    `left_out` are raw numbers of no step: the pointer resting, a button coming up late, marks, and what made the
    `undone` steps, the one taken back last at the end. `mistakes` are uids of steps.
    """

    steps: tuple[Step, ...]
    not_recorded: tuple[NotRecorded, ...]
    final: int
    left_out: tuple[int, ...] = ()
    undone: tuple[Step, ...] = ()
    mistakes: frozenset[str] = frozenset()


def normalise(episode: str, events: Iterable[RawEvent], rules: Rules | None = None) -> Reading:
    """Read a whole log as steps of the episode. Pure: the same events give the same steps and uids."""
    fold = Normaliser(episode, rules or Rules())
    for event in events:
        fold.feed(event)
    return fold.reading()


def uid_of(episode: str, number: int) -> str:
    """The name of the step that the raw event of this number began."""
    return hashlib.blake2b(f"{episode}:{number}".encode(), digest_size=8).hexdigest()


class Normaliser:
    """The fold: `feed` events in order, ask for the `reading` at any time."""

    def __init__(self, episode: str, rules: Rules) -> None:
        self._episode = episode
        self._rules = rules
        self._steps: list[Step] = []
        self._entries: list[NotRecorded] = []
        self._left_out: list[int] = []
        self._closing: list[Draft] = []
        self._pending: list[Draft] = []
        self._corrections = Corrections()

    def feed(self, raw: RawEvent) -> None:
        """Take the next event in."""
        event = raw.event
        if isinstance(event, PersonMark):
            self._marked(raw.number, event)
            return
        if isinstance(event, Mark) and event.what == "paused":
            self._close_pending(None)
            self._give_up_waiting()
        point = point_of(event)
        if point is not None:
            self._see(point)
        if self._pending and self._pending[-1].take(raw.number, event):
            return
        draft = self._begin(raw.number, event)
        if draft is not None:
            self._open(draft)
        elif isinstance(event, Refused):
            self._entries.append(NotRecorded(what=event.what, raw=(raw.number,)))
        elif isinstance(event, Press | Key | Text | Wheel | Nav):
            what = f"{event.kind} without a look at the page before it"
            self._entries.append(NotRecorded(what=what, raw=(raw.number,)))
        else:
            self._left_out.append(raw.number)

    def reading(self) -> Reading:
        """Steps and entries so far, the unfinished ones included as they stand."""
        open_drafts = [d for d in (*self._closing, *self._pending) if self._counts(d)]
        results = [self._result(draft, len(self._steps) + i) for i, draft in enumerate(open_drafts)]
        steps = [r for r in results if isinstance(r, Step)]
        steps = [step.model_copy(update={"seq": len(self._steps) + i}) for i, step in enumerate(steps)]
        entries = [r for r in results if isinstance(r, NotRecorded)]
        resting = [n for d in self._pending if not self._counts(d) for n in d.raw]
        kept = self._corrections.of((*self._steps, *steps), len(self._steps))
        taken_back = [n for step in kept.undone for n in step.raw]
        return Reading(
            steps=kept.steps,
            not_recorded=(*self._entries, *entries),
            final=kept.final,
            left_out=(*self._left_out, *resting, *taken_back),
            undone=kept.undone,
            mistakes=kept.mistakes,
        )

    def holder(self, number: int) -> Step | NotRecorded | None:
        """The step or entry that the raw event belongs to as things stand."""
        now = self.reading()
        found: Iterable[Step | NotRecorded] = (*reversed(now.steps), *reversed(now.not_recorded))
        return next((item for item in found if number in item.raw), None)

    def _marked(self, number: int, mark: PersonMark) -> None:
        """A mark is no step; what grew until here grows no further, but a focus may still lead to typing in a call."""
        self._left_out.append(number)
        leading = all(isinstance(d, Resting | Pointer | Chord) and d.moved_focus_only for d in self._pending)
        if isinstance(mark, StepMark) or not leading:
            self._close_pending(None)
        if not isinstance(mark, CallMark):
            self._corrections.take(mark)

    def _see(self, point: Point) -> None:
        for draft in self._closing:
            draft.see(point)
            self._finish(draft)
        self._closing = []
        for draft in self._pending:
            draft.see(point)

    def _open(self, draft: Draft) -> None:
        """Let the draft swallow those that led to it, close the others, and make it the last one."""
        if isinstance(draft, Typing):
            self._swallow(draft)
        elif not self._may_wait(draft):
            self._close_pending(draft)
        if not draft.gate.fresh and not draft.gate.held:
            self._give_up_waiting()
        self._pending.append(draft)

    def _swallow(self, typing: Typing) -> None:
        leading = self._leading(typing.field) if self._rules.merge_focus and typing.gate.fresh else []
        kept = self._pending[: len(self._pending) - len(leading)]
        self._pending = kept
        self._close_pending(typing)
        if leading:
            typing.swallow(leading)

    def _leading(self, field: Focus) -> list[Draft]:
        """The longest run of drafts at the end that did nothing but bring the focus to the field."""
        run: list[Draft] = []
        for draft in reversed(self._pending):
            if not (draft.moved_focus_only and draft.leads_to(field)):
                break
            run.insert(0, draft)
        return run

    def _may_wait(self, draft: Draft) -> bool:
        """Whether what is pending stays so: a key after a click or Tab may still turn into typing together."""
        waiting = all(isinstance(d, Pointer | Chord) and d.moved_focus_only for d in self._pending)
        return bool(self._pending) and waiting and isinstance(draft, Chord) and self._leads_on(draft)

    @staticmethod
    def _leads_on(chord: Chord) -> bool:
        field = chord.gate.focused
        return field is not None and chord.leads_to(field)

    def _close_pending(self, following: Draft | None) -> None:
        for draft in self._pending:
            if isinstance(draft, Resting):
                self._decide_hover(draft, following)
            if not self._counts(draft):
                self._left_out.extend(draft.raw)
            elif draft.after is not None and not self._closing:
                self._finish(draft)
            else:
                self._closing.append(draft)
        self._pending = []

    def _decide_hover(self, draft: Resting, following: Draft | None) -> None:
        target = following.target if following else None
        revealed = target is not None and target.id in draft.revealed
        if self._rules.keep_hover == "all" or (self._rules.keep_hover == "revealed" and revealed):
            draft.kept = True

    def _give_up_waiting(self) -> None:
        """The page was not looked at between two gestures: the first has no observation after it."""
        for draft in self._closing:
            self._finish(draft)
        self._closing = []

    @staticmethod
    def _counts(draft: Draft) -> bool:
        return not isinstance(draft, Resting) or draft.kept

    def _finish(self, draft: Draft) -> None:
        draft.over = True
        result = self._result(draft, len(self._steps))
        if isinstance(result, Step):
            self._steps.append(result)
        else:
            self._entries.append(result)

    def _result(self, draft: Draft, seq: int) -> Step | NotRecorded:
        action = draft.action()
        if isinstance(action, str):
            return NotRecorded(what=action, raw=tuple(draft.raw))
        return _step(uid_of(self._episode, draft.first), seq, draft, action)

    def _begin(self, number: int, event: Event) -> Draft | None:
        """The draft that the event starts; None if it starts nothing."""
        if isinstance(event, Hover):
            return Resting(number, event)
        if isinstance(event, Nav | Note):
            return Going(number, event)
        if isinstance(event, Drop):
            return Dropped(number, event)
        gate = gate_of(event)
        if gate is None:
            return None
        match event:
            case Press():
                return Pointer(number, event, gate)
            case Wheel():
                return Scroll(number, event, gate)
            case Opened(widget="dialog"):
                return Replied(number, event, gate)
            case Opened():
                return Chosen(number, event, gate)
            case Key() | Text():
                return _keyboard(number, event, gate)
            case _:
                return None


def _keyboard(number: int, event: Key | Text, gate: Gate) -> Draft | None:
    if gate.focused is not None and begins_typing(event, gate.focused):
        return Typing(number, event, gate, gate.focused)
    return Chord(number, event, gate) if isinstance(event, Key) else None


def _step(uid: str, seq: int, draft: Draft, action: Action) -> Step:
    gate, after = draft.gate, draft.after
    return Step(
        uid=uid,
        seq=seq,
        kind="note" if action.name == "note" else "act",
        action=str(action),
        target=draft.target,
        observation_before=gate.observation,
        observation_after=after.observation if after else None,
        picture_before=gate.picture,
        picture_after=after.picture if after else None,
        changed=tuple(sorted(draft.changed - {"focus"})),
        started=draft.dispatched_at,
        ended=after.observed_at if after else draft.dispatched_at,
        proof=_proof(draft),
        raw=tuple(draft.raw),
    )


def _proof(draft: Draft) -> Proof:
    gate = draft.gate
    return Proof(
        observed_at=gate.observed_at,
        dispatched_at=draft.dispatched_at,
        frame_number=gate.frame,
        mutations=gate.mutations,
        exact=gate.exact,
        late=gate.late,
        stale=gate.stale,
    )
