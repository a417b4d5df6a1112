"""Served apps with an empty and with a full workspace, and a person's browser that hears of every mishap.

A script error in a page, or a request to anywhere but the app, fails the test that caused it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.person import PATIENCE_MS, WINDOW, Watch
from tests.e2e.served import Served, serving
from tests.e2e.shelves import fill_workspace

Scheme = Literal["light", "dark"]
OpenBrowser = Callable[..., Page]


@pytest.fixture(scope="session")
def empty_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app with nothing in its workspace; tests leave it so."""
    with serving(tmp_path_factory.mktemp("empty") / "workspace") as app:
        yield app


@pytest.fixture(scope="session")
def full_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app with demonstrations in every state of review, a prompt set and runs; tests only look."""
    home = tmp_path_factory.mktemp("full") / "workspace"
    fill_workspace(home)
    with serving(home) as app:
        yield app


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Served]:
    """The app with an empty workspace of the test's own."""
    with serving(tmp_path / "workspace") as served:
        yield served


@pytest.fixture
def open_browser(chromium: Browser) -> Iterator[OpenBrowser]:
    """`open_browser(app, scheme)`: a fresh browser window, "light" or "dark", that is watched until the test ends."""
    with ExitStack() as closing:

        def opened(app: Served, scheme: Scheme = "light") -> Page:
            context = chromium.new_context(viewport=WINDOW, reduced_motion="reduce", color_scheme=scheme)
            watch = Watch(app)
            closing.callback(watch.check)
            closing.callback(context.close)
            context.set_default_timeout(PATIENCE_MS)
            page = context.new_page()
            watch.listen(page)
            return page

        yield opened


@pytest.fixture
def page(app: Served, open_browser: OpenBrowser) -> Page:
    """A browser window on the test's own app."""
    return open_browser(app)
