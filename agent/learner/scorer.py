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


@dataclass(frozen=True)
class Choice:
    """One question: the facts of each candidate, and which candidates are right."""

    facts: tuple[Hashes, ...]
    right: tuple[bool, ...]


@dataclass(frozen=True)
class Scorer:
    """Weights of facts: `keys` are sorted hashes (uint32), `weights` theirs; a fact that is not listed weighs 0."""

    keys: NDArray[np.uint32]
    weights: NDArray[np.float32]

    def scores(self, facts: Sequence[Hashes]) -> Floats:
        """The score of each candidate; 0 candidates give an empty array."""
        return np.array([self.score(one) for one in facts])

    def score(self, facts: Hashes) -> float:
        """The sum of the facts' weights."""
        return float(self.of(facts).sum())

    def of(self, facts: Hashes) -> NDArray[np.float32]:
        """The weight of each fact."""
        if not len(self.keys) or not len(facts):
            return np.zeros(len(facts), dtype=np.float32)
        places = np.minimum(np.searchsorted(self.keys, facts), len(self.keys) - 1)
        return np.where(self.keys[places] == facts, self.weights[places], np.float32(0))


EMPTY = Scorer(np.zeros(0, dtype=np.uint32), np.zeros(0, dtype=np.float32))


def softmax(scores: Floats) -> Floats:
    """Probabilities that sum to 1."""
    raised = np.exp(scores - scores.max())
    return np.asarray(raised / raised.sum())


def fit(choices: Sequence[Choice], seed: int = 0, epochs: int = 14, rate: float = 0.25, decay: float = 1e-4) -> Scorer:
    """Fit a scorer to choices that have a right candidate; the same choices and seed give the same weights."""
    usable = [choice for choice in choices if any(choice.right)]
    if not usable:
        return EMPTY
    keys = np.unique(np.concatenate([one for choice in usable for one in choice.facts]))
    rows = [_Rows.of(choice, keys) for choice in usable]
    weights, squares = np.zeros(len(keys)), np.full(len(keys), 1e-2)
    random = np.random.default_rng(seed)
    for _ in range(epochs):
        for index in random.permutation(len(rows)):
            row = rows[index]
            gradient = row.gradient(weights) + decay * weights[row.local]
            squares[row.local] += gradient**2
            weights[row.local] -= rate * gradient / np.sqrt(squares[row.local])
    return Scorer(keys, weights.astype(np.float32))


@dataclass(frozen=True)
class _Rows:
    """A choice ready for arithmetic: facts of all candidates in one row, as places in `local`."""

    local: Ints
    places: Ints
    starts: Ints
    lengths: Ints
    right: NDArray[np.bool_]

    @classmethod
    def of(cls, choice: Choice, keys: NDArray[np.uint32]) -> _Rows:
        lengths = np.array([len(one) for one in choice.facts])
        flat = np.concatenate(choice.facts)
        local, places = np.unique(np.searchsorted(keys, flat), return_inverse=True)
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        return cls(local, places, starts, lengths, np.array(choice.right))

    def gradient(self, weights: Floats) -> Floats:
        """How the loss (minus the log of the right candidates' probability) changes with each local weight."""
        found = softmax(np.add.reduceat(weights[self.local][self.places], self.starts))
        right = np.where(self.right, found, 0.0)
        error = found - right / max(right.sum(), 1e-12)
        sums = np.bincount(self.places, weights=np.repeat(error, self.lengths), minlength=len(self.local))
        return np.asarray(sums, dtype=np.float64)
