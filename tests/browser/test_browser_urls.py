"""Which addresses are opened, and what is said about the others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser.errors import ForbiddenUrl
from browser.keys import UnknownKey, key_combination
from browser.urls import check_url, guard
from tests.browser.eyes import Eyes, Site

OWN = {8501}


@pytest.mark.parametrize(
    ("given_url", "opened"),
    [
        ("http://example.org/a?b=c#d", "http://example.org/a?b=c#d"),
        ("  https://example.org ", "https://example.org"),
        ("example.org/path", "http://example.org/path"),
        ("localhost:8000", "http://localhost:8000"),
        ("127.0.0.1:9000/x", "http://127.0.0.1:9000/x"),
        ("http://[::1]:80/", "http://[::1]:80/"),
        ("http://example.org:8501/", "http://example.org:8501/"),
    ],
)
def test_web_addresses_are_opened(given_url: str, opened: str):
    """http and https are opened, this machine's other ports too; a missing scheme is http."""
    assert check_url(given_url, OWN) == opened


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("  ", "No address was given"),
        ("http://", "names no host"),
        ("file:///etc/passwd", "only http and https"),
        ("javascript:alert(1)", "only http and https"),
        ("chrome://settings", "only http and https"),
        ("about:blank", "only http and https"),
        ("data:text/html,x", "only http and https"),
        ("view-source:http://example.org", "only http and https"),
        ("ftp://example.org", "only http and https"),
        ("http://exa mple.org", "names no host"),
        ("http://example.org:99999999", "not a web address"),
        ("http://[::1", "not a web address"),
        ("http://127.0.0.1:8501/", "Stepscope's own"),
        ("http://LOCALHOST.:8501/", "Stepscope's own"),
        ("http://sub.localhost:8501/", "Stepscope's own"),
        ("http://0.0.0.0:8501/", "Stepscope's own"),
        ("http://[::1]:8501/", "Stepscope's own"),
        ("http://[::ffff:127.0.0.1]:8501/", "Stepscope's own"),
        ("http://2130706433:8501/", "Stepscope's own"),
        ("http://0x7f.1:8501/", "Stepscope's own"),
        ("http://169.254.169.254/latest", "link-local"),
        ("http://0xa9fea9fe/", "link-local"),
        ("http://[fe80::1]/", "link-local"),
        ("http://[fe80::1%25eth0]/", "link-local"),
    ],
)
def test_other_addresses_are_refused_with_the_reason(url: str, why: str):
    """Schemes, our own port under any spelling, and link-local addresses."""
    with pytest.raises(ForbiddenUrl, match=why):
        check_url(url, OWN)


@pytest.mark.parametrize(
    "url", ["http://localhost/", "http://10.0.0.1/", "http://192.168.1.5:80/", "http://[fd00::1]/"]
)
def test_private_networks_are_refused_where_a_setting_says_so(url: str):
    """The same addresses are opened by default."""
    assert check_url(url)
    with pytest.raises(ForbiddenUrl, match="not allowed here"):
        check_url(url, allow_private=False)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_refused(text: str):
    """No text makes the check fail in another way."""
    try:
        opened = check_url(text, OWN)
    except ForbiddenUrl:
        return
    assert opened.lower().startswith(("http://", "https://"))


@pytest.mark.browser
def test_pages_cannot_lead_where_we_do_not_go(eyes: Eyes, site: Site):
    """A page that leads to our own port is answered with the reason, whoever follows it; other pages load."""
    eyes.session.run(guard(eyes.context, {site.port + 1}))
    eyes.open(f"{site.url}/form.html")
    eyes.session.run(
        eyes.page.evaluate(f"void setTimeout(() => {{ location = 'http://localhost:{site.port + 1}/' }}, 0)")
    )
    eyes.session.run(eyes.page.wait_for_url(f"http://localhost:{site.port + 1}/"))
    assert "it is Stepscope's own address" in eyes.see().observation.text.replace("\\'", "'")
    assert eyes.open(f"{site.url}/shadow.html").title == "Shadow"


@pytest.mark.parametrize(
    ("written", "pressed"),
    [
        ("Enter", "Enter"),
        ("return", "Enter"),
        ("ctrl+shift+a", "Control+Shift+a"),
        ("cmd+Z", "Meta+Z"),
        ("pagedown", "PageDown"),
        ("f5", "F5"),
        ("+", "+"),
        ("Control++", "Control++"),
        ("é", "é"),
    ],
)
def test_keys_are_named_as_people_write_them(written: str, pressed: str):
    """Common names and spellings give Playwright's."""
    assert key_combination(written) == pressed


@pytest.mark.parametrize("written", ["", "Hyper", "ctrl+nothing", "\n"])
def test_names_no_key_has_are_refused(written: str):
    """An unknown name says how keys are named."""
    with pytest.raises(UnknownKey, match="there is no key"):
        key_combination(written)
