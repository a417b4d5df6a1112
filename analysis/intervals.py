"""Intervals for shares of a few episodes."""

from __future__ import annotations

import math


def wilson(ok: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """The Wilson score interval (low, high) of `ok` successes in `n`; (0, 1) for none (Wilson 1927).

    >>> tuple(round(x, 3) for x in wilson(9, 10))
    (0.596, 0.982)
    """
    if n == 0:
        return 0.0, 1.0
    share = ok / n
    centre = share + z * z / (2 * n)
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)
