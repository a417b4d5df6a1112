"""The chat model at an endpoint that behaves, and at endpoints that do not."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from llm_client.chat import Attempt, ChatRequest, Message, Patience
from llm_client.endpoint import Endpoint, endpoint_from_environment
from llm_client.errors import (
    BadReply,
    ContextOverflow,
    EndpointBusy,
    EndpointDown,
    KeyRefused,
    ModelEndpointError,
    ModelUnknown,
    NoEndpoint,
    RequestRefused,
)
from llm_client.openai_chat import OpenAIChat
from llm_client.prices import Price, PriceTable
from tests.fake_llm_server import (
    BAD_KEY,
    BUSY,
    CUT_OFF,
    DROPPED,
    NO_MODEL,
    OVERFLOW,
    REFUSAL,
    RUBBISH,
    Answer,
    FakeLlmServer,
    Script,
    fails,
    fake_llm_server,
    says,
)

ASKED = ChatRequest((Message("system", "be brief"), Message("user", "hello")), purpose="test", seed=7)
PRICES = PriceTable(prices={"small": Price(1.0, 2.0)})


class Chat:
    """A chat model at a scripted endpoint, with what it waited and entered in its ledger."""

    def __init__(self, server: FakeLlmServer, attempts: int = 3) -> None:
        self.server, self.ledger, self.waits = server, list[Attempt](), list[float]()
        endpoint = Endpoint(server.url, "secret-key")
        self.model = OpenAIChat(
            "small", endpoint, PRICES, self.ledger.append, Patience(attempts, 0.01, 9.0, 5.0), self.waits.append
        )


@contextmanager
def chat(script: Script, attempts: int = 3) -> Iterator[Chat]:
    with fake_llm_server(script) as server:
        made = Chat(server, attempts)
        with made.model:
            yield made


def test_a_reply_carries_text_tokens_and_cost() -> None:
    """The endpoint's token counts are taken over and priced by the table."""
    with chat([says("hi there")]) as made:
        reply = made.model.complete(ASKED)
    assert (reply.text, reply.tokens_in, reply.tokens_out, reply.finish_reason) == ("hi there", 120, 30, "stop")
    assert reply.cost == pytest.approx(0.00018)
    assert not reply.estimated


def test_the_request_is_what_was_asked() -> None:
    """Messages, model, seed and key arrive at the endpoint."""
    with chat([says("ok")]) as made:
        made.model.complete(ASKED)
    sent = made.server.requests[0]
    assert sent["model"] == "small"
    assert sent["seed"] == 7
    assert sent["messages"] == [{"role": "system", "content": "be brief"}, {"role": "user", "content": "hello"}]
    assert made.server.keys == ["Bearer secret-key"]


def test_a_busy_endpoint_is_waited_for_as_it_asks() -> None:
    """429 is tried again after Retry-After, and every attempt is in the ledger."""
    with chat([fails(429, "slow down", retry_after="3"), says("ok")]) as made:
        reply = made.model.complete(ASKED)
    assert made.waits == [3.0]
    assert reply.retries == 1
    assert [attempt.error is None for attempt in made.ledger] == [False, True]
    assert [attempt.number for attempt in made.ledger] == [1, 2]


def test_waiting_never_exceeds_the_longest_wait() -> None:
    """An endpoint that asks for an hour is asked again after our longest wait."""
    with chat([fails(503, "later", retry_after="3600"), says("ok")]) as made:
        made.model.complete(ASKED)
    assert made.waits == [9.0]


def test_a_dropped_connection_is_tried_again() -> None:
    """A socket closed without an answer costs one retry."""
    with chat([DROPPED, says("ok")]) as made:
        assert made.model.complete(ASKED).text == "ok"
    assert made.waits == [0.01]


