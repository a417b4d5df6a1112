"""The values and the one method of a chat model. Nothing here knows a library or an address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

ChatRole = Literal["system", "user", "assistant"]
State = Literal["unsent", "sending", "sent", "over"]
Form = Literal["json_schema", "json_object", "text"]
"""How strictly an endpoint is asked to keep a reply's form: to the schema, to any JSON object, not at all."""
Conceded = Literal["json_schema", "json_object", "temperature", "max_tokens"]
"""What an endpoint was found not to take."""
UNPARSED = "unparsed"
"""The finish reason of a reply that the endpoint itself could not read and did not hand over."""


def form_left(conceded: frozenset[Conceded]) -> Form:
    """The strictest form that was not conceded.

    >>> form_left(frozenset({"json_schema"}))
    'json_object'
    """
    if "json_schema" not in conceded:
        return "json_schema"
    return "text" if "json_object" in conceded else "json_object"


@dataclass(frozen=True)
class Message:
    """One turn of a conversation."""

    role: ChatRole
    content: str


@dataclass(frozen=True)
class ChatRequest:
    """What is asked. `purpose` only goes to the ledger; `max_tokens` bounds the reply.

    `temperature` None leaves it to the endpoint. `schema` (JSON schema) is the form the reply is asked in; whether the
    endpoint keeps to it is not certain, so that whoever asked checks the reply.
    """

    messages: tuple[Message, ...]
    purpose: str = ""
    temperature: float | None = 0.0
    max_tokens: int = 800
    seed: int | None = None
    schema: dict[str, Any] | None = None


@dataclass(frozen=True)
class ChatReply:
    """What came back. An empty text, a refusal or `finish_reason` "length" are normal; whoever asked judges them.

    Tokens are the endpoint's count, or our estimate where it gives none (`estimated`). `cost` is in US dollars.
    `refused`: the text is what the model said instead of an answer. `form` is the one it was asked for in; `notes` say
    what the endpoint was found not to take, or what is odd about the reply.
    """

    text: str
    model: str
    finish_reason: str | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    estimated: bool = False
    cost: float | None = None
    retries: int = 0
    milliseconds: float = 0.0
    refused: bool = False
    form: Form = "text"
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Attempt:
    """One request for the ledger, also a failed one; model, purpose, number and `at` (seconds, epoch) name it.

    `state`: it never began to go out (no connection), is just being handed to the network, has been, or is over.
    """

    model: str
    purpose: str
    number: int
    at: float
    milliseconds: float
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None
    finish_reason: str | None = None
    error: str | None = None
    state: State = "over"


Ledger = Callable[[Attempt], None]
"""Is told of every attempt as soon as it is over (where it is asked for as `sending`: as it goes out, and gone out)."""


@dataclass(frozen=True)
class Patience:
    """How long to keep trying: attempts in all, the first and the longest wait, and one request's time (seconds)."""

    attempts: int = 5
    first_wait: float = 0.5
    longest_wait: float = 30.0
    timeout: float = 120.0

    def wait(self, attempt: int, asked: float | None) -> float:
        """Seconds to wait after the attempt of that number (1 is the first); what the endpoint asks for goes before."""
        if asked is not None:
            return min(asked, self.longest_wait)
        return float(min(self.first_wait * 2 ** (attempt - 1), self.longest_wait))


class ChatModel(Protocol):
    """A conversation in, a reply out. Raises ModelEndpointError when there is no reply to be had."""

    @property
    def name(self) -> str:
        """The model's name at its endpoint."""

    @property
    def form(self) -> Form:
        """The strictest form it takes, as far as is known."""

    def complete(self, request: ChatRequest) -> ChatReply:
        """Ask once (retries inside)."""
