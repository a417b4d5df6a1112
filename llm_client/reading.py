"""A completion as a reply of ours. What endpoints get wrong or leave out is normal here, and is noted."""

from __future__ import annotations

import json
from typing import Any, cast

from openai.types.chat import ChatCompletion, ChatCompletionMessage

from llm_client.chat import UNPARSED, ChatReply, ChatRequest, Form
from llm_client.tokens import estimate_tokens

_LOST = 0.5
"""Of a long prompt's estimated tokens, the share below which the endpoint's count says that it did not read all."""
_LONG = 2000


class ErrorBody(ValueError):
    """An error in a body that came as a success."""


def checked(completion: Any) -> ChatCompletion:
    """The body as a completion with a choice. Raises ErrorBody, or ValueError for what is no completion at all."""
    choices = getattr(completion, "choices", None)
    if choices and getattr(choices[0], "message", None) is not None:
        return cast("ChatCompletion", completion)
    said = getattr(completion, "error", None)
    if said:
        raise ErrorBody(str(said.get("message", said) if isinstance(said, dict) else said)[:500])
    raise ValueError(f"the answer holds no choices: {str(completion)[:200]}")


def read_reply(completion: ChatCompletion, request: ChatRequest, model: str, form: Form) -> ChatReply:
    """The reply, without cost and times. Tokens that the endpoint does not count are estimated."""
    choice, usage = completion.choices[0], completion.usage
    refusal = getattr(choice.message, "refusal", None)
    text = choice.message.content or refusal or _called(choice.message)
    asked = sum(estimate_tokens(message.content) for message in request.messages)
    return ChatReply(
        text=text,
        model=completion.model or model,
        finish_reason=choice.finish_reason,
        tokens_in=usage.prompt_tokens if usage else asked,
        tokens_out=usage.completion_tokens if usage else estimate_tokens(text),
        estimated=usage is None,
        refused=bool(refusal and not choice.message.content) or choice.finish_reason == "content_filter",
        form=form,
        notes=tuple(_odd(choice.message, text, asked, usage.prompt_tokens if usage else None)),
    )


def unparsed(request: ChatRequest, model: str, form: Form) -> ChatReply:
    """What stands for a reply that the endpoint kept to itself."""
    asked = sum(estimate_tokens(message.content) for message in request.messages)
    notes = ("the endpoint could not read the model's output and kept it",)
    return ChatReply("", model, UNPARSED, asked, estimated=True, form=form, notes=notes)


def _called(message: ChatCompletionMessage) -> str:
    """A tool call nobody asked for, as the JSON that models also write it in."""
    for call in message.tool_calls or ():
        function = getattr(call, "function", None)
        if function is not None:
            return json.dumps({"name": function.name, "arguments": _arguments(function.arguments)}, ensure_ascii=False)
    return ""


def _arguments(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return [text]


def _odd(message: ChatCompletionMessage, text: str, asked: int, counted: int | None) -> list[str]:
    notes = []
    if not text:
        thought = getattr(message, "reasoning_content", None) or getattr(message, "reasoning", None)
        notes.append("the model thought and said nothing" if thought else "the reply has no text")
    elif not message.content and message.tool_calls:
        notes.append("the reply came as a tool call")
    if counted and asked > _LONG and counted < _LOST * asked:
        notes.append(f"the endpoint counts {counted} tokens of about {asked} sent: it may have cut the prompt silently")
    return notes
