"""Serves the gold corpus's own pages while one is recorded: `page:NAME.html` a file, `streamlit:NAME.py` a small app.

Both lie in examples/gold/pages. Any other task is the recorder's own business.
"""

from __future__ import annotations

import contextlib
import http.server
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from bench.gold import GOLD

PAGES = GOLD / "pages"
START_S = 60.0


@contextmanager
def served(task: str) -> Iterator[str]:
    """The address of a task of ours while it is served, else the task as it is. Raises RuntimeError."""
    kind, _, name = task.partition(":")
    if kind == "page":
        with _files() as base:
            yield f"{base}/{name}"
    elif kind == "streamlit":
        with _app(name) as base:
            yield base
    else:
        yield task


@contextmanager
def _files() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(PAGES)))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="gold pages", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def _app(name: str) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    told = ["--server.port", str(port), "--server.headless", "true", "--server.fileWatcherType", "none"]
    command = [sys.executable, "-m", "streamlit", "run", str(PAGES / name), *told]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        base = f"http://127.0.0.1:{port}"
        _wait(f"{base}/_stcore/health", process)
        yield base
    finally:
        process.terminate()
        process.wait(START_S)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
    raise RuntimeError(f"{url} did not answer within {START_S:.0f} s")


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Say nothing."""
