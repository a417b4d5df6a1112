"""What a person does and notices in the app: opening pages, waiting until they rest, clicking in the live view."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, Request, expect

from tests.e2e.served import Served

PATIENCE_MS = 60_000
"""How long an expectation may wait; a slow machine is no failure."""
WINDOW = {"width": 1440, "height": 900}


class Watch:
    """Collects what must not happen in a page of the app."""

    def __init__(self, app: Served) -> None:
        self._own = urlsplit(app.url).netloc
        self.mishaps: list[str] = []

    def listen(self, page: Page) -> None:
        """Hear of script errors and of requests that leave the machine."""
        page.on("pageerror", lambda error: self.mishaps.append(f"script error: {error}"))
        page.on("request", self._see)

    def _see(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != self._own:
            self.mishaps.append(f"request to another host: {request.url}")

    def check(self) -> None:
        """Fail if anything of it happened."""
        assert self.mishaps == []


def rested(page: Page) -> None:
    """Wait until Streamlit is connected, has run the page's script and shows its result."""
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-connection-state", "CONNECTED", timeout=PATIENCE_MS)
    expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=PATIENCE_MS)
    for unfinished in ("[data-stale=true]", "[data-testid=stSkeleton]"):
        expect(page.locator(unfinished)).to_have_count(0, timeout=PATIENCE_MS)


def visit(page: Page, app: Served, path: str) -> None:
    """Open an address of the app and wait until the page rests."""
    page.goto(f"{app.url}/{path}")
    rested(page)


def press(page: Page, name: str) -> None:
    """Press the button of that name."""
    page.get_by_role("button", name=name).click()


def click_in_view(page: Page, x: float, y: float, viewport: tuple[int, int]) -> None:
    """Press the mouse on a point of the recorded page, given in its own CSS pixels."""
    box = page.locator("canvas").bounding_box()
    assert box
    page.mouse.click(box["x"] + x / viewport[0] * box["width"], box["y"] + y / viewport[1] * box["height"])


def steps(page: Page) -> Locator:
    """The steps beside the live view."""
    return page.get_by_role("list", name="Steps").get_by_role("listitem")


def step_told(page: Page, number: int, text: str) -> None:
    """Wait until the step with that number (from 1) says this."""
    expect(steps(page).nth(number - 1)).to_contain_text(re.compile(text), timeout=PATIENCE_MS)
