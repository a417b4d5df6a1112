"""A run's beginning done again: its task and seed on a fresh page, its own actions, each page held against the one the
run had. Where they differ somebody decides; what is left in the end is the open page, for a recording to go on from.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import urlsplit

from agent.history import open_lines
from browser.environment import URL_PREFIX
from browser.errors import EnvironmentFailed
from browser.gym import PREFIX as GYM_PREFIX
from browser.miniwob import read_task
from browser.miniwob_tasks import is_miniwob, task_named
from browser.recorder.opening import OpenPage, open_page
from browser.stage import RUN_S, Stage
from flows.progress import Report, Stop, Stopped, Update
from flows.record.recording import Request, call_forms, options_of
from flows.record.tasks import Task, is_task, open_task, settle_of
from flows.teach.same_pages import PATIENCE_S, differing, here, same
from labeling.prompts.turns import OpenCall
from store.errors import NotFound, StoreError
from traces.actions import parse_action
from traces.environment import View
from traces.frames import path_of
from traces.model import Episode, Frame, Observation, Step
from traces.skeleton import innermost
from wiring import POLICY_SET, Parts

OPEN_S = 90.0
"""How long a task's page may take to open."""
LOOK_MS = 200.0
"""Milliseconds between two looks at a page that is not yet as it was, at least."""
Decision = Literal["on", "here", "back", "stop"]
"""Do the rest all the same; record on the page as it is; go back to the last page that was the same; give up."""


@dataclass(frozen=True)
class Lesson:
    """The place in a run that somebody wants to teach at: the step, the calls open there, and what was done before.

    `before` are all steps before it, `acts` the page actions among them, in order. Pages and pictures are asked for by
    hash.
    """

    episode: Episode
    step: Step
    before: tuple[Step, ...]
    acts: tuple[Step, ...]
    stacks: Mapping[str, tuple[Frame, ...]]
    observation: Callable[[str], Observation]
    picture: Callable[[str], bytes | None]

    def at(self, place: int) -> Step:
        """The step whose page comes after so many page actions."""
        return self.acts[place] if place < len(self.acts) else self.step

    @property
    def task(self) -> str:
        """The task it is recorded as, or the address it begins at. Time does not count while somebody teaches."""
        name = self.episode.task or ""
        if name.startswith(URL_PREFIX):
            return name.removeprefix(URL_PREFIX)
        if is_miniwob(name):
            return replace(task_named(name), timed=False).text
        return name if is_task(name) else self.episode.start_url


@dataclass(frozen=True)
class Difference:
    """A page that is not as it was in the run, before the step `seq`; `lines` begin with − (then) or + (now).

    `why` is what went wrong with the action before; `can_go_back` whether there is an earlier page that was the same.
    """

    step: str
    seq: int
    lines: tuple[str, ...]
    then: View
    now: View
    why: str
    can_go_back: bool

    @property
    def facts(self) -> dict[str, Any]:
        """What `--json` prints of it."""
        urls = {"url_then": self.then.observation.url, "url_now": self.now.observation.url}
        return {"step": self.step, "seq": self.seq, **urls, "lines": list(self.lines), "why": self.why or None}


Decide = Callable[[Difference], Decision]


@dataclass(frozen=True)
class Ready:
    """The open page at a step of the run: `step` is the one that was to come there, `stack` its open calls.

    `done` counts the page actions done again; `differences` are those somebody decided about, and how.
    """

    lesson: Lesson
    task: Task
    page: OpenPage
    step: Step
    done: int
    differences: tuple[tuple[Difference, Decision], ...]

    @property
    def stack(self) -> tuple[Frame, ...]:
        """The open calls, the root first."""
        return self.lesson.stacks[self.step.uid]

    @property
    def opened(self) -> tuple[OpenCall, ...]:
        """The open calls with what the run had done in each of them."""
        lines = open_lines(one for one in self.lesson.before if one.seq < self.step.seq)
        return tuple(OpenCall(call=f.objective, previous=past) for f, past in zip(self.stack, lines, strict=False))


def lesson(parts: Parts, episode_id: str, uid: str) -> Lesson:
    """What there is to teach at a step. Raises NotFound, and StoreError where nothing can be taught there."""
    with parts.episode(episode_id) as reader:
        episode, steps, frames = reader.episode, reader.steps(), reader.frames()
        if episode.actor != "agent" or not reader.sealed:
            what = "has not ended yet" if episode.actor == "agent" else "is a demonstration, not a run"
            raise StoreError(f"Episode {episode_id} {what}. Nothing was started. Name a run that has ended.")
        step = reader.step(uid)
        before = tuple(one for one in steps if one.seq < step.seq)
        acts = tuple(one for one in before if one.kind == "act" and _name(one) != "note")
        keys = {one.observation_before for one in (*acts, step)}
        pages = {key: reader.observation(key) for key in keys if key is not None}
    if len(pages) < len(keys):
        raise StoreError(
            f"Episode {episode_id} does not hold the page of every step before, so that none can be compared. Nothing "
            "was started. Show the whole task on Record instead."
        )
    frames = frames or parts.frames(episode_id)
    inner = dict(zip((one.uid for one in steps), innermost(steps, frames), strict=True))
    stacks = {one.uid: path_of(frames, frames[inner[one.uid]].id) for one in (*acts, step)}
    found = Lesson(episode, step, before, acts, stacks, pages.__getitem__, _pictures(parts, episode_id))
    _check(found)
    return found


