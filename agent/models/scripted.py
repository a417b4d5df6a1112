"""The model `scripted`: says what it is told, from a list or by a function of the question."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from agent.errors import ModelError
from agent.model import Decision, Part, Reply
from llm_client.tokens import estimate_tokens

Line = str | Exception
"""A reply's text (a bare action is wrapped in the reply format), or an error to raise."""


class ScriptedModel:
    """Plays a script; keeps every question it was asked in `asked`. An exhausted script is a ModelError."""

    name = "scripted"

    def __init__(self, lines: Iterable[Line] | Callable[[Decision], Line]) -> None:
        self._next = lines if callable(lines) else _in_turn(lines)
        self.asked: list[Decision] = []

    def decide(self, request: Decision) -> Reply:
        """The next line of the script. Raises ModelError at its end, or the error that stands there."""
        self.asked.append(request)
        line = self._next(request)
        if isinstance(line, Exception):
            raise line
        text = line if "ACTION:" in line or "\n" in line else f"REASON: so says the script\nACTION: {line}"
        parts = (
            Part("objective", "user", request.objective),
            Part("observation", "user", request.observation),
            Part("history", "user", "\n".join(request.previous)),
        )
        tokens_in = sum(estimate_tokens(part.text) for part in parts)
        return Reply(text, parts, tokens_in, estimate_tokens(text), cost=0.0, finish_reason="stop", model=self.name)


def _in_turn(lines: Iterable[Line]) -> Callable[[Decision], Line]:
    waiting = iter(tuple(lines))

    def answer(_: Decision) -> Line:
        return next(waiting, ModelError("The script is at its end, but the episode goes on."))

    return answer
