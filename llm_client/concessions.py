"""What endpoints do not take: forms of reply, temperatures and names of limits, learned from the errors they give.

A request is asked in the richest form first; an error that names a part makes it be left out from then on.
"""

from __future__ import annotations

import re
from typing import Any

import openai

from llm_client.chat import ChatRequest, Conceded, form_left

SAID: dict[Conceded, str] = {
    "json_schema": "the endpoint does not take a JSON schema",
    "json_object": "the endpoint does not take a form of reply",
    "temperature": "the endpoint does not take a temperature",
    "max_tokens": "the endpoint wants max_completion_tokens in place of max_tokens",
}
_FORM = re.compile(r"response_format|json_schema|json_object|structured|grammar|schema", re.IGNORECASE)
_LIMIT = re.compile(r"max_completion_tokens", re.IGNORECASE)
_TEMPERATURE = re.compile(r"temperature", re.IGNORECASE)


def arguments(model: str, request: ChatRequest, conceded: frozenset[Conceded]) -> dict[str, Any]:
    """A request as the client takes it, without what the endpoint was found not to take."""
    made: dict[str, Any] = {
        "model": model,
        "messages": [{"role": m.role, "content": m.content} for m in request.messages],
    }
    made["max_completion_tokens" if "max_tokens" in conceded else "max_tokens"] = request.max_tokens
    if request.temperature is not None and "temperature" not in conceded:
        made["temperature"] = request.temperature
    if request.seed is not None:
        made["seed"] = request.seed
    form = form_left(conceded)
    if request.schema is not None and form == "json_schema":
        answer = {"name": "answer", "strict": True, "schema": request.schema}
        made["response_format"] = {"type": form, "json_schema": answer}
    elif request.schema is not None and form == "json_object":
        made["response_format"] = {"type": form}
    return made


def concession(error: Exception, asked: dict[str, Any]) -> Conceded | None:
    """What to leave out after an error about a part of the request; None if it was about something else."""
    if not isinstance(error, openai.APIStatusError) or error.status_code not in (400, 404, 422):
        return None
    said = f"{error.message} {error.body}"[:2000]
    if "max_tokens" in asked and _LIMIT.search(said):
        return "max_tokens"
    if "temperature" in asked and _TEMPERATURE.search(said):
        return "temperature"
    form = asked.get("response_format", {}).get("type")
    return form if form and _FORM.search(said) else None
