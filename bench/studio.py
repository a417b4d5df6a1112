"""A process of its own that records, as the app does: one browser, the registry of recordings, the live socket.

`Studio` starts it and asks it by lines of JSON; the person's view (`live_view`) connects to the addresses it gives, so
that measuring does not share an interpreter with what is measured. Its end ends the browser.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

from bench.common import ROOT
from bench.processes import Tree
from browser.live.registry import LiveRegistry
from browser.recorder.options import RecordingOptions
from browser.session import BrowserSession
from server.scripted import served

CLOSE_S = 30.0
_ENTRY = "from bench.studio import serve; serve()"


class Studio:
    """The process; a context manager. `folder` gets the episodes."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-c", _ENTRY, str(folder)]
        mark = f"BENCH_STUDIO={folder}"
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        environment = {**os.environ, **dict([mark.split("=", 1)])}
        self._process = subprocess.Popen(command, cwd=ROOT, env=environment, text=True, bufsize=1, **pipes)
        self.tree = Tree(self._process.pid, mark)

    def open(self, url: str, **options: Any) -> tuple[str, str]:
        """Begin a recording: (id, address of its socket)."""
        told = self._ask({"do": "open", "options": {"url": url, **options}})
        return told["id"], told["address"]

    def stop(self, recording: str) -> Path:
        """End and seal it; the episode's file."""
        return Path(self._ask({"do": "stop", "id": recording})["path"])

    def close(self) -> None:
        """End the process and its browser."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(CLOSE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def __enter__(self) -> Studio:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the recording process ended; what it said stands above")
        told: dict[str, Any] = json.loads(line)
        if "error" in told:
            raise RuntimeError(told["error"])
        return told


def serve() -> None:
    """The process itself: requests on stdin, answers on stdout, until stdin ends."""
    with BrowserSession() as session:
        registry = LiveRegistry(session, Path(sys.argv[1]))
        with served(registry) as address:
            for line in sys.stdin:
                try:
                    answer = _answered(registry, json.loads(line), address)
                except Exception as error:  # told to the one who asked, who raises it
                    answer = {"error": f"{type(error).__name__}: {error}"}
                print(json.dumps(answer), flush=True)
            registry.close()


def _answered(registry: LiveRegistry, request: dict[str, Any], address: Any) -> dict[str, Any]:
    if request["do"] == "open":
        recording = registry.open(RecordingOptions(objective="measured", **request["options"]))
        return {"id": recording, "address": address(recording)}
    ended = registry.stop(request["id"], "done")
    return {"path": str(ended.path)}
