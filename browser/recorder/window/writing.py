"""A person's keys in a window of their own: bursts of text into one field, and every other key.

The page itself holds back the keys of a secret field; its value comes by a message of its own, for the vault, and the
log gets the keys' times. The newest key of any typing is held as well: the page may put the focus, and with it the key,
into a secret field. A key the browser may have taken for itself waits for word of what became of it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from playwright.async_api import Page

from browser.acting import target_of
from browser.recorder.desk import Desk
from browser.recorder.editing import PICKED_KINDS, begins_typing
from browser.recorder.events import Event, Focus, Gate, Key, Mark, NavAction, Opened, Text
from browser.recorder.secrets import in_sight, slug
from browser.recorder.window.heard import Struck, Unhandled, Written
from browser.recorder.window.sight import Sight, Where

OPENS_LIST = frozenset({" ", "Enter", "F4"})
_ALONE = "F1 F3 F5 F6 F7 F10 F11 F12 Shift+Escape Shift+F5"
_ALT = "ArrowLeft ArrowRight Home d f"
_CONTROL = "Tab Shift+Tab PageUp PageDown Shift+PageUp Shift+PageDown F4 F5 F6 + - = 0 1 2 3 4 5 6 7 8 9"
_LETTERS = "defghjklnoprstuw"
_SHIFTED = "bcdijnortw"
BROWSERS = frozenset(
    [
        *_ALONE.split(),
        *(f"Alt+{key}" for key in _ALT.split()),
        *(f"Control+{key}" for key in (*_CONTROL.split(), *_LETTERS)),
        *(f"Control+Shift+{key}" for key in _SHIFTED),
    ]
)
"""Keys that are the browser's own unless the page takes them (Chromium; Meta counts as Control)."""
LEADING: dict[NavAction, frozenset[str]] = {
    "reload": frozenset(["F5", "Shift+F5", "Control+F5", "Control+r", "Control+Shift+r"]),
    "back": frozenset(["Alt+ArrowLeft"]),
    "forward": frozenset(["Alt+ArrowRight"]),
    "goto": frozenset(["Alt+Home"]),
}
"""Those that lead the page away, which may then not live to say what became of them."""
WORD_S = 1.0
"""So long such a word is waited for before the page is looked at."""


@dataclass(frozen=True)
class _Burst:
    field: Focus
    page_text: str


@dataclass(frozen=True)
class _Doubtful:
    page: Page
    number: int
    event: Key
    gate: Gate
    said: Struck
    since: float


