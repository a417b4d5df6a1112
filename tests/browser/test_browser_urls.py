"""Which addresses are opened, and what is said about the others."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser.errors import ForbiddenUrl
from browser.keys import UnknownKey, key_combination
from browser.urls import check_resolved, check_url, name_of

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


def test_what_a_name_resolves_to_is_judged_like_an_address():
    """Each of its addresses, with the port that was asked for; the message names both."""
    check_resolved("http://inside.test:8501/", ["93.184.216.34", "2606:2800::1"], OWN)
    for found, why in (
        ("127.0.0.1", "inside.test leads to 127.0.0.1. 127.0.0.1:8501 was not opened: it is Stepscope's own address"),
        ("169.254.169.254", "link-local"),
        ("fe80::1", "link-local"),
    ):
        with pytest.raises(ForbiddenUrl, match=re.escape(why)):
            check_resolved("http://inside.test:8501/", ["93.184.216.34", found], OWN)
    check_resolved("http://inside.test/", ["10.0.0.1"], OWN)
    with pytest.raises(ForbiddenUrl, match="not allowed here"):
        check_resolved("http://inside.test/", ["10.0.0.1"], OWN, allow_private=False)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://Example.org.:80/x", "example.org"),
        ("http://127.0.0.1/", None),
        ("http://0x7f.1/", None),
        ("http://[::1]/", None),
        ("http://sub.localhost/", None),
        ("http://[::1", None),
        ("mailto:a@example.org", None),
    ],
)
def test_only_names_are_looked_up(url: str, name: str | None):
    """An address says itself where it leads."""
    assert name_of(url) == name


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
