"""From a group of failures to its episodes, to the step where one began to fail."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenBrowser
from tests.e2e.person import PATIENCE_MS, visit
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
        first = parse_qs(urlsplit(page.url).query)["episode"][0]
        (other,) = RUNS - {first}
        page.keyboard.press("j")
        expect(page).to_have_url(re.compile(f"episode={other}"), timeout=15_000)
        page.close()


def _fill(home: Path) -> None:
    parts = Parts(home)
    try:
        add_demonstration(parts)
        for run in RUNS:
            add_failed_run(parts, run)
    finally:
        parts.close()
