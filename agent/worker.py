"""A worker process: takes one job after another, runs its episode into a file of its own, and says how it goes.

What it runs with comes from a factory named by a dotted path ("wiring:workbench"), since this package knows no browser.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any, Protocol

from agent.environment import Environment
from agent.errors import ModelError, RunError
from agent.loop import Policies, run_episode
from agent.model import PolicyModel
from agent.plan import Job
from traces.model import Episode, Frame, LlmCall, Observation, Step
from traces.writer import EpisodeWriter

BEAT = 3
"""Steps between two signs of life."""


class Workbench(Protocol):
    """What a worker works with; made in the worker's process by the factory, from plain settings."""

    def environment(self, name: str) -> Environment:
        """A new environment."""

    def policies(self, policy_set: str) -> Policies:
        """The policy set."""

    def model(self, name: str, prompt_set: str | None, policy_set: str) -> PolicyModel:
        """The model with the examples of a prompt set. Raises ModelError when it cannot be had."""

    def close(self) -> None:
        """Let go of browser and servers."""


@dataclass(frozen=True)
class Task:
    """A job with the header its episode begins with, sent to a worker."""

    job: Job
    episode: Episode


@dataclass(frozen=True)
class Sign:
    """A sign of life; `episode` as it stands.

    `kind` is ready, began, learning, learned, beat, ended, or taken (another run is at it).
    """

    kind: str
    episode: Episode | None = None


class Link(Protocol):
    """Where signs of life go: the runner's end of a pipe, or somebody in this process."""

    def send(self, sign: Sign, /) -> None:
        """Tell it."""


class Stopping(Protocol):
    """Whether to end after the step at hand."""

    def is_set(self) -> bool:
        """Yes or no."""


def work(link: Connection, stop: Event, factory: str, settings: Mapping[str, Any], folder: Path) -> None:
    """Do what comes through the link until None comes; end at once when the runner's process is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_runner, name="runner-watch", daemon=True).start()
    bench = load_factory(factory)(settings)
    desk = Desk(bench, link, stop, folder)
    try:
        link.send(Sign("ready"))
        while (task := link.recv()) is not None:
            desk.do(task)
    except (EOFError, BrokenPipeError):
        pass
    finally:
        desk.close()
        bench.close()


def _end_with_the_runner() -> None:
    """Leave nothing behind when the runner was killed: the episode at hand stays unsealed and is run again.

    The browser's driver and the practice sites end with this process, for the pipes they listen to are closed.
    """
    runner = multiprocessing.parent_process()
    if runner is not None:
        wait([runner.sentinel])
        os._exit(1)


def load_factory(path: str) -> Any:
    """The factory that "module:name" names. Raises RunError."""
    module, _, name = path.partition(":")
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise RunError(f"The workers' factory {path!r} cannot be imported ({error}). Nothing was run.") from error


class Desk:
    """Does tasks one after the other; keeps environment and model as long as they are the same."""

    def __init__(self, bench: Workbench, link: Link, stop: Stopping, folder: Path) -> None:
        self._bench, self._link, self._stop, self._folder = bench, link, stop, folder
        self._environment: Environment | None = None
        self._models: dict[tuple[str, str | None, str], PolicyModel] = {}

    def do(self, task: Task) -> None:
        """Run one episode; whatever happens, its file is sealed and the other end is told."""
        writer = self._begun(task.episode)
        if writer is None:
            self._link.send(Sign("taken"))
            return
        with writer:
            self._link.send(Sign("began", writer.episode))
            try:
                self._run(task.job, writer)
            except ModelError as error:
                writer.update(status="error", end_reason=f"model: {error}")
            except Exception as error:
                writer.update(status="error", end_reason=f"error: {type(error).__name__}: {error}"[:500])
            if writer.episode.status == "error":
                self._drop_environment()
            writer.seal()
            self._link.send(Sign("ended", writer.episode))

    def _begun(self, episode: Episode) -> EpisodeWriter | None:
        """A new file, or None where another run has made it since the runner looked."""
        try:
            return EpisodeWriter.create(self._folder, episode, pictures_later=True)
        except Exception:
            if (self._folder / f"{episode.id}.episode").exists():
                return None
            raise

    def close(self) -> None:
        """Let go of the page."""
        self._drop_environment()

    def _run(self, job: Job, writer: EpisodeWriter) -> None:
        model = self._model(job, writer.episode)
        run_episode(
            self._at(job.environment),
            model,
            self._bench.policies(job.policy_set),
            _Beating(writer, self._link),
            job.limits,
            job.seed,
            self._stop.is_set,
        )

    def _at(self, name: str) -> Environment:
        if self._environment is None or self._environment.name != name:
            self._drop_environment()
            self._environment = self._bench.environment(name)
        return self._environment

    def _model(self, job: Job, episode: Episode) -> PolicyModel:
        """The model; making one may be learning from demonstrations for minutes, which is told."""
        key = (job.model, job.prompt_set, job.policy_set)
        if key not in self._models:
            self._link.send(Sign("learning", episode))
            self._models[key] = self._bench.model(*key)
            self._link.send(Sign("learned", episode))
        return self._models[key]

    def _drop_environment(self) -> None:
        environment, self._environment = self._environment, None
        if environment is not None:
            try:
                environment.close()
            except Exception:
                return


class _Beating:
    """A writer that gives a sign of life every few steps."""

    def __init__(self, writer: EpisodeWriter, link: Link) -> None:
        self._writer, self._link = writer, link
        self._frames: Sequence[Frame] = ()

    def append(self, step: Step) -> None:
        """Write, and tell."""
        self._writer.append(step)
        if step.seq % BEAT == 0:
            depth = max((frame.depth for frame in self._frames), default=1)
            changes = {"n_steps": step.seq + 1, "max_depth": depth, "n_frames": len(self._frames)}
            self._link.send(Sign("beat", self._writer.episode.model_copy(update=changes)))

    def put_frames(self, frames: Sequence[Frame]) -> None:
        """Write."""
        self._frames = frames
        self._writer.put_frames(frames)

    def put_observation(self, observation: Observation, html: str | None = None) -> str:
        """Write."""
        return self._writer.put_observation(observation, html)

    def put_picture(self, data: bytes) -> str:
        """Write."""
        return self._writer.put_picture(data)

    def put_text(self, text: str) -> str:
        """Write."""
        return self._writer.put_text(text)

    def put_call(self, call: LlmCall) -> None:
        """Write."""
        self._writer.put_call(call)

    def raw(self, kind: str, at: float, body: dict[str, Any]) -> int:
        """Write."""
        return self._writer.raw(kind, at, body)

    def update(self, **changes: Any) -> Episode:
        """Write."""
        return self._writer.update(**changes)

    def flush(self) -> None:
        """Wait."""
        self._writer.flush()
