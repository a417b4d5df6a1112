"""Our own lines to a browser's pages and to their frames in other processes, open before any script of theirs runs.

Playwright tells of a page when its first document is there already, which is too late to listen first. Here every new
page is attached to as it is created, and given its orders in one go; frames wait until they have theirs. Messages
travel inside those of the line around (`Target.sendMessageToTarget`). What the orders are is left to `arming`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from playwright.async_api import Browser, CDPSession, Page
from playwright.async_api import Error as PlaywrightError

Order = tuple[str, dict[str, Any]]
Heard = Callable[[dict[str, Any]], None]
CHILDREN = {
    "autoAttach": True,
    "waitForDebuggerOnStart": True,
    "flatten": False,
    "filter": [{"type": "iframe"}, {"exclude": True}],
}
PAGE_S = 10.0
HEARD_S = 2.0
"""How long a page may take to answer whether it has said everything; one that shows a dialog cannot."""


class Session(Protocol):
    """What can be sent to a target and heard from it: a Playwright CDP session, or a line."""

    async def send(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """The answer. Raises Playwright's Error."""

    def on(self, event: str, f: Callable[..., None]) -> None:
        """Call `f` with each event of that name."""


class Line:
    """One target; `target` is its id, which for a frame is the frame's too. `closed` is done when it has gone."""

    def __init__(self, around: Session, session: str, target: str, parent: Line | None = None) -> None:
        self.target = target
        self.parent = parent
        self.closed = asyncio.Event()
        self._around = around
        self._session = session
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._heard: dict[str, list[Heard]] = defaultdict(list)
        self._count = 0

    @property
    def page(self) -> Line:
        """The line of the page it is in, itself for a page."""
        return self if self.parent is None else self.parent.page

    async def send(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """The answer. Raises Playwright's Error, also when the target goes meanwhile."""
        if self.closed.is_set():
            raise PlaywrightError(f"{method}: Target closed")
        self._count += 1
        number = self._count
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        message = json.dumps({"id": number, "method": method, "params": params or {}})
        try:
            await self._around.send("Target.sendMessageToTarget", {"sessionId": self._session, "message": message})
            return await answer
        finally:
            self._waiting.pop(number, None)

    async def order(self, orders: Iterable[Order]) -> None:
        """Send all at once, in this order, and wait for the answers; what a dying target refuses is let be."""
        answers = await asyncio.gather(*(self.send(*order) for order in orders), return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException) and not isinstance(answer, PlaywrightError):
                raise answer

    def on(self, event: str, f: Heard) -> None:
        """Call `f` with each event of that name."""
        self._heard[event].append(f)

    def receive(self, text: str) -> None:
        """A message of the target."""
        message = json.loads(text)
        if "id" not in message:
            for heard in self._heard[message["method"]]:
                heard(message.get("params", {}))
            return
        answer = self._waiting.get(message["id"])
        if answer is None or answer.done():
            return
        problem = message.get("error")
        if problem:
            answer.set_exception(PlaywrightError(f"Protocol error: {problem.get('message', 'refused')}"))
        else:
            answer.set_result(message.get("result", {}))

    def close(self) -> None:
        """The target has gone: whoever waits for an answer is told."""
        self.closed.set()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(PlaywrightError("Target closed"))


class Lines:
    """All lines of one browser. `orders` gives what a new target is told first, `opened` is called with each new line.

    The browser must be this recording's own: every page of it is attached to.
    """

    def __init__(
        self, browser: Browser, orders: Callable[[], tuple[Order, ...]], opened: Callable[[Line], None]
    ) -> None:
        self._browser = browser
        self._orders = orders
        self._opened = opened
        self._root: CDPSession | None = None
        self._by_session: dict[str, Line] = {}
        self._by_target: dict[str, Line] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._change = asyncio.Event()
        self._ready: set[str] = set()
        self.infos: dict[str, dict[str, Any]] = {}

    async def start(self) -> None:
        """Attach to every page from now on."""
        self._root = root = await self._browser.new_browser_cdp_session()
        self._children_of(root, None)
        root.on("Target.targetCreated", lambda event: self._created(event["targetInfo"]))
        root.on("Target.targetInfoChanged", lambda event: self._told(event["targetInfo"]))
        await root.send(
            "Target.setDiscoverTargets", {"discover": True, "filter": [{"type": "page"}, {"exclude": True}]}
        )

    async def stop(self) -> None:
        """Attach to nothing any more, and let go of what there is."""
        root, self._root = self._root, None
        if root is not None:
            with contextlib.suppress(PlaywrightError):
                await root.detach()

    async def caught_up(self) -> None:
        """Until every page and frame has answered once: what it said before has been heard by then."""
        lines = list(self._by_session.values())
        asking = [
            asyncio.ensure_future(self._safely(line.send("Runtime.evaluate", {"expression": "0"}))) for line in lines
        ]
        if not asking:
            return
        _, late = await asyncio.wait(asking, timeout=HEARD_S)
        for task in late:
            task.cancel()

    async def of_page(self, page: Page) -> Line:
        """The page's line, once its orders are carried out. Raises Playwright's Error if it goes meanwhile."""
        session = await page.context.new_cdp_session(page)
        try:
            target = (await session.send("Target.getTargetInfo"))["targetInfo"]["targetId"]
        finally:
            with contextlib.suppress(PlaywrightError):
                await session.detach()
        return await self._when_ready(target)

    def of_frame(self, frame: str) -> Line | None:
        """The line of a frame that lives in a process of its own."""
        return self._by_target.get(frame)

    async def _when_ready(self, target: str) -> Line:
        try:
            async with asyncio.timeout(PAGE_S):
                while target not in self._ready:
                    self._change.clear()
                    await self._change.wait()
        except TimeoutError:
            raise PlaywrightError("Target closed: the page could not be listened to") from None
        return self._by_target[target]

    def _created(self, info: dict[str, Any]) -> None:
        self._told(info)
        if info["type"] == "page" and self._root is not None:
            asking = {"targetId": info["targetId"], "flatten": False}
            self._do(self._safely(self._root.send("Target.attachToTarget", asking)))

    def _told(self, info: dict[str, Any]) -> None:
        self.infos[info["targetId"]] = info

    def _children_of(self, around: Session, parent: Line | None) -> None:
        around.on("Target.attachedToTarget", lambda event: self._attached(around, parent, event))
        around.on("Target.receivedMessageFromTarget", self._received)
        around.on("Target.detachedFromTarget", lambda event: self._detached(event["sessionId"]))

    def _attached(self, around: Session, parent: Line | None, event: dict[str, Any]) -> None:
        line = Line(around, event["sessionId"], event["targetInfo"]["targetId"], parent)
        self._by_session[event["sessionId"]] = line
        self._by_target[line.target] = line
        self._children_of(line, line)
        self._opened(line)
        self._do(self._prepare(line))

    async def _prepare(self, line: Line) -> None:
        await line.order((*self._orders(), ("Target.setAutoAttach", CHILDREN), ("Runtime.runIfWaitingForDebugger", {})))
        self._ready.add(line.target)
        self._change.set()

    def _received(self, event: Mapping[str, Any]) -> None:
        line = self._by_session.get(event["sessionId"])
        if line is not None:
            line.receive(event["message"])

    def _detached(self, session: str) -> None:
        line = self._by_session.pop(session, None)
        if line is None:
            return
        if self._by_target.get(line.target) is line:
            del self._by_target[line.target]
            self._ready.discard(line.target)
        line.close()

    def _do(self, doing: Any) -> None:
        task = asyncio.ensure_future(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @staticmethod
    async def _safely(doing: Any) -> None:
        with contextlib.suppress(PlaywrightError):
            await doing
