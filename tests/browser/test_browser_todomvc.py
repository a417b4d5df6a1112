"""TodoMVC: tasks by seed, judged from what any framework draws; here a page of our own stands for an app."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser.environment import PageEnvironment, check_environment, make_environment
from browser.errors import EnvironmentFailed, UnknownEnvironment
from browser.session import BrowserSession
from browser.todomvc import APPS, Wish, wish
from tests.browser.eyes import node
from tests.todo_app import fetched
from traces.actions import Action
from traces.observation_text import parse_observation


@pytest.fixture
def todo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, session: BrowserSession) -> Iterator[PageEnvironment]:
    """The app in the place of one that was fetched."""
    monkeypatch.setenv("STEPSCOPE_CACHE", str(tmp_path))
    fetched(tmp_path)
    environment = make_environment("todomvc:vanillajs", session, pictures=False)
    yield environment
    environment.close()


@given(st.integers(0, 10**9))
def test_a_seed_asks_the_same_for_four_different_items(seed: int):
    """Three are there, one of which is to be completed; one is to be added."""
    asked = wish(seed)
    assert asked == wish(seed)
    assert len({*asked.items, asked.added}) == 4
    assert asked.completed in asked.items
    assert asked.objective == f'Add the todo "{asked.added}" and then mark "{asked.completed}" as completed'


WISH = Wish(("a", "b", "c"), "d", "b")


@pytest.mark.parametrize(
    ("found", "reward", "detail"),
    [
        ({"a": False, "b": True, "c": False, "d": False}, 1.0, "added and completed"),
        ({"a": False, "b": False, "c": False, "d": False}, 0.5, "not completed"),
        ({"a": False, "b": True, "c": False}, 0.5, "not added"),
        ({"a": False, "b": False, "c": False}, 0.0, "not added, not completed"),
        ({"a": True, "b": True, "c": False, "d": False}, 0.0, "the rest of the list differs"),
        ({}, 0.0, "not added, not completed"),
    ],
)
def test_the_list_must_be_exactly_as_asked(found: dict[str, bool], reward: float, detail: str):
    """Half for one of the two things alone; nothing else may have changed."""
    outcome = WISH.judged(found)
    assert (outcome.success, outcome.reward, outcome.detail) == (reward == 1, reward, detail)


@pytest.mark.browser
def test_an_app_is_filled_worked_and_judged(todo: PageEnvironment):
    """Its items are there and nothing else of the last episode; the web is out of reach; success is what is drawn."""
    todo.reset(1)
    start, asked = todo.reset(2), wish(2)
    seen = start.view.observation
    assert (start.objective, seen.title) == (asked.objective, "Todos, alone")
    assert todo.outcome().detail == "not added, not completed"
    added = todo.act(Action("type", (node(seen, "textbox", "What needs to be done?").id, asked.added, "1")))
    assert todo.outcome().detail == "not completed"
    lines = parse_observation(added.view.observation.text)
    ticks = [line.id for line in lines if line.role == "checkbox"]
    todo.act(Action("click", (ticks[asked.items.index(asked.completed)],)))
    assert todo.outcome().success


@pytest.mark.browser
def test_an_app_that_takes_nothing_is_an_error(todo: PageEnvironment, tmp_path: Path):
    """Told before the episode begins, not as its failure."""
    (tmp_path / "todomvc" / "examples" / "vanillajs" / "index.html").write_text(
        "<input autofocus><ul></ul>", encoding="utf-8"
    )
    with pytest.raises(EnvironmentFailed, match="could not be made ready"):
        todo.reset(1)


def test_what_was_not_fetched_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """And how to get it; an app there is not is another matter."""
    monkeypatch.setenv("STEPSCOPE_CACHE", str(tmp_path))
    with pytest.raises(EnvironmentFailed, match="environments add todomvc"):
        check_environment(f"todomvc:{APPS[0]}")
    with pytest.raises(UnknownEnvironment, match="no TodoMVC app 'excel'"):
        check_environment("todomvc:excel")
