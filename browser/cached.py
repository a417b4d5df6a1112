"""Where what was fetched once for an environment is kept, apart from workspaces: a folder of the person's data."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "STEPSCOPE_CACHE"


def cached(name: str) -> Path:
    """The folder of that name; it need not exist."""
    home = os.environ.get(VARIABLE) or Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share") / "stepscope"
    return Path(home).expanduser() / name
