"""Files that mean harm do none: each is imported by a process of its own, and what imports is opened in Chromium."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.hostile_bundles import flawed
from bench.hostile_files import EDITS, archives, cases, files
from bench.hostile_own import own
from tests.counts import soak

ROOT = Path(__file__).parents[2]
_RUN = """
import dataclasses, json, sys
from pathlib import Path
from bench.hostile import measured
found = measured(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), lambda line: print(line, file=sys.stderr))
print(json.dumps(dataclasses.asdict(found)))
"""


@pytest.mark.browser
@pytest.mark.timeout(3600)
def test_hostile_files_do_no_harm(tmp_path):
    """None hangs, exhausts memory, writes elsewhere, gives a traceback, runs in Replay or asks another host."""
    command = [sys.executable, "-c", _RUN, str(soak(260)), str(soak(150)), str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["detail"]["failed"] == {}
    assert found["figures"] == {"hostile_cases": soak(260), "hostile_failures": 0}
    assert found["detail"]["opened"] > 0


def test_there_are_as_many_cases_as_asked_for():
    """All odd files, archives and episode files are among 260; equal numbers give equal cases."""
    names = [case.name for case in cases(260)]
    special = [case.name for case in (*files(), *archives(), *own(), *flawed())] + [
        f"episode: {name}" for name in EDITS
    ]
    assert set(special) <= set(names)
    assert (len(names), len(set(names))) == (260, 260)
    assert [case.name for case in cases(20)] == [case.name for case in cases(20)]
