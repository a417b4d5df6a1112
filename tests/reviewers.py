"""Simulated reviews: a labeller of known quality, people who decide on its calls one by one, and blind labels.

The labeller is too sure of itself: at confidence c, about c squared of its calls are right.
"""

from __future__ import annotations

import random

from flows.label import labels
from labeling.desk import ReviewDesk
from labeling.label_sets import make_run
from labeling.model import LabelRun, LabelTree, Segment
from labeling.review import ReviewState
from tests.workspaces import add_demonstration
from wiring import Parts

LABELLER = "simulated"
MONDAY = 1_790_000_000.0
"""A moment in September 2026; reviews are a few hours apart."""


class Clock:
    """Times that a simulated person takes."""

    def __init__(self, start: float) -> None:
        self.now = start

    def __call__(self) -> float:
        self.now += 4.0
        return self.now


def corrupted(tree: LabelTree, chance: random.Random) -> LabelTree:
    """The same steps: each call gets a confidence, and is wrong as often as that does not say."""
    return tree.model_copy(update={"segments": tuple(_corrupt(one, chance) for one in tree.segments)})


def _corrupt(segment: Segment, chance: random.Random) -> Segment:
    sure = chance.choice((0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.97, 0.99))
    changes: dict[str, object] = {"confidence": sure}
    if chance.random() > sure**2:
        if segment.args and chance.random() < 0.6:
            first = segment.args[0].model_copy(update={"value": f"not {segment.args[0].value}"})
            changes["args"] = (first, *segment.args[1:])
        else:
            changes["policy"] = "search" if segment.policy != "search" else "navigate"
    return segment.model_copy(update=changes)


def propose(
    parts: Parts, episode: str, seed: int, labeller: str = LABELLER, at: float = MONDAY
) -> tuple[LabelRun, LabelTree]:
    """A run of the labeller, and what is true: the rules' tree."""
    truth = labels.propose(parts, episode).tree
    run = make_run(corrupted(truth, random.Random(seed)), labeller=labeller, policy_set="web", created=at)
    return parts.labels.add_run(run), truth


def review(parts: Parts, run: LabelRun, truth: LabelTree, name: str, at: float = MONDAY) -> ReviewState:
    """Somebody who knows the truth decides on every call of the run, one by one."""
    desk = ReviewDesk(parts.labels, parts.policies(), clock=Clock(at), tracks=parts.tracks)
    state = desk.begin(run, name, name)
    for segment in run.tree.segments:
        right = truth.by_id[segment.id]
        given = [one.model_dump(mode="json") for one in right.args]
        if segment.policy != right.policy:
            payload = {"segment": segment.id, "policy": right.policy, "args": given}
            state = desk.do(state, "relabel", payload, name)
        elif segment.args != right.args:
            state = desk.do(state, "set_args", {"segment": segment.id, "args": given}, name)
        else:
            state = desk.do(state, "accept", {"segment": segment.id}, name)
    return state


def label_blind(parts: Parts, run: LabelRun, truth: LabelTree, name: str, at: float = MONDAY) -> ReviewState:
    """Somebody labels without a proposal, and hands in; `truth` is what they think."""
    desk = ReviewDesk(parts.labels, parts.policies(), clock=Clock(at), tracks=parts.tracks)
    state = desk.begin_blind(run, name, name)
    for segment in truth.segments:
        args = [one.model_dump(mode="json") for one in segment.args]
        payload = {"first": segment.first, "last": segment.last, "policy": segment.policy, "args": args}
        state = desk.do(state, "wrap", payload, name)
    return desk.do(state, "hand_in", {}, name)


def reviewed(parts: Parts, n: int, *, blind_every: int = 4, name: str = "ana") -> None:
    """So many demonstrations proposed by the labeller and reviewed, some of them labelled blind by two more people."""
    for number in range(n):
        episode = add_demonstration(parts, f"demo{number:03}", f"name{number}")
        at = MONDAY + number * 30_000.0
        run, truth = propose(parts, episode, number, at=at)
        review(parts, run, truth, name, at + 60)
        if number % blind_every == 0:
            label_blind(parts, run, truth, "ben", at + 600)
            label_blind(parts, run, corrupted_slightly(truth, number), "cleo", at + 900)


def corrupted_slightly(tree: LabelTree, seed: int) -> LabelTree:
    """As another person sees it: now and then another policy."""
    chance = random.Random(seed)
    return tree.model_copy(update={"segments": tuple(_seen_otherwise(one, chance) for one in tree.segments)})


def _seen_otherwise(segment: Segment, chance: random.Random) -> Segment:
    if not segment.args or chance.random() > 0.2:
        return segment
    place = segment.args[0].model_copy(update={"name": "place"})
    return segment.model_copy(update={"policy": "navigate", "args": (place,)})
