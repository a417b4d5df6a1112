"""The mode of HeaP: the planner lists what is to be done on a page, and the list is played one action at a time.

What is left of a list is dropped when the address changes or something on it fails or is refused; then the planner is
asked again. An empty list is a stop. Every other policy decides action by action.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from agent.errors import ReplyError
from agent.history import read_line
from agent.model import Decision, PolicyModel, Reply
from agent.reply import ParsedReply, format_reply, parse_list

NOTHING_LEFT = format_reply("nothing is left to be done on this page", "stop")


@dataclass(frozen=True)
class _List:
    """What is left of a planner's list, the address it was made for, and the lines its frame had when it was played."""

    left: tuple[ParsedReply, ...]
    url: str
    lines: int

    def goes_on(self, request: Decision) -> bool:
        """Whether there is more, the last action was done, and the page is still the one the list was made for."""
        if not self.left or request.url != self.url or len(request.previous) != self.lines + 1:
            return False
        past = read_line(request.previous[-1])
        return past is not None and not past.failed


class PageLists:
    """Plays the lists of a model that lists; a model that answers with one action has lists of one."""

    def __init__(self, model: PolicyModel) -> None:
        self._model = model
        self._lists: dict[int, _List] = {}

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    def decide(self, request: Decision) -> Reply:
        """The planner's next action of its list, else what the model says now. Raises ModelError."""
        if request.policy.kind != "planner":
            return self._model.decide(request)
        now = self._lists.pop(request.frame_depth, None)
        if now is not None and now.goes_on(request):
            return self._next(request, now.left, Reply("", cost=0.0, model=self.name, played=True))
        reply = self._model.decide(request)
        try:
            listed = parse_list(reply.text)
        except ReplyError:
            return reply
        written = reply.written or reply.text
        if not listed:
            return replace(reply, text=NOTHING_LEFT, written=written)
        return self._next(request, listed, replace(reply, written=written))

    def _next(self, request: Decision, listed: tuple[ParsedReply, ...], reply: Reply) -> Reply:
        one, *left = listed
        self._lists[request.frame_depth] = _List(tuple(left), request.url, len(request.previous))
        return replace(reply, text=format_reply(one.reason, str(one.action)))
