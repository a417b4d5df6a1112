"""What the agent needs of a page: the one Protocol through which it sees the browser.

Its implementations live in `browser`; in-memory ones for tests are in `agent.fakes`. Values are `traces.environment`.
"""

from __future__ import annotations

from typing import Protocol

from traces.actions import Action
from traces.environment import Effect, EnvironmentStart, Outcome, View


class Environment(Protocol):
    """One task on one page, e.g. "miniwob:login-user". Calls are synchronous and come from one thread.

    An action that cannot be done comes back as `Effect.error`; an exception means the page or browser is gone, and ends
    the episode with status `error`.
    """

    @property
    def name(self) -> str:
        """The environment and its task, e.g. "airline:book_flight"."""

    def reset(self, seed: int) -> EnvironmentStart:
        """Begin the task anew; the same seed gives the same task."""

    def observe(self) -> View:
        """The page as it is now."""

    def act(self, action: Action) -> Effect:
        """Do one page action and wait until the page is quiet."""

    def outcome(self, answer: str | None) -> Outcome | None:
        """The evaluator's word, given the agent's answer; None where nobody can tell."""

    def close(self) -> None:
        """Let go of the page."""
