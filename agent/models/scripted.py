"""The model `scripted`: says what it is told, from a list or by a function of the question."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from agent.errors import ModelError
from agent.model import Decision, Reply, seen_parts
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
        parts = seen_parts(request)
        tokens_in = sum(estimate_tokens(part.text) for part in parts)
        return Reply(text, parts, tokens_in, estimate_tokens(text), cost=0.0, finish_reason="stop", model=self.name)


def script_file(path: Path) -> ScriptedModel:
    """The model that plays a file, a JSON list of replies or bare actions, anew in every episode. Raises ModelError."""
    try:
        lines = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"The script {path} cannot be read ({error}). Nothing was run.") from error
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise ModelError(f"The script {path} is not a JSON list of texts. Nothing was run.")
    playing: Iterator[Line] = iter(())

    def answer(request: Decision) -> Line:
        nonlocal playing
        if request.frame_depth == 1 and not request.previous:
            playing = iter(lines)
        return next(playing, ModelError("The script is at its end, but the episode goes on."))

    return ScriptedModel(answer)


def _in_turn(lines: Iterable[Line]) -> Callable[[Decision], Line]:
    waiting = iter(tuple(lines))

    def answer(_: Decision) -> Line:
        return next(waiting, ModelError("The script is at its end, but the episode goes on."))

    return answer
