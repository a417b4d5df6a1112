"""The app behind a reverse proxy: one port, a path of its own, everything works through it."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenBrowser
from tests.e2e.desk import NAME, VIEWPORT, desk
from tests.e2e.person import PATIENCE_MS, click_in_view, press, step_told, visit
from tests.e2e.proxy import proxied
from tests.e2e.served import serving

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


def test_recording_and_labelling_behind_a_proxy_under_a_path(tmp_path: Path, open_browser: OpenBrowser) -> None:
    """The live view's socket, pictures of steps and the Label screen come through the proxy's port alone."""
    with (
        serving(tmp_path / "workspace", None, "--server.baseUrlPath", "lab") as app,
        proxied(app.port) as port,
        desk() as site,
    ):
        outside = dataclasses.replace(app, url=f"http://localhost:{port}/lab")
        page = open_browser(outside)
        visit(page, outside, "record")
        page.get_by_label("Objective").fill("Send a request for Ana")
        page.get_by_label("Start address").fill(site)
        press(page, "Start recording")
        expect(page.locator(".stage.shown canvas")).to_be_visible(timeout=PATIENCE_MS)
        click_in_view(page, *NAME, VIEWPORT)
        page.keyboard.type("Ana")
        step_told(page, 1, "type 'Ana' into Traveller")
        expect(page.get_by_role("list", name="Steps").locator("img")).to_be_visible()
        press(page, "Stop and label")
        page.get_by_role("radio", name=re.compile("^Done")).check()
        press(page, "Seal and label")
        expect(page).to_have_url(re.compile(r"/lab/label\?"), timeout=PATIENCE_MS)
        expect(page.get_by_text("Ana").first).to_be_visible(timeout=PATIENCE_MS)
