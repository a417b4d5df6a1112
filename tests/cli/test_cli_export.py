"""`export` and `import` of labels as they are typed: answers, exit codes, and the old way to export an episode."""

from __future__ import annotations

import json

import pytest

from flows.label import labels
from flows.prompt import prompts
from tests.workspaces import add_demonstration


@pytest.fixture(name="frozen")
def frozen_fixture(parts):
    labels.accept(parts, add_demonstration(parts), "me")
    prompts.build(parts)
    return parts


def test_labels_are_written_and_told_as_json(run, frozen, tmp_path):
    """Stdout is the manifest with where it was written; progress is on stderr."""
    told = run("export", "labels", "sft", "--split", "train", "--out", tmp_path / "train.jsonl", "--json")
    assert (told.code, told.json["kind"], told.json["counts"]["rows"]) == (0, "sft", 11)
    assert told.json["written"] == [str(tmp_path / "train.jsonl"), str(tmp_path / "train.jsonl.manifest.json")]
    assert "1 of 1" in told.err
    assert len((tmp_path / "train.jsonl").read_text().splitlines()) == 11


def test_what_is_left_out_makes_the_code_3(run, frozen, tmp_path):
    """The words say what and how often."""
    told = run("export", "labels", "csv", "--status", "gold", "--out", tmp_path / "calls")
    assert told.code == 3
    assert "left out: 1 × its labels are reviewed" in told.out


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        (("labels", "word", "--out", "x"), 1, "There are: native"),
        (("labels", "sft", "--label-set", "ls-0", "--out", "x"), 4, "ls-0"),
        (("labels", "step", "--prompts", "ps-0", "--out", "x"), 4, "ps-0"),
        (("labels", "sft", "--out", "/nowhere/x"), 6, "/nowhere/x"),
        (("labels", "native", "--split", "dev", "--out", "x.zip"), 1, "whole label set"),
        (("labels", "sft", "--ended", "well", "--out", "x"), 2, "an episode ends as one of"),
        (("labels", "sft", "--split", "most", "--out", "x"), 2, "most"),
    ],
)
def test_what_cannot_be_written_is_said_in_three_parts(run, frozen, typed, code, said):
    """One JSON object on stderr, nothing on stdout."""
    told = run("export", *typed, "--json")
    assert told.code == code
    assert said in json.dumps(told.error)


def test_an_episode_is_exported_with_and_without_the_word(run, frozen, tmp_path):
    """`export ID` is `export episode ID`."""
    assert run("export", "demo1", "--to", tmp_path / "a.episode").code == 0
    assert run("export", "episode", "demo1", "--to", tmp_path / "b.episode").code == 0
    assert (tmp_path / "a.episode").read_bytes() == (tmp_path / "b.episode").read_bytes()


def test_a_bundle_is_imported_like_a_file(run, frozen, home, tmp_path, monkeypatch):
    """Exported from one workspace and imported into another; what is no bundle is skipped with code 3."""
    assert run("export", "labels", "native", "--out", tmp_path / "all.zip").code == 0
    monkeypatch.setenv("STEPSCOPE_HOME", str(tmp_path / "other"))
    told = run("import", tmp_path / "all.zip", "--json")
    assert (told.code, [one["id"] for one in told.json["episodes"]]) == (0, ["demo1"])
    assert told.json["bundles"][0]["added"]["label sets"] == 1
    (tmp_path / "bad.zip").write_text("no")
    bad = run("import", tmp_path / "bad.zip", "--json")
    assert (bad.code, bad.json["episodes"]) == (3, [])
    assert bad.json["skipped"][0]["path"] == str(tmp_path / "bad.zip")


def test_episodes_are_exported_in_a_format_redacted_or_whole(run, frozen, tmp_path):
    """The name says the format, or --format does; what was taken out is in the result; the page needs the viewer."""
    told = run("export", "demo1", "--to", tmp_path / "a.html", "--redact", "--json")
    assert (told.code, told.json["format"], told.json["redacted"]) == (0, "html", True)
    assert told.json["removed"]["typed values"] == 2
    text = (tmp_path / "a.html").read_text()
    assert "mountReplay" in text
    assert "ana@x.org" not in text
    tables = run("export", "demo1", "--format", "parquet", "--to", tmp_path / "tables", "--label-ref", "track:me")
    assert (tables.code, (tmp_path / "tables" / "steps.parquet").exists()) == (0, True)
    assert "1 of 1" in tables.err


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        (("demo1", "--to", "x.odt"), 6, "The name x.odt says no format"),
        (("demo1", "demo1", "--to", "x.odt"), 6, "There are: episode"),
        (("demo1", "--format", "word", "--to", "x.zip"), 6, "There are: episode"),
        (("demo1", "nobody", "--to", "x.html"), 6, "Name a new folder"),
        (("nobody", "--format", "html", "--to", "x.html"), 6, "There is no episode"),
    ],
)
def test_what_cannot_be_exported_of_episodes_is_said_in_three_parts(run, frozen, typed, code, said):
    """One JSON object on stderr, nothing on stdout, nothing written."""
    told = run("export", *typed, "--json")
    assert (told.code, told.out) == (code, "")
    assert said in told.err
