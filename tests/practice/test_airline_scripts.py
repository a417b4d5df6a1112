"""The airline in Chromium: careful people finish every scenario, and its fields want real keys and clicks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from practice.airline.records import CONFIRMED
from practice.airline.scenarios import SCENARIOS
from practice.airline.script import answer_for, script_for
from practice.airline.world import build_world
from practice.server import PracticeServer
from tests.counts import soak
from tests.practice.script_player import play

pytestmark = pytest.mark.browser


@pytest.fixture(name="site", scope="module")
def site_fixture() -> Iterator[PracticeServer]:
    with PracticeServer() as site:
        yield site


@pytest.fixture(name="page")
def page_fixture(chromium: Browser) -> Iterator[Page]:
    """A page of the size recordings have; an error on it fails the test."""
    page = chromium.new_page(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    page.set_default_timeout(5000)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    page.close()
    assert problems == []


@pytest.mark.parametrize("seed", range(soak(20)))
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_careful_person_finishes(page: Page, site: PracticeServer, scenario: str, seed: int) -> None:
    """Opening the page alone is not enough; playing the script is, and changes nothing else."""
    page.goto(site.reset(seed, scenario).start_url)
    assert not site.evaluate().complete
    play(page, script_for(seed, scenario))
    result = site.evaluate(answer_for(seed, scenario))
    assert (result.complete, result.percent, result.reasons) == (True, 100, ())


@pytest.fixture(name="search")
def search_fixture(page: Page, site: PracticeServer) -> Page:
    """The empty search form; the desk's day is 7 April 2026."""
    site.reset(6, "find_flight")
    page.goto(f"{site.url}/flights")
    return page


def test_an_airport_is_chosen_from_its_suggestions(search: Page) -> None:
    """Typing lists airports; arrows and Enter choose one; changing the text afterwards unchooses it."""
    field, code = search.get_by_role("combobox", name="From"), search.locator("input[name=from]")
    options = search.get_by_role("listbox", name="From: suggestions").get_by_role("option")
    field.click()
    search.keyboard.type("new")
    expect(options).to_have_count(3)
    search.keyboard.press("ArrowDown")
    search.keyboard.press("Enter")
    expect(field).to_have_value("New York (JFK)")
    expect(code).to_have_value("JFK")
    expect(options).to_have_count(0)
    search.keyboard.type("b")
    expect(code).to_have_value("")


def test_text_put_in_without_keys_chooses_no_airport(search: Page) -> None:
    """A value set by script lists nothing, and the search says what to do."""
    search.get_by_role("combobox", name="From").fill("Boston")
    expect(search.get_by_role("listbox")).to_have_count(0)
    search.get_by_role("button", name="Search").click()
    expect(search.get_by_role("combobox", name="From")).to_have_attribute("aria-invalid", "true")
    expect(search.get_by_text("Choose an airport from the list.").first).to_be_visible()
    expect(search.get_by_role("combobox", name="From")).to_have_value("Boston")


def test_a_date_is_chosen_in_the_calendar(search: Page) -> None:
    """Clicking the field opens this month, days gone by are off, the next month is one click away."""
    field = search.get_by_role("textbox", name="Departure date")
    field.click()
    dialog = search.get_by_role("dialog", name="Choose departure date")
    expect(dialog.get_by_role("heading", name="April 2026")).to_be_visible()
    expect(dialog.get_by_role("button", name="6 April 2026", exact=True)).to_be_disabled()
    expect(dialog.get_by_role("button", name="Previous month")).to_be_disabled()
    dialog.get_by_role("button", name="Next month").click()
    dialog.get_by_role("button", name="1 May 2026", exact=True).click()
    expect(field).to_have_value("1 May 2026")
    expect(dialog).to_have_count(0)


