"""Lists and figures as a person uses them: many at a time, saved filters, odd searches, points that lead on."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import OpenBrowser
from tests.e2e.person import PATIENCE_MS, press, rested, visit
from tests.e2e.served import Served, serving
from tests.workspaces import add_demonstration, add_failed_run
from wiring import Parts

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

RUNS = [f"run-0{number}" for number in range(4)]
ODD = ['say "', "50 % * _", "Robert'); DROP TABLE episode;--", "漢字", "🙂", "NEAR(a b) AND NOT"]


@pytest.fixture(name="shelf", scope="module")
def shelf_fixture(tmp_path_factory: pytest.TempPathFactory):
    """An app with a demonstration and four failed runs, the file of one of them damaged since it was listed."""
    home = tmp_path_factory.mktemp("lists") / "workspace"
    parts = Parts(home)
    try:
        add_demonstration(parts)
        for run in RUNS:
            add_failed_run(parts, run)
        parts.episodes.path(RUNS[0]).write_bytes(b"rubbish")
    finally:
        parts.close()
    with serving(home) as app:
        yield app


def total(page: Page, said: str) -> None:
    """Wait until the list says how many there are."""
    expect(page.locator(".listing .said span").first).to_have_text(said, timeout=PATIENCE_MS)


def choose(page: Page, name: str) -> None:
    """Press the box of that name."""
    page.get_by_role("checkbox", name=name).first.click()


def told(page: Page, text: str) -> None:
    """Wait until what came of the work is said."""
    expect(page.get_by_test_id("stAlert").filter(has_text=text).first).to_be_visible(timeout=PATIENCE_MS)


def test_many_are_tagged_written_and_deleted(shelf: Served, open_browser: OpenBrowser) -> None:
    """A damaged one among them is told and ends nothing; the tag is a filter at once; two are deleted for good."""
    page = open_browser(shelf)
    visit(page, shelf, "episodes?actor=agent")
    total(page, "4 episodes")
    choose(page, "Choose all on this page")
    expect(page.get_by_text("4 chosen").last).to_be_visible(timeout=PATIENCE_MS)
    press(page, "Tag")
    page.get_by_label("Tag", exact=True).last.fill("odd 漢字")
    press(page, "Add")
    told(page, "3 tagged, 1 left out")
    told(page, RUNS[0])
    visit(page, shelf, "episodes?tag=odd+漢字")
    total(page, "3 episodes")

    choose(page, "Choose all on this page")
    press(page, "Export")
    page.get_by_role("dialog").get_by_text("Redacted").click()
    rested(page)
    page.get_by_role("dialog").get_by_role("button", name="Write").click()
    told(page, "3 episodes written to")
    written = list((shelf.home / "exports" / "episodes").rglob("*"))
    assert any(one.is_file() and one.stat().st_size > 1000 for one in written)

    other = open_browser(shelf)
    visit(other, shelf, "episodes?actor=agent&status=failed")
    other.locator(".listing tbody input[type=checkbox]").nth(0).click()
    visit(page, shelf, "episodes?actor=agent")
    page.locator(".listing tbody input[type=checkbox]").nth(0).click()
    page.locator(".listing tbody input[type=checkbox]").nth(1).click()
    expect(page.get_by_text("2 chosen").last).to_be_visible(timeout=PATIENCE_MS)
    press(page, "Delete")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Deleted for good: 2 episodes", timeout=PATIENCE_MS)
    dialog.get_by_text("Yes, delete 2 episodes").click()
    rested(page)
    dialog.get_by_role("button", name="Delete").click()
    told(page, "2 deleted")
    total(page, "2 episodes")
    expect(page.get_by_text("2 chosen")).to_have_count(0, timeout=PATIENCE_MS)
    assert len(list((shelf.home / "episodes").glob("run-*.episode"))) == 2
    page.close()

    press(other, "Delete")
    expect(other.get_by_role("dialog")).to_contain_text("nothing is left to delete", timeout=PATIENCE_MS)
    expect(other.get_by_role("dialog").get_by_role("checkbox")).to_have_count(0)
    other.keyboard.press("Escape")
    visit(other, shelf, "episodes?actor=agent&status=failed")
    total(other, "2 episodes")
    expect(other).to_have_url(re.compile("status=failed"))
    other.close()


def test_filters_are_saved_searched_and_gone_back_to(shelf: Served, open_browser: OpenBrowser) -> None:
    """Any text can be searched for; a filter keeps its name; the browser's Back brings the filter before."""
    page = open_browser(shelf)
    visit(page, shelf, "episodes")
    search = page.get_by_label("Search", exact=True)
    for text in ODD:
        search.fill(text)
        expect(page.get_by_text("No episode fits these filters")).to_be_visible(timeout=PATIENCE_MS)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        search.fill("")
        expect(page.locator(".listing")).to_be_visible(timeout=PATIENCE_MS)

    visit(page, shelf, "episodes?actor=human")
    total(page, "1 episode")
    press(page, "Saved")
    page.get_by_label("Name").fill("people 漢字")
    page.get_by_role("button", name="Save", exact=True).click()
    rested(page)
    visit(page, shelf, "episodes")
    press(page, "Saved")
    press(page, "people 漢字")
    total(page, "1 episode")
    expect(page).to_have_url(re.compile("actor=human"))
    page.go_back()
    expect(page).not_to_have_url(re.compile("actor=human"))
    expect(page.locator(".listing .said span").first).not_to_have_text("1 episode", timeout=PATIENCE_MS)
    page.go_forward()
    total(page, "1 episode")
    page.close()


def test_points_of_figures_lead_to_their_episodes(shelf: Served, open_browser: OpenBrowser) -> None:
    """A corner, a task, a depth and a cell of who calls whom each list the episodes behind them."""
    page = open_browser(shelf)
    visit(page, shelf, "stacks")
    plots = page.locator(".js-plotly-plot")
    expect(plots).to_have_count(3, timeout=PATIENCE_MS)
    for plot, behind in ((0, "Chosen"), (2, "Greatest depth 2 with"), (1, "desk:sign-up")):
        press_middle(page, plots.nth(plot).locator(".scatterlayer .points path").last)
        expect(page.locator("strong").filter(has_text=behind).last).to_be_visible(timeout=PATIENCE_MS)
        rested(page)

    visit(page, shelf, "policies?view=scorecard")
    page.get_by_text("Callers", exact=True).click()
    press_middle(page, page.locator(".js-plotly-plot .textpoint text").first)
    expect(page.locator("strong").filter(has_text="planner called fill_text")).to_be_visible(timeout=PATIENCE_MS)
    page.close()


def press_middle(page: Page, mark: Locator) -> None:
    """Press the mouse where a mark of a figure is drawn; others may lie above it."""
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
