"""Endpoints that behave like the servers people run, by a table of what those do differently (docs/models.md).

The model behind them is dictated: it is told the reason and the action of each answer, and writes them in the form it
is asked in where its server makes it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from agent.forms import as_json
from agent.reply import format_reply
from tests.fake_llm_server import Answer, FakeLlmServer, fails, fake_llm_server, says

Dictated = Callable[[dict[str, Any]], tuple[str, str]]
"""(reason, action) of the answer to a request."""


def vllm_overflow(asked: int, most: int, room: int) -> Answer:
    """Counts the tokens of the reply too; no `error` around the message."""
    message = (
        f"This model's maximum context length is {room} tokens. However, you requested {asked + most} tokens "
        f"({asked} in the messages, {most} in the completion). Please reduce the length of the messages or completion."
    )
    return Answer({"object": "error", "message": message, "type": "BadRequestError", "code": 400}, 400)


def llama_cpp_overflow(asked: int, most: int, room: int) -> Answer:
    """Says the numbers in fields of their own."""
    message = f"request ({asked} tokens) exceeds the available context size ({room} tokens), try increasing it"
    error = {
        "code": 400,
        "message": message,
        "type": "exceed_context_size_error",
        "n_prompt_tokens": asked,
        "n_ctx": room,
    }
    return Answer({"error": error}, 400)


def lm_studio_overflow(asked: int, most: int, room: int) -> Answer:
    """An error in a body that comes as a success."""
    return Answer(
        {
            "error": f"Trying to keep the first {asked} tokens when context the overflows. However, the model is "
            f"loaded with context length of only {room} tokens, which is not enough."
        }
    )


@dataclass(frozen=True)
class Server:
    """What a server does. `takes` are the forms it accepts, `keeps` those its answers have.

    `overflow` None: a prompt that is too long is cut in silence. `thoughts` is the field of a message for them.
    """

    name: str
    takes: frozenset[str]
    keeps: frozenset[str]
    overflow: Callable[[int, int, int], Answer] | None
    thoughts: str | None = None
    refusal: str = ""
    usage: bool = True
    unread_is_500: bool = False


BOTH = frozenset({"json_schema", "json_object"})
VLLM = Server("vllm", BOTH, BOTH, vllm_overflow, thoughts="reasoning_content")
LLAMA_CPP = Server("llama.cpp", BOTH, BOTH, llama_cpp_overflow, unread_is_500=True)
OLLAMA = Server("ollama", BOTH, frozenset(), None, thoughts="reasoning")
LM_STUDIO = Server(
    "lm studio",
    frozenset({"json_schema"}),
    frozenset({"json_schema"}),
    lm_studio_overflow,
    refusal="'response_format.type' must be 'json_schema' or 'text'",
    usage=False,
)
OLD = Server("old", frozenset(), frozenset(), vllm_overflow, refusal="Unknown field: response_format", usage=False)
SERVERS = (VLLM, LLAMA_CPP, OLLAMA, LM_STUDIO, OLD)


def answering(server: Server, dictated: Dictated, room: int = 100_000) -> Callable[[dict[str, Any]], Answer]:
    """The script of a fake server that behaves like this one; `room` is its context in tokens of four characters."""

    def answer(request: dict[str, Any]) -> Answer:
        form = request.get("response_format", {}).get("type")
        if form is not None and form not in server.takes:
            return fails(400, server.refusal)
        asked = sum(len(message["content"]) for message in request["messages"]) // 4
        most = request["max_tokens"]
        if server.overflow is not None and asked + (most if server is VLLM else 0) > room:
            return server.overflow(asked, most, room)
        reason, action = dictated(request)
        return _said(server, form, reason, action, min(asked, room))

    return answer


@contextmanager
def served(server: Server, dictated: Dictated, room: int = 100_000) -> Iterator[FakeLlmServer]:
    """An endpoint that behaves like this server while the block runs."""
    with fake_llm_server(answering(server, dictated, room)) as made:
        yield made


def _said(server: Server, form: str | None, reason: str, action: str, counted: int) -> Answer:
    thoughts = {server.thoughts: "let me see"} if server.thoughts else {}
    if action == "CUT OFF":
        if server.unread_is_500 and form:
            return fails(500, "The model produced output that does not match the expected peg-native format")
        return _counted(
            says('{"reason": "the page is' if form else "REASON: the page", "length", server.usage), counted
        )
    if form in server.keeps:
        text = json.dumps({"colour": "green"}) if action == "colour" else as_json(reason, action)
    else:
        text = "green" if action == "colour" else format_reply(reason, action)
    return _counted(says(text, usage=server.usage, **thoughts), counted)


def _counted(answer: Answer, tokens: int) -> Answer:
    if "usage" in answer.body:
        answer.body["usage"]["prompt_tokens"] = tokens
    return answer
