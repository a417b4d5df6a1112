"""An OpenAI-compatible endpoint on a loopback port that does what a test tells it, good and bad.

Each request takes the next `Answer` of the script (the last one repeats); what was asked is kept in `requests`.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What goes back: a status, headers, a body (JSON value or raw text), or nothing at all (`drop`).

    The server takes `seconds` for it.
    """

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    seconds: float = 0.0


Script = Sequence[Answer] | Callable[[dict[str, Any]], Answer]


def says(text: str | None, finish_reason: str = "stop", usage: bool = True, **message: Any) -> Answer:
    """A chat completion."""
    choice = {
        "index": 0,
        "finish_reason": finish_reason,
        "message": {"role": "assistant", "content": text, **message},
    }
    body: dict[str, Any] = {"id": "c1", "object": "chat.completion", "created": 1, "model": "tiny", "choices": [choice]}
    if usage:
        body["usage"] = {"prompt_tokens": 120, "completion_tokens": 30, "total_tokens": 150}
    return Answer(body)


def fails(status: int, message: str, **headers: str) -> Answer:
    """An error with a message; underscores in header names become hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer({"error": {"message": message, "type": "error"}}, status, named)


BUSY = fails(429, "slow down", retry_after="0.01")
REFUSAL = says(None, refusal="I will not do that")
CUT_OFF = says("REASON: the page is long and", "length")
RUBBISH = Answer("<html>this is no JSON</html>")
DROPPED = Answer(drop=True)
OVERFLOW = fails(400, "This model's maximum context length is 2048 tokens, however you requested 9000")
BAD_KEY = fails(401, "Incorrect API key provided")
NO_MODEL = fails(404, "The model does not exist")


class FakeLlmServer(ThreadingHTTPServer):
    """The server; `url` is its base address."""

    daemon_threads = True

    def __init__(self, script: Script) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = script
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def answer(self, request: dict[str, Any], key: str) -> Answer:
        with self._lock:
            self.requests.append(request)
            self.keys.append(key)
            if callable(self.script):
                return self.script(request)
            return self.script[min(len(self.requests), len(self.script)) - 1]


class _Handler(BaseHTTPRequestHandler):
    server: FakeLlmServer
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length", "0"))
        request = json.loads(self.rfile.read(length))
        answer = self.server.answer(request, self.headers.get("authorization", ""))
        if answer.seconds:
            time.sleep(answer.seconds)  # the model's latency: what is tested waits for it
        if answer.drop:
            self.close_connection = True
            return
        body = answer.body.encode() if isinstance(answer.body, str) else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        for name, value in {"content-type": "application/json", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def fake_llm_server(script: Script) -> Iterator[FakeLlmServer]:
    """The server while the block runs."""
    with FakeLlmServer(script) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
