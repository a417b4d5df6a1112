"""The chat model at any OpenAI-compatible endpoint, through the official client.

The client's own retries are off; ours honour Retry-After and leave a ledger entry for every attempt. What endpoints
get wrong (no usage, null content, a reply cut off, a body that is no JSON) is normal. Errors become our own.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import openai
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from llm_client.chat import Attempt, ChatReply, ChatRequest, Conceded, Form, Ledger, Patience, State, form_left
from llm_client.concessions import SAID, arguments, concession
from llm_client.endpoint import Endpoint
from llm_client.openai_errors import kept_output, retry_after, translate, worth_retrying
from llm_client.prices import PriceTable
from llm_client.reading import checked, read_reply, unparsed
from llm_client.sending import Marker


class OpenAIChat:
    """A model at an endpoint. Use it as a context manager or call `close`.

    `conceded` is what the endpoint is known not to take (`llm_client.probing`); what else it refuses is learned.
    """

    def __init__(
        self,
        model: str,
        endpoint: Endpoint,
        prices: PriceTable = PriceTable(),  # noqa: B008 -- frozen
        ledger: Ledger = lambda attempt: None,
        patience: Patience = Patience(),  # noqa: B008 -- frozen
        sleep: Callable[[float], None] = time.sleep,
        sending: Ledger = lambda attempt: None,
        conceded: frozenset[Conceded] = frozenset(),
    ) -> None:
        self._name, self._prices, self._ledger, self._marker = model, prices, ledger, Marker(sending)
        self._patience, self._sleep = patience, sleep
        self._conceded = conceded
        self._client = openai.OpenAI(
            api_key=endpoint.key, base_url=endpoint.base_url, max_retries=0, timeout=patience.timeout,
            http_client=openai.DefaultHttpxClient(event_hooks={"request": [self._marker.hook]}),
        )  # fmt: skip

    @property
    def name(self) -> str:
        """The model's name at its endpoint."""
        return self._name

    @property
    def form(self) -> Form:
        """The strictest form of reply it takes, as far as is known."""
        return form_left(self._conceded)

    @property
    def conceded(self) -> frozenset[Conceded]:
        """What it was found not to take."""
        return self._conceded

    def concede(self, form: Conceded) -> None:
        """Ask without it from now on: the endpoint takes it and does not keep to it."""
        self._conceded |= {form}

    def complete(self, request: ChatRequest) -> ChatReply:
        """Ask, and try again what is worth trying again. Raises ModelEndpointError."""
        started, tries = time.monotonic(), _Tries()
        reply = self._asked(request, tries)
        return replace(
            reply,
            retries=tries.made - 1,
            milliseconds=(time.monotonic() - started) * 1000,
            notes=(*tries.notes, *reply.notes),
        )

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def __enter__(self) -> OpenAIChat:
        """The model itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of connections."""
        self.close()

    def _asked(self, request: ChatRequest, tries: _Tries) -> ChatReply:
        """The reply, asked for without what the endpoint does not take."""
        while True:
            asked = arguments(self._name, request, self._conceded)
            try:
                return self._retrying()(self._attempt, request, asked, tries)
            except (openai.OpenAIError, ValueError) as error:
                left_out = concession(error, asked)
                if left_out is None:
                    raise translate(error, self._name, str(self._client.base_url), tries.made - 1) from error
                self._conceded |= {left_out}
                tries.notes.append(SAID[left_out])

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

    def _attempt(self, request: ChatRequest, asked: dict[str, Any], tries: _Tries) -> ChatReply:
        tries.made += 1
        started = time.monotonic()
        new = Attempt(self._name, request.purpose, tries.made, time.time(), 0.0, state="unsent")
        with self._marker.marking(new) as sent:
            try:
                reply = self._heard(request, asked)
            except (openai.OpenAIError, ValueError) as error:
                if sent.failure is not None:
                    raise sent.failure from None
                self._note(sent.attempt, started, error=f"{type(error).__name__}: {error}"[:500])
                raise
        self._note(sent.attempt, started, reply=reply)
        return reply

    def _heard(self, request: ChatRequest, asked: dict[str, Any]) -> ChatReply:
        form: Form = asked.get("response_format", {}).get("type", "text")
        try:
            reply = read_reply(checked(self._client.chat.completions.create(**asked)), request, self._name, form)
        except openai.APIStatusError as error:
            if not kept_output(error):
                raise
            reply = unparsed(request, self._name, form)
        return replace(reply, cost=self._prices.cost(self._name, reply.tokens_in, reply.tokens_out))

    def _note(self, sent: Attempt, started: float, reply: ChatReply | None = None, error: str | None = None) -> None:
        state: State = "unsent" if sent.state == "unsent" else "over"
        over = replace(sent, milliseconds=(time.monotonic() - started) * 1000, error=error, state=state)
        self._ledger(over if reply is None else _replied(over, reply))


@dataclass
class _Tries:
    made: int = 0
    notes: list[str] = field(default_factory=list)


def _replied(over: Attempt, reply: ChatReply) -> Attempt:
    return replace(
        over,
        tokens_in=reply.tokens_in,
        tokens_out=reply.tokens_out,
        cost=reply.cost,
        finish_reason=reply.finish_reason,
    )
