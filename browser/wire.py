"""The player's end of the live view's socket (docs/formats/live-protocol.md): messages out, messages and pictures in.

It acknowledges pictures and keeps what is open over the canvas; what is said is left to `player`.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect

from browser.errors import BrowserError
from browser.live.screencast import HEADER

FINISH_S = 60.0
OPEN_S = 5.0
WIDGETS = frozenset({"dialog", "select", "chooser", "value", "datalist", "menu", "login"})


class LostSocket(BrowserError):
    """The live view's socket closed, or fell silent, while gestures were played."""


class Wire:
    """A connected socket; a context manager. Raises LostSocket when the connection fails."""

    def __init__(self, address: str) -> None:
        self._frame: int | None = None
        self._questions: dict[str, dict[str, Any]] = {}
        self.over = False
        self._stack = contextlib.ExitStack()
        try:
            opening = connect(address, max_size=None, open_timeout=OPEN_S, compression=None)
            self._socket: ClientConnection = self._stack.enter_context(opening)
        except (OSError, WebSocketException, TimeoutError) as error:
            raise LostSocket(f"The live view's socket could not be opened: {error}.") from error
        self.hello = self._until(lambda message: message["type"] == "hello")

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Leave; the recording goes on for its grace time."""
        self._stack.close()

    def _send(self, message: dict[str, Any]) -> None:
        try:
            self._socket.send(json.dumps(message))
        except ConnectionClosed as error:
            raise LostSocket("The live view's socket closed; what was recorded is kept.") from error

    def _until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        end = time.monotonic() + FINISH_S
        while time.monotonic() < end:
            message = self._receive(end - time.monotonic())
            if message is not None and wanted(message):
                return message
        raise LostSocket(f"The live view did not answer within {FINISH_S:g} s; what was recorded is kept.")

    def _listen(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._receive(left)

    def _receive(self, seconds: float) -> dict[str, Any] | None:
        """The next JSON message; pictures are acknowledged on the way. None if there was none in time."""
        try:
            data = self._socket.recv(timeout=max(seconds, 0.001))
        except TimeoutError:
            return None
        except ConnectionClosed as error:
            self.over = True
            raise LostSocket("The live view's socket closed; what was recorded is kept.") from error
        if isinstance(data, bytes):
            self._frame = HEADER.unpack_from(data)[0]
            self._send({"type": "ack", "seq": self._frame})
            return None
        message: dict[str, Any] = json.loads(data)
        self._heard(message)
        return message

    def _heard(self, message: dict[str, Any]) -> None:
        if message["type"] in WIDGETS:
            self._questions[message["id"]] = message
        elif message["type"] == "closed":
            self._questions.pop(message["id"], None)
        elif message["type"] == "hello":
            self._questions = {question["id"]: question for question in message["open"]}
