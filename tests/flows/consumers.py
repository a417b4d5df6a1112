"""Programs that read our exports, each in an environment of its own that is made when it is first needed.

An environment is kept in artifacts/consumers/, so that a second run starts at once.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.source_files import ROOT

ENVIRONMENTS = ROOT / "artifacts" / "consumers"


def python_with(pin: str) -> Path:
    """The Python of an environment that holds the pinned package; fails where it cannot be installed."""
    folder = ENVIRONMENTS / pin
    python = folder / "bin" / "python"
    if (folder / "whole").exists():
        return python
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", pin]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        shutil.rmtree(folder)
        pytest.fail(f"{pin} cannot be installed, so its export was not read: {made.stderr.strip().splitlines()[-1]}")
    (folder / "whole").touch()
    return python


def consumed(pin: str, script: str, *args: Path, home: Path) -> dict:
    """What a script prints as JSON on its last line, run with the package and without a network."""
    offline = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(home), "DSPY_CACHEDIR": str(home), "HOME": str(home)}
    done = subprocess.run(
        [str(python_with(pin)), "-c", script, *map(str, args)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **offline},
        cwd=home,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
