"""A browser for the folder's tests, and a site of pages given as text."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from browser.recorder.options import RecordingOptions
from browser.script import parse_script
from browser.session import BrowserSession
from server.scripted import RecordResult, record_script

Record = Callable[..., RecordResult]


class Site:
    """Pages by path; what is not there is 404, `/never` does not answer until the site closes."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.closing = threading.Event()
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                if path == "/never":
                    site.closing.wait()
                body = site.pages.get(path)
                self.send_response(404 if body is None else 200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write((body or "nothing here").encode())

            def log_message(self, format: str, *args: object) -> None:
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def page(self, body: str, path: str = "/") -> str:
        """Serve a page; returns its address."""
        self.pages[path] = f"<!doctype html><title>{path}</title>{body}"
        return f"http://127.0.0.1:{self.server.server_address[1]}{path}"

    def close(self) -> None:
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture(scope="session")
def session() -> Iterator[BrowserSession]:
    """One browser for all tests of the folder."""
    with BrowserSession() as browser:
        yield browser


@pytest.fixture
def site() -> Iterator[Site]:
    """A site of one's own."""
    made = Site()
    yield made
    made.close()


@pytest.fixture
def record(session: BrowserSession, site: Site, tmp_path: Path) -> Record:
    """`record(body, [gestures])`: record them on a page with that body, with short waits for quiet."""

    def made(body: str, script: list[dict[str, object]], **more: object) -> RecordResult:
        keys = ("outcome", "answer", "prepare", "finish")
        rest = {key: more.pop(key) for key in keys if key in more}
        options = {"objective": "try the page", "still_ms": 120, "gate_ms": 1500, **more}
        given = RecordingOptions(url=site.page(body), **options)
        return record_script(given, parse_script(script), tmp_path / "episodes", session, **rest)

    return made
