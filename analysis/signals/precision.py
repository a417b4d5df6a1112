"""How often each detector is right, by what people said of its signals: confirmed, denied, and the share between."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from analysis.intervals import wilson
from analysis.signals.finding import verdicts
from analysis.signals.registry import DETECTORS
from traces.model import Annotation


@dataclass(frozen=True)
class Confirmed:
    """Signals of a detector that people confirmed and denied; `low` and `high` bound the share that is right (95 %)."""

    confirmed: int
    denied: int

    @property
    def share(self) -> float | None:
        """The share that was confirmed (0 to 1); None where nobody said anything."""
        said = self.confirmed + self.denied
        return self.confirmed / said if said else None

    @property
    def interval(self) -> tuple[float, float]:
        """Its Wilson interval; (0, 1) where nobody said anything."""
        return wilson(self.confirmed, self.confirmed + self.denied)


def precision(said: Iterable[Annotation]) -> dict[str, Confirmed]:
    """By detector, from all that was said of signals, oldest first; of each signal the last word counts."""
    by_episode: dict[str, list[Annotation]] = defaultdict(list)
    for one in said:
        by_episode[one.episode].append(one)
    last = [word for annotations in by_episode.values() for word in verdicts(annotations).items()]
    counts = {one.id: [0, 0] for one in DETECTORS}
    for key, holds in last:
        name = key.partition("@")[0]
        if name in counts:
            counts[name][0 if holds else 1] += 1
    return {name: Confirmed(*pair) for name, pair in counts.items()}
