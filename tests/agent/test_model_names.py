"""The names of models mean one thing each, or are refused with the names there are."""

from __future__ import annotations

import pytest

from agent.errors import RunError
from agent.models.names import Named, read_name


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("demos", Named("demos")),
        ("demos+practice:0a1", Named("practised", "0a1")),
        ("openai:org/model:7b", Named("openai", "org/model:7b")),
        ("scripted:/tmp/a.json", Named("scripted", "/tmp/a.json")),
        ("replay:run-1", Named("replay", "run-1")),
        ("human:planner", Named("human", "planner")),
        ("human:choose_date, fill_text+openai:m", Named("human", "choose_date, fill_text", Named("openai", "m"))),
    ],
)
def test_names_are_read(name, named):
    """A kind, what follows it, and for a person who plays the rest."""
    assert read_name(name) == named


def test_a_person_plays_several_policies():
    """They are named with commas."""
    assert read_name("human:a, b,+demos").policies == ("a", "b")


@pytest.mark.parametrize(
    "name", ["", "gpt", "openai:", "human:", "human:+demos", "human:a+", "human:a+human:b", "demos:x"]
)
def test_what_means_nothing_is_refused(name):
    """The message lists what there is."""
    with pytest.raises(RunError, match="There is no model"):
        read_name(name)
