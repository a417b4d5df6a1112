"""Tasks a recording can begin from: an address, a scenario of a practice site, a MiniWoB++ page.

A task readies the page, judges it in the end, and ends the site it started. The agent's environments are browser's own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from browser import todomvc
from browser.acting import MINIWOB as MINIWOB_SETTLE
from browser.acting import PRACTICE, WEB, Settle
from browser.environment import check_environment
from browser.errors import EnvironmentFailed
from browser.miniwob import read_task, start_task
from browser.miniwob_site import HIDDEN, MiniwobSite
from browser.miniwob_tasks import FLIGHT, MINIWOB, flight_tasks, is_miniwob, miniwob_tasks, task_named
from browser.named_sets import sets
from browser.recorder.options import RecordingOptions
from browser.recorder.recording import Finish, Prepare
from browser.urls import check_url
from practice.records import PracticeError, Scenario
from practice.server import PracticeServer
from practice.sites import SITES as PRACTICE_SITES
from practice.sites import scenario_names, site_and_scenario
from traces.environment import Outcome

__all__ = ["PRACTICE_SITES", "Task", "is_task", "open_task", "practice_site", "task_names"]


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
    return is_miniwob(name) or name.startswith(todomvc.PREFIX) or site_and_scenario(name) is not None


def settle_of(name: str) -> Settle:
    """When the pages of a task, or of an address, count as quiet."""
    if is_miniwob(name):
        return MINIWOB_SETTLE
    return PRACTICE if is_task(name) else WEB


def practice_site(name: str) -> str | None:
    """The practice site of a task, None for any other name."""
    found = site_and_scenario(name)
    return found[0] if found else None


def task_names() -> tuple[str, ...]:
    """What a run can be of, but for addresses: sets of tasks, scenarios, MiniWoB++, FlightWoB, TodoMVC."""
    return (
        *sets(),
        *scenario_names(),
        *(f"{MINIWOB}{page}" for page in miniwob_tasks()),
        *(f"{FLIGHT}{page}" for page in flight_tasks()),
        *(f"{todomvc.PREFIX}{app}" for app in todomvc.APPS),
    )


def open_task(name: str, seed: int, options: RecordingOptions) -> Task:
    """The task of that name, or the address. Raises UnknownEnvironment, EnvironmentFailed or ForbiddenUrl."""
    if not is_task(name):
        url = check_url(name, options.own_ports, options.allow_private)
        return Task(options.model_copy(update={"url": url}))
    check_environment(name)
    if name.startswith(todomvc.PREFIX):
        return _todomvc(name, seed, options)
    found = site_and_scenario(name)
    return _miniwob(name, seed, options) if found is None else _practice(*found, seed, options)


def _miniwob(name: str, seed: int, options: RecordingOptions) -> Task:
    site, task = MiniwobSite(), task_named(name)
    told = {
        "url": site.url(task),
        "ignore": HIDDEN,
        "viewport": task.viewport,
        "site": "miniwob",
        "task": task.text,
        "seed": seed,
        "terms": task.terms,
        "allow_private": True,  # the page is served by us
        "still_ms": 100.0,
    }

    async def judged(page: Any) -> Outcome:
        standing = await read_task(page)
        return Outcome(standing.success, standing.raw, standing.told)

    return Task(
        options.model_copy(update=told), lambda page: start_task(page, seed, task), lambda answer: judged, site.close
    )


def _todomvc(name: str, seed: int, options: RecordingOptions) -> Task:
    site, asked = todomvc.todo_site(), todomvc.wish(seed)
    told = {
        "url": todomvc.app_url(site, name),
        "viewport": todomvc.VIEWPORT,
        "site": "todomvc",
        "task": name,
        "seed": seed,
        "allow_private": True,  # the page is served by us
        "still_ms": 150.0,
    }

    async def filled(page: Any) -> str:
        return await todomvc.fill_list(page, asked)

    async def judged(page: Any) -> Outcome:
        return await todomvc.judged(page, asked)

    return Task(options.model_copy(update=told), filled, lambda answer: judged, site.close)


def _practice(called: str, wanted: str, seed: int, options: RecordingOptions) -> Task:
    site, scenario = _ready_site(called, seed, wanted)
    told = {
        "url": scenario.start_url,
        "objective": options.objective or scenario.objective,
        "site": called,
        "task": f"{called}:{wanted}",
        "seed": seed,
        "allow_private": True,
        "still_ms": 150.0,
    }

    def judge(answer: str | None) -> Finish:
        async def judged(_page: Any) -> Outcome:
            verdict = await asyncio.to_thread(site.evaluate, answer)
            return Outcome(verdict.complete, verdict.percent / 100, "; ".join(verdict.reasons))

        return judged

    return Task(options.model_copy(update=told), None, judge, site.close)


def _ready_site(called: str, seed: int, scenario: str) -> tuple[PracticeServer, Scenario]:
    try:
        site = PracticeServer(called)
        try:
            return site, site.reset(seed, scenario)
        except BaseException:
            site.close()
            raise
    except PracticeError as error:
        raise EnvironmentFailed(str(error)) from error
