"""Views of one recording: pictures over a slow way, two views, a view that comes back, the pointer's shape."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

from browser.live.pace import QUALITIES
from browser.live.registry import LiveRegistry
from browser.live.screencast import HEADER
from browser.recorder.options import RecordingOptions
from browser.session import BrowserSession
from server.scripted import served
from tests.browser_recorder.conftest import Site

pytestmark = pytest.mark.browser
PATIENCE_S = 20.0
STILL_S = 1.5
BUTTON = "<button style='position:absolute;left:0;top:0;width:200px;height:60px' onclick=\"this.textContent+='!'\">Go"


class View:
    """One socket; keeps what it hears. `slow_s`: how long it takes to draw a picture."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.slow_s = 0.0
        self.sizes: list[int] = []
        self.heard: list[dict[str, Any]] = []

    def say(self, kind: str, /, **more: Any) -> None:
        self.socket.send(json.dumps({"type": kind, **more}))

    def click(self, x: float, y: float) -> None:
        for kind in ("down", "up"):
            self.say("mouse", kind=kind, x=x, y=y)

    def until(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The next message of that type with those fields."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            message = self.hear(end - time.monotonic())
            if message and message["type"] == kind and fields.items() <= message.items():
                return message
        raise AssertionError(f"no {kind} {fields} came; heard {self.heard[-3:]}")

    def sees(self, text: str) -> None:
        """Wait until the page shows the text."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            self.say("observe", n=1)
            if text in self.until("observation")["text"]:
                return
        raise AssertionError(f"the page never showed {text!r}")

    def until_still(self) -> None:
        """Draw until no picture has come for a while."""
        end = time.monotonic() + STILL_S
        while (left := end - time.monotonic()) > 0:
            n_drawn = len(self.sizes)
            self.hear(left)
            if len(self.sizes) > n_drawn:
                end = time.monotonic() + STILL_S

    def hear(self, seconds: float) -> dict[str, Any] | None:
        try:
            data = self.socket.recv(timeout=max(seconds, 0.001))
        except TimeoutError:
            return None
        if isinstance(data, bytes):
            self.sizes.append(len(data))
            if self.slow_s:
                time.sleep(self.slow_s)  # a slow way is what is tested
            self.say("ack", seq=HEADER.unpack_from(data)[0])
            return None
        message = json.loads(data)
        self.heard.append(message)
        return message


@contextmanager
def recorded(session: BrowserSession, folder: Path, url: str) -> Iterator[tuple[LiveRegistry, str, Any]]:
    """A recording and a way to open views on it."""
    registry = LiveRegistry(session, folder)
    with served(registry) as address:
        recording = registry.open(RecordingOptions(url=url, still_ms=100, gate_ms=1500))

        @contextmanager
        def view(name: str = "") -> Iterator[View]:
            with connect(f"{address(recording)}&view={name}", max_size=None, compression=None) as socket:
                opened = View(socket)
                opened.until("role")
                yield opened

        yield registry, recording, view
        if registry.known(recording):
            registry.stop(recording)


def test_one_view_drives_and_another_takes_over(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """A watching view's input is refused with the reason and does nothing; after taking over it is the other way."""
    with recorded(session, tmp_path, site.page(BUTTON)) as (registry, recording, view), view() as one, view() as two:
        assert one.until("role", views=2)["driving"]
        two.click(50, 30)
        assert "Another view drives" in two.until("error")["what"]
        one.click(50, 30)
        one.until("step")
        two.say("drive")
        two.until("role", driving=True)
        one.until("role", driving=False)
        two.click(50, 30)
        two.until("step")
        ended = registry.stop(recording)
    assert len(ended.reading.steps) == 2


def test_when_the_driver_leaves_the_other_drives_and_nothing_stays_pressed(
    session: BrowserSession, site: Site, tmp_path: Path
) -> None:
    """The button it held comes up, and the recording is not taken for lost."""
    body = BUTTON.replace("onclick", "onmousedown=\"this.textContent+='?'\" onmouseup")
    with recorded(session, tmp_path, site.page(body)) as (registry, recording, view), view() as two:
        with view() as one:
            two.say("drive")
            two.until("role", driving=True)
            one.say("drive")
            one.until("role", driving=True)
            one.say("mouse", kind="down", x=50, y=30)
            two.sees("Go?")
        two.until("role", driving=True, views=1)
        two.sees("Go?!")
        marks = [raw.event.what for raw in registry.recording(recording).raw_log if raw.event.kind == "mark"]
        assert "lost" not in marks


def test_a_view_that_comes_back_takes_its_own_place(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """A connection that was lost unnoticed does not keep the wheel from the same view."""
    with recorded(session, tmp_path, site.page(BUTTON)) as (_, _, view), view("mine") as first, view("mine") as again:
        role = again.heard[-1]
        assert (role["driving"], role["views"]) == (True, 1)
        with pytest.raises(Exception, match="1000"):
            first.until("role", driving=False)


def test_pictures_adapt_to_a_slow_way_and_end_sharp(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """While the page moves over a slow way pictures get smaller; at rest comes one at its best, then none."""
    body = """<style>p { columns: 4; font: 13px serif }</style><p id=p></p><script>
      let n = 0; const words = Array.from({length: 900}, (_, i) => 'word' + i * 7919 % 1000).join(' ');
      const go = () => { p.textContent = n + ' ' + words; if (n++ < 150) setTimeout(go, 60); };
      document.onclick = go; p.textContent = words;</script>"""
    with recorded(session, tmp_path, site.page(body)) as (registry, recording, view), view() as one:
        cast = registry.recording(recording).views.cast
        one.slow_s = 0.4
        one.click(600, 500)
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end and cast._quality == QUALITIES[0]:
            one.hear(0.05)
        assert cast._quality < QUALITIES[0]
        while time.monotonic() < end and cast._quality < QUALITIES[0]:
            one.hear(0.05)
        assert cast._quality == QUALITIES[0]
        while time.monotonic() < end and one.sizes[-1] <= min(one.sizes):
            one.hear(0.05)
        assert one.sizes[-1] > min(one.sizes)
        one.until_still()
        assert len(one.sizes) > 3
        assert one.sizes[-1] > 1.5 * min(one.sizes)


def test_the_pointers_shape_in_a_frame_of_another_site(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """The view is told the shape of what lies under the pointer there."""
    inner = site.page("<p style='cursor: crosshair; height: 200px'>Aim</p>", "/inner").replace("127.0.0.1", "localhost")
    body = f"<iframe src='{inner}' style='position:absolute;left:50px;top:100px;width:300px;height:300px'></iframe>"
    with recorded(session, tmp_path, site.page(body)) as (_, _, view), view() as one:
        one.say("mouse", kind="move", x=150, y=200)
        assert one.until("cursor")["shape"] == "crosshair"
