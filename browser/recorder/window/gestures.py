"""A person's gestures in a window as raw events: presses, drags, the wheel, and what the browser's own pickers gave.

The page has had them already. Keys are `writing`'s, the order of things is `source`'s.
"""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from browser.acting import target_of
from browser.recorder.beneath import dropped_on
from browser.recorder.desk import Desk
from browser.recorder.events import Answer, Button, Drop, Gate, Key, Opened, Press, Release, Wheel, Widget
from browser.recorder.window.heard import Cancelled, Chosen, Down, Files, Heard, Struck, Turned, Up, Value, Written
from browser.recorder.window.sight import Sight, Where
from browser.recorder.window.writing import Writing
from traces.model import Observation

BUTTONS: dict[int, Button] = {0: "left", 1: "middle", 2: "right"}


@dataclass
class _Pressed:
    """The gesture a picker's answer belongs to: the raw number of its question, the element, the page it was on."""

    opened: int | None = None
    element: str | None = None
    down: bool = False
    seen: Observation | None = None


class Gestures:
    """Turns what was said of one gesture into raw events."""

    def __init__(self, desk: Desk, sight: Sight, writing: Writing) -> None:
        self._desk = desk
        self._sight = sight
        self._writing = writing
        self._pressed = _Pressed()

    @property
    def down(self) -> bool:
        """Whether a button is held."""
        return self._pressed.down

    @property
    def asking(self) -> bool:
        """Whether a list of the browser's own is open."""
        return self._pressed.opened is not None

    def release(self) -> None:
        """Wait for the button no longer: something else took its release."""
        self._pressed.down = False

    def take(self, where: Where, said: Heard) -> Coroutine[Any, Any, None]:
        """One gesture; a list that was open before it gave nothing."""
        if isinstance(said, Struck) and self._in_list(said):
            return self._nothing()
        if not isinstance(said, Chosen | Files | Value | Up | Cancelled):
            self.nothing_chosen()
        match said:
            case Down():
                return self._down(where, said)
            case Up():
                return self._up(where, said)
            case Turned():
                return self._turned(where, said)
            case Struck():
                return self._struck(where, said)
            case Written():
                return self._writing.text(where, said)
            case Chosen() | Files() | Value():
                return self._picked(said)
            case _:
                return self._cancelled()

    async def _down(self, where: Where, said: Down) -> None:
        button = BUTTONS[said.button]
        self._writing.end()
        gate = await self._pressed_gate(where, said) if said.count == 1 else None
        at = self._sight.moment(said.done)
        mods = said.mods
        event = Press(gate=gate, x=said.x, y=said.y, button=button, modifiers=mods, count=said.count, dispatched_at=at)
        self._writing.add(event)
        self._pressed = _Pressed(down=button == "left" and not said.list)
        target = gate.target.id if gate is not None and gate.target is not None else None
        self._pressed.element = said.list or target
        self._pressed.seen = last.observation if (last := self._desk.eyes.last) is not None else None
        if said.list and button == "left" and not said.disabled and gate is not None:
            self._pressed.opened = self._writing.add(Opened(widget="select"))

    async def _pressed_gate(self, where: Where, said: Down) -> Gate:
        gate = await self._sight.gate(where, said, (said.x, said.y))
        last = self._desk.eyes.last
        whole = target_of(last.observation, said.list) if said.list and last is not None else None
        if whole is None or (gate.target is not None and gate.target.id == said.list):
            return gate
        return gate.model_copy(update={"target": whole.model_copy(update={"point": (said.x, said.y)})})

    async def _up(self, where: Where, said: Up) -> None:
        point = (said.x, said.y)
        if said.files:
            await self._dropped(where, said)
            return
        if not self._pressed.down:
            return
        self._pressed.down = False
        moved = await self._sight.gate(where, said, point) if said.seen is not None or said.drag else None
        gate = dropped_on(moved, self._pressed.seen, self._pressed.element, point) if moved else None
        self._writing.add(Release(gate=gate, x=said.x, y=said.y, dispatched_at=self._sight.moment(said.done)))

    async def _dropped(self, where: Where, said: Up) -> None:
        """Files that came from outside the browser."""
        gate = await self._sight.gate(where, said, (said.x, said.y))
        at = self._sight.moment(said.done)
        self._writing.add(Drop(gate=gate, x=said.x, y=said.y, files=said.files, dispatched_at=at))

    def _in_list(self, said: Struck) -> bool:
        """Whether the key went to the browser's own list that is open."""
        return self._pressed.opened is not None and said.drawn and said.key not in ("Tab", "Escape", None)

    async def _nothing(self) -> None:
        """It is no gesture of its own."""

    async def _cancelled(self) -> None:
        """A touch that became a scroll: the press was none."""
        self._pressed.down = False

    async def _turned(self, where: Where, said: Turned) -> None:
        if said.seen is not None:
            self._writing.end()
        gate = await self._sight.gate(where, said, (said.x, said.y)) if said.seen is not None else None
        at = self._sight.moment(said.done)
        self._writing.add(Wheel(gate=gate, x=said.x, y=said.y, dx=said.dx, dy=said.dy, dispatched_at=at))

    async def _struck(self, where: Where, said: Struck) -> None:
        self._pressed = _Pressed()
        await self._writing.key(where, said)
        if self._writing.opened is not None:
            self._pressed = _Pressed(*self._writing.opened)
            self._writing.opened = None

    async def _picked(self, said: Chosen | Files | Value) -> None:
        """What a list, a picker or a file chooser of the browser's own gave."""
        values = self._values(said)
        at = self._sight.moment(said.done)
        opened = self._pressed.opened
        if opened is None or self._pressed.element != said.id:
            opened = self._question(said)
        if opened is not None:
            self._writing.add(Answer(to=opened, accepted=bool(values), values=values, dispatched_at=at))
        self._pressed.opened = None

    def _values(self, said: Chosen | Files | Value) -> tuple[str, ...]:
        if isinstance(said, Value):
            name = self._desk.eyes.last and target_of(self._desk.eyes.last.observation, said.id)
            return (said.value if said.value is not None else "{SECRET:" + (name.name if name else "secret") + "}",)
        return tuple(self._desk.vault.blank(value) for value in said.values)

    def _question(self, said: Chosen | Files | Value) -> int | None:
        """The question such an answer belongs to, as far as it was not known before that it was asked."""
        events = [raw.event for raw in self._desk.journal.recent[-8:]]
        gestures = [event for event in events if isinstance(event, Press | Key | Drop | Wheel)]
        last = gestures[-1] if gestures else None
        if isinstance(said, Files):
            return None if isinstance(last, Drop) else self._writing.add(self._opened("chooser", last, said.id))
        if isinstance(said, Chosen):
            return None if isinstance(last, Key) else self._writing.add(self._opened("select", last, said.id))
        return self._writing.add(self._opened("value", last, said.id))

    def _opened(self, widget: Widget, last: object, element: str) -> Opened:
        """Asked by the gesture before, if that was about this element or may open a chooser; else by the field."""
        mine = isinstance(last, Press) and (self._pressed.element == element or widget == "chooser")
        if mine or (isinstance(last, Key) and widget != "select"):
            return Opened(widget=widget)
        gate = self._desk.eyes.stand_in(held=True)
        seen = self._desk.eyes.last
        target = target_of(seen.observation, element) if seen else None
        return Opened(widget=widget, gate=gate.model_copy(update={"target": target}))

    def nothing_chosen(self) -> None:
        """The next gesture has come: a list that was opened gave nothing."""
        opened, self._pressed.opened = self._pressed.opened, None
        if opened is not None and not self._desk.paused:
            self._writing.add(Answer(to=opened, accepted=False, dispatched_at=self._desk.clock()))
