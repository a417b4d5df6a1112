"""The command line as a process would see it: stdout, stderr and the exit code, in a workspace of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import cli
from tools.source_files import ROOT
from wiring import HOME, Parts


@dataclass(frozen=True)
class Told:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Stdout, which must be one JSON text and nothing else."""
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, str]:
        """The error on the last line of stderr, with its three parts; stdout must be empty."""
        assert self.out == ""
        told = json.loads(self.err.splitlines()[-1])
        assert list(told) == ["error"]
        assert sorted(told["error"]) == ["kept", "next", "what"]
        assert all(told["error"].values())
        return told["error"]


Run = Callable[..., Told]


@pytest.fixture(name="home")
def home_fixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    monkeypatch.setenv(HOME, str(home))
    for name in ("STEPSCOPE_MODEL_ENDPOINT", "OPENAI_BASE_URL", "OPENAI_API_KEY", "STEPSCOPE_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    return home


@pytest.fixture(name="run")
def run_fixture(home: Path) -> Run:
    """Run a command inside this process."""

    def run(*typed: object, answer: str | None = None) -> Told:
        done = CliRunner().invoke(cli.app, [str(word) for word in typed], input=answer, prog_name="cli.py")
        return Told(done.exit_code, done.stdout, done.stderr)

    return run


@pytest.fixture(name="process")
def process_fixture(home: Path) -> Run:
    """Run a command as a process of its own."""

    def run(*typed: object, answer: str = "", seconds: float = 100) -> Told:
        command = [sys.executable, "-W", "error", "cli.py", *(str(word) for word in typed)]
        done = subprocess.run(
            command, cwd=ROOT, input=answer, capture_output=True, text=True, timeout=seconds, check=False
        )
        return Told(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture(name="parts")
def parts_fixture(home: Path) -> Iterator[Parts]:
    """The same workspace as the commands', to fill it and to look into it."""
    parts = Parts(home)
    yield parts
    parts.close()