def test_a_body_that_is_no_json_is_tried_again() -> None:
    """Rubbish instead of JSON costs one retry; rubbish every time is a BadReply."""
    with chat([RUBBISH, says("ok")]) as made:
        assert made.model.complete(ASKED).text == "ok"
    with chat([RUBBISH]) as made, pytest.raises(BadReply, match="no chat completion after 2 retries"):
        made.model.complete(ASKED)
    assert len(made.ledger) == 3


@pytest.mark.parametrize("body", [{"hello": 1}, {"choices": []}, {"choices": [{"index": 0}]}, [1, 2], 7, None])
def test_json_of_another_shape_is_a_bad_reply(body: object) -> None:
    """JSON that is no chat completion is said to be none."""
    with chat([Answer(body)], attempts=1) as made, pytest.raises(BadReply):
        made.model.complete(ASKED)


def test_missing_content_and_refusals_are_normal() -> None:
    """Null content is the empty text, a refusal its words."""
    with chat([says(None), REFUSAL]) as made:
        assert made.model.complete(ASKED).text == ""
        assert made.model.complete(ASKED).text == "I will not do that"


def test_a_cut_off_reply_is_normal() -> None:
    """A reply that ran out of tokens comes back with its finish reason."""
    with chat([CUT_OFF]) as made:
        reply = made.model.complete(ASKED)
    assert (reply.finish_reason, reply.text) == ("length", "REASON: the page is long and")


def test_tokens_are_estimated_where_the_endpoint_counts_none() -> None:
    """Without usage the counts are ours and marked so."""
    with chat([says("four letters make one", usage=False)]) as made:
        reply = made.model.complete(ASKED)
    assert reply.estimated
    assert reply.tokens_out == 5


@pytest.mark.parametrize(
    ("answer", "error", "words", "attempts"),
    [
        (BAD_KEY, KeyRefused, "OPENAI_API_KEY", 1),
        (NO_MODEL, ModelUnknown, "'small'", 1),
        (OVERFLOW, ContextOverflow, "too long", 1),
        (fails(400, "top_p must be 1"), RequestRefused, "top_p must be 1", 1),
        (BUSY, EndpointBusy, "after 2 retries", 3),
        (fails(500, "oops"), EndpointBusy, "oops", 3),
        (DROPPED, EndpointDown, "cannot be reached after 2 retries", 3),
    ],
)
def test_errors_say_what_to_do(answer: Answer, error: type[ModelEndpointError], words: str, attempts: int) -> None:
    """Each failure becomes its own error that names what happened and what was kept, and never holds the key."""
    with chat([answer]) as made, pytest.raises(error, match=words) as caught:
        made.model.complete(ASKED)
    assert len(made.ledger) == attempts
    assert "Everything up to this call is kept" in str(caught.value)
    assert caught.value.retries == attempts - 1
    assert "secret-key" not in str(caught.value) + repr(made.ledger) + repr(Endpoint(None, "secret-key"))


def test_an_endpoint_that_is_not_there_is_down() -> None:
    """A closed port says so and names the setting."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    patience = Patience(2, 0.01, 0.01, 2.0)
    with OpenAIChat("small", Endpoint(url, "k"), patience=patience) as model, pytest.raises(EndpointDown) as caught:
        model.complete(ASKED)
    assert "STEPSCOPE_MODEL_ENDPOINT" in str(caught.value)


def test_the_endpoint_comes_from_the_environment() -> None:
    """Our own variable goes before the client's; an address without a key is fine; nothing at all is an error."""
    both = {"STEPSCOPE_MODEL_ENDPOINT": "http://a/v1", "OPENAI_BASE_URL": "http://b/v1", "OPENAI_API_KEY": "k"}
    assert endpoint_from_environment(both) == Endpoint("http://a/v1", "k")
    assert endpoint_from_environment({"OPENAI_BASE_URL": "http://b/v1"}).base_url == "http://b/v1"
    assert endpoint_from_environment({"OPENAI_API_KEY": "k"}) == Endpoint(None, "k")
    with pytest.raises(NoEndpoint, match="STEPSCOPE_MODEL_ENDPOINT"):
        endpoint_from_environment({})
