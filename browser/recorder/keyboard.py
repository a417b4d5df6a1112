"""A person's keyboard: bursts of text into one field behind one gate, every other key behind its own.

Before each key of a burst the page is asked whether the same element still has the keyboard. What is typed into a
secret field stays in memory: the log gets its keys without what they were, the vault its value.
"""

from __future__ import annotations

from dataclasses import dataclass

from browser.errors import BrowserError
from browser.recorder.desk import Desk
from browser.recorder.editing import ERASE, MODIFIER_KEYS, PICKED_KINDS, begins_typing, edits
from browser.recorder.events import Focus, Gate, Key, Text
from browser.recorder.messages import KeyMessage, PickMessage, TextMessage
from browser.recorder.secrets import in_sight
from browser.recorder.widgets import Widgets
from browser.recorder.withholding import Withheld
from traces.model import Target

NOWHERE = Focus(target=Target(id=None, role="generic", name=""))
OPENS_LIST = frozenset({" ", "Enter", "F4"})
OPENS_PICKER = OPENS_LIST | {"ArrowDown", "ArrowUp"}


@dataclass
class _Burst:
    """Keys into one field. `doubtful`: the page did not say that they go there, so all are held until it does."""

    field: Focus
    page_text: str
    doubtful: bool = False


class KeyboardInput:
    """The keyboard of one recording."""

    def __init__(self, desk: Desk, widgets: Widgets) -> None:
        self._desk = desk
        self._widgets = widgets
        self._burst: _Burst | None = None
        self._number: int | None = None
        self._picks = False
        self._withheld = Withheld(desk)
        desk.journal.flush = self.end_now

    async def key(self, message: KeyMessage) -> int | None:
        """A key down or up; returns the number of the raw event it belongs to."""
        hands = self._desk.hands
        if message.key in MODIFIER_KEYS:
            if message.kind == "up":
                await hands.release(message.key)
            return self._number
        if message.kind == "up":
            await hands.key_up(message.key)
            return self._number
        if message.key in ("c", "C", "x", "X") and "Control" in message.modifiers:
            await self._copy()
        event = Key(key=message.key, modifiers=_told(message), dispatched_at=self._desk.clock())
        if await self._logged(event, message.frame):
            await hands.key_down(message.key, message.modifiers)
            if self._picks and message.key in OPENS_PICKER:
                await self._widgets.notice()
        return self._number

    async def text(self, message: TextMessage) -> int | None:
        """Text that no key makes."""
        event = Text(text=message.text, paste=message.paste, dispatched_at=self._desk.clock())
        if await self._logged(event, message.frame):
            await self._put(message)
        return self._number

    async def pick(self, message: PickMessage) -> int | None:
        """A suggestion under the field takes the place of what it holds."""
        element = self._widgets.offers.suggested(message.id, message.value)
        if element is None or await self._desk.eyes.focus_id() != element:
            return self._desk.refuse(f"the suggestion {message.value[:60]!r}: it is not offered any more")
        event = Text(text=message.value, whole=True, dispatched_at=self._desk.clock())
        if await self._logged(event, message.frame):
            await self._desk.tabs.observer.ask("setValue", element, text=message.value)
        return self._number

    async def _put(self, message: TextMessage) -> None:
        """Text into the page: as a paste of the page's own where it takes one, whole where keys cannot type it."""
        field = self._burst.field if self._burst else None
        if field is not None and field.id is not None and field.kind in PICKED_KINDS:
            await self._desk.tabs.observer.ask("setValue", field.id, text=message.text)
        elif not (message.paste and await self._pasted(message.text, field.id if field else None)):
            hands = self._desk.hands
            await (hands.compose(message.text) if message.composed else hands.text(message.text))

    async def _pasted(self, text: str, element: str | None) -> bool:
        """Whether the page took the text by a paste event (rich editors do)."""
        try:
            return bool(await self._desk.tabs.observer.ask("pasteInto", element or "", text=text))
        except BrowserError:
            return False

    async def end(self) -> None:
        """The burst is over: what is held goes into the log."""
        if self._desk.paused:
            await self._withheld.in_pause()
        elif self._burst is not None and self._burst.field.secret:
            await self._withheld.learn(self._burst.field, self._burst.page_text)
        elif self._burst is not None and self._desk.journal.holding:
            await self._withheld.newest(self._burst.field, self._burst.page_text, self._burst.doubtful)
        self.end_now()

    def end_now(self) -> None:
        """The same where the page cannot be asked any more."""
        burst, self._burst = self._burst, None
        if burst is None or not self._desk.journal.holding:
            return
        if burst.field.secret:
            self._withheld.release(burst.field, burst.page_text)
        else:
            self._desk.journal.release(secret=burst.doubtful)

    async def _copy(self) -> None:
        """Give the person what they copy in the page; it is no part of the recording."""
        try:
            focus = await self._desk.eyes.focus_id()
            text = self._desk.vault.blank(await self._desk.tabs.observer.ask("selectedText", focus))
        except BrowserError:
            return
        if text:
            self._desk.tell({"type": "clipboard", "text": text})

    async def _logged(self, event: Key | Text, frame: int | None) -> bool:
        """Put the key into the log; tells whether it is to go into the page."""
        if self._desk.paused:
            await self._withheld.in_pause()
            return True
        if self._burst is not None and await self._continues(event, self._burst):
            await self._append(event, self._burst)
            return True
        await self.end()
        gate = await self._desk.eyes.gate(frame=frame)
        if self._widgets.waiting:
            self._number = self._desk.refuse("a key while a dialog was open: answer it first")
            return False
        return await self._begin(event.model_copy(update={"gate": gate, "dispatched_at": self._desk.clock()}), gate)

    async def _begin(self, event: Key | Text, gate: Gate) -> bool:
        field = gate.focused
        self._widgets.pressed = field.id if field else None
        self._picks = field is not None and (field.kind in PICKED_KINDS or field.select)
        if isinstance(event, Text) and field is not None and field.id is not None and field.kind in PICKED_KINDS:
            problem = await self._desk.tabs.observer.ask("wouldTake", field.id, text=event.text)
            if problem:
                self._number = self._desk.refuse(f"text put into ‘{field.target.name[:60]}’: {problem}")
                return False
            event = event.model_copy(update={"whole": True})
        doubtful = gate.late and (isinstance(event, Text) or len(event.key or "") == 1 or event.key in ERASE)
        if doubtful or (field is not None and begins_typing(event, field)):
            last = self._desk.eyes.last
            self._number = self._desk.journal.hold(event)
            self._burst = _Burst(field or NOWHERE, in_sight(last.observation if last else None), doubtful)
            return True
        if isinstance(event, Text):
            self._number = self._desk.refuse(await self._nowhere(event))
            return False
        self._number = self._desk.journal.add(event)
        return not await self._opens_list(event, field)

    async def _nowhere(self, event: Text) -> str:
        """Text without a field: a page may still take a paste by itself."""
        if not event.paste:
            return "text was typed with nothing to type it into"
        taken = await self._pasted(event.text or "", None)
        return "text was pasted where no field has the keyboard" + (": the page took it by itself" if taken else "")

    async def _continues(self, event: Key | Text, burst: _Burst) -> bool:
        """Whether the event goes on with the burst: more text, into an element that still has the keyboard."""
        if not edits(event, burst.field) or (isinstance(event, Key) and _looked_at(event, burst.field)):
            return False
        try:
            now = await self._desk.eyes.focus_id()
            still = now == burst.field.id or await self._put_in_its_place(now, burst.field)
        except BrowserError:
            burst.doubtful = True
            return True
        burst.doubtful = burst.doubtful and not still
        return still

    async def _put_in_its_place(self, now: str, field: Focus) -> bool:
        """Whether the page has drawn the field anew, as frameworks may do after each key."""
        if not now or await self._desk.tabs.observer.ask("kindOf", field.id or "") is not None:
            return False
        look = await self._desk.eyes.glance()
        return field.same(look.focus)

    async def _append(self, event: Key | Text, burst: _Burst) -> None:
        """Another key of the burst; the one before it is known by now to have gone into the field."""
        if burst.field.secret:
            await self._withheld.learn(burst.field, burst.page_text)
        elif self._desk.journal.holding and not burst.doubtful:
            self._desk.journal.release(secret=False)
        self._burst = burst  # a tab or a view that came or went meanwhile may have ended it
        self._number = self._desk.journal.hold(event)

    async def _opens_list(self, event: Key, field: Focus | None) -> bool:
        """A key that would open a native list opens ours instead."""
        if field is None or not field.select or field.id is None or event.modifiers:
            return False
        listing = await self._widgets.lists.of(field.id) if event.key in OPENS_LIST else None
        if listing is None or (listing.multiple and event.key == " "):
            return False
        self._widgets.lists.open(listing, field.target.name)
        return True


def _looked_at(event: Key, field: Focus) -> bool:
    """Whether the page is looked at before the key, though it belongs to the typing."""
    return event.key == "Enter" or _command(event) or (field.unseen and event.key == "Backspace")


def _command(event: Key) -> bool:
    return bool({"Alt", "Control", "Meta"} & set(event.modifiers))


def _told(message: KeyMessage) -> tuple[str, ...]:
    """The modifiers worth telling: Shift is part of a character."""
    return tuple(m for m in message.modifiers if m != "Shift") if len(message.key) == 1 else message.modifiers
