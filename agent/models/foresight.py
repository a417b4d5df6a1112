"""A model that answers one action at a time, made to list: it is asked again as if what it said had been done already.

What it typed, or gave a call for a field of that name, stands in the field then; nothing else of the page is guessed.
So a model that was never taught to list can be run in the mode of HeaP (`agent.models.page_lists`).
"""

from __future__ import annotations

from dataclasses import replace

from agent.errors import ReplyError
from agent.history import NO_ANSWER, acted, answered
from agent.learner.words import fold
from agent.model import Decision, PolicyModel, Reply
from agent.reply import DONE, format_reply, parse_reply
from labeling.rules.page import TEXT_FIELDS
from traces.actions import Action
from traces.errors import ObservationError
from traces.observation_text import parse_observation, quote

FARTHEST = 20
"""Actions of one list at most."""


class Foresight:
    """Lists what a model would do one after the other on the page as it is now."""

    def __init__(self, model: PolicyModel) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    def decide(self, request: Decision) -> Reply:
        """A list for the planner, up to where the model stops, repeats itself or gives up. Raises ModelError."""
        if request.policy.kind != "planner":
            return self._model.decide(request)
        first = reply = self._model.decide(request)
        actions: list[str] = []
        milliseconds = 0.0
        while (action := _action(reply)) is not None and len(actions) < FARTHEST:
            milliseconds += reply.milliseconds
            if str(action) in actions or (actions and _gives_up(action)):
                break
            actions.append(str(action))
            if action.name == "stop":
                break
            page = _filled(request.observation, action)
            request = replace(request, observation=page, previous=(*request.previous, _as_done(action)))
            reply = self._model.decide(request)
        if not actions:
            return first
        reason = parse_reply(first.text).reason
        text = format_reply(reason, "\n".join([*actions, DONE]))
        return replace(first, text=text, milliseconds=milliseconds)


def _action(reply: Reply) -> Action | None:
    try:
        return parse_reply(reply.text).action
    except ReplyError:
        return None


def _gives_up(action: Action) -> bool:
    return action == Action("stop", (NO_ANSWER,))


def _filled(observation: str, action: Action) -> str:
    """The page with the action's text in the empty field that it names: by id, or a call by the field's name first."""
    try:
        nodes = parse_observation(observation)
    except ObservationError:
        return observation
    if len(action.args) < 2 or action.is_page and action.name != "type":
        return observation
    field, text = action.args[:2]
    fields = [node for node in nodes if node.role in TEXT_FIELDS and not node.value]
    found = [node for node in fields if (node.id if action.is_page else fold(node.name)) in (field, fold(field))]
    if len(found) != 1:
        return observation
    lines = [line for line in observation.split("\n") if line.strip()]
    line = lines[found[0].index].replace(" value=''", "")
    lines[found[0].index] = f"{line} value={quote(text)}"
    return "\n".join(lines)


def _as_done(action: Action) -> str:
    return acted(action) if action.is_page else answered(str(action), None)
