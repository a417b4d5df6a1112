"""How good pictures may be: worse on a slow way, better again on a quick one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from browser.live.pace import FAST_RUN, QUALITIES, Pace


def test_slow_pictures_make_them_worse_and_quick_ones_better() -> None:
    """Each slow picture costs a level, a run of quick ones earns one."""
    pace = Pace()
    assert pace.quality == QUALITIES[0]
    pace.took(800)
    pace.took(800)
    assert pace.quality == QUALITIES[2]
    for _ in range(FAST_RUN):
        pace.took(40)
    assert pace.quality == QUALITIES[1]


def test_a_run_is_broken_by_a_picture_that_is_neither() -> None:
    """Only quick pictures in a row count."""
    pace = Pace()
    pace.took(800)
    for _ in range(3):
        for _ in range(FAST_RUN - 1):
            pace.took(40)
        pace.took(200)
    assert pace.quality == QUALITIES[1]


@given(st.lists(st.floats(0, 10_000)))
def test_the_quality_is_always_one_of_the_known(times: list[float]) -> None:
    """Whatever comes."""
    pace = Pace()
    for took in times:
        pace.took(took)
        assert pace.quality in QUALITIES
