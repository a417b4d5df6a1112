"""What a window's pages said, as raw events: one queue for all tabs, in the order the messages came.

The page has had the input already, so nothing is dispatched here and nothing waits. When a while has passed without
anything said, the page is looked at; a look during which something was said may hold its effect and is thrown away.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from browser.errors import BrowserError, BrowserGone, PageClosed, PageCrashed, translated
from browser.recorder.desk import Desk
from browser.recorder.events import Hover, Mark, Settled
from browser.recorder.eyes import under
from browser.recorder.messages import problem
from browser.recorder.pointer import REVEALED
from browser.recorder.waking import changed
from browser.recorder.window.gestures import BUTTONS, Gestures
from browser.recorder.window.heard import (
    Down,
    Heard,
    Left,
    Rest,
    Secret,
    Struck,
    Unhandled,
    Written,
)
from browser.recorder.window.sight import Sight, Where
from browser.recorder.window.writing import Writing
from store.errors import StoreError

HELD_S = 2.0
"""A button that is down this long without a word of its release (a native menu took it) is waited for no longer."""

Job = Callable[[], Awaitable[None]]


class Source:
    """Turns messages into raw events. `front` is told which tab a person is working in, before each gesture."""

    def __init__(
        self,
        desk: Desk,
        sight: Sight,
        front: Callable[[Page], None],
        crashed: Callable[[BrowserError], None],
        failed: Callable[[StoreError], None],
    ) -> None:
        self._desk = desk
        self._sight = sight
        self._front = front
        self._crashed = crashed
        self._failed = failed
        self._jobs: deque[Job] = deque()
        self._change = asyncio.Event()
        self._arrivals = 0
        self._dirty = True
        self._working = False
        self._rest: tuple[Page, Rest] | None = None
        self.writing = Writing(desk, sight)
        self.gestures = Gestures(desk, sight, self.writing)
        self.looked: Callable[[], Awaitable[None]] = _nothing
        """Called after each look at a quiet page."""
        self.dialogs = 0
        self.last_gesture: dict[Page, float] = {}
        self._acted = 0.0

    def hear(self, page: Page, said: Heard) -> None:
        """A message of a page."""
        where = self._sight.where(page)
        if where is None:
            self.put(partial(self._unseen, said))
        elif isinstance(said, Rest):
            self._rest = (page, said)
            self._change.set()
        elif isinstance(said, Left):
            self.last_gesture.pop(page, None)
            self.stir()
        else:
            self.put(partial(self._take, where, said))

    def put(self, job: Job) -> None:
        """Do this in its turn."""
        self._jobs.append(job)
        self._arrivals += 1
        self._dirty = True
        self._rest = None
        self._change.set()

    @property
    def idle(self) -> bool:
        """Whether everything that was said is taken in, and the page was looked at since."""
        return not self._jobs and not self._dirty and not self._working

    def stir(self) -> None:
        """The page is worth a look when it is quiet."""
        self._dirty = True
        self._change.set()

    async def run(self) -> None:
        """Until cancelled, or until nothing can be written any more."""
        try:
            while True:
                self._working = True
                await self._turn()
        except StoreError as error:
            self._failed(error)

    async def finish(self) -> None:
        """Take in what was said already, and look once more."""
        while self._jobs:
            await self._safely(self._jobs.popleft()())
        self.gestures.nothing_chosen()
        self.writing.end()
        if self._desk.tabs.pages and not self.dialogs:
            await self._safely(self._quiet())
            await self._safely(self._looked())
        await self._desk.journal.commit()

    def add(self, event: Any) -> int | None:
        """Append an event, unless paused; an open list that was left unanswered is answered with nothing."""
        if self._desk.paused:
            return None
        self.gestures.nothing_chosen()
        return self.writing.add(event)

    # -- the queue ----------------------------------------------------------------------------------------------------

    async def _turn(self) -> None:
        if self._jobs:
            await self._safely(self._jobs.popleft()())
        elif self._dirty and not self.dialogs and not await self._holding():
            await self._settle()
        elif self._rest is not None and not self.dialogs and not self.gestures.down:
            await self._safely(self._rested())
        else:
            self._working = False
            await self._changed()

    async def _changed(self, seconds: float | None = None) -> bool:
        """Wait for a change; False if none came in time."""
        return await changed(self._change, seconds)

    async def _holding(self) -> bool:
        """Whether a button is down; its release is waited for a while."""
        if not self.gestures.down:
            return False
        if not await self._changed(HELD_S):
            self.gestures.release()
        return self.gestures.down

    async def _settle(self) -> None:
        """Wait for quiet unless something is said, then look."""
        self._dirty = False
        if await self._unless_said(self._safely(self._quiet())) and not self.dialogs:
            await self._unless_said(self._safely(self._looked()))
            await self._desk.journal.commit()
        self._dirty = self._dirty or bool(self.dialogs)

    async def _unless_said(self, doing: Coroutine[Any, Any, None]) -> bool:
        """Do it, but give it up when something is said; whether it was done."""
        task = asyncio.ensure_future(doing)
        arrivals = self._arrivals
        while not task.done() and arrivals == self._arrivals:
            self._change.clear()
            change = asyncio.ensure_future(self._change.wait())
            await asyncio.wait({task, change}, return_when=asyncio.FIRST_COMPLETED)
            change.cancel()
        if not task.done():
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        return arrivals == self._arrivals

    async def _quiet(self) -> None:
        options = self._desk.options
        await self._desk.tabs.observer.quiet(options.still_ms, options.limit_ms)

    async def _looked(self) -> None:
        """Look, and keep it if nothing was said meanwhile: else it may show what comes next."""
        if self._desk.paused:
            return
        if self.writing.waiting:
            self._dirty = True
            return
        arrivals = self._arrivals
        self.writing.end()
        look = await self._desk.eyes.look(html=True)
        if arrivals == self._arrivals and not self.dialogs:
            self._desk.journal.add(Settled(**dict(await self._desk.eyes.keep(look))))
            await self.looked()

    async def _safely(self, doing: Awaitable[None]) -> None:
        """Do it; what the browser meets is told, and the recording goes on."""
        try:
            await doing
        except (PageCrashed, BrowserGone) as error:
            self._crashed(error)
        except PageClosed:
            return
        except BrowserError as error:
            if not self.dialogs:
                self._desk.tell(problem(str(error), "The recording goes on.", "Go on, or close the window to end."))
        except PlaywrightError as error:
            ours = translated(error)
            if isinstance(ours, PageCrashed | BrowserGone):
                self._crashed(ours)

    # -- what was said ------------------------------------------------------------------------------------------------

    async def _take(self, where: Where, said: Heard) -> None:
        """A message, in its turn."""
        if isinstance(said, Secret):
            self.writing.secret(said.id, said.value)
        elif self._desk.paused:
            return
        elif isinstance(said, Unhandled):
            if self.writing.unhandled(where, said):
                self.last_gesture.pop(where.page, None)
        elif isinstance(said, Down) and said.button not in BUTTONS:
            self.writing.end()
            self.writing.reach = await self._sight.gate(where, said)  # a mouse's own back and forward
            self.last_gesture.pop(where.page, None)
        else:
            self._front(where.page)
            self.writing.reach = None
            self.last_gesture[where.page] = asyncio.get_running_loop().time()
            self._acted = max(self._acted, said.done)
            await self.gestures.take(where, said)
        if not self.gestures.asking:
            await self._desk.journal.commit()

    async def _unseen(self, said: Heard) -> None:
        """A gesture in a tab that was gone before its message came."""
        if isinstance(said, Down | Struck | Written) and not self._desk.paused:
            self.writing.end()
            self._desk.refuse("something was done in a tab that closed at once")

    # -- the pointer at rest ------------------------------------------------------------------------------------------

    async def _rested(self) -> None:
        """Note what the pointer's rest revealed, as far as nothing was said meanwhile."""
        rest, self._rest = self._rest, None
        if rest is None or self._desk.paused or rest[0] not in self._desk.tabs.pages:
            return
        page, said = rest
        if page is not self._desk.tabs.page and said.at < self._acted:
            return  # it lay there before the person went to another tab
        self._front(page)
        last, arrivals = self._desk.eyes.last, self._arrivals
        if last is None or last.page is not page:
            self.stir()
            return
        self.writing.end()
        look = await self._desk.eyes.look((said.x, said.y), html=True)
        revealed = look.observation.boxes.keys() - last.observation.boxes.keys()
        if arrivals != self._arrivals or look.observation.boxes.keys() == last.observation.boxes.keys():
            return
        if revealed:
            before = last.observation.boxes
            known = look.hit if look.hit is not None and look.hit.id in before else None
            target = known or under(last.observation, (said.x, said.y))
            gate = self._desk.eyes.stand_in((said.x, said.y), held=True).model_copy(update={"target": target})
            ids = tuple(sorted(revealed)[:REVEALED])
            at = self._sight.moment(said.done)
            self.writing.add(Hover(gate=gate, x=said.x, y=said.y, revealed=ids, dispatched_at=at))
        self._desk.journal.add(Settled(**dict(await self._desk.eyes.keep(look))))
        await self._desk.journal.commit()

    def mark(self, what: str, detail: str = "") -> None:
        """A fact about the recording itself."""
        self.add(Mark(what=what, detail=detail))


async def _nothing() -> None:
    """Nobody wants to know."""
