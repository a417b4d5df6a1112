"""The replay check on the Label board: begun by a button, followed while it runs, its marks beside the steps."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser

NONE = {"state": "none", "done": 0, "total": 6, "replayable": 0, "checked": 0, "steps": {}, "problem": None}
GOOD = {"replayable": True, "by": "role", "selector": 'role=textbox[name="From"]', "renamed": None, "why": ""}
RENAMED = {**GOOD, "by": "css", "renamed": "Choose"}
BAD = {"replayable": False, "by": None, "selector": None, "renamed": None, "why": "what fits is not in the row of ‘x’"}
STEPS = {f"demo1-{n}": {1: RENAMED, 3: BAD}.get(n, GOOD) for n in range(6)}


class Server:
    """Answers the check's endpoint: the states of `answers` in turn, the last one for ever."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, object]]] = [(200, NONE)]
        self.asked: list[str] = []

    def __call__(self, route: Route) -> None:
        self.asked.append(route.request.method)
        status, body = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        route.fulfill(status=status, content_type="application/json", body=json.dumps(body))


@pytest.fixture(name="server")
def server_fixture() -> Server:
    return Server()


@pytest.fixture(name="checked")
def checked_fixture(opened: Callable[[str], Page], server: Server) -> Page:
    """The board with the check's endpoint answered by the test."""
    page = opened("?episode=demo1")
    expect(page.locator(".thumb")).to_have_count(6, timeout=30_000)
    page.context.route("**/episodes/demo1/check", server)
    page.reload()
    expect(page.locator(".thumb")).to_have_count(6, timeout=30_000)
    return page


def test_a_check_is_begun_followed_and_its_marks_are_shown(checked: Page, server: Server) -> None:
    """The steps found so far are marked while it runs; in the end it is counted, and a step says why not."""
    button = checked.get_by_role("button", name="Check replay")
    expect(button).to_be_visible()
    server.answers = [
        (200, {**NONE, "state": "waiting"}),
        (200, {**NONE, "state": "running", "done": 2, "steps": {key: STEPS[key] for key in ("demo1-0", "demo1-1")}}),
        (200, {**NONE, "state": "done", "checked": 6, "replayable": 5, "steps": STEPS}),
    ]
    button.click()
    expect(checked.get_by_role("status").filter(has_text="Replay check: 2 of 6 …")).to_be_visible()
    expect(checked.locator(".thumb .replays")).to_have_count(2)
    expect(checked.locator("[data-part=replays]")).to_have_text("5 of 6 steps replay")
    marks = checked.locator(".thumb .replays")
    expect(marks).to_have_count(6)
    told = [marks.nth(n).get_attribute("title") for n in range(4)]
    assert told == [
        "replayable by role and name",
        "replayable by a CSS path; called ‘Choose’ now",
        "replayable by role and name",
        "not replayable: what fits is not in the row of ‘x’",
    ]
    expect(checked.locator(".thumb").nth(3)).to_contain_text("not replayable: what fits")
    expect(checked.locator(".step-line .replays").first).to_be_visible()
    assert server.asked[1] == "POST"
    assert server.asked.count("POST") == 1
    found = Axe().run(checked).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []


def test_what_one_types_stays_while_a_check_is_drawn(checked: Page, server: Server) -> None:
    """Its progress redraws nothing that is being edited."""
    checked.keyboard.press("e")
    field = checked.locator("form.edit input").first
    field.fill("Departure date")
    running = {**NONE, "state": "running", "done": 1, "steps": {"demo1-0": GOOD}}
    server.answers = [(200, running), (200, {**NONE, "state": "done", "checked": 6, "replayable": 6, "steps": STEPS})]
    checked.get_by_role("button", name="Check replay").click()
    expect(checked.locator("[data-part=replays]")).to_have_text("6 of 6 steps replay")
    expect(field).to_have_value("Departure date")


def test_a_check_that_could_not_be_made_is_told(checked: Page, server: Server) -> None:
    """The reason is said, and it can be begun again; a refusal at the start is told as well."""
    problem = {"what": "The browser has ended.", "kept": "Everything is kept.", "next": "Try again."}
    server.answers = [(200, {**NONE, "state": "failed", "problem": problem})]
    checked.get_by_role("button", name="Check replay").click()
    told = checked.get_by_text("No replay check: The browser has ended.")
    expect(told).to_have_attribute("title", "The browser has ended. Try again.")
    server.answers = [(422, {"message": "There is no room."})]
    checked.get_by_role("button", name="Check replay").click()
    expect(checked.get_by_text("No replay check: There is no room.")).to_be_visible()
    expect(checked.get_by_role("button", name="Check replay")).to_be_enabled()


def test_an_answer_that_breaks_off_is_no_state(checked: Page) -> None:
    """As where one leaves the page while it comes: nothing is made of it, and no script fails."""
    errors: list[str] = []
    checked.on("pageerror", lambda error: errors.append(str(error)))
    checked.context.route("**/episodes/demo1/check", lambda route: route.fulfill(status=200, body='{"sta'))
    with checked.expect_event("requestfinished", lambda request: request.url.endswith("/episodes/demo1/check")):
        checked.reload()
    expect(checked.locator(".thumb")).to_have_count(6, timeout=30_000)
    checked.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    expect(checked.get_by_role("button", name="Check replay")).to_have_count(0)
    assert errors == []


def test_what_cannot_be_checked_offers_nothing(checked: Page, server: Server) -> None:
    """An unfit episode has no button."""
    server.answers = [(200, {**NONE, "state": "unfit"})]
    with checked.expect_response(re.compile("/check$")):
        checked.reload()
    expect(checked.locator(".thumb")).to_have_count(6)
    expect(checked.get_by_role("button", name=re.compile("^Check"))).to_have_count(0)
