"""Practice of the model `demos`: on one seed it tries the likeliest way, then ways that differ where it was least sure.

Pages do the same again for the same seed, so a way is what to decide first, and the weights decide the rest. The first
way that succeeds is learned from as from a demonstration (`Lesson`). Which tasks are played where, and when that is
learned, is left to flows/run/practising.py.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter

from agent.learner.choosing import Options, options
from agent.learner.training import Weights
from agent.model import Decision, Reply, seen_parts
from agent.reply import format_reply
from policies.model import Policy

SURE = 0.9
"""A decision at least as likely as this teaches nothing new where the first way succeeded."""
OTHERS = 12
"""So many other actions of one decision are ways to try."""
_GIVE_UP = "stop [N/A]"
Ranked = tuple[tuple[str, float], ...]
"""What may be done and its probability, the likeliest first."""


@dataclass(frozen=True)
class Lesson:
    """A turn of an episode that succeeded, to be learned like an example of a prompt set."""

    policy: str
    episode: str
    objective: str
    url: str
    observation: str
    previous: tuple[str, ...]
    action: str
    reason: str = ""

    @property
    def id(self) -> str:
        """Whose turn it is: lessons are shown to nobody one by one."""
        return self.episode


LESSONS = TypeAdapter(list[Lesson])
"""Lessons as JSON and back."""


@dataclass(frozen=True)
class Taken:
    """A decision: what was asked, what was done, and everything that could have been."""

    request: Decision
    action: str
    ranked: Ranked

    @property
    def probability(self) -> float:
        """Of what was done."""
        return dict(self.ranked).get(self.action, 0.0)


@dataclass(frozen=True, order=True)
class Way:
    """What to decide first; `cost` is how much less likely that is than the likeliest, in log odds.

    A turn of a policy that was called counts as often as it is deep: rather was it called for the wrong thing.
    """

    cost: float = 0.0
    actions: tuple[str, ...] = ()


class Trying:
    """A policy model that goes a way as far as it is laid down, then does the likeliest. For one episode."""

    name = "demos, practising"

    def __init__(self, weights: Weights, library: Mapping[str, Policy], way: Way) -> None:
        self._weights, self._library, self.way = weights, library, way
        self.taken: list[Taken] = []

    def decide(self, request: Decision) -> Reply:
        """The way's next action where it can be done, else the likeliest; `stop [N/A]` where nothing can be done."""
        found = options(self._weights, request, self._library)
        ranked = _ranked(found) if found else ()
        action = ranked[0][0] if ranked else _GIVE_UP
        if len(self.taken) < len(self.way.actions):
            laid_down = self.way.actions[len(self.taken)]
            action = laid_down if laid_down in dict(ranked) else action
        self.taken.append(Taken(request, action, ranked))
        score = self.taken[-1].probability
        text = format_reply(f"tried, at a score of {score:.2f}", action)
        return Reply(text, seen_parts(request), cost=0.0, score=score, model=self.name)


def _ranked(found: Options) -> Ranked:
    sums: dict[str, float] = {}
    for candidate, probability in zip(found.candidates, found.skill.scorer.probabilities(found.table), strict=True):
        action = str(candidate.action)
        sums[action] = sums.get(action, 0.0) + float(probability)
    return tuple(sorted(((action, min(1.0, sum_)) for action, sum_ in sums.items()), key=lambda one: (-one[1], one[0])))


class Search:
    """The ways of one seed in the order in which they are worth trying; the first is the likeliest throughout."""

    def __init__(self) -> None:
        self._open = [Way()]

    def next(self) -> Way | None:
        """The way to try now; None once there is none left."""
        return heapq.heappop(self._open) if self._open else None

    def failed(self, way: Way, taken: Sequence[Taken]) -> None:
        """That way did not succeed: all that turn off it are ways now, each as costly as where it turns is unlikely."""
        begun = len(way.actions)
        for place, one in enumerate(taken[begun:], begun):
            before = tuple(earlier.action for earlier in taken[:place])
            others = [other for other in one.ranked if other[0] != one.action][:OTHERS]
            for action, probability in others:
                less = math.log(max(one.probability, 1e-9) / max(probability, 1e-9))
                heapq.heappush(self._open, Way(way.cost + one.request.frame_depth * less, (*before, action)))


def lessons(episode: str, way: Way, taken: Sequence[Taken]) -> tuple[Lesson, ...]:
    """What the way that succeeded teaches: all its turns if it had to be searched for, else if one was unsure."""
    if not way.actions and all(one.probability >= SURE for one in taken):
        return ()
    return tuple(_lesson(episode, one) for one in taken)


def _lesson(episode: str, one: Taken) -> Lesson:
    asked = one.request
    return Lesson(
        asked.policy.name, episode, asked.objective, asked.url, asked.observation, asked.previous, one.action
    )  # fmt: skip
