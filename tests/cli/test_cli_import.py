"""`import` as a person types it: odd paths and names, folders, stopping, the same twice; never a traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from flows.transfer.transfer import export_file
from tests.workspaces import add_demonstration
from tools.source_files import ROOT
from wiring import HOME, Parts

PAGE = {"observation": "[1] link 'It'", "url": "http://a.test/"}
LONG = "x" * 300


def log(objective: str = "Find it") -> bytes:
    rows = [{"objective": objective, "action": "click [1]", "done": True, **PAGE}]
    rows += [{"objective": objective, "action": "stop [it]", "done": True, **PAGE}]
    return json.dumps({"trajectory": rows}).encode()


def put(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def reasons(told) -> dict[str, str]:
    assert "Traceback" not in told.err
    return {Path(one["path"]).name: one["reason"] for one in told.json["skipped"]}


def test_paths_that_name_nothing_keep_no_other_out(run, home, tmp_path):
    """Missing, too long, a file taken for a folder, a pipe, a device, links in a circle: each with its reason."""
    good = put(tmp_path / "good.json", log())
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    odd = [tmp_path / "nowhere", tmp_path / LONG, good / "below", tmp_path / "pipe.json", "/dev/zero"]
    told = run("import", *odd, tmp_path / "circle", good, "--json")
    assert told.code == 3
    found = reasons(told)
    assert found["nowhere"] == found["below"] == "There is no such file."
    assert "too long" in found[LONG]
    assert found["pipe.json"] == found["zero"] == "It is no plain file, so it is not read."
    assert "circle" in found
    assert [one["format"] for one in told.json["episodes"]] == ["step"]


def test_a_folder_is_read_whatever_lies_in_it(run, home, tmp_path):
    """Links in circles, to nothing and out, pipes, folders named like files; what was not read is told."""
    put(tmp_path / "in" / "log.json" / "sub.episode" / "x", log())
    folder = tmp_path / "in"
    (folder / "a").symlink_to("b")
    (folder / "b").symlink_to("a")
    (folder / "gone").symlink_to("nothing")
    (folder / "passwd").symlink_to("/etc/passwd")
    (folder / "up").symlink_to("..")
    (folder / "again").symlink_to("log.json")
    os.mkfifo(folder / "pipe")
    told = run("import", folder, "--json")
    assert told.code == 0
    assert len(told.json["episodes"]) == 1
    nothing, out = "It is a link to nothing.", "It is a link that leads out of the folder."
    pipe = "It is no plain file, so it is not read."
    assert reasons(told) == {"a": nothing, "b": nothing, "gone": nothing, "passwd": out, "up": out, "pipe": pipe}


def test_nothing_in_it_is_said(run, home, tmp_path):
    """An empty folder, an empty file, an empty path: a folder without files is no import that went well."""
    (tmp_path / "empty").mkdir()
    told = run("import", tmp_path / "empty", put(tmp_path / "none.json", b""), "--json")
    assert (told.code, told.json["episodes"]) == (3, [])
    assert reasons(told) == {"empty": "There is no file in this folder.", "none.json": "It is empty."}
    told = run("import", "", "--json")
    assert told.code == 2
    assert "empty path" in told.error["what"]


def test_odd_names_are_told_as_they_are_and_cannot_command_a_terminal(process, tmp_path):
    """Not UTF-8, a line break, an escape sequence, letters turned round: JSON all the same, and one line in words."""
    for name in (b"caf\xe9\xff.json", "a\nImported 9 episodes.\x1b[31m\u202egnp.json".encode(), b"<img src=x>.json"):
        put(tmp_path / "in" / os.fsdecode(name), b"{bad")
    told = process("import", tmp_path / "in", "--json")
    assert told.code == 0
    names = {os.fsencode(os.path.basename(one["path"])) for one in told.json["skipped"]}
    assert names == {os.fsencode(path.name) for path in (tmp_path / "in").iterdir()}
    plain = process("import", tmp_path / "in")
    assert not [char for char in plain.out + plain.err if not (char.isprintable() or char == "\n")]
    assert not [line for line in plain.out.splitlines() if line.startswith("Imported 9")]
    assert "\\x1b[31m\\u202egnp.json" in plain.out


def test_what_may_not_be_read_is_told(home, tmp_path):
    """A file and a folder without permission; those beside them are imported."""
    put(tmp_path / "in" / "good.json", log())
    put(tmp_path / "in" / "closed.json", log("Other")).chmod(0)
    put(tmp_path / "in" / "shut" / "x.json", log("Third")).parent.chmod(0)
    command = [sys.executable, "cli.py", "import", str(tmp_path / "in"), str(tmp_path / "in" / "shut"), "--json"]
    if os.geteuid() == 0:  # whom permissions do not stop unless he lays that down
        command = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", *command]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    (tmp_path / "in" / "shut").chmod(0o700)
    told = json.loads(done.stdout)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert len(told["episodes"]) == 1
    assert {Path(one["path"]).name for one in told["skipped"]} == {"closed.json", "shut"}
    assert all("Permission denied" in one["reason"] for one in told["skipped"])


def test_the_same_twice_in_one_command_is_one_episode(run, parts, tmp_path):
    """A run under two names, and an episode file under two names."""
    add_demonstration(parts)
    export_file(parts, "demo1", tmp_path / "out.episode")
    parts.episodes.remove("demo1")
    copy = put(tmp_path / "copy.episode", (tmp_path / "out.episode").read_bytes())
    files = [put(tmp_path / "a.json", log()), put(tmp_path / "b.json", log()), tmp_path / "out.episode", copy]
    told = run("import", *files, "--json")
    assert told.code == 0
    assert len(told.json["episodes"]) == 2
    assert run("episodes", "list", "--json").json["total"] == 2
    again = run("import", *files, "--json")
    assert again.json == told.json
    assert "were there already" in run("import", *files).out


def test_two_processes_at_once_make_each_episode_once(home, tmp_path):
    """Both end well, both tell of all; the workspace has each once, with its row, and nothing half."""
    parts = Parts(home)
    for number in range(4):
        put(tmp_path / "in" / f"{number}.json", log(f"Goal {number}"))
        add_demonstration(parts, f"demo{number}", f"ana{number}")
        export_file(parts, f"demo{number}", tmp_path / "in" / f"{number}.episode")
    parts.close()
    other = {**os.environ, HOME: str(tmp_path / "other")}
    Parts(tmp_path / "other").close()
    command = [sys.executable, "cli.py", "import", str(tmp_path / "in"), "--json"]
    both = [
        subprocess.Popen(command, cwd=ROOT, env=other, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    said = [one.communicate(timeout=300) for one in both]
    assert [one.returncode for one in both] == [0, 0, 0], said
    told = [json.loads(out) for out, _ in said]
    assert told[0]["skipped"] == []
    ids = [sorted(one["id"] for one in each["episodes"]) for each in told]
    assert ids[0] == ids[1] == ids[2]
    assert len(ids[0]) == 8
    parts = Parts(tmp_path / "other")
    assert parts.episodes.catalogue.search().total == 8
    assert sorted(path.stem for path in parts.workspace.episodes_dir.iterdir()) == ids[0]
    assert not [path for path in parts.workspace.root.iterdir() if path.name.startswith(".import")]
    parts.close()


@pytest.mark.sampled
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_import_keeps_what_was_done_and_goes_on(home, process, tmp_path, number):
    """Ctrl-C after the first file: JSON of what was done, 130, a word on how to go on; again brings the rest."""
    for index in range(60):
        put(tmp_path / "in" / f"{index:03}.json", log(f"Goal {index}"))
    command = [sys.executable, "cli.py", "import", str(tmp_path / "in"), "--json"]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    lines = iter(running.stderr.readline, "")
    next(line for line in lines if line.startswith("6 of"))
    running.send_signal(number)
    out, err = running.communicate(timeout=300)
    assert running.returncode == 130
    assert "kept" in err
    assert "Traceback" not in err
    done = json.loads(out)["episodes"]
    assert 6 <= len(done) < 60
    with_rest = process("import", tmp_path / "in", "--json", seconds=500)
    assert with_rest.code == 0
    assert [one["id"] for one in with_rest.json["episodes"][: len(done)]] == [one["id"] for one in done]
    assert len(with_rest.json["episodes"]) == 60
    assert process("workspace", "info", "--json").json["episodes"] == 60
