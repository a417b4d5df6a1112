"""Our isolated world in the frames of a page: where browser/injected/*.js runs, apart from the page's own scripts.

One world serves the main frame and every frame of its origin; a frame of another origin gets its own, reached through
the session of its process. Worlds end with their documents and are made again on the next call.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from playwright.async_api import CDPSession, Frame, Page
from playwright.async_api import Error as PlaywrightError

from browser.errors import BrowserError, BrowserTimeout, PageCrashed, translated

WORLD = "stepscope"
ANSWER_S = 5.0
TRIES = 6
STALE = (
    "Cannot find context",
    "Execution context was destroyed",
    "uniqueContextId not found",
    "Inspected target navigated",
)
NO_FRAME = "No frame"


@cache
def injected() -> str:
    """The files of browser/injected in order."""
    files = sorted((Path(__file__).parent / "injected").glob("*.js"))
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


@cache
def source() -> str:
    """The injected script: the files of browser/injected in order, as one function run once per world."""
    return f"(() => {{ 'use strict'; if (globalThis.__stepscope) return; {injected()} }})()"


class Session(Protocol):
    """What commands are sent through: a CDP session of Playwright's, or a line of one's own."""

    async def send(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """The answer. Raises Playwright's Error."""


class Ways(Protocol):
    """Other sessions for a page than Playwright's, and the script its worlds run (browser/recorder/window)."""

    script: str

    async def to_page(self, page: Page) -> Session:
        """The session of the page itself."""

    def to_frame(self, frame: str) -> Session | None:
        """The session of a frame in a process of its own."""


class World:
    """The script in one frame of the browser. `call` returns what a function of it says."""

    def __init__(self, session: Session, frame: str, script: str | None = None) -> None:
        self.session = session
        self.frame = frame
        self._script = script or source()
        self._context: int | None = None

    async def call(self, function: str, argument: Mapping[str, Any] | str | None = None, *more: str) -> Any:
        """The function's value, sent over as one JSON string. Makes the world anew if its document was replaced."""
        arguments = ", ".join(json.dumps(value) for value in (argument, *more) if value is not None)
        expression = f"globalThis.__stepscope ? JSON.stringify(__stepscope.{function}({arguments})) ?? 'null' : ''"
        text = await self._evaluate(expression)
        return json.loads(text)

    async def handle(self, element: str) -> str | None:
        """The remote object id of an element by its id in the observation, None if it is gone."""
        await self._evaluate("globalThis.__stepscope ? 'here' : ''")
        result = await self._send("Runtime.evaluate", expression=f"__stepscope.elementOf({json.dumps(element)})")
        found: str | None = result["result"].get("objectId")
        return found

    async def remote(self, expression: str, group: str) -> str:
        """The remote id of what an expression gives, to be released with its group."""
        result = await self._send("Runtime.evaluate", expression=expression, objectGroup=group)
        _value(result)
        found: str = result["result"]["objectId"]
        return found

    async def give(self, node: int, function: str, group: str) -> None:
        """Call a function in this world with a node as `this`, by the browser's own number of it."""
        asked = {"backendNodeId": node, "executionContextId": self._context, "objectGroup": group}
        resolved = await self.session.send("DOM.resolveNode", asked)
        called = {"objectId": resolved["object"]["objectId"], "functionDeclaration": function}
        _value(await self.session.send("Runtime.callFunctionOn", called))

    async def _evaluate(self, expression: str) -> str:
        problem: Exception | None = None
        for attempt in range(TRIES):
            try:
                result = await self._send("Runtime.evaluate", expression=expression, returnByValue=True)
                text: str = _value(result)
                if text:
                    return text
                _value(await self._send("Runtime.evaluate", expression=self._script, returnByValue=True))
            except PlaywrightError as error:
                if not any(word in str(error) for word in STALE):
                    raise
                problem = error
                self._context = None
                await asyncio.sleep(0.01 * attempt)
        raise BrowserTimeout("The page kept changing its address while it was being read.") from problem

    async def _send(self, method: str, **parameters: Any) -> dict[str, Any]:
        if self._context is None:
            made = await self.session.send("Page.createIsolatedWorld", {"frameId": self.frame, "worldName": WORLD})
            self._context = made["executionContextId"]
        answer: dict[str, Any] = await self.session.send(method, {"contextId": self._context, **parameters})
        return answer


