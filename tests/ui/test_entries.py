"""The history of the window on bare pages: what Streamlit pushes beyond the person's way makes no entry of its own."""

import pytest

from ui.components.shared import SHARED

pytestmark = pytest.mark.browser

APP = "http://app.test"
FILTERS = "?status=failed"


@pytest.fixture(name="page")
def page_fixture(chromium):
    """A window at /failures that keeps its history as the app's components do."""
    context = chromium.new_context()
    page = context.new_page()
    script = (SHARED / "entries.js").read_text()
    context.route("**/*", lambda route: route.fulfill(content_type="text/html", body=f"<script>{script}</script>"))
    page.goto(f"{APP}/failures")
    page.evaluate("joinEntries(), joinEntries()")
    yield page
    context.close()


def push(page, *to):
    """What Streamlit does on its own, without a key or a press."""
    for one in to:
        page.evaluate("(to) => history.pushState({}, '', to)", one)


def go(page, *to):
    """What Streamlit does when the person pressed a key."""
    page.keyboard.press("Enter")
    push(page, *to)


def way(page, n_entries):
    """The addresses of so many last entries, the newest first."""
    addresses = [page.url.removeprefix(APP)]
    for _ in range(n_entries - 1):
        page.go_back()
        addresses.append(page.url.removeprefix(APP))
    return addresses


def test_a_page_with_a_query_is_one_entry(page):
    """The two that Streamlit pushes become one; another query of the same page is an entry of its own."""
    go(page, f"/failures{FILTERS}", f"/episodes{FILTERS}")
    go(page, f"/episodes{FILTERS}&page=2")
    assert way(page, 3) == [f"/episodes{FILTERS}&page=2", f"/episodes{FILTERS}", "/failures"]


def test_a_late_run_of_the_page_left_makes_no_entry(page):
    """A run of Replay had begun before Back: Streamlit goes there with the list's query, then to the list again."""
    go(page, f"/failures{FILTERS}", f"/episodes{FILTERS}")
    go(page, "/episodes?episode=a", "/replay?episode=a")
    page.go_back()
    push(page, f"/replay{FILTERS}", f"/episodes{FILTERS}")
    page.go_back()
    assert page.url == f"{APP}/failures"
    page.go_forward()
    page.go_forward()
    assert page.url == f"{APP}/replay?episode=a"


def test_what_a_person_does_after_back_is_an_entry(page):
    """A press ends what holds after Back."""
    go(page, f"/failures{FILTERS}", f"/episodes{FILTERS}")
    page.go_back()
    page.mouse.click(5, 5)
    push(page, "/failures?episode=b", "/replay?episode=b")
    assert way(page, 2) == ["/replay?episode=b", "/failures"]
