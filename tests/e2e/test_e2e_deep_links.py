"""The first thing a fresh server is asked for may be any page: it shows our navigation and the page itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenBrowser
from tests.e2e.screens import SCREENS, Screen, see_empty
from tests.e2e.served import serving

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


@pytest.mark.sampled
@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_a_cold_deep_link_shows_its_page(tmp_path: Path, open_browser: OpenBrowser, screen: Screen) -> None:
    """Streamlit's own discovery of pages would list other names, or say that there is no such page."""
    with serving(tmp_path / "workspace") as app:
        page = open_browser(app)
        see_empty(page, app, screen)
        listed = page.get_by_test_id("stSidebarNavLink")
        expect(listed.get_by_test_id("stMarkdownContainer")).to_have_text([one.title for one in SCREENS])
        expect(page.get_by_text("Page not found")).to_have_count(0)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        page.close()
