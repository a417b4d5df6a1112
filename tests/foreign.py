"""Files nobody on this project wrote, for tests marked `foreign`: where they are, and skipping where they are not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

FOREIGN = Path(os.environ.get("STEPSCOPE_FOREIGN") or Path(__file__).parents[2] / "shared" / "data" / "foreign")
"""The folder; beside the repository where the environment names none."""


def foreign(name: str) -> Path:
    """A file or folder of these; the test is skipped where it is absent."""
    path = FOREIGN / name
    if not path.exists():
        pytest.skip(f"{path} is absent: set STEPSCOPE_FOREIGN to the folder of foreign files")
    return path
