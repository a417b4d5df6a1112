"""A mounted live view in Chromium, with a recorder that says what the test wants."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ui_label.component_page import component_page
from tests.ui_live.fake_recorder import FakeRecorder, picture
from ui.components.live import CSS, JS

DATA = {
    "recording": "rec1",
    "live_token": "live",
    "token": "shelf",
    "objective": "",
    "site": "airline CRM",
    "prefix": "",
}


@pytest.fixture
def recorder() -> Iterator[FakeRecorder]:
    """The recorder the view talks to."""
    with FakeRecorder() as running:
        running.page = component_page(JS, CSS, DATA)
        yield running


@pytest.fixture
def view(chromium: Browser, recorder: FakeRecorder) -> Iterator[Page]:
    """The live view, connected and showing one picture; a script error in it fails the test."""
    context = chromium.new_context(viewport={"width": 1252, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(recorder.url)
    recorder.wait_connected()
    expect(page.get_by_role("heading", level=1)).to_have_text(recorder.hello["objective"])
    shown = recorder.show(picture())
    recorder.wait_for(lambda m: m["type"] == "ack" and m["seq"] == shown)
    recorder.sent.clear()
    yield page
    context.close()
    assert errors == []
