"""Deleting an episode: what refers to it, what goes, what stays."""

import pytest

from flows import deletion
from flows.label import labels
from flows.prompt import prompts
from labeling.errors import UnknownLabel
from store.errors import NotFound
from tests.workspaces import add_demonstration, add_failed_run


def test_the_plan_says_what_refers_to_the_episode(parts):
    """Tracks, label sets and prompt sets made from it are named; an episode nobody uses has none."""
    demo, other = add_demonstration(parts), add_failed_run(parts)
    labels.accept(parts, demo, "me")
    made = prompts.build(parts)
    assert deletion.plan(parts, demo) == {
        "episode": demo,
        "objective": "Sign up ana with ana@x.org",
        "tracks": ["me"],
        "label_sets": list(made.label_sets),
        "prompt_sets": [made.id],
    }
    said = deletion.said(deletion.plan(parts, demo))
    assert f"prompt set {made.id} was made from it and stays" in said
    assert "me" in said
    assert not any(deletion.plan(parts, other)[name] for name in ("tracks", "label_sets", "prompt_sets"))
    assert parts.episodes.catalogue.search().total == 2


def test_frozen_sets_stay_as_they_are(parts):
    """File, row and labels go; label set and prompt set are the same bytes as before, and are not built from again."""
    demo, kept = add_demonstration(parts), add_demonstration(parts, "kept", "bob")
    for episode in (demo, kept):
        labels.accept(parts, episode, "me")
    made = prompts.build(parts)
    frozen = parts.labels.label_set(made.label_sets[0])
    run = parts.labels.runs(demo)[0]
    path = parts.episodes.path(demo)
    deletion.delete(parts, demo)
    assert not path.exists()
    assert parts.episodes.catalogue.get(demo) is None
    assert parts.workspace.tracks() == [(kept, "me")]
    assert parts.labels.runs(demo) == ()
    with pytest.raises(UnknownLabel):
        parts.labels.run(run.id)
    assert parts.labels.prompt_set(made.id).canonical() == made.canonical()
    assert parts.labels.label_set(frozen.id) == frozen
    assert {example.episode for example in prompts.build(parts).examples} == {kept}


def test_deleting_what_is_not_there_says_so(parts):
    """Neither the plan nor the deletion invents an episode, and a path is no id."""
    outside = parts.workspace.root / "secret.episode"
    outside.write_text("mine")
    for name in ("nobody", "../secret"):
        with pytest.raises(NotFound):
            deletion.plan(parts, name)
        with pytest.raises(NotFound):
            deletion.delete(parts, name)
    assert outside.read_text() == "mine"


def test_a_damaged_episode_can_be_deleted(parts):
    """The plan says why its objective is not known."""
    demo = add_demonstration(parts)
    parts.episodes.path(demo).write_bytes(b"rubbish")
    assert "cannot be read" in deletion.plan(parts, demo)["objective"]
    deletion.delete(parts, demo)
    assert parts.catch_up(again=True) == (0, [])
