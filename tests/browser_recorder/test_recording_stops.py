"""A recording that is stopped or left answers everybody, whatever goes wrong at its end."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from browser.live.registry import LiveRegistry
from browser.session import BrowserSession
from store.errors import StoreError
from tests.browser_recorder.conftest import Site
from tests.browser_recorder.test_recording_views import BUTTON, recorded
from tests.counts import soak
from traces.environment import Outcome
from traces.reader import EpisodeReader
from traces.writer import EpisodeWriter

pytestmark = pytest.mark.browser
HELD = BUTTON.replace("onclick", "onmousedown=\"this.textContent+='?'\" onmouseup")


async def queue_of(registry: LiveRegistry, recording: str) -> Any:
    return registry.recording(recording)._pump


def test_one_that_cannot_be_sealed_ends_and_says_so(
    session: BrowserSession, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The view hears it and is let go, whoever stops it is told, and the file has every step."""

    def busy(*_: object, **__: object) -> Path:
        raise StoreError("The file is held by somebody else.")

    with recorded(session, tmp_path, site.page(BUTTON)) as (registry, recording, view), view() as one:
        one.click(50, 30)
        one.until("step")
        monkeypatch.setattr(EpisodeWriter, "seal", busy)
        one.say("stop", outcome="done", answer=None)
        assert "held by somebody else" in one.until("error")["what"]
        one.until("state", state="stopped")
    assert not registry.known(recording)
    with EpisodeReader(tmp_path / f"{recording}.episode") as reader:
        assert (len(reader.steps()), reader.interrupted) == (1, True)


def test_an_evaluator_that_fails_leaves_the_persons_word(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """The recording is sealed, and the view is told that nobody else judged."""

    async def judge(_page: object) -> Outcome:
        raise OSError("the site has gone")

    with recorded(session, tmp_path, site.page(BUTTON)) as (registry, recording, view), view() as one:
        registry.recording(recording).judge = lambda answer: judge
        one.say("stop", outcome="done", answer=None)
        assert "the site has gone" in one.until("error")["what"]
        one.until("state", state="stopped")
    with EpisodeReader(tmp_path / f"{recording}.episode") as reader:
        assert (reader.sealed, reader.episode.status, reader.episode.rewards.rule) == (True, "success", None)


def test_who_watches_is_answered(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """A gesture of a view that does not drive is refused, and its end is told: nobody waits for it."""
    with recorded(session, tmp_path, site.page(BUTTON)) as (_, _, view), view(), view() as two:
        two.say("mouse", kind="up", x=50, y=30, g=7)
        told = two.until("gesture", g=7)
        assert (told["uid"], told["not_recorded"]) == (None, "Another view drives this recording.")


def test_what_was_held_comes_up_when_its_view_comes_back(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """Also where nobody had noticed that the connection was lost; then the view goes on as ever."""
    with recorded(session, tmp_path, site.page(HELD)) as (_, _, view), view("mine") as lost:
        lost.say("mouse", kind="down", x=50, y=30)
        lost.sees("Go?")
        with view("mine") as again:
            again.sees("Go?!")
            again.say("wheel", x=300, y=300, dx=0, dy=60, g=3)
            again.until("gesture", g=3)


def test_a_press_on_its_way_when_the_view_leaves_is_released_too(
    session: BrowserSession, site: Site, tmp_path: Path
) -> None:
    """The queue comes to the release after the press, however long the press takes; what comes next is answered."""
    with recorded(session, tmp_path, site.page(HELD)) as (registry, recording, view):
        with view() as one:
            pump = session.run(queue_of(registry, recording))
            began, left, gate = asyncio.Event(), asyncio.Event(), pump.pointer._gate

            async def slow(*given: Any) -> Any:
                began.set()
                while registry.recording(recording).views.empty_for() == 0:
                    await asyncio.sleep(0.01)
                left.set()
                await asyncio.sleep(0.2)
                return await gate(*given)

            pump.pointer._gate = slow
            one.say("mouse", kind="down", x=50, y=30)
            session.run(began.wait(), 10)
        session.run(left.wait(), 10)
        with view() as two:
            two.sees("Go?!")
            two.say("wheel", x=300, y=300, dx=0, dy=60, g=3)
            two.until("gesture", g=3)


def test_sockets_that_break_at_any_moment_leave_a_recording_that_answers(
    session: BrowserSession, site: Site, tmp_path: Path
) -> None:
    """Whatever was under way, the next view's gesture is answered, and stopping it is."""
    with recorded(session, tmp_path, site.page(HELD)) as (registry, recording, view):
        for turn in range(soak(60)):
            with view("mine" if turn % 2 else "") as one:
                one.say("mouse", kind="move", x=50 + turn % 7, y=30)
                one.click(50, 30)
                one.say("mouse", kind="down", x=50, y=30)
                one.hear(0.01 * (turn % 9))
            with view("mine" if turn % 2 else "") as two:
                two.say("wheel", x=300, y=300, dx=0, dy=60, g=turn)
                two.until("gesture", g=turn)
        assert registry.stop(recording).path is not None
