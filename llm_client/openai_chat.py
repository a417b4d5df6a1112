"""The chat model at any OpenAI-compatible endpoint, through the official client.

The client's own retries are off; ours honour Retry-After and leave a ledger entry for every attempt. What endpoints
get wrong (no usage, null content, a reply cut off, a body that is no JSON) is normal. Errors become our own.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import openai
from openai.types.chat import ChatCompletion
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from llm_client.chat import Attempt, ChatReply, ChatRequest, Ledger
from llm_client.endpoint import Endpoint
from llm_client.openai_errors import retry_after, translate, worth_retrying
from llm_client.prices import PriceTable
from llm_client.tokens import estimate_tokens


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


class OpenAIChat:
    """A model at an endpoint. Use it as a context manager or call `close`."""

    def __init__(
        self,
        model: str,
        endpoint: Endpoint,
        prices: PriceTable = PriceTable(),  # noqa: B008 -- frozen
        ledger: Ledger = lambda attempt: None,
        patience: Patience = Patience(),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._name, self._prices, self._ledger = model, prices, ledger
        self._patience, self._sleep = patience, sleep
        self._client = openai.OpenAI(
            api_key=endpoint.key, base_url=endpoint.base_url, max_retries=0, timeout=patience.timeout
        )

    @property
    def name(self) -> str:
        """The model's name at its endpoint."""
        return self._name

    def complete(self, request: ChatRequest) -> ChatReply:
        """Ask, and try again what is worth trying again. Raises ModelEndpointError."""
        started, tries = time.monotonic(), _Tries()
        retrying = Retrying(
            stop=stop_after_attempt(self._patience.attempts),
            wait=self._wait,
            retry=retry_if_exception(worth_retrying),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            completion = retrying(self._attempt, request, tries)
        except (openai.OpenAIError, ValueError) as error:
            raise translate(error, self._name, str(self._client.base_url), tries.made - 1) from error
        reply = self._reply(request, completion)
        return _timed(reply, tries.made - 1, started)

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def __enter__(self) -> OpenAIChat:
        """The model itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of connections."""
        self.close()

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        return self._patience.wait(state.attempt_number, retry_after(error))

    def _attempt(self, request: ChatRequest, tries: _Tries) -> ChatCompletion:
        tries.made += 1
        at, started = time.time(), time.monotonic()
        try:
            completion = _checked(self._client.chat.completions.create(**self._arguments(request)))
        except (openai.OpenAIError, ValueError) as error:
            self._note(request, tries.made, at, started, error=f"{type(error).__name__}: {error}"[:500])
            raise
        self._note(request, tries.made, at, started, reply=self._reply(request, completion))
        return completion

    def _arguments(self, request: ChatRequest) -> dict[str, Any]:
        arguments: dict[str, Any] = {
            "model": self._name,
            "messages": [{"role": m.role, "content": m.content} for m in request.messages],
            "temperature": request.temperature,
            "max_tokens": request.max_tokens,
        }
        return arguments if request.seed is None else {**arguments, "seed": request.seed}

    def _reply(self, request: ChatRequest, completion: ChatCompletion) -> ChatReply:
        choice, usage = completion.choices[0], completion.usage
        text = choice.message.content or getattr(choice.message, "refusal", None) or ""
        asked = sum(estimate_tokens(message.content) for message in request.messages)
        tokens_in = usage.prompt_tokens if usage else asked
        tokens_out = usage.completion_tokens if usage else estimate_tokens(text)
        cost = self._prices.cost(self._name, tokens_in, tokens_out)
        return ChatReply(
            text, completion.model or self._name, choice.finish_reason, tokens_in, tokens_out, usage is None, cost
        )

    def _note(
        self,
        request: ChatRequest,
        number: int,
        at: float,
        started: float,
        reply: ChatReply | None = None,
        error: str | None = None,
    ) -> None:
        attempt = Attempt(
            model=self._name,
            purpose=request.purpose,
            number=number,
            at=at,
            milliseconds=(time.monotonic() - started) * 1000,
            tokens_in=reply.tokens_in if reply else 0,
            tokens_out=reply.tokens_out if reply else 0,
            cost=reply.cost if reply else None,
            finish_reason=reply.finish_reason if reply else None,
            error=error,
        )
        self._ledger(attempt)


@dataclass
class _Tries:
    made: int = 0


def _checked(completion: Any) -> ChatCompletion:
    """The body as a completion with a choice; endpoints also answer 200 with something else."""
    choices = getattr(completion, "choices", None)
    if not choices or getattr(choices[0], "message", None) is None:
        raise ValueError(f"the answer holds no choices: {str(completion)[:200]}")
    return completion  # type: ignore[no-any-return]


def _timed(reply: ChatReply, retries: int, started: float) -> ChatReply:
    fields = {**reply.__dict__, "retries": retries, "milliseconds": (time.monotonic() - started) * 1000}
    return ChatReply(**fields)
