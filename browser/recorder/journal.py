"""The raw log as it grows, its reading as steps, and what of both is stored and told to the views.

Keys are held in memory until the field they went to is known: those of a secret field go into the log without what
they were. Steps are written as they change, and told to the views once they are in the file: a process that is killed
has every step that somebody was told of.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from browser.recorder.events import Event, Focus, Gate, Key, RawEvent, Text, body_of, read_event
from browser.recorder.marks import CallBegun, CallEnded
from browser.recorder.normalise import Normaliser, NotRecorded, Reading, Rules
from browser.recorder.options import Clock
from store.errors import StoreError
from traces.model import Step
from traces.reader import EpisodeReader
from traces.sentences import sentence
from traces.writer import EpisodeWriter

Tell = Callable[[dict[str, Any]], None]
RECENT = 12
"""So many of the newest events are kept in memory; the file has them all."""


class Journal:
    """Raw events in, steps out. Use on the browser's thread.

    `length` is how many events there are, held keys left out; `stored` how many final steps are in the file; `failed`
    is called when something told of could not be written.
    """

    def __init__(self, writer: EpisodeWriter, clock: Clock, tell: Tell, rules: Rules | None = None) -> None:
        self._writer = writer
        self._clock = clock
        self._tell = tell
        self._fold = Normaliser(writer.episode.id, rules or Rules())
        self._recent: deque[RawEvent] = deque(maxlen=RECENT)
        self._calls: list[RawEvent] = []
        self._held: list[RawEvent] = []
        self._written: tuple[Step, ...] = ()
        self._told = 0
        self._final = 0
        self._mistakes: frozenset[str] = frozenset()
        self.length = 0
        self.stored = 0
        self.flush: Callable[[], None] = self.release
        self.failed: Callable[[StoreError], None] = lambda _: None

    @property
    def recent(self) -> tuple[RawEvent, ...]:
        """The newest events, at most RECENT, held keys left out."""
        return tuple(self._recent)

    @property
    def calls(self) -> tuple[RawEvent, ...]:
        """The marks that begin and end calls, all of them."""
        return tuple(self._calls)

    def log(self) -> tuple[RawEvent, ...]:
        """All events so far, read from the file; held keys left out. Raises StoreError."""
        self._writer.flush()
        with EpisodeReader(self._writer.path) as reader:
            return tuple(read_event(*row) for row in reader.raw())

    @property
    def reading(self) -> Reading:
        """What the log amounts to so far."""
        return self._fold.reading()

    @property
    def holding(self) -> bool:
        """Whether keys are held."""
        return bool(self._held)

    def add(self, event: Event) -> int:
        """Append an event; returns its number. Held keys come before it: `flush` says what becomes of them."""
        if self._held:
            self.flush()
        raw = RawEvent(self.length + 1, self._clock(), event)
        self._append(raw)
        return raw.number

    def hold(self, event: Key | Text) -> int:
        """Keep a key in memory until `release`; returns the number it will have."""
        number = self.length + len(self._held) + 1
        self._held.append(RawEvent(number, self._clock(), event))
        return number

    def typed(self) -> str:
        """What the held keys spell: characters, pasted text, Backspace applied."""
        return self.spelled()[-1]

    def spelled(self) -> tuple[str, ...]:
        """What they spelled after each of them, the empty text before the first."""
        texts = [""]
        for raw in self._held:
            event, text = raw.event, texts[-1]
            if isinstance(event, Text):
                text = (event.text or "") if event.whole else text + (event.text or "")
            elif isinstance(event, Key) and event.key == "Backspace":
                text = text[:-1]
            elif isinstance(event, Key) and event.key is not None and len(event.key) == 1 and not event.modifiers:
                text += event.key
            texts.append(text)
        return tuple(texts)

    def release(self, secret: bool = True, field: Focus | None = None, gate: Gate | None = None) -> None:
        """Write the held keys; `secret` leaves out which they were.

        `field` corrects where the first one went, `gate` gives it another look at the page than the burst's.
        """
        held, self._held = self._held, []
        for index, raw in enumerate(held):
            event = _silent(raw.event) if secret else raw.event
            if index == 0 and isinstance(event, Key | Text):
                event = _led(event, field, gate)
            self._append(replace(raw, event=event))

    def holder(self, number: int) -> Step | NotRecorded | None:
        """The step or entry an event belongs to as things stand."""
        return self._fold.holder(number)

    async def commit(self) -> None:
        """Store what changed of the steps; the views are told once it is in the file."""
        reading = self.reading
        first = _first_difference(self._written, reading.steps)
        if first < max(len(self._written), len(reading.steps)):
            await asyncio.to_thread(self._writer.replace_from, first, reading.steps[first:])
        changed, self._mistakes = self._mistakes ^ reading.mistakes, reading.mistakes
        messages = [*self._steps_told(reading, min(first, self._final), changed), *self._entries(reading.not_recorded)]
        self._written, self._final = reading.steps, reading.final
        if messages:
            self.then(lambda: self._tell_all(messages, reading.final))

    def then(self, do: Callable[[], None]) -> None:
        """Do it once everything so far is in the file; in the order of the calls."""
        stored = asyncio.wrap_future(self._writer.kept())
        stored.add_done_callback(lambda done: self._done(done, do))

    def shown(self, step: Step, final: int) -> dict[str, Any]:
        """The step as the views are told of it."""
        target, proof = step.target, step.proof
        thumb = f"/stepscope/episodes/{self._writer.episode.id}/thumbs/{step.picture_before}"
        return {
            "uid": step.uid,
            "seq": step.seq,
            "action": step.action,
            "sentence": sentence(step),
            "target": {"id": target.id, "role": target.role, "name": target.name} if target else None,
            "thumb": thumb if step.picture_before else None,
            "late": bool(proof and proof.late),
            "exact": bool(proof and proof.exact),
            "stale": bool(proof and proof.stale),
            "provisional": step.seq >= final,
            "mistake": step.uid in self._mistakes,
        }

    def _done(self, stored: asyncio.Future[None], do: Callable[[], None]) -> None:
        error = None if stored.cancelled() else stored.exception()
        if isinstance(error, StoreError):
            self.failed(error)
        elif error is None and not stored.cancelled():
            do()

    def _tell_all(self, messages: list[dict[str, Any]], final: int) -> None:
        self.stored = final
        for message in messages:
            self._tell(message)

    def _append(self, raw: RawEvent) -> None:
        self.length += 1
        raw = replace(raw, number=self.length)
        self._recent.append(raw)
        if isinstance(raw.event, CallBegun | CallEnded):
            self._calls.append(raw)
        self._writer.raw(raw.event.kind, raw.at, body_of(raw.event))
        self._fold.feed(raw)

    def _steps_told(self, reading: Reading, first: int, changed: frozenset[str]) -> Iterator[dict[str, Any]]:
        known = {step.uid: step for step in self._written}
        for uid in known.keys() - {step.uid for step in reading.steps}:
            yield {"type": "step_removed", "uid": uid}
        for step in reading.steps[min([first, *(s.seq for s in reading.steps if s.uid in changed)]) :]:
            newly_final = self._final <= step.seq < reading.final
            if step != known.get(step.uid) or newly_final or step.uid in changed:
                kind = "step_update" if step.uid in known else "step"
                yield {"type": kind, **self.shown(step, reading.final)}

    def _entries(self, entries: tuple[NotRecorded, ...]) -> Iterator[dict[str, Any]]:
        for index in range(self._told, len(entries)):
            yield {"type": "not_recorded", "what": entries[index].what, "count": index + 1}
        if len(entries) != self._told:
            self._told = len(entries)
            self._writer.update(not_recorded=tuple(entry.what for entry in entries))


def _led(event: Key | Text, field: Focus | None, gate: Gate | None) -> Key | Text:
    """The event with another gate, or with another field in its own."""
    if gate is not None:
        return event.model_copy(update={"gate": gate})
    if field is None or event.gate is None:
        return event
    return event.model_copy(update={"gate": event.gate.model_copy(update={"focused": field})})


def _silent(event: Event) -> Event:
    if isinstance(event, Key):
        return event.model_copy(update={"key": None})
    return event.model_copy(update={"text": None}) if isinstance(event, Text) else event


def _first_difference(old: tuple[Step, ...], new: tuple[Step, ...]) -> int:
    for index, (before, now) in enumerate(zip(old, new, strict=False)):
        if before != now:
            return index
    return min(len(old), len(new))
