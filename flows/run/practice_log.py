"""What a practice did so far, and its state on disk: one file, replaced as a whole, so that a kill loses no more than
the newest seeds.
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
from agent.practising import LESSONS, Lesson
from flows.run import run_rows
from wiring import Parts

FORMAT = "stepscope-practice/2"
SUFFIX = ".practice"


@dataclass
class Log:
    """A practice: the facts that name it, and the seeds it played: `{"task", "seed", "round", "rewards"}`.

    A seed's rewards are those of its tries in order; the last one is 1 where a way was found. `learned` is how many
    rounds the weights have been learned from.
    """

    id: str
    facts: dict[str, Any]
    groups: list[dict[str, Any]] = field(default_factory=list)
    learned: int = 0
    weights: str = ""
    state: str = "running"
    seconds: float = 0.0

    @property
    def episodes(self) -> int:
        """How many were played."""
        return sum(len(group["rewards"]) for group in self.groups)

    def of(self, task: str, rounds: int) -> list[dict[str, Any]]:
        """The seeds of one task in the first so many rounds."""
        return [group for group in self.groups if group["task"] == task and group["round"] < rounds]

    def add(self, task: str, seed: int, rewards: Sequence[float]) -> None:
        """A seed that was played in the round that is not learned from yet."""
        rounded = [round(reward, 4) for reward in rewards]
        self.groups.append({"task": task, "seed": seed, "round": self.learned, "rewards": rounded})

    def body(self) -> dict[str, Any]:
        """As JSON; `model` is what runs call what was learned, "" before there is anything."""
        mine = {"id": self.id, "state": self.state, "seconds": round(self.seconds, 1), "episodes": self.episodes}
        model = f"{PREFIX}{self.weights}" if self.weights else ""
        said = {"learned": self.learned, "model": model, "weights": self.weights}
        return {"format": FORMAT, **mine, **said, **self.facts, "groups": self.groups}


@dataclass(frozen=True)
class State:
    """A practice as it was last written: `lessons` are the turns it has learned from or will after this round."""

    log: Log
    weights: Weights
    lessons: tuple[Lesson, ...] = ()


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


def write(parts: Parts, state: State) -> None:
    """Replace the state."""
    path = _folder(parts) / f"{state.log.id}{SUFFIX}"
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("log.json", json.dumps(state.log.body()))
        file.writestr("weights.npz", dump(state.weights))
        file.writestr("lessons.json", LESSONS.dump_json(list(state.lessons)))
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
            weights = load(file.read("weights.npz"))
            lessons = tuple(LESSONS.validate_json(file.read("lessons.json")))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, DamagedWeights):
        return None
    return State(log, weights, lessons) if log is not None else None


def _log(body: dict[str, Any]) -> Log:
    if body.pop("format") != FORMAT:
        raise ValueError("another format")
    own = {name: body.pop(name) for name in ("id", "groups", "learned", "weights", "seconds", "state")}
    facts = {name: value for name, value in body.items() if name not in ("episodes", "model")}
    return Log(**own, facts=facts)
