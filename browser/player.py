"""Plays gestures through a live view's socket, as a person's view would: pointer, keys, answers to what opens.

It presses where something is and turns the wheel towards what is out of view. What cannot be done becomes an entry of
what was not recorded, and the next gesture follows. Which gestures there are is `browser/script.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from browser.blind_view import BlindView, Done, Missed, Spot
from browser.keys import key_combination
from browser.script import (
    Bar,
    Begin,
    Check,
    Click,
    Dialog,
    Drag,
    Drop,
    Fill,
    Gesture,
    Goto,
    Menu,
    Missing,
    Note,
    Paste,
    Pausing,
    Pick,
    Place,
    Press,
    Say,
    Select,
    Tab,
    Type,
    Upload,
    Wait,
    Wheel,
)
from browser.wire import LostSocket

__all__ = ["Done", "LostSocket", "Player", "Seen"]


@dataclass(frozen=True)
class Seen:
    """The page as the player sees it: the observation's text."""

    url: str
    title: str
    text: str


class Player(BlindView):
    """A connected view without a screen; a context manager. Raises LostSocket when the connection fails."""

    def __init__(self, address: str, progress: Callable[[str], None] = lambda _: None) -> None:
        super().__init__(address)
        self._progress = progress

    def __enter__(self) -> Player:
        return self

    def play(self, gestures: Iterable[Gesture]) -> tuple[Done, ...]:
        """All gestures in order."""
        return tuple(self.do(gesture) for gesture in gestures)

    def do(self, gesture: Gesture) -> Done:
        """One gesture; returns when the page is quiet, or waits for an answer."""
        self._progress(_said(gesture))
        try:
            self._make_way(gesture)
            return self._do(gesture)
        except Missed as missed:
            return self._ask({"type": "missed", "what": f"{_said(gesture)}: {missed}"})

    def look(self) -> Seen:
        """The page now."""
        self.leave()
        self._numbers += 1
        number = self._numbers
        self._send({"type": "observe", "n": number})
        told = self._until(lambda m: m["type"] == "observation" and m["n"] == number)
        return Seen(told["url"], told["title"], told["text"])

    def _make_way(self, gesture: Gesture) -> None:
        """Close a list, picker or chooser that the gesture does not answer, as a click elsewhere would."""
        if not isinstance(gesture, Dialog):
            self.leave()
        for question in list(self._questions.values()):
            kind = question["type"]
            if kind in ("select", "chooser", "login") or (kind == "value" and not isinstance(gesture, Pick)):
                self._answer_if_open(question["id"], None)

    # -- gestures -----------------------------------------------------------------------------------------------------

    def _do(self, gesture: Gesture) -> Done:
        match gesture:
            case Click(gesture="hover"):
                spot = self._find(gesture.at)
                return self._ask({"type": "hover", "x": spot.x, "y": spot.y, "frame": self._frame})
            case Click():
                return self._click(gesture)
            case Type():
                return self._type(gesture)
            case Fill():
                return self._fill(gesture)
            case Check():
                return self._check(gesture)
            case Press():
                *modifiers, key = _parts(gesture.keys)
                return self._keys([key], modifiers)
            case Wheel():
                return self._wheel(gesture)
            case Drag():
                return self._drag(gesture)
            case Select():
                return self._select(gesture)
            case Upload():
                return self._upload(gesture)
            case Drop():
                spot = self._find(gesture.at)
                return self._ask({"type": "drop", "x": spot.x, "y": spot.y, "files": [gesture.text]})
            case Paste():
                return self._paste(gesture)
            case Pick():
                return self._answer(self._open("value")["id"], gesture.text)
            case Menu():
                return self._menu(gesture)
            case Dialog():
                return self._answer(self._open("dialog")["id"], gesture.answer)
            case Note():
                return self._ask({"type": "note", "text": gesture.text})
            case Begin():
                return self._mark("boundary", policy=gesture.policy, args=gesture.args)
            case Say():
                return self._mark(gesture.gesture, text=gesture.text)
            case Pausing():
                return self._ask({"type": gesture.gesture})
            case Missing():
                return self._ask({"type": "missed", "what": gesture.text})
            case Wait():
                self._listen(gesture.ms / 1000)
                return Done()
            case Goto() | Bar() | Tab():
                text = None if gesture.text is None else str(gesture.text)
                return self._ask({"type": "nav", "action": gesture.gesture, "text": text})

    def _mark(self, what: str, **more: Any) -> Done:
        """A mark; one that was refused was not done."""
        done = self._ask({"type": "mark", "what": what, **more})
        if done.not_recorded is not None:
            raise Missed(done.not_recorded)
        return done

    def _click(self, gesture: Click) -> Done:
        spot = self._find(gesture.at)
        button = "right" if gesture.gesture == "rightclick" else gesture.button
        times = 2 if gesture.gesture == "dblclick" else 1
        for count in range(1, times):
            self._mouse("down", spot, button, count, gesture.modifiers)
            self._mouse("up", spot, button, count, gesture.modifiers)
        self._mouse("down", spot, button, times, gesture.modifiers)
        return self._ask(self._pointer("up", spot, button, times, gesture.modifiers))

    def _type(self, gesture: Type) -> Done:
        clicked = self._enter(gesture.at)
        if clicked is not None and (clicked.waiting is not None or not gesture.text):
            return clicked
        if not gesture.text:
            return Done()
        return self._keys(list(gesture.text.replace("\r\n", "\n")), [])

    def _fill(self, gesture: Fill) -> Done:
        spot = self._find(gesture.at)
        if spot.kind == "select":
            return self._choose(spot, (gesture.text,), by_value=True)
        if spot.kind == "file":
            raise Missed("a file is given by upload")
        if spot.kind == "value":
            return self._set(spot, gesture.text)
        if not spot.focused:
            clicked = self._click(Click(gesture="click", at=(spot.x, spot.y)))
            if clicked.waiting is not None:
                return clicked
        if spot.filled:
            self._keys(["a"], ["Control"])
        if gesture.text:
            return self._keys(list(gesture.text.replace("\r\n", "\n")), [])
        return self._keys(["Delete"], []) if spot.filled else Done()

    def _enter(self, at: Place | None) -> Done | None:
        """Click into it, unless it has the keyboard already."""
        if at is None:
            return None
        spot = self._find(at)
        return None if spot.focused else self._click(Click(gesture="click", at=(spot.x, spot.y)))

    def _set(self, spot: Spot, value: str) -> Done:
        """A date, time, colour or slider: by its widget if pressing it opens one, else as text put in at once."""
        if not spot.focused:
            clicked = self._click(Click(gesture="click", at=(spot.x, spot.y)))
            if clicked.waiting == "value":
                return self._answer_or_not(self._open("value")["id"], value)
        done = self._ask({"type": "text", "text": value, "frame": self._frame})
        if done.not_recorded is not None:
            raise Missed(done.not_recorded)
        return done

    def _paste(self, gesture: Paste) -> Done:
        clicked = self._enter(gesture.at)
        if clicked is not None and clicked.waiting is not None:
            return clicked
        return self._ask({"type": "text", "text": gesture.text, "paste": True, "frame": self._frame})

    def _menu(self, gesture: Menu) -> Done:
        """What our context menu's entry does, as the live view does it."""
        menu = self._open("menu")
        if gesture.choice == "copy_link":
            return self._ask({"type": "missed", "what": "copied a link's address from the menu"})
        if gesture.choice == "paste":
            return self._ask({"type": "text", "text": gesture.text, "paste": True, "frame": self._frame})
        if gesture.choice in ("copy", "select_all"):
            return self._keys(["c" if gesture.choice == "copy" else "a"], ["Control"])
        if gesture.choice == "new_tab" and menu["link"] is None:
            raise Missed("there is no link under the menu")
        return self._ask({"type": "nav", "action": gesture.choice, "text": menu["link"] or ""})

    def _check(self, gesture: Check) -> Done:
        spot = self._find(gesture.at)
        if spot.checked is None:
            raise Missed("it is nothing that can be ticked")
        if spot.checked == gesture.checked:
            return Done()
        return self._click(Click(gesture="click", at=(spot.x, spot.y)))

    def _keys(self, keys: list[str], modifiers: list[str]) -> Done:
        """Keys in a row, each down and up; the end of the last one is waited for."""
        for index, name in enumerate(keys):
            key = "Enter" if name == "\n" else " " if name == "Space" else name
            last = index == len(keys) - 1
            if len(key) == 1 and not key.isascii():
                message: dict[str, Any] = {"type": "text", "text": key, "frame": self._frame}
            else:
                down = {"type": "key", "kind": "down", "key": key, "modifiers": modifiers, "frame": self._frame}
                self._send(down)
                message = {"type": "key", "kind": "up", "key": key, "modifiers": modifiers}
            if last:
                return self._ask(message)
            self._send(message)
        return Done()

    def _wheel(self, gesture: Wheel) -> Done:
        size = self.hello["viewport"]
        spot = self._find(gesture.at) if gesture.at is not None else Spot(size["width"] / 2, size["height"] / 2)
        dx, dy = gesture.delta if isinstance(gesture.delta, tuple) else (0.0, gesture.delta)
        return self._turn(spot.x, spot.y, dx, dy)

    def _drag(self, gesture: Drag) -> Done:
        start = self._find(gesture.at)
        end = self._find(gesture.to, scroll=False)
        self._mouse("down", start, "left", 1, ())
        for part in (0.1, 0.35, 0.6, 0.85, 1.0):
            step = Spot(start.x + (end.x - start.x) * part, start.y + (end.y - start.y) * part)
            self._mouse("move", step, "left", 1, ())
            self._listen(0.02)
        return self._ask(self._pointer("up", end, "left", 1, ()))

    def _select(self, gesture: Select) -> Done:
        spot = self._find(gesture.at)
        if spot.kind == "list" and isinstance(gesture.text, str):
            return self._suggested(spot, gesture.text)
        if spot.kind != "select":
            raise Missed("it is not a list")
        return self._choose(spot, (gesture.text,) if isinstance(gesture.text, str) else gesture.text)

    def _choose(self, spot: Spot, texts: tuple[str, ...], by_value: bool = False) -> Done:
        pressed = self._click(Click(gesture="click", at=(spot.x, spot.y)))
        question = self._open("select")
        options: dict[str, int] = {}
        for key in ("text", "value") if by_value else ("value", "text"):
            options |= {option[key].strip(): option["index"] for option in reversed(question["options"])}
        missing = [text for text in texts if text.strip() not in options]
        if missing:
            self._answer(question["id"], None)
            return Done(not_recorded=f"it has no option {missing[0]!r}", uid=pressed.uid)
        return self._answer(question["id"], [options[text.strip()] for text in texts])

    def _suggested(self, spot: Spot, text: str) -> Done:
        """A suggestion under a field, by its value or its label."""
        if not spot.focused:
            self._click(Click(gesture="click", at=(spot.x, spot.y)))
        offer = self._open("datalist")
        values = [option["value"] for option in offer["options"] if text in (option["value"], option["label"])]
        if not values:
            raise Missed(f"it suggests no {text!r}")
        return self._ask({"type": "pick", "id": offer["id"], "value": values[0], "frame": self._frame})

    def _upload(self, gesture: Upload) -> Done:
        spot = self._find(gesture.at)
        self._click(Click(gesture="click", at=(spot.x, spot.y)))
        return self._answer_or_not(self._open("chooser")["id"], [gesture.text])

    def _answer_or_not(self, question: str, value: Any) -> Done:
        """Answer it, or close it if the answer is not taken."""
        try:
            return self._answer(question, value)
        except Missed:
            self._answer(question, None)
            raise


def _parts(keys: str) -> list[str]:
    combination = key_combination(keys)
    if combination.endswith("++") or combination == "+":
        return [*[part for part in combination[:-1].split("+") if part], "+"]
    return combination.split("+")


def _place(at: dict[str, Any]) -> str:
    return str(at["any"][0]) if "any" in at else str(at)


def _said(gesture: Gesture) -> str:
    """The gesture in a few words; what is typed is left out, for it may be a secret."""
    typed = (
        {"text"}
        if isinstance(gesture, Type | Fill | Paste | Pick | Menu)
        else {"args"}
        if isinstance(gesture, Begin)
        else set()
    )
    body = gesture.model_dump(exclude_none=True, exclude={"gesture", "button", "modifiers", *typed})
    words = [
        _place(value) if isinstance(value, dict) else str(value) for value in body.values() if value not in ("", ())
    ]
    return " ".join([gesture.gesture, *words])[:160]
