"""A browser and a server of the test pages, shared by the tests of this folder."""

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from browser.session import BrowserSession
from tests.browser.eyes import Eyes, QuietHandler, Site

PAGES = Path(__file__).parent / "pages"


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(QuietHandler, directory=str(PAGES)))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield Site(server.server_address[1])
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def session() -> Iterator[BrowserSession]:
    with BrowserSession() as started:
        yield started


@pytest.fixture
def eyes(session: BrowserSession) -> Iterator[Eyes]:
    opened = Eyes(session)
    yield opened
    opened.close()
