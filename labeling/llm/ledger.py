"""The ledger of a labelling run: one row for every request, written as it goes out, when it has, and when it is over.

A killed process leaves rows `sent` (gone out and never heard of) and at most one `sending`, which is in doubt.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from labeling.repository import Rows
from llm_client.chat import Attempt

LEDGER = "llm_ledger"


@dataclass(frozen=True)
class Total:
    """Requests that went out, how many of them failed or were never heard of, tokens, and cost (None while unknown).

    The endpoint was asked at least `attempts` times, and at most `in_doubt` times more; `unsent` met no connection.
    """

    attempts: int = 0
    failed: int = 0
    unheard: int = 0
    in_doubt: int = 0
    unsent: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None


class LedgerRows:
    """Writes attempts under the name of a run; give `write` to a chat model as `ledger` and as `sending`."""

    def __init__(self, rows: Rows, run: str) -> None:
        self._rows, self._run = rows, run

    def write(self, attempt: Attempt) -> None:
        """Keep an attempt as it stands, in place of how it stood before."""
        named = f"{attempt.model}|{attempt.purpose}|{attempt.number}|{attempt.at!r}"
        key = f"label-{hashlib.sha256(named.encode()).hexdigest()[:32]}"
        self._rows.put(LEDGER, key, {**asdict(attempt), "run": self._run}, run=self._run)

    def total(self) -> Total:
        """What all attempts of the run come to."""
        found = self._rows.rows(LEDGER, run=self._run)
        states = Counter(_state(body) for body in found)
        paid = [body for body in found if _state(body) == "over" and body["error"] is None]
        unknown = any(body["cost"] is None for body in paid)
        return Total(
            attempts=states["over"] + states["sent"],
            failed=states["over"] - len(paid),
            unheard=states["sent"],
            in_doubt=states["sending"],
            unsent=states["unsent"],
            tokens_in=sum(body["tokens_in"] for body in paid),
            tokens_out=sum(body["tokens_out"] for body in paid),
            cost=None if unknown else sum(body["cost"] for body in paid),
        )


def _state(body: dict[str, Any]) -> str:
    """The state of a row; rows of before there were states say whether they are `over`."""
    return str(body["state"]) if "state" in body else "over" if body["over"] else "sending"
