"""What can be asked of a person or an agent at this desk: seven frozen kinds of task, and typed answers.

A task names exactly what the desk must hold in the end, or what the answer must be. Leaves making tasks
and their sentences to `scenarios`, and judging to `evaluator`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from practice.dates import MONTHS
from practice.desk.records import AGENT_NAMES

AnswerKind = Literal["number", "agent"]


@dataclass(frozen=True, slots=True)
class Found:
    """A ticket and what a person types to find it."""

    number: str
    query: str
    label: str


@dataclass(frozen=True, slots=True)
class LoginAndReply:
    """Sign in and answer a ticket with `lines`, where `bold` is one phrase of it and `items` a bulleted list."""

    username: str
    password: str
    ticket: Found
    lines: tuple[str, ...]
    bold: str
    items: tuple[str, ...]
    status: str

    @property
    def text(self) -> str:
        """Everything that has to be written, in its order."""
        return " ".join((*self.lines, *self.items))


@dataclass(frozen=True, slots=True)
class ChangeTicket:
    """Fields of one ticket to set, e.g. `("priority", "High")`, and tags to add and remove."""

    ticket: Found
    fields: tuple[tuple[str, str], ...]
    add: tuple[str, ...]
    remove: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BulkClose:
    """Tickets to close: the open ones with `tag`, or of `customer`, except `keep`."""

    tag: str
    customer: str
    numbers: tuple[str, ...]
    keep: str


@dataclass(frozen=True, slots=True)
class ReorderProducts:
    """An order to reach by moving `moved` onto the place of `target`; `sku` is empty for categories."""

    sku: str
    name: str
    moved: str
    target: str
    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UpdateProduct:
    """Fields of one product to set, by the names of `state.product_fields`."""

    sku: str
    name: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ReportRange:
    """A question about the days `first` to `last`, both included."""

    first: date
    last: date
    answer_kind: AnswerKind
    answer: str


@dataclass(frozen=True, slots=True)
class CreateTicket:
    """A ticket to make in a customer's name."""

    customer: str
    subject: str
    priority: str
    channel: str
    message: str


Task = LoginAndReply | ChangeTicket | BulkClose | ReorderProducts | UpdateProduct | ReportRange | CreateTicket

_MONTH = "|".join(f"{name}|{name[:3]}" for name in MONTHS)
_DATES = re.compile(
    rf"\d{{4}}-\d{{1,2}}-\d{{1,2}}|\d{{1,2}}\s+(?:{_MONTH})\.?(?:,?\s+\d{{4}})?|"
    rf"(?:{_MONTH})\.?\s+\d{{1,2}}(?:,?\s+\d{{4}})?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![\w-])\d[\d,]*(?![\w%])")


def answer_matches(kind: AnswerKind, expected: str, given: str) -> bool:
    """Whether the answer, in whatever sentence, names the expected value and no other of its kind."""
    if kind == "number":
        return {found.replace(",", "") for found in _NUMBER.findall(_DATES.sub(" ", given))} == {expected}
    words = set(re.findall(r"\w+", given.casefold()))
    return {name for name in AGENT_NAMES if words & set(name.casefold().split())} == {expected}
