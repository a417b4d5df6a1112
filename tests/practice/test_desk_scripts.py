"""The helpdesk in Chromium: careful people finish every scenario, and its hard widgets work as people expect."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from practice.desk.scenarios import SCENARIOS
from practice.desk.script import answer_for, script_for
from practice.server import PracticeServer
from tests.counts import SOAKING
from tests.practice.script_player import play

pytestmark = pytest.mark.browser


@pytest.fixture(name="site", scope="module")
def site_fixture() -> Iterator[PracticeServer]:
    with PracticeServer("desk") as site:
        yield site


@pytest.fixture(name="page")
def page_fixture(chromium: Browser) -> Iterator[Page]:
    """A page of the size recordings have; an error on it fails the test."""
    page = chromium.new_page(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    page.set_default_timeout(5000)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    page.close()
    assert problems == []


@pytest.mark.parametrize("seed", range(30 if SOAKING else 3))
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_careful_person_finishes(page: Page, site: PracticeServer, scenario: str, seed: int) -> None:
    """Opening the page alone is not enough; playing the script is, and changes nothing else."""
    page.goto(site.reset(seed, scenario).start_url)
    assert not site.evaluate().complete
    play(page, script_for(seed, scenario))
    result = site.evaluate(answer_for(seed, scenario))
    assert (result.complete, result.percent, result.reasons) == (True, 100, ())
