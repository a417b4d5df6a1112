"""How often a test repeats: the full count in `make soak`, a tenth of it in `make test`."""

import os

SOAKING = os.environ.get("STEPSCOPE_SOAK") == "1"


def soak(n: int) -> int:
    """The number of repetitions to do now, where the full run does `n` of them (at least 1).

    >>> soak(50) in (5, 50)
    True
    """
    return n if SOAKING else max(1, n // 10)
