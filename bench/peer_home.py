"""The installation of BrowserGym that benchmarks are compared with: its own environment, made on first use."""

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
    python, ready = PEER / "bin" / "python", PEER / "ready"
    wanted = "\n".join(BROWSERGYM)
    if not ready.exists() or ready.read_text(encoding="utf-8") != wanted:
        venv.create(PEER, with_pip=True, clear=True)
        command = [str(python), "-m", "pip", "install", "--quiet", *BROWSERGYM]
        subprocess.run(command, check=True, timeout=INSTALL_S, stdout=sys.stderr)
        ready.write_text(wanted, encoding="utf-8")
    return python
