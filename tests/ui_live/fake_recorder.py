"""A server that speaks docs/formats/live-protocol.md without a browser behind it: what a test tells it to say.

`sent` is every message the view sent, in order; `wait_for` blocks until one of them fits.
"""

from __future__ import annotations

import asyncio
import io
import json
import struct
import threading
import time
from collections.abc import Callable
from typing import Any

import uvicorn
from PIL import Image, ImageDraw
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

Message = dict[str, Any]
PATIENCE = 10.0
THUMB = "/stepscope/episodes/ep1/thumbs/00ff"

HELLO: Message = {
    "type": "hello",
    "recording": "rec1",
    "episode": "ep1",
    "objective": "Change the e-mail of booking NX4Q2 to ana@example.org",
    "viewport": {"width": 1280, "height": 720},
    "state": "recording",
    "page": {
        "url": "http://127.0.0.1:8801/bookings/NX4Q2",
        "title": "Northwind Air",
        "tabs": [{"index": 0, "title": "Northwind Air", "url": "http://127.0.0.1:8801/bookings/NX4Q2"}],
        "active": 0,
        "can_back": True,
        "can_forward": False,
        "loading": False,
    },
    "steps": [],
    "not_recorded": [],
    "withheld": {},
    "open": [],
}


def step(number: int, sentence: str, action: str = "click [5]", **more: Any) -> Message:
    """A step as the server describes it."""
    body: Message = {"uid": f"s{number}", "seq": number, "action": action, "sentence": sentence, "target": None}
    return {**body, "thumb": THUMB, "late": False, "exact": True, "stale": False, "provisional": False, **more}


def picture(colour: str = "white", size: tuple[int, int] = (1280, 720), marks: bool = False) -> bytes:
    """A page as JPEG."""
    image = Image.new("RGB", size, colour)
    if marks:
        draw = ImageDraw.Draw(image)
        draw.rectangle((0, 0, size[0], 44), fill="#0b3d5c")
        for x, y in ((40, 90), (460, 90), (880, 90), (40, 190)):
            draw.rectangle((x, y, x + 360, y + 40), outline="#888888", width=2)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


class FakeRecorder:
    """One recording on a free port; `page` is the HTML under `/`."""

    def __init__(self) -> None:
        self.page = ""
        self.hello: Message = json.loads(json.dumps(HELLO))
        self.sent: list[Message] = []
        self.connections = 0
        self.views: list[str] = []
        self.refuse = False
        self._frame = 0
        self._sockets: list[WebSocket] = []
        self._news = threading.Condition()
        routes = [
            Route("/", self._html),
            Route(THUMB, self._thumb),
            WebSocketRoute("/stepscope/live/{recording}", self._live),
        ]
        config = uvicorn.Config(Starlette(routes=routes), port=0, log_level="critical", lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> FakeRecorder:
        self._thread.start()
        self._until(lambda: self._server.started)
        self.url = f"http://127.0.0.1:{self._server.servers[0].sockets[0].getsockname()[1]}/"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(PATIENCE)

    def say(self, **message: Any) -> None:
        """Send a message to every view."""
        self._all(lambda socket: socket.send_text(json.dumps(message)))

    def show(self, jpeg: bytes, at: float = 41000.0) -> int:
        """Send a picture; its number."""
        self._frame += 1
        header = struct.pack(">IdHHf", self._frame, at, 1280, 720, 0.0)
        self._all(lambda socket: socket.send_bytes(header + jpeg))
        return self._frame

    def end(self, code: int) -> None:
        """Close every connection with the code."""
        self._all(lambda socket: socket.close(code))

    def wait_for(self, fits: Callable[[Message], bool]) -> Message:
        """The first message sent that fits, waiting for it."""
        with self._news:
            found = self._news.wait_for(lambda: next(filter(fits, self.sent), None), PATIENCE)
        assert found, f"no such message among {self.sent[-10:]}"
        return found

    def of(self, kind: str) -> list[Message]:
        """The messages of a type so far."""
        with self._news:
            return [message for message in self.sent if message["type"] == kind]

    def wait_connected(self, times: int = 1) -> None:
        """Wait until the view has connected that often and the last connection stands."""
        with self._news:
            assert self._news.wait_for(lambda: self.connections >= times and self._sockets, PATIENCE)

    def _run(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._loop.run_until_complete(self._server.serve())
        self._loop.close()

    def _until(self, true: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < end
            time.sleep(0.01)

    def _all(self, send: Callable[[WebSocket], Any]) -> None:
        async def run() -> None:
            for socket in list(self._sockets):
                await send(socket)

        asyncio.run_coroutine_threadsafe(run(), self._loop).result(PATIENCE)

    async def _html(self, _: Request) -> HTMLResponse:
        return HTMLResponse(self.page)

    async def _thumb(self, request: Request) -> Response:
        if request.query_params.get("t") != "shelf":
            return Response(status_code=403)
        return Response(picture(size=(128, 72), marks=True), media_type="image/jpeg")

    async def _live(self, socket: WebSocket) -> None:
        await socket.accept()
        if self.refuse or socket.query_params.get("t") != "live":
            await socket.close(1011 if self.refuse else 1008, "not now" if self.refuse else "wrong token")
            return
        await socket.send_text(json.dumps(self.hello))
        with self._news:
            self.views.append(socket.query_params.get("view", ""))
            self.connections += 1
            self._sockets.append(socket)
            self._news.notify_all()
        try:
            while True:
                self._note(json.loads(await socket.receive_text()))
        except WebSocketDisconnect:
            pass
        finally:
            self._sockets.remove(socket)

    def _note(self, message: Message) -> None:
        with self._news:
            self.sent.append(message)
            self._news.notify_all()
