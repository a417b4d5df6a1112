"""Every screen in light and dark, with an empty and with a full workspace: a picture of it, and no objection by axe."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import OpenBrowser, Scheme
from tests.e2e.looking import objections, picture
from tests.e2e.screens import SCREENS, Screen, see_empty, see_full
from tests.e2e.served import Served

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]

See = Callable[[Page, Served, Screen], None]


@pytest.mark.sampled
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_empty_screens_are_accessible(empty_app: Served, open_browser: OpenBrowser, scheme: Scheme) -> None:
    """With nothing in the workspace no screen has a serious violation of ours; each leaves a picture."""
    assert _looked_at(open_browser(empty_app, scheme), empty_app, see_empty, f"empty-{scheme}") == {}


@pytest.mark.sampled
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_full_screens_are_accessible(full_app: Served, open_browser: OpenBrowser, scheme: Scheme) -> None:
    """With weeks of work in the workspace it is the same."""
    assert _looked_at(open_browser(full_app, scheme), full_app, see_full, f"full-{scheme}") == {}


def _looked_at(page: Page, app: Served, see: See, prefix: str) -> dict[str, list[str]]:
    """What axe objects to, by screen."""
    said = {}
    for screen in SCREENS:
        see(page, app, screen)
        picture(page, f"{prefix}-{screen.name}")
        said[screen.name] = objections(page)
    return {name: against for name, against in said.items() if against}
