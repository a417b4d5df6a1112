"""Intervals for shares of a few episodes."""

from __future__ import annotations

import math
from collections.abc import Sequence


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


def clopper_pearson(events: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """The exact interval (low, high) of a share, `events` of `n`; (0, 1) for none (Clopper & Pearson 1934).

    Each end alone is a bound at `(1 + level) / 2`. Takes fractions, for counts shrunk by a design effect.

    >>> tuple(round(x, 4) for x in clopper_pearson(0, 10))
    (0.0, 0.3085)
    """
    from scipy.special import betaincinv  # loaded when a share is judged, not with the app

    if n <= 0:
        return 0.0, 1.0
    tail = (1 - level) / 2
    low = float(betaincinv(events, n - events + 1, tail)) if events > 0 else 0.0
    high = float(betaincinv(events + 1, n - events, 1 - tail)) if events < n else 1.0
    return low, high


def design_effect(groups: Sequence[tuple[int, int]]) -> float:
    """How much less calls of the same demonstration tell than as many independent ones: at least 1 (Kish 1965).

    `groups` are (events, n) of each demonstration. 1 where nothing or everything happened, which tells nothing of it.
    """
    kept = [(events, n) for events, n in groups if n]
    total, count = sum(n for _, n in kept), len(kept)
    share = sum(events for events, _ in kept) / total if total else 0.0
    if count < 2 or not 0 < share < 1:
        return 1.0
    clustered = count / (count - 1) * sum((events - share * n) ** 2 for events, n in kept) / total**2
    return max(1.0, clustered / (share * (1 - share) / total))


def clustered(groups: Sequence[tuple[int, int]], level: float = 0.95) -> tuple[float, float]:
    """The exact interval of a share of calls in demonstrations, widened by the design effect (Korn & Graubard 1998)."""
    effect = design_effect(groups)
    return clopper_pearson(sum(e for e, _ in groups) / effect, sum(n for _, n in groups) / effect, level)
