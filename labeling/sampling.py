"""Drawing a share of the demonstrations at random, the same ones each time: by a hash of the demonstration's id. Pure.

What is drawn for different purposes is drawn independently.
"""

from __future__ import annotations

import hashlib

CHECKED = 0.05
"""Share of the demonstrations without a doubt that wait as a random check."""
TWICE = 0.1
"""Share of the demonstrations that a second person labels blind, unless the workspace's settings say otherwise."""


def drawn(episode: str, purpose: str, share: float) -> bool:
    """Whether a demonstration is among the share (0 to 1) drawn for a purpose; who is drawn stays so when it grows.

    >>> [drawn("demo", "check", share) for share in (0.0, 1.0)]
    [False, True]
    """
    digest = hashlib.sha256(f"{purpose} {episode}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64
