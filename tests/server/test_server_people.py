"""Names in signed cookies, and the tracks they stand for."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import Response

from server.app import LABEL_REF
from server.people import COOKIE, MOST_LETTERS, NOBODY, People, is_name, track_of


def given_cookie(people: People, name: str) -> str:
    """The cookie's value as a browser would send it back."""
    response = Response()
    people.remember(response, name)
    match = re.match(rf"{COOKIE}=([^;]+);", response.headers["set-cookie"])
    assert match
    return match[1]


def test_a_name_comes_back_from_its_cookie() -> None:
    """What was said once is known next time, also to another process with the same secret."""
    cookie = given_cookie(People("s3cret"), "Zoë")
    assert People("s3cret").name_of({COOKIE: cookie}) == "Zoë"


@pytest.mark.parametrize("cookie", ["", "Zoe", "Ilpvw6si.xxxx", "a.b.c"])
def test_a_cookie_that_is_not_ours_names_nobody(cookie: str) -> None:
    """Made up, cut off or signed with another secret: nobody was named."""
    assert People("s3cret").name_of({COOKIE: cookie}) == NOBODY
    assert People("s3cret").name_of({COOKIE: given_cookie(People("other"), "Ana")}) == NOBODY


def test_the_cookie_is_for_our_own_pages_only() -> None:
    """Scripts cannot read it and other sites' pages do not send it."""
    response = Response()
    People("s").remember(response, "Ana")
    assert "HttpOnly" in response.headers["set-cookie"]
    assert "SameSite=strict" in response.headers["set-cookie"]


@pytest.mark.parametrize(("text", "fits"), [("Ana", True), ("日本", True), ("", False), (" a", False), ("a\nb", False)])
def test_what_a_name_may_be(text: str, fits: bool) -> None:
    """Printable, not empty, no blanks at its ends, not endless."""
    assert is_name(text) is fits
    assert not is_name("a" * (MOST_LETTERS + 1))


@given(st.text(max_size=MOST_LETTERS).filter(is_name))
def test_every_name_has_a_track_links_can_hold(name: str) -> None:
    """Whatever the script of the name, `track:<name>` is a label reference, the same one each time."""
    assert LABEL_REF.fullmatch(f"track:{track_of(name)}")
    assert track_of(name) == track_of(name)


def test_names_in_other_scripts_stay_apart() -> None:
    """Names that have no plain letters do not fall together."""
    assert len({track_of(name) for name in ("日本", "中国", "Ελένη", "ana", "Ana")}) == 5
