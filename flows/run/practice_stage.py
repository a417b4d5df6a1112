"""Where practice is played: each thread has a page of its own in this process's browser; no episode is stored."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Protocol

from agent.environment import Environment
from agent.fakes import MemoryLog
from agent.limits import Limits
from agent.loop import run_episode
from agent.practising import Trying
from browser.environment import make_environment
from flows.progress import Stop
from traces.model import Episode
from wiring import Parts

LIMITS = Limits(steps=20, calls=40, invalid=4, seconds=40.0)


@dataclass(frozen=True)
class Played:
    """What an episode earned (0 to 1, a success 1) and whether it succeeded."""

    reward: float
    success: bool


class Stage(Protocol):
    """Plays episodes, on several threads at once."""

    def play(self, task: str, seed: int, model: Trying, stop: Stop) -> Played | None:
        """One episode of the task by the model; None where it broke, was stopped or nobody judged it."""

    def close(self) -> None:
        """Let go of the pages."""


class BrowserStage:
    """Pages of this process's browser, without pictures: one for each thread that plays."""

    def __init__(self, parts: Parts, policy_set: str) -> None:
        self._parts, self._policies = parts, parts.policies(policy_set)
        self._mine = threading.local()
        self._open: list[_Page] = []

    def play(self, task: str, seed: int, model: Trying, stop: Stop) -> Played | None:
        """On the calling thread's page."""
        if not hasattr(self._mine, "page"):
            self._mine.page = _Page(self._parts)
            self._open.append(self._mine.page)
        page: _Page = self._mine.page
        try:
            episode = run_episode(page.at(task), model, self._policies, MemoryLog(), LIMITS, seed, stop)
        except Exception:  # a page that broke costs its episode, never the practice
            page.leave()
            return None
        if episode.status == "error":
            page.leave()
        return as_played(episode)

    def close(self) -> None:
        """Close the pages; the browser stays its owner's."""
        for page in self._open:
            page.leave()


class _Page:
    """The environment a thread is at, made anew when the task changes."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._task = ""
        self._environment: Environment | None = None

    def at(self, task: str) -> Environment:
        if self._environment is None or self._task != task:
            self.leave()
            self._environment = make_environment(
                task, self._parts.session, pictures=False, own_ports=self._parts.own_ports,
                allow_private=self._parts.allow_private,
            )  # fmt: skip
            self._task = task
        return self._environment

    def leave(self) -> None:
        environment, self._environment = self._environment, None
        if environment is not None:
            environment.close()


def as_played(episode: Episode) -> Played | None:
    """What an episode earned; nothing where it broke or nobody judged it."""
    reward = episode.rewards.rule
    if episode.status not in ("success", "failed") or reward is None:
        return None
    success = episode.status == "success"
    return Played(1.0 if success else min(max(reward, 0.0), 1.0), success)
