"""Making probabilities come true: one temperature per policy, found on demonstrations that a trial fit has not seen.

A quarter of the demonstrations is held out, those aside whose kind of objective no other demonstration shows. How well
it works is measured by the expected calibration error.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from agent.learner.scorer import Choice, Floats, Scorer, fit, softmax

HEATS = (0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0)
LEAST = 20
"""Held-out questions below which a temperature would be chance."""
_PARTS = 4
_TRIAL = 0.5
"""How much of a whole fit the trial is."""
Told = tuple[float, bool]
"""A probability that was given, and whether what it was given to was right."""


def calibrated(choices: Sequence[Choice], seed: int = 0) -> Scorer:
    """A scorer fitted to all choices, with the temperature that suits questions of demonstrations it has not seen."""
    scorer = fit(choices, seed)
    rest = [one for one in choices if not _held(one)]
    shown = {one.template for one in rest}
    held = [one for one in choices if _held(one) and one.template in shown and any(one.right)]
    if len(held) < LEAST:
        return scorer
    trial = fit(rest, seed, rounds=_TRIAL)
    scores = [(one.table.scores(trial.of(one.table.facts)), np.array(one.right)) for one in held]
    return replace(scorer, heat=min(HEATS, key=lambda heat: _loss(scores, heat)))


def calibration_error(told: Sequence[Told], bins: int = 10) -> float:
    """The expected calibration error: how far told and true shares are apart on average, over equal bins (0 to 1).

    >>> calibration_error([(0.5, True), (0.5, False)])
    0.0
    """
    error = 0.0
    for number in range(bins):
        inside = [one for one in told if number <= min(one[0] * bins, bins - 1e-9) < number + 1]
        if inside:
            gap = sum(share for share, _ in inside) - sum(right for _, right in inside)
            error += abs(gap) / len(told)
    return error


def _held(choice: Choice) -> bool:
    return zlib.crc32(choice.episode.encode()) % _PARTS == 0


def _loss(scores: Sequence[tuple[Floats, np.ndarray]], heat: float) -> float:
    """Minus the mean log of the probability of what was right."""
    return -float(np.mean([np.log(max(softmax(one / heat)[right].sum(), 1e-12)) for one, right in scores]))
