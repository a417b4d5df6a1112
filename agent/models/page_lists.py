"""The mode of HeaP: the planner lists what is to be done on a page, and the list is played one action at a time.

What is left of a list is dropped when the address changes or something on it fails or is refused; then the planner is
asked again. Every other policy decides action by action.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from agent.errors import ReplyError
from agent.history import read_line
from agent.model import Decision, PolicyModel, Reply
from agent.reply import ParsedReply, format_reply, parse_list


class PageLists:
    """Plays the lists of a model that is asked for lists."""

    def __init__(self, model: PolicyModel) -> None:
        self._model = model
        self._left: deque[ParsedReply] = deque()
        self._url = ""
        self._lines = 0

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    def decide(self, request: Decision) -> Reply:
        """The planner's next action of its list, else what the model says now. Raises ModelError."""
        if request.policy.kind != "planner":
            return self._model.decide(request)
        if self._left and self._goes_on(request):
            return self._next(request, Reply("", cost=0.0, finish_reason="stop", model=self.name))
        self._left.clear()
        reply = self._model.decide(request)
        try:
            self._left.extend(parse_list(reply.text))
        except ReplyError:
            return reply
        self._url = request.url
        return self._next(request, replace(reply, written=reply.written or reply.text))

    def _goes_on(self, request: Decision) -> bool:
        """Whether the last action of the list was done and the page is still the one the list was made for."""
        if request.url != self._url or len(request.previous) != self._lines + 1:
            return False
        past = read_line(request.previous[-1])
        return past is not None and not past.failed

    def _next(self, request: Decision, reply: Reply) -> Reply:
        one = self._left.popleft()
        self._lines = len(request.previous)
        return replace(reply, text=format_reply(one.reason, str(one.action)))
