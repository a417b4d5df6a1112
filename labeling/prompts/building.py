"""Building a prompt set: what may enter, as examples; which prompts show, as pieces; and why all else is out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from labeling.errors import NothingAccepted, PromptRefused
from labeling.migrating import current
from labeling.model import DECIDED, SETTLED, LabelSet, LabelTree
from labeling.prompts.model import FORMAT, Dropped, Example, LeftOut, Piece, PromptConfig, PromptSet
from labeling.prompts.pieces import pieces_of
from labeling.prompts.pruning import PRUNER
from labeling.prompts.selection import Candidate, choose
from labeling.prompts.turns import Demonstration, DemonstrationOf, examples_of
from labeling.splits import Kin, leak, repeats
from labeling.tree import check_policies
from policies.library import PolicySet

BANNED = "it is banned"


@dataclass(frozen=True)
class Made:
    """Who makes a prompt set, when (seconds since the epoch), from which set, with which templates (their hash)."""

    created: float = 0.0
    author: str = ""
    parent: str | None = None
    template: str = ""


def build_prompt_set(
    label_sets: Sequence[LabelSet],
    demonstration: DemonstrationOf,
    policies: PolicySet,
    config: PromptConfig | None = None,
    made: Made = Made(),
    known: Iterable[Kin] = (),
) -> PromptSet:
    """The prompt set of the label sets' demonstrations; of two labellings of one episode the later set's counts.

    `known` are all demonstrations there are: none that is held out among them is given away by one that enters. Raises
    NothingAccepted when no example remains, saying why, PromptRefused for pins that cannot enter, and UnknownPolicy
    or TreeError for calls that are not of the set.
    """
    config = config or PromptConfig()
    if config.context and not config.room:
        raise PromptRefused(f"{config.reckoning}. Nothing was built. Reserve less, or name a larger context.")
    pool, left_out = _pool(label_sets, demonstration, policies, config, tuple(known))
    if not pool:
        raise NothingAccepted(_nothing(left_out))
    _check_pins(config, pool, left_out)
    pieces, dropped = chosen(pool, config, policies.planner.name)
    return PromptSet(
        format=FORMAT,
        id="",
        policy_set=policies.name,
        label_sets=tuple(label_set.id for label_set in label_sets),
        config=config,
        examples=tuple(pool),
        left_out=tuple(left_out),
        pieces=pieces,
        dropped=dropped,
        pruner=PRUNER,
        template=made.template,
        created=made.created,
        author=made.author,
        parent=made.parent,
    ).named()


def kin_of(found: Demonstration, pages: Iterable[str] | None = None) -> Kin:
    """A demonstration as it is compared with others."""
    one = found.episode
    seen = (step.observation_before for step in found.steps) if pages is None else pages
    return Kin(one.id, one.objective, one.task, one.site, one.seed, frozenset(key for key in seen if key))


def held_out(one: Kin, config: PromptConfig) -> str | None:
    """Why a demonstration is kept for tests: None, or the reason in words."""
    if one.task is not None and one.task in config.exclude_tasks:
        return f"the task {one.task!r} is held out"
    if one.site in config.exclude_sites:
        return f"the site {one.site!r} is held out"
    if (one.task, one.seed) in config.exclude_seeds:
        return f"seed {one.seed} of {one.task!r} is held out"
    if one.split not in config.splits:
        what = f"the task {one.task!r}" if one.task else "its objective"
        return f"{what} is in the split {one.split}, which is held out for tests"
    return None


def _pool(
    label_sets: Sequence[LabelSet],
    demonstration: DemonstrationOf,
    policies: PolicySet,
    config: PromptConfig,
    known: Sequence[Kin],
) -> tuple[list[Example], list[LeftOut]]:
    """Every turn that may enter, by episode id, then in the order of a run; and what may not."""
    trees = _trees(label_sets, policies)
    loaded = {tree.episode: demonstration(tree.episode) for _, tree in trees}
    everybody = {one.episode: one for one in known} | {key: kin_of(found) for key, found in loaded.items()}
    kept_back = _KeptBack(config, [everybody[key] for key in sorted(everybody)])
    pool: list[Example] = []
    left_out: list[LeftOut] = []
    for label_set, tree in trees:
        check_policies(tree, policies)
        found = loaded[tree.episode]
        reason = _refusal(found, tree, config) or kept_back.why(everybody[tree.episode])
        if reason is not None:
            left_out.append(LeftOut(episode=tree.episode, step="", policy="", reason=reason))
            continue
        learned = replace(found, remarks={}) if config.keep_recovery else found
        for one in examples_of(learned, tree, label_set, policies.planner.name):
            if isinstance(one, LeftOut):
                left_out.append(one)
            elif one.id in config.bans:
                left_out.append(LeftOut(episode=one.episode, step=one.step, policy=one.policy, reason=BANNED))
            else:
                pool.append(one)
    return pool, left_out


class _KeptBack:
    """What is held out among all demonstrations, and whether another one would give it away."""

    def __init__(self, config: PromptConfig, everybody: Sequence[Kin]) -> None:
        self._config = config
        out = [one for one in everybody if held_out(one, config) is not None]
        by_seed = config.model_copy(update={"exclude_seeds": ()})
        self._by_task = [one for one in out if held_out(one, by_seed) is not None]
        self._by_seed = [one for one in out if held_out(one, by_seed) is None]

    def why(self, one: Kin) -> str | None:
        """Why a demonstration may not enter."""
        reason = held_out(one, self._config)
        if reason is not None:
            return reason
        shared = leak(one, self._by_task) or repeats(one, self._by_seed)
        return None if shared is None else f"it would give away what is held out for tests: {shared}"


def _trees(label_sets: Sequence[LabelSet], policies: PolicySet) -> list[tuple[str, LabelTree]]:
    """(label set, tree in the policies' names of now) of each episode once, in the order of episode ids."""
    if not label_sets:
        raise NothingAccepted("No label set was given. Accept the calls of a demonstration in Label first.")
    newest = {tree.episode: (label_set, tree) for label_set in label_sets for tree in label_set.trees}
    found = (newest[episode] for episode in sorted(newest))
    return [(label_set.id, current(tree, policies, label_set.created)) for label_set, tree in found]


def _refusal(found: Demonstration, tree: LabelTree, config: PromptConfig) -> str | None:
    """Why nothing of a demonstration may become an example, its being held out apart."""
    if not {*tree.uids} <= {step.uid for step in found.steps}:
        return "its labels are about another derivation of its steps"
    taken = SETTLED if config.labels == "auto_accepted" else DECIDED
    if any(segment.state not in taken for segment in tree.segments):
        return "not all of its calls are accepted"
    if config.labels == "gold" and not found.gold:
        return "its labels are one person's, not gold"
    if not tree.uids:
        return "it has no steps"
    if found.episode.status not in config.statuses:
        return f"it ended as {found.episode.status!r}"
    return None


def _check_pins(config: PromptConfig, pool: Sequence[Example], left_out: Sequence[LeftOut]) -> None:
    both = sorted({*config.pins} & {*config.bans})
    if both:
        raise PromptRefused(f"{', '.join(both)} is both pinned and banned. Nothing was built. Take one back.")
    there = {example.id for example in pool}
    absent = [pin for pin in config.pins if pin not in there and not pin.startswith("pl-")]
    if absent:
        why = "; ".join(sorted({one.reason for one in left_out})) or "no such turn is in these labels"
        raise PromptRefused(
            f"The pinned example {', '.join(absent)} cannot enter ({why}). Nothing was built. Take the pin back."
        )


def chosen(
    pool: Sequence[Example], config: PromptConfig, planner: str
) -> tuple[tuple[Piece, ...], tuple[Dropped, ...]]:
    """The pieces of every policy, the planner's first, then by name."""
    by_id = {example.id: example for example in pool}
    by_policy: dict[str, list[Candidate]] = {}
    for piece in pieces_of(pool, config, planner):
        turns = tuple(by_id[turn] for turn in piece.turns)
        by_policy.setdefault(piece.policy, []).append(Candidate(piece, turns))
    pieces: list[Piece] = []
    dropped: list[Dropped] = []
    for policy in sorted(by_policy, key=lambda name: (name != planner, name)):
        shown, out = choose(by_policy[policy], config)
        pieces += shown
        dropped += out
    return tuple(pieces), tuple(dropped)


def _nothing(left_out: Iterable[LeftOut]) -> str:
    reasons = sorted({one.reason for one in left_out})
    why = f" Left out because {'; '.join(reasons)}." if reasons else ""
    held = any("held out" in reason for reason in reasons)
    todo = "hold nothing out, or record other tasks." if held else "accept the calls of a success in Label."
    return f"No accepted step can become an example.{why} Nothing was built; {todo}"
