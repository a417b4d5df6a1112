"""The pages the capture benchmark records, on a loopback port, and what they report of themselves.

Files of bench/pages by path, made pages by `add`. A page reports by `navigator.sendBeacon("/log/<name>", text)`: the
lines are kept in order under that name.
"""

from __future__ import annotations

import http.server
import json
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

PAGES = Path(__file__).parent / "pages"
KINDS = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


class Site:
    """A site of one's own; a context manager."""

    def __init__(self) -> None:
        self._made: dict[str, str] = {}
        self._told: dict[str, list[Any]] = {}
        self._change = threading.Condition()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="site", daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def add(self, path: str, html: str) -> str:
        """Serve a page; returns its address."""
        self._made[path] = html
        return self.url + path

    def told(self, name: str) -> list[Any]:
        """What a page has reported so far, each report decoded from JSON."""
        with self._change:
            return list(self._told.get(name, []))

    def wait(self, name: str, count: int, seconds: float = 30.0) -> list[Any]:
        """The reports once there are so many; as many as there are when the time is up."""
        end = time.monotonic() + seconds
        with self._change:
            while len(self._told.get(name, [])) < count and time.monotonic() < end:
                self._change.wait(0.2)
            return list(self._told.get(name, []))

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Site:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def _body(self, path: str) -> tuple[bytes, str] | None:
        if path in self._made:
            return self._made[path].encode(), KINDS[".html"]
        file = PAGES / path.strip("/")
        known = file.is_file() and PAGES in file.resolve().parents
        return (file.read_bytes(), KINDS.get(file.suffix, "text/plain")) if known else None

    def _report(self, name: str, body: bytes) -> None:
        with self._change:
            self._told.setdefault(name, []).append(json.loads(body))
            self._change.notify_all()

    def _handler(self) -> type[http.server.BaseHTTPRequestHandler]:
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                found = site._body(urlsplit(self.path).path)
                self._answer(200 if found else 404, *(found or (b"nothing here", "text/plain")))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                site._report(urlsplit(self.path).path.removeprefix("/log/"), body)
                self._answer(204, b"", "text/plain")

            def _answer(self, status: int, body: bytes, kind: str) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        return Handler
