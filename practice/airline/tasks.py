"""What can be asked of a person or an agent at this desk: four frozen kinds of task, and typed answers.

A task names exactly what the bookings must hold in the end, or what the answer must be. Leaves making tasks
and their sentences to `scenarios`, and judging to `evaluator`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from practice.airline.desk import Search
from practice.airline.records import Passenger

AnswerKind = Literal["flight", "price", "time", "reference", "seat", "email", "phone"]


@dataclass(frozen=True, slots=True)
class FindFlight:
    """A question about the flights that `search` lists; `sort_by` names the column that answers it."""

    search: Search
    sort_by: str
    answer_kind: AnswerKind
    answer: str


@dataclass(frozen=True, slots=True)
class FindBooking:
    """A question about one booking."""

    reference: str
    query: str
    answer_kind: AnswerKind
    answer: str


@dataclass(frozen=True, slots=True)
class BookFlight:
    """A booking to make: one flight number for each leg, in order. None for what was left open."""

    search: Search
    numbers: tuple[str, ...]
    passenger: Passenger
    phone_asked: bool
    seats: tuple[str | None, ...]
    extras: tuple[str, ...]
    by_fare: bool = False


@dataclass(frozen=True, slots=True)
class UpdatePassenger:
    """Fields of one passenger to set, e.g. `("email", "ana@example.org")`; `seat` on the first leg, if asked."""

    reference: str
    query: str
    index: int
    fields: tuple[tuple[str, str], ...]
    seat: str | None


@dataclass(frozen=True, slots=True)
class CancelFlight:
    """A booking to cancel for a reason (a key of `CANCEL_REASONS`)."""

    reference: str
    query: str
    reason: str


Task = FindFlight | FindBooking | BookFlight | UpdatePassenger | CancelFlight


def _number(text: str) -> str:
    return text.replace(",", "").split(".")[0]


def _time(text: str) -> str:
    hours, minutes = (int(part) for part in re.findall(r"\d+", text))
    if "p" in text.lower() and hours < 12:
        hours += 12
    return f"{0 if 'a' in text.lower() and hours == 12 else hours:02d}:{minutes:02d}"


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _upper(text: str) -> str:
    return re.sub(r"\s", "", text.upper())


_FORMS: dict[AnswerKind, tuple[re.Pattern[str], Callable[[str], str]]] = {
    "flight": (re.compile(r"\bNW\s?\d{3}\b", re.I), _upper),
    "price": (re.compile(r"(?<=\$)\s?\d[\d,]*|\b\d[\d,]*(?:\.0+)?(?=\s?(?:dollars|USD))", re.I), _number),
    "time": (re.compile(r"\b\d{1,2}:\d{2}(?:\s?[ap]\.?m)?", re.I), _time),
    "reference": (re.compile(r"\b(?=[A-Z]*\d)[A-Z][A-Z2-9]{5}\b", re.I), _upper),
    "seat": (re.compile(r"\b\d{1,2}\s?[A-F]\b", re.I), _upper),
    "email": (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), str.lower),
    "phone": (re.compile(r"\+?\d[\d\s().-]{8,}\d"), _digits),
}


def answer_matches(kind: AnswerKind, expected: str, given: str) -> bool:
    """Whether the answer, in whatever sentence, names the expected value and no other of its kind."""
    pattern, normal = _FORMS[kind]
    matches = pattern.findall(given)
    if kind == "price" and not matches:
        matches = re.findall(r"\d[\d,]*(?:\.0+)?", given)  # a bare number, where nothing is marked as money
    found = {normal(match).strip() for match in matches}
    return found == {normal(expected).strip()}