def rehearse(
    parts: Parts,
    asked: Lesson,
    decide: Decide,
    report: Report,
    stop: Stop,
    author: str | None = None,
    continues: str | None = None,
) -> Ready:
    """Do the run's beginning again; `continues` is the demonstration that is to be gone on with there.

    Raises Stopped, BrowserError or StoreError; then nothing is left behind.
    """
    rehearsal = _Rehearsal(parts, asked, report, stop, author, continues)
    try:
        rehearsal.open()
        while (found := rehearsal.advance()) is not None:
            decision = decide(found)
            rehearsal.decided(found, decision)
            if decision == "here":
                break
        return rehearsal.ready()
    except BaseException:
        rehearsal.close()
        raise


class _Rehearsal:
    def __init__(
        self, parts: Parts, asked: Lesson, report: Report, stop: Stop, author: str | None, continues: str | None
    ) -> None:
        self._parts, self._lesson, self._report, self._stop = parts, asked, report, stop
        self._author, self._continues = author, continues
        self._ours = is_task(asked.task)
        self._differences: list[tuple[Difference, Decision]] = []
        self._until = len(asked.acts)
        self._at = 0
        self._passed = -1
        self._why = ""
        self._task: Task | None = None
        self._page: OpenPage | None = None

    def open(self) -> None:
        """The task as it began."""
        asked, parts = self._lesson, self._parts
        episode = asked.episode
        seed = episode.seed or 0
        request = Request(asked.task, episode.objective, seed=seed, author=self._author, continues=self._continues)
        told = {"policies": call_forms(parts.policies(episode.policy_set or POLICY_SET)), "viewport": episode.viewport}
        options = options_of(parts, request).model_copy(update=told)
        self._report(Update("Opening the task", 0, self._until))
        self._task = open_task(asked.task, seed, options)
        opening = open_page(parts.session, self._task.options, self._task.prepare)
        self._page = parts.session.run(opening, OPEN_S)
        self._stage = Stage.on(self._page.tabs, parts.session, settle_of(asked.task))
        self._at, self._why, self._passed = 0, "", -1
        quiet = self._page.tabs.observer.quiet(self._stage.settle.still_ms, self._stage.settle.limit_ms)
        parts.session.run(quiet, RUN_S)

    def advance(self) -> Difference | None:
        """Go on to the step, or to the next page that differs and that nobody has passed over."""
        while True:
            if self._stop():
                raise Stopped
            self._report(Update(f"Step {self._lesson.at(self._at).seq + 1} of the run", self._at, self._until))
            then = self._lesson.observation(self._lesson.at(self._at).observation_before or "")
            now = self._settled(then)
            if self._passed != self._at and not self._same(then, now.observation):
                return self._difference(then, now)
            if self._at >= self._until:
                return None
            self._do(self._lesson.acts[self._at], then, now.observation)

    def decided(self, found: Difference, decision: Decision) -> None:
        """Somebody said what is to become of a difference. Raises Stopped where it is to be given up."""
        self._differences.append((found, decision))
        if decision == "stop" or (decision == "back" and not found.can_go_back):
            raise Stopped
        if decision == "back":
            self._until = self._at - 1
            self.close()
            self.open()
        self._passed = self._at if decision == "on" else -1

    def ready(self) -> Ready:
        """The page as it is. Raises EnvironmentFailed where the task is over."""
        assert self._task is not None
        assert self._page is not None
        page = self._page.tabs.page
        if is_miniwob(self._lesson.task) and self._parts.session.run(read_task(page), RUN_S).done:
            raise EnvironmentFailed("The task was over at this step. Nothing was recorded. Choose an earlier step.")
        step = self._lesson.at(self._at)
        return Ready(self._lesson, self._task, self._page, step, self._at, tuple(self._differences))

    def close(self) -> None:
        """Let go of page and site."""
        if self._page is not None:
            self._parts.session.run(self._page.close(), RUN_S)
        if self._task is not None:
            self._task.close()
        self._page = self._task = None

    def _settled(self, then: Observation) -> View:
        """The page, once it is as it was or has had time enough."""
        end, stage = time.monotonic() + PATIENCE_S, self._stage
        while True:
            now = stage.look()
            if self._same(then, now.observation) or time.monotonic() > end or stage.tabs.dialog is not None:
                return now
            quiet = stage.tabs.observer.quiet(max(LOOK_MS, stage.settle.still_ms), stage.settle.limit_ms)
            self._parts.session.run(quiet, RUN_S)

    def _do(self, step: Step, then: Observation, now: Observation) -> None:
        action = here(parse_action(step.action), then, now, self._ours)
        if action is None:
            self._why = f"{step.action}: its element is not on the page"
        else:
            self._why = self._stage.do(action).error or ""
        self._at += 1

    def _same(self, then: Observation, now: Observation) -> bool:
        return same(then, now, self._ours)

    def _difference(self, then: Observation, now: View) -> Difference:
        step = self._lesson.at(self._at)
        picture = self._lesson.picture(step.picture_before) if step.picture_before else None
        lines = differing(then, now.observation, self._ours)
        return Difference(step.uid, step.seq, lines, View(then, picture), now, self._why, self._at > 0)


def _check(found: Lesson) -> None:
    """Raises StoreError where the beginning cannot be done again."""
    episode = found.episode
    if (episode.task or "").startswith(GYM_PREFIX):
        raise StoreError(
            f"The pages of {episode.task} are in another process. Nothing was started; teach it by Record."
        )
    if not is_task(found.task) and urlsplit(found.task).scheme not in ("http", "https"):
        raise StoreError(
            f"Episode {episode.id} does not say where it began, so that it cannot be done again there. Nothing was "
            "started. Show the whole task on Record instead."
        )


def _pictures(parts: Parts, episode_id: str) -> Callable[[str], bytes | None]:
    def picture(key: str) -> bytes | None:
        with parts.episode(episode_id) as reader:
            try:
                return reader.picture(key)[1]
            except NotFound:
                return None

    return picture


def _name(step: Step) -> str:
    return step.action.partition(" ")[0]
