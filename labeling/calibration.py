"""What a labeller's confidence is worth: the share of its calls that people found right at that confidence.

A calibration never changes; its id is the hash of the reviews and the method. It is fitted by analysis/calibrating.py
and only applied here, so that whoever shows a confidence needs no more than this.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Literal

from traces.model import Frozen

ENOUGH = 100
"""Reviewed calls below which a confidence is shown as it is, marked uncalibrated."""
ENOUGH_DEMONSTRATIONS = 5
"""Demonstrations they must come from: calls of one demonstration are right or wrong together."""

Method = Literal["logistic", "isotonic", "constant"]
Knots = tuple[tuple[float, float], ...]


class Judged(Frozen):
    """A proposed call that somebody decided on: its raw confidence, and whether it was right as it stood."""

    episode: str
    segment: str
    confidence: float
    right: bool
    blind: bool = False


class Bin(Frozen):
    """Calls of about the same confidence: how many, the mean of it, and the share that was right."""

    n: int
    confidence: float
    right: float


class Calibration(Frozen):
    """A fitted curve through `knots` (raw confidence, share right), both growing, and how well it held out of sample.

    `ece` and `bins` are of calls in demonstrations the curve was not fitted on; `raw_ece` and `raw_bins` are of the
    confidences as they were. `created` in seconds since the epoch.
    """

    id: str
    labeller: str
    method: Method
    knots: Knots
    demonstrations: int
    raw_ece: float
    ece: float
    raw_bins: tuple[Bin, ...]
    bins: tuple[Bin, ...]
    judged: tuple[Judged, ...]
    reviews: str
    created: float

    @property
    def n(self) -> int:
        """How many reviewed calls it was fitted on."""
        return len(self.judged)

    @property
    def right(self) -> int:
        """How many of them were right."""
        return sum(one.right for one in self.judged)

    def of(self, confidence: float) -> float:
        """The calibrated value (0 to 1) of a raw confidence."""
        return along(self.knots, confidence)


def along(knots: Knots, x: float) -> float:
    """The value of a curve at x: straight between its knots, level beyond them."""
    place = bisect_right(knots, x, key=lambda knot: knot[0])
    if place == 0 or place == len(knots):
        return knots[min(place, len(knots) - 1)][1]
    (x0, y0), (x1, y1) = knots[place - 1], knots[place]
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0)


def enough(judged: tuple[Judged, ...]) -> bool:
    """Whether there are enough reviews, of enough demonstrations, for a calibration."""
    return len(judged) >= ENOUGH and len({one.episode for one in judged}) >= ENOUGH_DEMONSTRATIONS
