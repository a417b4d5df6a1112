"""Words of a text and how two short texts relate: what all features of the learner are made of."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_LITTLE = frozenset(
    _WORD.findall(
        "a an and any are as at be by can do for from has have i in into is it its me my no not of on or our so that "
        "the their then this to was we with you your"
    )
)


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """The text in lower case with single spaces and without a colon or full stop at its end."""
    return " ".join(text.casefold().split()).rstrip(" :.*")


@lru_cache(maxsize=20_000)
def words(text: str) -> tuple[str, ...]:
    """The words of a text in lower case."""
    return tuple(_WORD.findall(text.casefold()))


@lru_cache(maxsize=20_000)
def telling(text: str) -> frozenset[str]:
    """The words that say something: not the little ones, not single letters."""
    return frozenset(word for word in words(text) if word not in _LITTLE and len(word) > 1)


@lru_cache(maxsize=50_000)
def relation(value: str, text: str) -> str | None:
    """How a text on the page relates to a value: eq, starts, has (text holds value), part (value holds text), shares.

    >>> relation("boston", "Boston (BOS)")
    'starts'
    """
    one, other = fold(value), fold(text)
    if not one or not other:
        return None
    if one == other:
        return "eq"
    mine, theirs = words(value), words(text)
    if not mine or not theirs:
        return None
    if len(mine) <= len(theirs) and _holds(theirs, mine):
        return "starts" if theirs[: len(mine)] == mine else "has"
    if len(theirs) <= len(mine) and _holds(mine, theirs):
        return "part" if telling(text) else None
    return "shares" if telling(value) & telling(text) else None


def _holds(long: tuple[str, ...], short: tuple[str, ...]) -> bool:
    return any(long[i : i + len(short)] == short for i in range(len(long) - len(short) + 1))
