"""What goes wrong is one message and the documented exit code, as JSON where --json was typed; never a traceback."""

from __future__ import annotations

import json
import sqlite3

import pytest

from flows.label import labels
from flows.prompt import prompts
from tests.workspaces import add_demonstration, add_failed_run
from wiring import Parts

RUN = ("run", "--env", "miniwob:login-user")


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        (("episode", "show", "nobody"), 4, "no episode 'nobody'"),
        (("episode", "show", "../../etc/passwd"), 4, "no episode"),
        (("episode", "show", "demo1", "--label-ref", "track:nobody"), 4, "nobody"),
        (("episode", "show", "demo1", "--label-ref", "nonsense"), 4, "nonsense"),
        (("episode", "dump", "nobody"), 4, "no episode"),
        (("episode", "delete", "nobody", "--yes"), 4, "no episode"),
        (("export", "nobody", "--to", "x.json"), 4, "no episode"),
        (("export", "demo1", "--to", "/nowhere/x.json"), 6, "/nowhere/x.json"),
        (("export", "demo1", "--to", "x.txt"), 6, "The name x.txt says no format"),
        (("label", "nobody"), 4, "no episode"),
        (("label", "run-0a"), 5, "is a run"),
        (("label", "demo1", "--policies", "nope"), 4, "policy set 'nope'"),
        (("prompts", "build"), 5, "accepted labels"),
        (("prompts", "build", "--policies", "nope"), 4, "policy set 'nope'"),
        ((*RUN, "--prompts", "ps-none"), 4, "ps-none"),
        (RUN, 4, "no prompt set"),
        (("run", "--env", "miniwob:none"), 4, "MiniWoB++ task 'none'"),
        ((*RUN, "--model", "openai:small"), 8, "model endpoint"),
        ((*RUN, "--model", "gpt"), 1, "no model 'gpt'"),
    ],
)
def test_what_is_not_there_is_told_with_its_code(run, parts, typed, code, said):
    """Unknown names are 4, nothing to work on 5, files 6, the model 8; the same code without --json."""
    add_demonstration(parts)
    add_failed_run(parts)
    told = run(*typed, "--json")
    assert told.code == code
    assert said in told.error["what"]
    plain = run(*typed)
    assert (plain.code, plain.out) == (code, "")
    assert said in plain.err
    assert "Traceback" not in plain.err


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("fly",), "fly"),
        (("episode", "show"), "episode"),
        (("episode", "show", "x", "--nonsense"), "--nonsense"),
        (("episodes", "list", "--actor", "robot"), "robot"),
        (("episodes", "list", "--status", "odd"), "odd"),
        (("episodes", "list", "--limit", "0"), "--limit"),
        (("label",), "--all"),
        (("label", "demo1", "--all"), "--all"),
        (("label", "demo1", "--author", ""), "name"),
        ((*RUN, "--seeds", "abc"), "no seeds"),
        ((*RUN, "--workers", "0"), "--workers"),
        (("run",), "--env"),
        (("record", "http://x.test/", "--objective", "x"), "--script"),
        (("record", "http://x.test/", "--script", "x.json"), "--objective"),
        (("record", "http://x.test/", "--script", "x.json", "--objective", "x", "--outcome", "perhaps"), "perhaps"),
    ],
)
def test_being_called_wrongly_is_told_as_json_too(run, home, typed, said):
    """Code 2 with the same three parts, where to look it up, and nothing touched."""
    told = run(*typed, "--json")
    assert told.code == 2
    assert said in told.error["what"]
    assert "--help" in told.error["next"]
    assert run(*typed).code == 2
    assert not home.exists()


def test_nothing_to_label_is_five(run):
    """An empty workspace has no demonstrations."""
    told = run("label", "--all", "--json")
    assert told.code == 5
    assert "Record one" in told.error["next"]


def test_no_labels_accepted_is_five(run, parts):
    """A proposal is not enough to build from."""
    labels.propose(parts, add_demonstration(parts))
    assert run("prompts", "build", "--json").code == 5


COMMANDS = [
    ("workspace", "info"),
    ("workspace", "rebuild"),
    ("episodes", "list"),
    ("episode", "show", "x"),
    ("episode", "delete", "x", "--yes"),
    ("label", "--all"),
    ("prompts", "build"),
    ("import", "x.episode"),
    RUN,
    ("tour",),
]


