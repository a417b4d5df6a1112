"""A browser for the folder's tests, a site of pages given as text, and windows on a screen of one's own."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from browser.recorder.options import RecordingOptions
from browser.script import parse_script
from browser.session import BrowserSession
from server.scripted import RecordResult, record_script
from tests.browser_recorder.window_person import Display, Window, on_a_screen, opened

Record = Callable[..., RecordResult]
OpenWindow = Callable[..., AbstractContextManager[Window]]
PLACED = """<style>* { margin: 0; box-sizing: border-box } body { height: 3000px }
  button, input, select, label, a, .box { position: absolute; left: 10px; width: 160px; height: 30px }</style>"""


class Site:
    """Pages by path, with a status other than 200 where `statuses` has one; what is not there is 404.

    `/never` does not answer until the site closes.
    """

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.statuses: dict[str, int] = {}
        self.closing = threading.Event()
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                if path == "/never":
                    site.closing.wait()
                body = site.pages.get(path)
                self.send_response(404 if body is None else site.statuses.get(path, 200))
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


@pytest.fixture(name="screen", scope="module")
def screen_fixture(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Display, BrowserSession]]:
    """A screen without a monitor and a browser on it, one for the file."""
    with on_a_screen(tmp_path_factory.mktemp("screen")) as both:
        yield both


@pytest.fixture(name="display")
def display_fixture(screen: tuple[Display, BrowserSession]) -> Display:
    """The screen with its keyboard."""
    return screen[0]


@pytest.fixture(name="window")
def window_fixture(screen: tuple[Display, BrowserSession], site: Site, tmp_path: Path) -> OpenWindow:
    """`window(body)`: a recorded window at a page with that body."""

    def made(body: str, **options: Any) -> AbstractContextManager[Window]:
        return opened(screen[1], tmp_path / "episodes", site.page(PLACED + body), **options)

    return made
