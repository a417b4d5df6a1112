"""A secret is recognised however a page writes it, and other words are left alone."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser.recorder.secrets import Vault, in_sight
from tests.browser_recorder.leaks import found_in
from traces.model import Observation

VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=0x24F), min_size=5, max_size=24).filter(
    lambda text: text == text.strip() and len(text.strip("{}SECRT")) > 4
)
WAYS = (
    str,
    quote,
    quote_plus,
    lambda text: quote(quote(text, safe=""), safe=""),
    lambda text: urlencode({"q": text}),
    html.escape,
    lambda text: "".join(f"&#{ord(one)};" for one in text),
    lambda text: json.dumps({"text": text}),
    lambda text: f"[1] text '{text}'".replace("\\", "\\\\"),
    lambda text: base64.b64encode(f"user:{text}".encode()).decode(),
    lambda text: base64.urlsafe_b64encode(f"id={text}&x".encode()).decode(),
)


def vault(*values: str, page: str = "") -> Vault:
    kept = Vault()
    for value in values:
        kept.keep(value, page)
    return kept


@given(VALUES, st.sampled_from(WAYS), st.text("ab /=", max_size=6))
def test_no_form_is_left(value, way, around):
    """Whatever the page made of it."""
    shown = f"{around}{way(value)}{around}"
    assert found_in({"text": vault(value).blank(shown)}, value) == found_in({"text": ""}, value) == []


@pytest.mark.parametrize(
    "shown", ["4111 1111 1111 1111", "4111-1111-1111-1111", "4111.1111.1111.1111", "4111\u00a01111\u00a01111\u00a01111"]
)
def test_a_number_is_recognised_in_groups(shown):
    """As pages write cards."""
    assert vault("4111111111111111").blank(f"Card {shown} saved") == "Card {SECRET} saved"


def test_beginnings_are_blanked_as_words_and_spared_where_they_were_before():
    """`hunt` appeared while `hunter2` was typed; `hun` was on the page before."""
    kept = vault("hunter2", page="Attila the hun")
    assert kept.blank("hunt, hunte and hun; hunting") == "{SECRET}, {SECRET} and hun; hunting"


def test_plain_words_are_blanked_as_they_were_typed_only():
    """A weak password must not take the page's own words away."""
    assert vault("password").blank("Password: password") == "Password: {SECRET}"


def test_what_was_taken_back_is_blanked_too():
    """A page may have kept what stood in the field before a correction."""
    kept = Vault()
    kept.keep("hunter2", "", passed=("hunterX",))
    assert kept.blank("seen: hunterX") == "seen: {SECRET}"


def test_words_of_address_and_title_are_no_beginnings():
    """What stood there before the value was typed gives none of it away; the value itself is blanked all the same."""
    seen = Observation(url="http://depot.test/depot", title="The depot", text="[1] textbox 'Pass phrase'")
    kept = vault("depot77", page=in_sight(seen))
    assert kept.blank("http://depot.test/depot") == "http://depot.test/depot"
    assert kept.blank("The depot, depot77") == "The depot, {SECRET}"
    assert vault("depot77").blank("The depot") == "The {SECRET}"


def test_long_values_and_odd_ones_do_not_break_it():
    """A pasted key of many lines, only spaces, only marks."""
    key = "-----BEGIN KEY-----\n" + "\n".join("QUJD" * 16 for _ in range(40))
    kept = vault(key, "   ", "((((", "a+b*c?")
    assert kept.blank(f"x {key} y") == "x {SECRET} y"
    assert kept.blank("fn((((1") == "fn{SECRET}1"
    assert kept.blank("a+b*c? a%2Bb%2Ac%3F") == "{SECRET} {SECRET}"
