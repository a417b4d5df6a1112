"""Signals shown, confirmed and denied, looked for anew in turn, and how often each detector was right."""

from __future__ import annotations

import pytest

from analysis.signals.registry import DETECTORS, VERSION
from flows.understand import signals
from store.errors import NotFound, StoreError
from tests.builders import Recording
from tests.workspaces import add_demonstration, write
from wiring import Parts

PAGE = "[1] heading 'Shop'\n[2] link 'Orders'\n"


@pytest.fixture(name="parts")
def parts_fixture(tmp_path):
    made = Parts(tmp_path)
    yield made
    made.close()


def stuck(parts: Parts, episode: str = "run-stuck") -> str:
    """A run that pressed a link five times to no effect."""
    header = {"actor": "agent", "status": "failed", "started": 1_700_000_000.0}
    recording = Recording("Open the orders of the shop", episode, fields=header).page(PAGE, "http://shop.test/")
    for _ in range(5):
        recording.do("click [2]").page(PAGE, "http://shop.test/")
    return parts.episodes.register_file(write(parts.workspace.episodes_dir, recording)).id


def older(parts: Parts, *episodes: str) -> None:
    """Let what was found be of rules that have changed since."""
    for episode in episodes:
        body = {**parts.workspace.get("finding", episode), "version": "D1.0"}
        parts.workspace.put("finding", episode, body, episode=episode, version="D1.0")


def test_a_confirmed_signal_counts_for_its_detector(parts):
    """Confirmed, then denied, then taken back: the last word counts, for the row and for the detector's share."""
    episode = stuck(parts)
    state = signals.shown(parts, episode)
    loop = next(one for one in state["signals"] if one["detector"] == "D1")
    assert loop["confirmed"] is None
    assert state["precision"] == {}
    assert set(state["rules"]) == {one.id for one in DETECTORS}
    signals.say(parts, episode, "ana", {"kind": "signal", "text": loop["key"], "value": 1})
    after = signals.shown(parts, episode)
    assert next(one for one in after["signals"] if one["detector"] == "D1")["confirmed"] is True
    assert (after["precision"]["D1"]["confirmed"], after["precision"]["D1"]["share"]) == (1, 1.0)
    assert 0 < after["precision"]["D1"]["low"] < after["precision"]["D1"]["high"]
    signals.say(parts, episode, "bob", {"kind": "signal", "text": loop["key"], "value": 0})
    assert signals.told_precision(parts)["D1"]["denied"] == 1
    assert ",D1," not in parts.episodes.catalogue.get(episode)["signals"]
    signals.say(parts, episode, "bob", {"kind": "signal", "text": loop["key"], "value": None})
    assert signals.told_precision(parts) == {}
    assert ",D1," in parts.episodes.catalogue.get(episode)["signals"]


def test_blame_is_corrected_with_its_step(parts):
    """A person's word stands before the rule's, in the state and in the row."""
    episode = stuck(parts)
    step = signals.shown(parts, episode)["signals"][0]["steps"][0]
    signals.say(parts, episode, "ana", {"kind": "blame", "text": "environment", "step": step})
    state = signals.shown(parts, episode)
    assert (state["blame"]["blamed"], state["blame"]["by"]) == ("environment", "person")
    assert state["beginning"]["step"] == step
    assert parts.episodes.catalogue.get(episode)["blame"] == "environment"


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "signal", "text": "D1@nowhere", "value": 1},
        {"kind": "signal", "text": "D1@run-stuck-0", "value": 0.5},
        {"kind": "blame", "text": "the weather"},
        {"kind": "tag", "text": "one, two"},
        {"kind": "tag", "text": "x" * 81},
        {"kind": "note", "text": "  "},
        {"kind": "reward"},
        {"kind": "mistake", "value": 1},
        {"kind": "note", "text": "here", "step": "nowhere"},
        {"kind": "note", "text": "here", "frame": "f99"},
        {"kind": "judge", "text": "{}"},
        {"kind": "remove_note", "text": "a-0"},
    ],
)
def test_what_cannot_be_said_changes_nothing(parts, given):
    """One sentence, and no annotation."""
    episode = stuck(parts)
    with pytest.raises(StoreError):
        signals.say(parts, episode, "ana", given)
    assert parts.episodes.annotations.of(episode) == ()


def test_a_demonstration_is_not_looked_at_but_takes_notes(parts):
    """It has no signals and says so; an episode that is not there is not found."""
    episode = add_demonstration(parts)
    signals.say(parts, episode, "ana", {"kind": "tag", "text": "neat"})
    state = signals.shown(parts, episode)
    assert (state["looked"], state["signals"], state["blame"], state["tags"]) == (False, [], None, ["neat"])
    assert "no agent's run" in signals.said_of(state)
    with pytest.raises(NotFound):
        signals.shown(parts, "nobody")


def test_a_note_is_taken_back(parts):
    """It is shown no more, and cannot be taken back twice; what was written stays in the record."""
    episode = stuck(parts)
    one = signals.say(parts, episode, "ana", {"kind": "note", "text": "one"})
    signals.say(parts, episode, "ana", {"kind": "note", "text": "two"})
    signals.say(parts, episode, "ben", {"kind": "remove_note", "text": one.id})
    assert [said["text"] for said in signals.shown(parts, episode)["annotations"]] == ["two"]
    with pytest.raises(StoreError, match="no note"):
        signals.say(parts, episode, "ben", {"kind": "remove_note", "text": one.id})
    said = [(told.kind, told.author) for told in parts.episodes.annotations.of(episode)]
    assert said == [("note", "ana"), ("note", "ana"), ("remove_note", "ben")]


def test_only_what_older_rules_found_is_looked_at_again(parts):
    """Stopped after one it goes on with the next; what is of these rules is left, but not with `every`."""
    names = [stuck(parts, f"run-{number}") for number in range(3)]
    assert signals.recompute(parts)["looked"] == 0
    older(parts, *names)
    asked = iter([False, True])
    first = signals.recompute(parts, stop=lambda: next(asked))
    assert (first["looked"], first["stopped"]) == (1, True)
    told = []
    rest = signals.recompute(parts, report=told.append)
    assert (rest["looked"], rest["kept"], rest["stopped"]) == (2, 1, False)
    assert (told[-1].done, told[-1].total) == (2, 2)
    assert all(parts.workspace.get("finding", name)["version"] == VERSION for name in names)
    assert signals.recompute(parts, every=True)["looked"] == 3
    asked = iter([False, False, True])
    assert signals.recompute(parts, every=True, stop=lambda: next(asked))["looked"] == 2
    rest = signals.recompute(parts, every=True)
    assert (rest["looked"], rest["kept"], rest["stopped"]) == (1, 2, False)
    assert signals.recompute(parts, every=True)["looked"] == 3
    assert signals.recompute(parts, names[:1], every=True)["looked"] == 1


def test_a_damaged_episode_is_left_out_and_named(parts):
    """The others are looked at all the same."""
    broken, good = stuck(parts, "run-a"), stuck(parts, "run-b")
    parts.episodes.path(broken).write_bytes(b"SQLite format 3\0" + b"rubbish" * 99)
    done = signals.recompute(parts, every=True)
    assert done["looked"] == 1
    assert [one["episode"] for one in done["left_out"]] == [broken]
    assert parts.findings.of(good) is not None
