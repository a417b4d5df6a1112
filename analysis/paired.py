"""Two arms on the same tasks and seeds: how far apart they are, and whether that is more than chance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

DRAWS = 2_000


@dataclass(frozen=True)
class Difference:
    """`difference` of the shares (one - other) with its 95 % bootstrap interval over pairs.

    `better` and `worse` count the pairs that only one side and only the other side got right; `p` is the exact McNemar
    test's, two-sided.
    """

    n: int
    one: float
    other: float
    difference: float
    low: float
    high: float
    better: int
    worse: int
    p: float


def mcnemar(better: int, worse: int) -> float:
    """The exact two-sided McNemar test: the chance of discordant pairs so uneven (McNemar 1947).

    >>> mcnemar(5, 0), mcnemar(0, 0)
    (0.0625, 1.0)
    """
    n, least = better + worse, min(better, worse)
    tail = sum(math.comb(n, k) for k in range(least + 1)) / 2**n
    return float(min(1.0, 2 * tail))


def paired(one: Sequence[bool], other: Sequence[bool], seed: int = 0) -> Difference:
    """The difference of two arms over the same episodes, in the same order. Raises ValueError for unequal lengths."""
    if len(one) != len(other) or not one:
        raise ValueError(f"{len(one)} and {len(other)} episodes are no pairs")
    apart = np.array(one, dtype=float) - np.array(other, dtype=float)
    random = np.random.default_rng(seed)
    drawn = apart[random.integers(0, len(apart), (DRAWS, len(apart)))].mean(axis=1)
    low, high = np.quantile(drawn, (0.025, 0.975))
    better, worse = int((apart > 0).sum()), int((apart < 0).sum())
    return Difference(
        n=len(one),
        one=sum(one) / len(one),
        other=sum(other) / len(other),
        difference=float(apart.mean()),
        low=float(low),
        high=float(high),
        better=better,
        worse=worse,
        p=mcnemar(better, worse),
    )
