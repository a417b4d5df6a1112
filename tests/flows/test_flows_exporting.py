"""Exports of labels on disk: whole or not at all, the same bytes again, honest about what is not in them."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile

import pyarrow.parquet
import pytest

from flows.label import labels
from flows.progress import Stopped
from flows.prompt import prompts
from flows.record import taught
from flows.transfer import exporting
from flows.transfer.exporting import CANARY, Asked, export_labels
from labeling.errors import ExportRefused, SecretFound, UnknownLabel
from labeling.exports.out import Manifest
from labeling.exports.registry import FORMATS
from labeling.prompts.model import PromptConfig
from labeling.prompts.turns import OpenCall
from labeling.splits import SPLITS, split_of
from store.errors import StoreError
from tests.builders import Recording
from tests.workspaces import add_demonstration, write

TESTED = next(f"desk:{n}" for n in range(1000) if split_of(f"desk:{n}", "") == "test")
"""A task that is kept for tests."""


@pytest.fixture(name="frozen")
def frozen_fixture(parts):
    """Two accepted demonstrations of a task to train on and one of a task kept for tests, as a prompt set."""
    for episode, name in (("demo1", "ana"), ("demo2", "bob")):
        labels.accept(parts, add_demonstration(parts, episode, name), "me")
    labels.accept(parts, add_demonstration(parts, "demo3", "eve", task=TESTED), "me")
    prompts.build(parts)
    return parts


def folder_of(path):
    return {p.relative_to(path).as_posix(): p.read_bytes() for p in sorted(path.rglob("*")) if p.is_file()}


def reason(manifest, text):
    return sum(n for why, n in manifest["left_out_by_reason"].items() if text in why)


@pytest.mark.parametrize("name", list(FORMATS))
def test_every_format_is_written_twice_alike(frozen, tmp_path, name):
    """Equal bytes in folders and archives; the manifest's hashes are those of the files."""
    for end in ("a", "b"):
        export_labels(frozen, Asked(name, tmp_path / f"{end}.zip"))
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.testzip() is None
        manifest = Manifest.model_validate_json(archive.read("manifest.json"))
        assert manifest.kind == name
        assert set(archive.namelist()) == {*manifest.files, "manifest.json"}
        for file, facts in manifest.files.items():
            data = archive.read(file)
            assert (facts.bytes, facts.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    if name != "native":
        export_labels(frozen, Asked(name, tmp_path / "folder"))
        with zipfile.ZipFile(tmp_path / "a.zip") as archive:
            assert folder_of(tmp_path / "folder") == {file: archive.read(file) for file in sorted(archive.namelist())}


def test_one_split_is_one_file_with_its_manifest_beside_it(frozen, tmp_path):
    """The data file holds only that split; what is not of it is left out with the reason."""
    told = export_labels(frozen, Asked("sft", tmp_path / "train.jsonl", split="train"))
    assert sorted(path.name for path in tmp_path.glob("train*")) == ["train.jsonl", "train.jsonl.manifest.json"]
    text = (tmp_path / "train.jsonl").read_text()
    assert "bob@x.org" in text
    assert "eve@x.org" not in text
    assert reason(told, "it is in the split test") == 1
    assert told["canary"] is None
    assert export_labels(frozen, Asked("sft", tmp_path / "all"))["canary"] == CANARY


def test_several_splits_are_never_one_file(frozen, tmp_path):
    """Nothing is written, and the message says how it could be."""
    with pytest.raises(ExportRefused, match="Name one split"):
        export_labels(frozen, Asked("sft", tmp_path / "all.jsonl"))
    with pytest.raises(ExportRefused, match="Name a new folder"):
        export_labels(frozen, Asked("trl", tmp_path / "all.jsonl"))
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


@pytest.mark.parametrize("to", ["out", "out.zip", "out.csv"])
def test_nothing_is_overwritten(frozen, tmp_path, to):
    """What is there stays as it is, also what a dangling link points to."""
    (tmp_path / to).write_text("mine")
    with pytest.raises(StoreError, match="exists already"):
        export_labels(frozen, Asked("csv", tmp_path / to))
    assert (tmp_path / to).read_text() == "mine"
    (tmp_path / to).unlink()
    (tmp_path / to).symlink_to(tmp_path / "nowhere")
    with pytest.raises(StoreError, match="exists already"):
        export_labels(frozen, Asked("csv", tmp_path / to))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", to]


def test_a_manifest_that_is_there_keeps_both_away(frozen, tmp_path):
    """Data without its manifest is not left behind."""
    (tmp_path / "calls.csv.manifest.json").write_text("mine")
    with pytest.raises(StoreError, match="exists already"):
        export_labels(frozen, Asked("csv", tmp_path / "calls.csv"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["calls.csv.manifest.json", "home"]


@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_a_stop_leaves_nothing_behind(frozen, tmp_path, after):
    """Whenever it comes, between two demonstrations or before the files are moved."""
    asked = iter([False] * after)
    with pytest.raises(Stopped):
        export_labels(frozen, Asked("sft", tmp_path / "out"), stop=lambda: next(asked, True))
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_a_failure_leaves_nothing_behind(frozen, tmp_path):
    """A missing folder, an unknown format or label set, another's whole bundle: each told, nothing written."""
    for asked, error, said in (
        (Asked("sft", tmp_path / "no" / "out"), StoreError, "cannot be written"),
        (Asked("word", tmp_path / "out"), ExportRefused, "There are: native, sft"),
        (Asked("sft", tmp_path / "out", "ls-0"), UnknownLabel, "ls-0"),
        (Asked("native", tmp_path / "out.zip", split="train"), ExportRefused, "the whole label set"),
        (Asked("step", tmp_path / "out", prompt_set="ps-0"), UnknownLabel, "ps-0"),
    ):
        with pytest.raises(error, match=said):
            export_labels(frozen, asked)
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_progress_is_told_for_each_demonstration(frozen, tmp_path):
    """Done counts up to the total."""
    told = []
    export_labels(frozen, Asked("csv", tmp_path / "out"), told.append)
    assert [(update.done, update.total) for update in told] == [(1, 3), (2, 3), (3, 3)]


def test_a_demonstration_that_failed_is_left_out_unless_it_is_asked_for(parts, tmp_path):
    """Training formats take successes; the manifest says what happened to the others."""
    failed = add_demonstration(parts, "demo1", status="failed")
    labels.accept(parts, failed, "me")
    labels.accept(parts, add_demonstration(parts, "demo2"), "me")
    parts.desk().freeze_decided("me", "me")
    told = export_labels(parts, Asked("sft", tmp_path / "a"))
    assert reason(told, "it ended as 'failed'") == 1
    assert told["counts"]["demonstrations"] == 1
    assert export_labels(parts, Asked("sft", tmp_path / "b", ended=("failed",)))["counts"]["demonstrations"] == 1
    assert export_labels(parts, Asked("csv", tmp_path / "c"))["counts"]["demonstrations"] == 2


def test_an_episode_that_was_deleted_is_left_out(frozen, tmp_path):
    """Its labels are there, its steps are not."""
    frozen.episodes.remove("demo2")
    told = export_labels(frozen, Asked("trl", tmp_path / "out"))
    assert told["counts"]["demonstrations"] == 2
    assert reason(told, "its episode cannot be read") == 1


def test_two_people_who_agree_are_gold(frozen, tmp_path):
    """Labels two reviews end at are gold; one person's are reviewed, and too little when gold is asked for."""
    labels.accept(frozen, "demo1", "eva")
    told = export_labels(frozen, Asked("csv", tmp_path / "out", status="gold"))
    assert told["counts"]["demonstrations"] == 1
    assert reason(told, "its labels are reviewed") == 2
    assert "demo1" in (tmp_path / "out" / "calls.csv").read_text()


def leaking(episode="leak"):
    page = "[1] textbox 'Password' value='{v}' secret\n[2] button 'Go'"
    made = Recording("Sign in with hunter2", episode, fields={"task": "desk:sign-up", "started": 1.0})
    made.page(page.format(v="")).do("type [1] [hunter2] [0]").page(page.format(v="hunter2")).do("click [2]")
    return made.page("[3] text 'hunter2'")


@pytest.fixture(name="leaked")
def leaked_fixture(parts):
    parts.episodes.register_file(write(parts.workspace.episodes_dir, leaking()))
    labels.accept(parts, "leak", "me")
    parts.desk().freeze_decided("me", "me")
    return parts


@pytest.mark.parametrize("name", [one.name for one in FORMATS.values() if not one.whole and not one.from_prompts])
def test_a_secret_in_the_clear_leaves_in_no_format(leaked, tmp_path, name):
    """It is blanked and counted; no file of the export holds it."""
    told = export_labels(leaked, Asked(name, tmp_path / "out"))
    assert told["secrets"]["a secret field's value"] > 0
    for file, data in folder_of(tmp_path / "out").items():
        plain = repr(pyarrow.parquet.read_table(io.BytesIO(data)).to_pylist()).encode() if "parquet" in file else data
        assert b"SECRET:password" in plain or file in ("manifest.json", "README.md", "load_examples.py", "config.xml")
        assert b"hunter2" not in plain, file


def test_a_lesson_with_a_secret_keeps_what_its_run_had_done(leaked, tmp_path):
    """A demonstration that goes on with a run is asked with the run's own actions, without the secret in them."""
    opened = (OpenCall(call="Sign in with hunter2", previous=("type [1] [hunter2] [0]", "hover [42]")),)
    link = taught.Link(episode="run", step="s3", seq=3, frame="f1", policy="planner", opened=opened)
    taught.keep(leaked, "leak", link, "me")
    export_labels(leaked, Asked("sft", tmp_path / "out"))
    written = b"".join(folder_of(tmp_path / "out").values())
    assert b"hover [42]" in written
    assert b"hunter2" not in written


def test_a_secret_in_the_clear_can_be_refused_and_a_bundle_always_does(leaked, tmp_path):
    """The message says where it stands, not what it is, and nothing is written."""
    for asked in (Asked("sft", tmp_path / "out", secrets="refuse"), Asked("native", tmp_path / "out.zip")):
        with pytest.raises(SecretFound, match="episode leak") as caught:
            export_labels(leaked, asked)
        assert "hunter2" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_an_export_is_told_in_words(frozen, tmp_path):
    """Counts, what was left out, and notes."""
    text = exporting.said(export_labels(frozen, Asked("browsergym", tmp_path / "out", split="train")))
    assert "2 demonstrations" in text
    assert "left out: 1 × it is in the split test" in text
    assert "note: The page is our compact text" in text


def test_prompts_are_written_from_the_named_prompt_set(frozen, tmp_path):
    """The manifest names it; held-out examples carry the canary, and are left out of train."""
    told = export_labels(frozen, Asked("step", tmp_path / "prompts.py", split="train"))
    assert (told["prompt_set"], told["label_set"]) == (frozen.labels.prompt_set("latest").id, None)
    assert "eve@x.org" not in (tmp_path / "prompts.py").read_text()
    assert json.loads((tmp_path / "prompts.py.manifest.json").read_text())["counts"]["examples"] == len(
        frozen.labels.prompt_set("latest").pieces
    )


@pytest.mark.parametrize("name", ["sft", "step"])
def test_what_nearly_repeats_a_held_out_demonstration_is_not_trained_on(parts, tmp_path, name):
    """Another task with the same objective is in `train` by its name; --split train leaves it out and says why."""
    twin = next(f"twin:{n}" for n in range(1000) if split_of(f"twin:{n}", "") == "train")
    for episode, name_, task in (("kept", "eve", TESTED), ("twin", "eve", twin), ("other", "bob", "desk:other")):
        labels.accept(parts, add_demonstration(parts, episode, name_, task=task), "me")
    assert split_of("desk:other", "") == "train"
    prompts.build(parts, config=PromptConfig(splits=SPLITS))
    told = export_labels(parts, Asked(name, tmp_path / "train", split="train"))
    left = {(one["episode"], one["reason"]) for one in told["left_out"] if "give away" in one["reason"]}
    assert {episode for episode, _ in left} == {"twin"}
    assert all("objective" in reason or "pages" in reason for _, reason in left)
    everything = export_labels(parts, Asked(name, tmp_path / "all"))
    assert reason(everything, "give away") == 0
