"""What the learner counts, compares and works out: ordinals, equations, extremes, grids; how true its scores are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent.learner.calibration import calibration_error
from agent.learner.counting import amounts, counted_from, extremes, lanes, number, ordinal, solved

terms = st.integers(-999, 999)


@given(one=terms, other=terms, sign=st.sampled_from("+-x"))
def test_results_are_those_of_arithmetic(one: int, other: int, sign: str) -> None:
    """Of two numbers and a sign, as a page shows them."""
    expected = {"+": one + other, "-": one - other, "x": one * other}[sign]
    assert solved(f"{one} {sign} {other} =") == str(expected)


@given(one=terms, unknown=terms, first=st.booleans(), sign=st.sampled_from("+-"))
def test_the_unknown_of_an_equation_makes_it_true(one: int, unknown: int, first: bool, sign: str) -> None:
    """On either side of the sign."""
    left, right = (unknown, one) if first else (one, unknown)
    result = left + right if sign == "+" else left - right
    shown = f"x {sign} {one} = {result}" if first else f"{one} {sign} x = {result}"
    assert solved(shown) == str(unknown)


def test_what_is_no_equation_with_one_unknown_has_no_solution() -> None:
    """Two unknowns, none, a division that leaves a rest or by nothing, and other texts."""
    for text in ("x + y = 3", "1 + 2 = 3", "7 / 2 =", "7 / 0 =", "0 * x = 5", "x =", "a = b + c", ""):
        assert solved(text) is None, text


@given(st.integers(1, 999))
def test_ordinals_of_figures(place: int) -> None:
    """With each of the four endings."""
    assert [ordinal(f"{place}{ending}") for ending in ("st", "nd", "rd", "th")] == [place] * 4


def test_ordinals_and_numbers_in_words_and_not() -> None:
    """Words count too; a number is no ordinal and the other way round."""
    assert (ordinal("Third"), ordinal("last"), ordinal("3"), ordinal("thirdly")) == (3, -1, None, None)
    assert (number("-2"), number("2.5"), number("3rd"), number("")) == (-2.0, 2.5, None, None)


def test_amounts_of_money_and_time_are_read() -> None:
    """With their units; durations in minutes."""
    assert amounts("Book flight for $1,204") == (("$", 1204.0),)
    assert amounts("15h 0m") == (("time", 900.0),)
    assert amounts("42") == (("number", 42.0),)
    assert amounts("6:29 AM") == ()


def test_the_least_and_the_most_of_several_records() -> None:
    """Each unit by itself; what all have alike says nothing."""
    found = extremes({"a": ["$20", "2h 0m", "7"], "b": ["$10", "5h 0m", "7"], "c": ["$15", "3h 0m", "7"]})
    assert found["a"] == ("most $", "least time")
    assert found["b"] == ("least $", "most time")
    assert found["c"] == ()


@given(of=st.integers(1, 9), data=st.data())
def test_a_place_in_a_grid_is_counted_from_every_side(of: int, data: st.DataObject) -> None:
    """From both ends, and from the middle where there is one."""
    place = data.draw(st.integers(1, of))
    assert lanes(f"{place} of {of}") == (place, of)
    counted = dict(counted_from((place, of)))
    assert counted["start"] + counted["end"] == of + 1
    if of % 2:
        assert counted["middle on"] == -counted["middle back"] == place - (of + 1) // 2


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1))
def test_the_calibration_error_is_a_share(told: list[tuple[float, bool]]) -> None:
    """And nothing where what was told came true."""
    assert 0 <= calibration_error(told) <= 1
    assert calibration_error([(float(right), right) for _, right in told]) == 0
