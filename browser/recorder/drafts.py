"""Steps in the making: one small state machine per kind of gesture.

A draft takes in the events that belong to it (`take`) and says at any time what it amounts to (`action`, or the reason
why that is no step). Which drafts follow on each other, merge and close is left to `normalise`.
"""

from __future__ import annotations

from collections.abc import Iterable

from browser.recorder.editing import CARET, COMMANDS, VALUE_KINDS, character, edits, is_empty, plain_backspace
from browser.recorder.events import (
    Answer,
    Event,
    Focus,
    Gate,
    Hover,
    Key,
    Nav,
    Note,
    Opened,
    Point,
    Press,
    Release,
    Text,
    Wheel,
)
from traces.actions import Action
from traces.model import Target


class Draft:
    """What all drafts share: where it began, the raw numbers in it, and what is known of the page after."""

    def __init__(self, number: int, gate: Gate, dispatched_at: float) -> None:
        self.first = number
        self.gate = gate
        self.dispatched_at = dispatched_at
        self.raw = [number]
        self.after: Point | None = None
        self.changed: set[str] = set()
        self.since: set[str] = set()
        self.over = False

    @property
    def target(self) -> Target | None:
        """The element it is about, if it has an id."""
        target = self.gate.target
        return target if target is not None and target.id is not None else None

    def action(self) -> Action | str:
        """The action, or the reason why there is none (text for the list of what was not recorded)."""
        raise NotImplementedError

    def take(self, number: int, event: Event) -> bool:
        """Take the event in if it belongs to this gesture."""
        taken = self._takes(number, event)
        if taken:
            self.raw.append(number)
            self.after = None
        return taken

    def leads_to(self, field: Focus) -> bool:
        """Whether typing into `field` may swallow this draft, were it to change nothing but the focus."""
        return False

    def see(self, point: Point) -> None:
        """A new look at the page while this draft is the last one."""
        self.since |= set(point.changed)
        if self.after is None:
            self.after = point
            self.changed |= set(point.changed)

    @property
    def moved_focus_only(self) -> bool:
        """Whether nothing on the page changed since but the focus (and pixels)."""
        return not self.since & {"url", "title", "text", "tabs"}

    def _takes(self, number: int, event: Event) -> bool:
        return False


