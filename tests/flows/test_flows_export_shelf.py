"""Exports kept in the workspace: named, listed with what they say of themselves, removed; strange files do no harm."""

from __future__ import annotations

import zipfile

import pytest

from flows.label import labels
from flows.prompt import prompts
from flows.transfer import export_shelf
from flows.transfer.exporting import export_labels
from labeling.exports.out import MANIFEST
from store.errors import NotFound
from tests.workspaces import add_demonstration
from wiring import Parts


@pytest.fixture(name="parts")
def parts_fixture(tmp_path):
    made = Parts(tmp_path / "home")
    labels.accept(made, add_demonstration(made), "me")
    prompts.build(made)
    yield made
    made.close()


def write(parts, kind, **options):
    source = (parts.labels.prompt_sets() if kind == "step" else parts.labels.label_sets())[-1].id
    return export_labels(parts, export_shelf.asked(parts, kind, source, **options))


def test_each_export_has_a_name_of_its_own_and_is_listed_with_its_manifest(parts):
    """The same export twice makes two files; a prompt format is made from the prompt set."""
    for kind in ("csv", "csv", "step"):
        write(parts, kind)
    found = export_shelf.kept(parts)
    assert sorted(one.name.split("-")[0] for one in found) == ["csv", "csv", "step"]
    assert len({one.path.read_bytes() for one in found if one.name.startswith("csv")}) == 1
    assert {one.manifest.kind for one in found} == {"csv", "step"}
    assert next(one for one in found if one.manifest.kind == "step").manifest.prompt_set


def test_two_exports_at_the_same_time_have_two_names(parts):
    """A name that is taken while an export grows, by a file or a dangling link, is left alone."""
    asked = export_shelf.asked(parts, "csv", parts.labels.label_sets()[-1].id)
    taken = asked.to.with_name(f"{asked.to.stem}-2.zip")

    def meanwhile(*_):
        asked.to.write_bytes(b"another export")
        if not taken.is_symlink():
            taken.symlink_to("nowhere")

    out = export_labels(parts, asked, meanwhile)["out"]
    assert out == str(asked.to.with_name(f"{asked.to.stem}-3.zip"))
    assert asked.to.read_bytes() == b"another export"
    assert next(one for one in export_shelf.kept(parts) if str(one.path) == out).manifest.kind == "csv"


def test_the_split_is_in_the_name(parts):
    """So that what is kept for tests is not taken for something else."""
    assert "-test" in write(parts, "csv", split="test")["out"]


def test_one_is_removed_by_its_name_and_only_from_the_shelf(parts):
    """Any other name, and a path, is said to be none of them; nothing outside is touched."""
    write(parts, "csv")
    (name,) = [one.name for one in export_shelf.kept(parts)]
    for wrong in ("../workspace.sqlite", "other.zip", ""):
        with pytest.raises(NotFound, match="no export"):
            export_shelf.remove(parts, wrong)
    export_shelf.remove(parts, name)
    assert export_shelf.kept(parts) == ()
    assert parts.workspace.database.exists()


@pytest.mark.parametrize(
    ("put", "said"),
    [
        (lambda path: path.write_bytes(b"rubbish"), "not a zip file"),
        (lambda path: zipped(path, other="{}"), "no manifest"),
        (lambda path: zipped(path, **{MANIFEST: "{"}), "not one of ours"),
        (lambda path: zipped(path, **{MANIFEST: '{"format": 1}'}), "not one of ours"),
        (lambda path: zipped(path, **{MANIFEST: " " * 17_000_000}), "larger than any"),
    ],
)
def test_what_cannot_be_read_is_listed_as_that(parts, put, said):
    """With the reason, beside those that can; it can be removed."""
    write(parts, "csv")
    path = parts.workspace.root / export_shelf.FOLDER / "strange.zip"
    put(path)
    strange = next(one for one in export_shelf.kept(parts) if one.path == path)
    assert strange.manifest is None
    assert said in strange.problem
    export_shelf.remove(parts, "strange.zip")
    assert len(export_shelf.kept(parts)) == 1


def zipped(path, **files):
    """An archive with those files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
