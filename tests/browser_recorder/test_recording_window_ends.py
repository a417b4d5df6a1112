"""A window around the page: its bar, tabs and dialogs by a real keyboard, how a recording ends, and the command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from browser.chromium import check_display
from browser.errors import NoDisplay
from browser.session import BrowserSession
from tests.browser_recorder.conftest import OpenWindow, Site
from tests.browser_recorder.window_person import WAIT_S, Display, Window, on_a_screen, words
from tools.source_files import ROOT
from traces.reader import EpisodeReader
from wiring import HOME

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("window")]
BUTTON = "<button style='position:absolute;left:10px;top:0;width:160px;height:30px' onclick=\"{}\">Go</button>"


@pytest.fixture(name="screen")
def screen_fixture(tmp_path: Path) -> Iterator[tuple[Display, BrowserSession]]:
    """A screen and a browser of the test's own: what the keyboard does to a window stays with it."""
    with on_a_screen(tmp_path) as both:
        yield both


def navigated(page: Window, count: int) -> None:
    """Until so many things were done with the bar, and the page was looked at."""
    page.until(lambda: len(page.events("nav")) >= count)
    page.settle()


def test_the_bar_and_the_tabs(window: OpenWindow, display: Display, site: Site) -> None:
    """Address bar, back, forward, reload, a new tab with an address, closing it: each is its step."""
    two = site.page("<h1>Two</h1>", "/two")
    with window("<h1>One</h1>") as page:
        one = page.page.url
        display.into_address_bar()
        display.write(two)
        display.press("Return")
        navigated(page, 1)
        display.press("alt+Left")
        navigated(page, 2)
        display.press("alt+Right")
        navigated(page, 3)
        display.press("F5")
        navigated(page, 4)
        display.press("ctrl+t")
        navigated(page, 5)
        display.write(one)
        display.press("Return")
        navigated(page, 6)
        display.press("ctrl+w")
        navigated(page, 7)
        ended = page.stop()
        assert words(ended) == [
            f"goto [{two}]", "go_back", "go_forward", "reload", "new_tab", f"goto [{one}]", "close_tab",
        ]  # fmt: skip
        assert ended.reading.not_recorded == ()
        with EpisodeReader(ended.path) as reader:
            before = [reader.observation(step.observation_before).text for step in ended.reading.steps[:4]]
        assert ["One" in text for text in before] == [True, False, True, False]


def test_what_the_page_does_to_itself_is_no_step(window: OpenWindow, display: Display, site: Site) -> None:
    """Links, scripts that go back, reload or push a state, after a press: consequences, not the person's."""
    site.page(BUTTON.format("history.back()"), "/b")
    with window(BUTTON.format("location.href = '/b'")) as page:
        page.click(60, 15)
        page.arrive("**/b")
        page.settle()
        page.click(60, 15)
        page.run(page.page.wait_for_url(lambda url: not url.endswith("/b")))
        page.settle()
        ended = page.stop()
        assert words(ended) == ["click Go", "click Go"]


@pytest.mark.sampled
@pytest.mark.parametrize(
    ("asks", "keys", "step"),
    [
        ("alert('Look')", ["Return"], "dialog [accept]"),
        ("document.title = confirm('Sure?')", ["Return"], "dialog [accept]"),
        ("document.title = confirm('Sure?')", ["Escape"], "dialog [dismiss]"),
        ("document.title = prompt('Name?', 'x')", ["ctrl+a", "A", "Return"], "dialog [accept] [A]"),
    ],
)
def test_dialogs_are_the_persons(window: OpenWindow, display: Display, asks: str, keys: list[str], step: str) -> None:
    """The browser's own dialog waits for the person's own answer, which is a step."""
    with window(BUTTON.format(asks)) as page:
        page.run(page.page.evaluate("document.querySelector('button').addEventListener('click', () => {})"))
        page.session.submit(page.page.mouse.click(60, 15))
        page.until(lambda: page.recording.source.dialogs)
        for key in keys:
            display.press(key)
        page.until(lambda: page.events("answer"))
        page.settle()
        ended = page.stop()
        assert [one.action for one in ended.reading.steps][1:] == [step]
        assert words(ended)[0] == "click Go"


