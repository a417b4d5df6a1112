"""Fits confidences to what people found right, and says how far off they are: logistic for few reviews, else isotonic.

Demonstrations are kept whole: a curve is measured on those it was not fitted on (cross-fitting by demonstration).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby

from labeling.calibration import Bin, Calibration, Judged, Knots, Method, along
from labeling.label_sets import content_id

MANY = 1000
"""Reviews from which isotonic regression is used; with fewer it follows the noise (scikit-learn's own advice)."""
FOLDS = 5
BINS = 10
_EDGE = 0.01  # confidences of 0 and 1 have no logit


def fit(labeller: str, judged: Sequence[Judged], created: float) -> Calibration:
    """The calibration of a labeller's reviews, of at least FOLDS demonstrations. Raises ValueError for fewer."""
    ordered = tuple(sorted(judged, key=lambda one: (one.episode, one.segment)))
    method, knots = curve(ordered)
    held_out = cross_fitted(ordered)
    right = [one.right for one in ordered]
    raw = [one.confidence for one in ordered]
    reviews = content_id("reviews", [one.model_dump(mode="json") for one in ordered])
    return Calibration(
        id=content_id("cal", {"labeller": labeller, "method": method, "reviews": reviews}),
        labeller=labeller,
        method=method,
        knots=knots,
        demonstrations=len({one.episode for one in ordered}),
        raw_ece=error(bins(raw, right)),
        ece=error(bins(held_out, right)),
        raw_bins=bins(raw, right),
        bins=bins(held_out, right),
        judged=ordered,
        reviews=reviews,
        created=created,
    )


def curve(judged: Sequence[Judged]) -> tuple[Method, Knots]:
    """The method that fits so many reviews, and its curve. A curve that would fall is the share of all instead."""
    right = sum(one.right for one in judged)
    if 0 < right < len(judged):
        method: Method = "isotonic" if len(judged) >= MANY else "logistic"
        knots = _isotonic(judged) if method == "isotonic" else _logistic(judged)
        if knots:
            return method, knots
    share = (right + 1) / (len(judged) + 2)
    return "constant", ((0.0, share), (1.0, share))


def cross_fitted(judged: Sequence[Judged]) -> list[float]:
    """Each call's calibrated value, by a curve that was fitted without its demonstration. Raises ValueError."""
    from sklearn.model_selection import GroupKFold  # loaded when somebody calibrates, not with the app

    values = [0.0] * len(judged)
    episodes = [one.episode for one in judged]
    for inside, outside in GroupKFold(FOLDS).split(judged, groups=episodes):
        knots = curve([judged[place] for place in inside])[1]
        for place in outside:
            values[place] = along(knots, judged[place].confidence)
    return values


def bins(values: Sequence[float], right: Sequence[bool]) -> tuple[Bin, ...]:
    """At most BINS bins of about as many calls each, from low to high; equal values stay together."""
    pairs = sorted(zip(values, right, strict=True))
    least = math.ceil(len(pairs) / BINS)
    out: list[list[tuple[float, bool]]] = []
    for _, same in groupby(pairs, key=lambda pair: pair[0]):
        if out and len(out[-1]) < least:
            out[-1].extend(same)
        else:
            out.append(list(same))
    return tuple(
        Bin(n=len(found), confidence=sum(v for v, _ in found) / len(found), right=sum(r for _, r in found) / len(found))
        for found in out
    )


def error(found: Sequence[Bin]) -> float:
    """Expected calibration error: how far confidence and share lie apart in a bin, weighted by its calls (Guo 2017)."""
    total = sum(one.n for one in found)
    return sum(one.n * abs(one.confidence - one.right) for one in found) / total if total else 0.0


def _logistic(judged: Sequence[Judged]) -> Knots:
    """Platt's curve over the log odds of the confidence; nothing where it falls."""
    from sklearn.linear_model import LogisticRegression

    rows = [[_odds(one.confidence)] for one in judged]
    model = LogisticRegression().fit(rows, [one.right for one in judged])
    slope, offset = float(model.coef_[0][0]), float(model.intercept_[0])
    if slope < 0:
        return ()
    grid = [place / 100 for place in range(101)]
    return tuple((x, 1 / (1 + math.exp(-(slope * _odds(x) + offset)))) for x in grid)


def _isotonic(judged: Sequence[Judged]) -> Knots:
    """The best growing curve, a step where the reviews have one; nothing where it is flat."""
    from sklearn.isotonic import IsotonicRegression

    model = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
    model.fit([one.confidence for one in judged], [float(one.right) for one in judged])
    knots = tuple(zip(map(float, model.X_thresholds_), map(float, model.y_thresholds_), strict=True))
    return knots if knots[0][1] < knots[-1][1] else ()


def _odds(confidence: float) -> float:
    kept = min(max(confidence, _EDGE), 1 - _EDGE)
    return math.log(kept / (1 - kept))
