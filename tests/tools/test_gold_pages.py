"""The gold corpus's own pages are served while one is recorded, and only then."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest

from bench.gold import demonstrations
from tools.gold_pages import PAGES, served


def test_a_page_of_ours_is_served_until_it_is_recorded() -> None:
    """Afterwards nobody listens any more."""
    with served("page:hours.html") as url, urllib.request.urlopen(url, timeout=5) as answer:
        assert b"<title>Hours</title>" in answer.read()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(url, timeout=1)


def test_other_tasks_are_the_recorders_business() -> None:
    """A name of a task or an address is handed on."""
    with served("miniwob:login-user") as name:
        assert name == "miniwob:login-user"


def test_every_page_there_is_was_recorded_on() -> None:
    """No page without a demonstration, no demonstration without its page."""
    asked = {one.task.partition(":")[2] for one in demonstrations() if one.task.startswith(("page:", "streamlit:"))}
    assert asked == {path.name for path in PAGES.iterdir() if path.is_file()}
