"""Proposing, accepting and what waits for review; the catalogue follows the labels."""

import pytest

from flows.label import labels
from labeling.errors import NothingToLabel, ReviewError, UnknownLabel
from labeling.model import ReviewEvent
from policies.errors import UnknownSet
from server.people import track_of
from store.errors import NotFound
from tests.builders import Recording
from tests.workspaces import add_demonstration, add_failed_run, write

CALLS = ["fill_form [Username: ana; E-mail: ana@x.org]", "fill_text [Username] [ana]", "fill_text [E-mail] [ana@x.org]"]


def take(parts, episode=None, *, every=False, accept=False, author="me", policy_set="web"):
    return labels.propose_and_accept(
        parts, episode, every=every, policy_set=policy_set, accept=accept, author=author
    )  # fmt: skip


def test_the_rules_propose_calls_that_wait_for_a_decision(parts):
    """A proposal is kept as a label run, and nobody's track is begun by it."""
    demo = add_demonstration(parts)
    made = take(parts, demo)["labelled"]
    assert [one["segments"] for one in made] == [CALLS]
    assert [run.id for run in parts.labels.runs(demo)] == [made[0]["run"]]
    assert {segment.state for segment in parts.labels.run(made[0]["run"]).tree.segments} == {"pending"}
    assert parts.workspace.tracks() == []
    assert labels.to_review(parts) == [demo]


def test_proposing_again_keeps_one_proposal(parts):
    """Equal proposals are one label run."""
    demo = add_demonstration(parts)
    assert labels.propose(parts, demo).id == labels.propose(parts, demo).id == labels.proposed(parts, demo).id
    assert parts.workspace.count("label_run") == 1


def test_accepting_decides_everything_in_one_gesture(parts):
    """The labels go to the author's track, nothing waits any more, and one undo takes it back."""
    demo = add_demonstration(parts)
    take(parts, demo, accept=True, author="Zoë")
    track = track_of("Zoë")
    state = parts.desk().open(demo, track)
    assert {segment.state for segment in state.tree.segments} == {"accepted"}
    assert labels.to_review(parts) == []
    parts.desk().do(state, "undo", {}, "Zoë")
    assert labels.to_review(parts) == [demo]


def test_accepting_twice_adds_nothing(parts):
    """Where nothing is pending no event is stored."""
    demo = add_demonstration(parts)
    labels.accept(parts, demo, "me")
    before = parts.workspace.events(demo, "me")
    labels.accept(parts, demo, "me")
    assert parts.workspace.events(demo, "me") == before


def test_somebody_elses_decision_is_enough_and_ones_own_doubt_is_not_counted(parts):
    """A demonstration waits as long as no track is wholly decided."""
    demo = add_demonstration(parts)
    parts.desk().begin(labels.proposed(parts, demo), "anna", "anna")
    assert labels.to_review(parts) == [demo]
    labels.accept(parts, demo, "zoe")
    assert labels.to_review(parts) == []


def test_only_ended_demonstrations_with_steps_wait(parts):
    """Runs, empty recordings and recordings that still run are nobody's to review."""
    add_failed_run(parts)
    parts.episodes.register_file(write(parts.workspace.episodes_dir, Recording("Nothing", "empty1")))
    running = write(parts.workspace.episodes_dir, Recording("Still", "live1", fields={"status": "running"}), seal=False)
    parts.episodes.register_file(running)
    assert labels.to_review(parts) == []
    with pytest.raises(NothingToLabel, match="no demonstration"):
        take(parts, every=True)


def test_a_run_has_its_calls_already(parts):
    """Labelling a run is refused in words and leaves no label run behind."""
    with pytest.raises(NothingToLabel, match="is a run"):
        take(parts, add_failed_run(parts))
    assert parts.workspace.count("label_run") == 0


def test_of_all_demonstrations_a_damaged_one_is_left_out(parts):
    """The others are labelled; the message names the one that was not."""
    good, bad = add_demonstration(parts, "good"), add_demonstration(parts, "bad")
    parts.episodes.path(bad).write_bytes(b"no episode")
    result = take(parts, every=True, accept=True)
    assert [one["episode"] for one in result["labelled"]] == [good]
    assert len(result["left_out"]) == 1
    assert result["left_out"][0]["episode"] == bad
    assert "left out: bad" in labels.said(result)
    assert "3 calls accepted" in labels.said(result)


def test_unknown_names_are_refused_before_anything_is_done(parts):
    """An unknown policy set or episode changes nothing."""
    demo = add_demonstration(parts)
    with pytest.raises(UnknownSet):
        take(parts, every=True, policy_set="nope")
    with pytest.raises(NotFound):
        take(parts, "nobody")
    assert parts.workspace.count("label_run") == 0
    assert demo in labels.to_review(parts)


def test_a_track_that_does_not_fit_counts_as_undecided(parts):
    """Events that name a proposal nobody has do not keep the list from being made."""
    demo = add_demonstration(parts)
    event = ReviewEvent(
        number=0, id="e", episode=demo, track="me", actor="me", at=0.0, base=0, gesture="g", op="adopt",
        payload={"run": "run-gone", "segments": []}, inverse={},
    )  # fmt: skip
    parts.labels.append(event)
    assert labels.to_review(parts) == [demo]


def test_the_catalogue_says_how_deep_the_labels_go(parts):
    """Depth and number of calls follow every proposal and decision, and are the same after a rebuild."""
    demo, plain = add_demonstration(parts), add_demonstration(parts, "plain")
    row = parts.episodes.catalogue.get
    assert (row(demo)["max_depth"], row(demo)["n_frames"]) == (1, 0)
    labels.accept(parts, demo, "me")
    assert (row(demo)["max_depth"], row(demo)["n_frames"]) == (3, 4)
    state = parts.desk().open(demo, "me")
    form = next(segment for segment in state.tree.segments if segment.policy == "fill_form")
    parts.desk().do(state, "unwrap", {"segment": form.id}, "me")
    assert (row(demo)["max_depth"], row(demo)["n_frames"]) == (2, 3)
    kept = [{k: v for k, v in row(one).items() if k != "heartbeat"} for one in (demo, plain)]
    assert parts.catch_up(again=True) == (2, [])
    assert [{k: v for k, v in row(one).items() if k != "heartbeat"} for one in (demo, plain)] == kept
    assert len(parts.frames(demo)) == row(demo)["n_frames"]


def test_blind_labels_under_way_are_not_read_by_their_address(parts):
    """Replay is refused the track by name until it is handed in."""
    demo = add_demonstration(parts)
    run = labels.propose(parts, demo)
    state = parts.desk().begin_blind(run, "bob", "Bob")
    with pytest.raises(ReviewError, match="not handed in"):
        parts.frames(demo, "track:blind:bob")
    parts.desk().do(state, "hand_in", {}, "Bob")
    assert len(parts.frames(demo, "track:blind:bob")) == 1


def test_labels_of_another_episode_are_not_shown_over_this_one(parts):
    """An address that names them is told that there are none."""
    demo, other = add_demonstration(parts), add_demonstration(parts, "other")
    run = labels.propose(parts, other)
    with pytest.raises(UnknownLabel, match="names no labels of episode"):
        parts.frames(demo, f"run:{run.id}")
