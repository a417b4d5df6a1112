"""From learned weights and a question to the likeliest candidate, its probability, and what spoke for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from agent.history import read_line
from agent.learner.candidates import Candidate, candidates
from agent.learner.features import Facts
from agent.learner.scene import Scene, read_scene
from agent.learner.scorer import Table
from agent.learner.training import Skill, Weights
from agent.model import Decision
from policies.model import Policy
from traces.actions import Action

FLOOR = 0.12
"""A best action less likely than this may be a guess, for which the policy gives up instead."""
SURE = 0.5
"""A kind of action (its name, with so many arguments) likelier than this is settled before which one it is."""
LEAST, AHEAD = 0.04, 1.5
"""No guess is what is at least so likely and so many times as likely as the next best, of however many."""
PATIENCE = 2
"""How often one call may be made again within one frame."""


@dataclass(frozen=True)
class Chosen:
    """The action, its probability (0 to 1), the next best, and the facts that decided between the two."""

    action: Action
    probability: float
    runner_up: tuple[Action, float] | None = None
    because: tuple[str, ...] = ()

    @property
    def guessed(self) -> bool:
        """Whether too little speaks for it: it is unlikely, and does not stand out either."""
        other = self.runner_up[1] if self.runner_up else 0.0
        return self.probability < FLOOR and self.probability < max(LEAST, AHEAD * other)


@dataclass(frozen=True)
class Options:
    """What may be done: at least one candidate, their facts (also as a table), and the skill that chooses."""

    candidates: list[Candidate]
    facts: Facts
    table: Table
    skill: Skill


def options(weights: Weights, request: Decision, library: Mapping[str, Policy]) -> Options | None:
    """What may be chosen from; None when the policy has no examples or nothing may be done."""
    skill = weights.skills.get(request.policy.name)
    if skill is None:
        return None
    scene = read_question(weights, request)
    found = _allowed(candidates(scene, skill.repertoire, library), request)
    if not found:
        return None
    facts = Facts(scene)
    return Options(found, facts, facts.table(found), skill)


def choose(weights: Weights, request: Decision, library: Mapping[str, Policy]) -> Chosen | None:
    """The likeliest action; None when the policy has no examples or nothing may be done."""
    found = options(weights, request, library)
    return _best(found) if found else None


def read_question(weights: Weights, request: Decision) -> Scene:
    """The question as the learner sees it, for those who want to look inside."""
    return read_scene(
        request.policy, request.objective, request.url, request.observation, request.previous, weights.templates
    )


def _best(found: Options) -> Chosen:
    probabilities = found.skill.scorer.probabilities(found.table)
    sums: dict[Action, float] = {}
    first: dict[Action, Candidate] = {}
    for index in np.argsort(-probabilities, kind="stable"):
        candidate = found.candidates[index]
        sums[candidate.action] = sums.get(candidate.action, 0.0) + float(probabilities[index])
        first.setdefault(candidate.action, candidate)
    kind = _settled(sums)
    best, *others = sorted(sums, key=lambda one: (kind is not None and _kind(one) != kind, -sums[one]))[:2]
    runner_up = (others[0], sums[others[0]]) if others else None
    because = _because(found.facts, found.skill, first[best], first[others[0]] if others else None)
    return Chosen(best, min(sums[best], 1.0), runner_up, because)


def _settled(sums: Mapping[Action, float]) -> tuple[str, int] | None:
    """The kind of action that is likelier than not."""
    kinds: dict[tuple[str, int], float] = {}
    for action, share in sums.items():
        kinds[_kind(action)] = kinds.get(_kind(action), 0.0) + share
    return next((kind for kind, share in kinds.items() if share > SURE), None)


def _kind(action: Action) -> tuple[str, int]:
    return action.name, len(action.args)


def _because(facts: Facts, skill: Skill, best: Candidate, other: Candidate | None) -> tuple[str, ...]:
    """The facts that weigh most for the best candidate and do not hold for the next best."""
    names = facts.named(best)
    theirs = set() if other is None else set(facts.named(other))
    own = [key for key in names if key not in theirs]
    weighed = sorted(zip(skill.scorer.of(np.array(own, dtype=np.uint32)).tolist(), own, strict=True), reverse=True)
    return tuple(names[key] for weight, key in weighed[:2] if weight > 0)


def _allowed(found: list[Candidate], request: Decision) -> list[Candidate]:
    """Without what led nowhere on this very page, and without calls made too often."""
    banned = {past.action for past in map(read_line, request.fruitless) if past is not None}
    before = [past for past in map(read_line, request.previous) if past is not None]
    calls = Counter(past.action for past in before if past.answer is not None)
    banned |= {call for call, times in calls.items() if times >= PATIENCE}
    return [candidate for candidate in found if candidate.action not in banned]
