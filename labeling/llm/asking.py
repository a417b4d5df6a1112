"""Asking a model once and only once: replies are kept by the content of the request before anybody reads them.

A killed run that is started again finds the kept replies and asks for the missing ones alone. Errors that would meet
every request end the run; those of one request (too long, refused) are kept as its answer.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from labeling.errors import LabellerStopped, UnknownLabel
from labeling.label_sets import canonical
from labeling.llm.budget import Purse
from labeling.llm.prompt import Question
from labeling.llm.reading import LONGEST
from labeling.repository import Rows
from llm_client.chat import ChatModel, ChatReply, ChatRequest
from llm_client.errors import BadReply, ContextOverflow, RequestRefused
from llm_client.prices import PriceTable
from llm_client.tokens import estimate_tokens
from store.errors import NotFound

CACHE = "llm_cache"
Kind = Literal["text", "truncated", "refused", "overflow", "rejected"]


@dataclass(frozen=True)
class Answer:
    """What came of a request: a text, whole or cut off, or why there is none. `kept` says it was asked before."""

    kind: Kind
    text: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None
    kept: bool = False


@dataclass
class Spent:
    """What the answers of one demonstration came to. Safe to add to from threads; `cost` None once one is unknown."""

    calls: int = 0
    cached: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, answer: Answer) -> None:
        """Count an answer; one that was kept cost nothing now."""
        with self._lock:
            self.calls += 1
            self.cached += answer.kept
            if answer.kept:
                return
            self.tokens_in += answer.tokens_in
            self.tokens_out += answer.tokens_out
            known = self.cost is not None and answer.cost is not None
            self.cost = (self.cost or 0.0) + (answer.cost or 0.0) if known else None


class Asker:
    """Asks `model` at `address`, at most `concurrency` requests at a time, and keeps every reply in `rows`.

    `stopped` is asked before each request, `answered` told after each new answer was kept. Safe to use from threads.
    """

    def __init__(
        self,
        model: ChatModel,
        rows: Rows,
        address: str = "",
        prices: PriceTable | None = None,
        concurrency: int = 4,
        stopped: Callable[[], bool] = lambda: False,
        answered: Callable[[], None] = lambda: None,
    ) -> None:
        self._model, self._rows, self._address, self._prices = model, rows, address, prices or PriceTable()
        self._gate = threading.BoundedSemaphore(concurrency)
        self._stopped, self._answered = stopped, answered

    @property
    def model(self) -> str:
        """The model's name."""
        return self._model.name

    @property
    def prices(self) -> PriceTable:
        """What tokens cost."""
        return self._prices

    def ask(self, question: Question, attempt: str, purse: Purse, problems: Sequence[str] = ()) -> Answer:
        """The kept answer, else a new one, kept before it is returned.

        Raises OverBudget, LabellerStopped, or ModelEndpointError for what would meet every request.
        """
        request = question.request(problems)
        key = self.key(request, attempt)
        kept = self._kept(key)
        if kept is not None:
            return kept
        with self._gate:
            if self._stopped():
                raise LabellerStopped("Stopped. What the model has answered is kept. Label again to go on from there.")
            return self._new(request, key, purse)

    def has(self, question: Question, attempt: str) -> bool:
        """Whether the answer is kept already."""
        return self._kept(self.key(question.request(), attempt)) is not None

    def key(self, request: ChatRequest, attempt: str) -> str:
        """The hash of everything that decides the reply, and which of several attempts at it this is."""
        body = {
            "model": self._model.name,
            "address": self._address,
            "messages": [[message.role, message.content] for message in request.messages],
            "schema": request.schema,
            "parameters": [request.temperature, request.max_tokens, request.seed],
        }
        return f"label-{hashlib.sha256(canonical(_storable(body))).hexdigest()}-{attempt}"

    def expected(self, question: Question) -> tuple[int, int]:
        """Tokens in, and the most out, of a question as they are estimated before it is asked."""
        return sum(estimate_tokens(m.content) for m in question.request().messages), question.max_tokens

    def _kept(self, key: str) -> Answer | None:
        try:
            body = self._rows.get(CACHE, key)
        except (NotFound, UnknownLabel):
            return None
        return Answer(**{**body, "kept": True})

    def _new(self, request: ChatRequest, key: str, purse: Purse) -> Answer:
        estimate = sum(estimate_tokens(message.content) for message in request.messages), request.max_tokens
        price = self._prices.cost(self._model.name, *estimate)
        purse.take(sum(estimate), price)
        spent = Answer("rejected")
        try:
            spent = answer = self._asked(request)
        finally:
            purse.settle(spent.tokens_in + spent.tokens_out - sum(estimate), (spent.cost or 0.0) - (price or 0.0))
        self._rows.put(CACHE, key, _body(answer))
        self._answered()
        return answer

    def _asked(self, request: ChatRequest) -> Answer:
        clean = replace(request, messages=tuple(replace(m, content=_encodable(m.content)) for m in request.messages))
        try:
            reply = self._model.complete(clean)
        except ContextOverflow:
            return Answer("overflow")
        except (RequestRefused, BadReply) as error:
            return Answer("rejected", str(error))
        return Answer(_kind(reply), reply.text, reply.tokens_in, reply.tokens_out, reply.cost)


def _kind(reply: ChatReply) -> Kind:
    if reply.refused:
        return "refused"
    return "truncated" if reply.finish_reason == "length" else "text"


def _body(answer: Answer) -> dict[str, Any]:
    """An answer as it is kept: its text up to what is ever read of it, in characters that can be stored."""
    body = {name: value for name, value in answer.__dict__.items() if name != "kept"}
    return {**body, "text": _encodable(answer.text[: LONGEST + 1])}


def _encodable(text: str) -> str:
    """The text with halves of characters escaped: those cannot be sent or stored."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _storable(body: dict[str, Any]) -> dict[str, Any]:
    messages = [[role, _encodable(content)] for role, content in body["messages"]]
    return {**body, "messages": messages}
