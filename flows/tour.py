"""The tour: the whole loop with scripted people, in minutes. Home's button and `cli.py tour` both take it.

People who know four MiniWoB++ pages and the practice airline are recorded through the input path; rules label, every
proposal is accepted, a prompt set is built, and the model `demos` runs seeds nobody showed it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from browser.script import parse_script
from flows.label import labels
from flows.progress import Pace, Report, Stop, Stopped, Update, never, silent
from flows.prompt import prompts
from flows.record.people import ScriptedPerson
from flows.record.recording import Request, record_gestures, record_person
from flows.run import runs
from labeling.prompts.model import PromptConfig
from labeling.splits import SPLITS
from practice.airline.script import answer_for, script_for
from wiring import Parts

PAGES = ("login-user", "enter-text-dynamic", "click-checkboxes", "choose-date")
SHOWN = range(5)
UNSEEN = "1000:1010"
EVERY_TASK = PromptConfig(splits=SPLITS)
"""Nothing is held out by its task: the tour's test is other seeds of the tasks it teaches."""
SCENARIOS = (("update_passenger", 2), ("book_flight", 1))
"""Scenario and seed of the airline's demonstrations."""
FLOWN, AIRLINE_UNSEEN = "airline:book_flight", "1000:1002"
"""What the agent is asked to do at the airline: a booking three calls deep."""
AUTHOR = "tour"
T = TypeVar("T")


def take(parts: Parts, *, workers: int = 2, report: Report = silent, stop: Stop = never) -> dict[str, Any]:
    """`{"seconds", "stages": [...], "success": {task: {"n", "ok"}}, "airline", "max_depth"}`.

    Raises Stopped between two things when asked to stop; what was made before stays.
    """
    tour = _Tour(parts, workers, report, stop)
    return tour.taken()


def said(result: dict[str, Any]) -> str:
    """The tour for a person."""
    lines = [f"{stage['seconds']:>6.1f} s  {stage['name']:<8} {stage['made']}" for stage in result["stages"]]
    lines += [
        f"  {task:<32} {row['ok']}/{row['n']}" for task, row in {**result["success"], **result["airline"]}.items()
    ]
    return "\n".join([*lines, f"{result['seconds']} s in all; open the app to look at everything: make run"])


class _Tour:
    def __init__(self, parts: Parts, workers: int, report: Report, stop: Stop) -> None:
        self._parts, self._workers, self._report, self._stop = parts, workers, report, stop
        self._stages: list[dict[str, Any]] = []

    def taken(self) -> dict[str, Any]:
        began = time.monotonic()
        episodes = self._stage("record", self._record, "/episodes?actor=human")
        self._stage("label", lambda: self._label(episodes), "/label")
        self._stage("accept", lambda: self._accept(episodes), "/label")
        built = self._stage("prompts", lambda: prompts.build(self._parts, config=EVERY_TASK).id, "/prompts")
        ran = self._stage("run", lambda: self._run(built, [f"miniwob:{page}" for page in PAGES], UNSEEN), "/run")
        flown = self._stage("airline", lambda: self._run(built, [FLOWN], AIRLINE_UNSEEN), "/run")
        return {
            "seconds": round(time.monotonic() - began, 1),
            "stages": self._stages,
            "prompt_set": built,
            "success": _success(ran),
            "airline": _success(flown),
            "max_depth": max(ran["max_depth"], flown["max_depth"]),
        }

    def _stage(self, name: str, work: Callable[[], T], link: str) -> T:
        self._check()
        began = time.monotonic()
        made = work()
        seconds = round(time.monotonic() - began, 1)
        self._stages.append({"name": name, "made": _made(made), "seconds": seconds, "link": link})
        return made

    def _record(self) -> list[str]:
        jobs: list[Callable[[], str]] = [self._airline_job(scenario, seed) for scenario, seed in SCENARIOS]
        jobs += [self._page_job(page, seed) for page in PAGES for seed in SHOWN]
        pace, made = Pace(len(jobs)), []
        with ThreadPoolExecutor(self._workers) as pool:
            for episode in pool.map(self._unless_stopped, jobs):
                made.append(episode)
                self._report(Update(f"Recording · {pace.said(len(made))}", len(made), len(jobs)))
        return made

    def _page_job(self, page: str, seed: int) -> Callable[[], str]:
        def job() -> str:
            return record_person(self._parts, f"miniwob:{page}", seed, ScriptedPerson(page)).ended.episode.id

        return job

    def _airline_job(self, scenario: str, seed: int) -> Callable[[], str]:
        def job() -> str:
            request = Request(f"airline:{scenario}", answer=answer_for(seed, scenario), seed=seed)
            gestures = parse_script(script_for(seed, scenario))
            return record_gestures(self._parts, request, gestures).ended.episode.id

        return job

    def _label(self, episodes: Sequence[str]) -> list[str]:
        return [labels.proposed(self._parts, episode).id for episode in self._each("Labelling", episodes)]

    def _accept(self, episodes: Sequence[str]) -> list[str]:
        for episode in self._each("Accepting", episodes):
            labels.accept(self._parts, episode, AUTHOR)
        return list(episodes)

    def _run(self, prompt_set: str, envs: Sequence[str], seeds: str) -> dict[str, Any]:
        planned = runs.plan(
            self._parts, envs=envs, seeds=seeds, model="demos", prompt_set=prompt_set, workers=self._workers
        )
        result = runs.execute(planned, self._report, self._stop)
        self._check()
        return result

    def _each(self, doing: str, items: Sequence[T]) -> Sequence[T]:
        self._check()
        self._report(Update(f"{doing} {len(items)} demonstrations", 0, len(items)))
        return items

    def _unless_stopped(self, job: Callable[[], str]) -> str:
        self._check()
        return job()

    def _check(self) -> None:
        if self._stop():
            raise Stopped


def _success(ran: dict[str, Any]) -> dict[str, dict[str, int]]:
    return {row["task"]: {"n": row["n"], "ok": row["ok"]} for row in ran["tasks"]}


def _made(made: object) -> str:
    if isinstance(made, dict):
        return f"{len(made['episodes'])} episodes in {made['run']}"
    return f"{len(made)}" if isinstance(made, list) else str(made)
