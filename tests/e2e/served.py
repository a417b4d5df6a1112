"""The app as its own process on a free port with a workspace of its own, ended by its process id.

Nothing it started may outlive it: `Served.left_behind` finds processes by the workspace in their environment.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_S = 120
END_S = 30
PROC = Path("/proc")


@dataclass(frozen=True)
class Served:
    """A running app: its address, its workspace, what it printed, its process id."""

    url: str
    home: Path
    log: Path
    pid: int

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.url.rpartition(":")[2])

    def left_behind(self) -> list[str]:
        """Command lines of living processes that were started for this workspace, found through /proc."""
        mark = f"STEPSCOPE_HOME={self.home}".encode()
        return [_command(one) for one in PROC.glob("[0-9]*") if mark in _read(one / "environ").split(b"\0")]


def free_port() -> int:
    """A port of the loopback address that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def serving(home: Path, port: int | None = None, *options: str, script: str = "app.py") -> Iterator[Served]:
    """Serve a workspace; afterwards the app has ended in time and left no process behind. Options are Streamlit's."""
    port = port or free_port()
    log = home.with_name(f"{home.name}-{port}.log")
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port), *options]
    with log.open("wb") as out:
        environment = {**os.environ, "STEPSCOPE_HOME": str(home)}
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT)
    served = Served(f"http://127.0.0.1:{port}", home, log, process.pid)
    try:
        _wait_until_healthy(served, process, _base(options))
        yield served
    finally:
        _end(process)
    left = _patiently_none(served)
    assert left == [], f"the app left processes behind: {left}"


def _wait_until_healthy(served: Served, process: subprocess.Popen[bytes], base: str) -> None:
    end = time.monotonic() + START_S
    while True:
        assert process.poll() is None, f"the app ended: {served.log.read_text(errors='replace')}"
        try:
            with urllib.request.urlopen(f"{served.url}{base}/_stcore/health", timeout=5):
                return
        except OSError:
            assert time.monotonic() < end, f"the app did not start within {START_S} s"
            time.sleep(0.05)


def _base(options: tuple[str, ...]) -> str:
    """The path the app is served under."""
    return next((f"/{value}" for name, value in zip(options, options[1:], strict=False) if name.endswith("Path")), "")


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(END_S)
        raise AssertionError(f"the app did not end within {END_S} s of being asked to") from None


def _patiently_none(served: Served) -> list[str]:
    """What is still there after a few seconds: a browser needs a moment to end after its parent."""
    end = time.monotonic() + 10
    while (left := served.left_behind()) and time.monotonic() < end:
        time.sleep(0.05)
    return left


def _command(process: Path) -> str:
    return re.sub(rb"\0+", b" ", _read(process / "cmdline")).decode(errors="replace")[:120]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
