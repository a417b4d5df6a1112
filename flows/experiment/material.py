"""What experiments are made of: the workspace's accepted demonstrations, in parts that share no demonstration."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from agent.errors import RunError
from flows.prompt import prompts
from labeling.label_sets import label_set_of
from labeling.model import LabelSet, LabelTree
from labeling.prompts.model import PromptConfig, PromptSet
from labeling.repository import EXPERIMENT
from labeling.splits import SPLITS
from labeling.tree import max_depth
from wiring import POLICY_SET, Parts


@dataclass(frozen=True)
class Shown:
    """An accepted demonstration: its task and seed, how many steps, calls and open policies it has at most."""

    tree: LabelTree
    task: str
    seed: int
    steps: int
    calls: int
    depth: int

    @property
    def policies(self) -> frozenset[str]:
        """The policies it calls."""
        return frozenset(segment.policy for segment in self.tree.segments)


@dataclass(frozen=True)
class Material:
    """The demonstrations of each task, in the order of their seeds, and the label set they stand in."""

    source: LabelSet
    by_task: dict[str, tuple[Shown, ...]]

    def first(self, k: int, tasks: Sequence[str] = ()) -> list[Shown]:
        """The first `k` demonstrations of each task, or of those that are named."""
        return [one for task, shown in self.by_task.items() if not tasks or task in tasks for one in shown[:k]]


def material(parts: Parts, tasks: Sequence[str], most_tasks: int, label_set: str = "") -> Material:
    """The accepted demonstrations of the tasks; without any named, of some that are unlike in how much they call.

    Raises NothingAccepted, UnknownLabel, or RunError for tasks that nobody demonstrated.
    """
    source = parts.labels.label_set(label_set) if label_set else prompts.frozen(parts, POLICY_SET)
    rows = {row["id"]: row for row in parts.demonstration_rows()}
    found: dict[str, list[Shown]] = defaultdict(list)
    for tree in source.trees:
        row = rows.get(tree.episode)
        if row is not None and row["task"] and row["seed"] is not None and row["status"] == "success":
            sizes = (len(tree.uids), len(tree.segments), max_depth(tree))
            found[row["task"]].append(Shown(tree, row["task"], row["seed"], *sizes))
    absent = [task for task in tasks if task not in found]
    if absent or not found:
        raise RunError(
            f"There is no accepted demonstration of {', '.join(absent) or 'any task with a seed'} that succeeded. "
            "Nothing was run. Record some and accept their labels."
        )
    chosen = list(tasks) or _spread(found, most_tasks)
    return Material(source, {task: tuple(sorted(found[task], key=lambda one: one.seed)) for task in chosen})


def prompt_set(
    parts: Parts, source: LabelSet, shown: Sequence[Shown], policy_set: str, config: PromptConfig | None = None
) -> PromptSet:
    """A prompt set of just these demonstrations, in the words of a policy set. It is no `latest` and on no screen."""
    trees = tuple(sorted((one.tree for one in shown), key=lambda tree: tree.episode))
    some = label_set_of(trees, policy_set=source.policy_set, actor=EXPERIMENT, created=source.created)
    name = parts.labels.add_label_set(some).id
    everything = (config or PromptConfig()).model_copy(update={"splits": SPLITS})
    return prompts.build(parts, policy_set=policy_set, label_set=name, config=everything, author=EXPERIMENT)


def _spread(found: dict[str, list[Shown]], most: int) -> list[str]:
    """Tasks with at least two demonstrations if there are such, from those with the fewest calls to those with most."""
    several = {task: shown for task, shown in found.items() if len(shown) > 1} or found
    ranked = sorted(several, key=lambda task: (fmean(one.calls for one in several[task]), task))
    if len(ranked) <= most:
        return ranked
    return [ranked[round(place * (len(ranked) - 1) / (most - 1))] for place in range(most)]
