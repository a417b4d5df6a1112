"""kill -9 at random moments of a recording: of the app, of its Chromium, of the person's socket. What is still there?

A person works in the live view of the real app until the blow. Every step they were told of as final, or whose gesture
was answered, has to be in the episode file; the recording has to be continued or sealed. Shared with tests.
"""

from __future__ import annotations

import contextlib
import random
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser
from websockets.exceptions import ConnectionClosed

from bench.app_process import App, Visitor
from bench.live_view import Crashed, LiveView
from bench.site import Site
from flows.record import interrupted
from traces.reader import EpisodeReader
from wiring import Parts

Victim = Literal["app", "browser", "socket"]
VICTIMS: tuple[Victim, ...] = ("app", "browser", "socket")


@dataclass(frozen=True)
class Blow:
    """One kill: who, how long after the first gesture, how many steps had been acknowledged, and what was lost."""

    victim: Victim
    after_s: float
    acknowledged: int
    steps: int
    lost: tuple[str, ...]


def campaign(
    home: Path, kills: int, seed: int, say: Callable[[str], None] = lambda _: None, browser: Browser | None = None
) -> list[Blow]:
    """So many kills, victims in turn, each in a recording of its own, at moments drawn with the seed."""
    chance, blows = random.Random(seed), []
    with Site() as site, Visitor(browser) as visitor, App(home) as app:
        for turn in range(kills):
            app.start()
            blow = _round(home, site, visitor, app, VICTIMS[turn % 3], chance.uniform(0.1, 4.0))
            say(f"{turn + 1} of {kills}: {blow.victim} after {blow.after_s:.1f} s, {blow.acknowledged} acknowledged")
            blows.append(blow)
    return blows


def _round(home: Path, site: Site, visitor: Visitor, app: App, victim: Victim, after_s: float) -> Blow:
    address = visitor.begin(app, f"{site.url}/kills.html", f"Press until the {victim} is killed")
    view = LiveView(address)
    strike = {"app": app.kill, "browser": app.kill_browser, "socket": lambda: _reset(view)}[victim]
    timer = threading.Timer(after_s, strike)
    timer.start()
    _work(view)
    timer.join()
    acknowledged = _acknowledged(view)
    view.close()
    episode = str(view.hello["episode"])
    lost = [] if victim == "app" else _sealed_by(address, victim)
    with contextlib.closing(Parts(home)) as parts:
        if victim == "app":
            lost += _sealed_after(parts, episode)
        kept = _kept(parts, episode)
    missing = sorted(acknowledged - kept)
    return Blow(victim, after_s, len(acknowledged), len(kept), (*lost, *(f"step {uid} is missing" for uid in missing)))


def _work(view: LiveView) -> None:
    """Press, type and turn the wheel until the other end is gone."""
    turn = 0
    try:
        while not view.closed and not any(told.get("state") == "crashed" for told in view.messages):
            _GESTURES[turn % len(_GESTURES)](view, turn)
            turn += 1
    except (TimeoutError, ConnectionClosed, Crashed):
        return


def _press(view: LiveView, turn: int) -> None:
    x = 60.0 + 110 * (turn % 7)
    view.send(type="mouse", kind="move", x=x, y=40)
    view.click(x, 40)


def _type(view: LiveView, turn: int) -> None:
    view.click(150, 120)
    for char in "word":
        view.send(type="key", kind="down", key=char)
        view.send(type="key", kind="up", key=char)
    view.ask(type="key", kind="up", key="F12")


def _turn(view: LiveView, turn: int) -> None:
    view.ask(type="wheel", x=300, y=400, dx=0, dy=60 if turn % 2 else -60)


_GESTURES: tuple[Callable[[LiveView, int], None], ...] = (_press, _press, _type, _press, _turn)


def _acknowledged(view: LiveView) -> set[str]:
    """Steps the person was told of as done: final, or with their gesture answered; less what was merged afterwards."""
    final = {m["uid"] for m in view.messages if m["type"] in ("step", "step_update") and not m["provisional"]}
    answered = {m["uid"] for m in view.messages if m["type"] == "gesture" and m["uid"] is not None}
    removed = {m["uid"] for m in view.messages if m["type"] == "step_removed"}
    return (final | answered) - removed


def _sealed_by(address: str, victim: Victim) -> list[str]:
    """The app lives: come back to the recording, go on if there is a page to go on with, and stop it."""
    try:
        with LiveView(address) as view:
            if victim == "socket" and view.click(60, 40)["uid"] is None:
                return ["the recording could not be continued"]
            view.send(type="stop", outcome="done", answer=None)
            view.wait(lambda told: told["type"] == "state" and told["state"] == "stopped")
    except (TimeoutError, ConnectionClosed, Crashed, OSError) as error:
        return [f"the recording could not be sealed: {error}"]
    return []


def _sealed_after(parts: Parts, episode: str) -> list[str]:
    """The app is gone: the recording is found as interrupted, can be read, and is sealed as on the Record screen."""
    if episode not in [left.episode.id for left in interrupted.found(parts)]:
        return ["the interrupted recording was not found"]
    sealed = interrupted.seal(parts, episode)
    return [] if sealed.status == "stopped" else [f"it was sealed as {sealed.status}"]


def _kept(parts: Parts, episode: str) -> set[str]:
    with EpisodeReader(parts.workspace.episodes_dir / f"{episode}.episode") as reader:
        return {step.uid for step in reader.steps()} if reader.sealed else set()


def _reset(view: LiveView) -> None:
    """The connection breaks without a farewell."""
    view.raw_socket().shutdown(socket.SHUT_RDWR)


def told(blows: list[Blow]) -> dict[str, Any]:
    """By victim: kills, steps acknowledged, and what was lost."""
    return {
        victim: {
            "kills": sum(blow.victim == victim for blow in blows),
            "acknowledged": sum(blow.acknowledged for blow in blows if blow.victim == victim),
            "lost": [lost for blow in blows if blow.victim == victim for lost in blow.lost],
        }
        for victim in VICTIMS
    }
