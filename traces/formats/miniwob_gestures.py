"""Events of a MiniWoB++ demonstration read as what the person meant: clicks, texts, keys, drags, scrolling.

An event is logged as it goes down to its target (timing 1, the page before handlers) and as it comes up again (3, the
page after); some only once (2). Texts are what a field held in the end, never spelled from keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from traces.dom_elements import Element
from traces.formats.foreign import text_of
from traces.formats.source import number_of
from traces.model import Box

FAR = 10.0
"""CSS pixels a pressed pointer moves before it is a drag."""
BY_ITSELF_MS = 60.0
"""A click without a press within this time of another is the page's own: a label's on its control."""
_MOUSE = frozenset({"mousedown", "mouseup", "click", "dblclick"})
_PASSING = frozenset({"mousemove", "mouseover", "mouseout", "mouseenter", "mouseleave", "focus", "blur", "input"})
"""Events on the way of a gesture, which later recorders log: its press, release and texts say what it was."""
_KEYS = frozenset({"keydown", "keypress", "keyup"})
_TEXTS = frozenset({"text", "password", "search", "email", "number", "tel", "url", "date", ""})
_NAMED = {
    8: "Backspace", 9: "Tab", 13: "Enter", 27: "Escape", 32: "Space", 33: "PageUp", 34: "PageDown", 35: "End",
    36: "Home", 37: "ArrowLeft", 38: "ArrowUp", 39: "ArrowRight", 40: "ArrowDown", 46: "Delete",
}  # fmt: skip
_EDITING = frozenset({"Backspace", "Delete", "Space", "ArrowLeft", "ArrowRight", "Home", "End"})
_HELD = {16: "Shift", 17: "Control", 18: "Alt", 91: "Meta", 224: "Meta"}
Warn = Callable[[int | str, str], None]


@dataclass(eq=False)
class Moment:
    """A state: its place, milliseconds since the task began, the event (empty for the first), the page."""

    number: int
    at: float
    action: Mapping[str, Any]
    root: Element
    earlier: Element | None = None
    """The page of the state before."""

    @property
    def kind(self) -> str:
        """The event's name, '' for none."""
        return text_of(self.action.get("type"))

    @property
    def target(self) -> Element | None:
        """The element the event was about."""
        return next((one for one in (self.root, *self.root.below()) if one.marked), None)

    @property
    def key(self) -> int:
        """The key's code, 0 for none."""
        return int(number_of(self.action.get("keyCode")) or 0)

    @property
    def point(self) -> tuple[float, float] | None:
        """Where the pointer was, in CSS pixels of the page."""
        x, y = (number_of(self.action.get(axis, self.action.get(f"c{axis}"))) for axis in ("x", "y"))
        return None if x is None or y is None else (x, y)


@dataclass(eq=False)
class Gesture:
    """What the person did. `element` (and `onto`) go before the arguments; `typed` is a field's text."""

    verb: str
    element: Element | None
    before: Element
    started: float
    ended: float
    args: tuple[str, ...] = ()
    onto: Element | None = None
    point: tuple[float, float] | None = None
    typed: int | None = None
    after: Element | None = None

    @property
    def is_secret(self) -> bool:
        """Whether it typed into a password field."""
        return self.typed is not None and self.element is not None and self.element.get("type") == "password"

    def is_on(self, element: Element | None) -> bool:
        """Whether it was about that element."""
        return self.element is not None and element is not None and self.element.key == element.key


def gestures(moments: Sequence[Moment], warn: Warn) -> Sequence[Gesture]:
    """The gestures in order, each with the page until the next. What an event cannot be part of is a warning.

    Once the task is over the page numbers its elements anew: those states are of no gesture.
    """
    reading = _Reading(warn)
    for moment in once(moments):
        reading.take(moment)
    last = next(one.root for one in reversed(moments) if one.root.key == moments[0].root.key)
    reading.end(last)
    for one, following in zip(reading.found, [*reading.found[1:], None], strict=False):
        one.after = last if following is None else following.before
    return reading.found


def once(moments: Sequence[Moment]) -> Iterator[Moment]:
    """Each event once: as it was on its way down."""
    last: Moment | None = None
    for moment in moments:
        if moment.kind and not (last is not None and _is_same(last, moment)):
            yield moment
        last = moment


