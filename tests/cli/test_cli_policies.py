"""`policies`: what is listed, previewed, made, refused, and travels as a file."""

from __future__ import annotations

import json

import pytest

from flows.label import labels
from labeling.label_sets import make_run
from labeling.tree import with_changed
from tests.workspaces import add_demonstration


@pytest.fixture(name="filled")
def filled_fixture(parts):
    """A demonstration whose labels somebody accepted."""
    labels.accept(parts, add_demonstration(parts, "demo1", "ana"), "me")
    return parts


def test_list_and_show(run, filled):
    """Every policy of a set with its use in labels; one with its versions."""
    rows = json.loads(run("policies", "list", "--json").out)
    assert {row["name"]: row["calls"] for row in rows}["fill_text"] == 2
    assert "fill_text" in run("policies", "list").out
    shown = run("policies", "show", "type_text")
    assert shown.out.startswith("fill_text [field] [text]   (core/fill_text, version 1, active)")
    assert "called by: fill_form" in shown.out


def test_check_says_what_is_wrong_and_fails(run, filled):
    """Nothing at first; a text that speaks of a parameter there is not is a line, and the exit code is 1."""
    assert run("policies", "check").out.strip() == "No problems found."
    run("policies", "edit", "search", "--stop-rule", "Stop at [results].")
    found = run("policies", "check", "web")
    assert found.code == 1
    assert "web: search: a text speaks of [results], which is no parameter of it" in found.out
    rows = json.loads(run("policies", "check", "--json").out)["findings"]
    assert [(row["set"], row["policy"], row["kind"]) for row in rows] == [("core", "search", "unknown_parameter")]
    assert run("policies", "check", "nowhere").code == 4


def test_a_preview_changes_nothing_and_says_what_would(run, filled):
    """The calls before and after; the change itself follows on the same words without --preview."""
    seen = run("policies", "rename", "fill_text", "put_text", "--preview")
    assert "fill_text [Username] [ana] → put_text [Username] [ana]" in seen.out
    assert filled.library.now.number == 1
    made = run("policies", "rename", "fill_text", "put_text", "--author", "ana")
    assert made.out.strip() == "Change 2: fill_text is now put_text. 2 calls of 1 track followed."
    assert "ana          fill_text is now put_text" in run("policies", "history").out
    undone = json.loads(run("policies", "undo", 2, "--json").out)
    assert (undone["op"], undone["calls"]) == ("undo", 2)
    assert "(taken back)" in run("policies", "history").out


def test_every_operation(run, filled):
    """Each is one command, and the set fits together after all of them."""
    for words in (
        ["edit", "fill_text", "--parameter", "text=value", "--parameter", "=how", "--when-to-use", "Always."],
        ["merge", "choose_date", "fill_text", "--argument", "date=value"],
        ["split", "fill_text", "fill_name", "--where", "field=Username|Name"],
        ["retire", "upload_file"],
        ["retire", "upload_file", "--restore"],
    ):
        done = run("policies", *words)
        assert (done.code, done.err) == (0, ""), words
    assert filled.policies().resolve("pick_date").signature == "fill_text [field] [value] [how?]"
    assert "fill_name [Username] [ana]" in [s.call for s in filled.desk().open("demo1", "me").tree.segments]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["rename", "fil_text", "x"], "Did you mean 'fill_text'"),
        (["rename", "fill_text", "navigate"], "answers to 'navigate'"),
        (["undo", "1"], "cannot be taken back"),
        (["list", "--policies", "nope"], "no policy set 'nope'"),
        (["edit", "fill_text", "--parameter", "nope=x"], "no parameter nope"),
        (["split", "fill_text", "x", "--where", "Username"], "not of the form NAME=VALUE"),
        (["proposals", "x"], "name one proposal with one of"),
        (["proposals", "x", "--reject"], "no open proposal 'x'"),
        (["rename", "fill_text", "No Name"], "name: String should match"),
    ],
)
def test_what_cannot_be_done_is_one_message(run, filled, words, message):
    """On stderr, with a code, and nothing is changed."""
    done = run("policies", *words)
    assert done.code != 0
    assert message in " ".join(done.err.split())
    assert filled.library.now.number == 1


def test_a_set_travels_as_a_file(run, filled, tmp_path):
    """Exported, changed by hand, previewed, imported; an existing file is never written over."""
    file = tmp_path / "web.yaml"
    assert run("policies", "export", "--out", file).out.strip() == f"Wrote {file}."
    assert run("policies", "export", "--out", file).code == 6
    assert run("policies", "export", "--out", "-").out == file.read_text()
    file.write_text(file.read_text().replace("Looks on this site", "Searches this site"))
    assert "from a file, for web: find_answer" in run("policies", "import", file, "--preview").out
    assert run("policies", "import", file).code == 0
    assert filled.policies().resolve("find_answer").description.startswith("Searches")
    file.write_bytes(b"\xff")
    assert "not UTF-8" in run("policies", "import", file).err


def test_proposals_are_listed_and_decided(run, filled):
    """With every occurrence; the decision is for all of them."""
    made = labels.propose(filled, add_demonstration(filled, "demo2", "bob"))
    form = made.tree.segments[0].model_copy(update={"policy": "proposed:sign_up", "args": ()})
    tree = with_changed(made.tree, [form])
    filled.labels.add_run(make_run(tree, labeller="llm", policy_set="web", created=2e9))
    listed = run("policies", "proposals")
    assert listed.out.startswith("sign_up (")
    assert "demo2 at demo2-0: proposed:sign_up" in listed.out
    assert "sign_up is the new enlist: 1 call." in run("policies", "proposals", "sign_up", "--create", "enlist").out
    assert filled.desk().open("demo2", "me").tree.segments[0].policy == "enlist"
    assert "No labeller proposes" in run("policies", "proposals").out
