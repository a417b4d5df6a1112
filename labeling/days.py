"""Reading dates in texts: which days a text may mean, where a text mentions one, and which month a calendar shows.

Numbers such as 03/04/2026 mean two days until something tells which; a date without a year matches any year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from dateutil import parser

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_MONTH = r"(?:" + "|".join(f"{name}|{name[:3]}" for name in MONTHS) + r"|Sept)\.?"
_NUMBER_DATE = r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_NAMED_DATE = rf"{_DAY}(?: of)? {_MONTH}(?:,? \d{{4}})?|{_MONTH} {_DAY}(?:,? \d{{4}})?"
_DATE = re.compile(rf"(?<![\w/.-])(?:{_NUMBER_DATE}|{_NAMED_DATE})(?![\w/-])", re.IGNORECASE)
_TO = r"\s*(?:to|until|till|through|and|[-–—])\s*"
_RANGE = re.compile(
    rf"(?<![\w/.-])(?:({_DAY}){_TO}({_DAY})(?: of)? ({_MONTH})(,? \d{{4}})?"
    rf"|({_MONTH}) ({_DAY}){_TO}({_DAY})(,? \d{{4}})?)(?![\w/-])",
    re.IGNORECASE,
)
_MONTH_YEAR = re.compile(rf"\b({_MONTH})\W{{0,3}}(\d{{4}})\b|\b(\d{{4}})\W{{1,3}}({_MONTH})(?!\w)", re.IGNORECASE)


@dataclass(frozen=True)
class Day:
    """A day of the calendar; `year` is None where the text did not say."""

    year: int | None
    month: int
    day: int

    def same(self, other: Day) -> bool:
        """Whether both may be the same day."""
        years = {self.year, other.year} - {None}
        return (self.month, self.day) == (other.month, other.day) and len(years) < 2

    def __str__(self) -> str:
        """ISO form, without the year where it is unknown."""
        return f"{self.year:04}-{self.month:02}-{self.day:02}" if self.year else f"--{self.month:02}-{self.day:02}"


def mentions(text: str) -> Iterator[tuple[str, frozenset[Day]]]:
    """Every date in a text, as written, with the days it may mean."""
    for match in _DATE.finditer(text):
        days = _readings(match.group())
        if days:
            yield match.group(), days


def days_of(text: str) -> frozenset[Day]:
    """The days a text means that is nothing but a date; empty for any other text."""
    found = list(mentions(text.strip()))
    return found[0][1] if len(found) == 1 and found[0][0] == text.strip() else frozenset()


def wording(text: str, day: Day) -> str | None:
    """How a text writes this day, or None where it does not mention it."""
    said = (*mentions(text), *_ranges(text))
    fits = [written for written, days in said if any(day.same(one) for one in days)]
    return max(fits, key=len) if fits else None


def _ranges(text: str) -> Iterator[tuple[str, frozenset[Day]]]:
    """Both days of ‘5 to 9 August 2026’ and ‘August 5 – 9, 2026’, each written as a date of its own."""
    for match in _RANGE.finditer(text):
        days, month, year = match.group(1, 2), match.group(3), match.group(4) or ""
        later, month_first, its_year = match.group(6, 7), match.group(5), match.group(8) or ""
        for written in [f"{day} {month}{year}" for day in days if day] + [
            f"{month_first} {day}{its_year}" for day in later if day
        ]:
            yield written, _readings(written)


def months_in(text: str) -> tuple[tuple[int, int], ...]:
    """Every (year, month) a text names, as calendars do: `December 2016`."""
    found = []
    for match in _MONTH_YEAR.finditer(text):
        name, year = match.group(1) or match.group(4), match.group(2) or match.group(3)
        found.append((int(year), _month_number(name)))
    return tuple(found)


def _month_number(name: str) -> int:
    return next(n for n, month in enumerate(MONTHS, 1) if month[:3].lower() == name[:3].lower())


def _readings(text: str) -> frozenset[Day]:
    plain = re.sub(r"\bof\b|(?<=\d)(?:st|nd|rd|th)\b", " ", text, flags=re.IGNORECASE)
    year_first = re.match(r"\d{4}", plain) is not None
    day_first = (False,) if year_first else (True,) if "." in plain and plain[0].isdigit() else (False, True)
    return frozenset(day for first in day_first if (day := _read(plain, first, year_first)) is not None)


def _read(text: str, day_first: bool, year_first: bool) -> Day | None:
    """One reading; two different default years tell whether the text has a year of its own."""
    try:
        one, two = (
            parser.parse(text, default=datetime(year, 1, 1), dayfirst=day_first, yearfirst=year_first)  # noqa: DTZ001 - a day has no zone
            for year in (2000, 2004)
        )
    except (ValueError, OverflowError):
        return None
    return Day(one.year if one.year == two.year else None, one.month, one.day)
