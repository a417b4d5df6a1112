"""Normalising a sealed demonstration again: a new derivation beside the old one, labels carried over by uid."""

from __future__ import annotations

import json

import pytest

from browser.recorder.events import Hover, Key, Press, Release, body_of
from browser.recorder.normalise import VERSION, Rules, normalise
from flows import shown
from flows.label import labels
from flows.record import normalising
from labeling.errors import TreeError
from store.errors import StoreError
from tests.browser_recorder.raw_log import field, gate, log, settled
from tests.builders import make_observation
from tests.workspaces import add_demonstration, add_failed_run
from traces.model import Derivation, Episode
from traces.reader import EpisodeReader
from traces.writer import EpisodeWriter

UP = Release(x=1, y=1)
SPLIT = Rules(merge_focus=False)
PAGE = """
[1] textbox 'Name'{value}
[2] button 'Send'
[3] link 'More'
"""


def into_field(before: str, after: str):
    """A click into the field, two letters: one step, or two where focus is not merged."""
    fresh, filled = field("1"), field("1", "ab")
    return (
        Press(gate=gate("1", observation=before), x=1, y=1), UP,
        Key(gate=gate(focused=fresh, observation=before), key="a"), Key(key="b"),
        settled(filled, changed=("text",), seen=after),
    )  # fmt: skip


def add_recording(parts, episode_id="rec1", *, seal=True) -> str:
    """Somebody rests on a link, fills in a field and sends it; with its raw log."""
    header = Episode(id=episode_id, actor="human", objective="Send ab as name", status="running", started=1_700_000_000)
    folder = parts.workspace.episodes_dir
    with EpisodeWriter.create(folder, header) as writer:
        empty = writer.put_observation(make_observation(PAGE.format(value="")))
        full = writer.put_observation(make_observation(PAGE.format(value=" value='ab'")))
        send = (Press(gate=gate("2", observation=full), x=1, y=1), UP, settled(changed=("text",), seen=full))
        rest = Hover(gate=gate("3", observation=empty), x=2, y=2)
        events = log(rest, *into_field(empty, full), *send)
        for raw in events:
            writer.raw(raw.event.kind, raw.at, body_of(raw.event))
        writer.put_derivation(Derivation(number=1, normaliser=VERSION, settings=Rules().model_dump(), created=1.0))
        reading = normalise(episode_id, events)
        for step in reading.steps:
            writer.append(step)
        if not seal:
            return episode_id
        path = writer.seal(status="success", n_steps=len(reading.steps))
    return parts.episodes.register_file(path).id


def actions(parts, episode, derivation=None):
    with parts.episode(episode) as reader:
        return [step.action for step in reader.steps(derivation)]


def test_other_settings_make_a_new_derivation_and_leave_the_old_one(parts):
    """Steps, header, skeleton and catalogue are the new reading's; first derivation and log stay."""
    demo = add_recording(parts)
    with parts.episode(demo) as reader:
        before, raw = reader.steps(1), reader.raw()
    assert [step.action for step in before] == ["type [1] [ab] [0]", "click [2]"]
    told = normalising.again(parts, demo, SPLIT)
    assert (told["changed"], told["derivation"], told["settings"]["merge_focus"]) == (True, 2, False)
    with parts.episode(demo) as reader:
        assert reader.sealed
        assert reader.steps(1) == before
        assert reader.raw() == raw
        assert [d.number for d in reader.derivations()] == [1, 2]
        assert [step.action for step in reader.steps()] == ["click [1]", "type [1] [ab] [0]", "click [2]"]
        assert reader.skeleton()["steps"]["action"] == ["click [1]", "type [1] [ab] [0]", "click [2]"]
        assert reader.episode.n_steps == 3
    assert parts.episodes.catalogue.get(demo)["n_steps"] == 3
    assert not list(parts.workspace.episodes_dir.glob("*-wal"))
    assert "has 3 steps" in normalising.said(told)


def test_equal_settings_make_nothing(parts):
    """The file stays as it is to the byte, and that nothing changed is said."""
    demo = add_recording(parts)
    path = parts.episodes.path(demo)
    before = path.read_bytes()
    told = normalising.again(parts, demo, Rules())
    assert (told["changed"], told["derivation"], told["labels"]) == (False, 1, [])
    assert path.read_bytes() == before
    assert "Nothing was changed" in normalising.said(told)


def test_going_back_to_the_first_settings_is_a_third_derivation(parts):
    """It has the steps and uids of the first, since the log is the same."""
    demo = add_recording(parts)
    normalising.again(parts, demo, SPLIT)
    assert normalising.again(parts, demo, Rules())["derivation"] == 3
    with parts.episode(demo) as reader:
        assert reader.steps(3) == reader.steps(1)


def test_hovers_come_with_their_setting(parts):
    """A hover that revealed nothing is a step only where all are kept."""
    demo = add_recording(parts)
    told = normalising.again(parts, demo, Rules(keep_hover="all"))
    assert [step["action"] for step in told["added"]] == ["hover [3]"]
    assert actions(parts, demo)[0] == "hover [3]"


