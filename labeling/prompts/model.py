"""What a prompt set is: the pool of examples made from frozen labels, and the pieces of it that prompts show.

A prompt set never changes; its id is the hash of its content. docs/formats/prompt-set.md is the stored form.
"""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import Literal, Self

from pydantic import Field, model_validator

from labeling.label_sets import canonical, content_id
from labeling.splits import Split
from traces.model import Frozen, Status

Format = Literal["stepscope-prompt-set/1", "stepscope-prompt-set/2"]
FORMAT: Format = "stepscope-prompt-set/2"
Mode = Literal["step", "heap"]
Why = Literal["pinned", "call", "widget", "stop", "near_miss", "diverse", "random", "all"]
DONE = "DONE"
"""Ends a planner's list of calls for one page in the mode `heap`, unless a stop does."""


class Example(Frozen):
    """One turn of one policy: what it was shown and the reason and action it should answer with.

    `objective` is the call text (the task's objective for the planner), `previous` the policy's own actions so far;
    `episode`, `step` (a uid) and `label_set` say where it comes from. `tokens` is an estimate.
    """

    policy: str
    objective: str
    url: str
    observation: str
    previous: tuple[str, ...]
    reason: str
    action: str
    episode: str
    step: str
    label_set: str
    depth: int
    root_objective: str
    task: str | None = None
    seed: int | None = None
    tokens: int = 0
    site: str = ""

    @property
    def is_stop(self) -> bool:
        """Whether the policy ends here."""
        return self.action == "stop" or self.action.startswith("stop ")

    @cached_property
    def id(self) -> str:
        """`ex-` and 12 hex digits of the hash of the turn: the same in every prompt set that holds it."""
        turn = [self.episode, self.step, self.policy, self.objective, self.previous, self.action]
        return f"ex-{hashlib.sha256(canonical(turn)).hexdigest()[:12]}"


class LeftOut(Frozen):
    """A turn that became no example, and why; with an empty `step` the whole demonstration did not."""

    episode: str
    step: str
    policy: str
    reason: str


class Piece(Frozen):
    """What a prompt shows as one example: a turn, or in the mode `heap` the planner's turns on one page.

    `turns` are ids of examples of the pool. The observation is pruned and its elements are numbered anew, and so are
    those in `previous` and `actions`; `whole` is the hash of the observation it was cut from. `note` says in words
    why it was chosen.
    """

    id: str
    policy: str
    turns: tuple[str, ...]
    objective: str
    url: str
    observation: str
    previous: tuple[str, ...]
    reason: str
    actions: tuple[str, ...]
    whole: str
    tokens: int
    why: Why = "diverse"
    note: str = ""

    @property
    def action(self) -> str:
        """What is to be answered, one action a line."""
        return "\n".join(self.actions)

    @property
    def is_stop(self) -> bool:
        """Whether the policy ends here."""
        return self.actions[-1].partition(" ")[0] == "stop"


class Dropped(Frozen):
    """A piece that could have been shown and is not, and why."""

    policy: str
    turns: tuple[str, ...]
    tokens: int
    reason: str


class PromptConfig(Frozen):
    """What may become an example, and how many of them a prompt shows.

    Held out are demonstrations of other splits, of excluded tasks and sites, of excluded (task, seed) pairs, and what
    is nearly the same as one of them. `budget` is in tokens for the pieces of one policy, `most` how many those are.
    `pins` and `bans` are ids of examples. With `retrieve` a run shows that many pieces, the likeliest ones of the
    pool, in place of the fixed ones. With `keep_recovery` steps remarked as mis-clicks or detours are examples too.
    With `context`, a model's context window in tokens, what the `reserve_…` leave of it takes the place of `budget`.

    The rest is for experiments (docs/experiments.md). `selection` says which pieces are shown: the best, as many at
    random, or all, whatever the budget. Without `prune` their pages are whole, without `reasons` a model is shown none
    and asked for none. With `learn` "shown" the model demos learns from the pieces, as they are shown, in place of the
    pool; only in the mode `step`.
    """

    statuses: tuple[Status, ...] = ("success",)
    exclude_tasks: tuple[str, ...] = ()
    exclude_seeds: tuple[tuple[str, int], ...] = ()
    exclude_sites: tuple[str, ...] = ()
    splits: tuple[Split, ...] = ("train",)
    labels: Literal["auto_accepted", "reviewed", "gold"] = "reviewed"
    mode: Mode = "step"
    budget: int = 8_000
    most: int = 12
    pins: tuple[str, ...] = ()
    bans: tuple[str, ...] = ()
    retrieve: int = 0
    keep_recovery: bool = False
    context: int = Field(default=0, ge=0)
    reserve_instruction: int = Field(default=1_500, ge=0)
    reserve_observation: int = Field(default=4_000, ge=0)
    reserve_output: int = Field(default=500, ge=0)
    selection: Literal["best", "random", "all"] = "best"
    prune: bool = True
    reasons: bool = True
    learn: Literal["pool", "shown"] = "pool"

    @model_validator(mode="after")
    def _lists_are_no_lessons(self) -> Self:
        if self.learn == "shown" and self.mode == "heap":
            raise ValueError("demos cannot learn from lists of calls, so learn=shown and mode=heap exclude each other")
        return self

    @property
    def room(self) -> int:
        """Tokens for the pieces of one policy."""
        if not self.context:
            return self.budget
        return max(0, self.context - self.reserve_instruction - self.reserve_observation - self.reserve_output)

    @property
    def reckoning(self) -> str:
        """How the room came about, in words."""
        if not self.context:
            return f"{self.budget:,} tokens for the examples of a policy, as set"
        return (
            f"{self.context:,} tokens of context less {self.reserve_instruction:,} for the instruction, "
            f"{self.reserve_observation:,} for page and earlier turns and {self.reserve_output:,} for the answer "
            f"leave {self.room:,} for the examples of a policy"
        )


