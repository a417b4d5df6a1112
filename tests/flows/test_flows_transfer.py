"""Episode files in and out: what is refused, what is never overwritten."""

import json
import sqlite3

import pytest

from flows.transfer import transfer
from store.errors import NotFound, StoreError
from tests.builders import Recording
from tests.workspaces import add_demonstration, add_failed_run, signing_up, write
from wiring import Parts


@pytest.fixture(name="outside")
def outside_fixture(tmp_path):
    folder = tmp_path / "outside"
    folder.mkdir()
    return folder


def imported(parts, *files):
    return transfer.import_files(parts, files)


def test_an_imported_episode_is_there_whole(parts, outside):
    """It is in the catalogue, readable, and the original is as it was."""
    path = write(outside, signing_up("demo1"))
    before = path.read_bytes()
    assert imported(parts, path) == {"imported": ["demo1"], "already_there": [], "refused": []}
    assert parts.episodes.catalogue.search(actor="human").total == 1
    with parts.episode("demo1") as reader:
        assert len(reader.steps()) == 4
    assert path.read_bytes() == before


def test_a_run_of_the_agent_can_be_imported_too(parts, tmp_path):
    """The ids runs are given are ids of ours."""
    other = Parts(tmp_path / "other")
    run = add_failed_run(other, "run-0123456789abcdef0123-2")
    assert imported(parts, other.episodes.path(run))["imported"] == [run]
    other.close()


def test_importing_again_changes_nothing(parts, outside):
    """The same file is already there; another file of the same id is refused and the first kept."""
    path = write(outside, signing_up("demo1"))
    imported(parts, path)
    kept = parts.episodes.path("demo1").read_bytes()
    assert imported(parts, path)["already_there"] == ["demo1"]
    (outside / "more").mkdir()
    other = imported(parts, write(outside / "more", signing_up("demo1", "bob")))
    assert len(other["refused"]) == 1
    assert "has the id demo1 already" in other["refused"][0]
    assert parts.episodes.path("demo1").read_bytes() == kept


def newer(path):
    with sqlite3.connect(path) as db:
        db.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
    db.close()


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def foreign(path):
    path.write_text("not an episode")


def without_a_text(path):
    with sqlite3.connect(path) as db:
        db.execute("UPDATE blob SET data = x'00'")
    db.close()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (newer, "newer"),
        (cut, "damaged"),
        (foreign, "not an episode file"),
        (without_a_text, "damaged"),
        (lambda path: path.unlink(), "no episode file"),
    ],
    ids=["newer", "cut", "foreign", "texts", "missing"],
)
def test_what_cannot_be_read_whole_is_refused_and_the_rest_imported(parts, outside, damage, said):
    """The message names the file and the reason; nothing of it is left in the workspace."""
    bad = write(outside, signing_up("bad"))
    good = write(outside, signing_up("good"))
    damage(bad)
    result = imported(parts, bad, good)
    assert result["imported"] == ["good"]
    assert len(result["refused"]) == 1
    assert str(bad) in result["refused"][0]
    assert said in result["refused"][0]
    assert [path.name for path in parts.workspace.episodes_dir.iterdir()] == ["good.episode"]
    assert parts.episodes.catalogue.search().total == 1


def test_an_episode_that_still_runs_is_refused(parts, outside):
    """A file that was never sealed may still be written to."""
    path = write(outside, Recording("Still", "live1").page("[1] button 'x'").do("click [1]"), seal=False)
    assert "never sealed" in imported(parts, path)["refused"][0]
    assert list(parts.workspace.episodes_dir.iterdir()) == []


@pytest.mark.parametrize("foreign_id", ["../evil", "a/b", "", ".hidden", "x" * 65, "ä", "a b"])
def test_an_id_that_is_no_file_name_is_refused(parts, outside, foreign_id):
    """What a file calls itself never becomes a path."""
    path = write(outside, signing_up("plain"))
    with sqlite3.connect(path) as db:
        header = json.loads(db.execute("SELECT value FROM meta WHERE key = 'episode'").fetchone()[0])
        body = json.dumps({**header, "id": foreign_id}).encode()
        db.execute("UPDATE meta SET value = ? WHERE key = 'episode'", (body,))
    db.close()
    result = imported(parts, path)
    assert "not one of ours" in result["refused"][0]
    assert list(parts.workspace.root.rglob("*.episode")) == []


