"""What is kept when the browser, or the page under a gesture, dies."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from browser.live.registry import LiveRegistry
from browser.player import Player
from browser.recorder.options import RecordingOptions
from browser.session import BrowserSession
from server.scripted import served
from tests.browser_recorder.conftest import Site
from tests.browser_recorder.test_recording_live import click, live
from tests.browser_recorder.test_recording_troubles import _crash
from traces.reader import EpisodeReader

pytestmark = pytest.mark.browser
PAGE = """<style>button { position: absolute; left: 0; top: 0; width: 90px; height: 40px }</style>
  <button id=b onclick="this.textContent = 'Hit'">Go</button>"""


async def _pid(session: BrowserSession) -> int:
    """The browser's process, by its own account."""
    line = await (await session.browser()).new_browser_cdp_session()
    told = await line.send("SystemInfo.getProcessInfo")
    return next(process["id"] for process in told["processInfo"] if process["type"] == "browser")


def test_a_killed_browser_keeps_the_steps(site: Site, tmp_path: Path) -> None:
    """The process is killed: the state says crashed, and stopping seals every step that was finished."""
    with BrowserSession() as session, live(session, tmp_path, site.page(PAGE)) as (player, stop):
        click(player, 45, 20)
        player._ask({"type": "key", "kind": "up", "key": "F12"})
        os.kill(session.run(_pid(session)), signal.SIGKILL)
        told = player._until(lambda m: m["type"] == "state")
        assert told["state"] == "crashed"
        refused = player._ask({"type": "key", "kind": "down", "key": "a"})
        assert refused.not_recorded is not None
        ended = stop()
    with EpisodeReader(ended.path) as reader:
        assert reader.sealed
        (step,) = reader.steps()
        assert "'Hit'" in reader.observation(step.observation_after).text


@pytest.mark.parametrize("heard", [True, False], ids=["after it is told", "at once"])
def test_what_was_held_does_not_keep_a_recording_from_ending(site: Site, tmp_path: Path, heard: bool) -> None:
    """The browser is killed while a key and a button are down; stopping the recording seals it all the same."""
    with BrowserSession() as session:
        registry = LiveRegistry(session, tmp_path)
        with served(registry) as address:
            recording = registry.open(RecordingOptions(url=site.page(PAGE)))
            with Player(address(recording)) as player:
                click(player, 45, 20)
                player._send({"type": "key", "kind": "down", "key": "x"})
                player._send({"type": "mouse", "kind": "down", "x": 45, "y": 20})
                while [raw.event.kind for raw in registry.recording(recording).raw_log].count("press") < 2:
                    player._listen(0.05)
                os.kill(session.run(_pid(session)), signal.SIGKILL)
                if heard:
                    player._until(lambda m: m.get("state") == "crashed")
                player._send({"type": "stop", "outcome": "done", "answer": None})
                player._until(lambda m: m.get("state") == "stopped")
            ended = registry.stop(recording)
    with EpisodeReader(ended.path) as reader:
        assert reader.sealed
        assert "click" in reader.steps()[0].action


def test_whoever_waits_hears_of_a_crash(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """The page dies while its quiet is waited for: the gesture is answered, and its step is there."""
    registry = LiveRegistry(session, tmp_path)
    with served(registry) as address:
        recording = registry.open(RecordingOptions(url=site.page(PAGE), still_ms=2500))
        with Player(address(recording)) as player:
            player._send({"type": "mouse", "kind": "down", "x": 45, "y": 20})
            player._send({"type": "mouse", "kind": "up", "x": 45, "y": 20, "g": 900})
            while "release" not in [raw.event.kind for raw in registry.recording(recording).raw_log]:
                player._listen(0.05)
            session.submit(_crash(session, registry, recording))
            told = player._until(lambda m: m["type"] == "gesture" and m["g"] == 900)
            assert told["uid"] is not None
        ended = registry.stop(recording, "done")
    assert [step.action.split(" ")[0] for step in ended.reading.steps] == ["click"]
