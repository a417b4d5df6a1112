"""A person's own messages, sent as a view sends them: without waiting, by pointer and key, paused, and over deaths."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from browser.live.registry import LiveRegistry
from browser.player import LostSocket, Player
from browser.recorder.options import RecordingOptions
from browser.recorder.recording import Ended
from browser.script import parse_script
from browser.session import BrowserSession
from server.scripted import served
from tests.browser_recorder.conftest import Site
from tests.counts import soak
from traces.reader import EpisodeReader

pytestmark = pytest.mark.browser
Opened = tuple[Player, Callable[[], Ended]]


@contextmanager
def live(session: BrowserSession, folder: Path, url: str, **more: Any) -> Iterator[Opened]:
    """A recording with one view connected, and a way to stop it."""
    registry = LiveRegistry(session, folder)
    with served(registry) as address:
        recording = registry.open(RecordingOptions(url=url, **{"still_ms": 100, "gate_ms": 1500, **more}))
        with Player(address(recording)) as player:
            player.log = lambda: registry.recording(recording).raw_log
            yield player, lambda: registry.stop(recording, "done")
        registry.stop(recording)


def click(player: Player, x: float, y: float, count: int = 1) -> None:
    for kind in ("down", "up"):
        player._send({"type": "mouse", "kind": kind, "x": x, "y": y, "click_count": count})


def settle(player: Player) -> None:
    """Until everything sent so far has been put into the page and looked at."""
    player._ask({"type": "key", "kind": "up", "key": "F12"})


def rest(player: Player, x: float, y: float) -> None:
    """Move the pointer and wait until the page was looked at because of it."""
    before = len(player.log())
    player._send({"type": "mouse", "kind": "move", "x": x, "y": y})
    for _ in range(100):
        player._listen(0.1)
        if len(player.log()) > before:
            return
    raise AssertionError("the pointer's rest was not noticed")


def test_no_gesture_of_a_hasty_person_is_lost(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """Clicks sent without waiting: each is one step, each sees the page as the click before it left it."""
    body = """<style>button { position: absolute; top: 0; width: 100px; height: 40px }</style>
      <button id=a style="left:0">A0</button><button id=b style="left:200px">B0</button><script>
      for (const e of document.querySelectorAll('button')) { let n = 0;
        e.onpointerdown = () => { e.textContent = e.id + ++n; }; }</script>"""
    rounds = soak(100)
    with live(session, tmp_path, site.page(body)) as (player, stop):
        for _ in range(rounds):
            click(player, 50, 20)
            click(player, 250, 20)
        player.play(parse_script([{"gesture": "note", "text": "over"}]))
        ended = stop()
    clicks = [step for step in ended.reading.steps if step.action.startswith("click")]
    assert [step.target.name for step in clicks] == [
        f"{name}{n}" if n else f"{name.upper()}0" for n in range(rounds) for name in "ab"
    ]
    assert ended.reading.not_recorded == ()


def test_a_double_click_and_typing_as_a_view_sends_them(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """Second presses with count 2 join the first; keys sent in a row are one type step."""
    body = "<input id=q value=old aria-label=Query style='position:absolute;left:0;top:0;width:200px;height:30px'>"
    with live(session, tmp_path, site.page(body)) as (player, stop):
        click(player, 20, 15)
        click(player, 20, 15, count=2)
        for char in "new":
            for kind in ("down", "up"):
                player._send({"type": "key", "kind": kind, "key": char, "code": f"Key{char.upper()}"})
        settle(player)
        ended = stop()
    assert [step.action.split(" ")[0] for step in ended.reading.steps] == ["dblclick", "type"]
    assert ended.reading.steps[1].action.endswith("[new] [0]")


def test_a_menu_that_opens_under_the_pointer(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """The pointer rests, something appears, it is clicked: the rest is a hover step; other rests are nothing."""
    body = """<style>div { position: absolute } #h { left: 0; top: 0; width: 100px; height: 30px }
      #m { display: none; position: absolute; left: 0; top: 30px } #h:hover #m { display: block }</style>
      <div id=h>Menu<button id=m>Export</button></div><div style="top:200px">Text</div>"""
    with live(session, tmp_path, site.page(body)) as (player, stop):
        rest(player, 300, 205)
        rest(player, 20, 10)
        click(player, 20, 40)
        settle(player)
        ended = stop()
    assert [step.action.split(" ")[0] for step in ended.reading.steps] == ["hover", "click"]
    assert ended.reading.steps[1].target.name == "Export"


def test_keys_on_a_list(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """Space opens our list instead of one no picture shows; arrow, Space and the choice are one select."""
    body = "<select id=s autofocus aria-label=City><option>Oslo<option>Lima<option>Rome</select>"
    with live(session, tmp_path, site.page(body)) as (player, stop):
        player.play(parse_script([{"gesture": "press", "keys": "ArrowDown"}]))
        done = player._ask({"type": "key", "kind": "down", "key": " "})
        assert done.waiting == "select"
        player._answer(player._open("select")["id"], [2])
        ended = stop()
    assert [step.action.split("] ")[1] for step in ended.reading.steps] == ["[Rome]"]


def test_nothing_is_kept_while_paused(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """What is done during a pause reaches the page and leaves no step, no raw event and no text."""
    body = """<input id=q aria-label=Query style="position:absolute;left:0;top:0;width:200px;height:30px">
      <button style="position:absolute;left:300px;top:0;width:80px;height:30px" onclick="q.value = ''">Clear</button>"""
    with live(session, tmp_path, site.page(body)) as (player, stop):
        player._send({"type": "pause"})
        player._until(lambda m: m["type"] == "state" and m["state"] == "paused")
        player.play(
            parse_script([{"gesture": "type", "at": "#q", "text": "private"}, {"gesture": "click", "at": "text=Clear"}])
        )
        player._send({"type": "resume"})
        player._until(lambda m: m["type"] == "state" and m["state"] == "recording")
        player.play(parse_script([{"gesture": "type", "at": "#q", "text": "open"}]))
        ended = stop()
    assert [step.action.split(" ")[0] for step in ended.reading.steps] == ["type"]
    assert b"private" not in ended.path.read_bytes()


def test_copying_reaches_the_person_but_never_a_secret(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """Control+C tells the view what is selected; in a password field it tells nothing."""
    body = "<input id=q value='copy me' aria-label=Query><input id=p type=password value=topsecret>"
    with live(session, tmp_path, site.page(body)) as (player, stop):
        told: list[str] = []
        heard = player._heard
        player._heard = lambda m: (told.append(m["text"]) if m["type"] == "clipboard" else None, heard(m))[1]
        for field in ("#q", "#p"):
            script = [{"gesture": "click", "at": field}, {"gesture": "press", "keys": "Control+a"}]
            player.play(parse_script([*script, {"gesture": "press", "keys": "Control+c"}]))
        stop()
    assert told == ["copy me"]


def test_the_browsers_death_keeps_the_steps(site: Site, tmp_path: Path) -> None:
    """The browser ends: the state says so, and stopping seals what there is."""
    with BrowserSession() as session, live(session, tmp_path, site.page("<button id=b>Go</button>")) as (player, stop):
        player.play(parse_script([{"gesture": "click", "at": "#b"}]))
        session.run(session._browser.close())
        told = player._until(lambda m: m["type"] == "state")
        assert told["state"] == "crashed"
        ended = stop()
    assert [step.action.split(" ")[0] for step in ended.reading.steps] == ["click"]
    assert ended.path.exists()


def test_a_full_disk_keeps_what_was_committed(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """When nothing can be written any more, one message says so and the steps before can be read."""
    body = "<button id=b onclick=\"this.insertAdjacentHTML('afterend', '<p>' + Math.random() + '</p>')\">Go</button>"
    registry = LiveRegistry(session, tmp_path)
    with served(registry) as address:
        recording = registry.open(RecordingOptions(url=site.page(body), still_ms=100))
        with Player(address(recording)) as player:
            player.play(parse_script([{"gesture": "click", "at": "#b"}] * 2))
            writer = registry.recording(recording)._writer
            writer.flush()
            writer._file._db.execute("PRAGMA max_page_count = 1")
            told: list[dict[str, Any]] = []
            heard = player._heard
            player._heard = lambda m: (told.append(m), heard(m))[1]
            with pytest.raises(LostSocket):
                player.play(parse_script([{"gesture": "click", "at": "#b"}] * 40))
        ended = registry.stop(recording)
    problems = [m for m in told if m["type"] == "error"]
    assert [sorted(p.keys() - {"type"}) for p in problems] == [["kept", "next", "what"]]
    assert "No room left" in problems[0]["what"]
    with EpisodeReader(ended.path) as reader:
        assert not reader.sealed
        assert len(reader.steps()) >= 2
