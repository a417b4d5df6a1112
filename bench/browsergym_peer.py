"""Times BrowserGym's own extraction of an observation; run by the Python of its own virtual environment.

The calls and their order are those of `BrowserEnv._get_obs` (browsergym-core 0.14.3), the screenshot included. Takes
one JSON argument {url, rounds, executable, args}; prints milliseconds per call as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import playwright.sync_api
from browsergym.core import observation as theirs
from browsergym.core.constants import BROWSERGYM_ID_ATTRIBUTE

WARM = 3
LAUNCH_MS = 60_000


def measure(page: playwright.sync_api.Page, rounds: int) -> dict[str, list[float]]:
    """Lists of milliseconds: the whole observation, its screenshot, and an evaluation of 1 beside them."""
    out: dict[str, list[float]] = {"observation": [], "screenshot": [], "evaluate": []}
    for turn in range(rounds + WARM):
        began = time.perf_counter()
        page.evaluate("1")
        asked = time.perf_counter()
        observe(page)
        seen = time.perf_counter()
        theirs.extract_screenshot(page)
        done = time.perf_counter()
        if turn >= WARM:
            out["evaluate"].append((asked - began) * 1000)
            out["observation"].append((done - asked) * 1000)
            out["screenshot"].append((done - seen) * 1000)
    return out


def observe(page: playwright.sync_api.Page) -> None:
    """Everything of an observation but the screenshot."""
    theirs._pre_extract(page, tags_to_mark="standard_html", lenient=False)
    dom = theirs.extract_dom_snapshot(page)
    theirs.extract_merged_axtree(page)
    theirs.extract_focused_element_bid(page)
    theirs.extract_dom_extra_properties(dom, scale_factor=1.0)
    theirs._post_extract(page)


def main(asked: dict[str, Any]) -> None:
    """Open the page as BrowserGym does and measure."""
    with playwright.sync_api.sync_playwright() as driver:
        driver.selectors.set_test_id_attribute(BROWSERGYM_ID_ATTRIBUTE)
        browser = driver.chromium.launch(
            executable_path=asked["executable"], args=asked["args"], headless=True, timeout=LAUNCH_MS
        )
        page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
        page.goto(asked["url"])
        print(json.dumps(measure(page, asked["rounds"])))
        browser.close()


if len(sys.argv) == 2:  # not a benchmark by itself
    main(json.loads(sys.argv[1]))
