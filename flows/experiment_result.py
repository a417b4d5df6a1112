"""What every experiment is asked and what it finds: rows of shares with their intervals, and arms in pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analysis.intervals import wilson


@dataclass(frozen=True)
class Asked:
    """An experiment by name. Without `tasks`, at most `most_tasks` are chosen; `shown` demonstrations of each teach."""

    name: str
    tasks: tuple[str, ...] = ()
    seeds: str = "5000:5005"
    model: str = "demos"
    policy_set: str = "miniwob"
    label_set: str = ""
    shown: int = 5
    most_tasks: int = 6
    workers: int = 2


@dataclass(frozen=True)
class Found:
    """`answer` in one sentence; rows as `share` makes them, of `n` turns or episodes in all; `pairs` as in a run's
    report; ids of the `runs`.
    """

    answer: str
    rows: tuple[dict[str, Any], ...]
    n: int
    pairs: tuple[dict[str, Any], ...] = ()
    runs: tuple[str, ...] = ()
    stopped: bool = False


def share(arm: str, of: str, ok: int, n: int, notes: str = "") -> dict[str, Any]:
    """One row: `ok` of `n`, with Wilson's 95 % interval."""
    low, high = wilson(ok, n)
    value = ok / n if n else 0.0
    return {"arm": arm, "of": of, "ok": ok, "n": n, "value": value, "low": low, "high": high, "notes": notes}
