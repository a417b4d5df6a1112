"""What a writer of a foreign format is given: a demonstration's steps with what the raw log adds to them.

How far the wheel was turned, where a drag ended, which tabs opened and closed: the steps alone do not say. Values only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from traces.actions import Action, parse_action
from traces.errors import ActionError
from traces.model import Episode, Observation, Step, Target
from traces.reader import EpisodeReader

SECRET = re.compile(r"\{SECRET:([^}]*)\}")
Raw = tuple[int, float, str, dict[str, Any]]


@dataclass(frozen=True)
class Turn:
    """One step, ready to be written: `opened` and `closed` count tabs, `wheel` is in CSS pixels to the right and down.

    `wheel_at` is where it was turned, `drop` what a drag ended on, `dialogs` the answers to what the step made it ask.
    """

    step: Step
    action: Action
    wheel: tuple[float, float] = (0.0, 0.0)
    wheel_at: tuple[float, float] | None = None
    drop: Target | None = None
    opened: int = 0
    closed: int = 0
    dialogs: tuple[Action, ...] = ()

    @property
    def target(self) -> Target | None:
        """The element, if it can be found again."""
        target = self.step.target
        return target if target is not None and target.selectors else None

    @property
    def said(self) -> str:
        """The step as entries of what was left out begin."""
        return f"step {self.step.seq} ({self.step.action[:80]})"


@dataclass(frozen=True)
class Recorded:
    """A demonstration as writers need it; `first` are dialogs that were answered before anything was done."""

    episode: Episode
    turns: tuple[Turn, ...]
    observation: Callable[[str], Observation]
    html: Callable[[str], str | None] = field(default=lambda key: None)
    first: tuple[Action, ...] = ()

    def before(self, turn: Turn) -> Observation | None:
        """The page the step was decided on."""
        key = turn.step.observation_before
        return None if key is None else self.observation(key)

    def after(self, turn: Turn) -> Observation | None:
        """The page after it."""
        key = turn.step.observation_after
        return None if key is None else self.observation(key)


def recorded(reader: EpisodeReader) -> Recorded:
    """The demonstration an episode file holds, of its newest derivation."""
    turns, first = turns_of(reader.steps(), reader.raw())
    return Recorded(reader.episode, turns, reader.observation, reader.html, first)


def turns_of(steps: Sequence[Step], raw: Sequence[Raw] = ()) -> tuple[tuple[Turn, ...], tuple[Action, ...]]:
    """(turns, dialogs before the first). A dialog's answer stands with the step that made the page ask."""
    bodies = {number: (kind, body) for number, _, kind, body in raw}
    starts = [min(step.raw, default=0) for step in steps] + [max(bodies, default=0) + 1]
    turns: list[Turn] = []
    first: list[Action] = []
    for index, step in enumerate(steps):
        action = _parsed(step)
        if action is None:
            continue
        if action.name == "dialog":
            _answered(turns, first, action)
            continue
        marks = [
            bodies[number][1].get("what") for number in range(starts[index], starts[index + 1]) if number in bodies
        ]
        turns.append(_turn(step, action, [bodies[number] for number in step.raw if number in bodies], marks))
    return tuple(turns), tuple(first)


def secret_variable(name: str) -> str:
    """The environment variable that holds a withheld value.

    >>> secret_variable("pass-word")
    'SECRET_PASS_WORD'
    """
    return "SECRET_" + (re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_") or "VALUE")


def _parsed(step: Step) -> Action | None:
    if step.kind not in ("act", "note"):
        return None
    try:
        return parse_action(step.action)
    except ActionError:
        return None


def _answered(turns: list[Turn], first: list[Action], action: Action) -> None:
    if turns:
        last = turns[-1]
        turns[-1] = Turn(**{**last.__dict__, "dialogs": (*last.dialogs, action)})
    else:
        first.append(action)


def _turn(step: Step, action: Action, events: Sequence[tuple[str, dict[str, Any]]], marks: Sequence[Any]) -> Turn:
    wheels = [body for kind, body in events if kind == "wheel"]
    drops = [body["gate"].get("target") for kind, body in events if kind == "release" and body.get("gate")]
    opened = marks.count("tab opened")
    if not events and "tabs" in step.changed and action.name in ("click", "dblclick"):
        opened = 1
    return Turn(
        step=step,
        action=action,
        wheel=(sum(body.get("dx", 0.0) for body in wheels), sum(body.get("dy", 0.0) for body in wheels)),
        wheel_at=(wheels[0].get("x", 0.0), wheels[0].get("y", 0.0)) if wheels else None,
        drop=Target.model_validate(drops[-1]) if drops and drops[-1] else None,
        opened=opened,
        closed=marks.count("tab closed"),
    )
