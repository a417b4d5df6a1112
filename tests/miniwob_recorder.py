"""MiniWoB++ pages with their own recorder of human demonstrations, played by a program instead of a person."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from browser.miniwob_tasks import html_folder

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

SITE = "http://miniwob.test"


def record(page: Page, task: str, seed: str) -> dict[str, Any]:
    """The file that the page's recorder writes of one demonstration."""
    written: list[dict[str, Any]] = []

    def answer(route: Route) -> None:
        if route.request.method == "POST":
            written.append(json.loads(route.request.post_data or ""))
        path = html_folder() / route.request.url.removeprefix(f"{SITE}/").split("?")[0]
        route.fulfill(path=path) if path.is_file() else route.fulfill(status=204)

    page.unroute_all()
    page.route("**/*", answer)
    page.goto(f"{SITE}/miniwob/{task}.html?record=true&server={SITE}")
    page.wait_for_function("core.cover_div !== null && typeof recorder !== 'undefined'")
    page.evaluate("seed => { Math.seedrandom(seed); core.EPISODE_MAX_TIME = 1e6; }", seed)
    page.click("#sync-task-cover")
    page.wait_for_function("recorder.isRecording")
    PLAYERS[task](page, page.evaluate("core.getUtterance()"))
    with page.expect_response("**/record"):
        pass
    return written[0]


def _login(page: Page, asked: str) -> None:
    name, password = re.findall(r'"([^"]*)"', asked)
    page.click("#username")
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.click("#subbtn")


def _text(page: Page, asked: str) -> None:
    page.click("#tt")
    page.keyboard.type(re.findall(r'"([^"]*)"', asked)[0] + "x")
    page.keyboard.press("Backspace")
    page.click("#subbtn")


def _ticks(page: Page, asked: str) -> None:
    found = re.match(r"Select (.*) and click Submit", asked)
    names = found[1].split(", ") if found and found[1] != "nothing" else []
    for name in names:
        page.locator("label", has_text=re.compile(rf"^\s*{re.escape(name)}\s*$")).click()
    page.click("#subbtn")


def _date(page: Page, asked: str) -> None:
    month, day, _ = map(int, re.findall(r"\d+", asked))
    page.click("#datepicker")
    while page.evaluate("$('#datepicker').datepicker('widget').find('[data-month]').data('month')") != month - 1:
        page.click(".ui-datepicker-prev")
    page.locator("a.ui-state-default", has_text=re.compile(rf"^{day}$")).click()
    page.click("#subbtn")


PLAYERS: dict[str, Callable[[Page, str], None]] = {
    "login-user": _login,
    "enter-text": _text,
    "click-checkboxes": _ticks,
    "choose-date": _date,
}
"""Who does which task."""
