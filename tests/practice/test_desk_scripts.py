"""The helpdesk in Chromium: careful people finish every scenario, and its hard widgets work as people expect."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from practice.desk.scenarios import SCENARIOS
from practice.desk.script import answer_for, script_for
from practice.server import PracticeServer
from tests.counts import SOAKING
from tests.practice.script_player import play

pytestmark = pytest.mark.browser


@pytest.fixture(name="site", scope="module")
def site_fixture() -> Iterator[PracticeServer]:
    with PracticeServer("desk") as site:
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


@pytest.mark.parametrize("seed", range(30 if SOAKING else 3))
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_careful_person_finishes(page: Page, site: PracticeServer, scenario: str, seed: int) -> None:
    """Opening the page alone is not enough; playing the script is, and changes nothing else."""
    page.goto(site.reset(seed, scenario).start_url)
    assert not site.evaluate().complete
    play(page, script_for(seed, scenario))
    result = site.evaluate(answer_for(seed, scenario))
    assert (result.complete, result.percent, result.reasons) == (True, 100, ())


@pytest.fixture(name="desk")
def desk_fixture(page: Page, site: PracticeServer) -> Page:
    """The list of tickets, signed in; nothing is asked that these tests do."""
    page.goto(site.reset(3, "report_range").start_url)
    return page


def open_ticket(desk: Page) -> None:
    """The newest open ticket with an assignee and tags."""
    desk.goto(f"{origin(desk)}/tickets?status=Open&assignee=Theo+Brandt")
    desk.locator("tbody a.ref").first.click()
    expect(desk.get_by_role("textbox", name="Your reply")).to_be_visible()


def open_images(desk: Page) -> list[str]:
    desk.goto(f"{origin(desk)}/products/HB-210")
    desk.get_by_role("tab", name="Images").click()
    return order(desk)


def order(desk: Page) -> list[str]:
    return desk.locator("[data-item]").evaluate_all("items => items.map(item => item.getAttribute('aria-label'))")


def origin(page: Page) -> str:
    return page.url.split("/tickets")[0]


def test_a_suggestion_opens_its_ticket(desk: Page) -> None:
    """Words typed in the search list tickets; an arrow and Enter open one, Escape closes the list."""
    search = desk.get_by_role("combobox", name="Search")
    options = desk.get_by_role("listbox", name="Search: suggestions").get_by_role("option")
    search.click()
    desk.keyboard.type("parcel")
    expect(options.first).to_contain_text("Parcel has not arrived")
    search.press("Escape")
    expect(options).to_have_count(0)
    search.press("ArrowDown")
    label = options.first.get_attribute("aria-label") or ""
    search.press("ArrowDown")
    search.press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_have_text(label.partition(" ")[2])


def test_enter_in_the_search_field_searches(desk: Page) -> None:
    """Without a chosen suggestion Enter sends the words, and the list shows what has them."""
    desk.get_by_role("combobox", name="Search").click()
    desk.keyboard.type("newsletter")
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(re.compile("q=newsletter"))
    subjects = desk.locator("td.subject > span:first-child").all_inner_texts()
    assert subjects
    assert set(subjects) == {"Stop the newsletter"}


def test_rows_are_ticked_alone_and_together(desk: Page) -> None:
    """The box of all is mixed while some are ticked; the dialog names them; keeping them changes nothing."""
    every = desk.get_by_role("checkbox", name="Select all on this page")
    rows = desk.locator("tbody input[type=checkbox]")
    rows.nth(1).check()
    assert every.evaluate("box => box.indeterminate && !box.checked")
    expect(desk.get_by_text("1 selected")).to_be_visible()
    every.click()
    expect(desk.locator("tbody input:checked")).to_have_count(10)
    desk.get_by_role("button", name="Close tickets…").click()
    dialog = desk.get_by_role("dialog", name="Close the selected tickets?")
    expect(dialog.get_by_role("listitem")).to_have_count(10)
    dialog.get_by_role("button", name="Keep them").click()
    expect(dialog).to_be_hidden()
    desk.get_by_role("button", name="Clear selection").click()
    expect(desk.locator("tbody input:checked")).to_have_count(0)


def test_the_browser_asks_before_a_ticket_is_deleted(desk: Page, site: PracticeServer) -> None:
    """Its own confirm names the ticket; cancelling keeps it, accepting deletes it and says so."""
    open_ticket(desk)
    number = desk.url.rpartition("/")[2]
    asked: list[str] = []
    desk.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    desk.get_by_role("button", name="Delete ticket").click()
    assert asked == [f"Delete {number} for good?"]
    expect(desk).to_have_url(re.compile(number))
    assert not any("deleted" in reason for reason in site.evaluate().reasons)
    desk.once("dialog", lambda dialog: dialog.accept())
    desk.get_by_role("button", name="Delete ticket").click()
    expect(desk.get_by_role("status").first).to_contain_text(f"Ticket {number} deleted.")


def test_a_reply_is_written_previewed_and_sent_with_a_file(desk: Page, tmp_path: Path) -> None:
    """Bold and lists reach the preview in its frame and the conversation; the file is named there."""
    (tmp_path / "photo of box.txt").write_text("x")
    open_ticket(desk)
    desk.get_by_role("textbox", name="Your reply").click()
    desk.keyboard.type("Thank ")
    desk.get_by_role("button", name="Bold").click()
    expect(desk.get_by_role("button", name="Bold")).to_have_attribute("aria-pressed", "true")
    desk.keyboard.type("you")
    desk.keyboard.press("Enter")
    desk.get_by_role("button", name="Numbered list").click()
    desk.keyboard.type("one\ntwo")
    desk.get_by_role("button", name="Preview").click()
    expect(desk.frame_locator("iframe").locator("li")).to_have_text(["one", "two"])
    with desk.expect_file_chooser() as chosen:
        desk.get_by_role("button", name="Attach a file").click()
    chosen.value.set_files(tmp_path / "photo of box.txt")
    expect(desk.get_by_role("list", name="Attached files").get_by_role("listitem")).to_contain_text("photo of box.txt")
    desk.get_by_role("button", name="Send reply").click()
    sent = desk.get_by_role("list", name="Messages").get_by_role("listitem").locator(":scope > .bubble").last
    expect(sent).to_contain_text("photo of box.txt")
    expect(sent.locator(".said ol li")).to_have_text(["one", "two"])
    expect(sent.locator(".said strong").first).to_have_text("you")


def test_an_empty_reply_is_not_sent(desk: Page) -> None:
    """A toast says what is missing and the field has the focus."""
    open_ticket(desk)
    desk.get_by_role("button", name="Send reply").click()
    expect(desk.get_by_text("Write something before you send the reply.")).to_be_visible()
    expect(desk.get_by_role("textbox", name="Your reply")).to_be_focused()


def test_tags_and_stars_are_saved(desk: Page) -> None:
    """Enter and a comma make chips, a cross removes one, stars inside the shadow root belong to the form."""
    open_ticket(desk)
    field = desk.get_by_role("textbox", name="Tags")
    field.click()
    desk.keyboard.type("Gift box\nlate,late\n")
    desk.get_by_role("radio", name="4 stars").click()
    desk.keyboard.press("ArrowLeft")
    expect(desk.get_by_role("radio", name="3 stars")).to_be_focused()
    desk.get_by_role("button", name="Remove tag late").click()
    desk.get_by_role("button", name="Save properties").click()
    expect(desk.get_by_text(re.compile("HD-.* saved"))).to_be_visible()
    expect(desk.get_by_role("radio", name="3 stars")).to_be_checked()
    expect(desk.get_by_role("button", name="Remove tag gift box")).to_be_visible()
    expect(desk.get_by_role("button", name="Remove tag late")).to_have_count(0)


def test_an_assignee_is_chosen_by_keys(desk: Page) -> None:
    """Typing narrows the list, Enter takes the first without sending the form; anything else is refused in words."""
    open_ticket(desk)
    field = desk.get_by_role("combobox", name="Assignee")
    field.press("Control+a")
    desk.keyboard.type("no")
    expect(desk.get_by_role("listbox", name="Assignee: suggestions").get_by_role("option")).to_have_text(["Aisha Noor"])
    desk.keyboard.press("Enter")
    expect(field).to_have_value("Aisha Noor")
    desk.keyboard.press("Control+a")
    desk.keyboard.type("Nemo")
    desk.get_by_role("button", name="Save properties").click()
    expect(desk.get_by_text("Choose an agent from the list, or leave it empty.")).to_be_visible()
    expect(desk.get_by_role("combobox", name="Assignee")).to_have_value("Nemo")


@pytest.mark.parametrize(("start", "end"), [(0, 4), (4, 0), (1, 2), (3, 1)])
def test_a_picture_takes_the_place_it_is_dropped_on(desk: Page, start: int, end: int) -> None:
    """Dragging by pointer moves it there, those between move up; a click alone moves nothing."""
    names = open_images(desk)
    tiles = desk.locator("[data-item]")
    tiles.nth(start).click()
    assert order(desk) == names
    tiles.nth(start).drag_to(tiles.nth(end))
    names.insert(end, names.pop(start))
    assert order(desk) == names
    desk.get_by_role("button", name="Save changes").click()
    expect(desk.get_by_text("saved.")).to_be_visible()
    assert order(desk) == names


@pytest.mark.parametrize(("start", "end"), [(0, 5), (4, 1)])
def test_a_category_takes_the_place_it_is_dropped_on(desk: Page, start: int, end: int) -> None:
    """The browser's own drag and drop does the same for categories."""
    desk.goto(f"{origin(desk)}/categories")
    names, items = order(desk), desk.locator("[data-item]")
    items.nth(start).drag_to(items.nth(end))
    names.insert(end, names.pop(start))
    assert order(desk) == names