def test_the_window_is_closed(window: OpenWindow, display: Display) -> None:
    """Closing the last tab ends the recording; it is sealed with its steps."""
    with window(BUTTON.format("this.textContent = 'Gone'")) as page:
        page.click(60, 15)
        page.settle()
        display.press("ctrl+w")
        page.until(page.recording.left.is_set)
        ended = page.stop()
        assert words(ended) == ["click Go"]
        assert ended.episode.status == "success"


def test_an_answer_alone_is_a_note(window: OpenWindow) -> None:
    """Nobody did anything: what the page as it is tells is a step all the same, with that page."""
    with window("<h1>Order 7 is late</h1>") as page:
        page.settle()
        (step,) = page.stop(answer="Order 7").reading.steps
        assert step.action == "note [The answer is Order 7.]"
        assert "Order 7 is late" in page.before(step)


def test_the_browser_is_killed(window: OpenWindow) -> None:
    """What was done before is sealed, as stopped, with the reason."""
    with window(BUTTON.format("this.textContent = 'Gone'")) as page:
        page.click(60, 15)
        page.settle()

        async def process() -> int:
            session = await page.recording._context.browser.new_browser_cdp_session()
            told = await session.send("SystemInfo.getProcessInfo")
            return next(int(one["id"]) for one in told["processInfo"] if one["type"] == "browser")

        os.kill(page.session.run(process(), WAIT_S), signal.SIGKILL)
        page.until(page.recording.left.is_set)
        ended = page.stop()
        assert words(ended) == ["click Go"]
        assert (ended.episode.status, ended.episode.end_reason) == ("stopped", "the browser has ended")


def test_a_page_that_crashes(window: OpenWindow) -> None:
    """The recording says so and keeps its steps."""
    with window(BUTTON.format("this.textContent = 'Gone'")) as page:
        page.click(60, 15)
        page.settle()
        page.session.submit(page.page.goto("chrome://crash"))
        page.until(lambda: any(m["type"] == "error" and "crashed" in m["what"] for m in page.told))
        ended = page.stop("not-done")
        assert words(ended) == ["click Go"]
        assert ended.episode.status == "failed"


def test_no_screen_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a display: what happened, what was kept, what to do next."""
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(NoDisplay, match="There is no screen .* Nothing was recorded. Record in the app"):
        check_display()


def test_a_screen_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """DISPLAY that names nobody: the same, instead of the browser's log."""
    monkeypatch.setenv("DISPLAY", ":987")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with BrowserSession(headless=False) as session, pytest.raises(NoDisplay, match="cannot be opened"):
        session.run(session.browser(), WAIT_S)


def test_the_command(display: Display, tmp_path: Path) -> None:
    """`record --headed` as a process, worked in with a real keyboard and ended by Ctrl+C: the documented JSON."""
    env = {**os.environ, "DISPLAY": display.name, HOME: str(tmp_path / "home")}
    command = [sys.executable, "cli.py", "record", "miniwob:login-user", "--headed", "--seed", "2", "--json"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    told = []
    for line in process.stderr:
        told.append(line)
        if line.startswith("Work in the window"):
            break
    display.write("somebody", "hunter2xq", before="Tab")
    for line in process.stderr:
        told.append(line)
        if "type" in line and "somebody" in line:
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=90)
    assert process.returncode == 0, "".join(told) + err
    answer = json.loads(out)
    assert [step["action"].split()[0] for step in answer["steps"]] == ["type", "type"]
    assert [step["target"]["name"] for step in answer["steps"]] == ["Username", "Password"]
    assert answer["not_recorded"] == []
    assert answer["episode"]["status"] == "failed"
    files = list((tmp_path / "home").rglob("*.episode"))
    assert len(files) == 1
    assert "hunter2xq" not in out + err + files[0].read_bytes().decode("latin-1")
