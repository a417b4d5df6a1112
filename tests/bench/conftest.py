"""A workspace of its own for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from wiring import Parts


@pytest.fixture(name="parts")
def parts_fixture(tmp_path: Path) -> Iterator[Parts]:
    parts = Parts(tmp_path / "home")
    yield parts
    parts.close()
