"""The live view's socket (docs/formats/live-protocol.md): carries messages and pictures between a view and a recording.

Beside it the files its page has downloaded. A factory: it is given the registry of recordings and the guard; tokens are
bound to their recording. What the messages mean is left to browser/recorder.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable
from typing import Protocol

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from browser.live.screencast import Frame
from browser.live.views import Viewer
from browser.recorder.downloads import Downloaded
from server.guard import POLICY_VIOLATION, Guard

log = logging.getLogger(__name__)
NORMAL = 1000
BACKLOG = 10_000
"""Messages that may wait for a slow view before it is let go; it may come back and is greeted anew."""


class Recordings(Protocol):
    """Where sockets are connected to (browser.live.registry.LiveRegistry)."""

    def known(self, recording_id: str) -> bool:
        """Whether it is running."""

    def downloaded(self, recording_id: str, number: int) -> Downloaded | None:
        """A file its page has downloaded."""

    def attach(self, recording_id: str, viewer: Viewer) -> None:
        """Connect a view."""

    def detach(self, recording_id: str, viewer: Viewer) -> None:
        """Take it away again."""

    def receive(self, recording_id: str, text: str, viewer: Viewer) -> None:
        """A message of a view."""


def live_routes(recordings: Recordings, guard: Guard, prefix: str = "") -> list[BaseRoute]:
    """The socket under `<prefix>/stepscope/live/{recording}`, its downloads under `.../downloads/{number}`."""

    async def live(socket: WebSocket) -> None:
        recording = str(socket.path_params["recording"])
        if not await guard.admit(socket, recording):
            return
        if not recordings.known(recording):
            await socket.close(POLICY_VIOLATION, "There is no such recording.")
            return
        await _serve(socket, recordings, recording)

    def download(request: Request) -> Response:
        recording = str(request.path_params["recording"])
        reason = guard.refusal(request, recording)
        if reason is not None:
            return PlainTextResponse(reason, 403)
        found = recordings.downloaded(recording, int(request.path_params["number"]))
        if found is None or not found.path.is_file():
            return PlainTextResponse("The file is kept only while the recording runs.", 404)
        headers = {"x-content-type-options": "nosniff", "cache-control": "no-store"}
        return FileResponse(found.path, filename=found.name, media_type="application/octet-stream", headers=headers)

    path = f"{prefix}/stepscope/live/{{recording}}"
    return [WebSocketRoute(path, live), Route(f"{path}/downloads/{{number:int}}", download)]


class SocketView:
    """A view at the other end of a socket. Called on the browser's thread, sends on the server's loop."""

    def __init__(self, socket: WebSocket) -> None:
        self.pictures = socket.query_params.get("frames") != "0"
        self.name = socket.query_params.get("view", "")[:40]
        self._socket = socket
        self._loop = asyncio.get_running_loop()
        self._texts: deque[str] = deque()
        self._frame: Frame | None = None
        self._ended = False
        self._change = asyncio.Event()

    def send(self, text: str) -> None:
        """Queue a JSON message."""
        self._soon(lambda: self._texts.append(text))

    def show(self, frame: Frame) -> None:
        """Keep a picture to send; a newer one takes its place."""
        self._soon(lambda: setattr(self, "_frame", frame))

    def end(self) -> None:
        """Close once everything is sent."""
        self._soon(lambda: setattr(self, "_ended", True))

    async def pump(self) -> None:
        """Send until the end, or until the view is too slow."""
        while True:
            await self._change.wait()
            self._change.clear()
            while self._texts and len(self._texts) < BACKLOG:
                await self._socket.send_text(self._texts.popleft())
            frame, self._frame = self._frame, None
            if frame is not None:
                await self._socket.send_bytes(frame.wire)
            if (self._ended and not self._texts) or len(self._texts) >= BACKLOG:
                return

    def _soon(self, change: Callable[[], object]) -> None:
        def apply() -> None:
            change()
            self._change.set()

        with contextlib.suppress(RuntimeError):  # the server's loop has ended
            self._loop.call_soon_threadsafe(apply)


async def _serve(socket: WebSocket, recordings: Recordings, recording: str) -> None:
    view = SocketView(socket)
    recordings.attach(recording, view)
    sending = asyncio.ensure_future(view.pump())
    receiving = asyncio.ensure_future(_receive(socket, recordings, recording, view))
    try:
        await asyncio.wait({sending, receiving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        recordings.detach(recording, view)
        for task in (sending, receiving):
            task.cancel()
        for failure in await asyncio.gather(sending, receiving, return_exceptions=True):
            if isinstance(failure, Exception) and not isinstance(failure, WebSocketDisconnect):
                log.error("the socket of a live view failed", exc_info=failure)
        await _close(socket)


async def _receive(socket: WebSocket, recordings: Recordings, recording: str, view: SocketView) -> None:
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            recordings.receive(recording, await socket.receive_text(), view)


async def _close(socket: WebSocket) -> None:
    if socket.client_state is WebSocketState.CONNECTED and socket.application_state is WebSocketState.CONNECTED:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await socket.close(NORMAL)
