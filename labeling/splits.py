"""Which demonstrations are to learn from, and which are kept for tests: decided by the task, never by the episode.

All seeds and rewordings of one task fall into the same split, and a demonstration always into the same one.
"""

from __future__ import annotations

import hashlib
import re
from typing import Literal

Split = Literal["train", "dev", "test"]
SPLITS: tuple[Split, ...] = ("train", "dev", "test")
_BOUNDS: tuple[tuple[int, Split], ...] = ((80, "train"), (90, "dev"), (100, "test"))
_VARIABLE = re.compile(r"\"[^\"]*\"|‘[^’]*’|“[^”]*”|\[[^\]]*\]|\S*[\d@]\S*")
_WORD = re.compile(r"[^\W_]+")


def group_of(task: str | None, objective: str) -> str:
    """What stays together: the task, or the objective without quoted texts, numbers, addresses and names.

    >>> group_of(None, 'Book NX4Q2 for "Ana" on 3 May') == group_of(None, 'Book AB123 for "Bob" on 14 May')
    True
    """
    if task:
        return f"task {task}"
    words = _WORD.findall(_VARIABLE.sub(" ", objective))
    kept = [word.lower() for index, word in enumerate(words) if index == 0 or not word[0].isupper()]
    return f"objective {' '.join(kept)}"


def split_of(task: str | None, objective: str) -> Split:
    """80 % of the groups are to train, 10 % dev, 10 % test, by the hash of the group's name."""
    digest = hashlib.sha256(group_of(task, objective).encode("utf-8", "surrogatepass")).digest()
    place = int.from_bytes(digest[:8], "big") % 100
    return next(split for bound, split in _BOUNDS if place < bound)
