"""The released SteP agent in small: it logs a tree of calls as that one does, oddities included."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

PAGE = "Tab 0 (current): Shop\n\n[1] RootWebArea 'Shop' focused: True\n\t[12] link 'Orders'\n\t[14] textbox 'Search'"
URL = "http://shop.test/"


@dataclass(frozen=True)
class Call:
    """A policy's call: its text, and what it did until it returned."""

    text: str
    items: Sequence[str | Call]
    answer: str


def row(objective: str, action: str, url: str = URL, **status) -> dict:
    """A row of a log; `status` is there when the browser carried it out."""
    seen = {"objective": objective, "url": url, "observation": PAGE, "action": action, "reason": f"why {action[:20]}"}
    return {**seen, "previous_actions": [], "previous_responses": [], "previous_reasons": [], **status}


def done(objective: str, action: str, *, ended: bool = False, reward: float = 0.0, **more) -> dict:
    """A row of an action that the browser carried out."""
    return row(objective, action, done=ended, reward=reward, success=float(reward > 0), num_actions=1, **more)


def log(root: Call, reward: float = 1.0) -> dict:
    """The log of a whole run."""
    rows: list[dict] = []
    _play(rows, root, root.text)
    rows.append(done(root.text, f"stop [{root.answer}]", ended=True, reward=reward))
    return {"task": "tasks/webarena/7.json", "id": 7, "model": "scripted", "type": "step", "trajectory": rows}


def of(*rows: dict) -> dict:
    """A log of these rows."""
    return {"task": "tasks/webarena/7.json", "id": 7, "model": "scripted", "trajectory": list(rows)}


def _play(rows: list[dict], call: Call, root: str) -> None:
    for item in call.items:
        if isinstance(item, Call):
            rows.append(row(call.text, item.text))
            _play(rows, item, root)
        else:
            assert not re.search("stop", item)
            rows.append(done(root, item))
    rows.append(row(call.text, f"stop [{call.answer}]"))
