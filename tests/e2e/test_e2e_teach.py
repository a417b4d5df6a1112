"""In the served app: from a failed run over Teach, Record and Label to a second try that succeeds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.miniwob_tasks import VIEWPORT
from browser.script import parse_script
from flows.label import labels
from flows.progress import silent
from flows.prompt import prompts
from flows.record.recording import Request, record_gestures
from flows.run import runs
from labeling.prompts.model import PromptConfig
from labeling.splits import SPLITS
from tests.e2e.conftest import OpenBrowser
from tests.e2e.looking import objections, picture
from tests.e2e.person import PATIENCE_MS, click_in_view, press, rested, step_told, visit
from tests.e2e.served import Served, serving
from wiring import Parts

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

FIELD, SUBMIT = (80, 75), (66, 120)
SEED = 3


@pytest.fixture(name="failed")
def failed_fixture(tmp_path: Path) -> Iterator[tuple[Served, str]]:
    """The app with a run that failed: demos knows one other task."""
    home = tmp_path / "workspace"
    parts = Parts(home)
    try:
        clicking = parse_script([{"gesture": "click", "at": "#subbtn"}])
        shown = record_gestures(parts, Request("miniwob:click-test", seed=1), clicking).ended.episode.id
        labels.accept(parts, shown, "me")
        made = prompts.build(parts, config=PromptConfig(splits=SPLITS))
        asked = {"envs": ["miniwob:enter-text"], "seeds": str(SEED), "model": "demos", "workers": 1}
        (episode,) = runs.execute(runs.plan(parts, prompt_set=made.id, **asked), silent)["episodes"]
    finally:
        parts.close()
    with serving(home) as app:
        yield app, episode


def test_a_failed_run_is_taught_and_succeeds(failed: tuple[Served, str], open_browser: OpenBrowser) -> None:
    """`t` in Replay leads to Teach; shown, accepted and learned, the same seed is solved; both ends are linked."""
    app, episode = failed
    page = open_browser(app)
    visit(page, app, f"replay?episode={episode}")
    expect(page.locator(".replay .number")).to_have_text(re.compile("^step 1 /"), timeout=PATIENCE_MS)
    page.keyboard.press("t")
    expect(page).to_have_url(re.compile(rf"/teach\?episode={episode}&step=\w+"), timeout=PATIENCE_MS)
    rested(page)
    place = page.url
    _look(page, "teach-begin")
    _show(page)
    expect(page).to_have_url(re.compile(r"/teach\?"), timeout=PATIENCE_MS)
    press(page, "Accept as proposed")
    press(page, "Build the prompt set")
    expect(page.get_by_text("3 · Learned")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("button", name=re.compile(f"^Run seed {SEED} again with ps-")).click()
    expect(page).to_have_url(re.compile(rf"/compare\?a={episode}&b=run-\w+"), timeout=3 * PATIENCE_MS)
    rested(page)
    _look(page, "teach-compare")
    page.goto(place)
    tried = page.get_by_test_id("stMarkdown").filter(has_text="4 · Again")
    expect(tried).to_contain_text("✓ done", timeout=3 * PATIENCE_MS)
    rested(page)
    _look(page, "teach-done")
    compare = page.get_by_role("link", name="both in Compare")
    expect(compare).to_have_attribute("href", re.compile(rf"/compare\?a={episode}&b=run-\w+"))
    page.get_by_role("link", name=re.compile("^by me")).click()
    visit(page, app, f"replay?episode={episode}")
    expect(page.get_by_text("Taught at step 1")).to_be_visible(timeout=PATIENCE_MS)


def _show(page: Page) -> None:
    """On Record, at the page of the run."""
    press(page, "Go back to this page and record")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text("into the text field and press Submit", timeout=3 * PATIENCE_MS)
    expect(page).to_have_url(re.compile(r"/record\?rec=\w+"))
    (word,) = re.findall(r'"([^"]+)"', heading.text_content() or "")
    expect(page.locator(".stage.shown canvas")).to_be_visible()
    click_in_view(page, *FIELD, VIEWPORT)
    page.keyboard.type(word)
    click_in_view(page, *SUBMIT, VIEWPORT)
    step_told(page, 1, f"type '{word}'")
    step_told(page, 2, "click button .Submit")
    page.keyboard.press("Alt+Shift+Enter")
    page.get_by_role("radio", name=re.compile("^Done")).check()
    press(page, "Seal and label")


def _look(page: Page, name: str) -> None:
    """A picture of where the person is, to which axe does not object."""
    picture(page, name)
    assert objections(page) == []
