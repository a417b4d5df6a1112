"""How often a test repeats: the full count in `make soak`, a tenth of it in `make test`."""

import os
import random
from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

Row = TypeVar("Row")

SOAKING = os.environ.get("STEPSCOPE_SOAK") == "1"
SEED = 20261122


def soak(n: int) -> int:
    """The number of repetitions to do now, where the full run does `n` of them (at least 1).

    >>> soak(50) in (5, 50)
    True
    """
    return n if SOAKING else max(1, n // 10)


def tenth(rows: Sequence[Row], kind: Callable[[Row], Hashable] = lambda row: None) -> list[Row]:
    """A seeded tenth of the rows of every kind, at least one of each, in their order.

    >>> len(tenth(range(40))), [number // 10 for number in tenth(range(20), kind=lambda row: row // 10)]
    (4, [0, 1])
    """
    kinds: dict[Hashable, list[int]] = {}
    for place, row in enumerate(rows):
        kinds.setdefault(kind(row), []).append(place)
    seeded = random.Random(SEED)
    kept = {place for places in kinds.values() for place in seeded.sample(places, max(1, len(places) // 10))}
    return [row for place, row in enumerate(rows) if place in kept]
