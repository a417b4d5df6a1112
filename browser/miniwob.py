"""MiniWoB++ tasks as environments: the pages of the `miniwob` wheel, served from this process and driven directly.

Success is the task's own raw reward being 1. The environments of one session share its site and hand on its pages.
Leaves which tasks there are to `browser.miniwob_tasks`, seeing and acting to the stage.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from browser.acting import MINIWOB
from browser.errors import BrowserGone, EnvironmentFailed, first_line
from browser.miniwob_site import leaves_traces, shelf_of
from browser.miniwob_tasks import TaskName, task_named
from browser.session import BrowserSession
from browser.stage import NO_EPISODE, RUN_S
from traces.actions import Action
from traces.environment import Effect, EnvironmentStart, Outcome, View

UNTIMED_MS = 1_000_000
"""Where time does not count, the page's clock is set so far ahead that it never decides."""
ENDED = "The task has ended; nothing was done."

_START = """async ({seed, limit, mode}) => {
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  for (let i = 0; i < 200 && core.cover_div === null; i += 1) await pause(10);
  if (limit) core.EPISODE_MAX_TIME = limit;
  if (core.EP_TIMER !== null) core.endEpisode(0);
  Math.seedrandom(seed);
  if (core.setDataMode) core.setDataMode(mode);
  core.startEpisodeReal();
  for (let i = 0; i < 500 && !WOB_TASK_READY; i += 1) await pause(20);
  const wish = (core.currentQuestion || {}).instruction; // of FlightWoB, whose own line is JSON
  if (wish) return Object.entries(wish).map(([name, value]) => `${name}: ${value}`).join('; ');
  const asked = core.getUtterance();
  return typeof asked === 'string' ? asked : asked.utterance;
}"""
_STATE = """() => ({
  done: WOB_DONE_GLOBAL, reward: WOB_REWARD_GLOBAL, raw: WOB_RAW_REWARD_GLOBAL, reason: WOB_REWARD_REASON
})"""


@dataclass(frozen=True)
class Standing:
    """How a task stands: `raw` is its reward without time discount (1 solved, down to -1), `reason` its own word."""

    done: bool
    reward: float
    raw: float
    reason: str | None

    @property
    def success(self) -> bool:
        """Solved wholly; partial credit is not success."""
        return self.done and self.raw == 1

    @property
    def told(self) -> str:
        """The task's own word for it, or how it ended; partial credit is called that."""
        if not self.done:
            return "not finished"
        part = f"partial reward {self.raw:g}" if 0 < self.raw < 1 else ""
        return "; ".join(filter(None, (part, self.reason))) or ("solved" if self.success else "ended")


NOT_YET = Standing(False, 0.0, 0.0, None)


async def start_task(page: Page, seed: int, task: TaskName) -> str:
    """Begin an episode on the task's page and return its objective. Raises EnvironmentFailed."""
    terms = {
        "seed": task.page_seed(seed),
        "limit": None if task.timed else UNTIMED_MS,
        "mode": "test" if task.test else "train",
    }
    try:
        asked: str = await page.evaluate(_START, terms)
    except PlaywrightError as error:
        raise EnvironmentFailed(f"The task at {page.url} could not be started: {first_line(error)}") from error
    return " ".join(asked.split())


async def read_task(page: Page) -> Standing:
    """How the task on the page stands. Raises EnvironmentFailed when the page is no task page (any more)."""
    try:
        state: dict[str, Any] = await page.evaluate(_STATE)
    except PlaywrightError as error:
        raise EnvironmentFailed(f"The task at {page.url} could not be read: {first_line(error)}") from error
    return Standing(state["done"], float(state["reward"]), float(state["raw"]), state["reason"])


class MiniwobEnvironment:
    """One task by its full name, e.g. "miniwob:login-user@timed"; equal seeds give equal pages."""

    def __init__(
        self, name: str, session: BrowserSession, pictures: bool = True, own_ports: Collection[int] = ()
    ) -> None:
        self._task = task_named(name)
        self.name = self._task.text
        self._shelf = shelf_of(session)
        self._stage = self._shelf.take(self._task.viewport, pictures, tuple(own_ports))
        self._standing = NOT_YET
        self._begun = False
        self._whole = True

    def reset(self, seed: int) -> EnvironmentStart:
        """Begin; the seed decides the objective and the page."""
        return self._stage.session.run(self._reset(seed), RUN_S)

    def observe(self) -> View:
        """The page without the line that says what is asked."""
        if not self._begun:  # the tab may still show another task
            raise BrowserGone(NO_EPISODE)
        return self._stage.look()

    def act(self, action: Action) -> Effect:
        """Act; `done` once the task ended itself, with its raw reward."""
        if self._standing.done:
            return Effect(self._stage.look(), ENDED, done=True, reward=self._standing.raw)
        return self._stage.session.run(self._act(action), RUN_S)

    def outcome(self, answer: str | None = None) -> Outcome:
        """Solved or not; tasks judge the page, never the answer. The reward is raw, so that a part of it shows."""
        standing = self._standing
        return Outcome(standing.success, standing.raw, standing.told)

    def close(self) -> None:
        """Give the page back; the session keeps it for the next task until it ends itself."""
        self._shelf.put(self._stage, self._whole)

    async def _reset(self, seed: int) -> EnvironmentStart:
        self._standing, self._whole = NOT_YET, False
        again, self._begun = self._begun, True
        url = self._shelf.site.url(self._task)
        if self._task.flight:
            await self._stage.loaded(url, fresh=True)
        elif leaves_traces(self._task) or not (again and await self._stage.kept(url)):
            await self._stage.loaded(url)
        objective = await start_task(self._stage.tabs.page, seed, self._task)
        await self._stage.tabs.observer.quiet(MINIWOB.still_ms, MINIWOB.limit_ms)
        start = EnvironmentStart(objective, await self._stage.seen(), self._stage.viewport, self._task.terms)
        self._whole = True
        return start

    async def _act(self, action: Action) -> Effect:
        if self._task.timed and await self._ended():  # a press on its cover would begin another episode
            return Effect(await self._stage.seen(), ENDED, done=True, reward=self._standing.raw)
        self._whole = False
        effect = await self._stage.acted(action)
        self._whole = True
        await self._ended()
        standing = self._standing
        return replace(effect, done=standing.done, reward=standing.raw if standing.done else None)

    async def _ended(self) -> bool:
        try:
            self._standing = await read_task(self._stage.tabs.page)
        except EnvironmentFailed:
            self._standing = Standing(True, 0.0, 0.0, "the task's page was left")
        return self._standing.done
