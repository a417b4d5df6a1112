"""What views ask of a recording. Input goes to the queue in order; what takes long goes on beside it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from browser.live.views import Viewer, Views
from browser.recorder.aside import Aside
from browser.recorder.desk import Desk
from browser.recorder.finding import Finder
from browser.recorder.messages import (
    Ack,
    AnswerMessage,
    Control,
    Drive,
    Incoming,
    Locate,
    Observe,
    Pause,
    Stop,
    Suggest,
    problem,
)
from browser.recorder.pump import Pump
from browser.recorder.suggesting import suggestions

ANOTHER = "Another view drives this recording."


class Requests:
    """The messages of one recording's views. `stop` and `discard` end it."""

    def __init__(
        self,
        desk: Desk,
        pump: Pump,
        views: Views,
        aside: Aside,
        stop: Callable[[str, str | None], Awaitable[object]],
        discard: Callable[[], Awaitable[object]],
    ) -> None:
        self._desk = desk
        self._pump = pump
        self._views = views
        self._aside = aside
        self._stop = stop
        self._discard = discard
        self._finder = Finder(desk.tabs)

    def receive(self, message: Incoming, viewer: Viewer) -> None:
        """A message of a view. Only one view drives."""
        if not self._views.drives(viewer) and not isinstance(message, Ack | Drive | Locate | Observe):
            _refused(message, viewer)
            return
        match message:
            case Ack():
                self._views.drawn(viewer, message.seq)
            case Drive():
                self._views.hand_to(viewer)
            case AnswerMessage():
                self._aside(self._answer(message))
            case Pause() if self._pump.widgets.waiting is not None:
                self._aside(self._pump.pause(message))
            case Control():
                self._aside(self._discard())
            case Stop():
                self._aside(self._stop(message.outcome, message.answer))
            case Locate():
                self._aside(self._located(message))
            case Observe():
                self._aside(self._observed(message))
            case Suggest():
                self._aside(self._suggested(message))
            case _:
                self._pump.feed(message)

    async def _answer(self, message: AnswerMessage) -> None:
        number = await self._pump.widgets.reply(message.id, message.value)
        self._pump.expect(message.g, number)

    async def _suggested(self, message: Suggest) -> None:
        self._desk.tell({"type": "suggestions", "n": message.n, **await suggestions(self._desk)})

    async def _located(self, message: Locate) -> None:
        self._desk.tell(await self._finder.locate(message))

    async def _observed(self, message: Observe) -> None:
        seen = (await self._desk.eyes.look()).observation
        self._desk.tell(
            {"type": "observation", "n": message.n, "url": seen.url, "title": seen.title, "text": seen.text}
        )


def _refused(message: Incoming, viewer: Viewer) -> None:
    """Input of a view that only watches; a gesture it wants to hear the end of has come to nothing."""
    viewer.send(json.dumps(problem(ANOTHER, "Nothing was done.", "Take over.")))
    if message.g is not None:
        told = {"g": message.g, "uid": None, "not_recorded": ANOTHER, "late": False, "waiting": None}
        viewer.send(json.dumps({"type": "gesture", **told}))