class Pointer(Draft):
    """A click of any kind, a drag, a choice from a list or picker, an upload: whatever began with a press."""

    def __init__(self, number: int, event: Press, gate: Gate) -> None:
        super().__init__(number, gate, event.dispatched_at)
        self.press = event
        self.count = event.count
        self.released = False
        self.drop: Gate | None = None
        self.drop_at: tuple[float, float] | None = None
        self.opened: tuple[int, str] | None = None
        self.answer: Answer | None = None
        self.slid: str | None = None

    def leads_to(self, field: Focus) -> bool:
        """A plain click into the field itself."""
        plain = self.count == 1 and self.press.button == "left" and not self.press.modifiers and self.drop is None
        unanswered = self.opened is None or (self.opened[1] == "value" and not self._accepted)
        return plain and unanswered and self.target is not None and self.target.id == field.id

    def see(self, point: Point) -> None:
        """Remember where a slider came to stand."""
        super().see(point)
        seen = point.focused
        if seen is not None and seen.kind == "range" and self.target is not None and seen.id == self.target.id:
            self.slid = seen.value

    @property
    def _accepted(self) -> bool:
        return self.answer is not None and self.answer.accepted

    def action(self) -> Action | str:
        """Click, double click, right click, drag, select, type or upload of an element that has an id."""
        if self.target is None or self.target.id is None:
            return f"{self._said()} at ({self.press.x:.0f}, {self.press.y:.0f}): nothing there has an id"
        if self.opened is not None:
            return self._answered(self.target.id)
        if self.slid is not None and self.press.button == "left":
            return Action("type", (self.target.id, self.slid, "0"))
        if self.drop is not None:
            return self._dragged(self.target.id)
        return self._clicked(self.target.id)

    def _takes(self, number: int, event: Event) -> bool:
        if isinstance(event, Press):
            return self._again(event)
        if isinstance(event, Release):
            return self._up(event)
        if isinstance(event, Opened) and event.widget != "dialog" and event.gate is None and self.opened is None:
            self.opened = (number, event.widget)
            return True
        if isinstance(event, Answer) and self.opened is not None and event.to == self.opened[0] and not self.answer:
            self.answer = event
            return True
        return False

    def _again(self, event: Press) -> bool:
        more = event.gate is None and event.count == self.count + 1 and event.button == self.press.button
        if more and self.drop is None and self.opened is None:
            self.count, self.released = event.count, False
            return True
        return False

    def _up(self, event: Release) -> bool:
        if self.released:
            return False
        self.released, self.drop, self.drop_at = True, event.gate, (event.x, event.y)
        return True

    def _said(self) -> str:
        kind = {"right": "right click", "middle": "middle click"}.get(self.press.button, "click")
        return "double click" if self.count > 1 else kind

    def _clicked(self, element: str) -> Action:
        if self.press.button == "right":
            return Action("rightclick", (element,))
        if self.count > 1:
            return Action("dblclick", (element,))
        extra = [*self.press.modifiers, *(["middle"] if self.press.button == "middle" else [])]
        return Action("click", (element, "+".join(extra)) if extra else (element,))

    def _dragged(self, element: str) -> Action | str:
        onto = self.drop.target.id if self.drop is not None and self.drop.target is not None else None
        if onto is None:
            x, y = self.drop_at or (0.0, 0.0)
            return f"drag of {called(self.target)} to ({x:.0f}, {y:.0f}): nothing there has an id"
        return Action("drag", (element, onto))

    def _answered(self, element: str) -> Action | str:
        widget = self.opened[1] if self.opened else ""
        if self.answer is not None and self.answer.accepted:
            return picked(widget, element, self.answer)
        if widget == "select":
            return f"the list {called(self.target)} was opened and nothing was chosen"
        return self._clicked(element)


class Typing(Draft):
    """Text into one field: keys, pasted text, corrections, and the Enter that ends it."""

    def __init__(self, number: int, event: Key | Text, gate: Gate, field: Focus) -> None:
        super().__init__(number, gate, event.dispatched_at)
        self.field = field
        self.secret = field.secret
        self.typed: str | None = "" if field.unseen or is_empty(field) else None
        self.value = field.value
        self.seen = self.whole = False
        self.enter = False
        self.opened: int | None = None
        self._type(event)

    @property
    def target(self) -> Target | None:
        """The field."""
        return self.field.target

    def swallow(self, drafts: Iterable[Draft]) -> None:
        """Begin where the drafts that led to this one began."""
        before = list(drafts)
        first = before[0]
        self.raw = [number for draft in before for number in draft.raw] + self.raw
        self.first, self.gate, self.dispatched_at = first.first, first.gate, first.dispatched_at

    def see(self, point: Point) -> None:
        """Remember the field's value as long as Enter has not ended the typing."""
        super().see(point)
        seen = point.focused
        if seen is not None and self.field.same(seen) and point.tab == self.gate.tab and not self.enter:
            self.value, self.seen = seen.value, True

    def action(self) -> Action | str:
        """`type [id] [text] [1]`, the last argument only with Enter."""
        element = self.field.id
        if element is None:
            return f"typing into {called(self.target)}, which has no id"
        if (self.over or self.enter) and not self._known:
            return f"typing into {called(self.target)}: what that came to was not seen, the page did not answer in time"
        return Action("type", (element, self._text(), "1") if self.enter else (element, self._text(), "0"))

    @property
    def _known(self) -> bool:
        """Whether the text is: by its keys, or by a look at the field after the last of them."""
        spelled = self.typed is not None and (self.whole or self.field.kind not in VALUE_KINDS)
        return self.secret is not None or spelled or self.seen

    def _text(self) -> str:
        if self.secret is not None:
            return "{SECRET:" + self.secret + "}"
        if self.field.kind in VALUE_KINDS and self.seen and self.value is not None:
            return self.value
        if self.typed is not None:
            return self.typed
        return self.value or ""

    def _takes(self, number: int, event: Event) -> bool:
        if isinstance(event, Opened | Answer):
            return self._picker(number, event)
        if self.enter or not isinstance(event, Key | Text) or not self._same_field(event):
            return False
        if isinstance(event, Key) and event.key == "Enter" and not self.field.multiline:
            self.enter = not event.modifiers
            return self.enter
        if not edits(event, self.field) or (self.field.unseen and not self.typed and plain_backspace(event)):
            return False
        self._type(event)
        return True

    def _picker(self, number: int, event: Opened | Answer) -> bool:
        """The field's own picker, opened by a key of this typing (Space); what it sets is the field's value."""
        if isinstance(event, Answer):
            return event.to == self.opened
        if event.widget == "value" and event.gate is None and self.opened is None:
            self.opened = number
            return True
        return False

    def _same_field(self, event: Key | Text) -> bool:
        if event.gate is None:
            return True
        return self.field.same(event.gate.focused) and event.gate.tab == self.gate.tab

    def _type(self, event: Key | Text) -> None:
        if isinstance(event, Key) and event.key in ("c", "C") and COMMANDS & set(event.modifiers):
            return
        self.seen, self.whole = False, isinstance(event, Text) and event.whole
        typed = event.text if isinstance(event, Text) else character(event)
        if self.whole:
            self.typed = typed
        elif self.typed is None or typed is None:
            self.typed = self.typed[:-1] if self.typed is not None and plain_backspace(event) else None
        else:
            self.typed += typed


