"""Dates, times and money as every practice site writes and reads them.

A page writes a date as `3 March 2026`; forms also read `3 Mar 2026`, `March 3, 2026` and `2026-03-03`.
Slashed dates are refused, since nobody can tell which number is the month.
"""

from __future__ import annotations

import re
from datetime import date

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY_FIRST = re.compile(r"(?:[A-Za-z]+,?\s+)?(\d{1,2})\s+([A-Za-z]{3,9})\.?,?\s+(\d{4})")
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.?\s+(\d{1,2}),?\s+(\d{4})")


def long_date(day: date) -> str:
    """`3 March 2026`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def american_date(day: date) -> str:
    """`March 3, 2026`."""
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


def short_date(day: date) -> str:
    """`Tue 3 Mar 2026`."""
    return f"{WEEKDAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def clock(minutes: int) -> str:
    """Minutes after midnight as `08:15`; whole days are dropped."""
    minutes %= 24 * 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def duration(minutes: int) -> str:
    """`4 h 05 min`."""
    return f"{minutes // 60} h {minutes % 60:02d} min"


def money(dollars: int) -> str:
    """`$1,204`."""
    return f"${dollars:,}"


def parse_date(text: str) -> date | None:
    """The date a person typed, or None when it is not one."""
    text = " ".join(text.split())
    if match := _ISO.fullmatch(text):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := _DAY_FIRST.fullmatch(text):
        return _date(int(match[3]), _month(match[2]), int(match[1]))
    if match := _MONTH_FIRST.fullmatch(text):
        return _date(int(match[3]), _month(match[1]), int(match[2]))
    return None


def _month(name: str) -> int:
    found = [n for n, month in enumerate(MONTHS, 1) if month.lower().startswith(name.lower())]
    return found[0] if len(found) == 1 else 0


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
