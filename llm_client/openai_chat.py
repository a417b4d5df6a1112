"""The chat model at any OpenAI-compatible endpoint, through the official client.

The client's own retries are off; ours honour Retry-After and leave a ledger entry for every attempt. What endpoints
get wrong (no usage, null content, a reply cut off, a body that is no JSON) is normal. Errors become our own.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import openai
from openai.types.chat import ChatCompletion
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from llm_client.chat import Attempt, ChatReply, ChatRequest, Ledger, State
from llm_client.concessions import Conceded, arguments, concession
from llm_client.endpoint import Endpoint
from llm_client.openai_errors import retry_after, translate, worth_retrying
from llm_client.prices import PriceTable
from llm_client.sending import Marker
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
        sending: Ledger = lambda attempt: None,
    ) -> None:
        self._name, self._prices, self._ledger, self._marker = model, prices, ledger, Marker(sending)
        self._patience, self._sleep = patience, sleep
        self._conceded: frozenset[Conceded] = frozenset()
        self._client = openai.OpenAI(
            api_key=endpoint.key, base_url=endpoint.base_url, max_retries=0, timeout=patience.timeout,
            http_client=openai.DefaultHttpxClient(event_hooks={"request": [self._marker.hook]}),
        )  # fmt: skip

    @property
    def name(self) -> str:
        """The model's name at its endpoint."""
        return self._name

    def complete(self, request: ChatRequest) -> ChatReply:
        """Ask, and try again what is worth trying again. Raises ModelEndpointError."""
        started, tries = time.monotonic(), _Tries()
        reply = self._reply(request, self._asked(request, tries))
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

    def _asked(self, request: ChatRequest, tries: _Tries) -> ChatCompletion:
        """The completion, asked for without what the endpoint does not take."""
        while True:
            asked = arguments(self._name, request, self._conceded)
            try:
                return self._retrying()(self._attempt, request, asked, tries)
            except (openai.OpenAIError, ValueError) as error:
                left_out = concession(error, asked)
                if left_out is None:
                    raise translate(error, self._name, str(self._client.base_url), tries.made - 1) from error
                self._conceded |= {left_out}

    def _retrying(self) -> Retrying:
        return Retrying(
            stop=stop_after_attempt(self._patience.attempts),
            wait=self._wait,
            retry=retry_if_exception(worth_retrying),
            sleep=self._sleep,
            reraise=True,
        )

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        return self._patience.wait(state.attempt_number, retry_after(error))

    def _attempt(self, request: ChatRequest, asked: dict[str, Any], tries: _Tries) -> ChatCompletion:
        tries.made += 1
        started = time.monotonic()
        new = Attempt(self._name, request.purpose, tries.made, time.time(), 0.0, state="unsent")
        with self._marker.marking(new) as sent:
            try:
                completion = _checked(self._client.chat.completions.create(**asked))
            except (openai.OpenAIError, ValueError) as error:
                if sent.failure is not None:
                    raise sent.failure from None
                self._note(sent.attempt, started, error=f"{type(error).__name__}: {error}"[:500])
                raise
        self._note(sent.attempt, started, reply=self._reply(request, completion))
        return completion

    def _reply(self, request: ChatRequest, completion: ChatCompletion) -> ChatReply:
        choice, usage = completion.choices[0], completion.usage
        refusal = getattr(choice.message, "refusal", None)
        text = choice.message.content or refusal or ""
        refused = bool(refusal and not choice.message.content) or choice.finish_reason == "content_filter"
        asked = sum(estimate_tokens(message.content) for message in request.messages)
        tokens_in = usage.prompt_tokens if usage else asked
        tokens_out = usage.completion_tokens if usage else estimate_tokens(text)
        cost = self._prices.cost(self._name, tokens_in, tokens_out)
        return ChatReply(
            text=text,
            model=completion.model or self._name,
            finish_reason=choice.finish_reason,
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            estimated=usage is None,
            cost=cost,
            refused=refused,
        )

    def _note(self, sent: Attempt, started: float, reply: ChatReply | None = None, error: str | None = None) -> None:
        state: State = "unsent" if sent.state == "unsent" else "over"
        over = replace(sent, milliseconds=(time.monotonic() - started) * 1000, error=error, state=state)
        self._ledger(over if reply is None else _replied(over, reply))


@dataclass
class _Tries:
    made: int = 0


def _checked(completion: Any) -> ChatCompletion:
    """The body as a completion with a choice; endpoints also answer 200 with something else."""
    choices = getattr(completion, "choices", None)
    if not choices or getattr(choices[0], "message", None) is None:
        raise ValueError(f"the answer holds no choices: {str(completion)[:200]}")
    return completion  # type: ignore[no-any-return]


def _replied(over: Attempt, reply: ChatReply) -> Attempt:
    return replace(
        over,
        tokens_in=reply.tokens_in,
        tokens_out=reply.tokens_out,
        cost=reply.cost,
        finish_reason=reply.finish_reason,
    )


def _timed(reply: ChatReply, retries: int, started: float) -> ChatReply:
    fields = {**reply.__dict__, "retries": retries, "milliseconds": (time.monotonic() - started) * 1000}
    return ChatReply(**fields)
