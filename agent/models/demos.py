"""The model `demos`: the learner behind the interface every model has. It needs no key, no network and no tokens."""

from __future__ import annotations

import time
from collections.abc import Mapping

from agent.errors import ModelError
from agent.learner.choosing import Chosen, choose
from agent.learner.training import Weights
from agent.model import Decision, Reply, seen_parts
from agent.reply import format_reply
from policies.model import Policy


class DemosModel:
    """Answers with the likeliest action of what it learned; gives up with `stop [N/A]` rather than guess."""

    name = "demos"

    def __init__(self, weights: Weights, library: Mapping[str, Policy]) -> None:
        if not weights.skills:
            raise ModelError(
                "The model demos has learned nothing: its prompt set holds no examples of this policy set's policies. "
                "Nothing was run. Accept labels of a few demonstrations and build a prompt set."
            )
        self._weights, self._library = weights, library

    def decide(self, request: Decision) -> Reply:
        """One reason and one action; the score is the action's probability."""
        started = time.monotonic()
        chosen = choose(self._weights, request, self._library)
        score = chosen.probability if chosen else 0.0
        return Reply(
            text=_said(request, chosen),
            parts=seen_parts(request),
            cost=0.0,
            finish_reason="stop",
            score=score,
            milliseconds=(time.monotonic() - started) * 1000,
            model=self.name,
        )


def _said(request: Decision, chosen: Chosen | None) -> str:
    if chosen is None:
        why = f"score 0.00: no demonstration shows what {request.policy.name} does here, or all of it was tried in vain"
        return format_reply(why, "stop [N/A]")
    if chosen.guessed:
        why = f"score {chosen.probability:.2f}: even the likeliest action, {chosen.action}, would be a guess"
        return format_reply(why, "stop [N/A]")
    return format_reply(f"score {chosen.probability:.2f}: {_reason(chosen)}", str(chosen.action))


def _reason(chosen: Chosen) -> str:
    because = f"because {' and '.join(chosen.because)}" if chosen.because else "by a little of everything"
    if chosen.runner_up is None:
        return because
    action, probability = chosen.runner_up
    return f"{because}; next best {action} ({probability:.2f})"