def test_an_exported_file_can_be_imported_elsewhere(parts, tmp_path):
    """The `.episode` file is the sealed file itself."""
    demo = add_demonstration(parts)
    to = tmp_path / "out.episode"
    facts = transfer.export_file(parts, demo, to)
    assert facts == {"episode": demo, "file": str(to), "bytes": to.stat().st_size, "left_out": []}
    assert to.read_bytes() == parts.episodes.path(demo).read_bytes()
    other = Parts(tmp_path / "other")
    assert imported(other, to)["imported"] == [demo]
    other.close()


def test_an_exported_json_file_holds_every_text(parts, tmp_path):
    """Everything decoded, as `episode dump` prints it."""
    demo = add_demonstration(parts)
    transfer.export_file(parts, demo, tmp_path / "out.json")
    with parts.episode(demo) as reader:
        assert json.loads((tmp_path / "out.json").read_text()) == json.loads(json.dumps(reader.dump()))


@pytest.mark.parametrize("name", ["out.episode", "out.json"])
def test_nothing_is_overwritten_by_an_export(parts, tmp_path, name):
    """A file that exists stays as it was, and so does what a dangling link points to."""
    demo = add_demonstration(parts)
    (tmp_path / name).write_text("mine")
    with pytest.raises(StoreError, match="exists already"):
        transfer.export_file(parts, demo, tmp_path / name)
    assert (tmp_path / name).read_text() == "mine"
    link = tmp_path / f"link-{name}"
    link.symlink_to(tmp_path / f"nowhere-{name}")
    with pytest.raises(StoreError, match="exists already"):
        transfer.export_file(parts, demo, link)
    assert not (tmp_path / f"nowhere-{name}").exists()


def test_an_export_that_cannot_be_written_says_where(parts, tmp_path):
    """A missing folder, another ending, an unknown episode and one that still runs are told apart."""
    demo = add_demonstration(parts)
    with pytest.raises(StoreError, match="cannot be written"):
        transfer.export_file(parts, demo, tmp_path / "no" / "out.json")
    with pytest.raises(StoreError, match=r"The name out.txt says no format.*\.json"):
        transfer.export_file(parts, demo, tmp_path / "out.txt")
    with pytest.raises(NotFound):
        transfer.export_file(parts, "nobody", tmp_path / "out.json")
    running = Recording("Still", "live1").page("[1] button 'x'").do("click [1]")
    parts.episodes.register_file(write(parts.workspace.episodes_dir, running, seal=False))
    with pytest.raises(StoreError, match="still running"):
        transfer.export_file(parts, "live1", tmp_path / "out.episode")
    assert list(tmp_path.glob("out*")) == []


@pytest.mark.parametrize(("name", "begins"), [("out.py", "'Sign up"), ("out.recorder.json", "{")])
def test_a_demonstration_is_exported_in_formats_of_others(parts, tmp_path, name, begins):
    """The name decides the format; what it cannot express is in the result and told."""
    demo = add_demonstration(parts)
    facts = transfer.export_file(parts, demo, tmp_path / name)
    assert (tmp_path / name).read_text().startswith(begins)
    assert len(facts["left_out"]) == 4
    assert "left out: step 0 (type [3] [ana] [0]): no selector" in transfer.exported(facts)


def test_a_run_has_no_export_in_formats_of_others(parts, tmp_path):
    """Only what a person did is a test or a recording."""
    with pytest.raises(StoreError, match="no finished demonstration"):
        transfer.export_file(parts, add_failed_run(parts), tmp_path / "out.py")
    assert list(tmp_path.glob("out*")) == []
