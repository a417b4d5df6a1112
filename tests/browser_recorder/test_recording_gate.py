"""The gate's look: the one the pointer came to rest on as long as the page stands, a new one where anything changed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from browser.live.registry import LiveRegistry
from browser.player import Player
from browser.recorder.events import Press
from browser.recorder.options import RecordingOptions
from browser.recorder.recording import Recording
from browser.session import BrowserSession
from server.scripted import served
from tests.browser_recorder.conftest import Site
from traces.reader import EpisodeReader

pytestmark = pytest.mark.browser
AT = (50.0, 60.0)
PAGE = """<style>button, input { position: absolute; height: 40px; width: 100px; top: 40px } button { left: 0 }
  #q { left: 200px } button:hover { background: teal }</style>
  <button id=b onclick="this.textContent = 'Pressed'">Press</button><input id=q aria-label=Query value=old>"""
CHANGES = {
    "a value set by a script": ("q.value = 'new'", "value='new'"),
    "the focus moved by a script": ("q.focus()", "value='old' focused"),
    "a tick set by a script": ("q.type = 'checkbox'; q.checked = true", "checked"),
    "a rewritten text": ("b.firstChild.data = 'Rewritten'", "'Rewritten'"),
    "another address": ("history.replaceState(0, '', '?page=2'); document.title = 'Two'", "button 'Press'"),
}


class Bench:
    """A recording with one view whose pointer has come to rest on the button."""

    def __init__(self, session: BrowserSession, recording: Recording, player: Player) -> None:
        self.session, self.recording, self.player = session, recording, player

    def rest(self) -> None:
        """Move to the button and wait until the look there is remembered."""
        self.player._send({"type": "mouse", "kind": "move", "x": AT[0], "y": AT[1]})
        end = time.monotonic() + 30
        while (known := self.recording._desk.eyes._standing) is None or known.point != AT:
            assert time.monotonic() < end, "the look at the pointer's rest was not remembered"
            self.player._listen(0.05)

    def run(self, script: str) -> None:
        """Let the page's own script run."""
        self.session.run(self.recording._tabs.page.evaluate(script))

    def press(self) -> Press:
        """Press and release; the raw event of the press."""
        self.player._send({"type": "mouse", "kind": "down", "x": AT[0], "y": AT[1]})
        self.player._ask({"type": "mouse", "kind": "up", "x": AT[0], "y": AT[1]})
        return next(raw.event for raw in reversed(self.recording.raw_log) if isinstance(raw.event, Press))


@pytest.fixture
def bench(session: BrowserSession, site: Site, tmp_path: Path) -> Iterator[Bench]:
    """The recording of the page."""
    registry = LiveRegistry(session, tmp_path)
    with served(registry) as address:
        recording = registry.open(RecordingOptions(url=site.page(PAGE), still_ms=100, gate_ms=5000))
        with Player(address(recording)) as player:
            yield Bench(session, registry.recording(recording), player)
        registry.stop(recording)


def test_the_look_at_the_pointers_rest_is_used(bench: Bench) -> None:
    """Nothing has changed since: the gate names the instant of that look, and still the page right before the press."""
    bench.rest()
    rested = bench.recording._desk.eyes._standing.look
    pressed = bench.press()
    assert pressed.gate.target.name == "Press"
    if pressed.gate.observed_at != rested.at:  # a late frame of the hover: looked at anew
        assert pressed.gate.observed_at > rested.at
    assert (pressed.gate.late, pressed.gate.exact) == (False, True)
    assert pressed.gate.observed_at <= pressed.dispatched_at


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_no_counter_sees_is_seen(bench: Bench, change: str) -> None:
    """What scripts change after the pointer came to rest is in the observation of the press."""
    script, shown = CHANGES[change]
    bench.rest()
    bench.run(script)
    before = bench.press().gate.observation
    with EpisodeReader(bench.recording._writer.path) as reader:
        assert shown in reader.observation(before).text
        if "address" in change:
            assert reader.observation(before).url.endswith("?page=2")


def test_a_look_grows_old(bench: Bench) -> None:
    """After a second the page is looked at anew, whatever it says of itself."""
    bench.rest()
    rested = bench.recording._desk.eyes._standing.look
    clock = bench.recording._desk.clock
    while clock() - rested.at <= 1000:
        bench.player._listen(0.1)
    assert bench.press().gate.observed_at > rested.at
