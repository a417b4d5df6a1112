"""A view without a screen: where things are on the page, what is open over the canvas, what became of a gesture.

Which gestures are made of that is left to `player`.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from browser.script import AnyOf, ById, Place
from browser.wire import OPEN_S, Wire

TURN = 10_000.0
NOTHING = {
    "dialog": "no dialog is open",
    "chooser": "it asked for no file",
    "value": "no picker is open",
    "datalist": "it suggests nothing",
    "menu": "no menu of ours is open",
}
TURNS = 40


@dataclass(frozen=True)
class Done:
    """What became of a gesture: the uid of its step, or why there is none; `waiting` names what it opened."""

    uid: str | None = None
    not_recorded: str | None = None
    late: bool = False
    waiting: str | None = None


@dataclass(frozen=True)
class Spot:
    """Where something is, in CSS pixels of the viewport."""

    x: float
    y: float
    focused: bool = False
    kind: str = "other"
    checked: bool | None = None
    filled: bool = False


class Missed(Exception):
    """A gesture that cannot be done; its text says why."""


class BlindView(Wire):
    """A connected view that asks for what it cannot see. Raises LostSocket when the connection fails."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self._numbers = 0

    # -- what is open -------------------------------------------------------------------------------------------------

    def _open(self, kind: str) -> dict[str, Any]:
        """The open question of that kind; waits up to 5 s for it."""
        until = time.monotonic() + OPEN_S
        while time.monotonic() < until:
            found = [question for question in self._questions.values() if question["type"] == kind]
            if found:
                return found[-1]
            self._listen(0.05)
        raise Missed(NOTHING.get(kind, "no list opened"))

    def leave(self) -> None:
        """Answer yes to a page that asks before it is left: who has no answer of their own goes on."""
        for question in list(self._questions.values()):
            if question["type"] == "dialog" and question["kind"] == "beforeunload":
                self._answer_if_open(question["id"], True)

    def _answer_if_open(self, question: str, value: Any) -> None:
        with contextlib.suppress(Missed):  # it may have gone with its page by now
            self._answer(question, value)

    def _answer(self, question: str, value: Any) -> Done:
        return self._ask({"type": "answer", "id": question, "value": value})

    # -- places -------------------------------------------------------------------------------------------------------

    def _find(self, at: Place, scroll: bool = True) -> Spot:
        """Where it is, with the wheel turned until it is in view."""
        needed: tuple[float, float] | None = None
        for _ in range(TURNS):
            told = self._locate(at)
            if not told["found"]:
                raise Missed(told["message"] or "not found")
            if told["in_view"]:
                return Spot(told["x"], told["y"], told["focused"], told["kind"], told["checked"], told["filled"])
            turn = told["scroll"]
            if not scroll or turn is None or needed == (turn["dx"], turn["dy"]):
                break
            needed = (turn["dx"], turn["dy"])
            self._turn(turn["x"], turn["y"], _bounded(turn["dx"]), _bounded(turn["dy"]))
        raise Missed("it is out of view and cannot be scrolled to")

    def _locate(self, at: Place) -> dict[str, Any]:
        self._numbers += 1
        number = self._numbers
        where = at.model_dump() if isinstance(at, ById | AnyOf) else at
        self._send({"type": "locate", "n": number, "at": where})
        return self._until(lambda m: m["type"] == "located" and m["n"] == number)

    def _turn(self, x: float, y: float, dx: float, dy: float) -> Done:
        return self._ask({"type": "wheel", "x": x, "y": y, "dx": dx, "dy": dy, "frame": self._frame})

    def _pointer(self, kind: str, spot: Spot, button: str, count: int, modifiers: Iterable[str]) -> dict[str, Any]:
        return {
            "type": "mouse",
            "kind": kind,
            "x": spot.x,
            "y": spot.y,
            "button": button,
            "modifiers": list(modifiers),
            "click_count": count,
            "frame": self._frame,
        }

    def _mouse(self, kind: str, spot: Spot, button: str, count: int, modifiers: Iterable[str]) -> None:
        self._send(self._pointer(kind, spot, button, count, modifiers))

    # -- the socket ---------------------------------------------------------------------------------------------------

    def _ask(self, message: dict[str, Any]) -> Done:
        """Send a gesture's last message and wait until its effect is over."""
        self._numbers += 1
        number = self._numbers
        self._send({**message, "g": number})
        told = self._until(lambda m: (m["type"] == "gesture" and m["g"] == number) or _refuses(m, message))
        if told["type"] == "error":
            raise Missed(told["what"])
        return Done(told["uid"], told["not_recorded"], told["late"], told["waiting"])


def _refuses(message: dict[str, Any], sent: dict[str, Any]) -> bool:
    """An answer that was not taken is told as an error, and its question stays open."""
    return bool(message["type"] == "error" and sent["type"] == "answer")


def _bounded(delta: float) -> float:
    return max(-TURN, min(TURN, delta))
