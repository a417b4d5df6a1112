"""The Prompts screen: building with settings, pins and bans, what links lead to, checks and comparisons."""

from __future__ import annotations

import pytest

from flows.label import labels
from flows.prompt import prompts
from labeling.prompts.model import PromptConfig
from tests.app.reading import as_read
from tests.workspaces import add_demonstration

pytestmark = pytest.mark.app


@pytest.fixture(name="accepted")
def accepted_fixture(parts):
    """Two decided demonstrations."""
    for episode, name in (("demo1", "ana"), ("demo2", "bob")):
        labels.accept(parts, add_demonstration(parts, episode, name), "me")
    return parts


def button(page, label):
    """The first button of that label."""
    return next(one for one in page.button if one.label == label)


def texts(page):
    """Everything a person can read."""
    kinds = ("markdown", "caption", "info", "warning", "subheader")
    return "\n".join(as_read(str(element.value)) for kind in kinds for element in getattr(page, kind))


def view(page, name):
    """The page with that view chosen."""
    chosen = next(group for group in page.get("button_group") if "Compare" in str(group.options))
    return chosen.set_value(name).run()


def test_a_set_is_built_with_the_settings_of_the_form(open_page, accepted):
    """What was asked for is what the set says; the page shows the new set."""
    page = open_page("prompts")
    page.number_input[0].set_value(600)
    page = button(page, "Build").click().run()
    assert not page.exception
    made = accepted.labels.prompt_set("latest")
    assert made.config.budget == 600
    assert made.author == "me"
    assert page.selectbox(key="prompt_set").value == made.id


def test_where_all_is_held_out_one_press_builds_without(open_page, parts):
    """The refusal says why, and the way on is beside it."""
    labels.accept(parts, add_demonstration(parts, "demo1", task="miniwob:login-user"), "me")
    page = button(open_page("prompts"), "Build").click().run()
    assert "is in the split dev, which is held out for tests" in page.warning[0].value
    page = button(page, "Hold nothing out and build").click().run()
    assert not page.exception
    assert not page.warning
    assert parts.labels.prompt_set("latest").config.splits == ("train", "dev", "test")


def test_a_demonstration_that_teaches_nothing_is_named(open_page, accepted):
    """Of several demonstrations one is kept for tests: the set says so by itself, and leads on to a run."""
    labels.accept(accepted, add_demonstration(accepted, "kept", "cleo", task="miniwob:login-user"), "me")
    page = button(open_page("prompts"), "Build").click().run()
    assert not page.exception
    assert "Not in this set: 1 demonstration, as the task 'miniwob:login-user' is in the split dev" in texts(page)
    assert [link.label for link in page.get("page_link")] == ["Run with this set"]


def test_pins_and_bans_wait_until_they_are_built(open_page, accepted):
    """A press marks, a second takes back; building makes another set that says so and knows its parent."""
    first = prompts.build(accepted)
    piece = first.shown("fill_text")[0]
    page = open_page("prompts", example=piece.id)
    assert "The example this link leads to" in [one.value for one in page.subheader]
    page = page.button(key=f"bans_wanted_{piece.id}").click().run()
    assert "0 pinned, 1 banned since" in texts(page)
    page = page.button(key=f"pins_wanted_{piece.id}").click().run()
    assert "1 pinned, 0 banned since" in texts(page)
    page = page.button(key=f"pins_wanted_{piece.id}").click().run()
    assert "not built yet" not in texts(page)
    page = page.button(key=f"bans_wanted_{piece.id}").click().run()
    page = button(page, "Build with these").click().run()
    assert not page.exception
    made = accepted.labels.prompt_set("latest")
    assert (made.config.bans, made.parent) == ((piece.id,), first.id)
    assert piece.id not in made.by_id


def test_what_a_link_leads_to_that_is_gone_is_said(open_page, accepted):
    """An unknown set or example is one clear sentence; the rest of the page is there."""
    made = prompts.build(accepted)
    page = open_page("prompts", set="ps-none", example="ex-none")
    assert "There is no prompt set ps-none" in texts(page)
    assert f"{made.id} has no example ex-none" in texts(page)
    assert not page.exception


def test_every_view_opens(open_page, accepted):
    """Left out, check, compare, and where it comes from: with two sets, checked, none of them fails or is empty."""
    prompts.build(accepted)
    prompts.build(accepted, config=PromptConfig(mode="heap"))
    page = open_page("prompts")
    assert "Nothing was left out." in texts(view(page, "Left out"))
    page = view(page, "Check")
    assert "Not checked yet." in texts(page)
    page = button(page, "Check by nearest examples").click().run()
    assert "By the nearest examples" in texts(page)
    page = view(page, "Compare")
    assert "added" in texts(page)
    page = view(page, "Made from, used by")
    assert "No run has used it yet." in texts(page)
    assert not page.exception
