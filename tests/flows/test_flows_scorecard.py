"""Facts of calls are kept when a run ends, follow labels and what people deny, and are read where they are missing."""

from __future__ import annotations

import pytest

from flows.label import labels
from flows.progress import Stopped
from flows.understand import scorecard, stack_facts
from flows.understand.stack_facts import Asked
from tests.attempts import make_attempt
from tests.workspaces import add_demonstration, add_failed_run
from traces.model import Annotation


def test_a_run_is_kept_when_it_ends(parts) -> None:
    """Nothing has to be read afterwards."""
    episode = add_failed_run(parts)
    assert stack_facts.missing(parts) == ()
    (one,) = stack_facts.attempts(parts)
    assert (one.id, [frame.policy for frame in one.frames]) == (episode, ["planner", "fill_text"])
    assert one.began_in() is not None


def test_a_demonstration_has_the_calls_of_its_labels(parts) -> None:
    """The planner alone before it is labelled; read again when labels change; taken away with the episode."""
    episode = add_demonstration(parts)
    assert stack_facts.read_all(parts) == {"read": 1, "left_out": []}
    (bare,) = stack_facts.attempts(parts, Asked(actor="human"))
    assert len(bare.frames) == 1
    labels.accept(parts, episode, "me")
    assert stack_facts.missing(parts) == (episode,)
    stack_facts.read_all(parts)
    (labelled,) = stack_facts.attempts(parts, Asked(actor="human"))
    assert labelled.max_depth == 3
    assert labelled.acts == 4
    parts.episodes.remove(episode)
    assert stack_facts.attempts(parts, Asked(actor="")) == ()
    assert parts.frame_facts.of([episode]) == {}


def test_a_signal_that_was_denied_counts_no_more(parts) -> None:
    """What a person says of the run changes what is counted."""
    episode = add_failed_run(parts)
    counted = [frame.no_effect for frame in stack_facts.attempts(parts)[0].frames]
    assert sum(counted) > 0
    for signal in parts.findings.of(episode).signals:
        said = Annotation(id=signal.key, episode=episode, kind="signal", author="ana", at=1.0, text=signal.key, value=0)
        parts.annotate(said)
    assert stack_facts.missing(parts) == ()
    assert sum(frame.no_effect for frame in stack_facts.attempts(parts)[0].frames) == 0


def test_reading_stops_and_tells_what_cannot_be_read(parts) -> None:
    """A damaged file is told and left; a stop keeps what was read."""
    add_demonstration(parts, "demo1")
    path = parts.episodes.path(add_demonstration(parts, "demo2"))
    path.write_bytes(b"no episode")
    with pytest.raises(Stopped):
        stack_facts.read_all(parts, stop=lambda: True)
    told = stack_facts.read_all(parts)
    assert told["read"] == 1
    assert [one["episode"] for one in told["left_out"]] == ["demo2"]


def test_filters_narrow_the_episodes(parts) -> None:
    """By run, by task, by who did it."""
    add_failed_run(parts)
    assert len(stack_facts.attempts(parts, Asked(run="run-7", model="scripted"))) == 1
    assert stack_facts.attempts(parts, Asked(actor="human")) == ()
    assert stack_facts.attempts(parts, Asked(task="elsewhere")) == ()


def test_two_arms_are_paired_by_task_and_seed() -> None:
    """Of several episodes of one arm on one seed the newest counts; what only one side played is left out."""
    one = [make_attempt(seed=1, id="old"), make_attempt(seed=1, id="new"), make_attempt(seed=2, id="alone")]
    other = [make_attempt(seed=1, id="theirs", model="other"), make_attempt(seed=None)]
    mine, theirs = scorecard.same_seeds(one, other)
    assert ([a.id for a in mine], [a.id for a in theirs]) == (["new"], ["theirs"])
    assert scorecard.most_in_common([*one, *other]) == ("demos", "other")


def test_call_trees_are_laid_out_below_their_callers() -> None:
    """A child lies within its caller; calls inside may count for more than their caller."""
    told = scorecard.scorecard([make_attempt((0, "form"), (1, "text"), (1, "text"), (0, "search"))])
    rows = {tuple(row["path"]): row for row in scorecard.laid_out(told["paths"], "calls")}
    assert rows["planner", "form"]["width"] == 2
    for path, row in rows.items():
        if len(path) > 1:
            above = rows[path[:-1]]
            assert above["left"] <= row["left"]
            assert row["left"] + row["width"] <= above["left"] + above["width"]


def test_what_was_counted_is_kept_until_an_episode_changes(parts) -> None:
    """The same answer as long as all is as it was; another one after a run more."""
    add_failed_run(parts, "run-a")
    before = stack_facts.now(parts)
    told = before.answer(stack_facts.EVERY, scorecard.scorecard)
    assert stack_facts.now(parts).answer(stack_facts.EVERY, scorecard.scorecard) is told
    add_failed_run(parts, "run-b")
    assert stack_facts.now(parts).answer(stack_facts.EVERY, scorecard.scorecard)["episodes"] == 2
    assert told["episodes"] == 1
