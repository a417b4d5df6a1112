"""Files and folders into the workspace: told by content, once each, whole or not at all, and hostile ones harmless."""

from __future__ import annotations

import gzip
import io
import json
import os
import pickle
import random
import tarfile
import warnings
import zipfile
import zlib

import pytest

from flows.transfer.episode_exports import export_episodes
from flows.transfer.import_paths import import_paths, preview, text
from store.errors import DiskFull
from tests.counts import soak
from tests.foreign import foreign
from tests.traces.formats.released_step import Call, log
from tests.traces.formats.test_format_gym import step
from tests.workspaces import add_failed_run, signing_up, write
from traces.formats.runs import RUN_FORMATS

ROOT_CALL = Call("Find the order", ["click [12]", Call("find [a]", ["scroll [down]"], "[[1], [2]]")], "7")


def put(folder, name, data):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    return path


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data if isinstance(data, bytes) else json.dumps(data))
    return out.getvalue()


def test_a_log_becomes_a_sealed_episode_with_all_it_said(parts, tmp_path):
    """Steps, frames, pages, the source's entries and the catalogue's row; signals have been looked for."""
    data = log(ROOT_CALL)
    data["trajectory"][0]["mine"] = {"deep": ["x" * 5000]}
    result = import_paths(parts, [put(tmp_path, "log", data)])
    (one,) = result.episodes
    assert set(result.told()) == {"episodes", "skipped"}
    assert set(one) == {"id", "format", "steps", "max_depth", "warnings"}
    assert (one["format"], one["steps"], one["max_depth"], one["warnings"]) == ("step", 5, 2, [])
    with parts.episode(one["id"]) as reader:
        assert reader.sealed
        assert [frame.returned for frame in reader.frames()] == ["7", "[[1], [2]]"]
        assert reader.observation(reader.steps()[0].observation_before).title == "Shop"
        entries = [body for _, _, kind, body in reader.raw() if kind == "entry"]
        assert len(entries) == 1 + len(data["trajectory"])
        assert reader.text(entries[1]["mine"]["deep"][0]["text"]) == "x" * 5000
        reader.dump()
    row = parts.episodes.catalogue.get(one["id"])
    assert (row["status"], row["n_steps"], row["max_depth"]) == ("success", 5, 2)
    assert "imported:step" in row["tags"]
    assert parts.findings.of(one["id"]) is not None
    assert not [path for path in parts.workspace.root.iterdir() if path.name.startswith(".import")]


def test_the_same_content_makes_no_second_episode(parts, tmp_path):
    """Under another name, packed, or with other spaces; the answer is the same, warnings included."""
    data = log(ROOT_CALL)
    data["trajectory"].insert(1, None)
    first = import_paths(parts, [put(tmp_path, "a.json", data)])
    again = [
        put(tmp_path, "b", json.dumps(data, indent=4).encode()),
        put(tmp_path, "c.gz", gzip.compress(json.dumps(data).encode())),
        put(tmp_path, "d.zip", zipped({"inner/log.json": data})),
        tmp_path / "a.json",
    ]
    second = import_paths(parts, again)
    assert second.episodes == first.episodes
    assert first.episodes[0]["warnings"][0]["position"] == 1
    assert len(second.already_there) == 4
    assert parts.episodes.catalogue.search().total == 1
    assert "Imported 0 episodes, 1 was there already." in text(second)


def test_a_folder_is_walked_and_everything_in_it_told(parts, tmp_path):
    """Runs, episode files and what is neither; pictures and hidden files are passed by."""
    put(tmp_path, "runs/1/log.json", log(ROOT_CALL))
    put(tmp_path, "runs/2/steps.json", [step("click('a12')"), step(None, terminated=True)])
    put(tmp_path, "runs/2/shot.png", b"\x89PNG....")
    put(tmp_path, "runs/.git/config", b"x")
    put(tmp_path, "runs/readme.txt", b"hello")
    put(tmp_path, "runs/broken.json", b'{"trajectory": [')
    (tmp_path / "runs" / "out").symlink_to(tmp_path)
    write(tmp_path / "runs", signing_up("demo1"))
    updates = []
    result = import_paths(parts, [tmp_path / "runs"], report=updates.append)
    assert sorted(one["format"] for one in result.episodes) == ["browsergym", "step", "stepscope-episode"]
    told = {os.path.relpath(one["path"], tmp_path): one["reason"] for one in result.skipped}
    assert set(told) == {"runs/readme.txt", "runs/broken.json", "runs/out"}
    assert "line 1" in told["runs/broken.json"]
    assert "leads out" in told["runs/out"]
    assert not result.partly
    assert updates[-1].total == 7
    assert [one["what"] for one in preview([tmp_path / "runs"])].count("an episode file of Stepscope") == 1


