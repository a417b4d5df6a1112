"""Which rows of a long table `make test` plays."""

from __future__ import annotations

from tests.counts import tenth


def test_a_tenth_is_the_same_every_time_and_in_order() -> None:
    """Of 200 rows 20, in their order; of few rows one."""
    rows = list(range(200))
    picked = tenth(rows)
    assert picked == tenth(rows) == sorted(picked)
    assert len(picked) == 20
    assert [len(tenth(rows[:few])) for few in (0, 1, 9, 19)] == [0, 1, 1, 1]


def test_every_kind_is_there() -> None:
    """One row at least of each kind, a tenth of a large one."""
    rows = ["a"] * 40 + ["b"] * 2 + ["c"]
    assert tenth(rows, kind=str) == ["a"] * 4 + ["b", "c"]
