"""The screens of the app in the order of its navigation: their addresses, and what shows that they are drawn."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.e2e.person import PATIENCE_MS, visit
from tests.e2e.served import Served
from tests.e2e.shelves import TO_REVIEW, failed_example


@dataclass(frozen=True)
class Screen:
    """A screen: its name in the navigation, a heading it has when empty, and a part of it (CSS) when full."""

    path: str
    title: str
    empty: str
    full: str

    @property
    def name(self) -> str:
        """As in file names."""
        return self.path or "home"

    @property
    def query(self) -> str:
        """What the address of the full screen adds."""
        chosen = {"label": lambda: TO_REVIEW, "replay": lambda: failed_example().id}.get(self.path)
        return f"?episode={chosen()}" if chosen else ""


SCREENS = (
    Screen("", "Home", "Nothing recorded yet", "[data-testid=stMetric]"),
    Screen("record", "Record", "Record", "[data-testid=stForm]"),
    Screen("label", "Label", "Nothing waits for review", "button.bar"),
    Screen("labelling", "Label run", "Nothing to label yet", "[data-testid=stAlert]"),
    Screen("policies", "Policies", "Policies", "[data-testid=stHtml] code"),
    Screen("agreement", "Agreement", "Nothing to compare yet", "[data-testid=stMetric]"),
    Screen("prompts", "Prompts", "No prompt sets yet", ".js-plotly-plot .main-svg"),
    Screen("run", "Run", "Nothing to run with yet", "[data-testid=stMultiSelect]"),
    Screen("episodes", "Episodes", "No episodes yet", ".listing td img"),
    Screen("failures", "Failures", "No runs yet", ".clusters img"),
    Screen("replay", "Replay", "No episodes yet", ".replay[data-step]"),
    Screen("compare", "Compare", "Nothing to compare yet", "[data-testid=stSelectbox]"),
    Screen("teach", "Teach from here", "No failed run yet", "[data-testid=stButton]"),
    Screen("stacks", "Stacks", "No stacks yet", ".js-plotly-plot .main-svg"),
    Screen("experiments", "Experiments", "Nothing to compare yet", "[data-testid=stForm]"),
    Screen("transfer", "Import and export", "Import and export", "[data-testid=stSelectbox]"),
    Screen("settings", "Settings", "Model endpoint", "[data-testid=stForm]"),
)


def see_empty(page: Page, app: Served, screen: Screen) -> None:
    """Open the screen of an empty workspace and wait until it is drawn."""
    visit(page, app, screen.path)
    expect(page.get_by_role("heading", name=screen.empty, exact=True)).to_be_visible(timeout=PATIENCE_MS)


def see_full(page: Page, app: Served, screen: Screen) -> None:
    """Open the screen of a full workspace and wait until it and its pictures are drawn."""
    visit(page, app, screen.path + screen.query)
    expect(page.locator(screen.full).first).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("figure:visible canvas.stale")).to_have_count(0, timeout=PATIENCE_MS)
    page.wait_for_function(
        "() => [...document.images].every((image) => image.complete) && document.fonts.status === 'loaded'"
    )