def test_accepted_labels_go_over_to_the_new_steps(parts):
    """The track stands on the new derivation; a call whose step is two now waits for a person again."""
    demo = add_recording(parts)
    state = parts.desk().begin(labels.propose(parts, demo), "me", "me")
    uids = state.tree.uids
    for first, args in ((uids[0], {"field": "Name", "text": "ab"}),):
        payload = {"first": first, "last": first, "policy": "fill_text", "args": args}
        if not state.tree.segments:
            state = parts.desk().do(state, "wrap", payload, "me")
    state = parts.desk().accept_all(state, "me")
    told = normalising.again(parts, demo, SPLIT)
    after = parts.desk().open(demo, "me")
    assert after.tree.derivation == 2
    assert after.tree.uids == tuple(step["uid"] for step in shown.episode_facts(parts, demo, None)["steps"])
    fills = [segment for segment in after.tree.segments if segment.policy == "fill_text"]
    assert [after.tree.span(segment.id) for segment in fills] == [(0, 1)]
    assert fills[0].state == "pending"
    assert [one["segment"] for one in told["labels"][0]["review"]] == [fills[0].id]
    assert parts.labels.run(told["labels"][0]["run"]).labeller == "carried"
    assert labels.to_review(parts) == [demo]
    assert labels.accept(parts, demo, "me").decided
    assert parts.desk().open(demo, "me").undo[-1].op == "accept_all"


def test_calls_whose_steps_are_the_same_stay_accepted(parts):
    """With one more hover before them, everything else is carried over as it was decided."""
    demo = add_recording(parts)
    before = labels.accept(parts, demo, "me").tree
    told = normalising.again(parts, demo, Rules(keep_hover="all"))
    after = parts.desk().open(demo, "me").tree
    assert after.segments == before.segments
    assert len(after.uids) == len(before.uids) + 1
    assert told["labels"] == [
        {"from": "track:me", "run": told["labels"][0]["run"], "kept": len(before.segments), "review": []}
    ]
    assert shown.episode_facts(parts, demo, None)["label_ref"] == "track:me"


def test_a_call_whose_step_is_gone_is_listed(parts):
    """Going back from two steps to one, the call over the second alone cannot be kept."""
    demo = add_recording(parts)
    normalising.again(parts, demo, SPLIT)
    state = parts.desk().begin(labels.propose(parts, demo), "me", "me")
    for segment in reversed(state.tree.segments):
        state = parts.desk().do(state, "unwrap", {"segment": segment.id}, "me")
    typed = state.tree.uids[1]
    args = {"field": "Name", "text": "ab"}
    wrap = {"first": typed, "last": typed, "policy": "fill_text", "args": args}
    parts.desk().do(state, "wrap", wrap, "me")
    told = normalising.again(parts, demo, Rules())
    carried = next(one for one in told["labels"] if one["from"] == "track:me")
    assert [one["call"] for one in carried["review"]] == ["fill_text [Name] [ab]"]
    assert "not there any more" in normalising.said(told)
    assert parts.desk().open(demo, "me").tree.segments == ()


def test_a_proposal_nobody_began_is_carried_as_a_run(parts):
    """The newest label run goes over, so that Label opens on the new steps."""
    demo = add_recording(parts)
    old = labels.propose(parts, demo)
    told = normalising.again(parts, demo, Rules(keep_hover="all"))
    run = labels.proposed(parts, demo)
    assert (run.labeller, run.derivation, run.id) == ("carried", 2, told["labels"][0]["run"])
    with pytest.raises(TreeError, match="normalised again"):
        parts.frames(demo, f"run:{old.id}")
    assert parts.frames(demo, f"run:{run.id}")[0].policy == "planner"


@pytest.mark.parametrize("which", [add_demonstration, add_failed_run])
def test_what_has_no_raw_log_is_refused(parts, which):
    """A run, or a demonstration from elsewhere, is left as it is."""
    episode = which(parts)
    before = parts.episodes.path(episode).read_bytes()
    with pytest.raises(StoreError, match="no raw log"):
        normalising.again(parts, episode, SPLIT)
    assert parts.episodes.path(episode).read_bytes() == before


def test_a_recording_that_still_runs_is_refused(parts):
    """Its one derivation is still being written."""
    demo = add_recording(parts, "live1", seal=False)
    with pytest.raises(StoreError, match="has not ended"):
        normalising.again(parts, demo, SPLIT)
    with EpisodeReader(parts.workspace.episodes_dir / "live1.episode") as reader:
        assert [d.number for d in reader.derivations()] == [1]


def test_the_result_is_json(parts):
    """What the command prints with --json can be written and read."""
    demo = add_recording(parts)
    labels.accept(parts, demo, "me")
    told = normalising.again(parts, demo, SPLIT)
    assert json.loads(json.dumps(told)) == told
