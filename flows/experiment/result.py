"""What every experiment is asked and what it finds: rows of shares with their intervals, and arms in pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from analysis.intervals import wilson
from analysis.paired import paired

ALL = "all"
Across = Literal["task", "site"]


@dataclass(frozen=True)
class Asked:
    """An experiment by name. Without `tasks`, at most `most_tasks` are chosen; `shown` demonstrations of each teach.

    `across` is for transfer: from task to task, or from site to site.
    """

    name: str
    tasks: tuple[str, ...] = ()
    seeds: str = "5000:5005"
    model: str = "demos"
    policy_set: str = "miniwob"
    label_set: str = ""
    shown: int = 5
    most_tasks: int = 6
    workers: int = 2
    across: Across = "task"


@dataclass(frozen=True)
class Found:
    """`answer` in one sentence; rows as `share` makes them, of `n` turns or episodes in all; `pairs` as in a run's
    report; ids of the `runs`; arms that were `left_out`, each with why.
    """

    answer: str
    rows: tuple[dict[str, Any], ...]
    n: int
    pairs: tuple[dict[str, Any], ...] = ()
    runs: tuple[str, ...] = ()
    stopped: bool = False
    left_out: tuple[str, ...] = ()


def share(arm: str, of: str, ok: int, n: int, notes: str = "", where: str = ALL) -> dict[str, Any]:
    """One row: `ok` of `n`, with Wilson's 95 % interval; `where` it was run, in a matrix."""
    low, high = wilson(ok, n)
    value = ok / n if n else 0.0
    counted = {"ok": ok, "n": n, "value": value, "low": low, "high": high}
    return {"arm": arm, "of": of, "where": where, **counted, "notes": notes}


def pairs(arm: str, one: Sequence[bool], against: str, other: Sequence[bool]) -> list[dict[str, Any]]:
    """Two arms on the same episodes, in one order; none where there is nothing to compare."""
    if not one or len(one) != len(other):
        return []
    apart = paired(one, other)
    told = {"difference": apart.difference, "low": apart.low, "high": apart.high, "p": apart.p}
    return [{"arm": arm, "against": against, "n": apart.n, **told}]
