"""A run that is killed again and again: nothing is lost, nothing done twice, no process left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.run_kills import soak
from tests.counts import soak as times


@pytest.mark.timeout(1200)
def test_a_run_that_is_killed_again_and_again_is_whole_in_the_end(tmp_path: Path) -> None:
    """1,000 episodes and 20 kills in full: each job has one finished episode, in the files and the catalogue."""
    found = soak(tmp_path / "home", times(1000), times(20))
    assert (found.lost, found.duplicated, found.left) == (0, 0, 0)
    assert found.episodes == times(1000)
    assert found.kills == times(20)
