"""Two episodes beside each other: a run and itself, demonstrations that part, a run and one with and without labels."""

from __future__ import annotations

import pytest

from flows.label import labels
from flows.understand import arms, comparing
from store.errors import NotFound
from tests.attempts import make_attempt
from tests.workspaces import SIGN_IN, URL, add_demonstration, add_failed_run, signing_up, write


def positions(told, side):
    """Which steps of a side the pairs hold, in order."""
    return [pair[side] for pair in told["pairs"] if pair[side] is not None]


@pytest.fixture(name="other")
def other_fixture(parts):
    """A demonstration like `signing_up` that presses Send before the e-mail is typed."""
    recording = signing_up("demo2")
    recording.page(SIGN_IN.format(user="", mail=""), URL)
    path = write(parts.workspace.episodes_dir, recording.do("click [5]"))
    return parts.episodes.register_file(path).id


def test_a_run_beside_itself_never_parts(parts) -> None:
    """Every step has its pair, no call is missing."""
    run = add_failed_run(parts)
    told = comparing.compare(parts, run, run)
    assert told["first"] is None
    assert told["said"] == "Both did the same, step by step."
    assert {one["in"] for one in told["frames"]} == {"both"}
    assert all(pair["a"] == pair["b"] for pair in told["pairs"])
    said, _, heading, *calls = comparing.text(told).split("\n")
    assert said == told["said"]
    assert heading.split() == ["A", "B", "B", "-", "A"]
    assert [line.split()[-5:] for line in calls] == [[acts, "acts", acts, "acts", "+0"] for acts in ("2", "1")]


def test_where_two_demonstrations_part_is_said(parts, other) -> None:
    """The one that goes on has a step more; all steps are in the pairs once."""
    demo = add_demonstration(parts)
    told = comparing.compare(parts, demo, other)
    assert positions(told, "a") == list(range(4))
    assert positions(told, "b") == list(range(5))
    assert told["counts"]["only_b"] == 1
    first = told["pairs"][told["first"]]
    assert (first["a"], first["b"], first["counts"]) == (None, 4, True)
    assert told["said"].startswith("The same for 4 steps, then only B has step 5")


def test_another_order_is_told(parts) -> None:
    """Both type the same in two fields, the other first: each pair says where the other side does its step."""
    demo, turned = add_demonstration(parts), signing_up("demo3", mail_first=True)
    path = write(parts.workspace.episodes_dir, turned)
    told = comparing.compare(parts, demo, parts.episodes.register_file(path).id)
    pairs = told["pairs"]
    assert any(pair["moved"] != [None, None] for pair in pairs)
    for at, pair in enumerate(pairs):
        there, here = pair["moved"]
        if there is not None:
            assert told["a"]["sentences"][pair["a"]] == told["b"]["sentences"][pairs[there]["b"]]
            assert pairs[there]["moved"][1] == at
        if here is not None:
            assert pairs[here]["moved"][0] == at
    assert "is step 2 of B" in comparing.text(told) or "is step 1 of B" in comparing.text(told)


def test_beside_a_demonstration_a_runs_calls_are_set_aside(parts) -> None:
    """They are in their places between the page actions, and are no difference."""
    run, demo = add_failed_run(parts), add_demonstration(parts)
    told = comparing.compare(parts, run, demo)
    kinds = [pair["aside"] for pair in told["pairs"] if pair["a"] is not None]
    assert positions(told, "a") == list(range(len(told["a"]["uids"])))
    assert kinds[0] is True
    assert told["counts"]["aside"] == sum(kinds)
    assert not any("calls" in pair["differs"] for pair in told["pairs"])


def test_labels_give_the_demonstration_its_calls(parts) -> None:
    """Which policies are open is compared then, and the calls stand beside the run's."""
    run, demo = add_failed_run(parts), add_demonstration(parts)
    labels.accept(parts, demo, "me")
    told = comparing.compare(parts, run, demo)
    assert told["b"]["label_ref"] == "track:me"
    assert any("calls" in pair["differs"] for pair in told["pairs"])
    calls = {(one["policy"], one["in"]) for one in told["frames"]}
    assert ("planner", "both") in calls
    assert ("fill_form", "b") in calls
    both = next(one for one in told["frames"] if one["policy"] == "planner")
    assert both["apart"]["acts"] == both["b"]["acts"] - both["a"]["acts"]


def test_the_same_seed_is_offered_first(parts) -> None:
    """Then other seeds of the task; the episode itself is not."""
    add_demonstration(parts, "demo1", seed=5)
    add_demonstration(parts, "demo2", seed=3)
    run = add_failed_run(parts)
    assert [one["id"] for one in comparing.others(parts, run)] == ["demo2", "demo1"]
    assert comparing.others(parts, "nowhere") == []


def test_an_episode_that_is_not_there_is_an_error(parts) -> None:
    """One message, as everywhere."""
    with pytest.raises(NotFound):
        comparing.compare(parts, "nowhere", "nowhere")


def test_two_arms_are_a_paired_table() -> None:
    """By task who was right, with the pairs behind each number; seeds of one arm alone do not count."""
    outcomes = [("t", 0, True, True), ("t", 1, True, False), ("u", 0, False, True), ("u", 1, False, False)]
    one = [make_attempt(task=task, seed=seed, success=a, id=f"a{task}{seed}") for task, seed, a, _ in outcomes]
    other = [
        make_attempt(task=task, seed=seed, success=b, id=f"b{task}{seed}", prompt_set="ps", run="r")
        for task, seed, _, b in outcomes
    ]
    every = [*one, *other, make_attempt(task="t", seed=9)]
    assert arms.names(every) == ["demos", "demos · ps"]
    assert arms.most_in_common(every, arms.names(every)) == ("demos", "demos · ps")
    rows = arms.table(arms.of(every, "demos"), arms.of(every, "r · demos · ps"))
    assert [row["task"] for row in rows] == [arms.ALL, "t", "u"]
    assert [len(rows[0][name]) for name in arms.OUTCOMES] == [1, 1, 1, 1]
    assert rows[1]["one"] == [["at1", "bt1"]]
    assert (rows[1]["share_one"], rows[1]["share_other"], rows[0]["better"], rows[0]["worse"]) == (1.0, 0.5, 1, 1)
    assert arms.table(one, []) == []


def test_a_model_that_played_in_two_runs_is_an_arm_in_each() -> None:
    """The same model with the same prompt set is compared with itself, the older run first."""
    both = [make_attempt(run=run, seed=1) for run in ("old", "new")]
    assert arms.names(both) == ["demos", "new · demos", "old · demos"]
    assert arms.most_in_common(both, arms.names(both)) == ("old · demos", "new · demos")