def _is_same(one: Moment, other: Moment) -> bool:
    """Whether two states are one event's, before and after."""
    timing, later = one.action.get("timing"), other.action.get("timing")
    if one.kind != other.kind or later != 3 or timing not in (1, 2):
        return False
    return all(one.action.get(name) == other.action.get(name) for name in ("keyCode", "charCode", "x", "y"))


class _Reading:
    def __init__(self, warn: Warn) -> None:
        self.found: list[Gesture] = []
        self._warn = warn
        self._pressed: Moment | None = None
        self._held: set[str] = set()
        self._typing: Gesture | None = None
        self._clicked: float | None = None

    def take(self, moment: Moment) -> None:
        """One event."""
        if moment.kind in _MOUSE:
            self._typed(moment.root)
            self._mouse(moment)
        elif moment.kind in _KEYS:
            self._key(moment)
        elif moment.kind == "scroll":
            self._scroll(moment)
        elif moment.kind not in _PASSING:
            self._warn(f"state {moment.number}", f"There is no reading of an event {moment.kind[:40]!r}.")

    def end(self, root: Element) -> None:
        """The last page says what a field held. A press without a release: the task was over, or a list had opened."""
        self._typed(root)
        if self._pressed is not None:
            self._click(self._pressed, self._pressed)

    def _mouse(self, moment: Moment) -> None:
        if moment.kind == "mousedown":
            if self._pressed is not None:
                self._click(self._pressed, self._pressed)
            self._pressed = moment
        elif moment.kind == "mouseup":
            self._released(moment)
        elif moment.kind == "dblclick":
            self._double(moment)
        elif self._pressed is not None:
            self._click(self._pressed, moment)
        elif not self._is_its_own(moment):
            self._click(moment, moment)

    def _released(self, moment: Moment) -> None:
        pressed = self._pressed
        if pressed is not None and _far(pressed.point, moment.point):
            self._pressed = None
            self._clicked = moment.at
            self._add("drag", pressed, moment.at, onto=_dropped_on(pressed, moment))

    def _click(self, pressed: Moment, moment: Moment) -> None:
        self._pressed = None
        self._clicked = moment.at
        self._add("click", pressed, moment.at, element=pressed.target or moment.target)

    def _is_its_own(self, moment: Moment) -> bool:
        """Whether a click without a press is the page's: a label on its control, a key, the end of a drag."""
        last = self.found[-1] if self.found else None
        by_key = last is not None and last.verb in ("press", "type") and moment.at - last.ended < BY_ITSELF_MS
        return by_key or (self._clicked is not None and moment.at - self._clicked < BY_ITSELF_MS)

    def _double(self, moment: Moment) -> None:
        """The clicks right before it were one gesture."""
        first = self.found.pop() if self.found and self.found[-1].verb == "click" else None
        if first is not None and self.found and self.found[-1].verb == "click" and self.found[-1].is_on(first.element):
            first = self.found.pop()
        if first is not None:
            first.verb, first.ended = "dblclick", moment.at
            self.found.append(first)

    def _key(self, moment: Moment) -> None:
        held = _HELD.get(moment.key)
        if held is not None and moment.kind != "keypress":
            self._held = self._held - {held} if moment.kind == "keyup" else self._held | {held}
        elif moment.kind == "keydown":
            self._down(moment)
        elif moment.kind == "keyup" and _NAMED.get(moment.key) == "Space" and not _is_field(moment.target):
            self._clicked = moment.at  # the page's own click follows, however long the key was held
        elif self._typing is not None and self._typing.is_on(moment.target):
            self._typed(moment.root, goes_on=True)

    def _down(self, moment: Moment) -> None:
        """A key that edits a field is part of typing; all others are pressed."""
        target, chord = moment.target, self._held - {"Shift"}
        name = _NAMED.get(moment.key) or (chr(moment.key) if 48 <= moment.key <= 90 else "")
        edits = name == "V" if chord else name in _EDITING or moment.key not in _NAMED
        if _is_field(target) and edits:
            self._type(moment)
        elif name == "Enter" and self._typing is not None and target is not None and target.tag != "textarea":
            self._typed(moment.root)
            self.found[-1].args = (self.found[-1].args[0], "1")
            self.found[-1].ended = moment.at
        elif name:
            self._typed(moment.root)
            if name == "Space" and not chord and _is_tick(target):
                self._click(moment, moment)
                return
            plain = name if chord or len(name) > 1 or "Shift" in self._held else name.lower()
            self._add("press", moment, moment.at, element=None, args=("+".join([*sorted(chord), plain]),))

    def _type(self, moment: Moment) -> None:
        """Typing goes on, or begins; a click or Tab into the field right before was on its way to it."""
        if self._typing is None or not self._typing.is_on(moment.target):
            self._typed(moment.root)
            last = self.found[-1] if self.found else None
            on_its_way = last is not None and (
                (last.verb == "click" and last.is_on(moment.target)) or last.args == ("Tab",)
            )
            first = self.found.pop() if last is not None and on_its_way else None
            self._typing = self._add("type", moment, moment.at, args=(_value(moment.root, moment.target),), typed=0)
            if first is not None:
                self._typing.before, self._typing.started = first.before, first.started
        self._typing.ended = moment.at

    def _typed(self, root: Element, *, goes_on: bool = False) -> None:
        """What the field holds on this page is what was typed so far."""
        if self._typing is not None:
            self._typing.args = (_value(root, self._typing.element),)
        if not goes_on:
            self._typing = None

    def _scroll(self, moment: Moment) -> None:
        """Which way is seen by how elements moved since the state before."""
        way = _way(moment.earlier or moment.root, moment.root)
        last = self.found[-1] if self.found else None
        if way is None:
            self._warn(f"state {moment.number}", "Nothing is seen to move by this scrolling; it was left out.")
        elif last is not None and last.args == (way,):
            last.ended = moment.at
        else:
            self._add("scroll", moment, moment.at, args=(way,))

    def _add(self, verb: str, began: Moment, ended: float, **more: Any) -> Gesture:
        told = {"element": began.target, "point": began.point, **more}
        self.found.append(Gesture(verb, before=began.root, started=began.at, ended=ended, **told))
        return self.found[-1]


