"""What a benchmark keeps between starts, and how it ends when only some of it is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import common
from bench.common import Enough, Progress, taken


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
    with pytest.raises(Enough):
        Progress("speed", ["two"]).part("two", lambda: 3)


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


def test_another_benchmark_is_run_when_its_result_is_of_another_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is run as its own command; its figures are then taken from what it kept, without a second run."""
    script = tmp_path / "bench" / "speed.py"
    script.parent.mkdir()
    script.write_text(
        "import json, pathlib\n"
        "kept = pathlib.Path(__file__).parents[1] / 'speed.json'\n"
        "runs = kept.exists() and json.loads(kept.read_text())['figures']['runs']\n"
        "kept.write_text(json.dumps({'commit': 'now', 'figures': {'runs': runs + 1}}))\n"
    )
    monkeypatch.setattr(common, "ROOT", tmp_path)
    monkeypatch.setattr(common, "commit", lambda: "now")
    (tmp_path / "speed.json").write_text('{"commit": "before", "figures": {"runs": 1}}')
    assert taken("speed") == {"runs": 2}
    assert taken("speed") == {"runs": 2}