class Worlds:
    """All our worlds of one page. Calls end with PageCrashed when the renderer dies and BrowserTimeout after 5 s."""

    def __init__(self, page: Page, ways: Ways | None = None) -> None:
        self.page = page
        self._ways = ways
        self._main: World | None = None
        self._foreign: dict[str, World] = {}
        self._sessions: dict[Frame, tuple[str, CDPSession]] = {}
        self._gone = asyncio.get_running_loop().create_future()
        page.on("crash", lambda _: self._end(PageCrashed("The page crashed. Open its address again to go on.")))
        page.on("framedetached", self._forget)

    @property
    def crashed(self) -> bool:
        """Whether the page's renderer has died."""
        return self._gone.done()

    async def main(self) -> World:
        """The world of the top frame."""
        if self._main is None:
            way = self._ways.to_page(self.page) if self._ways else self.page.context.new_cdp_session(self.page)
            session: Session = await self.bounded(way)
            tree = await self.bounded(session.send("Page.getFrameTree"))
            self._main = World(session, tree["frameTree"]["frame"]["id"], self._script)
        return self._main

    async def of_frame(self, frame: str, near: World) -> World | None:
        """The world of a frame of another origin inside `near`'s, None if it cannot be reached (any more)."""
        known = self._foreign.get(frame)
        if known is not None and await self.alive(known):
            return known
        for session in [near.session, *await self._process_sessions(frame)]:
            world = World(session, frame, self._script)
            if await self.alive(world):
                self._foreign[frame] = world
                return world
        self._foreign.pop(frame, None)
        return None

    async def bounded(self, awaitable: Any, seconds: float = ANSWER_S) -> Any:
        """Wait for an answer of the page, but not beyond its death or `seconds`."""
        task = asyncio.ensure_future(awaitable)
        try:
            await self.until({task}, seconds)
        finally:
            if not task.done():
                task.cancel()
        return _result(task)

    async def until(self, tasks: set[asyncio.Future[Any]], seconds: float = ANSWER_S) -> None:
        """Wait for the first of the tasks. Raises PageCrashed if the page dies first, BrowserTimeout after that."""
        done, _ = await asyncio.wait({*tasks, self._gone}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if done & tasks:
            return
        if self._gone in done:
            raise self._gone.result()
        raise BrowserTimeout(f"The page did not answer within {seconds:g} s; it may be busy or show a dialog.")

    async def frame_id(self, world: World, element: str) -> str | None:
        """Which frame of the browser an <iframe> of the observation shows."""
        handle = await world.handle(element)
        if handle is None:
            return None
        node = await world.session.send("DOM.describeNode", {"objectId": handle})
        found: str | None = node["node"].get("frameId")
        return found

    async def alive(self, world: World) -> bool:
        """Whether the world's frame still answers."""
        try:
            await world.call("mutations")
        except PlaywrightError:
            return False
        return True

    @property
    def _script(self) -> str | None:
        return self._ways.script if self._ways else None

    async def _process_sessions(self, frame: str) -> list[Session]:
        """Sessions of the page's frames that live in other processes, the one of `frame` only."""
        if self._ways is not None:
            own = self._ways.to_frame(frame)
            return [own] if own else []
        found: list[Session] = []
        for candidate in self.page.frames[1:]:
            root, session = await self._session_of(candidate)
            if root == frame and session is not None:
                found.append(session)
        return found

    async def _session_of(self, frame: Frame) -> tuple[str, CDPSession | None]:
        if frame in self._sessions:
            return self._sessions[frame]
        try:
            session = await self.page.context.new_cdp_session(frame)
            tree = await session.send("Page.getFrameTree")
        except PlaywrightError:
            return "", None  # it lives in its parent's process, or has just gone
        self._sessions[frame] = (tree["frameTree"]["frame"]["id"], session)
        return self._sessions[frame]

    def _forget(self, frame: Frame) -> None:
        self._sessions.pop(frame, None)

    def _end(self, error: BrowserError) -> None:
        if not self._gone.done():
            self._gone.set_result(error)


def _result(task: asyncio.Future[Any]) -> Any:
    try:
        return task.result()
    except PlaywrightError as error:
        raise translated(error) from error


def _value(answer: dict[str, Any]) -> Any:
    problem = answer.get("exceptionDetails")
    if problem:
        said = problem.get("exception", {}).get("description") or problem.get("text", "")
        raise BrowserError(f"The page could not be read: {said.splitlines()[0] if said else 'no reason given'}")
    return answer["result"].get("value")
