"""What the model `demos` is taught in each arm of bench/miniwob.py: which demonstrations, in which words.

All arms draw on the same recordings (bench/demonstrators_store.py); labels are the rules' own.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bench.demonstrators_store import AUTHOR, demonstrations
from browser.miniwob_tasks import OUTSIDE20, PAPER45
from browser.named_sets import sets
from flows.progress import silent
from flows.prompt import prompts
from flows.run.practising import Asked, practise
from labeling.label_sets import label_set_of
from labeling.model import LabelTree
from labeling.prompts.model import PromptConfig, PromptSet
from labeling.splits import SPLITS
from practice.sites import SITES
from wiring import POLICY_SET, Parts

SHOWN = range(14)
"""Seeds of demonstrations; some more than are used, for a page that cannot be done with a mouse."""
ROOT_SET = "miniwob"
CRM_SET = "crm"
FLAT = "flat"
TEN, ONE = 10, 1
FEW: Mapping[str, int] = {
    "book-flight": 5,
    "email-inbox": 5,
    "search-engine": 3,
    "click-checkboxes": 2,
    "click-tab-2": 4,
    "login-user-popup": 2,
}
"""As in the paper at most 21 demonstrations of at most six tasks, chosen before any test."""
EVERY_TASK = PromptConfig(splits=SPLITS)
"""Nothing is held out by its task: tested are other seeds of the tasks that were shown."""
Counts = Mapping[str, int]


def each(tasks: Sequence[str], count: int) -> Counts:
    """As many demonstrations of every task."""
    return dict.fromkeys(tasks, count)


def taught(
    parts: Parts,
    counts: Counts,
    policy_set: str = ROOT_SET,
    change: Callable[[Sequence[LabelTree]], Sequence[LabelTree]] = lambda trees: trees,
) -> PromptSet:
    """The prompt set of the first so many demonstrations of each task, recorded and labelled where that is missing."""
    found = [tree for task, count in counts.items() for tree in demonstrations(parts, task, SHOWN, count)]
    trees = tuple(change(sorted(found, key=lambda tree: tree.episode)))
    frozen = parts.labels.add_label_set(label_set_of(trees, policy_set=POLICY_SET, actor=AUTHOR, created=0.0))
    return prompts.build(parts, policy_set=policy_set, label_set=frozen.id, config=EVERY_TASK, author=AUTHOR)


def shuffled(trees: Sequence[LabelTree], seed: int = 0) -> tuple[LabelTree, ...]:
    """The same segments with policies and arguments of others: what labels are worth when they say nothing."""
    calls = [(segment.policy, segment.args, segment.returns) for tree in trees for segment in tree.segments]
    random.Random(seed).shuffle(calls)
    left = iter(calls)
    return tuple(_relabelled(tree, [next(left) for _ in tree.segments]) for tree in trees)


def _relabelled(tree: LabelTree, calls: Sequence[tuple[object, object, object]]) -> LabelTree:
    segments = tuple(
        segment.model_copy(update={"policy": policy, "args": args, "returns": returns})
        for segment, (policy, args, returns) in zip(tree.segments, calls, strict=True)
    )
    return tree.model_copy(update={"segments": segments})


@dataclass(frozen=True)
class Arm:
    """What is taught, on which tasks that is tried, and the figure it gives; `seeds` of each, if not as asked.

    `model` says who plays with it.
    """

    figure: str
    teach: Callable[[Parts], PromptSet]
    tasks: tuple[str, ...] = PAPER45
    seeds: int | None = None
    model: Callable[[Parts, PromptSet], str] = lambda parts, built: "demos"


def practised(parts: Parts, built: PromptSet) -> str:
    """The model after practice on the paper's tasks, which goes on where it was broken off."""
    asked = Asked(tuple(f"miniwob:{task}" for task in PAPER45), built.id)
    return str(practise(parts, asked, silent)["model"])


def k10(parts: Parts) -> PromptSet:
    """Ten demonstrations of each of the paper's tasks."""
    return taught(parts, each(PAPER45, TEN))


CRM = tuple(f"airline:{scenario}" for scenario in SITES["airline"])
FLIGHT = "flight:Alaska-auto"
TODO = "todomvc:vanillajs"
OTHER_TODOS = tuple(name for name in sets()["todomvc:all"] if name != TODO)
ARMS: Mapping[str, Arm] = {
    "k10": Arm("demos_success_k10", k10),
    "k1": Arm("demos_success_k1", lambda parts: taught(parts, each(PAPER45, ONE))),
    "21": Arm("demos_success_21", lambda parts: taught(parts, FEW)),
    "flat": Arm("demos_success_flat", lambda parts: taught(parts, each(PAPER45, TEN), FLAT)),
    "shuffled": Arm("demos_success_shuffled", lambda parts: taught(parts, each(PAPER45, TEN), change=shuffled)),
    "practice": Arm("demos_success_practice", k10, model=practised),
    "outside": Arm("demos_success_outside", lambda parts: taught(parts, each(OUTSIDE20, TEN)), OUTSIDE20),
    "flightwob": Arm("flightwob_success", lambda parts: taught(parts, each([FLIGHT], TEN)), (FLIGHT,)),
    "todomvc": Arm("todomvc_transfer", lambda parts: taught(parts, {TODO: 3}), OTHER_TODOS, 1),
    "crm": Arm("crm_success", lambda parts: taught(parts, each(CRM, TEN // len(CRM)), CRM_SET), CRM, 15),
}
"""By name, as `--only` takes it. All up to `practice` are tried on the paper's 45 tasks and the same seeds."""
