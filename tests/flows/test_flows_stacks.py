"""What the Stacks screen says and draws of a few episodes made by hand."""

from __future__ import annotations

from dataclasses import replace

from flows.understand import stacks
from tests.attempts import make_attempt


def deep(**fields):
    """An episode three calls deep."""
    return make_attempt((0, "a"), (1, "b"), **fields)


def longer_by(acts, one):
    """The same with so many more page actions."""
    root = replace(one.frames[0], acts=one.frames[0].acts + acts)
    return replace(one, frames=(root, *one.frames[1:]))


def test_the_sentences_follow_the_numbers() -> None:
    """Deep episodes of a task fail, flat ones succeed; of one task nothing is said across tasks."""
    found = [deep(success=False) for _ in range(10)] + [make_attempt() for _ in range(12)]
    across, inside, success = stacks.sentences(found)
    assert across.startswith("Across tasks nothing can be said: it takes three, and there are 1")
    assert inside.startswith("Within tasks depth or length never changes")
    assert "succeed 100 points less often" in success
    assert "1 comparison): that is more than chance" in success
    assert stacks.sentences([])[2].startswith("No policy set has a task with episodes of different depth")


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


def test_few_episodes_are_no_proof() -> None:
    """Three tasks in perfect order, and two episodes that end otherwise, could be chance; the sentences say so."""
    longer = [longer_by(0, make_attempt(task="a")), longer_by(3, deep(task="b"))]
    longer.append(longer_by(9, make_attempt((0, "a"), (1, "b"), (2, "c"), task="c")))
    across, _, _ = stacks.sentences(longer)
    assert across.startswith("Whether longer tasks are done with deeper stacks is open: rank correlation 1.00")
    assert stacks.sentences([deep(success=False), make_attempt()])[2].endswith("that could be chance.")


def test_policy_sets_are_not_mixed() -> None:
    """A flat set that fails beside a stacked one that succeeds says nothing about depth; each is told by itself."""
    found = [deep(policy_set="stacked") for _ in range(10)]
    found += [longer_by(n, make_attempt(policy_set="flat", task=f"t{n}", success=False)) for n in range(10)]
    flat, stacked, success = stacks.sentences(found)
    assert flat == "flat (10 episodes). Every episode has a greatest depth of 1, however long its task."
    assert stacked.startswith("stacked (10 episodes)")
    assert success.startswith("No policy set has a task with episodes of different depth")
    assert [(row["with"], row["depth"], row["ok"]) for row in stacks.depths(found)] == [
        ("flat", 1, 0),
        ("stacked", 3, 10),
    ]
    assert len(stacks.tasks(found)) == 11
