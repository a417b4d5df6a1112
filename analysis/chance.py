"""Agreement per step with chance taken away: confusion of policies, Cohen's kappa, Krippendorff's alpha, clusters.

Everything is kept per demonstration, so that demonstrations can be drawn again for an interval. Where all steps have
one label chance agreement is 1 and neither kappa nor alpha has a value: it is None, not 0 or 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeling.measures import DRAWS, Estimate, Pair, clusters, step_labels

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Confusion:
    """Steps by their two labels: `counts[d, i, j]` of demonstration d have `labels[i]` in one, `[j]` in other."""

    labels: tuple[str, ...]
    counts: Floats

    @property
    def total(self) -> Floats:
        """All demonstrations together."""
        summed: Floats = self.counts.sum(axis=0)
        return summed

    @property
    def worst(self) -> tuple[str, str] | None:
        """The two labels that are taken for each other most; None where no step is called two things."""
        apart = self.total * (1 - np.eye(len(self.labels)))
        if not apart.any():
            return None
        one, other = np.unravel_index(int(apart.argmax()), apart.shape)
        return self.labels[one], self.labels[other]


def confusion(pairs: Sequence[Pair]) -> Confusion:
    """The innermost policies of both trees, step by step."""
    said = [[step_labels(tree) for tree in (pair.one, pair.other)] for pair in pairs]
    labels = tuple(sorted({label for both in said for tree in both for label in tree}))
    place = {label: number for number, label in enumerate(labels)}
    counts = np.zeros((len(pairs), len(labels), len(labels)))
    for number, (mine, theirs) in enumerate(said):
        np.add.at(counts[number], ([place[a] for a in mine], [place[b] for b in theirs]), 1)
    return Confusion(labels, counts)


def coincidences(units: Sequence[Sequence[Sequence[str]]]) -> Confusion:
    """Krippendorff's coincidences, for any number of people: `units[d]` are the step labels each person gave.

    A step that m people labelled adds 1 / (m - 1) for each ordered pair of them, so that it counts m times in all.
    """
    labels = tuple(sorted({label for people in units for steps in people for label in steps}))
    place = {label: number for number, label in enumerate(labels)}
    counts = np.zeros((len(units), len(labels), len(labels)))
    for number, people in enumerate(units):
        codes = [np.array([place[label] for label in steps], dtype=int) for steps in people]
        for i, mine in enumerate(codes):
            for j, theirs in enumerate(codes):
                if i != j:
                    np.add.at(counts[number], (mine, theirs), 1 / (len(codes) - 1))
    return Confusion(labels, counts)


def kappa(counts: Floats) -> Floats:
    """Cohen's kappa of tables `[..., i, j]`; nan where chance agreement is 1 (Cohen 1960)."""
    steps = _steps(counts)
    agreed = np.trace(counts, axis1=-2, axis2=-1) / steps
    chance = (counts.sum(axis=-1) * counts.sum(axis=-2)).sum(axis=-1) / steps**2
    return _corrected(agreed, chance)


def alpha(counts: Floats) -> Floats:
    """Krippendorff's nominal alpha of coincidences `[..., i, j]`; nan where only one label occurs (2011)."""
    values = _steps(counts)
    of_each = counts.sum(axis=-1)
    agreed = np.trace(counts, axis1=-2, axis2=-1) / values
    chance = (of_each * (of_each - 1)).sum(axis=-1) / (values * np.maximum(values - 1, 1))
    return _corrected(agreed, chance)


def redrawn(
    counts: Floats, statistic: Callable[[Floats], Floats], draws: int = DRAWS, seed: int = 0
) -> Estimate | None:
    """A statistic over all demonstrations together, its interval from demonstrations drawn again; None if it has none.

    Corpora in which only one label was drawn have no value and are left out of the interval.
    """
    n = len(counts)
    value = float(statistic(counts.sum(axis=0))) if n else np.nan
    if not np.isfinite(value):
        return None
    weights = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=draws)
    found = statistic(np.tensordot(weights, counts, axes=1))
    low, high = np.nanquantile(found, [0.025, 0.975])
    return Estimate(value, float(low), float(high), n)


def v_measure(pair: Pair) -> float | None:
    """How well stretches fall together, names aside (Rosenberg & Hirschberg 2007); None for one stretch each."""
    table = _stretched(pair)
    if table is None:
        return None
    ours, theirs = _entropy(table.sum(axis=1)), _entropy(table.sum(axis=0))
    return 2 * max(0.0, ours + theirs - _entropy(table)) / (ours + theirs)


def rand_index(pair: Pair) -> float | None:
    """Pairs of steps that are together or apart in both, less chance (Hubert & Arabie 1985); None for one stretch."""
    table = _stretched(pair)
    if table is None:
        return None
    together, ours, theirs = _pairs(table), _pairs(table.sum(axis=1)), _pairs(table.sum(axis=0))
    chance = ours * theirs / _pairs(table.sum())
    most = (ours + theirs) / 2
    return (together - chance) / (most - chance) if most != chance else 1.0


def _stretched(pair: Pair) -> Floats | None:
    """Steps by the stretch of one tree (row) and of the other (column) they are in; None for one stretch each.

    Both measures are a few lines over this table. scikit-learn has them too, but to load it takes seconds, while
    somebody waits for a screen; tests hold them against it.
    """
    mine, theirs = clusters(pair.one), clusters(pair.other)
    if max([*mine, *theirs], default=0) == 0:
        return None
    table = np.zeros((max(mine) + 1, max(theirs) + 1))
    np.add.at(table, (mine, theirs), 1)
    return table


def _entropy(counts: Floats) -> float:
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log(shares)).sum())


def _pairs(counts: Floats) -> float:
    return float((counts * (counts - 1)).sum() / 2)


def _steps(counts: Floats) -> Floats:
    total: Floats = counts.sum(axis=(-2, -1))
    return np.where(total > 0, total, np.nan)


def _corrected(agreed: Floats, chance: Floats) -> Floats:
    """(agreed - chance) / (1 - chance), nan where nothing is left for it to divide by."""
    left = 1 - chance
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(left > 1e-12, (agreed - chance) / left, np.nan)
