"""The installations of programs that benchmarks are compared with: each its own environment, made on first use."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

from bench.common import RESULTS
from browser.fetching import BROWSERGYM

PEER = RESULTS / "browsergym"
INSTALL_S = 600


def peer_python() -> Path:
    """The Python of BrowserGym's own environment."""
    return _made(PEER, BROWSERGYM, "\n".join(BROWSERGYM))


def environment(name: str, lock: Path) -> Path:
    """The Python of an environment with exactly what a lock file lists. Raises CalledProcessError."""
    return _made(RESULTS / name, ("--no-deps", "-r", str(lock)), lock.read_text(encoding="utf-8"))


def _made(folder: Path, packages: tuple[str, ...], wanted: str) -> Path:
    python, ready = folder / "bin" / "python", folder / "ready"
    if not ready.exists() or ready.read_text(encoding="utf-8") != wanted:
        venv.create(folder, with_pip=True, clear=True)
        command = [str(python), "-m", "pip", "install", "--quiet", *packages]
        subprocess.run(command, check=True, timeout=INSTALL_S, stdout=sys.stderr)
        ready.write_text(wanted, encoding="utf-8")
    return python