def test_what_is_dragged_can_be_moved_by_keys(desk: Page) -> None:
    """Arrows move the item, keep the focus and say its new place; at the end nothing happens."""
    names = open_images(desk)
    item = desk.get_by_role("button", name=names[0], exact=True)
    item.press("ArrowRight")
    item.press("ArrowLeft")
    item.press("ArrowLeft")
    item.press("ArrowRight")
    expect(item).to_be_focused()
    assert order(desk) == [names[1], names[0], *names[2:]]
    expect(desk.get_by_text(f"{names[0]} is now in place 2 of 5.")).to_be_attached()


def test_the_calendar_offers_no_day_before_the_first(desk: Page) -> None:
    """The popup follows the native date field beside it, and ends today."""
    desk.goto(f"{origin(desk)}/reports")
    today = desk.locator("body").get_attribute("data-today") or ""
    desk.locator("#from").fill(f"{today[:8]}01")
    desk.get_by_role("textbox", name="To").click()
    dialog = desk.get_by_role("dialog", name="Choose to")
    expect(dialog.locator("[aria-pressed]")).to_have_text(str(int(today[8:])))
    dialog.get_by_role("button", name="Previous month").click()
    expect(dialog.locator("[data-day]:enabled")).to_have_count(0)


def test_helpdesk_pages_have_no_serious_accessibility_violation(desk: Page) -> None:
    """axe finds nothing serious or critical on the pages, in every tab and in the open dialogs."""
    start = origin(desk)
    found = serious(desk)
    desk.get_by_role("checkbox", name="Select all on this page").check()
    desk.get_by_role("button", name="Close tickets…").click()
    found += serious(desk)
    desk.get_by_role("button", name="Keep them").click()
    desk.get_by_role("button", name="New ticket").click()
    found += serious(desk)
    for path in ("/reports", "/products", "/categories", "/tickets/HD-1"):
        desk.goto(start + path)
        found += serious(desk)
    desk.goto(f"{start}/tickets?status=Open&assignee=Theo+Brandt")
    desk.locator("tbody a.ref").first.click()
    desk.get_by_role("button", name="Preview").click()
    found += serious(desk)
    desk.goto(f"{start}/products/HB-210")
    for tab in ("General", "Pricing", "Selling", "Images"):
        desk.get_by_role("tab", name=tab).click()
        found += serious(desk)
    desk.goto(f"{start}/tickets")
    desk.get_by_role("button", name="Sign out").click()
    expect(desk.get_by_role("button", name="Sign in")).to_be_visible()
    assert found + serious(desk) == []


def serious(page: Page) -> list[str]:
    violations = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html']}" for v in violations if v["impact"] in ("serious", "critical")]
