"""A screen of one's own, a window on it, and a person in the window who is not the recorder."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import shutil
import subprocess
from collections.abc import Awaitable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from browser.recorder.ending import Ended
from browser.recorder.options import RecordingOptions
from browser.recorder.window.recording import WindowRecording, open_window
from browser.session import BrowserSession
from traces.model import Step
from traces.reader import EpisodeReader

START_S = 30.0
WAIT_S = 40.0


def needed(program: str) -> str:
    """Its path. A machine without it fails the test: nobody shall think the window was tested."""
    path = shutil.which(program)
    if path is None:
        pytest.fail(f"{program} is not installed, so windows cannot be tested. `make setup-dev` installs it.")
    return path


class Display:
    """An X server without a screen; `name` is what DISPLAY is set to."""

    def __init__(self) -> None:
        reading, writing = os.pipe()
        command = [needed("Xvfb"), "-displayfd", str(writing), "-screen", "0", "1600x1100x24", "-nolisten", "tcp"]
        self.process = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
        os.close(writing)
        number = _line(reading)
        os.close(reading)
        if not number:
            self.close()
            pytest.fail("Xvfb did not start, so windows cannot be tested.")
        self.name = f":{number}"

    def press(self, *keys: str) -> None:
        """Keys of the real keyboard, by their X names."""
        self._xdotool("key", *keys)

    def into_address_bar(self) -> None:
        """A click into it: what is written next goes there, since the window takes its events in order."""
        found = self._xdotool("search", "--onlyvisible", "--class", "chromium")
        shape = self._xdotool("getwindowgeometry", "--shell", found.split()[0])
        told = dict(line.split("=") for line in shape.splitlines() if "=" in line)
        self._xdotool("mousemove", str(int(told["X"]) + 300), str(int(told["Y"]) + 62), "click", "1")
        self._xdotool("key", "ctrl+a")

    def write(self, *texts: str, before: str = "") -> None:
        """Texts of the real keyboard, without a pause between them; the key `before` is pressed before each."""
        words: list[str] = []
        for text in texts:
            words += [*(("key", before) if before else ()), "type", "--delay", "15", "--args", "1", text]
        self._xdotool(*words)

    def close(self) -> None:
        """End the server."""
        self.process.terminate()
        self.process.wait(START_S)

    def _xdotool(self, *words: str) -> str:
        command, env = [needed("xdotool"), *words], {**os.environ, "DISPLAY": self.name}
        return subprocess.run(command, check=True, env=env, timeout=60, capture_output=True, text=True).stdout


def _line(reading: int) -> str:
    """A line from a pipe, whole; empty if none comes in time."""
    text = ""
    while not text.endswith("\n") and select.select([reading], [], [], START_S)[0]:
        more = os.read(reading, 20).decode()
        if not more:
            return ""
        text += more
    return text.strip()


class Window:
    """A recorded window and what a person does in it: Playwright's own trusted input, past the recorder."""

    def __init__(self, session: BrowserSession, recording: WindowRecording, told: list[dict[str, Any]]) -> None:
        self.session = session
        self.recording = recording
        self.told = told
        self.ended: Ended | None = None

    @property
    def pages(self) -> list[Page]:
        """The open tabs."""
        return self.recording._context.pages

    @property
    def page(self) -> Page:
        """The newest tab."""
        return self.pages[-1]

    def run(self, doing: Awaitable[Any]) -> Any:
        """Do it on the browser's thread."""

        async def awaited() -> Any:
            return await doing

        return self.session.run(awaited(), WAIT_S)

    def click(self, x: float, y: float, page: Page | None = None, **more: Any) -> None:
        """A click at a point of the viewport, without waiting."""
        self.run((page or self.page).mouse.click(x, y, **more))

    def type(self, text: str) -> None:
        """Keys, one by one."""
        self.run(self.page.keyboard.type(text))

    def press(self, keys: str) -> None:
        """A key or several together."""
        self.run(self.page.keyboard.press(keys))

    def arrive(self, pattern: str) -> None:
        """Until the newest tab shows that address and has drawn it."""

        async def arrived() -> None:
            await self.page.wait_for_url(pattern, timeout=WAIT_S * 1000)
            await self.page.evaluate(
                "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
            )

        self.run(arrived())

    def settle(self) -> None:
        """Until everything said so far is taken in and the page was looked at."""
        self.run(self.recording.caught_up())
        self.until(lambda: self.recording.source.idle)

    def until(self, true: Any) -> None:
        """Wait for something; fails when it does not come."""

        async def waited() -> None:
            async with asyncio.timeout(WAIT_S):
                while not true():
                    await asyncio.sleep(0.02)

        self.session.run(waited(), WAIT_S + 5)

    def events(self, kind: str) -> list[Any]:
        """The raw events of a kind so far."""
        return [raw.event for raw in self.recording.raw_log if raw.event.kind == kind]

    def stop(self, outcome: str = "done", answer: str | None = None) -> Ended:
        """End and seal."""
        self.ended = self.session.run(self.recording.stop(outcome, answer), WAIT_S)
        return self.ended

    def before(self, step: Step) -> str:
        """The text of the observation a step was done on."""
        assert self.ended is not None
        assert self.ended.path is not None
        with EpisodeReader(self.ended.path) as reader:
            return reader.observation(step.observation_before or "").text


@contextlib.contextmanager
def opened(session: BrowserSession, folder: Path, url: str, **options: Any) -> Iterator[Window]:
    """A window that is recorded; what is left of it is thrown away."""
    told: list[dict[str, Any]] = []
    given = RecordingOptions(url=url, **{"objective": "try the page", "still_ms": 120, **options})
    recording = session.run(open_window(session, given, folder, told.append), WAIT_S)
    window = Window(session, recording, told)
    window.settle()
    try:
        yield window
    finally:
        if window.ended is None:
            session.run(recording.discard(), WAIT_S)


def words(ended: Ended) -> list[str]:
    """The actions with names for ids: `click Save`, `type Query [hello] [1]`."""
    return [_named(step) for step in ended.reading.steps]


def _named(step: Step) -> str:
    verb, _, rest = step.action.partition(" ")
    if step.target is None or not rest.startswith(f"[{step.target.id}]"):
        return step.action
    return f"{verb} {step.target.name}{rest.removeprefix(f'[{step.target.id}]')}"


def proven(ended: Ended) -> None:
    """What holds for every gesture: seen before it was let on, its target in what was seen, no look missing."""
    for step in ended.reading.steps:
        assert step.proof is not None
        assert step.proof.observed_at <= step.proof.dispatched_at
        assert step.observation_before is not None
        if step.target is not None and step.target.id is not None:
            assert ended.path is not None
            with EpisodeReader(ended.path) as reader:
                assert step.target.id in reader.observation(step.observation_before).boxes


@contextlib.contextmanager
def on_a_screen(folder: Path) -> Iterator[tuple[Display, BrowserSession]]:
    """A screen and a browser on it that gives every site a process of its own."""
    from browser.chromium import find_chromium

    starter = folder / "chromium-isolated"
    starter.write_text(f'#!/bin/sh\nexec "{find_chromium(headed=True)}" --site-per-process "$@"\n')
    starter.chmod(0o755)
    display = Display()
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DISPLAY", display.name)
            patch.delenv("WAYLAND_DISPLAY", raising=False)
            with BrowserSession(headless=False, executable=str(starter)) as session:
                yield display, session
    finally:
        display.close()
