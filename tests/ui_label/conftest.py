"""The Label board in Chromium on the real routes and a real workspace; only Streamlit is left out."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from server.app import routes
from server.label import label_routes
from tests.ui_label.component_page import component_page
from tests.ui_label.label_shelf import LabelShelf
from ui.components.label import CSS, JS, label_data


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[LabelShelf]:
    """A workspace with one demonstration to review."""
    made = LabelShelf(tmp_path)
    made.add()
    yield made
    made.close()


@pytest.fixture
def address(shelf: LabelShelf) -> Iterator[str]:
    """A page with the board, and every route it asks."""

    def page(request: Request) -> HTMLResponse:
        data = label_data(request.query_params.get("episode"), shelf.guard.token)
        return HTMLResponse(component_page(JS, CSS, data, dark="dark" in request.query_params))

    app = Starlette(routes=[Route("/", page), *routes(shelf), *label_routes(shelf)])
    with serving(app) as url:
        yield url


class serving:
    """Serve an app on a free port for the length of a `with` block; gives its address."""

    def __init__(self, app: Starlette) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        end = time.monotonic() + 20
        while not self._server.started:
            assert time.monotonic() < end
            time.sleep(0.01)
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/"

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(20)
        self._socket.close()


@pytest.fixture
def opened(chromium: Browser, address: str) -> Iterator[Callable[[str], Page]]:
    """Open the board; a script error in it fails the test."""
    context = chromium.new_context(viewport={"width": 1252, "height": 900}, reduced_motion="reduce")
    errors: list[str] = []

    def open_page(query: str = "?episode=demo1") -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address + query)
        return page

    yield open_page
    context.close()
    assert errors == []


@pytest.fixture
def board(opened: Callable[[str], Page]) -> Page:
    """The board with the demonstration open and its most doubtful call selected."""
    page = opened("?episode=demo1")
    expect(page.get_by_role("button", name="choose_date Departure 12/26/2016", pressed=True)).to_be_visible()
    return page
