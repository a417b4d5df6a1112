"""How long work says how far it is, and how it is told to stop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Update:
    """One line for a person and, where it can be counted, how much of how much is done."""

    line: str
    done: int = 0
    total: int = 0


Report = Callable[[Update], None]
Stop = Callable[[], bool]


class Stopped(Exception):
    """The person asked to stop; everything finished before is kept."""


def never() -> bool:
    """A stop that never comes."""
    return False


def silent(update: Update) -> None:
    """A report nobody reads."""


@dataclass
class Pace:
    """Rate and time left of counted work.

    >>> Pace(total=10, began=0.0).said(5, now=10.0)
    '5 of 10 · 30/min · 0:10 left'
    """

    total: int
    began: float = field(default_factory=time.monotonic)

    def said(self, done: int, now: float | None = None) -> str:
        """How much is done, how fast it goes and how long it still takes."""
        spent = (time.monotonic() if now is None else now) - self.began
        if not done or spent <= 0:
            return f"{done:,} of {self.total:,}"
        left = round(spent / done * (self.total - done))
        return f"{done:,} of {self.total:,} · {done / spent * 60:,.0f}/min · {left // 60}:{left % 60:02d} left"


def each(items: Sequence[T], report: Report, stop: Stop, does: str = "", every: int = 1) -> Iterator[T]:
    """The items until one asks to stop; after every so many, and the last, it is said how far it is."""
    pace = Pace(len(items))
    for done, item in enumerate(items, 1):
        if stop():
            return
        yield item
        if done % every == 0 or done == len(items):
            report(Update(f"{does} {pace.said(done)}".lstrip(), done, len(items)))