def test_the_calendar_works_by_keyboard(search: Page) -> None:
    """The button opens it on the first day, arrows move, Escape closes and gives the focus back."""
    search.get_by_role("button", name="Open calendar: departure date").press("Enter")
    search.keyboard.press("ArrowDown")
    search.keyboard.press("ArrowRight")
    expect(search.get_by_role("button", name="15 April 2026")).to_be_focused()
    search.keyboard.press("Enter")
    expect(search.get_by_role("textbox", name="Departure date")).to_have_value("15 April 2026")
    search.keyboard.press("ArrowDown")
    search.keyboard.press("Escape")
    expect(search.get_by_role("dialog")).to_have_count(0)
    expect(search.get_by_role("textbox", name="Departure date")).to_be_focused()


def test_a_typed_date_works_as_well(search: Page, site: PracticeServer) -> None:
    """Typing closes the calendar, and the search reads the date."""
    for label, text in (("From", "BOS"), ("To", "DEN")):
        search.get_by_role("combobox", name=label).click()
        search.keyboard.type(text)
        search.keyboard.press("Enter")
    search.get_by_role("textbox", name="Departure date").click()
    search.keyboard.type("20 June 2026")
    expect(search.get_by_role("dialog")).to_have_count(0)
    search.keyboard.press("Enter")
    expect(search.get_by_role("region", name="Boston to Denver")).to_be_visible()
    expect(search.get_by_text("Sat 20 Jun 2026")).to_be_visible()


def test_flights_sort_by_fare_in_both_directions(search: Page, site: PracticeServer) -> None:
    """The first click puts the cheapest on top, the second the dearest."""
    search.goto(f"{site.url}/flights?trip=oneway&from=BOS&to=DEN&depart=2026-06-20&passengers=1&cabin=economy")
    fares = "rows => rows.map(row => Number(row.dataset.fare))"
    rows = search.locator("tbody tr")
    search.get_by_role("button", name="Fare").click()
    up = rows.evaluate_all(fares)
    search.get_by_role("button", name="Fare").click()
    assert up == sorted(up)
    assert rows.evaluate_all(fares) == up[::-1]
    expect(search.get_by_role("columnheader", name="Fare")).to_have_attribute("aria-sort", "descending")


def test_the_refund_follows_the_reason(page: Page, site: PracticeServer) -> None:
    """The dialog shows what will be paid back before anything is cancelled; keeping the booking changes nothing."""
    site.reset(0, "cancel_flight")
    page.goto(f"{site.url}/bookings")
    page.get_by_role("row").filter(has_text="Confirmed").first.get_by_role("link").click()
    page.get_by_role("button", name="Cancel booking…").click()
    dialog = page.get_by_role("dialog")
    total = dialog.locator("dd").first.inner_text()
    dialog.get_by_role("combobox", name="Reason").select_option(label="Medical reason")
    expect(dialog.locator("output")).to_have_text(total)
    dialog.get_by_role("combobox", name="Reason").select_option(label="Change of plans")
    expect(dialog.locator("output")).not_to_have_text(total)
    dialog.get_by_role("button", name="Keep booking").click()
    expect(dialog).to_be_hidden()
    assert site.evaluate().percent == 0


def test_pages_have_no_serious_accessibility_violation(page: Page, site: PracticeServer) -> None:
    """axe finds nothing serious or critical on the main pages and in the open dialog."""
    site.reset(0, "find_flight")
    reference = next(b.reference for b in build_world(0).bookings if b.status == CONFIRMED)
    found = "flights?trip=oneway&from=BOS&to=DEN&depart=2026-06-20&passengers=2&cabin=business"
    for path in (
        "",
        found,
        f"bookings/{reference}/passengers/0",
        f"bookings/{reference}/seats/0",
        f"bookings/{reference}",
    ):
        page.goto(f"{site.url}/{path}")
        assert serious(page) == []
    page.get_by_role("button", name="Cancel booking…").click()
    assert serious(page) == []


def serious(page: Page) -> list[str]:
    violations = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html']}" for v in violations if v["impact"] in ("serious", "critical")]
