"""A person's view for benchmarks: the live socket with pictures, as the Record screen uses it, from another process.

Frames are acknowledged as they come; messages and frames are kept with the time of their arrival. What is measured is
left to the benchmarks.
"""

from __future__ import annotations

import contextlib
import io
import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from browser.live.screencast import HEADER

WAIT_S = 60.0
Pixels = NDArray[np.float64]
Box = tuple[float, float, float, float]
"""x, y, width, height in CSS pixels of the remote viewport."""


@dataclass(frozen=True)
class Shown:
    """A picture as it arrived: its number, the local time in seconds, the JPEG, the remote viewport in CSS pixels."""

    seq: int
    at: float
    jpeg: bytes
    size: tuple[int, int]

    def part(self, box: Box) -> Image.Image:
        """The picture's pixels in a box of the page."""
        with Image.open(io.BytesIO(self.jpeg)) as image:
            sx, sy = image.width / self.size[0], image.height / self.size[1]
            x, y, width, height = box
            return image.convert("RGB").crop(
                (round(x * sx), round(y * sy), round((x + width) * sx), round((y + height) * sy))
            )


class Crashed(Exception):
    """The recording says that its page or browser has ended."""


class LiveView:
    """A connected view; a context manager. Raises TimeoutError where something waited for does not come."""

    def __init__(self, address: str) -> None:
        self._stack = contextlib.ExitStack()
        opening = connect(address, max_size=None, compression=None)
        self._socket: ClientConnection = self._stack.enter_context(opening)
        self._change = threading.Condition()
        self._numbers = 0
        self.messages: list[dict[str, Any]] = []
        self.frames = 0
        self.newest: Shown | None = None
        self.closed = False
        self._reader = threading.Thread(target=self._read, name="view", daemon=True)
        self._reader.start()
        self.hello = self.wait(lambda message: message["type"] == "hello")

    def __enter__(self) -> LiveView:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Leave; the recording goes on for its grace time."""
        self._stack.close()
        self._reader.join(WAIT_S)

    def raw_socket(self) -> socket.socket:
        """The connection below, for whoever wants to break it."""
        return self._socket.socket

    def send(self, **message: Any) -> None:
        """One message to the recording."""
        self._socket.send(json.dumps(message))

    def ask(self, patience_s: float = WAIT_S, **message: Any) -> dict[str, Any]:
        """Send a gesture and wait for its end. Raises Crashed when the page or its browser ends first."""
        self._numbers += 1
        number, known = self._numbers, len(self.messages)
        self.send(**message, g=number)
        told = self.wait(
            lambda m: (m["type"] == "gesture" and m["g"] == number) or m.get("state") == "crashed", known, patience_s
        )
        if told["type"] != "gesture":
            raise Crashed(str(told["message"]))
        return told

    def place(self, selector: str) -> tuple[float, float]:
        """The middle of an element in view."""
        self._numbers += 1
        number = self._numbers
        self.send(type="locate", n=number, at=selector)
        told = self.wait(lambda message: message["type"] == "located" and message["n"] == number)
        if not told["found"]:
            raise LookupError(f"{selector}: {told['message']}")
        return told["x"], told["y"]

    def press(self, x: float, y: float, **more: Any) -> None:
        """A button goes down, without waiting."""
        frame = self.newest.seq if self.newest else None
        self.send(type="mouse", kind="down", x=x, y=y, frame=frame, **more)

    def click(self, x: float, y: float) -> dict[str, Any]:
        """Press and release, and wait until the page is quiet."""
        self.press(x, y)
        return self.ask(type="mouse", kind="up", x=x, y=y)

    def wait(self, wanted: Callable[[dict[str, Any]], bool], known: int = 0, seconds: float = WAIT_S) -> dict[str, Any]:
        """The first message that fits, of those that came already (after the first `known`) or come yet."""
        end, seen = time.monotonic() + seconds, known
        with self._change:
            while True:
                for message in self.messages[seen:]:
                    if wanted(message):
                        return message
                seen = len(self.messages)
                left = end - time.monotonic()
                if self.closed or left <= 0 or not self._change.wait(left):
                    why = "the connection was closed" if self.closed else f"within {seconds:g} s"
                    said = [
                        f"{told['type']} {told.get('state') or told.get('message') or ''}" for told in self.messages
                    ]
                    raise TimeoutError(f"the recording did not say what was waited for ({why}; last: {said[-4:]})")

    def wait_frame(self, wanted: Callable[[Shown], bool], after: int, seconds: float = WAIT_S) -> Shown:
        """The first frame newer than number `after` that fits; each is looked at as it comes, only the newest."""
        end = time.monotonic() + seconds
        while True:
            with self._change:
                while self.newest is None or self.newest.seq <= after:
                    left = end - time.monotonic()
                    if left <= 0 or not self._change.wait(left):
                        raise TimeoutError("no picture showed what was waited for")
                newest = self.newest
            if wanted(newest):
                return newest
            after = newest.seq

    def _read(self) -> None:
        try:
            for data in self._socket:
                self._take(data)
        except (ConnectionClosed, OSError):
            pass
        with self._change:
            self.closed = True
            self._change.notify_all()

    def _take(self, data: str | bytes) -> None:
        now = time.monotonic()
        if isinstance(data, str):
            with self._change:
                self.messages.append(json.loads(data))
                self._change.notify_all()
            return
        seq, _, width, height, _ = HEADER.unpack_from(data)
        with contextlib.suppress(ConnectionClosed):  # what came before the end is still to be read
            self.send(type="ack", seq=seq)
        with self._change:
            self.frames += 1
            self.newest = Shown(seq, now, data[HEADER.size :], (width, height))
            self._change.notify_all()


@dataclass(frozen=True)
class Change:
    """What a part of the page looks like before and after something; tells how far a picture is on the way between."""

    box: Box
    before: Pixels
    after: Pixels

    def share(self, shown: Shown) -> float:
        """0 as before, 1 as after; noise of the JPEG, which has no direction, hardly counts."""
        way = self.after - self.before
        return float(np.vdot(pixels(shown, self.box) - self.before, way) / max(np.vdot(way, way), 1.0))


def pixels(shown: Shown, box: Box) -> Pixels:
    """The picture's channels in a box, as numbers."""
    return np.asarray(shown.part(box), dtype=np.float64)
