"""Practice of the model `demos`: it samples its actions, and what its episodes earned moves its scorers' weights.

A group is several episodes on one seed. An episode that earned more than its group's mean makes each of its decisions
likelier, one that earned less makes them unlikelier: REINFORCE with advantages normalised by group (Shao et al. 2024).
Where episodes are played, and which, is left to flows/practising.py.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, pstdev

import numpy as np
from numpy.typing import NDArray

from agent.learner.choosing import options
from agent.learner.scorer import EMPTY, Scorer, Table, softmax
from agent.learner.training import Weights
from agent.model import Decision, Part, Reply
from agent.reply import format_reply
from policies.model import Policy

RATE = 0.25
"""How far a weight moves in its first group, with a gradient of 1."""
START = 0.05
"""What Adagrad's sums of squares begin at: steps are small until a fact has been seen to matter."""


@dataclass(frozen=True)
class Taken:
    """A decision that was sampled: the candidates' facts, and which candidates stand for the action that was taken.

    `heat` is the temperature it was drawn at, the scorer's own included.
    """

    policy: str
    table: Table
    chosen: NDArray[np.bool_]
    heat: float = 1.0


class Sampling:
    """A policy model that plays by the weights with chance, and remembers what it did in `taken`. For one episode."""

    name = "demos, practising"

    def __init__(self, weights: Weights, library: Mapping[str, Policy], seed: int, temperature: float = 1.0) -> None:
        self._weights, self._library = weights, library
        self._chance, self._temperature = random.Random(seed), temperature
        self.taken: list[Taken] = []

    def decide(self, request: Decision) -> Reply:
        """An action drawn by its probability; `stop [N/A]` where there is nothing to draw from."""
        found = options(self._weights, request, self._library)
        parts = (Part("observation", "user", request.observation),)
        if found is None:
            return Reply(format_reply("nothing can be done here", "stop [N/A]"), parts, cost=0.0, model=self.name)
        heat = found.skill.scorer.heat * self._temperature
        probabilities = softmax(found.table.scores(found.skill.scorer.of(found.table.facts)) / heat)
        drawn = self._chance.choices(range(len(probabilities)), probabilities.tolist())[0]
        action = found.candidates[drawn].action
        same = np.array([candidate.action == action for candidate in found.candidates])
        self.taken.append(Taken(request.policy.name, found.table, same, heat))
        score = min(1.0, float(probabilities[same].sum()))
        text = format_reply(f"drawn with probability {score:.2f}", str(action))
        return Reply(text, parts, cost=0.0, score=score, model=self.name)


def advantages(rewards: Sequence[float]) -> list[float]:
    """How far each reward is above the group's mean, in standard deviations; zeros where all are the same.

    >>> advantages([1.0, 0.0, 0.0, 1.0])
    [1.0, -1.0, -1.0, 1.0]
    """
    mean, spread = fmean(rewards), pstdev(rewards)
    return [(reward - mean) / spread if spread > 1e-6 else 0.0 for reward in rewards]


class Practised:
    """Weights that move. `squares` are Adagrad's sums so far, kept in the same form as weights."""

    def __init__(self, weights: Weights, squares: Weights | None = None, rate: float = RATE) -> None:
        self.weights = weights
        self.squares = squares or Weights(
            weights.templates, {name: replace(skill, scorer=EMPTY) for name, skill in weights.skills.items()}
        )
        self._rate = rate

    def learn(self, group: Sequence[tuple[float, Sequence[Taken]]]) -> None:
        """Move by what a group's episodes earned: (advantage, decisions) of each."""
        by_policy: dict[str, list[tuple[float, Taken]]] = defaultdict(list)
        for advantage, decisions in group:
            for one in decisions:
                by_policy[one.policy].append((advantage / len(group), one))
        for policy, weighed in by_policy.items():
            if any(advantage for advantage, _ in weighed):
                self._move(policy, weighed)

    def _move(self, policy: str, weighed: Sequence[tuple[float, Taken]]) -> None:
        skill, seen = self.weights.skills[policy], self.squares.skills[policy]
        facts = [one.table.facts.ravel() for _, one in weighed]
        keys = np.unique(np.concatenate([skill.scorer.keys, seen.scorer.keys, *facts]))
        weights = skill.scorer.of(keys).astype(np.float64)
        squares = seen.scorer.of(keys).astype(np.float64)
        uphill = np.zeros(len(keys))
        for advantage, one in weighed:
            gain = slope(one, weights[np.searchsorted(keys, one.table.facts)])
            np.add.at(uphill, np.searchsorted(keys, one.table.facts).ravel(), advantage * gain)
        squares += uphill**2
        weights += self._rate * uphill / np.sqrt(START + squares)
        self.weights = _with(self.weights, policy, Scorer(keys, weights.astype(np.float32), skill.scorer.heat))
        self.squares = _with(self.squares, policy, Scorer(keys, squares.astype(np.float32)))


def slope(one: Taken, weights: NDArray[np.floating]) -> NDArray[np.float64]:
    """How the log of the probability of what was taken changes with the weight of each fact (the table's, flat).

    `weights` are those facts', in the shape of `table.facts`.
    """
    probabilities = softmax(one.table.scores(weights) / one.heat)
    taken = np.where(one.chosen, probabilities, 0.0)
    return one.table.slopes((taken / max(taken.sum(), 1e-12) - probabilities) / one.heat)


def _with(weights: Weights, policy: str, scorer: Scorer) -> Weights:
    return replace(weights, skills={**weights.skills, policy: replace(weights.skills[policy], scorer=scorer)})
