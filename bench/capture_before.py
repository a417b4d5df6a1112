"""Whether a step's observation is the page from before the gesture, judged by the page's own log.

Every page of bench/pages/before rewrites itself in a way of its own and shows the running number of its rewrites; its
log says which number was current at a gesture's first event. Shared with tests/browser_recorder.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.live_view import LiveView
from bench.site import Site
from traces.model import Step
from traces.reader import EpisodeReader

Do = Callable[[LiveView, int], None]
INPUTS = frozenset({"press", "key", "wheel"})
"""Raw events a page hears as a gesture's first event, one for each."""


@dataclass(frozen=True)
class Verdict:
    """What became of the gestures on one kind of page.

    `wrong` tells the steps whose observation is not the page from before: what it shows, and what was current.
    """

    kind: str
    gestures: int
    steps: int
    correct: int
    lost: int
    late: int
    wrong: tuple[str, ...]


def click(view: LiveView, turn: int) -> None:
    """The pointer to one of the two elements, a press and a release."""
    x, y = view.place("#two" if turn % 2 else "#one")
    view.send(type="mouse", kind="move", x=x, y=y)
    view.click(x, y)


def key(view: LiveView, turn: int) -> None:
    """A key that is no text: each is a step."""
    view.ask(type="key", kind="down", key="ArrowDown" if turn % 2 else "ArrowUp")
    view.send(type="key", kind="up", key="ArrowDown" if turn % 2 else "ArrowUp")


def letter(view: LiveView, turn: int) -> None:
    """A press into the field and a letter."""
    x, y = view.place("#one")
    view.send(type="mouse", kind="move", x=x, y=y)
    view.click(x, y)
    view.ask(type="key", kind="down", key="abcdefgh"[turn % 8])
    view.send(type="key", kind="up", key="abcdefgh"[turn % 8])


def wheel(view: LiveView, turn: int) -> None:
    """A turn of the wheel, down and up by turns."""
    view.ask(type="wheel", x=200, y=200, dx=0, dy=-60 if turn % 2 else 60)


KINDS: dict[str, Do] = {
    "pointerdown": click,
    "mousedown": click,
    "click": click,
    "removed": click,
    "hover": click,
    "promise": click,
    "framework": click,
    "route": click,
    "shadow": click,
    "late": click,
    "timer": click,
    "focus": click,
    "keydown": key,
    "input": letter,
    "wheel": wheel,
}
"""Kinds of page that rewrite themselves, by the name of their file, and the gesture for each."""


def play(site: Site, view: LiveView, kind: str, rounds: int, pace: random.Random) -> None:
    """The gestures, at a person's pace: a moment passes between the end of one and the next."""
    for turn in range(rounds):
        KINDS[kind](view, turn)
        time.sleep(pace.uniform(0.0, 0.25))


def judge(site: Site, kind: str, path: Path) -> Verdict:
    """Hold the sealed recording of a kind of page against what the page reported."""
    with EpisodeReader(path) as reader:
        steps, entries = reader.steps(), reader.episode.not_recorded
        numbers = [number for number, _, name, _ in reader.raw() if name in INPUTS]
        shown = {step.uid: _shown(reader, step) for step in steps}
    current = _current(site, kind, len(numbers))
    before = dict(zip(numbers, current, strict=False))
    wrong, correct = [], 0
    for step in steps:
        was = before.get(min(step.raw))
        if was is not None and shown[step.uid] == was:
            correct += 1
        else:
            wrong.append(f"{kind} step {step.seq} ({step.action}): shows {shown[step.uid]}, current was {was}")
    held = {number for step in steps for number in step.raw}
    lost = sum(number not in held for number in numbers) - len(entries)
    late = sum(bool(step.proof and step.proof.late) for step in steps)
    return Verdict(kind, len(numbers), len(steps), correct, max(0, lost), late, tuple(wrong))


def _current(site: Site, kind: str, gestures: int) -> list[int]:
    """The number that was current at each gesture's first event, as the page heard them."""
    end = time.monotonic() + 30
    while True:
        told = sorted(site.told(kind), key=lambda entry: entry["seq"])
        heard = [int(entry["current"]) for entry in told if "gesture" in entry]
        if len(heard) >= gestures or time.monotonic() > end:
            return heard
        time.sleep(0.05)


def _shown(reader: EpisodeReader, step: Step) -> int | None:
    if step.observation_before is None:
        return None
    found = re.search(r"Version (\d+)", reader.observation(step.observation_before).text)
    return int(found[1]) if found else None


def told(verdicts: list[Verdict]) -> dict[str, Any]:
    """By kind: gestures, steps, correct, lost, late, and what was wrong."""
    return {
        verdict.kind: {
            "gestures": verdict.gestures,
            "steps": verdict.steps,
            "correct": verdict.correct,
            "lost": verdict.lost,
            "late": verdict.late,
            "wrong": list(verdict.wrong),
        }
        for verdict in verdicts
    }
