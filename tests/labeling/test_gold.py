"""The gold corpus as it is kept: whole, of real recordings, every label file a tree, the split apart."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from bench import gold
from bench.gold import EPISODES, FIRST, SECOND, demonstrations, labels, tree
from labeling.labeller import steps_to_label
from policies.library import load_set
from traces.reader import EpisodeReader
from wiring import POLICY_SET

ALL = demonstrations()
NAMES = [one.name for one in ALL]
SECONDS = sorted(path.stem for path in SECOND.glob("*.yaml"))


def family(task: str) -> str:
    """A site, or the first word of a MiniWoB++ page's name."""
    site, _, page = task.partition(":")
    return site if site != "miniwob" else f"miniwob {page.split('-')[0]}"


def test_it_is_as_large_as_promised() -> None:
    """Sixty demonstrations, forty of them for development, ten policies, fifteen nested, fifteen labelled twice."""
    policies = load_set(POLICY_SET)
    trees = [tree(name, policies) for name in NAMES]
    split = Counter(one.split for one in ALL)
    assert split["development"] >= 40
    assert split["test"] >= 20
    assert len({segment.policy for one in trees for segment in one.segments}) >= 10
    assert sum(any(segment.parent for segment in one.segments) for one in trees) >= 15
    assert len(SECONDS) >= 15


def test_the_batches_are_told_apart() -> None:
    """The test part is of the first alone, which stays as large as it was; the others are development."""
    counted = Counter((one.split, one.batch) for one in ALL)
    assert (counted["development", "1"], counted["test", "1"]) == (42, 22)
    assert {one.batch for one in demonstrations("test")} == {"1"}
    assert [counted["development", batch] for batch in ("2a", "2b", "3", "4", "5")] == [20, 18, 14, 6, 14]
    assert {one.name for one in demonstrations(batches=("2a",))} < set(NAMES)


def test_no_site_or_family_of_the_test_part_is_in_development() -> None:
    """What is measured was not seen while rules were made."""
    seen, kept = ({family(one.task) for one in demonstrations(part)} for part in ("development", "test"))
    assert seen & kept == set()


@pytest.mark.parametrize("name", NAMES)
def test_labels_are_about_the_recording(name: str) -> None:
    """The listed steps are those of the episode, in order; a person recorded it from the script beside it."""
    told = labels(name)
    with EpisodeReader(EPISODES / f"{name}.episode") as reader:
        steps = steps_to_label(reader.episode, reader.steps())
        assert reader.sealed
        assert reader.episode.actor == "human"
        assert (told.episode, told.objective) == (reader.episode.id, reader.episode.objective)
    assert [line.split(maxsplit=1)[0] for line in told.steps] == [step.uid for step in steps]
    assert all(remark.step <= len(steps) for remark in told.remarks)
    assert tree(name, load_set(POLICY_SET)).uids == tuple(step.uid for step in steps)


@pytest.mark.parametrize("name", SECONDS)
def test_the_second_labels_are_about_the_same_steps(name: str) -> None:
    """Both people labelled one recording."""
    policies = load_set(POLICY_SET)
    assert tree(name, policies, SECOND).uids == tree(name, policies, FIRST).uids


def test_a_broken_label_file_is_named(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Overlapping calls, unknown fields and too few arguments each say which file it is."""
    monkeypatch.setattr(gold, "ROOT", tmp_path)
    policies = load_set(POLICY_SET)
    begin = {"episode": "e", "objective": "o", "steps": ["a click", "b click", "c click"]}
    wrong = {
        "overlap": [{"call": "search [x]", "steps": "1-2"}, {"call": "search [y]", "steps": "2-3"}],
        "few": [{"call": "fill_text [x]", "steps": 1}],
        "beyond": [{"call": "search [x]", "steps": "3-4"}],
    }
    for name, calls in wrong.items():
        (tmp_path / f"{name}.yaml").write_text(json.dumps({**begin, "calls": calls}), encoding="utf-8")
        with pytest.raises(ValueError, match=f"{name}.yaml"):
            tree(name, policies, tmp_path)
    (tmp_path / "odd.yaml").write_text(json.dumps({**begin, "mood": "good"}), encoding="utf-8")
    with pytest.raises(ValueError, match="mood"):
        labels("odd", tmp_path)
