"""Which policies a model is offered when a set has very many: those whose cards have most words of the demonstration.

Endpoints refuse long lists of choices. What is left out can still be named: a name of the set is always understood.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

MOST = 60
"""Policies that are offered at a time."""
_WORD = re.compile(r"[a-z]{3,}")


def shortlist(cards: Sequence[tuple[str, str]], text: Iterable[str], keep: Collection[str]) -> tuple[str, ...]:
    """Names of (name, card) pairs to offer, in their order: all of up to 60, else `keep` and the likeliest.

    A word weighs more the fewer cards have it; equal weights keep the cards' order.
    """
    if len(cards) <= MOST:
        return tuple(name for name, _ in cards)
    said = {word for line in text for word in _words(line)}
    words = {name: frozenset(_words(f"{name} {card}")) for name, card in cards}
    common = Counter(word for found in words.values() for word in found)
    weights = {
        name: sum(math.log(len(cards) / common[word]) for word in sorted(found & said)) for name, found in words.items()
    }
    order = sorted(words, key=lambda name: (name not in keep, -weights[name]))
    chosen = frozenset(order[:MOST])
    return tuple(name for name, _ in cards if name in chosen)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold().replace("_", " "))
