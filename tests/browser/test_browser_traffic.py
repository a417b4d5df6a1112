"""Documents made anew, addresses that fail, and pages that are slow to come."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from browser.errors import NavigationFailed
from tests.browser.eyes import Eyes, Site

pytestmark = pytest.mark.browser


@pytest.fixture
def nobody() -> Iterator[str]:
    """An address where nothing listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}/"


def test_what_is_typed_after_document_open_still_counts(eyes: Eyes, site: Site) -> None:
    """`document.open` takes every listener away; changes of the new fields are counted all the same."""
    eyes.open(f"{site.url}/form.html")
    rewritten = "document.open(); document.write('<input id=q autofocus>'); document.close(); q.focus()"
    eyes.session.run(eyes.page.evaluate(rewritten))
    before = eyes.see().mutations
    eyes.session.run(eyes.page.keyboard.insert_text("typed"))
    assert eyes.see().mutations > before


def test_an_address_that_fails_says_why(eyes: Eyes, site: Site, nobody: str) -> None:
    """A link to where nothing listens: the observation has the address and Chromium's reason."""
    eyes.open(f"{site.url}/form.html")
    eyes.session.run(eyes.page.evaluate(f"void setTimeout(() => {{ location = '{nobody}' }}, 0)"))
    with pytest.raises(NavigationFailed, match="ERR_CONNECTION_REFUSED"):
        eyes.session.run(eyes.page.wait_for_url("chrome-error://**"))
    eyes.session.run(eyes.observer.quiet(100, 3000))
    seen = eyes.see().observation
    assert seen.url == nobody
    assert f"[error] text '{nobody} could not be loaded: ERR_CONNECTION_REFUSED'" in seen.text
    assert "could not be loaded" not in eyes.open(f"{site.url}/form.html").text


def test_a_page_on_its_way_to_another_is_not_quiet(eyes: Eyes, site: Site) -> None:
    """Beyond the limit it is still waited for, until the answer has come."""

    async def later(route: object) -> None:
        await eyes.page.wait_for_timeout(900)
        await route.fulfill(content_type="text/html", body="<h1>Late</h1>")

    eyes.open(f"{site.url}/form.html")
    eyes.session.run(eyes.page.route("**/late", later))
    eyes.session.run(eyes.page.evaluate("void (location = '/late')"))
    eyes.session.run(eyes.observer.quiet(50, 200))
    assert "Late" in eyes.see().observation.text
