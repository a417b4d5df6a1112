"""Replay checks in the background, one at a time on a thread of its own, and how they stand, for the screens.

A check writes nothing but its findings, and those at its end: closing the app loses nothing but the check. Checking
itself is flows/record/checking.py.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from browser.replaying import Replayed
from flows.problems import Problem, explained
from flows.record import checking, taught
from wiring import Parts

Json = dict[str, Any]
Told = Callable[[int, int, Replayed | None], None]
Check = Callable[[Parts, str, Told], object]


@dataclass
class _Job:
    state: Literal["waiting", "running", "failed"] = "waiting"
    done: int = 0
    total: int = 0
    found: dict[str, Json] = field(default_factory=dict)
    problem: Problem | None = None

    def told(self, done: int, total: int, one: Replayed | None) -> None:
        """How far the check is, and what became of the newest step."""
        self.done, self.total = done, total
        if one is not None:
            self.found[one.uid] = one.model_dump(exclude={"uid"})


class Checks:
    """The checks of this process by episode. Safe to use from any thread."""

    def __init__(self, parts: Parts, check: Check | None = None) -> None:
        self._parts = parts
        self._check: Check = check or _checked
        self._jobs: dict[str, _Job] = {}
        self._waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closing = False

    def start(self, episode_id: str) -> Json:
        """Check the demonstration after those that wait; one that is under way already is not begun twice.

        Raises StoreError for what is no finished demonstration.
        """
        checking.demonstration(self._parts, episode_id)
        with self._lock:
            known = self._jobs.get(episode_id)
            if not self._closing and (known is None or known.state == "failed"):
                self._jobs[episode_id] = _Job()
                self._waiting.put(episode_id)
                self._run()
        return self.state(episode_id)

    def state(self, episode_id: str) -> Json:
        """How a check stands (docs/formats/skeleton.md). Raises NotFound for an unknown episode."""
        facts = _facts(self._parts, episode_id)
        with self._lock:
            job = self._jobs.get(episode_id)
        if job is None:
            return facts
        problem = job.problem
        said = {"what": problem.what, "kept": problem.kept, "next": problem.next} if problem else None
        found = facts["steps"] if job.state == "failed" else {**facts["steps"], **job.found}
        return {**facts, "state": job.state, "done": job.done, "total": job.total, "problem": said, "steps": found}

    def close(self) -> None:
        """Begin no other check; the one under way ends with the browser."""
        self._closing = True

    def _run(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._serve, name="replay-checks", daemon=True)
            self._thread.start()

    def _serve(self) -> None:
        """Check what waits; ends when nothing does any more."""
        while True:
            with self._lock:
                if self._waiting.empty() or self._closing:
                    self._thread = None
                    return
                episode_id = self._waiting.get()
                job = self._jobs[episode_id]
            job.state = "running"
            try:
                self._check(self._parts, episode_id, job.told)
            except Exception as error:  # a thread's last line: nothing above it could tell the person
                job.problem, job.state = explained(error), "failed"
            else:
                with self._lock:
                    del self._jobs[episode_id]


def _checked(parts: Parts, episode_id: str, told: Told) -> object:
    return checking.check(parts, episode_id, told=told)


def _facts(parts: Parts, episode_id: str) -> Json:
    """What is stored: `state` is `done`, `none` (never checked) or `unfit` (no finished demonstration)."""
    with parts.episode(episode_id) as reader:
        uids = [step.uid for step in reader.steps()]
        fit = reader.episode.actor == "human" and reader.sealed and not taught.midway(parts, episode_id)
    stored: Mapping[str, Json] = checking.replays(parts, episode_id)
    found = {uid: stored[uid] for uid in uids if uid in stored}
    return {
        "state": "unfit" if not fit or not uids else "done" if found else "none",
        "done": 0,
        "total": len(uids),
        "replayable": sum(1 for one in found.values() if one["replayable"]),
        "checked": len(found),
        "steps": found,
        "problem": None,
    }