_LATER = {"keep_recovery", "context", "reserve_instruction", "reserve_observation", "reserve_output"} | {
    "selection", "prune", "reasons", "learn",
}  # fmt: skip
"""Fields that came after the second format: not part of a set's identity while they say what was meant before."""
_FIRST_FORMAT = {"statuses", "exclude_tasks", "exclude_seeds"}
_NOT_ITS_OWN = {"id", "created", "author", "parent"}


class PromptSet(Frozen):
    """The examples of every policy with where each comes from, and the pieces prompts show, in their order.

    `created` (seconds), `author` and `parent` (the set it was changed from) are not part of its identity. A set of the
    first format has no pieces; what its prompts show is decided when they are rendered.
    """

    format: Format = "stepscope-prompt-set/1"
    id: str
    policy_set: str
    label_sets: tuple[str, ...]
    config: PromptConfig
    examples: tuple[Example, ...]
    left_out: tuple[LeftOut, ...]
    created: float
    pieces: tuple[Piece, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    pruner: str = ""
    template: str = ""
    author: str = ""
    parent: str | None = None

    def of(self, policy: str) -> tuple[Example, ...]:
        """The examples of one policy."""
        return tuple(example for example in self.examples if example.policy == policy)

    def shown(self, policy: str) -> tuple[Piece, ...]:
        """What a prompt of the policy shows, in its order; nothing for a set of the first format."""
        return tuple(piece for piece in self.pieces if piece.policy == policy)

    @property
    def policies(self) -> tuple[str, ...]:
        """The policies with examples, in alphabetical order."""
        return tuple(sorted({example.policy for example in self.examples}))

    @cached_property
    def by_id(self) -> dict[str, Example]:
        """Each example of the pool under its id."""
        return {example.id: example for example in self.examples}

    @property
    def lessons(self) -> tuple[Example, ...]:
        """What the model demos learns from: the pool, or the pieces as they are shown, in the pool's order."""
        if self.config.learn == "pool":
            return self.examples
        shown = {piece.turns[0]: piece for piece in self.pieces}
        return tuple(
            one.model_copy(
                update={"observation": piece.observation, "previous": piece.previous, "action": piece.action}
            )
            for one in self.examples
            if (piece := shown.get(one.id)) is not None
        )

    @property
    def tasks(self) -> frozenset[tuple[str, int | None]]:
        """(task, seed) of every demonstration inside, for keeping tests apart."""
        return frozenset((example.task, example.seed) for example in self.examples if example.task is not None)

    def canonical(self) -> bytes:
        """The bytes its id is the hash of: everything but the id, and who made it when and from what."""
        return canonical(self._identity())

    def named(self) -> PromptSet:
        """The same with the id that its content has."""
        return self.model_copy(update={"id": content_id("ps", self._identity())})

    def _identity(self) -> dict[str, object]:
        body = self.model_dump(mode="json", exclude=_NOT_ITS_OWN)
        for name in _LATER:
            if body["config"][name] == PromptConfig.model_fields[name].default:
                del body["config"][name]
        if self.format == "stepscope-prompt-set/2":
            return body
        for field in ("pieces", "dropped", "pruner", "template"):
            del body[field]
        body["config"] = {name: value for name, value in body["config"].items() if name in _FIRST_FORMAT}
        for example in body["examples"]:
            del example["site"]
        return body
