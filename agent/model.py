"""Who decides: the Protocol of a policy model, what it is asked, and what it answers.

Implementations are in `agent.models`; a model sees exactly what a `Decision` holds, nothing else of the episode.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from policies.model import Policy

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True)
class Decision:
    """One question to the policy on top of the stack.

    `objective` is the task for the root and the whole call text for every other policy; `observation` is the compact
    text; `previous` holds only this frame's own lines (`agent.history`). `fruitless` are the texts of the frame's
    latest actions and calls that left the page exactly as it was: repeating them leads nowhere.
    """

    policy: Policy
    objective: str
    url: str
    observation: str
    previous: tuple[str, ...] = ()
    frame_depth: int = 1
    root_objective: str = ""
    fruitless: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """A piece of a prompt: what it is (system, example, objective, observation, history), who says it, its text.

    `source` is the id of the example it is from.
    """

    kind: str
    role: Role
    text: str
    source: str | None = None


@dataclass(frozen=True)
class Reply:
    """What a model wrote, with what it cost. Tokens are counts, `cost` US dollars (None: unknown), times milliseconds.

    `score` is the model's own probability of its action, None where it has none. Where a model wrote in another form,
    or several actions at once, `text` holds the action in lines and `written` what it wrote. `form` is the one it was
    asked for in, `notes` say what had to be done to get an answer, `before` are answers to the same question that could
    not be read, `problem` why this one cannot. `played` says that nothing was asked: the action is from a list that
    the policy wrote before.
    """

    text: str
    parts: tuple[Part, ...] = ()
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None
    retries: int = 0
    finish_reason: str | None = None
    score: float | None = None
    milliseconds: float = 0.0
    model: str = ""
    written: str | None = None
    form: str | None = None
    notes: tuple[str, ...] = ()
    before: tuple[Reply, ...] = ()
    problem: str | None = None
    played: bool = False


def seen_parts(request: Decision) -> tuple[Part, ...]:
    """What a model without a prompt of its own saw of a decision, as the record keeps it."""
    return (
        Part("objective", "user", request.objective),
        Part("observation", "user", request.observation),
        Part("history", "user", "\n".join(request.previous)),
    )


class PolicyModel(Protocol):
    """Plays every policy. Raises ModelError when it cannot answer at all."""

    @property
    def name(self) -> str:
        """How runs call it, e.g. "openai:small" or "demos"."""

    def decide(self, request: Decision) -> Reply:
        """One reason and one action, in the reply format of `agent.reply`."""


class Shown(Protocol):
    """An example of a prompt set as a policy is shown it (`labeling.prompts.model.Piece`)."""

    @property
    def id(self) -> str:
        """What it is found by in its prompt set."""

    @property
    def objective(self) -> str:
        """The call text, or the task."""

    @property
    def url(self) -> str:
        """The page's address."""

    @property
    def observation(self) -> str:
        """The page's compact text."""

    @property
    def previous(self) -> tuple[str, ...]:
        """What the policy had done before."""

    @property
    def reason(self) -> str:
        """Why."""

    @property
    def action(self) -> str:
        """What it should answer with."""
