"""One recording of a person in a browser window of their own. Everything runs on the browser's thread.

The same eyes, raw log, vault and writer as the live view's; only where the input comes from is another. It ends when
the last tab is closed, when the browser has ended, or by `stop`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, Page
from playwright.async_api import Error as PlaywrightError

from browser.errors import BrowserError, BrowserGone, PageCrashed
from browser.guarding import guard
from browser.recorder.desk import Desk
from browser.recorder.ending import Ended, Finish, Prepare, first_derivation, new_episode, seal
from browser.recorder.events import Mark
from browser.recorder.eyes import Eyes
from browser.recorder.hands import Hands
from browser.recorder.journal import Journal
from browser.recorder.messages import problem
from browser.recorder.normalise import Reading, Rules
from browser.recorder.options import Clock, RecordingOptions
from browser.recorder.secrets import Vault
from browser.recorder.window.arming import Arming
from browser.recorder.window.bar import Bar
from browser.recorder.window.film import Film
from browser.recorder.window.heard import Heard, read_heard
from browser.recorder.window.lines import Line, Lines
from browser.recorder.window.sight import Sight
from browser.recorder.window.source import Source
from browser.session import BrowserSession
from browser.tabs import Tabs
from browser.urls import check_url
from browser.worlds import Session
from store.errors import StoreError
from traces.environment import Outcome
from traces.model import Status
from traces.writer import EpisodeWriter

Tell = Callable[[dict[str, Any]], None]
log = logging.getLogger(__name__)
END_S = 10.0


class WindowWays:
    """The lines of a window as its observers use them, with the script that listens and looks."""

    def __init__(self, script: str, lines: Lines) -> None:
        self.script = script
        self._lines = lines

    async def to_page(self, page: Page) -> Session:
        """The page's own line."""
        return await self._lines.of_page(page)

    def to_frame(self, frame: str) -> Session | None:
        """The line of a frame in a process of its own."""
        return self._lines.of_frame(frame)


class Ears:
    """Takes what the pages' bindings say to those who know the page. What comes before the page is known is kept."""

    def __init__(self, binding: str) -> None:
        self._binding = binding
        self._pages: dict[str, Page] = {}
        self._early: dict[str, list[Heard]] = defaultdict(list)
        self.hear: Callable[[Page, Heard], None] = lambda page, said: None

    def listen(self, line: Line) -> None:
        """To a page or a frame."""
        line.on("Runtime.bindingCalled", lambda event: self._called(line.page.target, event))

    def know(self, target: str, page: Page) -> None:
        """Which page it is; what it said so far is passed on."""
        self._pages[target] = page
        for said in self._early.pop(target, []):
            self.hear(page, said)

    def _called(self, target: str, event: dict[str, Any]) -> None:
        said = read_heard(event["payload"]) if event["name"] == self._binding else None
        if said is None:
            return
        page = self._pages.get(target)
        if page is None:
            self._early[target].append(said)
        else:
            self.hear(page, said)


async def open_window(
    session: BrowserSession,
    options: RecordingOptions,
    folder: Path,
    tell: Tell,
    prepare: Prepare | None = None,
    judge: Finish | None = None,
) -> WindowRecording:
    """Open a window at the address and begin to record into `<folder>/<id>.episode`.

    The session must be headed and used for nothing else. `tell` gets the messages a view would get (docs/formats/
    live-protocol.md). `judge` is asked whenever the page is quiet: a window that is closed has nothing left to judge.
    Raises ForbiddenUrl, NavigationFailed, BrowserTimeout or StoreError; then nothing is left behind.
    """
    check_url(options.url, options.own_ports, options.allow_private)
    arming = Arming(options)
    ears = Ears(arming.binding)
    lines = Lines(await session.browser(), arming.orders, ears.listen)
    await lines.start()
    context = await session.new_context(options.viewport)
    try:
        await guard(context, options.own_ports, options.allow_private)
        tabs = Tabs(
            context,
            lambda url: check_url(url, options.own_ports, options.allow_private),
            options.ignore,
            WindowWays(arming.source, lines),
        )
        await tabs.open(options.url)
        if prepare is not None:
            options = options.model_copy(update={"objective": await prepare(tabs.page) or options.objective})
        writer = EpisodeWriter.create(folder, new_episode(options))
        recording = WindowRecording(options, context, tabs, writer, lines, ears, tell, judge)
    except BaseException:
        await lines.stop()
        with contextlib.suppress(PlaywrightError):
            await context.close()
        raise
    await recording.begin()
    return recording


