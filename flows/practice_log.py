"""What a practice did so far, and its state on disk: one file, replaced as a whole, so that a kill loses no more than
the newest groups.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.learner.training import Weights
from agent.learner.weights import DamagedWeights, dump, load
from agent.models.practised import PREFIX
from flows import run_rows
from flows.practice_stage import Played
from wiring import Parts

FORMAT = "stepscope-practice/1"
SUFFIX = ".practice"


@dataclass
class Log:
    """A practice: the facts that name it, and its groups in order: `{"task", "seed", "rewards", "successes"}`."""

    id: str
    facts: dict[str, Any]
    groups: list[dict[str, Any]] = field(default_factory=list)
    weights: str = ""
    state: str = "running"
    seconds: float = 0.0

    @property
    def episodes(self) -> int:
        """How many were played."""
        return sum(len(group["rewards"]) for group in self.groups)

    def of(self, task: str) -> list[dict[str, Any]]:
        """The groups of one task."""
        return [group for group in self.groups if group["task"] == task]

    def said(self, task: str) -> str:
        """How the newest group of a task went."""
        newest = self.of(task)[-1:]
        return f"{newest[0]['successes']} of {len(newest[0]['rewards'])}" if newest else "nothing yet"

    def add(self, task: str, seed: int, played: Sequence[Played]) -> None:
        """A group that was played."""
        rewards = [round(one.reward, 4) for one in played]
        ok = sum(one.success for one in played)
        self.groups.append({"task": task, "seed": seed, "rewards": rewards, "successes": ok})

    def body(self) -> dict[str, Any]:
        """As JSON; `model` is what runs call what was learned, "" before there is anything."""
        mine = {"id": self.id, "state": self.state, "seconds": round(self.seconds, 1), "episodes": self.episodes}
        model = f"{PREFIX}{self.weights}" if self.weights else ""
        return {"format": FORMAT, **mine, "model": model, "weights": self.weights, **self.facts, "groups": self.groups}


@dataclass(frozen=True)
class State:
    """A practice as it was last written."""

    log: Log
    weights: Weights
    squares: Weights


def content(body: Any) -> str:
    """12 hex digits of the hash of what can be written as JSON."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:12]


def named(parts: Parts, facts: dict[str, Any]) -> Log:
    """An empty log with the name that its facts have."""
    return Log(f"practice-{content(facts)}", facts)


def listed(parts: Parts) -> list[dict[str, Any]]:
    """The practices of a workspace as JSON, newest first."""
    files = sorted(_folder(parts).glob(f"*{SUFFIX}"), key=lambda path: -path.stat().st_mtime)
    logs = [log for path in files if (log := _read_log(path)) is not None]
    for log in logs:
        if log.state == "running" and not run_rows.is_held(parts, log.id):
            log.state = "interrupted"
    return [log.body() for log in logs]


def read(parts: Parts, name: str) -> State | None:
    """The state of a practice; None where there is none that can be read, so that it begins anew."""
    return _state(_folder(parts) / f"{name}{SUFFIX}")


def write(parts: Parts, log: Log, weights: Weights, squares: Weights) -> None:
    """Replace the state."""
    path = _folder(parts) / f"{log.id}{SUFFIX}"
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    with zipfile.ZipFile(part, "w") as file:
        file.writestr("log.json", json.dumps(log.body()))
        file.writestr("weights.npz", dump(weights))
        file.writestr("squares.npz", dump(squares))
    part.replace(path)


def _folder(parts: Parts) -> Path:
    return parts.workspace.root / "practice"


def _read_log(path: Path) -> Log | None:
    try:
        with zipfile.ZipFile(path) as file:
            return _log(json.loads(file.read("log.json")))
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return None


def _state(path: Path) -> State | None:
    log = _read_log(path)
    try:
        with zipfile.ZipFile(path) as file:
            weights, squares = (load(file.read(name)) for name in ("weights.npz", "squares.npz"))
    except (OSError, KeyError, zipfile.BadZipFile, DamagedWeights):
        return None
    return State(log, weights, squares) if log is not None else None


def _log(body: dict[str, Any]) -> Log:
    if body.pop("format") != FORMAT:
        raise ValueError("another format")
    own = {name: body.pop(name) for name in ("id", "groups", "weights", "seconds", "state")}
    facts = {name: value for name, value in body.items() if name not in ("episodes", "model")}
    return Log(**own, facts=facts)
