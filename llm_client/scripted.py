"""A chat model that says what it is told to say: for tests, and to try screens without an endpoint."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from llm_client.chat import ChatReply, ChatRequest, Form
from llm_client.errors import ModelEndpointError
from llm_client.tokens import estimate_tokens

Saying = str | ChatReply | ModelEndpointError


class ScriptedChat:
    """Answers from a list, or by a function of the request; an error in the list is raised. Keeps what it was asked."""

    def __init__(
        self,
        replies: Iterable[Saying] | Callable[[ChatRequest], Saying],
        name: str = "scripted",
        form: Form = "text",
    ) -> None:
        self._answer = replies if callable(replies) else _in_turn(replies)
        self._name, self._form = name, form
        self.requests: list[ChatRequest] = []

    @property
    def name(self) -> str:
        """The name given."""
        return self._name

    @property
    def form(self) -> Form:
        """The form given."""
        return self._form

    def complete(self, request: ChatRequest) -> ChatReply:
        """The next reply. Raises EOFError when the list is used up."""
        self.requests.append(request)
        saying = self._answer(request)
        if isinstance(saying, ModelEndpointError):
            raise saying
        if isinstance(saying, ChatReply):
            return saying
        tokens_in = sum(estimate_tokens(message.content) for message in request.messages)
        return ChatReply(
            saying, self._name, "stop", tokens_in, estimate_tokens(saying), estimated=True, form=self._form
        )


def _in_turn(replies: Iterable[Saying]) -> Callable[[ChatRequest], Saying]:
    waiting = iter(tuple(replies))

    def answer(_: ChatRequest) -> Saying:
        for saying in waiting:
            return saying
        raise EOFError("the scripted chat has no reply left")

    return answer
