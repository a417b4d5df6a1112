"""Every case of docs/recording-cases.md on a real page, driven through the live view's own socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from browser.chromium import find_chromium
from browser.session import BrowserSession
from tests.browser_recorder.cases.listing import ROWS
from tests.browser_recorder.cases.model import Case
from tests.browser_recorder.cases.play import play
from tests.browser_recorder.cases.site import CaseSite

pytestmark = pytest.mark.browser
CASES = [row for row in ROWS if isinstance(row, Case)]


@pytest.fixture(scope="module")
def isolated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserSession]:
    """A browser that gives every site a process of its own, as Chromium with a window does by itself."""
    starter = tmp_path_factory.mktemp("browser") / Path(find_chromium()).name
    starter.write_text(f'#!/bin/sh\nexec "{find_chromium()}" --site-per-process "$@"\n')
    starter.chmod(0o755)
    with BrowserSession(executable=str(starter)) as browser:
        yield browser


@pytest.fixture
def case_site() -> Iterator[CaseSite]:
    made = CaseSite()
    yield made
    made.close()


@pytest.mark.sampled(kind=lambda case: case.id.partition(".")[0])
@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_case(case: Case, isolated: BrowserSession, case_site: CaseSite, tmp_path: Path) -> None:
    """The invariants hold, and the steps are those the case expects."""
    play(case, isolated, case_site, tmp_path)