@pytest.mark.parametrize("typed", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("trouble", ["rubbish", "newer", "a file", "read only parent"])
def test_a_workspace_that_cannot_be_used_is_six_everywhere(run, home, typed, trouble):
    """Damaged, newer, or no folder at all: every command says so, names the folder, and leaves it as it is."""
    if trouble == "a file":
        home.write_text("mine")
    elif trouble == "read only parent":
        home.parent.joinpath("file").write_text("mine")
        home.symlink_to(home.parent / "file" / "below")
    else:
        home.mkdir()
        database = home / "workspace.sqlite"
        if trouble == "rubbish":
            database.write_bytes(b"rubbish " * 2000)
        else:
            Parts(home).close()
            with sqlite3.connect(database) as db:
                db.execute("UPDATE workspace_info SET schema = 99")
            db.close()
    told = run(*typed, "--json")
    assert told.code == 6
    assert str(home) in told.error["what"] or trouble == "read only parent"
    assert ("newer" in told.error["what"]) == (trouble == "newer")
    if trouble == "rubbish":
        assert (home / "workspace.sqlite").read_bytes() == b"rubbish " * 2000


@pytest.mark.parametrize("typed", [("episode", "show", "demo1"), ("episode", "dump", "demo1"), ("label", "demo1")])
def test_a_damaged_episode_is_six(run, parts, typed):
    """The file is named and stays as it is."""
    path = parts.episodes.path(add_demonstration(parts))
    path.write_bytes(path.read_bytes()[:5000])
    told = run(*typed, "--json")
    assert told.code == 6
    assert "demo1" in told.error["what"]
    assert path.stat().st_size == 5000


def test_an_unplayable_script_names_its_entry(run, home, tmp_path):
    """Entries count from 1; nothing is started for such a script."""
    script = tmp_path / "script.json"
    script.write_text(json.dumps([{"gesture": "click", "at": "#a"}, {"gesture": "dance"}]))
    told = run("record", "http://site.test/", "--objective", "x", "--script", script, "--json")
    assert told.code == 2
    assert "Entry 2" in told.error["what"]
    assert "Nothing was recorded" in told.error["kept"]
    missing = run("record", "http://site.test/", "--objective", "x", "--script", tmp_path / "none.json", "--json")
    assert missing.code == 2
    assert "none.json" in missing.error["what"]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("file:///etc/passwd", 7),
        ("javascript:alert(1)", 7),
        ("http://169.254.169.254/latest/meta-data", 7),
        ("miniwob:none", 4),
        ("airline:none", 4),
    ],
)
def test_an_address_that_is_not_opened_starts_no_browser(run, tmp_path, monkeypatch, url, code):
    """It is refused before anything is started."""
    monkeypatch.setattr("wiring.BrowserSession", lambda *_, **__: pytest.fail("a browser was started"))
    (tmp_path / "script.json").write_text("[]")
    told = run("record", url, "--objective", "x", "--script", tmp_path / "script.json", "--json")
    assert told.code == code
    assert told.error["next"]


def test_a_missing_chromium_is_seven(process, parts, tmp_path, monkeypatch):
    """Recording says what to set; nothing is left in the workspace."""
    (tmp_path / "script.json").write_text("[]")
    monkeypatch.setenv("STEPSCOPE_CHROMIUM", "/nonexistent")
    monkeypatch.setenv("PATH", "")
    told = process("record", "http://127.0.0.1:9/", "--objective", "x", "--script", tmp_path / "script.json", "--json")
    assert told.code == 7
    assert "/nonexistent" in told.error["what"]
    assert "STEPSCOPE_CHROMIUM" in told.error["next"]
    assert list(parts.workspace.episodes_dir.iterdir()) == []


def test_what_nobody_expected_is_one_message_and_its_place_on_demand(run, home, monkeypatch):
    """A bug is told as one, without a traceback; STEPSCOPE_DEBUG=1 lets it through."""
    monkeypatch.setattr("cli.shown.workspace_facts", lambda parts: {}["gone"])
    told = run("workspace", "info", "--json")
    assert told.code == 1
    assert told.error["what"].startswith("Something unexpected happened: KeyError")
    monkeypatch.setenv("STEPSCOPE_DEBUG", "1")
    assert run("workspace", "info", "--json").err == ""


def test_stopping_is_130(run, home, monkeypatch):
    """Ctrl-C ends a command with what was kept, not with a traceback."""

    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("cli.tour.take", stopped)
    told = run("tour", "--json")
    assert told.code == 130
    assert "kept" in told.error["kept"]


def test_prompts_of_a_policy_nobody_ships_name_the_policy(run, parts):
    """Labels made with one set and a prompt set of another are told apart by name."""
    demo = add_demonstration(parts)
    labels.accept(parts, demo, "me")
    desk = parts.desk("miniwob")
    state = desk.open(demo, "me")
    request = {"name": "request", "value": "ana", "source": "person"}
    leaf = state.tree.segments[1].id
    desk.do(state, "relabel", {"segment": leaf, "policy": "process_email", "args": [request]}, "me")
    assert prompts.build(parts, policy_set="miniwob").policy_set == "miniwob"
    told = run("prompts", "build", "--policies", "web", "--json")
    assert told.code == 4
    assert "process_email" in told.error["what"]
