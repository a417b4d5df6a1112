"""What writers are given: the demonstrations of one label set, one after the other, and how a policy is asked.

Demonstrations come lazily, so that writers hold one at a time; where they come from is the caller's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from labeling.model import LabelRun, LabelSet, LabelTree, ReviewEvent
from labeling.prompts.model import Example, LeftOut, PromptSet
from labeling.prompts.turns import Demonstration, examples_of
from labeling.splits import Split, split_of
from policies.library import PolicySet
from policies.model import Policy
from traces.model import Annotation, Frozen

LabelStatus = Literal["proposed", "reviewed", "gold"]
STATUSES: tuple[LabelStatus, ...] = ("proposed", "reviewed", "gold")
"""From the least to the most trusted: a call is undecided; a person decided all; two people came to the same calls."""


class Line(Frozen):
    """One message of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class Wording:
    """How a policy is asked and answers, as the agent would: the messages of a question, a reply, its instruction."""

    ask: Callable[[Example], tuple[Line, ...]]
    reply: Callable[[str, str], str]
    instruction: Callable[[Policy], str]

    def answer(self, example: Example) -> Line:
        """What the policy should write."""
        return Line(role="assistant", content=self.reply(example.reason, example.action))


@dataclass(frozen=True)
class Track:
    """One person's review of a demonstration: its name, its events, and the label run it began with."""

    name: str
    events: tuple[ReviewEvent, ...]
    run: LabelRun | None = None
    same: bool = False
    """Whether it ends at the very calls of the label set."""


@dataclass(frozen=True)
class Labelled:
    """One demonstration of a label set with everything that was said about it; `file` is its sealed episode."""

    demonstration: Demonstration
    tree: LabelTree
    label_set: str
    split: Split
    status: LabelStatus = "reviewed"
    runs: tuple[LabelRun, ...] = ()
    tracks: tuple[Track, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    file: Path | None = field(default=None, compare=False)

    @property
    def id(self) -> str:
        """The episode's id."""
        return self.tree.episode

    @property
    def outcome(self) -> float:
        """1 where the objective was reached, else 0."""
        return 1.0 if self.demonstration.episode.status == "success" else 0.0


@dataclass(frozen=True)
class Source:
    """What is exported. `prompt_sets` are those built from the label set, or the one that was named.

    `gives_away` says why an example must not be trained on: it nearly repeats what is kept for tests.
    """

    label_set: LabelSet
    policies: PolicySet
    demonstrations: Iterable[Labelled]
    wording: Wording
    prompt_sets: tuple[PromptSet, ...] = ()
    split: Split | None = None
    gives_away: Callable[[Example], str | None] = lambda example: None

    def split_of_example(self, example: Example) -> Split:
        """The split of a demonstration that only its example tells of."""
        return split_of(example.task, example.root_objective)

    def turns(self, one: Labelled) -> Iterator[Example | LeftOut]:
        """Every turn of the planner and of each call; unusable ones say why."""
        if one.tree.uids:
            yield from examples_of(one.demonstration, one.tree, one.label_set, self.policies.planner.name)
