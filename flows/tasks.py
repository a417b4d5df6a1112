"""Tasks a recording can begin from: an address, a scenario of the practice airline, a MiniWoB++ page.

A task readies the page, judges it in the end, and ends the site it started. The agent's environments are browser's own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from browser.environment import check_environment
from browser.errors import EnvironmentFailed
from browser.miniwob import HIDDEN, VIEWPORT, MiniwobSite, miniwob_tasks, read_task, start_task
from browser.miniwob import PREFIX as MINIWOB
from browser.practice import PREFIX as AIRLINE
from browser.recorder.options import RecordingOptions
from browser.recorder.recording import Finish, Prepare
from browser.urls import check_url
from practice.airline.scenarios import SCENARIOS
from practice.records import PracticeError, Scenario
from practice.server import PracticeServer
from traces.environment import Outcome


def _nothing() -> None:
    """An address has nothing to end."""


@dataclass(frozen=True)
class Task:
    """What a recording is told at its start; `judge(answer)` gives its evaluator, None where nobody judges."""

    options: RecordingOptions
    prepare: Prepare | None = None
    judge: Callable[[str | None], Finish | None] = field(default=lambda answer: None)
    close: Callable[[], None] = _nothing


def is_task(name: str) -> bool:
    """Whether it names a task, which brings its own objective, and not an address."""
    return name.startswith((MINIWOB, AIRLINE))


def task_names() -> tuple[str, ...]:
    """Every task that is not an address: the airline's scenarios, then the MiniWoB++ pages."""
    return (*(f"{AIRLINE}{name}" for name in SCENARIOS), *(f"{MINIWOB}{name}" for name in miniwob_tasks()))


def open_task(name: str, seed: int, options: RecordingOptions) -> Task:
    """The task of that name, or the address. Raises UnknownEnvironment, EnvironmentFailed or ForbiddenUrl."""
    if not is_task(name):
        url = check_url(name, options.own_ports, options.allow_private)
        return Task(options.model_copy(update={"url": url}))
    check_environment(name)
    return _miniwob(name, seed, options) if name.startswith(MINIWOB) else _airline(name, seed, options)


def _miniwob(name: str, seed: int, options: RecordingOptions) -> Task:
    site = MiniwobSite()
    told = {
        "url": site.url(name.removeprefix(MINIWOB)),
        "ignore": HIDDEN,
        "viewport": VIEWPORT,
        "site": "miniwob",
        "task": name,
        "seed": seed,
        "still_ms": 100.0,
    }

    async def judged(page: Any) -> Outcome:
        standing = await read_task(page)
        return Outcome(standing.success, standing.raw, standing.reason or "")

    return Task(options.model_copy(update=told), lambda page: start_task(page, seed), lambda answer: judged, site.close)


def _airline(name: str, seed: int, options: RecordingOptions) -> Task:
    site, scenario = _ready_airline(seed, name.removeprefix(AIRLINE))
    told = {
        "url": scenario.start_url,
        "objective": options.objective or scenario.objective,
        "site": "airline",
        "task": name,
        "seed": seed,
        "still_ms": 150.0,
    }

    def judge(answer: str | None) -> Finish:
        async def judged(_page: Any) -> Outcome:
            verdict = await asyncio.to_thread(site.evaluate, answer)
            return Outcome(verdict.complete, verdict.percent / 100, "; ".join(verdict.reasons))

        return judged

    return Task(options.model_copy(update=told), None, judge, site.close)


def _ready_airline(seed: int, scenario: str) -> tuple[PracticeServer, Scenario]:
    try:
        site = PracticeServer()
        try:
            return site, site.reset(seed, scenario)
        except BaseException:
            site.close()
            raise
    except PracticeError as error:
        raise EnvironmentFailed(str(error)) from error
