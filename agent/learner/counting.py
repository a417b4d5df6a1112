"""Counting, as a person does who looks at a page: the third of its kind, the cheapest of a list, the sum asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "last": -1}
_ORDINAL = re.compile(r"(\d{1,3})(?:st|nd|rd|th)")
_NUMBER = re.compile(r"-?\d{1,9}(?:\.\d+)?")
_MONEY = re.compile(r"([$€£])\s?(\d[\d,]*(?:\.\d+)?)")
_HOURS = re.compile(r"(\d+)\s?h(?:ours?)?\s?(?:(\d+)\s?m)?", re.IGNORECASE)
_LANE = re.compile(r"(\d+) of (\d+)")
_TERM = r"(-?\d{1,6}|[a-z])"
_EQUATION = re.compile(rf"{_TERM} ?([-+*/x×÷]) ?{_TERM} ?= ?(-?\d{{1,6}}|[a-z?])?")


@lru_cache(maxsize=20_000)
def ordinal(text: str) -> int | None:
    """What place a word names: 3 for "3rd", -1 for "last".

    >>> ordinal("third")
    3
    """
    match = _ORDINAL.fullmatch(text.casefold())
    return int(match.group(1)) if match else ORDINALS.get(text.casefold())


@lru_cache(maxsize=20_000)
def number(text: str) -> float | None:
    """The number a text is, None for any other text."""
    return float(text) if _NUMBER.fullmatch(text) else None


@lru_cache(maxsize=20_000)
def amounts(text: str) -> tuple[tuple[str, float], ...]:
    """Sums of money, durations (in minutes) and bare numbers of a text as (unit, amount).

    >>> amounts("Duration: 6h 20m")
    (('time', 380.0),)
    """
    found = [(sign, float(figure.replace(",", ""))) for sign, figure in _MONEY.findall(text)]
    found += [("time", 60.0 * int(hours) + int(minutes or 0)) for hours, minutes in _HOURS.findall(text)]
    bare = number(text.strip())
    return (*found, ("number", bare)) if bare is not None else tuple(found)


def extremes(records: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """For each record (its texts by id) what it has the least and the most of, compared with the others that say it."""
    said: dict[str, dict[str, float]] = {}
    for record, texts in records.items():
        for text in texts:
            for unit, amount in amounts(text):
                said.setdefault(unit, {}).setdefault(record, amount)
    out: dict[str, tuple[str, ...]] = {}
    for unit, by_record in said.items():
        least, most = min(by_record.values()), max(by_record.values())
        if least < most:
            for record, amount in by_record.items():
                word = f"least {unit}" if amount == least else f"most {unit}" if amount == most else ""
                out[record] = (*out.get(record, ()), *([word] if word else []))
    return out


def lanes(text: str) -> tuple[int, int] | None:
    """`2 of 5` of an element's `column` or `row` as numbers."""
    match = _LANE.fullmatch(text)
    return (int(match.group(1)), int(match.group(2))) if match else None


def counted_from(lane: tuple[int, int]) -> Iterator[tuple[str, int]]:
    """A place among several as one may count it: from the start, from the end, and from the middle both ways."""
    place, of = lane
    yield "start", place
    yield "end", of + 1 - place
    if of % 2:
        middle = (of + 1) // 2
        yield "middle on", place - middle
        yield "middle back", middle - place


def solved(text: str) -> str | None:
    """What an equation with one unknown asks for: the result, or the term that is a letter. None if there is none.

    >>> solved("x - 5 = 3"), solved("6 x 7 =")
    ('8', '42')
    """
    match = _EQUATION.fullmatch(" ".join(text.casefold().split()))
    if match is None:
        return None
    one, sign, other, result = match.groups()
    known = [int(term) if term and term.lstrip("-").isdecimal() else None for term in (one, other, result)]
    found = _unknown(sign, *known)
    return None if found is None or found != int(found) else str(int(found))


def _unknown(sign: str, one: int | None, other: int | None, result: int | None) -> float | None:
    """The one term that is None; None where that cannot be told."""
    match (sign, one, other, result):
        case "+", int(a), int(b), None:
            return a + b
        case "-", int(a), int(b), None:
            return a - b
        case "*" | "x" | "×", int(a), int(b), None:
            return a * b
        case "/" | "÷", int(a), int(b), None:
            return a / b if b else None
        case ("+", None, int(a), int(c)) | ("+", int(a), None, int(c)):
            return c - a
        case "-", None, int(b), int(c):
            return c + b
        case "-", int(a), None, int(c):
            return a - c
        case ("*" | "x" | "×", None, int(a), int(c)) | ("*" | "x" | "×", int(a), None, int(c)):
            return c / a if a else None
    return None
