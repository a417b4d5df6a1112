"""The table of cases and docs/recording-cases.md say the same, and leave no group out."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.browser_recorder.cases.listing import GROUPS, ROWS, group, listed, table
from tests.browser_recorder.cases.model import Case, Elsewhere
from tests.browser_recorder.cases.site import PAGES

ROOT = Path(__file__).parents[2]
MADE = ("echo", "slow", "redirect", "never", "204", "download", "auth")
"""Answers of the cases' site that are no files."""


def test_the_page_lists_every_case_and_no_other() -> None:
    """Same ids, same words, same order."""
    assert listed() == [(row.id, row.says) for row in ROWS], f"the page should list:\n{table()}"


def test_every_group_has_a_case_and_no_id_is_there_twice() -> None:
    """48 groups."""
    assert {group(row.id) for row in ROWS} == set(range(1, GROUPS + 1))
    assert [name for name, times in Counter(row.id for row in ROWS).items() if times > 1] == []


def test_every_case_has_its_page_and_every_other_its_test() -> None:
    """A row names what is there."""
    for row in ROWS:
        if isinstance(row, Case):
            name = row.page.partition("?")[0].partition("#")[0]
            assert name in MADE or (PAGES / name).is_file(), f"{row.id}: no page {name}"
        if isinstance(row, Elsewhere):
            path, _, test = row.test.partition("::")
            assert f"def {test}(" in (ROOT / path).read_text(encoding="utf-8"), f"{row.id}: no test {row.test}"
