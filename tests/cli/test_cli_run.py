"""`run` as a process with real worker processes and browsers: stopping it, and going on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from flows.label import labels
from flows.prompt import prompts
from tests.workspaces import add_demonstration
from tools.source_files import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

RUN = ("run", "--env", "miniwob:login-user", "--seeds", "0:400", "--workers", "1", "--json")


@pytest.fixture(name="taught")
def taught_fixture(parts):
    labels.accept(parts, add_demonstration(parts), "me")
    prompts.build(parts)
    return parts


def children(pid: int) -> list[int]:
    """Every process below one."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in listed.splitlines()]
    below = [child for child, parent in pairs if parent == pid]
    return below + [one for child in below for one in children(child)]


def alive(pids: list[int]) -> list[str]:
    """Those that still run; one that has ended and that nobody has collected yet does not."""
    listed = subprocess.run(["ps", "-eo", "pid=,stat=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()]
    return [" ".join(row) for row in rows if int(row[0]) in pids and not row[1].startswith("Z")]


def stopped_after(episodes: int) -> tuple[int, dict, list[int]]:
    """Start the run, press Ctrl-C in its terminal when so many episodes are done: (code, result, processes it had)."""
    command = [sys.executable, "cli.py", *RUN]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        lines = iter(process.stderr.readline, "")
        assert any(line.startswith(f"{episodes} of 400 episodes") for line in lines), "the run ended by itself"
        below = children(process.pid)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=120)
        assert "Traceback" not in err
        return process.returncode, json.loads(out), below
    finally:
        if process.poll() is None:
            process.kill()
        process.stdout.close()
        process.stderr.close()


def test_ctrl_c_stops_cleanly_and_the_same_command_goes_on(taught, run):
    """Finished episodes are kept as they ended, none is an error, no process is left, and none is run again."""
    code, result, below = stopped_after(2)
    assert code == 130
    assert result["stopped"] is True
    assert result["errors"] == 0
    done = set(result["episodes"])
    assert len(done) >= 2
    assert len(below) >= 2
    assert alive(below) == []
    assert taught.workspace.get("run", result["run"])["status"] == "stopped"
    before = {one: taught.episodes.path(one).stat().st_mtime_ns for one in done}
    code, again, _ = stopped_after(len(done) + 1)
    assert code == 130
    assert again["run"] == result["run"]
    assert done < set(again["episodes"])
    assert {one: taught.episodes.path(one).stat().st_mtime_ns for one in done} == before
    listed = run("episodes", "list", "--run", result["run"], "--json").json
    assert set(again["episodes"]) <= {row["id"] for row in listed["episodes"]}


def test_a_killed_run_leaves_no_worker_and_no_browser(taught):
    """SIGKILL lets it end nothing in order; its workers see that, and browser and driver go with them."""
    command = [sys.executable, "cli.py", *RUN]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        lines = iter(process.stderr.readline, "")
        assert any(line.startswith("1 of 400 episodes") for line in lines), "the run ended by itself"
        below = children(process.pid)
        assert any("chrom" in line for line in alive(below))
        process.kill()
    until = time.monotonic() + 20
    while alive(below) and time.monotonic() < until:
        time.sleep(0.1)  # between two looks at who is still there
    assert alive(below) == []
