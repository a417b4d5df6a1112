"""Runs a plan's episodes over worker processes: resumable, stoppable, and no bad episode ends it.

A finished episode is never run again. A worker that dies, gives no sign of life or runs out of time is replaced, and
the episode it was at is sealed as an error with what it had. Workers end with this process, however it ends. This
module writes no catalogue: it tells `changed` of every header instead.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from agent.errors import RunError
from agent.plan import Job, RunPlan, finished_episode, finished_episodes, is_being_run, new_episode
from agent.worker import Sign, Task, load_factory, work
from traces.model import Episode
from traces.recover import close_abandoned, read_header

POLL_S = 0.25


@dataclass(frozen=True)
class Progress:
    """How a run stands. `rate` is episodes a minute since this start, `eta` seconds left; None while unknown.

    `live` are the episodes that are running, as they last told of themselves.
    """

    total: int
    done: int
    before: int
    successes: int
    errors: int
    running: int
    rate: float | None = None
    eta: float | None = None
    latest: Episode | None = None
    live: tuple[Episode, ...] = ()


@dataclass(frozen=True)
class RunResult:
    """Every episode of the plan that came to an end, and whether the run was stopped before all had."""

    episodes: tuple[Episode, ...]
    stopped: bool


@dataclass(frozen=True)
class Patience:
    """Seconds without a sign of life: of a worker at an episode, of one that starts, of one that is asked to end.

    `learn`: how long it may make a model before its first episode, which is no part of the episode's time.
    `over`: how long after its own limit of seconds an episode may still be busy, with a model or a page.
    """

    episode: float = 300.0
    start: float = 120.0
    learn: float = 3600.0
    end: float = 10.0
    over: float = 60.0


def run(
    plan: RunPlan,
    folder: Path,
    factory: str,
    settings: Mapping[str, Any],
    progress: Callable[[Progress], None] = lambda _: None,
    changed: Callable[[Episode], None] = lambda _: None,
    stopped: Callable[[], bool] = lambda: False,
    patience: Patience = Patience(),
) -> RunResult:
    """Run what is not finished yet; blocks until done or stopped. Raises RunError when it cannot start.

    `factory` ("module:name") is called with `settings` in every worker. `changed` hears of an episode at its start,
    every few steps, and at its end; `stopped` is asked several times a second.
    """
    jobs = plan.jobs()
    load_factory(factory)
    folder.mkdir(parents=True, exist_ok=True)
    return _Run(plan, folder, factory, settings, progress, changed, patience).to_end(jobs, stopped)


@dataclass
class _Worker:
    process: SpawnProcess
    link: Connection
    heard: float
    task: Task | None = None
    episode: Episode | None = None
    began: float = 0.0
    done: int = 0
    ready: bool = False
    learning: bool = False


@dataclass
class _Count:
    started: float = field(default_factory=time.monotonic)
    before: int = 0
    ended: list[Episode] = field(default_factory=list)


class _Run:
    """One call of `run`: its workers and what is left to do."""

    def __init__(
        self,
        plan: RunPlan,
        folder: Path,
        factory: str,
        settings: Mapping[str, Any],
        progress: Callable[[Progress], None],
        changed: Callable[[Episode], None],
        patience: Patience,
    ) -> None:
        self._plan, self._folder, self._factory, self._settings = plan, folder, factory, settings
        self._progress, self._changed, self._patience = progress, changed, patience
        self._context: SpawnContext = multiprocessing.get_context("spawn")
        self._stop: Event = self._context.Event()
        self._workers: list[_Worker] = []
        self._waiting: deque[Job] = deque()
        self._count = _Count()
        self._total = 0
        self._false_starts = 0

    def to_end(self, jobs: Sequence[Job], stopped: Callable[[], bool]) -> RunResult:
        """Skip what is finished, run the rest."""
        self._total = len(jobs)
        finished = finished_episodes(jobs, self._folder, self._plan.retry_errors)
        self._count.ended += finished.values()
        self._waiting.extend(job for job in jobs if job not in finished)
        self._count.before = len(self._count.ended)
        self._tell(None)
        try:
            while self._waiting or self._busy():
                if stopped() and not self._stop.is_set():
                    self._stop.set()
                    self._waiting.clear()
                self._staff()
                self._listen()
        finally:
            self._dismiss(self._workers)
            self._workers.clear()
        return RunResult(tuple(self._count.ended), self._stop.is_set())

    def _busy(self) -> list[_Worker]:
        return [worker for worker in self._workers if worker.task is not None]

    def _staff(self) -> None:
        """As many workers as there is work for, each with a task as soon as it is ready."""
        for worker in [one for one in self._workers if one.task is None and one.done >= self._plan.recycle]:
            self._workers.remove(worker)
            self._dismiss([worker])
        wanted = min(self._plan.workers, len(self._waiting) + len(self._busy()))
        while len(self._workers) < wanted:
            self._workers.append(self._hire())
        for worker in self._workers:
            job = self._next() if worker.ready and worker.task is None else None
            if job is not None:
                self._give(worker, job)

    def _next(self) -> Job | None:
        """The first job that nobody has done or is at; what another run did meanwhile is counted here."""
        for _ in range(len(self._waiting)):
            job = self._waiting.popleft()
            done = finished_episode(job, self._folder, self._plan.retry_errors)
            if done is not None:
                self._ended(done)
            elif is_being_run(job, self._folder):
                self._waiting.append(job)
            else:
                return job
        return None

    def _give(self, worker: _Worker, job: Job) -> None:
        worker.task = Task(job, new_episode(job, self._folder, self._plan.id))
        worker.began = worker.heard = time.monotonic()
        with contextlib.suppress(OSError):  # it died: _listen hears of it
            worker.link.send(worker.task)

    def _hire(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(
            target=work,
            args=(theirs, self._stop, self._factory, dict(self._settings), self._folder),
            daemon=True,
        )
        process.start()
        theirs.close()
        return _Worker(process, ours, time.monotonic())

    def _listen(self) -> None:
        """Hear what workers say, and notice those who say nothing any more."""
        wait([worker.link for worker in self._workers], POLL_S)
        for worker in list(self._workers):
            try:
                while worker.link.poll():
                    self._hear(worker, worker.link.recv())
            except (EOFError, OSError):
                self._lost(worker, "its worker process died")
                continue
            why = self._overdue(worker)
            if why:
                self._lost(worker, why)

    def _overdue(self, worker: _Worker) -> str | None:
        """Why there is no more waiting for a worker."""
        now, seconds = time.monotonic(), self._plan.limits.seconds
        limit = self._limit(worker)
        if (worker.task or not worker.ready) and now - worker.heard > limit:
            return f"its worker gave no sign of life for {limit:.0f} s"
        if (
            worker.task
            and not worker.learning
            and seconds is not None
            and now - worker.began > seconds + self._patience.over
        ):
            return f"its worker was still busy {self._patience.over:.0f} s after the limit of {seconds:.0f} s"
        return None

    def _limit(self, worker: _Worker) -> float:
        if not worker.ready:
            return self._patience.start
        return self._patience.learn if worker.learning else self._patience.episode

    def _hear(self, worker: _Worker, sign: Sign) -> None:
        worker.heard = time.monotonic()
        worker.ready = True
        worker.learning = sign.kind == "learning"
        if sign.kind == "learned":
            worker.began = worker.heard
        worker.episode = sign.episode
        if sign.episode is not None:
            self._changed(sign.episode)
        if sign.kind == "taken" and worker.task is not None:
            self._waiting.append(worker.task.job)
            worker.task = None
        if sign.kind == "ended" and sign.episode is not None:
            worker.task = worker.episode = None
            worker.done += 1
            self._ended(sign.episode)

    def _ended(self, episode: Episode) -> None:
        self._false_starts = 0
        if episode.status != "stopped":
            self._count.ended.append(episode)
        self._tell(episode)

    def _lost(self, worker: _Worker, why: str) -> None:
        """Let the worker go; the episode it was at is an error, or is run again if it had not begun."""
        self._workers.remove(worker)
        self._end(worker, 0.0)
        task = worker.task
        if task is None:
            self._false_start(why)
            return
        path = self._folder / f"{task.episode.id}.episode"
        if not path.exists() or read_header(path) is None:
            self._waiting.appendleft(task.job)
            self._false_start(why)
            return
        episode = close_abandoned(path, f"crash: {why}")
        self._changed(episode)
        self._ended(episode)

    def _false_start(self, why: str) -> None:
        """Workers that die before they begin anything would do so for ever."""
        self._false_starts += 1
        if self._false_starts >= 3:
            self._waiting.clear()
            raise RunError(
                f"Workers end before they begin: {why}. Finished episodes are kept. The last lines above say why; "
                "run the command again when that is mended."
            )

    def _dismiss(self, workers: Sequence[_Worker]) -> None:
        for worker in workers:
            with contextlib.suppress(OSError):  # it is gone already
                worker.link.send(None)
        for worker in workers:
            self._end(worker, self._patience.end)

    def _end(self, worker: _Worker, patience: float) -> None:
        worker.process.join(patience)
        for hurry in (worker.process.terminate, worker.process.kill):
            if worker.process.is_alive():
                hurry()
                worker.process.join(5)
        worker.link.close()
        worker.process.close()

    def _tell(self, latest: Episode | None) -> None:
        count = self._count
        new = len(count.ended) - count.before
        seconds = time.monotonic() - count.started
        rate = 60 * new / seconds if new and seconds > 0 else None
        left = self._total - len(count.ended)
        self._progress(
            Progress(
                total=self._total,
                done=len(count.ended),
                before=count.before,
                successes=sum(episode.status == "success" for episode in count.ended),
                errors=sum(episode.status == "error" for episode in count.ended),
                running=len(self._busy()),
                rate=rate,
                eta=60 * left / rate if rate else None,
                latest=latest,
                live=tuple(worker.episode for worker in self._workers if worker.episode is not None),
            )
        )