def test_a_stopped_import_goes_on_where_it_was(parts, tmp_path):
    """It ends between two files; what is there is not made again."""
    for number in range(6):
        put(tmp_path, f"runs/{number}", log(Call(f"Goal {number}", ["click [12]"], "x")))
    calls = []

    def stop():
        calls.append(1)
        return len(calls) > 3

    result = import_paths(parts, [tmp_path / "runs"], stop=stop)
    assert result.stopped
    assert parts.episodes.catalogue.search().total == 3
    assert "go on" in text(result)
    result = import_paths(parts, [tmp_path / "runs"])
    assert len(result.already_there) == 3
    assert parts.episodes.catalogue.search().total == len(result.episodes) == 6


def test_an_import_is_stopped_within_an_archive(parts, tmp_path):
    """Between two of its files, as in a folder."""
    files = {f"{number}.json": log(Call(f"Goal {number}", [], "x")) for number in range(6)}
    calls = []

    def stop():
        calls.append(1)
        return len(calls) > 3

    result = import_paths(parts, [put(tmp_path, "all.zip", zipped(files))], stop=stop)
    assert result.stopped
    assert parts.episodes.catalogue.search().total == 2


def test_what_is_named_and_cannot_be_imported_is_told(parts, tmp_path):
    """A missing file, a pickle, a device, nothing at all: each with its reason, and the code says so."""
    files = [tmp_path / "nowhere", put(tmp_path, "p.pkl", pickle.dumps([1])), put(tmp_path, "empty", b"")]
    packed = put(tmp_path, "p.pkl.gz", gzip.compress(pickle.dumps([1])))
    result = import_paths(parts, [*files, packed, *[path for path in [tmp_path / "fifo"] if not os.mkfifo(path)]])
    reasons = [one["reason"] for one in result.skipped]
    assert result.partly
    assert "no such file" in reasons[0]
    assert "never loaded" in reasons[1]
    assert "empty" in reasons[2]
    assert "never loaded" in reasons[3]
    assert "no plain file" in reasons[4]


def test_an_archive_is_read_as_its_folder_and_leads_nowhere(parts, tmp_path):
    """Names that lead out, archives within, damaged members: told, and nothing is written outside."""
    inner = zipped({"log.json": log(Call("Inner", [], "x"))})
    run = log(ROOT_CALL)
    names = {"../../out.json": run, "/abs.json": run, "in/log.json": run, "deep.zip": inner}
    before = {path for path in tmp_path.rglob("*") if ".stepscope" not in str(path)}
    path = put(tmp_path, "all.zip", zipped(names))
    result = import_paths(parts, [path])
    assert [one["format"] for one in result.episodes] == ["step"]
    assert len(result.skipped) == 3
    assert all(one["path"].startswith(str(path)) for one in result.skipped)
    after = {one for one in tmp_path.rglob("*") if one != path} - before
    assert not [one for one in after if one.name in ("out.json", "abs.json")]


def test_what_an_archive_hides_is_told(parts, tmp_path):
    """A file that another of its name stands after, an encrypted one; an archive of nothing, one of another kind."""
    out = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(out, "w") as archive:
        for answer in "ab":
            archive.writestr("log.json", json.dumps(log(Call("Find", [], answer))))
        archive.writestr("locked.json", "{}")
    data = bytearray(out.getvalue())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    result = import_paths(parts, [put(tmp_path, "a.zip", bytes(data))])
    assert [parts.episodes.catalogue.get(one["id"])["n_steps"] for one in result.episodes] == [1]
    assert [one["reason"] for one in result.skipped] == [
        "It is encrypted.",
        "Another file of this name stands after it in the archive.",
    ]
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w:gz") as packed:
        packed.addfile(tarfile.TarInfo("log.json"))
    result = import_paths(parts, [put(tmp_path, "b.zip", zipped({})), put(tmp_path, "c.tgz", tar.getvalue())])
    assert result.refused == 2
    assert ["no file in this archive" in one["reason"] or "tar" in one["reason"] for one in result.skipped] == [
        True
    ] * 2


def test_a_bomb_is_refused_before_it_is_unpacked(parts, tmp_path):
    """Gigabytes in a small file, plain and as a zip."""
    squeezer = zlib.compressobj(9, zlib.DEFLATED, 31)
    data = b"".join([*(squeezer.compress(b" " * 2**20) for _ in range(300)), squeezer.flush()])
    packed = zipped({"a": b" " * 2**27 + b"{"})
    result = import_paths(parts, [put(tmp_path, "bomb.json.gz", data), put(tmp_path, "bomb.zip", packed)])
    assert result.episodes == []
    assert "larger than" in result.skipped[0]["reason"]
    assert len(result.skipped) == 2


