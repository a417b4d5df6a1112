"""One recording: a browser context of its own, the queue of input, and the episode it writes.

Made by `open_recording`, ended by `stop` or `discard`. Everything runs on the browser's thread; views and other threads
come in through browser/live.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import BrowserContext, Page
from playwright.async_api import Error as PlaywrightError

from browser.errors import BrowserError, PageCrashed
from browser.live.views import Viewer, Views
from browser.recorder.aside import Aside
from browser.recorder.desk import Desk
from browser.recorder.downloads import Downloaded
from browser.recorder.ending import Ended as Ended
from browser.recorder.ending import Finish as Finish
from browser.recorder.ending import Judge as Judge
from browser.recorder.ending import Prepare as Prepare
from browser.recorder.ending import first_derivation, new_episode, seal, withheld_in
from browser.recorder.events import Mark
from browser.recorder.eyes import Eyes
from browser.recorder.hands import Hands
from browser.recorder.journal import Journal
from browser.recorder.messages import Incoming, MarkMessage, problem
from browser.recorder.normalise import Reading, Rules
from browser.recorder.opening import OpenPage, open_page
from browser.recorder.options import Clock, RecordingOptions
from browser.recorder.page_events import PageEvents
from browser.recorder.pump import Pump
from browser.recorder.requests import Requests
from browser.recorder.secrets import Vault
from browser.session import BrowserSession
from browser.tabs import Tabs
from store.errors import StoreError
from traces.environment import Outcome
from traces.model import Status
from traces.writer import EpisodeWriter

State = Literal["recording", "paused", "crashed", "stopped", "discarded"]
log = logging.getLogger(__name__)
KEPT_IN_FILE = "Every step before is kept in the file."
QUIT_S = 1.0
"""After so long the queue is told again that it is over."""


async def open_recording(
    session: BrowserSession, options: RecordingOptions, folder: Path, prepare: Prepare | None = None
) -> Recording:
    """Open the address in a context of its own and begin to record into `<folder>/<id>.episode`.

    `prepare` is given the loaded page before the recording begins; an objective it returns takes the place of the
    options'. Raises ForbiddenUrl, NavigationFailed, BrowserTimeout or StoreError; then nothing is left behind.
    """
    return await begin_recording(await open_page(session, options, prepare), folder)


async def begin_recording(page: OpenPage, folder: Path) -> Recording:
    """Begin to record on a page that is open, which is closed with the recording. Raises StoreError, and closes it."""
    try:
        writer = EpisodeWriter.create(folder, new_episode(page.options))
        recording = Recording(page.options, page.context, page.tabs, writer)
    except BaseException:
        await page.close()
        raise
    await recording.begin()
    return recording


class Recording:
    """A running recording; its id is the episode's. Use on the browser's thread.

    Tabs that are `borrowed` stay open when it ends, and are as they were before it listened to them.
    """

    def __init__(
        self,
        options: RecordingOptions,
        context: BrowserContext,
        tabs: Tabs,
        writer: EpisodeWriter,
        borrowed: bool = False,
    ) -> None:
        self.options = options
        self._context = context
        self._tabs = tabs
        self._writer = writer
        self._borrowed = borrowed
        self._state: State = "recording"
        self._ending = False
        self._withheld: dict[str, int] = {}
        self._serving: asyncio.Task[None] | None = None
        self._ended: asyncio.Future[Ended] = asyncio.get_running_loop().create_future()
        self.emptied: Callable[[], None] = lambda: None
        self.judge: Judge = lambda answer: None
        self._aside = Aside(self._tell, self._failed)
        clock, vault = Clock(), Vault()
        self.views = Views(clock, self._left, lambda: self._pump.abandon())
        eyes = Eyes(options, tabs, writer, vault, clock, lambda: self.views.cast.state)
        journal = Journal(writer, clock, self._tell, Rules())
        self._desk = Desk(options, clock, tabs, eyes, Hands(tabs), journal, vault, self._tell)
        self._pump = Pump(self._desk, self._crashed, self._failed, self._pause)
        self._requests = Requests(self._desk, self._pump, self.views, self._aside, self.stop, self.discard)
        self._events = PageEvents(self._pump, self._mark, self._crashed, lambda: self._state == "recording")
        journal.failed = self._failed

    @property
    def id(self) -> str:
        """The recording's and the episode's id."""
        return self._writer.episode.id

    @property
    def state(self) -> State:
        """recording, paused, crashed, stopped or discarded."""
        return self._state

    @property
    def ended(self) -> asyncio.Future[Ended]:
        """Done when the recording has been stopped or discarded."""
        return self._ended

    @property
    def began(self) -> float:
        """When its times began to count, in Unix seconds."""
        return self._desk.clock.epoch

    @property
    def reading(self) -> Reading:
        """Steps and entries so far."""
        return self._desk.journal.reading

    def downloaded(self, number: int) -> Downloaded | None:
        """A file the page has downloaded, as long as the recording runs. From any thread."""
        return self._pump.widgets.downloads.of(number)

    @property
    def raw_log(self) -> tuple[Any, ...]:
        """The raw events so far, read from the file. Raises StoreError."""
        return self._desk.journal.log()

    async def begin(self) -> None:
        """Look at the first page and start to take input."""
        self._writer.put_derivation(first_derivation())
        self._tabs.asks_to_leave = True
        self._events.listen(self._context)
        self._desk.journal.add(Mark(what="started", detail=self.options.url))
        await self._first_look()
        self._serving = asyncio.ensure_future(self._pump.run())
        self._serving.add_done_callback(self._served)

    def call(self, policy: str, args: Mapping[str, str]) -> None:
        """A call begins here, as if the person had marked it."""
        self._pump.feed(MarkMessage(type="mark", what="boundary", policy=policy, args=dict(args)))

    async def _first_look(self) -> None:
        """See the first page; one that has opened a dialog answers nothing until that is answered."""
        for page in self._context.pages:
            self._events.watch(page)
        dialog = self._tabs.dialog
        if dialog is not None:
            self._events.asked(dialog)
            self._aside(self._follow())
            return
        await self._follow()
        await self._pump.settle()

    async def attach(self, viewer: Viewer) -> None:
        """Greet a view and send it everything from now on."""
        self.views.add(viewer, await self._hello())

    def receive(self, message: Incoming, viewer: Viewer) -> None:
        """A message of a view. Order is kept; what takes long goes on by itself. Only one view drives."""
        self._requests.receive(message, viewer)

    async def stop(
        self,
        outcome: str,
        answer: str | None = None,
        finish: Finish | None = None,
        status: Status | None = None,
        reason: str | None = None,
    ) -> Ended:
        """End and seal. `outcome` is done, not-done or unsure.

        `finish`, else `judge`, judges the page before it closes. A recording that ends by itself (`status` is given) is
        judged by nobody. Raises StoreError where it cannot be sealed: it has ended all the same, as it was kept.
        """
        if self._over():
            return await asyncio.shield(self._ended)
        try:
            await self._quit("stopped")
            if answer and not self._desk.journal.reading.steps:
                await self._pump.answered(answer)
            judged = await self._judged(finish or (None if status else self.judge(answer)))
            self._count_withheld()
            ended = await seal(self._writer, self._desk.journal.reading, outcome, answer, judged, status, reason)
        except StoreError as error:
            self._state = "stopped"
            self._tell(problem(str(error), KEPT_IN_FILE, "Seal it on the Record screen, as one that was interrupted."))
            await self._finish_unsealed()
            raise
        return await self._finished(ended)

    async def discard(self) -> Ended:
        """End and delete."""
        if self._over():
            return await asyncio.shield(self._ended)
        await self._quit("discarded")
        await asyncio.to_thread(self._writer.close)
        for leftover in self._writer.path.parent.glob(f"{self._writer.path.name}*"):
            leftover.unlink(missing_ok=True)
        return await self._finished(Ended(self._writer.episode, None, self._desk.journal.reading, {}))

    def _over(self) -> bool:
        """Whether it has ended, or is about to: whoever asks first ends it."""
        over, self._ending = self._ending or self._state in ("stopped", "discarded"), True
        return over

    async def _hello(self) -> dict[str, Any]:
        reading, journal = self._desk.journal.reading, self._desk.journal
        width, height = self._tabs.size or self.options.viewport
        return {
            "type": "hello",
            "recording": self.id,
            "episode": self.id,
            "objective": self.options.objective,
            "viewport": {"width": width, "height": height},
            "state": self._state,
            "page": await self._pump.navigation.facts(),
            "steps": [journal.shown(step, min(reading.final, journal.stored)) for step in reading.steps],
            "not_recorded": [entry.what for entry in reading.not_recorded],
            "withheld": self._withheld,
            "open": self._pump.widgets.messages,
            "downloads": self._pump.widgets.downloads.messages,
            "policies": [form.model_dump() for form in self.options.policies],
            "marks": self._pump.marking.facts(),
        }

    async def _pause(self, pause: bool) -> None:
        if self._state not in ("recording", "paused") or self._desk.paused == pause:
            return
        await self._pump.keyboard.end()
        if pause:
            await self._pump.look_now()
            self._desk.journal.add(Mark(what="paused"))
        self._desk.paused = pause
        if not pause:
            self._desk.journal.add(Mark(what="resumed"))
            self._pump.expect(None, None)
        self._set_state("paused" if pause else "recording")

    # -- what goes wrong -----------------------------------------------------------------------------------------------

    def _crashed(self, error: BrowserError, page: Page | None = None) -> None:
        if page is not None:
            self._pump.widgets.moved_on(page, gone=True)
        if self._pump.down or self._state in ("stopped", "discarded"):
            return
        self._pump.down = True
        self._mark("crashed", str(error))
        todo = "Reload, or open another address." if isinstance(error, PageCrashed) else "Stop to seal what there is."
        self._tell(problem(str(error), "The steps so far are kept.", todo))
        self._set_state("crashed", f"{error} The steps so far are kept. {todo}")
        self._pump.expect(None, None)

    def _served(self, task: asyncio.Task[None]) -> None:
        """The queue has ended: in order, or by a fault of ours, which is said aloud."""
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("the recording's queue ended", exc_info=error)
            self._tell(problem("The recorder failed.", "The steps so far are kept.", "Stop to seal what there is."))
            self._set_state("crashed", "The recorder failed.")

    def _failed(self, error: StoreError) -> None:
        """Nothing can be written any more: the file stays as it was last committed."""
        if self._state in ("stopped", "discarded"):
            return
        self._tell(problem(str(error), KEPT_IN_FILE, "Free some room, then record again."))
        self._state = "stopped"
        self._aside(self._finish_unsealed())

    async def _finish_unsealed(self) -> None:
        if self._serving is not None:
            self._serving.cancel()
        await asyncio.to_thread(self._writer.close)
        await self._finished(Ended(self._writer.episode, self._writer.path, self._desk.journal.reading, self._withheld))

    def _mark(self, what: str, detail: str = "") -> None:
        if self._desk.paused or self._state in ("stopped", "discarded"):
            return
        try:
            self._pump.keyboard.end_now()
            self._desk.journal.add(Mark(what=what, detail=detail))
        except StoreError as error:
            self._failed(error)

    def _left(self) -> None:
        """The last view is gone: nothing stays pressed, and somebody else decides how long to wait."""
        self._mark("lost")
        self._pump.abandon()
        self.emptied()

    # -- ends ---------------------------------------------------------------------------------------------------------

    async def _quit(self, state: State) -> None:
        """Stop taking input; the last page is looked at once more."""
        while self._serving is not None and not self._serving.done():
            self._serving.cancel()
            await asyncio.wait({self._serving}, timeout=QUIT_S)
        self._pump.drop()
        await self._pump.widgets.questions.dismiss()
        await self._pump.let_go()
        if state == "stopped":
            await self._pump.settle()
        self._state = state
        self._pump.widgets.close()

    async def _judged(self, finish: Finish | None) -> Outcome | None:
        if finish is None or self._pump.down:
            return None
        try:
            return await finish(self._tabs.page)
        except Exception as error:  # what judges is the site's own; without its word the person's counts
            log.warning("the evaluator failed", exc_info=error)
            self._tell(problem(f"The evaluator failed: {error}", "Your own word counts.", "Look at the outcome."))
            return None

    async def _finished(self, ended: Ended) -> Ended:
        self._tell({"type": "state", "state": self._state, "message": None})
        self.views.end()
        await self.views.cast.stop()
        if self._borrowed:
            self._events.end()
            self._tabs.asks_to_leave = False
        else:
            with contextlib.suppress(PlaywrightError, BrowserError):
                await self._tabs.shut()
        if not self._ended.done():
            self._ended.set_result(ended)
        return ended

    # -- telling ------------------------------------------------------------------------------------------------------

    def _tell(self, message: dict[str, Any]) -> None:
        self.views.tell(message)
        if message["type"] == "page":
            self._aside(self._follow())
            self._recovered()
        if message["type"] == "viewport":
            self._aside(self.views.cast.resize((message["width"], message["height"])))
        if message["type"] in ("step", "step_update"):
            self._count_withheld()

    async def _follow(self) -> None:
        if self._tabs.pages:
            await self.views.cast.follow(self._tabs.page, self._tabs.size or self.options.viewport)

    def _recovered(self) -> None:
        if self._state == "crashed" and not self._pump.down:
            self._set_state("paused" if self._desk.paused else "recording")

    def _count_withheld(self) -> None:
        counted = withheld_in(self.reading)
        if counted != self._withheld:
            self._withheld = counted
            self.views.tell({"type": "withheld", "count": counted})

    def _set_state(self, state: State, message: str | None = None) -> None:
        self._state = state
        self.views.tell({"type": "state", "state": state, "message": message})
