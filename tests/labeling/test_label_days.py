"""Dates in texts are read as people write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.days import MONTHS, Day, days_of, mentions, months_in, wording


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("12/26/2016", {Day(2016, 12, 26)}),
        ("03/04/2026", {Day(2026, 3, 4), Day(2026, 4, 3)}),
        ("26.12.2016", {Day(2016, 12, 26)}),
        ("2016-12-26", {Day(2016, 12, 26)}),
        ("3 March 2026", {Day(2026, 3, 3)}),
        ("March 3rd, 2026", {Day(2026, 3, 3)}),
        ("3rd of March", {Day(None, 3, 3)}),
        ("1 Jan 26", set()),
        ("March", set()),
        ("31/31/2020", set()),
        ("a 3 March 2026 b", set()),
        ("555-12-3456", set()),
    ],
)
def test_a_date_means_the_days_it_may_mean(text, days):
    """Numbers may mean two days; what is no date means none."""
    assert days_of(text) == days


def test_dates_are_found_inside_sentences():
    """Only the dates of a sentence are mentions, each as written."""
    text = "Leave on May 9, 2026 and return 12/05/2026, seat 12-14, flight 453."
    assert [written for written, _ in mentions(text)] == ["May 9, 2026", "12/05/2026"]
    assert wording(text, Day(2026, 5, 9)) == "May 9, 2026"
    assert wording(text, Day(2026, 12, 5)) == "12/05/2026"
    assert wording(text, Day(2025, 5, 9)) is None


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.integers(0, 4))
def test_every_day_is_recognised_in_every_form(day, form):
    """However a day is written, it is among what the text may mean."""
    month = MONTHS[day.month - 1]
    text = [
        f"{day.day} {month} {day.year}",
        f"{month} {day.day}, {day.year}",
        day.isoformat(),
        f"{day.month:02}/{day.day:02}/{day.year}",
        f"{day.day:02}/{day.month:02}/{day.year}",
    ][form]
    assert Day(day.year, day.month, day.day) in days_of(text)


def test_calendar_headings_name_months():
    """Month and year are read in either order, short or long."""
    assert months_in("Prev Next December 2016 Su Mo") == ((2016, 12),)
    assert months_in("2026 Apr | May 2026") == ((2026, 4), (2026, 5))
    assert months_in("Seat 20, row 2016") == ()


def test_days_print_as_iso_and_compare_without_a_year():
    """A day without a year may be that day of any year."""
    assert (str(Day(2026, 3, 3)), str(Day(None, 3, 3))) == ("2026-03-03", "--03-03")
    assert Day(None, 3, 3).same(Day(2026, 3, 3))
    assert not Day(2025, 3, 3).same(Day(2026, 3, 3))
