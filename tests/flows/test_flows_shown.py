"""What the command line says of an episode: the documented shape, and the same as text."""

import json

import pytest

from flows import shown
from flows.label import labels
from flows.prompt import prompts
from labeling.errors import UnknownLabel
from tests.workspaces import add_demonstration, add_failed_run

FRAME = ["id", "parent", "depth", "policy", "objective", "args", "first_step", "last_step", "returned", "end"]


@pytest.fixture(name="demo")
def demo_fixture(parts):
    demo = add_demonstration(parts)
    labels.accept(parts, demo, "me")
    return demo


def test_a_demonstration_has_the_frames_of_its_labels(parts, demo):
    """Root first at depth 1, children under it with their arguments and spans; everything is plain JSON."""
    facts = json.loads(json.dumps(shown.episode_facts(parts, demo, None)))
    assert list(facts) == ["episode", "steps", "frames", "label_ref"]
    assert facts["label_ref"] == "track:me"
    episode = facts["episode"]
    assert (episode["id"], episode["status"], episode["max_depth"]) == (demo, "success", 3)
    assert episode["objective"] == "Sign up ana with ana@x.org"
    assert episode["seed"] is None
    assert episode["cost"] is None
    assert [list(frame) for frame in facts["frames"]] == [FRAME] * 4
    root, form, user, mail = facts["frames"]
    assert (root["parent"], root["depth"], root["policy"], root["objective"]) == (
        None,
        1,
        "planner",
        episode["objective"],
    )
    assert (form["parent"], form["depth"], form["first_step"], form["last_step"]) == (root["id"], 2, 0, 2)
    assert (user["parent"], user["depth"], user["args"], user["objective"]) == (
        form["id"],
        3,
        ["Username", "ana"],
        "fill_text [Username] [ana]",
    )
    assert (mail["first_step"], mail["last_step"], mail["end"], mail["returned"]) == (1, 1, "returned", None)
    assert [step["seq"] for step in facts["steps"]] == [0, 1, 2, 3]
    assert {"uid", "kind", "action", "target", "observation_before", "reason"} <= facts["steps"][0].keys()


def test_an_unlabelled_demonstration_is_the_root_alone(parts):
    """Without labels there is one frame at depth 1 over all steps, and no reference to labels."""
    facts = shown.episode_facts(parts, add_demonstration(parts), None)
    assert facts["label_ref"] is None
    assert [(f["depth"], f["first_step"], f["last_step"]) for f in facts["frames"]] == [(1, 0, 3)]
    assert facts["episode"]["max_depth"] == 1


def test_labels_can_be_named(parts, demo):
    """A proposal, a track and a frozen set are each shown as they are; what is not there is refused."""
    run = parts.labels.runs(demo)[0]
    state = parts.desk().open(demo, "me")
    parts.desk().do(state, "unwrap", {"segment": state.tree.segments[0].id}, "me")
    frozen = prompts.build(parts).label_sets[0]
    named = (f"run:{run.id}", "track:me", f"set:{frozen}")
    assert [shown.episode_facts(parts, demo, one)["episode"]["max_depth"] for one in named] == [3, 2, 2]
    for wrong in ("run:none", "track:nobody", "set:none", "nonsense"):
        with pytest.raises(UnknownLabel):
            shown.episode_facts(parts, demo, wrong)


def test_a_run_shows_the_frames_it_wrote(parts):
    """Pushes, page actions and pops in order; the failed root is there with its end."""
    facts = shown.episode_facts(parts, add_failed_run(parts), None)
    assert facts["episode"]["status"] == "failed"
    assert [step["kind"] for step in facts["steps"]] == ["push", "act", "pop", "act", "pop"]
    assert [(f["policy"], f["depth"], f["parent"]) for f in facts["frames"]] == [
        ("planner", 1, None),
        ("fill_text", 2, "f0"),
    ]
    assert facts["label_ref"] is None


def test_the_text_puts_every_step_under_its_call(parts, demo):
    """Indentation is depth; steps count from 1, as on the screens and in `signals show`."""
    lines = shown.episode_text(shown.episode_facts(parts, demo, None)).splitlines()
    assert lines[2:7] == [
        "▸ Sign up ana with ana@x.org",
        "  ▸ fill_form [Username: ana; E-mail: ana@x.org]",
        "    ▸ fill_text [Username] [ana]",
        "        1 type 'ana' into Username",
        "    ▸ fill_text [E-mail] [ana@x.org]",
    ]
    assert lines[-1] == "    4 click button ‘Show the desk’"


def test_the_workspace_is_counted(parts, demo):
    """Each kind of thing with its number, and the bytes of the files."""
    add_failed_run(parts)
    facts = shown.workspace_facts(parts)
    assert (facts["episodes"], facts["demonstrations"], facts["runs"], facts["label_runs"]) == (2, 1, 1, 1)
    assert facts["bytes"] == sum(path.stat().st_size for path in parts.workspace.episodes_dir.iterdir())


def test_a_table_tells_how_many_there_are_in_all(parts, demo):
    """One line per row and the total, which may be more."""
    rows = parts.episodes.catalogue.search().rows
    lines = shown.episode_table(rows, 7).splitlines()
    assert len(lines) == 2
    assert "depth 3" in lines[0]
    assert lines[-1] == "1 of 7 episodes"


def test_long_texts_keep_a_table_in_columns(parts, demo):
    """A task of 200 characters and an objective of several lines take no more room than others."""
    (row,) = parts.episodes.catalogue.search().rows
    hostile = {**row, "task": "t" * 200, "objective": "one\n2 of 2 episodes\n" + "o" * 200}
    usual, odd, _ = shown.episode_table([row, hostile], 2).splitlines()
    assert odd.index("one 2 of 2") == usual.index(row["objective"][:10])
    assert len(odd) <= odd.index("one 2 of 2") + 70
