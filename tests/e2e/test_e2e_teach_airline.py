"""In the served app, at the practice airline: a run that gave up midway is shown how it goes on, and goes on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.script import parse_script
from flows.label import labels
from flows.progress import silent
from flows.prompt import prompts
from flows.record.recording import Request, record_gestures
from flows.run import runs
from labeling.prompts.model import PromptConfig
from labeling.splits import SPLITS
from practice.airline.script import script_for
from tests.e2e.conftest import OpenBrowser
from tests.e2e.looking import objections, picture
from tests.e2e.person import PATIENCE_MS, click_in_view, press, rested, step_told, visit
from tests.e2e.served import Served, serving
from wiring import Parts

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

TASK, SHOWN, SEED = "airline:cancel_flight", 5009, 5010
GIVES_UP = ["navigate [Bookings]", "click [8]", "stop", "stop [done]"]
VIEWPORT = (1280, 720)
FIELD, REASON = (409, 175), (640, 340)
FIND = (638, 175), "click button .Find"
BOOKING = (271, 315), "click link .SV42KY"
CANCEL = (1172, 111), "click button .Cancel booking"
CONFIRM = (748, 490), "click button .Confirm cancellation"
LAST_STEP = re.compile(r"^step 4 / 4$")


@pytest.fixture(name="failed")
def failed_fixture(tmp_path: Path) -> Iterator[tuple[Served, str]]:
    """The app with one cancellation that was shown, and a run that opens the bookings and gives up."""
    home, script = tmp_path / "workspace", tmp_path / "model.json"
    script.write_text(json.dumps(GIVES_UP), encoding="utf-8")
    parts = Parts(home)
    try:
        gestures = parse_script(script_for(SHOWN, "cancel_flight"))
        shown = record_gestures(parts, Request(TASK, seed=SHOWN), gestures).ended.episode.id
        labels.accept(parts, shown, "me")
        made = prompts.build(parts, config=PromptConfig(splits=SPLITS))
        asked = {"envs": [TASK], "seeds": str(SEED), "model": f"scripted:{script}", "workers": 1}
        (episode,) = runs.execute(runs.plan(parts, prompt_set=made.id, **asked), silent)["episodes"]
    finally:
        parts.close()
    with serving(home) as app:
        yield app, episode


def test_a_run_that_gave_up_at_the_airline_is_shown_how_it_goes_on(
    failed: tuple[Served, str], open_browser: OpenBrowser
) -> None:
    """From Failures over `t`, the live view and the rules to a second try by another model, which succeeds."""
    app, episode = failed
    page = open_browser(app)
    visit(page, app, "failures")
    page.get_by_role("link", name=re.compile("^begins at step")).first.click()
    expect(page.locator(".replay header")).to_contain_text("failed", timeout=PATIENCE_MS)
    page.keyboard.press("End")
    expect(page.locator(".replay .number")).to_have_text(LAST_STEP, timeout=PATIENCE_MS)
    page.keyboard.press("t")
    expect(page).to_have_url(re.compile(rf"/teach\?episode={episode}&step=\w+"), timeout=PATIENCE_MS)
    rested(page)
    _show(page)
    press(page, "Accept as proposed")
    _learn(page)
    page.get_by_role("button", name=re.compile(f"^Run seed {SEED} again with ps-")).click()
    expect(page).to_have_url(re.compile(rf"/compare\?a={episode}&b=run-\w+"), timeout=5 * PATIENCE_MS)
    rested(page)
    expect(page.get_by_text("Between them a person showed")).to_be_visible(timeout=PATIENCE_MS)
    _look(page, "teach-airline-compare")
    back = page.get_by_role("link", name="how far it is").get_attribute("href") or ""
    visit(page, app, back.lstrip("/"))
    tried = page.get_by_test_id("stMarkdown").filter(has_text="4 · Again")
    expect(tried).to_contain_text("✓ done", timeout=3 * PATIENCE_MS)
    rested(page)
    _look(page, "teach-airline-done")


def _show(page: Page) -> None:
    """On Record, on the page of bookings, which the run's own click has opened again."""
    press(page, "Go back to this page and record")
    expect(page).to_have_url(re.compile(r"/record\?rec=\w+"), timeout=3 * PATIENCE_MS)
    expect(page.locator(".stage.shown canvas")).to_be_visible(timeout=PATIENCE_MS)
    click_in_view(page, *FIELD, VIEWPORT)
    page.keyboard.type("SV42KY")
    step_told(page, 1, "type 'SV42KY'")
    for number, (place, said) in enumerate((FIND, BOOKING, CANCEL), 2):
        click_in_view(page, *place, VIEWPORT)
        step_told(page, number, said)
    click_in_view(page, *REASON, VIEWPORT)
    page.get_by_role("option", name="Change of plans").click()
    step_told(page, 5, "Change of plans")
    click_in_view(page, *CONFIRM[0], VIEWPORT)
    step_told(page, 6, CONFIRM[1])
    page.keyboard.press("Alt+Shift+Enter")
    page.get_by_role("radio", name=re.compile("^Done")).check()
    press(page, "Seal and label")
    expect(page).to_have_url(re.compile(r"/teach\?"), timeout=PATIENCE_MS)


def _learn(page: Page) -> None:
    """A script cannot learn, so `demos` is to try again with the new prompt set."""
    button = page.get_by_role("button", name="Build the prompt set")
    expect(button).to_be_visible(timeout=PATIENCE_MS)
    rested(page)
    _look(page, "teach-airline-learn")
    button.click()
    expect(page.get_by_text("3 · Learned")).to_be_visible(timeout=PATIENCE_MS)
    rested(page)
    expect(page.get_by_role("combobox", name=re.compile("Who tries again"))).to_have_value("demos")


def _look(page: Page, name: str) -> None:
    """A picture of where the person is, to which axe does not object."""
    picture(page, name)
    assert objections(page) == []
