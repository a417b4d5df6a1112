"""All running recordings of a process, by id: they outlive page loads, and end when no view has come for a while.

Safe to use from any thread. A recording belongs to an owner; nobody else is told that it exists. Sockets come in by id
alone, since their token is bound to it (server/guard.py).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from browser.errors import BrowserError
from browser.live.views import Viewer
from browser.recorder.downloads import Downloaded
from browser.recorder.ending import new_episode
from browser.recorder.messages import BadMessage, problem, read_message
from browser.recorder.opening import OpenPage
from browser.recorder.options import RecordingOptions
from browser.recorder.recording import Ended, Finish, Judge, Prepare, Recording, begin_recording, open_recording
from browser.session import BrowserSession
from browser.tabs import Tabs
from traces.writer import EpisodeWriter

T = TypeVar("T")
OPEN_S = 60.0
CLOSE_S = 60.0
Call = tuple[str, Mapping[str, str]]
"""A policy's name and its arguments by parameter."""


class UnknownRecording(BrowserError):
    """No recording of that id, or not this person's."""


class LiveRegistry:
    """Recordings into `folder`, on the session's browser. `grace_s`: how long one is kept without a view."""

    def __init__(self, session: BrowserSession, folder: Path, grace_s: float = 60.0) -> None:
        self._session = session
        self._folder = folder
        self._grace = grace_s
        self._recordings: dict[str, tuple[Recording, str]] = {}
        self._ended: dict[str, tuple[Ended, str]] = {}

    def open(
        self,
        options: RecordingOptions,
        owner: str = "",
        prepare: Prepare | None = None,
        judge: Judge | None = None,
    ) -> str:
        """Begin a recording; returns its id. `judge` gives what judges the page when it is stopped, by whomever.

        Raises what `open_recording` raises.
        """
        return self._run(self._open(options, owner, prepare, judge), OPEN_S)

    def lend(self, tabs: Tabs, options: RecordingOptions, folder: Path, owner: str = "") -> str:
        """Let a person drive somebody else's tabs until they stop it; returns the recording's id.

        Its file goes into `folder`. It waits for a view for as long as it takes, and leaves the tabs open.
        """
        return self._run(self._lend(tabs, options, folder, owner), OPEN_S)

    def adopt(self, page: OpenPage, owner: str = "", judge: Judge | None = None, calls: Sequence[Call] = ()) -> str:
        """Begin a recording on a page that is open already, with calls that are open; returns its id.

        The page is the recording's from now on. Raises StoreError or BrowserError.
        """
        return self._run(self._adopt(page, owner, judge, calls), OPEN_S)

    def recordings(self, owner: str = "") -> tuple[str, ...]:
        """The ids of a person's running recordings."""
        return tuple(name for name, (_, of) in self._recordings.items() if of == owner)

    def recording(self, recording_id: str, owner: str = "") -> Recording:
        """A running recording, to be used on the browser's thread. Raises UnknownRecording."""
        found = self._recordings.get(recording_id)
        if found is None or found[1] != owner:
            raise UnknownRecording("There is no such recording (any more). What was recorded is among the episodes.")
        return found[0]

    def stop(
        self,
        recording_id: str,
        outcome: str = "unsure",
        answer: str | None = None,
        owner: str = "",
        finish: Finish | None = None,
    ) -> Ended:
        """End and seal. Stopping again gives the same result. Raises UnknownRecording, StoreError."""
        return self._run(self._stop(recording_id, owner, outcome, answer, finish), CLOSE_S)

    def ended(self, recording_id: str, seconds: float) -> Ended:
        """What a lent recording came to, once it has ended. Raises TimeoutError, UnknownRecording."""
        waiting = self._session.submit(self._until_ended(recording_id))
        try:
            return waiting.result(seconds)
        finally:
            waiting.cancel()

    def discard(self, recording_id: str, owner: str = "") -> Ended:
        """End and delete."""
        return self._run(self.recording(recording_id, owner).discard(), CLOSE_S)

    def known(self, recording_id: str) -> bool:
        """Whether a recording of that id is running."""
        return recording_id in self._recordings

    def downloaded(self, recording_id: str, number: int) -> Downloaded | None:
        """A file that a running recording's page has downloaded."""
        found = self._recordings.get(recording_id)
        return found[0].downloaded(number) if found is not None else None

    def attach(self, recording_id: str, viewer: Viewer) -> None:
        """Connect a view; it is greeted, or ended at once if the recording is over."""
        self._session.submit(self._attach(recording_id, viewer))

    def detach(self, recording_id: str, viewer: Viewer) -> None:
        """A view has gone."""
        self._session.submit(self._detach(recording_id, viewer))

    def receive(self, recording_id: str, text: str, viewer: Viewer) -> None:
        """A message of a view, in the order of the calls."""
        self._session.submit(self._receive(recording_id, text, viewer))

    def close(self) -> None:
        """Seal whatever is still running."""
        for recording_id, (_, owner) in list(self._recordings.items()):
            self.stop(recording_id, owner=owner)

    def _run(self, doing: Coroutine[Any, Any, T], seconds: float) -> T:
        return self._session.run(doing, seconds)

    async def _open(self, options: RecordingOptions, owner: str, prepare: Prepare | None, judge: Judge | None) -> str:
        return self._opened(await open_recording(self._session, options, self._folder, prepare), owner, judge)

    async def _adopt(self, page: OpenPage, owner: str, judge: Judge | None, calls: Sequence[Call]) -> str:
        recording = await begin_recording(page, self._folder)
        for policy, args in calls:
            recording.call(policy, args)
        return self._opened(recording, owner, judge)

    def _opened(self, recording: Recording, owner: str, judge: Judge | None) -> str:
        recording.judge = judge or recording.judge
        self._add(recording, owner)
        recording.emptied = lambda: self._begin_grace(recording)
        self._begin_grace(recording)
        return recording.id

    async def _lend(self, tabs: Tabs, options: RecordingOptions, folder: Path, owner: str) -> str:
        writer = EpisodeWriter.create(folder, new_episode(options))
        recording = Recording(options, tabs.context, tabs, writer, borrowed=True)
        await recording.begin()
        self._add(recording, owner)
        return recording.id

    async def _until_ended(self, recording_id: str) -> Ended:
        over, running = self._ended.get(recording_id), self._recordings.get(recording_id)
        if over is not None:
            return over[0]
        if running is None:
            raise UnknownRecording(f"There is no recording {recording_id}.")
        return await asyncio.shield(running[0].ended)

    def _add(self, recording: Recording, owner: str) -> None:
        self._recordings[recording.id] = (recording, owner)
        recording.ended.add_done_callback(lambda done: self._over(recording.id, done))

    async def _stop(
        self, recording_id: str, owner: str, outcome: str, answer: str | None, finish: Finish | None
    ) -> Ended:
        over = self._ended.get(recording_id)
        if over is not None and over[1] == owner:
            return over[0]
        return await self.recording(recording_id, owner).stop(outcome, answer, finish)

    async def _attach(self, recording_id: str, viewer: Viewer) -> None:
        found = self._recordings.get(recording_id)
        if found is None:
            viewer.end()
            return
        await found[0].attach(viewer)

    async def _detach(self, recording_id: str, viewer: Viewer) -> None:
        found = self._recordings.get(recording_id)
        if found is not None:
            found[0].views.remove(viewer)

    async def _receive(self, recording_id: str, text: str, viewer: Viewer) -> None:
        found = self._recordings.get(recording_id)
        if found is None:
            return
        try:
            found[0].receive(read_message(text), viewer)
        except BadMessage as error:
            viewer.send(json.dumps(problem(str(error), "Nothing was done.", "Reload the page if this goes on.")))

    def _begin_grace(self, recording: Recording) -> None:
        asyncio.get_running_loop().call_later(self._grace, self._expire, recording)

    def _expire(self, recording: Recording) -> None:
        """Seal a recording that nobody has come back to."""
        if recording.id not in self._recordings or recording.views.empty_for() < self._grace - 0.05:
            return
        reason = f"nobody came back within {self._grace:g} s"
        self._session.submit(recording.stop("unsure", status="stopped", reason=reason))

    def _over(self, recording_id: str, done: asyncio.Future[Ended]) -> None:
        _, owner = self._recordings.pop(recording_id)
        if not done.cancelled() and done.exception() is None:
            self._ended[recording_id] = (done.result(), owner)
            while len(self._ended) > 100:
                self._ended.pop(next(iter(self._ended)))
