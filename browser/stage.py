"""The part environments share: one browser context with its tabs, seen and acted on from a thread without a loop.

A crashed page is replaced and said so; the addresses of Stepscope itself are out of reach. What is asked and how it
is judged is left to the environments.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from pathlib import Path

from browser.acting import WEB, ActResult, Settle, act
from browser.composing import with_dialog
from browser.errors import BrowserError, BrowserGone, BrowserTimeout, PageClosed, PageCrashed
from browser.guarding import guard
from browser.session import BrowserSession
from browser.tabs import Tabs
from browser.urls import check_url
from traces.actions import Action
from traces.environment import Effect, View
from traces.model import Observation, Target

RUN_S = 60.0
NO_EPISODE = "No episode is running; begin one with reset."
CRASHED = "The page crashed; it was opened again at its last address. What was done on it may be lost."


class Stage:
    """A context of the session, opened by `start`. `ignore` are CSS selectors of parts that are not observed."""

    def __init__(
        self,
        session: BrowserSession,
        settle: Settle = WEB,
        ignore: Sequence[str] = (),
        viewport: tuple[int, int] = (1280, 720),
        pictures: bool = True,
        own_ports: Collection[int] = (),
        allow_private: bool = True,
        guarded: bool = False,
        uploads: Path | None = None,
    ) -> None:
        self.session = session
        self.settle = settle
        self._ignore = tuple(ignore)
        self.viewport = viewport
        self.pictures = pictures
        self.own_ports = tuple(own_ports)
        self._allow_private = allow_private
        self._guarded = guarded
        self._uploads = uploads
        self._tabs: Tabs | None = None
        self._last: View | None = None

    @classmethod
    def on(cls, tabs: Tabs, session: BrowserSession, settle: Settle) -> Stage:
        """On tabs that somebody else has opened, and closes."""
        stage = cls(session, settle)
        stage._tabs = tabs
        return stage

    @property
    def tabs(self) -> Tabs:
        """The tabs of the running episode. Raises BrowserGone before `start`."""
        if self._tabs is None:
            raise BrowserGone(NO_EPISODE)
        return self._tabs

    def start(self, url: str) -> View:
        """A fresh context with the address loaded and quiet. Raises ForbiddenUrl, NavigationFailed, BrowserTimeout."""
        return self.session.run(self.opened(url), RUN_S)

    def look(self) -> View:
        """The tab in front now."""
        return self.session.run(self.seen(), RUN_S)

    def do(self, action: Action) -> Effect:
        """Act, wait until quiet, and look again."""
        return self.session.run(self.acted(action), RUN_S)

    def close(self) -> None:
        """Close the context; the session stays."""
        if self._tabs is not None and self.session.state != "closed":
            self.session.run(self._shut(), RUN_S)

    async def opened(self, url: str) -> View:
        """As `start`, on the browser's thread."""
        await self.fresh()
        await self.tabs.load(url)
        if self.tabs.dialog is None:
            await self.tabs.observer.quiet(self.settle.still_ms, self.settle.limit_ms)
        return await self.seen()

    @property
    def sound(self) -> bool:
        """Whether there is one tab that can be used for another episode."""
        tabs = self._tabs
        return tabs is not None and len(tabs.pages) == 1 and tabs.dialog is None and not tabs.observer.crashed

    async def loaded(self, url: str, fresh: bool = False) -> None:
        """Load an address in the only tab of the running episode, or in a fresh context if there is more or less."""
        if fresh or not self.sound:
            await self.fresh()
        self._last = None
        await self.tabs.page.mouse.move(0, 0)
        await self.tabs.load(url)

    async def kept(self, url: str) -> bool:
        """Go on with the page that is open at exactly that address as if it had just been loaded; False without it."""
        if not self.sound or self.tabs.page.url != url:
            return False
        self._last = None
        await self.tabs.page.mouse.move(0, 0)
        await self.tabs.observer.begin_anew()
        return True

    async def fresh(self) -> None:
        """A fresh profile with an empty tab."""
        await self._shut()
        context = await self.session.new_context(self.viewport)
        if self._guarded:
            await guard(context, self.own_ports, self._allow_private, self.session.asks_unseen)
        self._tabs = Tabs(context, lambda text: check_url(text, self.own_ports, self._allow_private), self._ignore)
        await self._tabs.open()

    async def seen(self) -> View:
        """As `look`, on the browser's thread; with an open dialog the page as it was, and the dialog below it."""
        tabs = self.tabs
        if tabs.dialog is not None:
            under = self._last.observation if self._last else None
            return View(with_dialog(under, tabs.dialog.type, tabs.dialog.message))
        if not tabs.pages:
            await tabs.open()
        if not self.pictures:
            self._last = View((await tabs.observer.observe()).observation)
            return self._last
        capture, picture = await asyncio.gather(tabs.observer.observe(), tabs.observer.picture())
        self._last = View(capture.observation, picture)
        return self._last

    async def acted(self, action: Action) -> Effect:
        """As `do`, on the browser's thread."""
        last = self._last or await self.seen()
        before, tabs = last.observation, self.tabs
        count = len(tabs.pages)
        result = await act(tabs, action, before, self.settle, self._uploads, self.pictures)
        try:
            view = await self.seen()
        except (PageCrashed, PageClosed):
            return await self._recovered(before, result.target)
        except BrowserTimeout as error:
            view, result = await self._unanswered(before), ActResult(result.error or str(error), result.target)
        return _effect(view, last, result, len(tabs.pages) != count)

    async def _unanswered(self, before: Observation) -> View:
        """What can be shown of a page that does not answer: its dialog if it has opened one, else what it was."""
        return await self.seen() if self.tabs.dialog is not None else View(before)

    async def _recovered(self, before: Observation, target: Target | None) -> Effect:
        """A fresh page at the address of the one that died."""
        try:
            await self.tabs.load(before.url)
            await self.tabs.observer.quiet(self.settle.still_ms, self.settle.limit_ms)
            view = await self.seen()
        except BrowserError:
            view = await self.opened(before.url)
        return Effect(view, CRASHED, ("text",), target)

    async def _shut(self) -> None:
        tabs, self._tabs, self._last = self._tabs, None, None
        if tabs is not None:
            await tabs.shut()


def _effect(view: View, last: View, result: ActResult, tabs_changed: bool) -> Effect:
    before, after = last.observation, view.observation
    parts = {"url": after.url != before.url, "title": after.title != before.title, "text": after.text != before.text}
    changed = tuple(name for name, is_other in {**parts, "tabs": tabs_changed}.items() if is_other)
    pointer = result.pointed is not None and result.pointed == view.picture != last.picture
    return Effect(view, result.error, changed, result.target, passing=result.passing, pointer=pointer)
