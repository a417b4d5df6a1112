"""Marks while recording: checked, put into the raw log, told to the views. None of them reaches the page.

A mark that makes no sense (nothing to take back, no call open) changes nothing and says why. What marks mean for the
steps is `corrections` and `calls`; what the arguments of a call could be is `suggesting`.
"""

from __future__ import annotations

import re
from typing import Any

from browser.recorder.calls import MarkedCall, marked_calls
from browser.recorder.desk import Desk
from browser.recorder.marks import CallBegun, CallEnded, Mistake, PersonMark, Redo, Undo
from browser.recorder.messages import MarkMessage
from browser.recorder.options import CallForm
from browser.recorder.secrets import slug
from traces.model import Step
from traces.sentences import sentence

SECRET_WORDS = frozenset({"password", "passcode", "passphrase", "secret", "pin"})


class Marking:
    """The marks of one recording. Use on the browser's thread, in the order of the queue."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._told: dict[str, Any] = {}

    async def do(self, message: MarkMessage) -> None:
        """Log the mark, store the steps it changed, and say what became of it."""
        mark = self._busy() or self._mark(message)
        if isinstance(mark, str):
            self.refuse(message, mark)
            return
        told = self._about(mark)
        self._desk.journal.add(mark)
        await self._desk.journal.commit()
        self._desk.journal.then(lambda: self._done(message, told))

    def _done(self, message: MarkMessage, told: dict[str, Any]) -> None:
        self._desk.tell({"type": "marked", "what": message.what, **told})
        self.tell()
        self._answer(message, told.get("uid"), None)

    def refuse(self, message: MarkMessage, why: str) -> None:
        """Say that nothing was marked."""
        self._desk.tell({"type": "marked", "what": message.what, "refused": why})
        self._answer(message, None, why)

    def tell(self) -> None:
        """Tell the views how calls and steps taken back stand, where that is new."""
        facts = self.facts()
        if facts != self._told:
            self._told = facts
            self._desk.tell({"type": "marks", **facts})

    def facts(self) -> dict[str, Any]:
        """Open calls, outermost first; ended calls without a step; how many steps can be put back, and calls begun."""
        reading = self._desk.journal.reading
        calls = marked_calls(self._desk.journal.calls, reading.steps)
        return {
            "calls": [_told_call(one) for one in calls if not one.ended],
            "empty": [one.call for one in calls if one.ended and not one.steps],
            "begun": len(calls),
            "undone": len(reading.undone),
        }

    def _busy(self) -> str | None:
        if self._desk.paused:
            return "The recording is paused: go on before you mark something."
        return "Let go of the mouse button before you mark something." if self._desk.hands.holding else None

    def _mark(self, message: MarkMessage) -> PersonMark | str:
        match message.what:
            case "boundary":
                return self._begun(message)
            case "end":
                returns = self._desk.vault.blank(message.text or "") or None
                return CallEnded(returns=returns) if self.facts()["calls"] else "No call is open that could end."
            case "undo":
                steps = self._desk.journal.reading.steps
                return Undo(events=steps[-1].raw) if steps else "There is no step to take back."
            case "redo":
                undone = self._desk.journal.reading.undone
                return (
                    Redo(events=undone[-1].raw) if undone else "No step was taken back, so there is none to put back."
                )
            case "mistake":
                return self._mistake(message.uid)

    def _mistake(self, uid: str | None) -> Mistake | str:
        reading = self._desk.journal.reading
        named = [step for step in reading.steps if uid in (None, step.uid)]
        if not named:
            return "There is no such step to mark." if uid else "There is no step yet that could be a mistake."
        return Mistake(events=named[-1].raw, on=named[-1].uid not in reading.mistakes)

    def _begun(self, message: MarkMessage) -> CallBegun | str:
        forms = self._desk.options.policies
        form = next((one for one in forms if one.name == message.policy), None)
        if not message.policy or (forms and form is None):
            return f"There is no policy {message.policy!r} that a call could be made of."
        names = [parameter.name for parameter in form.parameters] if form else list(message.args)
        unknown = [name for name in message.args if name not in names]
        if unknown:
            return f"{message.policy} takes no {unknown[0]!r}; it takes {', '.join(names) or 'nothing'}."
        return CallBegun(policy=message.policy, args=self._arguments(message.args, names, form))

    def _arguments(self, given: dict[str, str], names: list[str], form: CallForm | None) -> tuple[tuple[str, str], ...]:
        """By position, empty where the person left a needed one out; secrets are named, not written."""
        needed = {parameter.name for parameter in form.parameters if parameter.required} if form else set()
        fields = {parameter.name for parameter in form.parameters if parameter.type == "element"} if form else set()
        secret = next((given[name] for name in fields if is_secret_name(given.get(name, ""))), None)
        known = {
            name: self._safe(name if name in fields or not secret else secret, given.get(name, "").strip())
            for name in names
        }
        last = max((i for i, name in enumerate(names) if known[name] or name in needed), default=-1)
        return tuple((name, known[name]) for name in names[: last + 1])

    def _safe(self, name: str, value: str) -> str:
        """The value, unless it is for something secret: then the slot of that name."""
        spelled_out = self._desk.options.known_secrets and value in self._desk.options.objective
        if value and not value.startswith("{SECRET:") and is_secret_name(name) and not spelled_out:
            return slot(name)
        return self._desk.vault.blank(value)

    def _about(self, mark: PersonMark) -> dict[str, Any]:
        """What the views say of it; the step or call it is about as they stand before it."""
        reading = self._desk.journal.reading
        match mark:
            case CallBegun():
                return {"call": MarkedCall(0, mark.policy, mark.args).call, "policy": mark.policy}
            case CallEnded():
                ending = self.facts()["calls"][-1]
                return {**ending, "returns": mark.returns}
            case Mistake():
                return {**_told_step(_step_of(reading.steps, mark.events)), "on": mark.on}
            case _:
                return _told_step(_step_of((*reading.steps, *reading.undone), mark.events))

    def _answer(self, message: MarkMessage, uid: str | None, why: str | None) -> None:
        if message.g is not None:
            told = {"g": message.g, "uid": uid, "not_recorded": why, "late": False, "waiting": None}
            self._desk.tell({"type": "gesture", **told})


def is_secret_name(name: str) -> bool:
    """Whether a parameter or field of that name takes what must not be written down.

    >>> is_secret_name("Your PIN:"), is_secret_name("Shipping")
    (True, False)
    """
    return not SECRET_WORDS.isdisjoint(re.split(r"[^a-z]+", name.lower()))


def slot(name: str) -> str:
    """What stands for a withheld value."""
    return "{SECRET:" + slug(name) + "}"


def _step_of(steps: tuple[Step, ...], events: tuple[int, ...]) -> Step:
    return next(step for step in steps if step.raw == events)


def _told_step(step: Step) -> dict[str, Any]:
    return {"uid": step.uid, "seq": step.seq, "sentence": sentence(step)}


def _told_call(one: MarkedCall) -> dict[str, Any]:
    return {"call": one.call, "policy": one.policy, "steps": len(one.steps)}
