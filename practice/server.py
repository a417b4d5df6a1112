"""Starts a practice site in a process of its own and talks to its control endpoints.

`PracticeServer` is a context manager; the process ends with it, and also when this process dies. Leaves pages,
state and judging to the site.
"""

from __future__ import annotations

import json
import secrets
import select
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

from practice.records import Evaluation, PracticeError, Scenario

__all__ = ["Evaluation", "PracticeError", "PracticeServer", "Scenario"]

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 20.0
CALL_SECONDS = 10.0
STOP_SECONDS = 3.0


class PracticeServer:
    """One running site with one state; a worker has its own.

    Example:
        with PracticeServer() as site:
            scenario = site.reset(seed=7, scenario="cancel_flight")
            ...  # do what scenario.objective asks, beginning at scenario.start_url
            site.evaluate().complete
    """

    def __init__(self, site: str = "airline") -> None:
        """Start `practice.<site>`; raises PracticeError with what the process said when it does not come up."""
        self._token = secrets.token_hex(24)
        self._opener = build_opener(ProxyHandler({}))
        self._said = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the process)
        command = [sys.executable, "-m", f"practice.{site}", "--port", "0", "--token", self._token, "--with-parent"]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said
        )
        try:
            self.url = f"http://127.0.0.1:{self._read_port()}"
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        """The process that serves the site."""
        return self._process.pid

    def scenarios(self) -> tuple[str, ...]:
        """The names `reset` takes."""
        return tuple(self._call("/__control/scenarios")["scenarios"])

    def reset(self, seed: int, scenario: str) -> Scenario:
        """Begin again with that seed and scenario; whatever was done before is gone."""
        told = self._call("/__control/reset", {"seed": seed, "scenario": scenario})
        start_url = self.url + told["start_path"]
        return Scenario(told["objective"], start_url, told["scenario"], told["seed"], date.fromisoformat(told["today"]))

    def evaluate(self, answer: str | None = None) -> Evaluation:
        """How far the scenario got; `answer` is what was given with stop."""
        query = "" if answer is None else "?" + urlencode({"answer": answer})
        told = self._call("/__control/evaluate" + query)
        return Evaluation(told["complete"], told["percent"], tuple(told["reasons"]))

    def close(self) -> None:
        """End the process and wait for it; may be called again."""
        process = self._process
        for stop in (self._close_input, process.terminate, process.kill):
            stop()
            try:
                process.wait(STOP_SECONDS)
                break
            except subprocess.TimeoutExpired:
                continue
        if process.stdout:
            process.stdout.close()
        self._said.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _close_input(self) -> None:
        if self._process.stdin:
            self._process.stdin.close()

    def _read_port(self) -> int:
        """The port from the child's first line."""
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], START_SECONDS)
        line = self._process.stdout.readline() if ready else b""
        try:
            return int(json.loads(line)["port"])
        except (ValueError, KeyError, TypeError) as error:
            self._said.seek(0)
            said = self._said.read().decode("utf-8", "replace").strip()[-600:] or "it said nothing"
            raise PracticeError(f"The practice site did not start: {said}") from error

    def _call(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = Request(self.url + path, data, {"X-Control-Token": self._token})
        try:
            with self._opener.open(request, timeout=CALL_SECONDS) as response:
                answer: dict[str, Any] = json.load(response)
                return answer
        except HTTPError as error:
            with error:
                told = error.read().decode("utf-8", "replace")
            raise PracticeError(f"The practice site refused: {_message(told)}") from error
        except (URLError, OSError) as error:
            raise PracticeError(
                f"The practice site at {self.url} does not answer ({error}). Start it again."
            ) from error


def _message(told: str) -> str:
    try:
        return str(json.loads(told)["error"])
    except (ValueError, KeyError, TypeError):
        return told[:200]
