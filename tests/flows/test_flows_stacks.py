"""What the Stacks screen says and draws of a few episodes made by hand."""

from __future__ import annotations

from flows import stacks
from tests.attempts import make_attempt


def deep(**fields):
    """An episode three calls deep."""
    return make_attempt((0, "a"), (1, "b"), **fields)


def test_the_sentences_follow_the_numbers() -> None:
    """Deep episodes of a task fail, flat ones succeed; of one task nothing is said across tasks."""
    found = [deep(success=False) for _ in range(10)] + [make_attempt() for _ in range(12)]
    across, inside, success = stacks.sentences(found)
    assert across.startswith("Across tasks nothing can be said: it takes three, and there are 1")
    assert inside.startswith("Within tasks depth or length never changes")
    assert "succeed 100 points less often" in success
    assert "1 task)" in success
    assert stacks.sentences([])[2].startswith("No task has episodes of different depth")


def test_lines_are_sampled_and_means_are_of_all() -> None:
    """No more than so many lines; the groups that do not fit are counted."""
    found = [deep(model=f"m{number % 10}") for number in range(400)]
    told = stacks.over_time(found, "model")
    assert len(told["lines"]) <= stacks.LINES
    assert told["left_out"] == 2
    assert sum(row["n"] for row in told["profiles"]) == 320
    assert {row["group"] for row in told["lines"]} == {row["group"] for row in told["profiles"]}


def test_every_episode_is_behind_one_point() -> None:
    """By task, by length and by depth, each episode is listed once."""
    found = [deep(task="a"), make_attempt(task="b", success=False), make_attempt(task="b")]
    ids = sorted(one.id for one in found)
    for rows in (stacks.tasks(found), stacks.cells(found), stacks.depths(found)):
        assert sorted(episode for row in rows for episode in row["episodes"]) == ids
    assert [(row["depth"], row["ok"], row["n"]) for row in stacks.depths(found)] == [(1, 1, 2), (3, 1, 1)]
