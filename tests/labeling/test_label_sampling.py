"""Drawing a share of the demonstrations at random."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labeling.sampling import drawn

shares = st.floats(0, 1)


@given(st.text(), shares, shares)
def test_who_is_drawn_stays_drawn_when_the_share_grows(episode: str, one: float, other: float) -> None:
    """The same answer each time; none of a share of none, all of all."""
    small, large = sorted((one, other))
    assert drawn(episode, "check", small) == drawn(episode, "check", small)
    assert not drawn(episode, "check", small) or drawn(episode, "check", large)
    assert drawn(episode, "check", 1.0)
    assert not drawn(episode, "check", 0.0)


def test_the_share_is_about_as_asked_and_purposes_are_independent() -> None:
    """Of 4,000 names about 5 % and 10 %, and about a tenth of the one among the other."""
    names = [f"demo{n}" for n in range(4_000)]
    checks = {name for name in names if drawn(name, "check", 0.05)}
    twice = {name for name in names if drawn(name, "twice", 0.1)}
    assert 150 < len(checks) < 250
    assert 330 < len(twice) < 470
    assert 5 <= len(checks & twice) <= 40
