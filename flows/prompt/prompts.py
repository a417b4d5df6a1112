"""Prompt sets from accepted labels: building them, and what the screens and the command line say of them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from agent.prompt import template_hash
from flows.record import marks, taught
from labeling.errors import NothingAccepted
from labeling.label_sets import freeze
from labeling.model import LabelSet
from labeling.prompts.building import Made, build_prompt_set, held_out
from labeling.prompts.model import PromptConfig, PromptSet
from labeling.prompts.recasting import recast
from labeling.prompts.turns import Demonstration
from labeling.splits import Kin
from labeling.tracks import GOLD
from policies.library import PolicySet
from store.errors import StoreError
from traces.errors import TraceError
from wiring import POLICY_SET, Parts

EVERY = 1_000_000


def build(
    parts: Parts,
    *,
    policy_set: str = POLICY_SET,
    label_set: str = "",
    tasks: Sequence[str] | None = None,
    config: PromptConfig | None = None,
    author: str = "stepscope",
    parent: str | None = None,
) -> PromptSet:
    """Build from a frozen label set; without one, freeze every wholly decided demonstration (of the tasks, if named).

    Labels of a policy set that shares no vocabulary with `policy_set` (`flat`, `coarse`) are told in its words. Raises
    NothingAccepted, PromptRefused, UnknownLabel, UnknownPolicy.
    """
    config = config or PromptConfig()
    now = time.time()
    found = parts.labels.label_set(label_set) if label_set else frozen(parts, policy_set, tasks, author)
    gold = _gold(parts, found) if config.labels == "gold" else frozenset()
    built = build_prompt_set(
        [_only(parts, _in_words_of(parts, policy_set, found), tasks)],
        lambda episode: _loaded(parts, episode, episode in gold),
        parts.policies(policy_set),
        config,
        Made(now, author, parent, template_hash()),
        known(parts, config),
    )
    return parts.labels.add_prompt_set(built)


def of_one(parts: Parts, episode: str, library: PolicySet, config: PromptConfig, made: Made) -> PromptSet:
    """The prompt set of one demonstration's decided labels, not kept yet. Raises what `build` raises.

    Frozen are those of all demonstrations, as `build` does, so that the newest label set lacks none of them.
    """
    found = _in_words_of(parts, library.name, frozen(parts, library.name, author=made.author))
    trees = tuple(tree for tree in found.trees if tree.episode == episode)
    if not trees:
        raise NothingAccepted(f"Demonstration {episode} does not have all its calls accepted yet. Nothing was built.")
    one = found.model_copy(update={"trees": trees})
    return build_prompt_set([one], lambda key: _loaded(parts, key, False), library, config, made, known(parts, config))


def facts(prompt_set: PromptSet) -> dict[str, Any]:
    """`{"prompt_set", "policy_set", "policies": [...], "left_out": [...], "dropped": n ...}`; tokens are estimates."""
    return {
        "prompt_set": prompt_set.id,
        "policy_set": prompt_set.policy_set,
        "label_sets": list(prompt_set.label_sets),
        "mode": prompt_set.config.mode,
        "examples": len(prompt_set.examples),
        "shown": len(prompt_set.pieces),
        "policies": [_row(prompt_set, policy) for policy in prompt_set.policies],
        "left_out": [one.model_dump(mode="json") for one in prompt_set.left_out],
        "dropped": [one.model_dump(mode="json") for one in prompt_set.dropped],
        "budget": prompt_set.config.room,
        "reckoning": prompt_set.config.reckoning,
        "tokens_are": "estimates",
    }


def said(facts_: dict[str, Any]) -> str:
    """A prompt set for a person: one line per policy, and what was left out, counted by reason."""
    head = f"Prompt set {facts_['prompt_set']} ({facts_['policy_set']}): {facts_['examples']} examples"
    lines = [f"{head}, prompts show {facts_['shown']} of them at {facts_['budget']:,} tokens a policy"]
    lines += [
        f"  {row['policy']:<18} {row['examples']:>4} examples  {row['shown']:>3} shown  "
        f"about {row['tokens']:>7,} tokens  from {len(row['episodes'])} demonstrations"
        for row in facts_["policies"]
    ]
    whole = [one for one in facts_["left_out"] if not one["step"]]
    turns = Counter(one["reason"] for one in facts_["left_out"] if one["step"])
    lines += [f"  left out: {one['episode']} {one['reason']}" for one in whole]
    lines += [f"  left out: {number} × {reason}" for reason, number in sorted(turns.items())]
    return "\n".join(lines)


def _row(prompt_set: PromptSet, policy: str) -> dict[str, Any]:
    """One policy: how many examples, how many of them are shown and how long those are, from which episodes."""
    examples, shown = prompt_set.of(policy), prompt_set.shown(policy)
    by_why: Counter[str] = Counter()
    for piece in shown:
        by_why[piece.why] += piece.tokens
    return {
        "policy": policy,
        "examples": len(examples),
        "stops": sum(example.is_stop for example in examples),
        "shown": len(shown),
        "tokens": sum(one.tokens for one in shown or examples),
        "by_why": dict(by_why),
        "episodes": list(dict.fromkeys(example.episode for example in examples)),
    }


def _in_words_of(parts: Parts, policy_set: str, frozen: LabelSet) -> LabelSet:
    """Labels in the words of a policy set; kept where they had to be told anew, so that they can be found again."""
    library = parts.library.now
    if library.chain(frozen.policy_set)[-1] == library.chain(policy_set)[-1]:
        return frozen
    return parts.labels.add_label_set(recast(frozen, parts.policies(frozen.policy_set), parts.policies(policy_set)))


def frozen(
    parts: Parts,
    policy_set: str,
    tasks: Sequence[str] | None = None,
    author: str = "stepscope",
) -> LabelSet:
    """What is decided now, frozen in the words it was labelled in. Raises NothingAccepted."""
    chain = parts.library.now.chain
    policy_set = policy_set if chain(policy_set)[-1] == chain(POLICY_SET)[-1] else POLICY_SET
    desk = parts.desk(policy_set)
    wanted = {row["id"] for row in _rows(parts) if not tasks or row["task"] in tasks}
    tracks = sorted(parts.workspace.tracks(), key=lambda one: (one[1] == GOLD, one))
    states = [desk.open(episode, track) for episode, track in tracks if episode in wanted]
    decided = {state.episode: state for state in states if state.decided}
    if not decided:
        raise NothingAccepted("No demonstration has accepted labels yet, so there is nothing to build prompts from.")
    return parts.labels.add_label_set(
        freeze(decided.values(), policy_set=policy_set, actor=author, created=time.time())
    )  # fmt: skip


def _only(parts: Parts, frozen: LabelSet, tasks: Sequence[str] | None) -> LabelSet:
    """The label set with the demonstrations of these tasks only; its id stays. Raises NothingAccepted."""
    if not tasks:
        return frozen
    wanted = {row["id"] for row in _rows(parts) if row["task"] in tasks}
    trees = tuple(tree for tree in frozen.trees if tree.episode in wanted)
    if not trees:
        raise NothingAccepted(f"{frozen.id} has no demonstration of {', '.join(tasks)}. Nothing was built.")
    return frozen.model_copy(update={"trees": trees})


def known(parts: Parts, config: PromptConfig) -> Iterator[Kin]:
    """Every demonstration of the workspace as it is compared; pages are read of those that are held out."""
    for row in _rows(parts):
        one = Kin(row["id"], row["objective"] or "", row["task"], row["site"] or "", row["seed"])
        yield one if held_out(one, config) is None else with_pages(parts, one)


def with_pages(parts: Parts, one: Kin) -> Kin:
    """A demonstration with the pages it goes through; without them where its episode cannot be read."""
    try:
        with parts.episode(one.episode) as reader:
            pages = frozenset(step.observation_before for step in reader.steps() if step.observation_before)
    except (StoreError, TraceError):
        return one
    return Kin(one.episode, one.objective, one.task, one.site, one.seed, pages)


def _gold(parts: Parts, frozen: LabelSet) -> frozenset[str]:
    """Demonstrations of the label set whose calls are those that two people settled on."""
    desk = parts.desk(frozen.policy_set)
    settled = {episode for episode, track in parts.workspace.tracks() if track == GOLD}
    mine = [tree for tree in frozen.trees if tree.episode in settled]
    return frozenset(tree.episode for tree in mine if desk.open(tree.episode, GOLD).tree == tree)


def _rows(parts: Parts) -> list[dict[str, Any]]:
    return parts.episodes.catalogue.search(actor="human", limit=EVERY).rows


def _loaded(parts: Parts, episode_id: str, gold: bool) -> Demonstration:
    with parts.episode(episode_id) as reader:
        steps = reader.steps()
        wanted = {key for step in steps for key in (step.observation_before, step.observation_after) if key}
        seen = {key: reader.observation(key) for key in wanted}
        wrong, remarks = marks.mistakes(parts, episode_id), marks.remarks(parts, episode_id)
        opened = taught.opened(parts, episode_id)
        return Demonstration(reader.episode, steps, seen.__getitem__, wrong, gold, remarks, opened)
