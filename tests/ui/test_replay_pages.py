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
