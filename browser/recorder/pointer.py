"""A person's pointer: presses behind their gate, drags, the wheel, hovers, and the pointer coming to rest.

Each method puts input into the page and the raw log and returns the number of the raw event the input belongs to. The
order of inputs is the queue's (`recording`).
"""

from __future__ import annotations

from browser.errors import BrowserError
from browser.recorder.beneath import dropped_on
from browser.recorder.desk import Desk
from browser.recorder.events import Gate, Hover, Mark, Press, Release, Settled, Wheel
from browser.recorder.eyes import under
from browser.recorder.messages import Mouse, Point, Turn
from browser.recorder.widgets import Widgets
from traces.model import Observation, Target

NEAR = 5.0
"""CSS pixels within which a press stays in place: not a drag, and the second press of a double click."""
BURST_MS = 400.0
REVEALED = 200
REACH = 100.0
"""How far the words of what the pointer rests on may lie from it, in CSS pixels."""
PICKERS = frozenset({"textbox", "combobox", "listbox"})
"""Roles of what may have a native picker: that is looked for before the next input, elsewhere when there is time."""


class PointerInput:
    """The pointer of one recording."""

    def __init__(self, desk: Desk, widgets: Widgets) -> None:
        self._desk = desk
        self._widgets = widgets
        self._pressed: tuple[float, float] | None = None
        self._picked: tuple[Observation | None, str | None] = (None, None)
        self._number: int | None = None
        self._role = ""
        self._swallow = False
        self._turned: tuple[float, tuple[int, int], int] | None = None
        self._shape = ""

    async def mouse(self, message: Mouse) -> int | None:
        """A button down or up; moves come through `move`."""
        if message.kind == "down":
            return await self._down(message)
        return await self._up(message)

    async def move(self, x: float, y: float) -> None:
        """The pointer moves; nothing is looked at."""
        await self._desk.hands.move(x, y)

    async def wheel(self, message: Turn) -> int | None:
        """A turn of the wheel: behind a gate if it begins a burst."""
        way = (_sign(message.dx), _sign(message.dy))
        burst = self._in_burst(way)
        gate = None
        if not burst and not self._desk.paused:
            gate = await self._desk.eyes.gate((message.x, message.y), message.frame, (message.dx, message.dy))
            if self._widgets.waiting:
                return self._desk.refuse("the wheel was turned while a dialog was open")
        number = self._log(
            Wheel(gate=gate, x=message.x, y=message.y, dx=message.dx, dy=message.dy, dispatched_at=self._desk.clock())
        )
        await self._desk.hands.wheel(message.x, message.y, message.dx, message.dy)
        self._turned = (self._desk.clock(), way, number) if number is not None else None
        return number

    async def hover(self, message: Point) -> int | None:
        """An intended hover."""
        gate = await self._gate(message.x, message.y, message.frame)
        event = gate and Hover(gate=gate, x=message.x, y=message.y, explicit=True, dispatched_at=self._desk.clock())
        number = self._log(event) if event else None
        await self._desk.hands.move(message.x, message.y)
        return number

    async def rest(self) -> bool:
        """The pointer has come to rest: note what that revealed. Tells whether the page was looked at anew."""
        x, y = self._desk.hands.position
        await self._tell_cursor(x, y)
        last = self._desk.eyes.last
        if last is None or self._desk.paused:
            return False
        look = await self._desk.eyes.glance((x, y))
        await self._desk.eyes.remember(look, (x, y))
        before, now = last.observation.boxes.keys(), look.observation.boxes.keys()
        if look.page is not last.page or before == now or self._widgets.waiting:
            return False
        if now - before:
            known = look.hit is not None and look.hit.id in before
            target = look.hit if known else under(last.observation, (x, y), REACH)
            self._log(self._rested(target, sorted(now - before)[:REVEALED]))
        self._desk.journal.add(await self._desk.eyes.settled())
        return True

    def _rested(self, target: Target | None, revealed: list[str]) -> Hover:
        """What the pointer's rest revealed; the page before it is the last look."""
        x, y = self._desk.hands.position
        gate = self._desk.eyes.stand_in((x, y), held=True).model_copy(update={"target": target})
        return Hover(gate=gate, x=x, y=y, revealed=tuple(revealed), dispatched_at=self._desk.clock())

    def released(self) -> None:
        """A button that nobody lets go of any more comes up where the pointer is (the view is gone, or it is over)."""
        at = self._desk.hands.position
        if self._pressed is not None and self._desk.hands.holding:
            moved = not _near(self._pressed, at)
            gate = self._beneath(self._desk.eyes.stand_in(at, held=True), at) if moved else None
            self._log(Release(gate=gate, x=at[0], y=at[1], dispatched_at=self._desk.clock()))
        self._forget()

    def _forget(self) -> None:
        self._pressed, self._swallow = None, False

    async def _down(self, message: Mouse) -> int | None:
        gate = None
        if not self._again(message):
            gate = await self._gate(message.x, message.y, message.frame)
            if self._widgets.waiting:
                return self._desk.refuse("a press while a dialog was open: answer it first")
        found = await self._widgets.lists.at(gate) if gate is not None else None
        if found is not None:
            gate = found[1]
        if gate is not None:
            self._widgets.pressed = gate.target.id if gate.target else None
            self._role = gate.target.role if gate.target else ""
            last = self._desk.eyes.last
            self._picked = (last.observation if last else None, gate.target.id if gate.target else None)
        self._pressed = (message.x, message.y)
        self._number = self._log(
            Press(
                gate=gate,
                x=message.x,
                y=message.y,
                button=message.button,
                modifiers=message.modifiers,
                count=message.click_count,
                dispatched_at=self._desk.clock(),
            )
        )
        if found is not None and gate is not None and message.button == "left" and not found[0].drops:
            self._swallow = True
            self._widgets.lists.open(found[0], gate.target.name if gate.target else "")
            return self._number
        await self._desk.hands.down(message.x, message.y, message.button, message.click_count, message.modifiers)
        return self._number

    async def _up(self, message: Mouse) -> int | None:
        if self._swallow:
            self._forget()
            return self._number
        if not self._desk.hands.holding:
            return self._number
        gate = None
        if self._moved(message):
            await self._desk.hands.move(message.x, message.y)
            gate = await self._gate(message.x, message.y, message.frame)
            gate = self._beneath(gate, (message.x, message.y)) if gate else None
        self._log(Release(gate=gate, x=message.x, y=message.y, dispatched_at=self._desk.clock()))
        self._pressed = None
        await self._desk.hands.up(message.x, message.y, message.click_count)
        await self._shown_outside(message)
        return self._number

    async def _shown_outside(self, message: Mouse) -> None:
        """What the press made Chromium show where no screencast sees it gets a widget of ours."""
        if message.button == "right":
            self._widgets.offers.right_pressed = (message.x, message.y)
        elif self._role in PICKERS:
            await self._widgets.notice()

    async def _gate(self, x: float, y: float, frame: int | None) -> Gate | None:
        return None if self._desk.paused else await self._desk.eyes.gate((x, y), frame)

    def _moved(self, message: Mouse) -> bool:
        return self._pressed is not None and not _near(self._pressed, (message.x, message.y))

    def _beneath(self, gate: Gate, point: tuple[float, float]) -> Gate:
        return dropped_on(gate, *self._picked, point)

    def _again(self, message: Mouse) -> bool:
        """Whether this press belongs to the click before it."""
        if message.click_count < 2 or self._desk.paused or self._number is None:
            return self._desk.paused
        events = [raw.event for raw in self._desk.journal.recent[-6:]]
        events = [event for event in events if not isinstance(event, Settled | Mark)]
        last = events[-1] if events else None
        return isinstance(last, Release) and last.gate is None and _near((last.x, last.y), (message.x, message.y))

    def _in_burst(self, way: tuple[int, int]) -> bool:
        if self._turned is None:
            return False
        at, before, number = self._turned
        last = self._desk.journal.recent[-1]
        return before == way and self._desk.clock() - at < BURST_MS and last.number == number

    def _log(self, event: Press | Release | Wheel | Hover) -> int | None:
        return None if self._desk.paused else self._desk.journal.add(event)

    async def _tell_cursor(self, x: float, y: float) -> None:
        try:
            shape = await self._desk.tabs.observer.cursor(x, y)
        except BrowserError:
            return
        if shape != self._shape:
            self._shape = shape
            self._desk.tell({"type": "cursor", "shape": shape})


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _near(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return abs(a[0] - b[0]) <= NEAR and abs(a[1] - b[1]) <= NEAR
