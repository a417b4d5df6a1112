"""Searching inside an episode in Replay, on the real endpoint."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_words_are_found_on_pages_and_gone_through(replay):
    """Enter goes from step to step, the count says where one is, and the words are marked on the page."""
    replay.open().ready().press("/")
    replay.page.keyboard.type("september 2016")
    expect(replay.page.get_by_role("search")).to_contain_text(re.compile(r"\d steps"))
    replay.press("Enter").at(14)
    expect(replay.page.get_by_role("search")).to_contain_text("step 1 of")
    expect(replay.page.get_by_role("search").locator("mark").first).to_have_text("September 2016")
    replay.press("Enter").at(15).press("Shift+Enter").at(14)
    replay.page.get_by_role("tab", name="Observation").click()
    expect(replay.page.locator(".line mark")).to_have_text("September 2016")
    replay.page.get_by_role("tab", name="Steps").click()
    expect(replay.page.get_by_role("option", name=re.compile("found"))).not_to_have_count(0)
    replay.page.get_by_role("searchbox").press("Escape")
    expect(replay.page.get_by_role("search")).to_be_hidden()
    replay.press("ArrowRight").at(15)


def test_what_is_nowhere_is_said(replay):
    """Words that stand nowhere are a sentence; markup typed into the field stays text."""
    replay.open().ready().press("/")
    replay.page.keyboard.type("<img src=x>")
    expect(replay.page.get_by_role("search")).to_contain_text("“<img src=x>” is nowhere in the episode")
    replay.press("Enter").at(1)


def test_a_search_keeps_to_the_window(replay):
    """Only steps of the window count."""
    replay.open(step="s00003").ready().press("w", "/")
    replay.page.keyboard.type("Prev")
    expect(replay.page.get_by_role("search")).to_contain_text("is nowhere in these steps")
