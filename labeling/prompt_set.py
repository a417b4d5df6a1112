"""Prompt sets: the examples of every policy, made from frozen labels, named by content and equal byte for byte.

Which of them fit one prompt is chosen when a prompt is rendered (`within_budget`); the embedded learner takes them all.
docs/formats/prompt-set.md is the stored form.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from labeling.errors import NothingAccepted
from labeling.examples import Demonstration, Example, LeftOut, examples_of
from labeling.label_sets import canonical, content_id
from labeling.model import DECIDED, LabelSet, LabelTree
from labeling.tree import check_policies
from policies.library import PolicySet
from traces.model import Frozen, Status

FORMAT = "stepscope-prompt-set/1"
DemonstrationOf = Callable[[str], Demonstration]
"""Loads a demonstration by episode id."""


class PromptConfig(Frozen):
    """What may become an example. Excluded tasks and (task, seed) pairs are held out, for tests on them later."""

    statuses: tuple[Status, ...] = ("success",)
    exclude_tasks: tuple[str, ...] = ()
    exclude_seeds: tuple[tuple[str, int], ...] = ()


class PromptSet(Frozen):
    """The examples of every policy with where each comes from; `created` (seconds) is not part of its identity."""

    id: str
    policy_set: str
    label_sets: tuple[str, ...]
    config: PromptConfig
    examples: tuple[Example, ...]
    left_out: tuple[LeftOut, ...]
    created: float

    def of(self, policy: str) -> tuple[Example, ...]:
        """The examples of one policy."""
        return tuple(example for example in self.examples if example.policy == policy)

    @property
    def policies(self) -> tuple[str, ...]:
        """The policies with examples, in alphabetical order."""
        return tuple(sorted({example.policy for example in self.examples}))

    @property
    def tasks(self) -> frozenset[tuple[str, int | None]]:
        """(task, seed) of every demonstration inside, for keeping tests apart."""
        return frozenset((example.task, example.seed) for example in self.examples if example.task is not None)

    def canonical(self) -> bytes:
        """The bytes its id is the hash of: everything but the id and the time of making."""
        return canonical(_identity(self))


class PolicyRow(Frozen):
    """What the Prompts screen says of one policy; tokens are estimates."""

    policy: str
    examples: int
    stops: int
    tokens: int
    episodes: tuple[str, ...]


def build_prompt_set(
    label_sets: Sequence[LabelSet],
    demonstration: DemonstrationOf,
    policies: PolicySet,
    config: PromptConfig | None = None,
    created: float = 0.0,
) -> PromptSet:
    """The prompt set of the label sets' demonstrations; of two labellings of one episode the later set's counts.

    Raises NothingAccepted when no example remains, saying why, and UnknownPolicy or TreeError for calls that are not
    of the set.
    """
    config = config or PromptConfig()
    examples: list[Example] = []
    left_out: list[LeftOut] = []
    for label_set, tree in _trees(label_sets):
        check_policies(tree, policies)
        found = demonstration(tree.episode)
        reason = _refusal(found, tree, config)
        if reason is not None:
            left_out.append(LeftOut(episode=tree.episode, step="", policy="", reason=reason))
            continue
        for one in examples_of(found, tree, label_set, policies.planner.name):
            if isinstance(one, Example):
                examples.append(one)
            else:
                left_out.append(one)
    if not examples:
        raise NothingAccepted(_nothing(left_out))
    made = PromptSet(
        id="",
        policy_set=policies.name,
        label_sets=tuple(label_set.id for label_set in label_sets),
        config=config,
        examples=tuple(examples),
        left_out=tuple(left_out),
        created=created,
    )
    return made.model_copy(update={"id": content_id("ps", _identity(made))})


def summary(prompt_set: PromptSet) -> tuple[PolicyRow, ...]:
    """One row per policy: how many examples, how long they are, from which episodes."""
    return tuple(_row(policy, prompt_set.of(policy)) for policy in prompt_set.policies)


def within_budget(examples: Sequence[Example], tokens: int) -> tuple[Example, ...]:
    """The examples that fit a token budget, in their order: a stop first, then one of each kind of action, then more.

    The choice is the same every time: within a round, demonstrations take turns and shorter examples come first.
    """
    kept: set[int] = set()
    left = tokens
    for index in _by_worth(examples):
        if examples[index].tokens <= left:
            kept.add(index)
            left -= examples[index].tokens
    return tuple(example for index, example in enumerate(examples) if index in kept)


def _trees(label_sets: Sequence[LabelSet]) -> list[tuple[str, LabelTree]]:
    """(label set, tree) of each episode once, in the order of episode ids."""
    if not label_sets:
        raise NothingAccepted("No label set was given. Accept the calls of a demonstration in Label first.")
    newest = {tree.episode: (label_set.id, tree) for label_set in label_sets for tree in label_set.trees}
    return [newest[episode] for episode in sorted(newest)]


def _refusal(found: Demonstration, tree: LabelTree, config: PromptConfig) -> str | None:
    """Why nothing of a demonstration may become an example."""
    episode = found.episode
    if not {*tree.uids} <= {step.uid for step in found.steps}:
        return "its labels are about another derivation of its steps"
    if any(segment.state not in DECIDED for segment in tree.segments):
        return "not all of its calls are accepted"
    if not tree.uids:
        return "it has no steps"
    if episode.status not in config.statuses:
        return f"it ended as {episode.status!r}"
    if episode.task is not None and episode.task in config.exclude_tasks:
        return f"the task {episode.task!r} is held out"
    if (episode.task, episode.seed) in config.exclude_seeds:
        return f"seed {episode.seed} of {episode.task!r} is held out"
    return None


def _nothing(left_out: Iterable[LeftOut]) -> str:
    reasons = sorted({one.reason for one in left_out})
    why = f" Left out because {'; '.join(reasons)}." if reasons else ""
    return f"No accepted step can become an example.{why} Nothing was built; accept the calls of a success in Label."


def _identity(prompt_set: PromptSet) -> dict[str, object]:
    return {"format": FORMAT, **prompt_set.model_dump(mode="json", exclude={"id", "created"})}


def _row(policy: str, examples: tuple[Example, ...]) -> PolicyRow:
    return PolicyRow(
        policy=policy,
        examples=len(examples),
        stops=sum(example.is_stop for example in examples),
        tokens=sum(example.tokens for example in examples),
        episodes=tuple(dict.fromkeys(example.episode for example in examples)),
    )


def _by_worth(examples: Sequence[Example]) -> list[int]:
    """Positions, best first: a stop; then by the how-manieth of its kind and of its demonstration; then the shorter."""
    kinds: Counter[str] = Counter()
    episodes: Counter[str] = Counter()
    ranks = []
    for index, example in enumerate(examples):
        kind = example.action.partition(" ")[0]
        first_stop = example.is_stop and not kinds[kind]
        ranks.append((not first_stop, kinds[kind], episodes[example.episode], example.tokens, index))
        kinds[kind] += 1
        episodes[example.episode] += 1
    return [rank[-1] for rank in sorted(ranks)]