class Writing:
    """The keyboard of one window."""

    def __init__(self, desk: Desk, sight: Sight) -> None:
        self._desk = desk
        self._sight = sight
        self._burst: _Burst | None = None
        self._value: str | None = None
        self._doubtful: _Doubtful | None = None
        desk.journal.flush = self.end
        self.opened: tuple[int, str | None] | None = None
        self.reach: Gate | None = None

    def add(self, event: Event) -> int:
        """Append an event of another kind: the burst ends before it."""
        self.end()
        return self._desk.journal.add(event)

    def end(self) -> None:
        """The burst is over: what was held goes into the log, a secret into the vault."""
        doubtful, self._doubtful = self._doubtful, None
        if doubtful is not None:
            self._struck(doubtful.event, doubtful.gate, doubtful.said)
        burst, self._burst = self._burst, None
        value, self._value = self._value, None
        if burst is None:
            self._keep(value, "")
            return
        journal = self._desk.journal
        if not journal.holding:
            self._keep(value, burst.page_text)
            return
        if not burst.field.secret:
            journal.release(secret=False)
            self._keep(value, burst.page_text)
            return
        told = value if value is not None else journal.typed()
        if self._is_known(told):
            journal.release(secret=False, field=burst.field.model_copy(update={"secret": None}))
            return
        self._keep(told, burst.page_text)
        journal.release(secret=True, field=burst.field.model_copy(update={"length": len(told)}))

    def secret(self, element: str, value: str) -> None:
        """What a secret field holds now, by its id; the newest key of another field's typing may have gone there."""
        journal, burst = self._desk.journal, self._burst
        key = journal.typed() if burst is not None and not burst.field.secret else ""
        if burst is None or not key or key not in value or self._is_known(value):
            self._value = value
            return
        self._burst = None
        self._keep(value, burst.page_text)
        journal.release(secret=True, gate=self._jumped(element, value))

    def _jumped(self, element: str, value: str) -> Gate | None:
        """The last look, with the field that the page has put the focus into."""
        last = self._desk.eyes.last
        target = target_of(last.observation, element) if last is not None else None
        if target is None:
            return None
        field = Focus(target=target, kind="password", editable=True, secret=slug(target.name), length=len(value))
        return self._desk.eyes.stand_in(late=True).model_copy(update={"focused": field})

    async def key(self, where: Where, said: Struck) -> None:
        """A key."""
        event = Key(key=said.key, modifiers=_told(said), dispatched_at=self._sight.moment(said.done))
        if said.goes_on and self._burst is not None:
            self._append(event, self._burst.field)
            return
        self.end()
        gate = await self._sight.gate(where, said)
        event = event.model_copy(update={"gate": gate})
        if _chord(event) in BROWSERS:
            self._doubtful = _Doubtful(where.page, said.n, event, gate, said, time.monotonic())
        else:
            self._struck(event, gate, said)

    def unhandled(self, where: Where, said: Unhandled) -> bool:
        """Word of the key that waited; True if it was the browser's."""
        doubtful = self._doubtful
        if doubtful is None or doubtful.page is not where.page or doubtful.number != said.of:
            return False
        if said.prevented:
            self.end()
            return False
        self._taken(doubtful)
        return True

    def led(self, page: Page, action: NavAction) -> None:
        """The browser did this to the page: a key of its own that does it, and waits for word, was the browser's."""
        doubtful = self._doubtful
        if doubtful is not None and doubtful.page is page and _chord(doubtful.event) in LEADING.get(action, ()):
            self._taken(doubtful)

    @property
    def waiting(self) -> bool:
        """Whether word of a key may still come."""
        return self._doubtful is not None and time.monotonic() - self._doubtful.since < WORD_S

    def _taken(self, doubtful: _Doubtful) -> None:
        """The key was the browser's; its look goes to what the browser did."""
        self._doubtful, self.reach = None, doubtful.gate
        self._desk.journal.add(Mark(what="browser key", detail=_chord(doubtful.event)))

    async def text(self, where: Where, said: Written) -> None:
        """Text no key makes."""
        event = Text(text=said.text, whole=said.whole, dispatched_at=self._sight.moment(said.done))
        if said.goes_on and self._burst is not None:
            self._append(event, self._burst.field)
            return
        self.end()
        gate = await self._sight.gate(where, said)
        field = gate.focused
        event = event.model_copy(update={"gate": gate})
        if field is not None and field.kind in PICKED_KINDS:
            event = event.model_copy(update={"whole": True})
        if field is None or not begins_typing(event, field):
            self._desk.refuse("text was put in with nothing to type it into")
            return
        self._begin(event, field)

    def _struck(self, event: Key, gate: Gate, said: Struck) -> None:
        field = gate.focused
        if field is not None and begins_typing(event, field):
            self._begin(event, field)
            return
        self._desk.journal.add(event)
        opens = event.key in OPENS_LIST or (event.key in ("ArrowDown", "ArrowUp") and event.modifiers == ("Alt",))
        if said.drawn and field is not None and opens:
            self.opened = (self._desk.journal.add(Opened(widget="select")), field.id)

    def _begin(self, event: Key | Text, field: Focus) -> None:
        last = self._desk.eyes.last
        self._append(event, field)
        self._burst = _Burst(field, in_sight(last.observation if last else None))

    def _append(self, event: Key | Text, field: Focus) -> None:
        journal = self._desk.journal
        if not field.secret:
            journal.release(secret=False)  # the key before it is known by now to have gone there
        journal.hold(event)

    def _keep(self, value: str | None, page_text: str) -> None:
        if value and not self._is_known(value):
            self._desk.vault.keep(value, page_text)

    def _is_known(self, value: str) -> bool:
        """Whether the objective itself spells the value out, and the recording is of that kind."""
        return self._desk.options.known_secrets and bool(value) and value in self._desk.options.objective


def _told(said: Struck) -> tuple[str, ...]:
    """The modifiers worth telling: Shift is part of a character."""
    return tuple(m for m in said.mods if m != "Shift") if said.key is None or len(said.key) == 1 else said.mods


def _chord(event: Key) -> str:
    shift = "Shift+" if event.key and len(event.key) == 1 and event.key.isupper() else ""
    names = ["Control" if name == "Meta" else name for name in event.modifiers]
    key = event.key or ""
    return "+".join([*names, f"{shift}{key.lower()}" if len(key) == 1 else key])
