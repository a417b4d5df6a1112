"""A linear scorer over hashed facts: softmax over a question's candidates, fitted by Adagrad.

Several candidates may be right at once; the fit raises their probability together, so which of two explanations of one
action holds is found out by what the examples have in common.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Hashes = NDArray[np.uint32]


EPOCHS, MOST_EPOCHS, STEPS = 12, 30, 2400
"""Passes over the questions: at least and at most, and between them as many as take so many steps."""
DECAY = 0.12
"""How much weights shrink in one pass over all questions: from few of them little is certain."""
TEMPLATE = 0.5
"""How much a fact counts together with the objective's template, where alone it counts 1."""


@dataclass(frozen=True)
class Table:
    """The facts of a question's candidates, those that several share held once, as groups.

    `facts` has one row, or two where facts also count with a template, and a column per fact; `starts` are the first
    columns of the groups and `scales` say how much they count. `members` are the numbers of the candidates' groups, one
    candidate after the other, and `firsts` where each candidate's begin. No group and no candidate is empty.
    """

    facts: Hashes
    starts: Ints
    scales: Floats
    members: Ints
    firsts: Ints

    def scores(self, weights: NDArray[np.floating]) -> Floats:
        """The score of each candidate, from the weight of each fact (the shape of `facts`)."""
        facts = weights[0] + TEMPLATE * weights[1] if len(weights) > 1 else weights[0]
        groups = np.add.reduceat(facts, self.starts) * self.scales
        return np.asarray(np.add.reduceat(groups[self.members], self.firsts), dtype=np.float64)

    def slopes(self, of_candidates: Floats) -> Floats:
        """How a sum of the candidates' scores, each times a number, changes with each weight (`facts` row by row)."""
        lengths = np.diff(self.firsts, append=len(self.members))
        groups = np.bincount(self.members, np.repeat(of_candidates, lengths), len(self.starts)) * self.scales
        alone = np.repeat(groups, np.diff(self.starts, append=self.facts.shape[1]))
        return np.concatenate([alone, TEMPLATE * alone]) if len(self.facts) > 1 else alone


@dataclass(frozen=True)
class Choice:
    """A question: its candidates' facts and which are right; its demonstration and its objective's template."""

    table: Table
    right: tuple[bool, ...]
    episode: str = ""
    template: int | None = None


@dataclass(frozen=True)
class Scorer:
    """Weights of facts: `keys` are sorted hashes (uint32), `weights` theirs; a fact that is not listed weighs 0.

    `heat` is the temperature that makes the probabilities of unseen questions come true (1: as fitted).
    """

    keys: NDArray[np.uint32]
    weights: NDArray[np.float32]
    heat: float = 1.0

    def probabilities(self, table: Table) -> Floats:
        """The probability of each candidate."""
        return softmax(table.scores(self.of(table.facts)) / self.heat)

    def of(self, facts: Hashes) -> NDArray[np.float32]:
        """The weight of each fact, in the same shape."""
        if not len(self.keys) or not facts.size:
            return np.zeros(facts.shape, dtype=np.float32)
        places = np.minimum(np.searchsorted(self.keys, facts), len(self.keys) - 1)
        return np.where(self.keys[places] == facts, self.weights[places], np.float32(0))


EMPTY = Scorer(np.zeros(0, dtype=np.uint32), np.zeros(0, dtype=np.float32))


def softmax(scores: Floats) -> Floats:
    """Probabilities that sum to 1."""
    raised = np.exp(scores - scores.max())
    return np.asarray(raised / raised.sum())


def fit(choices: Sequence[Choice], seed: int = 0, rounds: float = 1.0, rate: float = 0.25) -> Scorer:
    """Fit a scorer to choices that have a right candidate; the same choices and seed give the same weights."""
    usable = [choice for choice in choices if any(choice.right)]
    if not usable:
        return EMPTY
    keys, places = np.unique(np.concatenate([one.table.facts.ravel() for one in usable]), return_inverse=True)
    ends = np.cumsum([one.table.facts.size for one in usable])[:-1]
    rows = [_Row.of(choice, part) for choice, part in zip(usable, np.split(places, ends), strict=True)]
    weights, squares = np.zeros(len(keys)), np.full(len(keys), 1e-2)
    random = np.random.default_rng(seed)
    decay = DECAY / len(rows)
    for _ in range(round(rounds * min(max(STEPS // len(rows), EPOCHS), MOST_EPOCHS))):
        for index in random.permutation(len(rows)):
            row = rows[index]
            mine = weights[row.local]
            gradient = row.gradient(mine) + decay * mine
            squares[row.local] += gradient**2
            weights[row.local] = mine - rate * gradient / np.sqrt(squares[row.local])
    return Scorer(keys, weights.astype(np.float32))


@dataclass(frozen=True)
class _Row:
    """A choice ready for arithmetic: `local` numbers its distinct facts, `places` says where each fact stands there."""

    table: Table
    local: Ints
    places: Ints
    right: NDArray[np.bool_]

    @classmethod
    def of(cls, choice: Choice, numbers: Ints) -> _Row:
        local, places = np.unique(numbers, return_inverse=True)
        return cls(choice.table, local, places.astype(np.int32), np.array(choice.right))

    def gradient(self, weights: Floats) -> Floats:
        """How the loss (minus the log of the right candidates' probability) changes with each local weight."""
        table = self.table
        found = softmax(table.scores(weights[self.places].reshape(table.facts.shape)))
        right = np.where(self.right, found, 0.0)
        slopes = table.slopes(found - right / max(right.sum(), 1e-12))
        return np.asarray(np.bincount(self.places, slopes, len(self.local)), dtype=np.float64)
