"""Which demonstrations are to learn from, and which are kept for tests: decided by the task, never by the episode.

All seeds and rewordings of one task fall into the same split, and a demonstration always into the same one. What is
nearly the same as something kept for tests is kept for tests too: `leak` finds it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

Split = Literal["train", "dev", "test"]
SPLITS: tuple[Split, ...] = ("train", "dev", "test")
_BOUNDS: tuple[tuple[int, Split], ...] = ((80, "train"), (90, "dev"), (100, "test"))
_VARIABLE = re.compile(r"\"[^\"]*\"|‘[^’]*’|“[^”]*”|\[[^\]]*\]|\S*[\d@]\S*")
_WORD = re.compile(r"[^\W_]+")
NEARLY = 0.8
"""Share of three-letter pieces of two wordings, or of the pages of two demonstrations, from which on they are alike."""
FEWEST = (4, 3)
"""Words of a wording, and pages of a demonstration, below which likeness says nothing."""


def template_of(objective: str) -> str:
    """The objective without quoted texts, numbers, addresses and names, in lower case."""
    words = _WORD.findall(_VARIABLE.sub(" ", objective))
    return " ".join(word.lower() for index, word in enumerate(words) if index == 0 or not word[0].isupper())


def group_of(task: str | None, objective: str) -> str:
    """What stays together: the task, or the objective without quoted texts, numbers, addresses and names.

    >>> group_of(None, 'Book NX4Q2 for "Ana" on 3 May') == group_of(None, 'Book AB123 for "Bob" on 14 May')
    True
    """
    return f"task {task}" if task else f"objective {template_of(objective)}"


def split_of(task: str | None, objective: str) -> Split:
    """80 % of the groups are to train, 10 % dev, 10 % test, by the hash of the group's name."""
    digest = hashlib.sha256(group_of(task, objective).encode("utf-8", "surrogatepass")).digest()
    place = int.from_bytes(digest[:8], "big") % 100
    return next(split for bound, split in _BOUNDS if place < bound)


@dataclass(frozen=True)
class Kin:
    """A demonstration as it is compared with others; `pages` are the hashes of what was seen before each step."""

    episode: str
    objective: str
    task: str | None = None
    site: str = ""
    seed: int | None = None
    pages: frozenset[str] = field(default_factory=frozenset)

    @property
    def split(self) -> Split:
        """Its own split, by its task."""
        return split_of(self.task, self.objective)

    @cached_property
    def wording(self) -> frozenset[str]:
        """The three-letter pieces of its template; none where that is too short to tell anything."""
        text = template_of(self.objective)
        if text.count(" ") + 1 < FEWEST[0]:
            return frozenset()
        return frozenset(text[at : at + 3] for at in range(len(text) - 2))


def leak(one: Kin, held_out: Iterable[Kin]) -> str | None:
    """Why a demonstration would give away one that is held out: None, or what it shares with which, in words."""
    for other in held_out:
        if other.episode == one.episode:
            continue
        if group_of(one.task, one.objective) == group_of(other.task, other.objective):
            return f"it is the same task as {other.episode}"
        if _share(one.wording, other.wording) >= NEARLY:
            return f"its objective is nearly worded as that of {other.episode}"
        if len(one.pages) >= FEWEST[1] and _share(one.pages, other.pages) >= NEARLY:
            return f"it goes through nearly the same pages as {other.episode}"
    return None


def repeats(one: Kin, held_out: Iterable[Kin]) -> str | None:
    """Why a demonstration is a copy of one that is held out by its seed, whatever its own task and seed say."""
    for other in held_out:
        if other.episode == one.episode:
            continue
        if one.objective.split() == other.objective.split() and (one.site or other.site) == (other.site or one.site):
            return f"it has the objective of {other.episode}"
        if len(one.pages) >= FEWEST[1] and _share(one.pages, other.pages) >= NEARLY:
            return f"it goes through nearly the same pages as {other.episode}"
    return None


def _share(some: frozenset[str], others: frozenset[str]) -> float:
    return len(some & others) / len(some | others) if some and others else 0.0
