"""The ledger of a labelling run: one row for every request that went over the wire, failed and unheard ones too.

A row is written before a request is sent and again when it is over, so that a killed process leaves a row `sent`.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass

from labeling.repository import Rows
from llm_client.chat import Attempt

LEDGER = "llm_ledger"


@dataclass(frozen=True)
class Total:
    """Requests sent, how many of them failed or were never heard of, tokens, and cost (None while one is unknown)."""

    attempts: int = 0
    failed: int = 0
    unheard: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None


class LedgerRows:
    """Writes attempts under the name of a run; give `write` to a chat model as `ledger` and as `sending`."""

    def __init__(self, rows: Rows, run: str) -> None:
        self._rows, self._run = rows, run

    def write(self, attempt: Attempt) -> None:
        """Keep an attempt as it stands; the row of one that is over replaces the one written before it was sent."""
        named = f"{attempt.model}|{attempt.purpose}|{attempt.number}|{attempt.at!r}"
        key = f"label-{hashlib.sha256(named.encode()).hexdigest()[:32]}"
        self._rows.put(LEDGER, key, {**asdict(attempt), "run": self._run}, run=self._run)

    def total(self) -> Total:
        """What all attempts of the run come to."""
        found = self._rows.rows(LEDGER, run=self._run)
        heard = [body for body in found if body["over"]]
        paid = [body for body in heard if body["error"] is None]
        unknown = any(body["cost"] is None for body in paid)
        return Total(
            attempts=len(found),
            failed=len(heard) - len(paid),
            unheard=len(found) - len(heard),
            tokens_in=sum(body["tokens_in"] for body in paid),
            tokens_out=sum(body["tokens_out"] for body in paid),
            cost=None if unknown else sum(body["cost"] for body in paid),
        )
