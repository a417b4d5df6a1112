"""Looking at a page: a picture of it in artifacts/, and what axe-core says against it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.served import ROOT

PICTURES = ROOT / "artifacts" / "screens"
SERIOUS = ("serious", "critical")

STREAMLITS_OWN = {
    "list": "[data-testid=stSidebarNav]",  # the navigation's sections are `header` elements inside its `ul`
    "listitem": "[data-testid=stSidebarNav]",  # same
}
"""By rule of axe, the parts of the page that Streamlit draws and that we cannot change."""


def picture(page: Page, name: str) -> Path:
    """Keep a picture of the whole page as artifacts/screens/<name>.png."""
    path = PICTURES / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=True)
    return path


def objections(page: Page) -> list[str]:
    """Serious violations of ours, one line each: rule, element, its HTML. What a rerun has faded is waited for."""
    expect(page.locator("[data-stale=true]")).to_have_count(0)
    rules: list[dict[str, Any]] = Axe().run(page).response["violations"]
    found = [(rule["id"], node) for rule in rules if rule["impact"] in SERIOUS for node in rule["nodes"]]
    return [
        f"{rule}: {node['target']} {node['html'][:200]}" for rule, node in found if not _is_theirs(page, rule, node)
    ]


def _is_theirs(page: Page, rule: str, node: dict[str, Any]) -> bool:
    """Whether Streamlit drew it; what lies in a shadow root (a target of several parts) is always ours."""
    target, theirs = node["target"], STREAMLITS_OWN.get(rule)
    if theirs is None or len(target) != 1 or not isinstance(target[0], str):
        return False
    within = "([target, theirs]) => Boolean(document.querySelector(target)?.closest(theirs))"
    return bool(page.evaluate(within, [target[0], theirs]))
