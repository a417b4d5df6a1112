"""In the served app: a recording is replayed by itself, and belongs to the browser it began in."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from browser.miniwob_tasks import VIEWPORT
from flows.record.checking import replays
from tests.e2e.conftest import OpenBrowser
from tests.e2e.looking import objections, picture
from tests.e2e.person import PATIENCE_MS, click_in_view, press, step_told, steps, visit
from tests.e2e.served import Served
from wiring import Parts

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

NAME, WORD, LOGIN = (85, 84), (85, 136), (40, 178)
COUNTED = "[data-part=replays]"


def test_a_recording_is_replayed_by_itself_and_again_when_asked(
    app: Served, page: Page, open_browser: OpenBrowser
) -> None:
    """Label opens at once; marks come to its steps and to Replay; another browser never saw the recording."""
    count = _record(app, page, open_browser)
    all_replay = f"{count} of {count} steps replay"
    expect(page.locator("[data-part=decided]")).to_have_text(re.compile("^0 of"), timeout=PATIENCE_MS)
    expect(page.locator(COUNTED)).to_have_text(all_replay, timeout=3 * PATIENCE_MS)
    expect(page.locator(".thumb .replays")).to_have_count(count)
    expect(page.locator(".thumb .replays").first).to_have_attribute("title", re.compile("^replayable by "))
    picture(page, "replay-check-label")
    assert objections(page) == []

    episode = re.search(r"episode=(\w+)", page.url)
    assert episode
    visit(page, app, f"replay?episode={episode[1]}")
    page.get_by_role("tab", name="Steps").click()
    expect(page.locator(".outline .replays")).to_have_count(count, timeout=PATIENCE_MS)
    expect(page.locator(".facts")).to_contain_text("replayable by ")
    press(page, "Check again")
    expect(page.get_by_text(re.compile("^Replay check: "))).to_be_visible()
    expect(page.locator(COUNTED)).to_have_text(all_replay, timeout=3 * PATIENCE_MS)
    picture(page, "replay-check-replay")
    assert objections(page) == []
    _kept_twice(app, episode[1], count)


def _record(app: Served, page: Page, open_browser: OpenBrowser) -> int:
    """How many steps it has: three, or four where the press before the reload had come to rest as a step of its own."""
    visit(page, app, "record?task=miniwob:login-user")
    press(page, "Start recording")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text("Enter the username", timeout=PATIENCE_MS)
    name, word = re.findall(r'"([^"]+)"', heading.text_content() or "")
    expect(page.locator(".stage.shown canvas")).to_be_visible()
    _not_seen_elsewhere(app, page, open_browser(app))
    click_in_view(page, *NAME, VIEWPORT)
    page.keyboard.type(name)
    click_in_view(page, *WORD, VIEWPORT)
    step_told(page, 1, name)
    page.reload()
    expect(page.locator(".stage.shown canvas")).to_be_visible(timeout=PATIENCE_MS)
    page.keyboard.type(word)
    click_in_view(page, *LOGIN, VIEWPORT)
    expect(steps(page).last).to_contain_text("Login", timeout=PATIENCE_MS)
    count = steps(page).count()
    press(page, "Stop and label")
    page.get_by_role("radio", name="Done").first.check()
    press(page, "Seal and label")
    return count


def _not_seen_elsewhere(app: Served, page: Page, other: Page) -> None:
    """Another browser whose person is called `me` too: neither offered nor opened by its address."""
    visit(other, app, "record")
    expect(other.get_by_text("A web page")).to_be_visible()
    expect(other.get_by_text("still running")).to_have_count(0)
    other.goto(page.url)
    expect(other.locator("canvas")).to_have_count(0)
    expect(other.get_by_role("button", name="Record another")).to_be_visible(timeout=PATIENCE_MS)


def _kept_twice(app: Served, episode: str, count: int) -> None:
    """Each check is kept with every step; the page's own judge was asked."""
    parts = Parts(app.home)
    try:
        found = [one for one in parts.episodes.annotations.of(episode) if one.kind == "replay"]
        assert len(found) == 2 * count
        assert {one["replayable"] for one in replays(parts, episode).values()} == {True}
        row = parts.episodes.catalogue.get(episode)
        assert row is not None
        assert row["status"] == "success"
    finally:
        parts.close()