class Chord(Draft):
    """A key that is not text: Tab, Escape, a shortcut, a letter with nothing to type into, a key on a list."""

    def __init__(self, number: int, event: Key | Text, gate: Gate) -> None:
        super().__init__(number, gate, event.dispatched_at)
        self.keys = _chord(event)
        self.field = gate.focused
        self.value = gate.focused.value if gate.focused else None
        self.opened: tuple[int, str] | None = None
        self.answer: Answer | None = None

    @property
    def target(self) -> Target | None:
        """What had the focus."""
        return self.field.target if self.field else None

    def leads_to(self, field: Focus) -> bool:
        """Keys that move between or within fields."""
        last = self.keys.rsplit("+", 1)[-1]
        return last == "Tab" or (not field.unseen and (last in CARET or self.keys in ("Control+a", "Meta+a")))

    def see(self, point: Point) -> None:
        """Remember the list's value."""
        super().see(point)
        seen = point.focused
        if self.field and self.field.select and seen is not None and seen.id == self.field.id:
            self.value = seen.value

    def action(self) -> Action | str:
        """`press [keys]`, or `select [id] [option]` (`type [id] [value]`) when the keys chose from a list or picker."""
        chosen = self._chosen()
        if self.field and self.field.id and chosen is not None:
            return chosen
        if self.opened is not None and self.opened[1] == "select":
            return f"the list {called(self.target)} was opened and nothing was chosen"
        if self.field and self.field.secret and not self.keys:
            return f"a key in {called(self.target)} that is kept secret"
        if not self.keys:
            return "a key, kept secret: the page did not say where it went"
        return Action("press", (self.keys,))

    def _chosen(self) -> Action | None:
        element = self.field.id if self.field else None
        if element is None:
            return None
        if self.answer is not None and self.opened is not None:
            return picked(self.opened[1], element, self.answer) if self.answer.accepted else None
        changed = self.field is not None and self.field.select and self.value != self.field.value
        return Action("select", (element, self.value or "")) if changed else None

    def _takes(self, number: int, event: Event) -> bool:
        if isinstance(event, Opened) and event.widget != "dialog" and event.gate is None and self.opened is None:
            self.opened = (number, event.widget)
            return True
        if isinstance(event, Answer) and self.opened is not None and event.to == self.opened[0] and not self.answer:
            self.answer = event
            return True
        return self._more_keys(event)

    def _more_keys(self, event: Event) -> bool:
        """Further arrows and letters on the same list."""
        if not isinstance(event, Key) or self.field is None or not self.field.select or self.opened is not None:
            return False
        focused = event.gate.focused if event.gate else self.field
        moves = len(event.key or "") == 1 or (event.key or "").startswith("Arrow")
        return moves and focused is not None and focused.id == self.field.id and not event.modifiers


