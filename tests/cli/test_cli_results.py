"""What each command answers: JSON alone on stdout with --json, words without, and the exit code of success."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from typer.main import get_command

import cli
from commands.frame import LOOP
from flows.label import labels
from flows.prompt import prompts
from tests.builders import make_episode
from tests.test_docs import commands
from tests.workspaces import add_demonstration, add_failed_run
from tools.source_files import ROOT
from traces.model import Observation
from traces.writer import EpisodeWriter

COMMANDS = dict(commands(get_command(cli.app)))


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_shows_an_example(run, name):
    """`--help` ends well and shows a line that could be typed."""
    told = run(*name.split(), "--help")
    assert told.code == 0
    assert f"cli.py {name}" in told.out


def test_commands_are_listed_in_the_order_of_the_work(run):
    """Who reads the help from the top begins with what one begins with; no command is missing from the order."""
    group = get_command(cli.app)
    assert set(group.commands) == set(LOOP)
    told = run("--help").out
    places = [told.index(f"│ {name} ") for name in LOOP]
    assert places == sorted(places)


def test_every_command_that_answers_takes_json():
    """There is no command without --json."""
    assert [name for name, one in COMMANDS.items() if not any("--json" in p.opts for p in one.params)] == []


@pytest.fixture(name="filled")
def filled_fixture(parts):
    demo = add_demonstration(parts)
    labels.accept(parts, demo, "me")
    prompts.build(parts)
    add_failed_run(parts)
    return parts


def test_the_workspace_is_described(run, filled, home):
    """`workspace info` names the folder and counts what is in it."""
    facts = run("workspace", "info", "--json").json
    assert facts["workspace"] == str(home)
    assert (facts["episodes"], facts["demonstrations"], facts["prompt_sets"]) == (2, 1, 1)
    assert str(home) in run("workspace", "info").out


def test_the_catalogue_is_rebuilt_from_files_and_labels(run, filled):
    """A lost row comes back with the depth its labels give; a damaged file is named and makes it 3."""
    filled.episodes.catalogue.remove("demo1", "run-0a")
    told = run("workspace", "rebuild", "--json")
    assert (told.code, told.json) == (0, {"episodes": 2, "left_out": []})
    assert filled.episodes.catalogue.get("demo1")["max_depth"] == 3
    filled.episodes.path("run-0a").write_bytes(b"rubbish")
    told = run("workspace", "rebuild", "--json")
    assert told.code == 3
    assert told.json["episodes"] == 1
    assert "run-0a" in told.json["left_out"][0]["reason"]


def test_episodes_are_listed_and_filtered(run, filled):
    """Newest first; filters leave those that fit; the total counts all that do."""
    everything = run("episodes", "list", "--json").json
    assert [row["id"] for row in everything["episodes"]] == ["run-0a", "demo1"]
    assert run("episodes", "list", "--actor", "human", "--json").json["total"] == 1
    assert run("episodes", "list", "--status", "failed", "--json").json["episodes"][0]["id"] == "run-0a"
    assert run("episodes", "list", "--text", "ana@x", "--json").json["total"] == 1
    assert run("episodes", "list", "--run", "none", "--json").json == {"episodes": [], "total": 0}
    assert len(run("episodes", "list", "--limit", "1", "--json").json["episodes"]) == 1
    assert run("episodes", "list", "--limit", "1").out.splitlines()[-1] == "1 of 2 episodes"


def test_an_episode_is_shown_as_documented(run, filled):
    """Header, steps and frames; the labels can be named."""
    facts = run("episode", "show", "demo1", "--json").json
    assert facts["episode"]["max_depth"] == 3
    assert [frame["depth"] for frame in facts["frames"]] == [1, 2, 3, 3]
    run_id = filled.labels.runs("demo1")[0].id
    assert (
        run("episode", "show", "demo1", "--label-ref", f"run:{run_id}", "--json").json["label_ref"] == f"run:{run_id}"
    )
    assert "▸ fill_text [Username] [ana]" in run("episode", "show", "demo1").out


@pytest.mark.parametrize("flag", [(), ("--json",)])
def test_a_dump_holds_every_text(run, filled, flag):
    """Observations unpacked, with or without --json."""
    dump = run("episode", "dump", "demo1", *flag).json
    assert any("textbox 'Username' value='ana'" in seen["text"] for seen in dump["observations"].values())
    assert len(dump["steps"]) == 4


def test_half_a_character_of_a_page_does_not_break_the_json(process, parts):
    """What a page wrote that no text may hold is escaped."""
    observation = Observation(url="http://site.test/", title="t", text="[1] text 'half \ud83d'")
    with EpisodeWriter.create(parts.workspace.episodes_dir, make_episode(id="odd1")) as writer:
        writer.put_observation(observation)
        parts.episodes.register_file(writer.seal())
    dump = process("episode", "dump", "odd1", "--json").json
    assert observation.text in dump["texts"].values()
    assert [seen["text"] for seen in dump["observations"].values()] == [observation.text]


def test_demonstrations_are_labelled_one_or_all(run, parts):
    """Proposals alone leave them to review; --accept decides them."""
    for episode, name in (("demo1", "ana"), ("demo2", "bob")):
        add_demonstration(parts, episode, name)
    first = run("label", "demo1", "--json").json
    assert [(one["episode"], one["accepted"]) for one in first["labelled"]] == [("demo1", False)]
    assert labels.to_review(parts) == ["demo1", "demo2"]
    every = run("label", "--all", "--accept", "--author", "Zoë", "--json").json
    assert sorted(one["episode"] for one in every["labelled"]) == ["demo1", "demo2"]
    assert labels.to_review(parts) == []
    assert "3 calls accepted: fill_form" in run("label", "demo1", "--accept").out


def test_labelling_all_goes_on_past_a_damaged_file(run, parts):
    """The others are labelled, the message names the file, and the code says that something was left out."""
    for episode in ("demo1", "demo2"):
        add_demonstration(parts, episode)
    parts.episodes.path("demo2").write_bytes(b"rubbish")
    told = run("label", "--all", "--json")
    assert told.code == 3
    assert [one["episode"] for one in told.json["labelled"]] == ["demo1"]
    assert told.json["left_out"][0]["episode"] == "demo2"


def test_prompts_are_built(run, parts):
    """The set that is told is the newest in the workspace."""
    labels.accept(parts, add_demonstration(parts), "me")
    facts = run("prompts", "build", "--json").json
    assert parts.labels.prompt_set("latest").id == facts["prompt_set"]
    assert sum(row["examples"] for row in facts["policies"]) == facts["examples"]
    assert run("prompts", "build", "--task", "desk:sign-up", "--policies", "crm", "--json").json["policy_set"] == "crm"


def test_episodes_go_out_and_come_in(run, filled, tmp_path, monkeypatch):
    """An exported file is imported into another workspace; what cannot be read is refused with code 3."""
    facts = run("export", "demo1", "--to", tmp_path / "out.episode", "--json").json
    assert facts["bytes"] == (tmp_path / "out.episode").stat().st_size
    monkeypatch.setenv("STEPSCOPE_HOME", str(tmp_path / "other"))
    first = run("import", tmp_path / "out.episode", "--json")
    assert (first.code, [one["id"] for one in first.json["episodes"]]) == (0, ["demo1"])
    (tmp_path / "bad.episode").write_text("rubbish")
    told = run("import", tmp_path / "out.episode", tmp_path / "bad.episode", "--json")
    assert told.code == 3
    assert told.json["episodes"] == first.json["episodes"]
    assert [one["path"] for one in told.json["skipped"]] == [str(tmp_path / "bad.episode")]


def test_deleting_says_what_refers_to_the_episode_first(run, filled):
    """The plan is on stderr, the result on stdout, and the frozen prompt set stays."""
    made = filled.labels.prompt_set("latest")
    told = run("episode", "delete", "demo1", "--yes", "--json")
    assert told.json["deleted"] is True
    assert told.json["prompt_sets"] == [made.id]
    assert f"prompt set {made.id} was made from it" in told.err
    assert run("episode", "show", "demo1", "--json").code == 4
    assert filled.labels.prompt_set("latest") == made


@pytest.mark.parametrize(("answer", "left"), [("y\n", 1), ("n\n", 2), (None, 2)])
def test_without_yes_deleting_asks(run, filled, answer, left):
    """Anything but a yes, no answer at all included, deletes nothing and ends with 130."""
    told = run("episode", "delete", "demo1", answer=answer)
    assert told.code == (0 if left == 1 else 130)
    assert "Delete it?" not in told.out
    assert filled.episodes.catalogue.search().total == left


def test_a_declined_deletion_is_json_too(process, filled):
    """The result says that nothing was deleted; the question itself is on stderr."""
    told = process("episode", "delete", "demo1", "--json", answer="n\n")
    assert told.code == 130
    assert told.json["deleted"] is False
    assert "Delete it?" in told.err


def test_as_a_process_stdout_is_json_alone(process, filled):
    """Also with every warning made an error; progress goes to stderr."""
    told = process("workspace", "rebuild", "--json")
    assert told.json == {"episodes": 2, "left_out": []}
    first, last = told.err.splitlines()
    assert first.startswith("Reading episode files: 1 of 2")
    assert last.startswith("Reading episode files: 2 of 2")
    assert told.code == 0


def test_a_reader_that_goes_away_is_no_error(process, filled):
    """`episodes list | head -1` ends without a traceback."""
    command = f"{sys.executable} cli.py episode dump demo1 | head -c 1"
    done = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "{"
    assert "Traceback" not in done.stderr
    assert json.loads(process("episodes", "list", "--json").out)["total"] == 2


def test_a_run_of_another_program_is_imported(process, tmp_path):
    """Warnings leave the code at 0; the keys are those promised and no others; the same again is the same."""
    rows = [
        {"objective": "Find it", "action": "fly [1]", "observation": "[1] link 'It'", "url": "http://a.test/"},
        {"objective": "Find it", "action": "stop [it]", "observation": "[1] link 'It'", "done": True, "success": 1.0},
    ]
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "log").write_text(json.dumps({"trajectory": rows}))
    (tmp_path / "runs" / "notes.txt").write_text("mine")
    told = process("import", tmp_path / "runs", "--json")
    assert told.code == 0
    assert set(told.json) == {"episodes", "skipped"}
    (one,) = told.json["episodes"]
    assert set(one) == {"id", "format", "steps", "max_depth", "warnings"}
    assert (one["format"], one["steps"], one["max_depth"]) == ("step", 2, 1)
    assert [set(warned) for warned in one["warnings"]] == [{"position", "message"}]
    assert one["warnings"][0]["position"] == 0
    again = process("import", tmp_path / "runs" / "log", "--json")
    assert (again.code, again.json["episodes"]) == (0, told.json["episodes"])
    shown = process("episode", "show", one["id"], "--json").json
    assert [step["kind"] for step in shown["steps"]] == ["invalid", "pop"]
