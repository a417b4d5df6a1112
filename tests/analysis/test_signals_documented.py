"""docs/signals.md says what the code does: every detector by name, whom it points to, its rule, where it errs."""

from __future__ import annotations

import pytest

from analysis.signals.model import Detector
from analysis.signals.registry import DETECTORS
from tools.source_files import ROOT

LINES = (ROOT / "docs" / "signals.md").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("one", DETECTORS, ids=lambda one: one.id)
def test_a_rule_stands_in_the_docs_word_for_word(one: Detector) -> None:
    """The table's row is the detector's own docstring, and where it may be wrong is said below."""
    assert f"| {one.id} | {one.name} | {one.points_to} | {one.told} |" in LINES
    known = LINES[LINES.index("## Known false alarms") :]
    assert any(line.startswith(f"| {one.id} | ") and line.endswith(". |") for line in known)


def test_no_row_is_of_a_detector_that_is_gone() -> None:
    """Every id in the first column is one of the code's."""
    named = {line.split(" | ")[0].removeprefix("| ") for line in LINES if line.startswith("| D")}
    assert named == {one.id for one in DETECTORS}
