"""Episodes in which a person plays one policy on the page itself, and a model the rest.

The person acts first and the loop follows: what they did comes back as actions with the page each led to, so that the
loop records them as it records any, and the environment is not asked to do them again. How a page gets to a person and
back is the business of `Hands`.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import Protocol

from agent.environment import Environment
from agent.errors import ModelError
from agent.loop import Policies
from agent.model import Decision, PolicyModel, Reply, seen_parts
from agent.reply import format_reply
from policies.model import Policy
from traces.actions import VERBS, Action
from traces.environment import Effect, EnvironmentStart, Outcome, View
from traces.model import Target

SEEN = Action("note", ("a person took over",))
OVER = Action("note", ("a person is done",))


@dataclass(frozen=True)
class Move:
    """Something a person did: the action, the page it was done on, what it was aimed at, and what was wrong with it."""

    action: str
    before: View | None = None
    target: Target | None = None
    error: str | None = None


@dataclass(frozen=True)
class Played:
    """All a person did in one call of a policy, and the answer they returned; `stopped`: the run was stopped."""

    moves: tuple[Move, ...]
    answer: str | None = None
    stopped: bool = False


class Hands(Protocol):
    """Where a person is to be found."""

    def play(self, request: Decision) -> Played:
        """Wait until the person has played the policy. Raises ModelError when nobody can."""


Ahead = deque[tuple[Move, View | None]]
"""What a person has done and the loop has not come to yet, with the page it led to (None: the page as it is now)."""


class ByHand:
    """An environment whose next actions may have been done already; the rest it leaves to the real one."""

    def __init__(self, real: Environment, ahead: Ahead) -> None:
        self.real, self._ahead = real, ahead

    @property
    def name(self) -> str:
        """The real one's."""
        return self.real.name

    def reset(self, seed: int) -> EnvironmentStart:
        """Begin the task anew."""
        self._ahead.clear()
        return self.real.reset(seed)

    def observe(self) -> View:
        """The page as it is now."""
        return self.real.observe()

    def act(self, action: Action) -> Effect:
        """What a person's action led to, else what the real environment makes of it."""
        if not self._ahead:
            return self.real.act(action)
        move, after = self._ahead.popleft()
        if after is not None:
            return Effect(after, move.error, target=move.target)
        return replace(self.real.act(OVER), error=move.error, target=move.target)

    def outcome(self, answer: str | None) -> Outcome | None:
        """The evaluator's word."""
        return self.real.outcome(answer)

    def close(self) -> None:
        """Let go of the page."""
        self.real.close()


class Opened:
    """A policy set in which the policies a person plays may do all that a person can do on a page."""

    def __init__(self, policies: Policies, mine: frozenset[str]) -> None:
        self._policies, self._mine = policies, mine

    @property
    def planner(self) -> Policy:
        """The root policy."""
        return self._open(self._policies.planner)

    def resolve(self, name: str) -> Policy:
        """The policy of that name or alias. Raises PolicyError."""
        return self._open(self._policies.resolve(name))

    def _open(self, policy: Policy) -> Policy:
        verbs = tuple(verb for verb in VERBS if verb != "stop")
        return policy.model_copy(update={"actions": verbs}) if policy.name in self._mine else policy


class HumanModel:
    """The person plays the policies of these names; `rest` plays the others."""

    def __init__(
        self, name: str, mine: frozenset[str], hands: Hands, ahead: Ahead, rest: PolicyModel | None = None
    ) -> None:
        self.name, self._mine, self._hands, self._ahead, self._rest = name, mine, hands, ahead, rest
        self._left: deque[str] | None = None
        self._answer: str | None = None

    def decide(self, request: Decision) -> Reply:
        """What the person did next, as they did it, then what they returned. Raises ModelError."""
        if request.frame_depth == 1 and not request.previous:
            self._left = None
        if request.policy.name not in self._mine:
            return self._other(request)
        if self._left is None:
            self._take_over(request)
        if self._left:
            return self._said(request, self._left.popleft())
        self._left = None
        return self._said(request, str(Action("stop", () if self._answer is None else (self._answer,))))

    def _other(self, request: Decision) -> Reply:
        if self._rest is None:
            raise ModelError(
                f"Nobody plays {request.policy.name}: the person plays {', '.join(sorted(self._mine))} alone. "
                f"Everything before is kept. Name a model for the rest, as in {self.name}+demos."
            )
        return self._rest.decide(request)

    def _take_over(self, request: Decision) -> None:
        played = self._hands.play(request)
        moves = list(played.moves)
        if played.stopped:
            moves.append(Move(str(Action("note", ("the run was stopped",)))))
        first = moves[0].before if moves else None
        if first is not None and first.observation.text != request.observation:
            moves.insert(0, Move(str(SEEN)))
        after = [*(move.before for move in moves[1:]), None]
        self._ahead.extend(zip(moves, after, strict=False))
        self._left, self._answer = deque(move.action for move in moves), played.answer

    def _said(self, request: Decision, action: str) -> Reply:
        parts = seen_parts(request)
        return Reply(format_reply("", action), parts, cost=0.0, finish_reason="stop", model=self.name)
