"""The person of a case: gestures of a script, and a view's own messages over the live view's socket."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from browser.live.registry import LiveRegistry
from browser.player import Done, Player
from browser.recorder.events import Mark, RawEvent, Settled
from browser.recorder.recording import Recording
from browser.script import parse_gesture
from browser.session import BrowserSession
from tests.browser_recorder.cases.site import CaseSite
from traces.observation_text import parse_observation

Where = str | tuple[float, float]


class Person:
    """Plays through the socket; `registry`, `session` and `site` are there for cases about the world around it."""

    def __init__(
        self, player: Player, registry: LiveRegistry, recording: str, session: BrowserSession, site: CaseSite
    ) -> None:
        self.player = player
        self.registry = registry
        self.id = recording
        self.session = session
        self.site = site

    @property
    def recording(self) -> Recording:
        """The recording as the server holds it."""
        return self.registry.recording(self.id)

    @property
    def raw(self) -> tuple[RawEvent, ...]:
        """The raw log so far."""
        return self.recording.raw_log

    def do(self, gesture: str, **more: Any) -> Done:
        """One gesture of a script; waits until its effect is over."""
        return self.player.do(parse_gesture({"gesture": gesture, **more}))

    def send(self, kind: str, /, **more: Any) -> None:
        """A message of a view, without waiting."""
        self.player._send({"type": kind, **more})

    def ask(self, kind: str, /, **more: Any) -> Done:
        """A message of a view; waits until its effect is over (or something opened)."""
        return self.player._ask({"type": kind, **more})

    def point(self, where: Where) -> tuple[float, float]:
        """The middle of an element in view, in CSS pixels of the viewport."""
        spot = self.player._find(where)
        return spot.x, spot.y

    def move(self, where: Where) -> None:
        """The pointer to a place."""
        x, y = self.point(where)
        self.send("mouse", kind="move", x=x, y=y)

    def press(self, where: Where, **more: Any) -> None:
        """A button down."""
        x, y = self.point(where)
        self.send("mouse", kind="down", x=x, y=y, frame=self.player._frame, **more)

    def release(self, where: Where, **more: Any) -> Done:
        """The button up; waits until that is over."""
        x, y = self.point(where)
        return self.ask("mouse", kind="up", x=x, y=y, **more)

    def keys(self, *keys: str, modifiers: tuple[str, ...] = ()) -> None:
        """Keys down and up in a row, without waiting."""
        for key in keys:
            for kind in ("down", "up"):
                self.send("key", kind=kind, key=key, modifiers=list(modifiers))

    def settle(self) -> None:
        """Until everything sent so far is in the page and was looked at."""
        self.ask("key", kind="up", key="F12")

    def rest(self, where: Where) -> None:
        """Move the pointer there and wait until the page was looked at because of it."""
        self.until(lambda: isinstance(self.raw[-1].event, Settled | Mark))
        before = len(self.raw)
        self.move(where)
        self.until(lambda: len(self.raw) > before and isinstance(self.raw[-1].event, Settled))

    def until(self, condition: Callable[[], bool]) -> None:
        """Listen until it is so; what was sent has then been done."""
        for _ in range(400):
            if condition():
                return
            self.player._listen(0.05)
        raise AssertionError("it did not come to that within 20 s")

    def told(self, kind: str, **fields: Any) -> None:
        """Until a message of that kind, with those fields, comes."""
        self.player._until(lambda m: m["type"] == kind and fields.items() <= m.items())

    def see(self) -> str:
        """The observation's text now; nothing is recorded."""
        return self.player.look().text

    def named(self, role: str, name: str) -> dict[str, str]:
        """An element of the present observation, as a place of a gesture."""
        node = next(n for n in parse_observation(self.see()) if (n.role, n.name) == (role, name))
        return {"id": node.id}

    def on_page(self, script: str) -> Any:
        """What a script says in the page's own world (for cases about the page, not for the person's acts)."""
        page = self.recording._tabs.page
        return self.session.run(page.evaluate(script))
