"""From a group of failures to its episodes, to the step where one began to fail."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenBrowser
from tests.e2e.person import PATIENCE_MS, rested, visit
from tests.e2e.served import serving
from tests.workspaces import add_demonstration, add_failed_run
from wiring import Parts

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

RUNS = {"run-0a", "run-0b"}


def test_a_group_of_failures_is_gone_through(tmp_path: Path, open_browser: OpenBrowser) -> None:
    """Two runs failed alike: one click to both, one to the step where one begins to fail."""
    _fill(tmp_path / "workspace")
    with serving(tmp_path / "workspace") as app:
        page = open_browser(app)
        visit(page, app, "failures")
        page.get_by_role("link", name="Show all 2 episodes").click()
        expect(page).to_have_url(re.compile(r"/episodes\?"), timeout=PATIENCE_MS)
        expect(page.get_by_text("2 episodes", exact=True)).to_be_visible(timeout=PATIENCE_MS)

        visit(page, app, "failures")
        page.get_by_role("link", name=re.compile("^begins at step")).first.click()
        expect(page.locator(".replay header")).to_contain_text("failed", timeout=PATIENCE_MS)
        expect(page.get_by_role("button", name=re.compile("failure begins at step"))).to_be_visible()
        first = _episode(page)
        (other,) = RUNS - {first}
        page.keyboard.press("j")
        expect(page).to_have_url(re.compile(f"episode={other}"), timeout=15_000)
        page.close()


def test_back_leads_the_way_one_came(tmp_path: Path, open_browser: OpenBrowser) -> None:
    """By keys from a group to its episodes to a step; each Back is one page, with the filters it had."""
    _fill(tmp_path / "workspace")
    with serving(tmp_path / "workspace") as app:
        page = open_browser(app)
        visit(page, app, "failures")
        page.get_by_role("link", name="Show all 2 episodes").press("Enter")
        page.wait_for_url(re.compile(r"/episodes\?"))
        expect(page.get_by_text("2 episodes", exact=True)).to_be_visible(timeout=PATIENCE_MS)
        rested(page)
        listed = page.url
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/replay\?"))
        expect(page.locator(".replay[data-step]")).to_be_visible(timeout=PATIENCE_MS)
        rested(page)

        page.go_back()
        expect(page).to_have_url(listed, timeout=PATIENCE_MS)
        expect(page.get_by_text("2 episodes", exact=True)).to_be_visible(timeout=PATIENCE_MS)
        rested(page)
        page.go_back()
        expect(page).to_have_url(f"{app.url}/failures", timeout=PATIENCE_MS)
        expect(page.get_by_role("link", name="Show all 2 episodes")).to_be_visible(timeout=PATIENCE_MS)
        rested(page)
        page.go_forward()
        expect(page).to_have_url(listed, timeout=PATIENCE_MS)
        expect(page.get_by_text("2 episodes", exact=True)).to_be_visible(timeout=PATIENCE_MS)
        page.close()


def test_every_press_of_j_and_k_counts(tmp_path: Path, open_browser: OpenBrowser) -> None:
    """Through a list of nine, back and forth and as quickly as keys can come: one is where the presses add up to."""
    runs = [f"run-{number}" for number in range(9)]
    _fill(tmp_path / "workspace", runs)
    with serving(tmp_path / "workspace") as app:
        page = open_browser(app)
        visit(page, app, "replay?episode=run-4&list=status%3Dfailed")
        expect(page.locator(".replay[data-step]")).to_be_visible(timeout=PATIENCE_MS)
        page.keyboard.press("j")
        expect(page).not_to_have_url(re.compile("episode=run-4&"), timeout=PATIENCE_MS)
        after = _episode(page)
        page.keyboard.press("k")
        expect(page).to_have_url(re.compile("episode=run-4"), timeout=PATIENCE_MS)
        page.keyboard.press("k")
        expect(page).not_to_have_url(re.compile("episode=run-4"), timeout=PATIENCE_MS)
        way = int(after.removeprefix("run-")) - 4
        assert abs(way) == 1
        assert _episode(page) == f"run-{4 - way}"
        for key in "jjjjkjkj":
            page.keyboard.press(key)
        expect(page).to_have_url(re.compile(f"episode=run-{4 + 3 * way}"), timeout=PATIENCE_MS)
        expect(page.locator(".replay[data-step]")).to_be_visible(timeout=PATIENCE_MS)
        for _ in range(12):
            page.keyboard.press("k")
        expect(page.get_by_text("This is the first episode of the list")).to_be_visible(timeout=PATIENCE_MS)
        expect(page).to_have_url(re.compile(f"episode=run-{4 - 4 * way}"), timeout=PATIENCE_MS)
        page.close()


def _episode(page: Page) -> str:
    return parse_qs(urlsplit(page.url).query)["episode"][0]


def _fill(home: Path, runs: Iterable[str] = tuple(RUNS)) -> None:
    parts = Parts(home)
    try:
        add_demonstration(parts)
        for run in runs:
            add_failed_run(parts, run)
    finally:
        parts.close()
