"""In the served app: a lesson whose app was killed, and one that was stopped too early, are gone on with."""

from __future__ import annotations

import json
import os
import re
import signal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.miniwob_tasks import VIEWPORT
from flows.progress import silent
from flows.record import taught
from flows.run import runs
from tests.e2e.conftest import OpenBrowser
from tests.e2e.looking import objections, picture
from tests.e2e.person import PATIENCE_MS, click_in_view, press, rested, step_told, steps, visit
from tests.e2e.served import free_port, serving
from wiring import Parts

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

FIELD, SUBMIT = (80, 75), (66, 120)
SEED = 3


@pytest.fixture(name="failed")
def failed_fixture(tmp_path: Path) -> tuple[Path, str]:
    """A workspace with a run that clicked into the field and gave up."""
    home, script = tmp_path / "workspace", tmp_path / "model.json"
    script.write_text(json.dumps(["stop [done]"]), encoding="utf-8")
    parts = Parts(home)
    try:
        asked = {"envs": ["miniwob:enter-text"], "seeds": str(SEED), "model": f"scripted:{script}", "workers": 1}
        (episode,) = runs.execute(runs.plan(parts, prompt_set="none", **asked), silent)["episodes"]
    finally:
        parts.close()
    return home, episode


def test_a_lesson_whose_app_was_killed_is_gone_on_with(failed: tuple[Path, str], open_browser: OpenBrowser) -> None:
    """What was typed before is typed again by one press; the rest is shown, and the first half stays as it was."""
    home, episode = failed
    port = free_port()
    lesson = f"teach?episode={episode}&step=c0"
    with serving(home, port) as app:
        page = open_browser(app)
        visit(page, app, lesson)
        press(page, "Go back to this page and record")
        word = _recording(page)
        click_in_view(page, *FIELD, VIEWPORT)
        page.keyboard.type(word)
        step_told(page, 1, f"type '{word}'")
        os.kill(app.pid, signal.SIGKILL)
    with serving(home, port) as app:
        visit(page, app, "record")
        page.get_by_role("button", name="Go on with the lesson").click()
        expect(page).to_have_url(re.compile(rf"/teach\?episode={episode}&step=c0"), timeout=PATIENCE_MS)
        expect(page.get_by_text("It was interrupted")).to_be_visible(timeout=PATIENCE_MS)
        rested(page)
        _look(page, "teach-interrupted")
        press(page, "Go on with it")
        _recording(page)
        step_told(page, 1, f"type '{word}'")
        expect(page.get_by_text("Done again: 1 step. Go on from here.")).to_be_visible(timeout=PATIENCE_MS)
        _look(page, "teach-gone-on")
        click_in_view(page, *SUBMIT, VIEWPORT)
        step_told(page, 2, "click button .Submit")
        expect(steps(page)).to_have_count(2)
        _seal(page)
        expect(page).to_have_url(re.compile(r"/teach\?"), timeout=PATIENCE_MS)
        expect(page.get_by_role("link", name="gone on with")).to_be_visible(timeout=PATIENCE_MS)
        expect(page.get_by_role("button", name="Accept as proposed")).to_be_visible(timeout=PATIENCE_MS)
        rested(page)
        _look(page, "teach-gone-on-with")
    parts = Parts(home)
    try:
        (second, after), (first, before) = taught.by(parts, episode)
        assert (first["status"], first["n_steps"], before.continues) == ("stopped", 1, None)
        assert (second["status"], second["n_steps"], after.continues) == ("success", 2, first["id"])
        assert (after.episode, after.step, after.frame) == (before.episode, before.step, before.frame)
    finally:
        parts.close()


def _recording(page: Page) -> str:
    """Wait for the live view; the word that is to be entered."""
    expect(page).to_have_url(re.compile(r"/record\?rec=\w+"), timeout=3 * PATIENCE_MS)
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text("into the text field and press Submit", timeout=PATIENCE_MS)
    expect(page.locator(".stage.shown canvas")).to_be_visible(timeout=PATIENCE_MS)
    (word,) = re.findall(r'"([^"]+)"', heading.text_content() or "")
    return str(word)


def _seal(page: Page) -> None:
    page.keyboard.press("Alt+Shift+Enter")
    page.get_by_role("radio", name=re.compile("^Done")).check()
    press(page, "Seal and label")


def _look(page: Page, name: str) -> None:
    """A picture of where the person is, to which axe does not object."""
    picture(page, name)
    assert objections(page) == []
