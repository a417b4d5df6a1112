"""What asking may cost: limits of tokens, dollars or calls, for one demonstration and for a whole run.

An unknown price is unknown: it counts as no dollars, so a limit in dollars needs a price and is refused without one.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass

from labeling.errors import LabelError

_WRITTEN = re.compile(r"(\d+(?:\.\d+)?)\s*(k|m)?\s*(tokens?|calls?|usd|dollars?)?", re.IGNORECASE)
_TIMES = {"": 1, "k": 1_000, "m": 1_000_000}


class OverBudget(Exception):
    """The next call would go beyond a limit; nothing was asked."""


@dataclass(frozen=True)
class Budget:
    """Limits; None is no limit. Tokens are those in and out together, dollars US dollars."""

    tokens: int | None = None
    dollars: float | None = None
    calls: int | None = None


def parse_budget(text: str) -> Budget:
    """A budget as written: `400000`, `400k tokens`, `2.5usd` or `30calls`. Raises LabelError.

    >>> parse_budget("2.5usd").dollars, parse_budget("400k").tokens
    (2.5, 400000)
    """
    found = _WRITTEN.fullmatch(text.strip())
    if not found:
        raise LabelError(
            f"{text!r} is no budget. Nothing was asked. "
            "Write tokens (400000 or 400k), dollars (2.5usd) or calls (30calls)."
        )
    amount = float(found[1]) * _TIMES[(found[2] or "").lower()]
    unit = (found[3] or "tokens").lower()
    if unit.startswith("token"):
        return Budget(tokens=int(amount))
    return Budget(calls=int(amount)) if unit.startswith("call") else Budget(dollars=amount)


class Purse:
    """What was spent against a budget, and against that of the `whole` it is part of. Safe to use from threads."""

    def __init__(self, budget: Budget = Budget(), whole: Purse | None = None) -> None:
        self._budget, self._whole = budget, whole
        self._lock = threading.Lock()
        self._tokens, self._dollars, self._calls = 0, 0.0, 0

    @property
    def spent(self) -> tuple[int, float, int]:
        """(tokens, known dollars, calls), those of calls under way included as they were estimated."""
        return self._tokens, self._dollars, self._calls

    @property
    def exhausted(self) -> bool:
        """Whether not even a call that costs nothing fits."""
        return self._over(1, 0.0)

    def take(self, tokens: int, dollars: float | None) -> None:
        """Set an estimate aside before a call. Raises OverBudget, and then nothing was set aside."""
        with self._lock:
            if self._over(tokens, dollars or 0.0):
                raise OverBudget("the budget is used up")
            if self._whole is not None:
                self._whole.take(tokens, dollars)
            self._add(tokens, dollars or 0.0, 1)

    def settle(self, tokens: int, dollars: float | None) -> None:
        """Correct an estimate by the difference that the call turned out to cost."""
        with self._lock:
            if self._whole is not None:
                self._whole.settle(tokens, dollars)
            self._add(tokens, dollars or 0.0, 0)

    def _over(self, tokens: int, dollars: float) -> bool:
        limit = self._budget
        return (
            (limit.tokens is not None and self._tokens + tokens > limit.tokens)
            or (limit.dollars is not None and self._dollars + dollars > limit.dollars)
            or (limit.calls is not None and self._calls + 1 > limit.calls)
        )

    def _add(self, tokens: int, dollars: float, calls: int) -> None:
        self._tokens += tokens
        self._dollars += dollars
        self._calls += calls
