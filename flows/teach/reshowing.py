"""A lesson that was stopped, gone on with: what it shows is done again through the live view's own gate, in a new
recording, as long as each page is as it was. The stopped one stays as it is.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from browser.player import Player
from browser.script import Gesture, parse_gesture
from flows.progress import Report, Stop, Stopped, Update
from flows.teach.same_pages import PATIENCE_S, here, same
from server.scripted import served
from traces.actions import TARGETED, Action
from traces.formats.recorded import SECRET, Recorded, Turn, recorded
from traces.model import Observation
from traces.sentences import counted
from wiring import Parts

LOOK_S = 0.2
"""Seconds between two looks at a page that is not yet as it was."""
_NAMES = {"type": "fill", "scroll": "wheel", "go_back": "back", "go_forward": "forward", "tab_focus": "tab"}
"""Gestures that are not called as their actions are."""


@dataclass(frozen=True)
class Reshown:
    """How many of the steps were done again, of how many; `why` not all, empty where all were."""

    done: int
    total: int
    why: str = ""

    @property
    def said(self) -> str:
        """For a person."""
        if not self.why:
            return f"Done again: {counted(self.total, 'step')}. Go on from here."
        return f"Done again: {self.done} of {counted(self.total, 'step')}. {self.why} Go on from here by hand."


def reshow(
    parts: Parts, recording: str, demonstration: str, report: Report, stop: Stop, *, ours: bool = False
) -> Reshown:
    """Do a demonstration's steps in a running recording that begins on its first page.

    On sites of `ours` the port does not count. Raises Stopped, BrowserError or StoreError.
    """
    with (
        parts.episode(demonstration) as reader,
        served(parts.live) as address,
        Player(address(recording)) as player,
    ):
        return _Again(recorded(reader), player, ours).to_end(report, stop)


class _Again:
    def __init__(self, told: Recorded, player: Player, ours: bool) -> None:
        self._told, self._player, self._ours = told, player, ours

    def to_end(self, report: Report, stop: Stop) -> Reshown:
        """All steps, or those before the first that cannot be done as it was."""
        turns = self._told.turns
        for done, turn in enumerate(turns):
            if stop():
                raise Stopped
            report(Update(f"Step {done + 1} of what was shown", done, len(turns)))
            if why := self._do(turn):
                return Reshown(done, len(turns), why)
        return Reshown(len(turns), len(turns))

    def _do(self, turn: Turn) -> str:
        """Do one step; why not, where it is not done."""
        step, then = f"step {turn.step.seq + 1}", self._told.before(turn)
        if then is None:
            return f"What the page was before {step} is not known."
        now = self._settled(then)
        if not same(then, now, self._ours):
            return f"The page before {step} is not as it was."
        action = here(turn.action, then, now, self._ours)
        made = gestures(action, turn) if action is not None else ()
        if not made:
            secret = any(SECRET.search(arg) for arg in turn.action.args)
            return f"What was typed in {step} was never kept." if secret else f"Only you can do {step}."
        for gesture in made:
            told = self._player.do(gesture)
            if told.not_recorded is not None:
                return f"{step.capitalize()} could not be done: {told.not_recorded}."
        return ""

    def _settled(self, then: Observation) -> Observation:
        """The page, once it is as it was or has had time enough."""
        end = time.monotonic() + PATIENCE_S
        while True:
            seen = self._player.look()
            now = Observation(url=seen.url, title=seen.title, text=seen.text)
            if same(then, now, self._ours) or time.monotonic() > end:
                return now
            time.sleep(LOOK_S)


def gestures(action: Action, turn: Turn) -> tuple[Gesture, ...]:
    """What a person does for a step, its ids being those of the page now; nothing where only they can do it."""
    if any(SECRET.search(arg) for arg in action.args):
        return ()
    answers = ({"gesture": "dialog", "answer": _answer(dialog)} for dialog in turn.dialogs)
    return tuple(parse_gesture(one) for one in (*_gestures(action.name, action.args, turn), *answers))


def _gestures(name: str, args: tuple[str, ...], turn: Turn) -> tuple[dict[str, Any], ...]:
    """In the words of docs/formats/script.md."""
    made: dict[str, Any] = {"gesture": _NAMES.get(name, name)}
    if args and name in TARGETED:
        made["at"] = {"id": args[0]}
    match name, args:
        case (("click" | "dblclick" | "rightclick" | "hover"), (_, *held)):
            keys = [key for key in "+".join(held).split("+") if key]
            button = {"button": "middle"} if "middle" in keys else {}
            return ({**made, **button, "modifiers": [key for key in keys if key != "middle"]},)
        case "type", (_, text, *rest):
            enter = ({"gesture": "press", "keys": "Enter"},) if rest == ["1"] else ()
            return ({**made, "text": text}, *enter)
        case "drag", (_, to):
            return ({**made, "to": {"id": to}},)
        case "press", (keys, *_):
            return ({**made, "keys": keys},)
        case "scroll", _:
            return ({**made, "delta": turn.wheel, "at": turn.wheel_at},) if any(turn.wheel) else ()
        case (("select" | "goto" | "note" | "new_tab" | "tab_focus" | "close_tab"), _):
            return ({**made, "text": args[-1] if args else None},)
        case (("go_back" | "go_forward" | "reload"), _):
            return (made,)
    return ()


def _answer(dialog: Action) -> bool | str:
    """Yes, no, or a prompt's text."""
    said, *text = dialog.args
    return text[0] if text else said == "accept"
