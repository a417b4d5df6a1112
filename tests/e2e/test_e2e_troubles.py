"""What goes wrong around the served app is told in one message, and nothing a person did is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.e2e.conftest import OpenBrowser
from tests.e2e.desk import CITY, NAME, VIEWPORT, desk
from tests.e2e.person import PATIENCE_MS, click_in_view, press, rested, step_told, steps, visit
from tests.e2e.screens import SCREENS
from tests.e2e.served import Served, serving

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

OBJECTIVE = "Send a request for Ana to Lima"
CLOSED_BY_THE_WAY = 4000


@pytest.fixture(name="site")
def site_fixture() -> Iterator[str]:
    """The site that is recorded."""
    with desk() as url:
        yield url


class Line:
    """The connection of the live view, which can be cut and mended."""

    def __init__(self, page: Page) -> None:
        self._ends: list[tuple[WebSocketRoute, WebSocketRoute]] = []
        self._down = False
        page.route_web_socket("**/stepscope/live/**", self._pass)

    def _pass(self, route: WebSocketRoute) -> None:
        if self._down:
            route.close(code=CLOSED_BY_THE_WAY)
        else:
            self._ends.append((route, route.connect_to_server()))

    def cut(self) -> None:
        """End the connection and let none come about."""
        self._down = True
        for here, there in self._ends:
            here.close(code=CLOSED_BY_THE_WAY)
            there.close(code=CLOSED_BY_THE_WAY)
        self._ends.clear()

    def mend(self) -> None:
        """Let the next attempt through."""
        self._down = False


def _ask_to_record(page: Page, address: str) -> None:
    page.get_by_label("Start address").fill(address)
    press(page, "Start recording")


def _begin(page: Page, app: Served, site: str) -> None:
    visit(page, app, "record")
    page.get_by_label("Objective").fill(OBJECTIVE)
    _ask_to_record(page, site)
    expect(page.locator(".stage.shown canvas")).to_be_visible(timeout=PATIENCE_MS)


def test_what_cannot_be_opened_is_told_and_what_was_typed_stays(app: Served, page: Page, site: str) -> None:
    """A link-local address is refused, a page that never answers given up; the form keeps objective and address."""
    visit(page, app, "record")
    page.get_by_label("Objective").fill(OBJECTIVE)
    said = {
        "http://169.254.169.254/latest/meta-data": "link-local addresses are not",
        f"{site}/silent": "did not answer within 15 s",
    }
    for address, message in said.items():
        _ask_to_record(page, address)
        expect(page.get_by_role("alert")).to_contain_text(message, timeout=PATIENCE_MS)
        expect(page.get_by_role("alert")).to_contain_text("Nothing was recorded")
        expect(page.get_by_label("Objective")).to_have_value(OBJECTIVE)
        expect(page.get_by_label("Start address")).to_have_value(address)
    _ask_to_record(page, site)
    expect(page.get_by_role("heading", name=OBJECTIVE)).to_be_visible(timeout=PATIENCE_MS)


def test_a_lost_connection_keeps_the_recording(app: Served, page: Page, site: str) -> None:
    """The loss is told; when the line is back the steps are there and the work goes on where it was."""
    line = Line(page)
    _begin(page, app, site)
    click_in_view(page, *NAME, VIEWPORT)
    page.keyboard.type("Ana")
    step_told(page, 1, "type 'Ana' into Traveller")
    line.cut()
    lost = page.get_by_role("alert").filter(has_text="The connection is lost")
    expect(lost).to_be_visible()
    expect(steps(page)).to_have_count(1)
    line.mend()
    press(page, "Try now")
    expect(lost).to_have_count(0)
    click_in_view(page, *CITY, VIEWPORT)
    page.keyboard.type("Lima")
    step_told(page, 2, "type 'Lima' into Destination")
    expect(steps(page).first).to_contain_text("type 'Ana' into Traveller")


def test_a_forbidden_address_leaves_the_recording_where_it_was(app: Served, page: Page, site: str) -> None:
    """Typed into the bar of the live view, the app's own address is refused; page and steps stay."""
    _begin(page, app, site)
    click_in_view(page, *NAME, VIEWPORT)
    page.keyboard.type("Ana")
    step_told(page, 1, "type 'Ana' into Traveller")
    page.get_by_label("Address", exact=True).fill(app.url)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Stepscope's own address")
    press(page, "OK")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_label("Address", exact=True)).to_have_value(f"{site}/")
    expect(steps(page).first).to_contain_text("type 'Ana' into Traveller")


def test_an_unreadable_workspace_is_told_on_every_page(tmp_path: Path, open_browser: OpenBrowser) -> None:
    """The app starts all the same and says on each page what is wrong; the database is left as it was."""
    home = tmp_path / "workspace"
    home.mkdir()
    broken = home / "workspace.sqlite"
    broken.write_bytes(b"this is no database")
    with serving(home) as app:
        page = open_browser(app)
        for screen in SCREENS:
            page.goto(f"{app.url}/{screen.path}")
            expect(page.get_by_role("alert")).to_contain_text(str(home), timeout=PATIENCE_MS)
            expect(page.get_by_test_id("stException")).to_have_count(0)
        rested(page)
    assert broken.read_bytes() == b"this is no database"
