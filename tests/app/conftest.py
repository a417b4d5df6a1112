"""The app's script run by Streamlit's own test runner, without server or browser, in a workspace of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from tools.source_files import ROOT
from wiring import HOME, Parts

Open = Callable[..., AppTest]


def _without_discovery(init: Callable[..., None]) -> Callable[..., None]:
    """As where the app is served: pages are those of st.navigation alone, so that app.py runs before each of them."""

    def __init__(self: PagesManager, *args: object, **options: object) -> None:
        init(self, *args, **options)
        PagesManager.uses_pages_directory = False

    return __init__


@pytest.fixture(name="home")
def home_fixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The workspace folder; what the app holds of it is let go of afterwards."""
    made: list[Parts] = []

    def remembered(*args: object, **options: object) -> Parts:
        made.append(Parts(*args, **options))
        return made[-1]

    monkeypatch.setattr("ui.resources.Parts", remembered)
    monkeypatch.setattr(PagesManager, "__init__", _without_discovery(PagesManager.__init__))
    for name in ("STEPSCOPE_MODEL_ENDPOINT", "OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(HOME, str(tmp_path / "home"))
    st.cache_resource.clear()
    yield tmp_path / "home"
    for parts in made:
        parts.close()
    st.cache_resource.clear()


@pytest.fixture(name="parts")
def parts_fixture(home: Path) -> Iterator[Parts]:
    """The app's workspace, to fill it and to look into it."""
    parts = Parts(home)
    yield parts
    parts.close()


@pytest.fixture(name="open_page")
def open_page_fixture(home: Path) -> Open:
    """Open a page as a link would, with its query."""

    def opened(stem: str, **query: str) -> AppTest:
        test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
        test.switch_page(f"pages/{stem}.py")
        for name, value in query.items():
            test.query_params[name] = value
        return test.run()

    return opened
