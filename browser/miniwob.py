"""MiniWoB++ tasks as environments: the pages of the `miniwob` wheel, served from this process and driven directly.

Only the wheel's HTML is used (the package itself is never imported). Success is the task's own raw reward being 1; its
clock is set so far ahead that it never decides. Leaves seeing and acting to the stage.
"""

from __future__ import annotations

import http.server
import threading
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from browser.acting import MINIWOB
from browser.errors import EnvironmentFailed, UnknownEnvironment, first_line
from browser.session import BrowserSession
from browser.stage import RUN_S, Stage
from traces.actions import Action
from traces.environment import Effect, EnvironmentStart, Outcome, View

PREFIX = "miniwob:"
FLIGHT = "flight."
"""Before the name of a FlightWoB page: flight.AA, flight.Alaska."""
HIDDEN = ("#query", "#query-wrap", "#reward-display", "#click-canvas", "#sync-task-cover")
VIEWPORT = (340, 220)
FLIGHT_VIEWPORT = (375, 667)
"""A telephone's, whose pages the airlines' are."""
EPISODE_MS = 1_000_000
ENDED = "The task has ended; nothing was done."

_START = """async ({seed, limit}) => {
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  for (let i = 0; i < 200 && core.cover_div === null; i += 1) await pause(10);
  core.EPISODE_MAX_TIME = limit;
  if (core.EP_TIMER !== null) core.endEpisode(0);
  Math.seedrandom(seed);
  if (core.setDataMode) core.setDataMode('train');
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


@cache
def miniwob_tasks() -> tuple[str, ...]:
    """Names of all tasks, sorted, e.g. "login-user"."""
    return tuple(sorted(path.stem for path in (_html() / "miniwob").glob("*.html")))


@cache
def flight_tasks() -> tuple[str, ...]:
    """Names of the FlightWoB tasks of the same wheel, sorted, e.g. "flight.Alaska"."""
    return tuple(sorted(f"{FLIGHT}{path.parent.name}" for path in (_html() / "flight").glob("*/wrapper.html")))


def has_task(task: str) -> bool:
    """Whether there is a task of that name."""
    return task in miniwob_tasks() or task in flight_tasks()


def viewport_of(task: str) -> tuple[int, int]:
    """How large a task's page is shown."""
    return FLIGHT_VIEWPORT if task.startswith(FLIGHT) else VIEWPORT


def check_task(task: str) -> None:
    """Raises UnknownEnvironment, naming similar tasks, unless there is a task of that name."""
    if not has_task(task):
        raise UnknownEnvironment(f"There is no MiniWoB++ task {task!r}. {_similar(task)}")


class MiniwobSite:
    """Serves the task pages on a free port of 127.0.0.1 until closed; a context manager."""

    def __init__(self) -> None:
        handler = partial(_Handler, directory=str(_html()))
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="miniwob", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    def url(self, task: str) -> str:
        """The address of a task's page. Raises UnknownEnvironment."""
        check_task(task)
        path = f"flight/{task.removeprefix(FLIGHT)}/wrapper" if task.startswith(FLIGHT) else f"miniwob/{task}"
        return f"http://127.0.0.1:{self.port}/{path}.html"

    def close(self) -> None:
        """Stop serving; harmless when called again."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


async def start_task(page: Page, seed: int, limit_ms: int = EPISODE_MS) -> str:
    """Begin an episode on a freshly loaded task page and return its objective. Raises EnvironmentFailed."""
    try:
        asked: str = await page.evaluate(_START, {"seed": seed, "limit": limit_ms})
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
    """One task; every reset loads its page anew, so that equal seeds give equal pages."""

    def __init__(
        self,
        task: str,
        session: BrowserSession,
        viewport: tuple[int, int] | None = None,
        pictures: bool = True,
        own_ports: Collection[int] = (),
    ) -> None:
        check_task(task)
        self.name = f"{PREFIX}{task}"
        self._task = task
        self._stage = Stage(session, MINIWOB, HIDDEN, viewport or viewport_of(task), pictures, own_ports)
        self._site = MiniwobSite()
        self._standing = Standing(False, 0.0, 0.0, None)

    def reset(self, seed: int) -> EnvironmentStart:
        """Load the page and begin; the seed decides the objective and the page."""
        return self._stage.session.run(self._reset(seed), RUN_S)

    def observe(self) -> View:
        """The page without the line that says what is asked."""
        return self._stage.look()

    def act(self, action: Action) -> Effect:
        """Act; `done` once the task ended itself, with its raw reward."""
        if self._standing.done:
            return Effect(self._stage.look(), ENDED, done=True, reward=self._standing.raw)
        return self._stage.session.run(self._act(action), RUN_S)

    def outcome(self, answer: str | None = None) -> Outcome:
        """Solved or not; tasks judge the page, never the answer."""
        standing = self._standing
        detail = standing.reason or ("solved" if standing.success else "ended" if standing.done else "not finished")
        return Outcome(standing.success, standing.raw, detail)

    def close(self) -> None:
        """Close the page and stop serving."""
        try:
            self._stage.close()
        finally:
            self._site.close()

    async def _reset(self, seed: int) -> EnvironmentStart:
        self._standing = Standing(False, 0.0, 0.0, None)
        await self._stage.loaded(self._site.url(self._task))
        objective = await start_task(self._stage.tabs.page, seed)
        await self._stage.tabs.observer.quiet(MINIWOB.still_ms, MINIWOB.limit_ms)
        return EnvironmentStart(objective, await self._stage.seen(), self._stage.viewport)

    async def _act(self, action: Action) -> Effect:
        effect = await self._stage.acted(action)
        try:
            self._standing = await read_task(self._stage.tabs.page)
        except EnvironmentFailed:
            self._standing = Standing(True, 0.0, 0.0, "the task's page was left")
        return Effect(
            view=effect.view,
            error=effect.error,
            changed=effect.changed,
            target=effect.target,
            done=self._standing.done,
            reward=self._standing.raw if self._standing.done else None,
        )


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Files of the wheel, without a log line per request; a page that goes away while it loads is no error."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def handle(self) -> None:
        """Serve one connection."""
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True


def _html() -> Path:
    spec = find_spec("miniwob")
    if spec is None or not spec.submodule_search_locations:
        raise EnvironmentFailed("The MiniWoB++ pages are not installed; `make setup` installs them (package miniwob).")
    return Path(next(iter(spec.submodule_search_locations))) / "html"


def _similar(task: str) -> str:
    head = task.split("-")[0].split(".")[0]
    near = [name for name in (*miniwob_tasks(), *flight_tasks()) if head and name.startswith(head)][:6]
    names = near or miniwob_tasks()[:6]
    return f"There are {len(miniwob_tasks())}, such as {', '.join(names)}."
