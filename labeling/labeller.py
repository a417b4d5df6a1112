"""What every labeller is to the rest: something that reads an episode and proposes a tree of calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from labeling.errors import NothingToLabel
from labeling.model import LabelTree
from policies.library import PolicySet
from traces.model import Episode, Observation, Step

ObservationOf = Callable[[str], Observation]
"""Looks up a stored observation by its hash."""


class Labeller(Protocol):
    """Proposes calls; `name` is kept with the label run."""

    name: str

    def label(
        self,
        episode: Episode,
        steps: Sequence[Step],
        observation: ObservationOf,
        policies: PolicySet,
        derivation: int = 1,
    ) -> LabelTree:
        """A valid tree over the steps, every segment pending. Raises NothingToLabel."""
        ...


def steps_to_label(episode: Episode, steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps a labeller is to explain. Raises NothingToLabel for none, and for a run, which has its calls."""
    if any(step.kind in ("push", "pop") for step in steps):
        raise NothingToLabel(
            f"Episode {episode.id} is a run: its calls were recorded as it ran. Nothing was changed. "
            "Label a demonstration, or open the run in Replay."
        )
    if not steps:
        raise NothingToLabel(
            f"Episode {episode.id} has no steps, so there is nothing to label. It was left as it is. "
            "Record it again, or delete it."
        )
    return tuple(steps)
