"""The whole loop in the served app, as one person goes through it: record, label, prompts, run, replay."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.desk import MEAL, NAME, SEND, VIEWPORT, desk
from tests.e2e.looking import objections, picture
from tests.e2e.person import PATIENCE_MS, click_in_view, press, rested, step_told, steps, visit
from tests.e2e.served import Served

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

OBJECTIVE = "Send a request for Ana to Lima with a Halal meal"


@pytest.fixture(name="site")
def site_fixture() -> Iterator[str]:
    """The site that is recorded."""
    with desk() as url:
        yield url


def test_a_person_goes_through_the_whole_loop(app: Served, page: Page, site: str) -> None:
    """From an empty Home to the last step of a failed episode, by mouse and keyboard alone."""
    visit(page, app, "")
    expect(page.get_by_role("heading", name="Nothing recorded yet")).to_be_visible()
    page.get_by_role("link", name="Record").first.click()
    _record(page, site)
    _label(page)
    _build_prompts(page)
    _run(page)
    _replay_a_failure(page)


def _record(page: Page, site: str) -> None:
    page.get_by_label("Objective").fill(OBJECTIVE)
    page.get_by_label("Start address").fill(site)
    press(page, "Start recording")
    expect(page.get_by_role("heading", level=1)).to_have_text(OBJECTIVE, timeout=PATIENCE_MS)
    expect(page.locator(".stage.shown canvas")).to_be_visible()

    click_in_view(page, *NAME, VIEWPORT)
    page.keyboard.type("Ana")
    step_told(page, 1, "type 'Ana' into Traveller")
    page.keyboard.press("Tab")
    page.keyboard.type("Lima")
    step_told(page, 2, "type 'Lima' into Destination")
    click_in_view(page, *MEAL, VIEWPORT)
    page.get_by_role("option", name="Halal").click()
    step_told(page, 3, "Halal")
    click_in_view(page, *SEND, VIEWPORT)
    step_told(page, 4, "click button .Send")
    expect(steps(page)).to_have_count(4)
    _look(page, "live-view")

    page.keyboard.press("Alt+Shift+Enter")
    page.get_by_role("radio", name=re.compile("^Done")).check()
    _look(page, "stop")
    press(page, "Seal and label")


def _label(page: Page) -> None:
    decided = page.locator("[data-part=decided]")
    expect(decided).to_have_text(re.compile("^0 of"), timeout=PATIENCE_MS)
    expect(page).to_have_url(re.compile(r"/label\?episode=\w+"))
    for number in range(1, page.locator("button.bar").count() + 1):
        page.keyboard.press("a")
        expect(decided).to_have_text(re.compile(f"^{number} of"))
    expect(decided).to_have_class(re.compile(r"\bok\b"))
    _look(page, "label")
    page.keyboard.press("Enter")
    press(page, "Build prompts")


def _build_prompts(page: Page) -> None:
    expect(page).to_have_url(re.compile("/prompts"))
    rested(page)
    page.get_by_role("button", name="Build", exact=True).click()
    expect(page.get_by_text(re.compile(r"planner · \d+ of \d+ examples"))).to_be_visible(timeout=PATIENCE_MS)
    rested(page)


def _run(page: Page) -> None:
    page.get_by_role("link", name="Run", exact=True).click()
    seeds = page.get_by_role("textbox", name="Seeds")
    seeds.fill("1000:1002")
    seeds.press("Tab")
    rested(page)
    press(page, "Start")
    finished = page.get_by_role("heading", name=re.compile(r"run-\w+ in [\d.]+ s"))
    expect(finished).to_be_visible(timeout=3 * PATIENCE_MS)
    rested(page)
    _look(page, "run")


def _replay_a_failure(page: Page) -> None:
    page.get_by_role("button", name=re.compile("✕")).first.click()
    number = page.locator(".replay .number")
    expect(number).to_have_text(re.compile(r"^step 1 / \d+$"), timeout=PATIENCE_MS)
    expect(page.locator(".replay header")).to_contain_text("failed")
    expect(page).to_have_url(re.compile(r"/replay\?.*episode=run-"))
    last = int((number.text_content() or "").rpartition("/")[2])
    assert last > 1
    for at in range(2, last + 1):
        before = page.url
        page.keyboard.press("ArrowRight")
        expect(number).to_have_text(f"step {at} / {last}")
        expect(page).not_to_have_url(before)
    _look(page, "replay")
    end = page.url
    assert re.search(r"[?&]step=\w+", end)
    page.keyboard.press("ArrowRight")
    expect(number).to_have_text(f"step {last} / {last}")
    page.reload()
    expect(number).to_have_text(f"step {last} / {last}", timeout=PATIENCE_MS)
    expect(page).to_have_url(end)


def _look(page: Page, name: str) -> None:
    """A picture of where the person is, to which axe does not object."""
    picture(page, f"loop-{name}")
    assert objections(page) == []
