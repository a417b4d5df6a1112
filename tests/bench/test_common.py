"""What a benchmark keeps between starts, and how it ends when only some of it is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import common
from bench.common import Enough, Progress


@pytest.fixture(autouse=True)
def _results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Results of its own."""
    monkeypatch.setattr(common, "RESULTS", tmp_path)


def test_only_the_parts_asked_for_are_measured_and_kept() -> None:
    """The others are None; the last one asked for ends the run; the next start has them."""
    progress = Progress("speed", ["two"])
    assert progress.part("one", lambda: 1) is None
    with pytest.raises(Enough):
        progress.part("two", lambda: 2)
    assert Progress("speed").part("two", lambda: 3) == 2


def test_a_part_that_cannot_be_measured_is_said_and_ends_what_asked_for_it(capsys: pytest.CaptureFixture[str]) -> None:
    """Alone it ends the run; beside another that one is still measured."""
    with pytest.raises(Enough):
        Progress("speed", ["two"]).leave_out("two", "not fetched")
    progress = Progress("speed", ["one", "two"])
    progress.leave_out("two", "not fetched")
    with pytest.raises(Enough):
        progress.part("one", lambda: 1)
    Progress("speed").leave_out("two", "not fetched")
    assert capsys.readouterr().err.count("two is left out: not fetched") == 3
