"""The scorecard on the Policies screen, empty and full, without a browser."""

from __future__ import annotations

import pytest

from tests.workspaces import add_demonstration, add_failed_run

pytestmark = pytest.mark.app


def choose(page, key: str, value: str):
    """Press one of several buttons in a row."""
    return page.button_group(key=key).set_value(value).run()


def test_without_episodes_it_says_what_to_do(open_page) -> None:
    """No table of nothing."""
    page = open_page("policies", view="scorecard")
    assert not page.exception
    assert "Run the agent" in [button.label for button in page.button]


@pytest.mark.parametrize("view", ["Table", "Callers", "Call trees", "Side by side"])
def test_every_view_opens(open_page, parts, view) -> None:
    """With one run there is one arm, which is said; the others show its calls."""
    add_failed_run(parts)
    page = choose(open_page("policies", view="scorecard"), "scorecard_view", view)
    assert not page.exception
    assert not page.error
    if view == "Side by side":
        assert "one model with one prompt set" in page.info[0].value
    if view == "Table":
        assert list(page.dataframe[0].value["policy"]) == ["fill_text", "planner"]


def test_two_arms_stand_side_by_side(open_page, parts) -> None:
    """On the seed that both played, a column each."""
    for episode, run in (("run-0a", "run-7"), ("run-0b", "run-8")):
        add_failed_run(parts, episode, run)
    path = parts.episodes.path("run-0b")
    with parts.episode("run-0b") as reader:
        other = reader.episode.model_copy(update={"prompt_set": "ps-2"})
    parts.episodes.register(other, path)
    page = choose(open_page("policies", view="scorecard"), "scorecard_view", "Side by side")
    assert not page.exception
    assert list(page.dataframe[0].value.iloc[0]) == ["calls", "1", "1", "+0"]


def test_demonstrations_are_counted_when_asked_for(open_page, parts) -> None:
    """They are read as the page opens; the filter by actor shows them."""
    add_demonstration(parts)
    page = open_page("policies", view="scorecard", actor="human")
    assert not page.exception
    assert list(page.dataframe[0].value["policy"]) == ["planner"]


def test_the_address_says_what_is_counted_and_shown(open_page, parts) -> None:
    """A view and 'by anybody' are kept in the address; what fits nothing is kept there too."""
    add_failed_run(parts)
    page = open_page("policies", view="scorecard", show="Callers", actor="any")
    assert not page.exception
    assert page.button_group(key="scorecard_view").value == "Callers"
    assert page.selectbox(key="scorecard_actor").value is None
    assert page.query_params["actor"] == "any"
    page = page.selectbox(key="scorecard_actor").select("human").run()
    assert "No ended episode fits" in page.info[0].value
    assert page.query_params["actor"] == "human"
    page = page.run()
    assert page.selectbox(key="scorecard_actor").value == "human"
    assert page.query_params["show"] == "Callers"
