"""The values and the one method of a chat model. Nothing here knows a library or an address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

ChatRole = Literal["system", "user", "assistant"]


@dataclass(frozen=True)
class Message:
    """One turn of a conversation."""

    role: ChatRole
    content: str


@dataclass(frozen=True)
class ChatRequest:
    """What is asked. `purpose` only goes to the ledger; `max_tokens` bounds the reply."""

    messages: tuple[Message, ...]
    purpose: str = ""
    temperature: float = 0.0
    max_tokens: int = 800
    seed: int | None = None


@dataclass(frozen=True)
class ChatReply:
    """What came back. An empty text, a refusal or `finish_reason` "length" are normal; whoever asked judges them.

    Tokens are the endpoint's count, or our estimate where it gives none (`estimated`). `cost` is in US dollars.
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


@dataclass(frozen=True)
class Attempt:
    """One request that went over the wire, for the ledger: also the failed ones. `at` is seconds since the epoch."""

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


Ledger = Callable[[Attempt], None]
"""Is told of every attempt as soon as it is over."""


class ChatModel(Protocol):
    """A conversation in, a reply out. Raises ModelEndpointError when there is no reply to be had."""

    @property
    def name(self) -> str:
        """The model's name at its endpoint."""

    def complete(self, request: ChatRequest) -> ChatReply:
        """Ask once (retries inside)."""