class WindowRecording:
    """A running recording of a window; its id is the episode's. Use on the browser's thread."""

    def __init__(
        self,
        options: RecordingOptions,
        context: BrowserContext,
        tabs: Tabs,
        writer: EpisodeWriter,
        lines: Lines,
        ears: Ears,
        tell: Tell,
        judge: Finish | None = None,
    ) -> None:
        self.options = options
        self._context = context
        self._tabs = tabs
        self._writer = writer
        self._lines = lines
        self._ears = ears
        self._over = False
        self._judge = judge
        self._verdict: Outcome | None = None
        self._serving: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        clock = Clock()
        self._film = Film(clock, options.viewport, lambda: tabs.page if tabs.pages else None)
        vault = Vault()
        eyes = Eyes(options, tabs, writer, vault, clock, lambda: self._film.state)
        self._desk = Desk(options, clock, tabs, eyes, Hands(tabs), Journal(writer, clock, tell, Rules()), vault, tell)
        self._bar: Bar
        sight = Sight(self._desk, self._film)
        self.source = Source(self._desk, sight, lambda page: self._bar.front(page), self._crashed, self._failed)
        self._bar = Bar(self._desk, self.source)
        self.source.looked = self._judge_now
        self.left = asyncio.Event()
        """Set when the person has closed the window, or the browser has ended."""

    @property
    def id(self) -> str:
        """The recording's and the episode's id."""
        return self._writer.episode.id

    @property
    def raw_log(self) -> tuple[Any, ...]:
        """The raw events so far, read from the file. Raises StoreError."""
        return self._desk.journal.log()

    async def begin(self) -> None:
        """Look at the first page and start to listen."""
        self._writer.put_derivation(first_derivation())
        self._context.on("page", lambda page: self._aside(self._page_opened(page)))
        self._context.on("close", lambda _: self.left.set())
        self._context.browser and self._context.browser.on("disconnected", lambda _: self.left.set())
        self._desk.journal.add(Mark(what="started", detail=self.options.url))
        for page in self._context.pages:
            await self._watch(page)
        self._ears.hear = self.source.hear
        self._serving = asyncio.ensure_future(self.source.run())
        self._serving.add_done_callback(self._served)

    async def caught_up(self) -> None:
        """Until what the pages have said is in the queue."""
        await self._lines.caught_up()

    async def pause(self, paused: bool) -> None:
        """Keep nothing of what is done from now on, or go on."""
        if self._desk.paused == paused:
            return
        if paused:
            self.source.mark("paused")
        self._desk.paused = paused
        if not paused:
            self.source.mark("resumed")
            self.source.stir()

    async def stop(
        self, outcome: str, answer: str | None = None, finish: Finish | None = None, status: Status | None = None
    ) -> Ended:
        """End and seal. `outcome` is done, not-done or unsure; `finish` judges the page if there is one left.

        Where nothing was done, an answer becomes a note on the last page that was seen.
        """
        await self.hush()
        if answer and not self._desk.journal.reading.steps:
            self._desk.answered(answer)
            await self._desk.journal.commit()
        gone = not self._browser_there()
        judged = await self._judged(finish)
        reason = "the browser has ended" if gone else None
        told = status or ("stopped" if gone and judged is None else None)
        outcome = "unsure" if finish is not None and judged is None else outcome
        reading = self._desk.journal.reading
        ended = await seal(self._writer, reading, outcome, answer, judged, told, reason)
        await self._shut()
        return ended

    # -- what the browser says ----------------------------------------------------------------------------------------

    async def _page_opened(self, page: Page) -> None:
        opener = await page.opener()
        if not await self._watch(page):
            return
        self.source.put(lambda: self._opened(page, opener is not None))

    async def _opened(self, page: Page, opener: bool) -> None:
        if page in self._tabs.pages:
            self._bar.opened(page, opener)

    async def _watch(self, page: Page) -> bool:
        """Listen to a tab; False if it was gone before."""
        try:
            line = await self._lines.of_page(page)
            await self._bar.watch(page, line)
            await self._film.follow(page, line)
        except PlaywrightError:
            return False
        page.on("close", self._page_closed)
        page.on("crash", lambda _: self._crashed(PageCrashed("The page crashed.")))
        self._ears.know(line.target, page)
        return True

    def _page_closed(self, page: Page) -> None:
        self._film.forget(page)
        self.source.put(lambda: self._gone(page))
        if not self._tabs.pages:
            self.left.set()

    async def _gone(self, page: Page) -> None:
        self._bar.gone(page)

    def _crashed(self, error: BrowserError) -> None:
        if self._over or self.left.is_set():
            return
        self.source.mark("crashed", str(error))
        self._desk.tell(problem(str(error), "The steps so far are kept.", "Go on in another tab, or close the window."))
        if isinstance(error, BrowserGone):
            self.left.set()

    def _failed(self, error: StoreError) -> None:
        """Nothing can be written any more: the file stays as it was last committed."""
        self._desk.tell(
            problem(str(error), "Every step before is kept in the file.", "Free some room, then record again.")
        )
        self.left.set()

    def _served(self, task: asyncio.Task[None]) -> None:
        """The queue has ended: in order, or by a fault of ours, which is said aloud."""
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("the recording's queue ended", exc_info=error)
            self._desk.tell(
                problem("The recorder failed.", "The steps so far are kept.", "Close the window to seal them.")
            )
            self.left.set()

    def _aside(self, doing: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -- the end ------------------------------------------------------------------------------------------------------

    def _browser_there(self) -> bool:
        browser = self._context.browser
        return browser is not None and browser.is_connected()

    async def hush(self) -> Reading:
        """Take in what was said so far and listen no more; the window stays. What it came to."""
        if self._over:
            return self._desk.journal.reading
        await self._lines.caught_up()
        if self._serving is not None:
            self._serving.cancel()
            await asyncio.wait({self._serving})
        self._ears.hear = lambda page, said: None
        await self.source.finish()
        self._over = True
        return self._desk.journal.reading

    async def discard(self) -> None:
        """End and delete."""
        await self.hush()
        await asyncio.to_thread(self._writer.close)
        for leftover in self._writer.path.parent.glob(f"{self._writer.path.name}*"):
            leftover.unlink(missing_ok=True)
        await self._shut()

    async def _judged(self, finish: Finish | None) -> Outcome | None:
        """The judge's word, as far as it can still be had: some judges read the page itself."""
        last = self._desk.eyes.last
        if finish is None or last is None:
            return None
        try:
            return await finish(self._tabs.page if self._tabs.pages else last.page)
        except (PlaywrightError, BrowserError):
            return self._verdict

    async def _judge_now(self) -> None:
        """Remember what the judge says of the page as it is."""
        if self._judge is not None and self._tabs.pages:
            with contextlib.suppress(PlaywrightError, BrowserError):
                self._verdict = await self._judge(self._tabs.page)

    async def _shut(self) -> None:
        await self._lines.stop()
        with contextlib.suppress(PlaywrightError, BrowserError, TimeoutError):
            await asyncio.wait_for(self._tabs.shut(), END_S)