def test_a_reader_that_breaks_keeps_no_other_file_out(parts, tmp_path, monkeypatch):
    """What nobody thought of is told as one sentence; a full disk ends the import."""
    broken = next(one for one in RUN_FORMATS if one.name == "step")

    def breaks(_source):
        raise ZeroDivisionError("boom")

    monkeypatch.setattr("traces.formats.runs.RUN_FORMATS", tuple(
        type(one)(one.name, one.said, one.recognise, breaks if one is broken else one.read) for one in RUN_FORMATS
    ))  # fmt: skip
    files = [put(tmp_path, "log", log(ROOT_CALL)), put(tmp_path, "gym", [step("click('a12')")])]
    result = import_paths(parts, files)
    assert [one["format"] for one in result.episodes] == ["browsergym"]
    assert "boom" in result.skipped[0]["reason"]
    assert result.partly

    def full(*_):
        raise DiskFull("No room left.")

    monkeypatch.setattr("flows.transfer.foreign_runs.read_runs", full)
    with pytest.raises(DiskFull):
        import_paths(parts, files)


def test_an_episode_that_cannot_be_written_leaves_nothing(parts, tmp_path, monkeypatch):
    """No half file, no row in the catalogue."""

    def breaks(*_):
        raise OSError(5, "input/output error")

    monkeypatch.setattr("flows.transfer.foreign_runs._steps", breaks)
    result = import_paths(parts, [put(tmp_path, "log", log(ROOT_CALL))])
    assert len(result.skipped) == 1
    assert list(parts.workspace.episodes_dir.iterdir()) == []
    assert parts.episodes.catalogue.search().total == 0


@pytest.mark.parametrize("number", range(soak(20)))
def test_damaged_files_are_episodes_or_told(parts, tmp_path, number):
    """A log with bytes changed or cut away at random places, seeded: never more than one sentence."""
    chance = random.Random(number)
    data = bytearray(json.dumps(log(ROOT_CALL)).encode())
    for _ in range(chance.randint(1, 30)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    if chance.random() < 0.3:
        del data[chance.randrange(len(data)) :]
    result = import_paths(parts, [put(tmp_path, "log", bytes(data))])
    assert len(result.episodes) + len(result.skipped) == 1
    for one in result.episodes:
        with parts.episode(one["id"]) as reader:
            reader.dump()


@pytest.mark.foreign
def test_everything_of_others_is_imported(parts):
    """All files nobody here wrote, in one go; a second time nothing is new."""
    folder = foreign("")
    first = import_paths(parts, [folder])
    assert first.skipped == []
    assert {one["format"] for one in first.episodes} == {"step", "webarena-html", "online-mind2web", "playwright-trace"}
    assert len(first.episodes) == 17
    second = import_paths(parts, [folder])
    assert second.episodes == first.episodes
    assert len(second.already_there) == 17
    for one in first.episodes:
        with parts.episode(one["id"]) as reader:
            reader.dump()


@pytest.mark.parametrize("format", ["browsergym", "webarena-html"])
def test_what_we_export_for_others_is_read_again(parts, tmp_path, format):
    """Objective, status and pages are those of the run, and where the format has them actions and calls."""
    run = add_failed_run(parts)
    export_episodes(parts, [run], format, tmp_path / "out.zip")
    (one,) = import_paths(parts, [tmp_path / "out.zip"]).episodes
    assert one["format"] == format
    with parts.episode(run) as before, parts.episode(one["id"]) as after:
        both = (before, after)
        assert after.episode.objective == before.episode.objective
        assert after.episode.status == before.episode.status == "failed"
        assert len({tuple(pages(reader)) for reader in both}) == 1
        if format == "browsergym":
            assert len({tuple(step.action for step in reader.steps()) for reader in both}) == 1
            assert len({tuple(frame.objective for frame in reader.frames()) for reader in both}) == 1


def pages(reader):
    return sorted({reader.observation(step.observation_before).text for step in reader.steps()})


def test_a_remark_made_often_is_said_once(parts, tmp_path):
    """The text has it with the first positions and how often; the JSON has every one. One step is one step."""
    data = log(ROOT_CALL)
    data["trajectory"][1:1] = [None] * 12
    result = import_paths(parts, [put(tmp_path, "a.json", data)])
    (one,) = result.told()["episodes"]
    assert len(one["warnings"]) == 12
    assert text(result).count(one["warnings"][0]["message"]) == 1
    assert "1, 2, 3 and 9 more (12 times): " in text(result)
    single = import_paths(parts, [put(tmp_path, "b.json", log(Call("Look", [], "x")))])
    assert f", {single.episodes[0]['steps']} step, depth" in text(single)