def _is_field(target: Element | None) -> bool:
    """Whether keys write into it."""
    if target is None:
        return False
    return target.tag == "textarea" or (target.tag == "input" and target.get("type") in _TEXTS)


def _is_tick(target: Element | None) -> bool:
    """Whether Space ticks it, as a click does."""
    return target is not None and target.tag == "input" and target.get("type") in ("checkbox", "radio")


def _dropped_on(pressed: Moment, released: Moment) -> Element | None:
    """What a drag ended on. What was dragged along lies under the pointer itself: then what stood there before."""
    onto = released.target or pressed.target
    if onto is None or pressed.target is None or onto.key != pressed.target.key or released.point is None:
        return onto
    x, y = released.point
    stood = [one for one in pressed.root.below() if one.box is not None and _holds(one.box, x, y)]
    stood = [one for one in stood if all(inner.key != onto.key for inner in one.below())]
    return stood[-1] if stood else onto


def _holds(box: Box, x: float, y: float) -> bool:
    return box.x <= x < box.x + box.width and box.y <= y < box.y + box.height


def _value(page: Element, target: Element | None) -> str:
    """What a field holds on a page."""
    if target is None:
        return ""
    found = next((one for one in (page, *page.below()) if one.key == target.key), target)
    return found.get("value")


def _far(one: tuple[float, float] | None, other: tuple[float, float] | None) -> bool:
    return one is not None and other is not None and max(abs(one[0] - other[0]), abs(one[1] - other[1])) > FAR


def _way(before: Element, after: Element) -> str | None:
    """Which way a page was scrolled, by how its elements moved; None where none did."""
    places = {one.key: one.box for one in before.below() if one.box is not None}
    down = across = 0.0
    for one in after.below():
        was = places.get(one.key)
        if was is not None and one.box is not None:
            down, across = down + was.y - one.box.y, across + was.x - one.box.x
    if not down and not across:
        return None
    if abs(across) > abs(down):
        return "right" if across > 0 else "left"
    return "down" if down > 0 else "up"