class Scroll(Draft):
    """A burst of the wheel in one direction."""

    def __init__(self, number: int, event: Wheel, gate: Gate) -> None:
        super().__init__(number, gate, event.dispatched_at)
        self.dx, self.dy = event.dx, event.dy

    @property
    def target(self) -> Target | None:
        """The box inside the page that was scrolled, listed in the observation or not; None for the page itself."""
        target = self.gate.target
        return target if target is not None and (target.id is not None or target.selectors) else None

    def action(self) -> Action | str:
        """`scroll [up|down|left|right]`, and in what if that is a box inside the page."""
        across = abs(self.dx) > abs(self.dy)
        way = ("right" if self.dx > 0 else "left") if across else ("up" if self.dy < 0 else "down")
        inside = self.target.id if self.target is not None else None
        return Action("scroll", (way,) if inside is None else (way, inside))

    def _takes(self, number: int, event: Event) -> bool:
        if not isinstance(event, Wheel) or event.gate is not None:
            return False
        self.dx, self.dy = self.dx + event.dx, self.dy + event.dy
        return True


class Resting(Draft):
    """The pointer resting on something: a step if it was meant, or if it revealed the next target."""

    def __init__(self, number: int, event: Hover) -> None:
        super().__init__(number, event.gate, event.dispatched_at)
        self.kept = event.explicit
        self.revealed = frozenset(event.revealed)
        self.place = (event.x, event.y)

    def action(self) -> Action | str:
        """`hover [id]`."""
        if self.target is None or self.target.id is None:
            return f"hover at ({self.place[0]:.0f}, {self.place[1]:.0f}): nothing there has an id"
        return Action("hover", (self.target.id,))


class Going(Draft):
    """The navigation bar, the tab strip, or a note: complete from the start."""

    def __init__(self, number: int, event: Nav | Note) -> None:
        super().__init__(number, event.gate, event.dispatched_at)
        self.event = event

    @property
    def target(self) -> Target | None:
        """None: it is about no element."""
        return None

    def action(self) -> Action | str:
        """goto, go_back, go_forward, reload, new_tab, tab_focus, close_tab or note."""
        if isinstance(self.event, Note):
            return Action("note", (self.event.text,))
        text = (self.event.text,) if self.event.text is not None else ()
        match self.event.action:
            case "back" | "forward":
                return Action(f"go_{self.event.action}")
            case "tab":
                return Action("tab_focus", text)
            case verb:
                return Action(verb, () if verb == "reload" else text)


def _chord(event: Key | Text) -> str:
    if isinstance(event, Text):
        return event.text or ""
    key = "Space" if event.key == " " else event.key or ""
    shift = event.modifiers if len(event.key or "") != 1 else tuple(m for m in event.modifiers if m != "Shift")
    return "+".join([*shift, key])


def picked(widget: str, element: str, answer: Answer) -> Action:
    """The step of an answer that chose something."""
    text = "\n".join(answer.values)
    if widget == "value":
        return Action("type", (element, text, "0"))
    return Action("select" if widget == "select" else "upload", (element, text))


def called(target: Target | None) -> str:
    """A target in words: its name, or its role where it has none."""
    if target is None:
        return "something"
    return f"‘{target.name[:60]}’" if target.name else target.role
