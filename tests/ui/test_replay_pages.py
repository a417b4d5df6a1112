"""The screens Episodes and Replay as scripts: empty, filtered, and with an episode chosen."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from traces.catalogue import row_of
from traces.model import Episode
from ui.episode_rows import shown, took
from wiring import Parts

pytestmark = pytest.mark.app
APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture(name="parts")
def parts_fixture(tmp_path, monkeypatch):
    monkeypatch.setenv("STEPSCOPE_HOME", str(tmp_path))
    st.cache_resource.clear()
    parts = Parts(tmp_path)
    yield parts
    parts.close()
    from ui.resources import resources

    resources().close()
    st.cache_resource.clear()


def put(parts, episode_id, **fields):
    """An episode that is known to the catalogue."""
    facts = {
        "objective": f"Objective of {episode_id}",
        "actor": "agent",
        "status": "failed",
        "started": 1.7e9,
        **fields,
    }
    parts.episodes.catalogue.put(row_of(Episode(id=episode_id, **facts), f"episodes/{episode_id}.episode"))


def page(name, **query):
    test = AppTest.from_file(str(APP), default_timeout=20).run().switch_page(f"pages/{name}.py")
    for key, value in query.items():
        test.query_params[key] = value
    return test.run()


@pytest.mark.parametrize("name", ["episodes", "replay"])
def test_an_empty_workspace_says_what_to_do(parts, name):
    """Without episodes both screens say so and point to recording and to the examples."""
    shown_page = page(name)
    assert not shown_page.exception
    assert [heading.value for heading in shown_page.subheader] == ["No episodes yet"]


def test_episodes_lists_and_filters(parts):
    """Every episode is a row; a filter leaves those that fit, the newest first."""
    put(parts, "one", task="login-user", started=1.7e9)
    put(parts, "two", task="choose-date", actor="human", status="success", started=1.8e9)
    listed = page("episodes")
    assert not listed.exception
    assert list(listed.dataframe[0].value["objective"]) == ["Objective of two", "Objective of one"]
    listed.selectbox(key="episodes_status").select("failed").run()
    assert list(listed.dataframe[0].value["objective"]) == ["Objective of one"]
    listed.text_input(key="episodes_text").input("no such words").run()
    assert "No episode fits these filters" in listed.info[0].value


def test_filters_can_be_sent_as_an_address(parts):
    """Opening the list with filters in its address shows the filtered list."""
    put(parts, "one", task="login-user")
    put(parts, "two", task="choose-date")
    listed = page("episodes", task="choose-date")
    assert list(listed.dataframe[0].value["objective"]) == ["Objective of two"]


def test_more_than_a_page_is_shown_in_pages(parts):
    """A hundred rows are sent at a time, however many there are; the number of all is told."""
    for number in range(130):
        put(parts, f"e{number:03}", started=1.7e9 + number)
    listed = page("episodes")
    assert len(listed.dataframe[0].value) == 100
    assert any("130 episodes" in caption.value for caption in listed.caption)


def test_replay_without_an_episode_offers_the_newest(parts):
    """The screen opened by itself offers episodes instead of an error."""
    put(parts, "one")
    chosen = page("replay")
    assert not chosen.exception
    assert any("Objective of one" in button.label for button in chosen.button)


def test_replay_mounts_the_component_for_the_episode(parts):
    """With an episode in the address nothing else is drawn than the component, which has its own heading."""
    put(parts, "one")
    mounted = page("replay", episode="one")
    assert not mounted.exception
    assert not mounted.title
    assert not mounted.button


def test_a_row_says_who_how_and_how_long():
    """Cells are words with their units; the end is told by a sign and a word."""
    facts = {"objective": "x", "actor": "human", "author": "ana", "status": "failed", "end_reason": "step_limit"}
    episode = Episode(id="e", started=1.7e9, ended=1.7e9 + 185, task="login-user", seed=3, **facts)
    cells = shown(row_of(episode, "e.episode"))
    assert cells["status"] == "✕ failed · step limit"
    assert cells["by"] == "ana"
    assert cells["task"] == "login-user · seed 3"
    assert cells["took"] == "3 min 5 s"
    assert took(1.7e9, None) is None
