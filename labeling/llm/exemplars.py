"""Examples from accepted labels for the prompt: whole short demonstrations with the calls a person decided on.

They are the same for every window of a run and stand with what never changes. A demonstration that is labelled itself,
or that is kept for tests, is never among them. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from labeling.labeller import ObservationOf
from labeling.llm.lines import step_line
from labeling.llm.model import NEW, PROPOSED, Stretch
from labeling.model import LabelTree
from labeling.rules.scene import make_scene
from labeling.splits import split_of
from llm_client.tokens import estimate_tokens
from traces.model import Episode, Step

Shown = tuple[Episode, Sequence[Step], ObservationOf]
PartitionOf = Callable[[LabelTree], Sequence[Stretch]]


@dataclass(frozen=True)
class Exemplars:
    """The examples as a model reads them, the demonstrations they are of, and the label set they were accepted in."""

    text: str = ""
    episodes: tuple[str, ...] = ()
    label_set: str = ""


NO_EXEMPLARS = Exemplars()


@dataclass(frozen=True)
class _Candidate:
    episode: str
    text: str
    policies: frozenset[str]


def choose(
    label_set: str,
    found: Iterable[tuple[LabelTree, Shown]],
    labelled: Collection[str],
    partition: PartitionOf,
    most: int,
    tokens: int,
) -> Exemplars:
    """At most so many examples within so many tokens: each the one that shows most policies not yet shown.

    `labelled` are the episodes of the run; `partition` gives a tree's innermost calls. What is `found` is
    read one after the other.
    """
    usable = (_candidate(tree, shown, partition(tree)) for tree, shown in found if _usable(tree, shown, labelled))
    left = sorted(usable, key=lambda one: one.episode)
    chosen: list[_Candidate] = []
    seen: frozenset[str] = frozenset()
    while len(chosen) < most:
        fitting = [one for one in left if one.policies - seen and estimate_tokens(one.text) <= tokens]
        if not fitting:
            break
        best = max(fitting, key=lambda one: (len(one.policies - seen), -len(one.text)))
        chosen.append(best)
        left.remove(best)
        seen |= best.policies
        tokens -= estimate_tokens(best.text)
    return Exemplars("\n\n".join(one.text for one in chosen), tuple(one.episode for one in chosen), label_set)


def _usable(tree: LabelTree, shown: Shown, labelled: Collection[str]) -> bool:
    """Whether a demonstration may be an example at all: of no labelled one, of a task to learn from, with calls."""
    episode, steps, _ = shown
    return (
        tree.episode not in labelled
        and split_of(episode.task, episode.objective) == "train"
        and bool(tree.segments)
        and {step.uid for step in steps}.issuperset(tree.uids)
    )


def _candidate(tree: LabelTree, shown: Shown, partition: Sequence[Stretch]) -> _Candidate:
    episode, steps, observation = shown
    by_uid = {step.uid: step for step in steps}
    scene = make_scene(episode.objective, [by_uid[uid] for uid in tree.uids], observation)
    lines = [step_line(place, moment) for place, moment in enumerate(scene.moments)]
    answer = json.dumps({"calls": [_entry(one) for one in partition], "notes": []}, ensure_ascii=False)
    text = "\n".join([f"Objective: {episode.objective}", *lines, f"Answer: {answer}"])
    return _Candidate(tree.episode, text, frozenset(segment.policy for segment in tree.segments))


def _entry(one: Stretch) -> dict[str, object]:
    new = one.policy.startswith(PROPOSED)
    return {
        "first_step": one.first + 1,
        "evidence": one.evidence,
        "policy": NEW if new else one.policy,
        "proposed": {"name": one.policy.removeprefix(PROPOSED), "description": ""} if new else None,
        "args": [{"name": name, "value": value} for name, value in one.args],
        "returns": one.returns,
        "certainty": "high",
    }
