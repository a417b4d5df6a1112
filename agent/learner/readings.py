"""The days a text may mean, each with how it was read: 05/11/2016 is a day in May or in November.

Which reading a page means is learned: facts about days carry the kind of reading they rest on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from labeling.days import Day, days_of

_NUMBERS = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.]\d{2,4}$")


@dataclass(frozen=True)
class Reading:
    """A day and the kinds of reading that give it: plain (the only one there is), month-first, day-first."""

    day: Day
    kinds: tuple[str, ...]


@lru_cache(maxsize=5_000)
def readings(text: str) -> tuple[Reading, ...]:
    """All readings of a text that is nothing but a date, in a stable order; none for any other text.

    >>> [reading.kinds for reading in readings("05/11/2016")]
    [('month-first',), ('day-first',)]
    """
    days = sorted(days_of(text), key=str)
    numbers = _NUMBERS.fullmatch(text.strip())
    return tuple(Reading(day, (*_plain(days), *_order(day, numbers))) for day in days)


def turns(read: Sequence[Reading], months: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    """For each kind of reading where its month lies from the shown ones (sorted): before, within or after."""
    found = []
    for reading in read:
        if reading.day.year is not None and months:
            month = (reading.day.year, reading.day.month)
            where = "within" if month in months else "before" if month < months[0] else "after"
            found += [f"{kind} month is {where}" for kind in reading.kinds]
    return tuple(found)


def _plain(days: Sequence[Day]) -> tuple[str, ...]:
    return ("plain",) if len(days) == 1 else ()


def _order(day: Day, numbers: re.Match[str] | None) -> tuple[str, ...]:
    if numbers is None:
        return ()
    first, second = int(numbers.group(1)), int(numbers.group(2))
    kinds = (("month-first", first), ("day-first", second))
    return tuple(kind for kind, month in kinds if month == day.month and {first, second} >= {day.month, day.day})
