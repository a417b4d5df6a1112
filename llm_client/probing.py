"""What a model at an endpoint takes, found out once by asking it for a tiny answer.

A form that is accepted is not yet kept to: an endpoint whose answer does not have it is asked in the next looser one
from then on. Where the answer is remembered is left to whoever asks.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any, Protocol

from llm_client.chat import UNPARSED, ChatReply, ChatRequest, Conceded, Form, Message, form_left

SCHEMA = {
    "type": "object",
    "properties": {"colour": {"type": "string", "enum": ["red", "green"]}},
    "required": ["colour"],
    "additionalProperties": False,
}
ASKED = ChatRequest(
    (Message("user", 'Which colour is grass? Answer with a JSON object such as {"colour": "red"} and nothing else.'),),
    purpose="probe",
    max_tokens=400,
    schema=SCHEMA,
)
KNOWN: frozenset[Conceded] = frozenset({"json_schema", "json_object", "temperature", "max_tokens"})


class Asking(Protocol):
    """The part of `llm_client.openai_chat.OpenAIChat` that is needed here."""

    @property
    def conceded(self) -> frozenset[Conceded]:
        """What it was found not to take."""

    def complete(self, request: ChatRequest) -> ChatReply:
        """Ask once."""

    def concede(self, form: Conceded) -> None:
        """Ask without it from now on."""


@dataclass(frozen=True)
class Takes:
    """What was found at `at` (seconds, epoch): what the endpoint does not take, and what its answer was like.

    `kept`: the answer had the form it was asked for in; None where it was cut off before anybody could tell.
    `milliseconds` is how long the last answer took.
    """

    conceded: frozenset[Conceded]
    kept: bool | None
    counts_tokens: bool
    at: float
    milliseconds: float = 0.0

    @property
    def form(self) -> Form:
        """The strictest form to ask it for."""
        return form_left(self.conceded)

    def body(self) -> dict[str, Any]:
        """As JSON; `takes` reads it back."""
        return {**self.__dict__, "conceded": sorted(self.conceded)}


def takes(body: dict[str, Any]) -> Takes:
    """What `Takes.body` wrote; names this version does not know are left out."""
    return Takes(**{**body, "conceded": KNOWN & set(body["conceded"])})


def probe(chat: Asking) -> Takes:
    """Ask, with looser forms as long as the answer does not keep to one. Raises ModelEndpointError."""
    while True:
        reply = chat.complete(ASKED)
        kept = _kept(reply)
        if kept is not False or reply.form == "text":
            return Takes(chat.conceded, kept, not reply.estimated, time.time(), reply.milliseconds)
        chat.concede(reply.form)


def _kept(reply: ChatReply) -> bool | None:
    if reply.finish_reason in ("length", UNPARSED):
        return None
    try:
        said = json.loads(reply.text)
    except ValueError:
        return False
    if reply.form == "json_schema":
        return isinstance(said, dict) and list(said) == ["colour"] and said["colour"] in ("red", "green")
    return isinstance(said, dict)
