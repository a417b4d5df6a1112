"""What an endpoint takes is found out by a tiny question, and a form that is not kept to is not asked for again."""

from __future__ import annotations

import pytest

from llm_client.chat import Patience
from llm_client.endpoint import Endpoint
from llm_client.errors import ContextOverflow, KeyRefused, RequestRefused
from llm_client.openai_chat import OpenAIChat
from llm_client.probing import ASKED, Takes, probe, takes
from tests.fake_llm_server import BAD_KEY, CUT_OFF, Answer, fails, fake_llm_server, says
from tests.llm_servers import LLAMA_CPP, LM_STUDIO, OLD, OLLAMA, VLLM, Server, answering, lm_studio_overflow

COLOUR = lambda _: ("", "colour")  # noqa: E731 -- a constant answer


def probed(script) -> tuple[Takes, list]:
    patience = Patience(2, 0.0, 0.0, 5.0)
    with fake_llm_server(script) as server, OpenAIChat("m", Endpoint(server.url, "k"), patience=patience) as chat:
        return probe(chat), server.requests


@pytest.mark.parametrize(
    ("server", "form", "kept", "counts", "requests"),
    [
        (VLLM, "json_schema", True, True, 1),
        (LLAMA_CPP, "json_schema", True, True, 1),
        (OLLAMA, "text", False, True, 3),
        (LM_STUDIO, "json_schema", True, False, 1),
        (OLD, "text", False, False, 3),
    ],
    ids=lambda one: one.name if isinstance(one, Server) else None,
)
def test_each_server_is_known_for_what_it_is(server, form, kept, counts, requests):
    """Refused forms and forms that are accepted but not kept to both end in the strictest one that works."""
    found, asked = probed(answering(server, COLOUR))
    assert (found.form, found.kept, found.counts_tokens, len(asked)) == (form, kept, counts, requests)
    assert takes({**found.body(), "conceded": [*found.body()["conceded"], "of a later version"]}) == found


def test_what_was_found_is_not_asked_again():
    """A chat that is told begins with the form that works."""
    found, _ = probed(answering(OLD, COLOUR))
    with (
        fake_llm_server(answering(OLD, COLOUR)) as server,
        OpenAIChat("m", Endpoint(server.url, "k"), conceded=found.conceded) as chat,
    ):
        assert chat.form == "text"
        chat.complete(ASKED)
    assert len(server.requests) == 1


def test_an_answer_that_was_cut_off_says_nothing_of_the_form():
    """Nothing is conceded for it."""
    found, _ = probed([CUT_OFF])
    assert (found.form, found.kept) == ("json_schema", None)


def test_a_wrong_key_ends_it():
    """The error comes through."""
    with pytest.raises(KeyRefused):
        probed([BAD_KEY])


@pytest.mark.parametrize(
    ("answer", "room", "asked"),
    [
        (fails(400, "maximum context length is 2048 tokens, however you requested 9000 tokens"), 2048, 9000),
        (
            fails(
                400,
                "This model's maximum context length is 128000 tokens. However, you requested 65535 output tokens and "
                "your prompt contains at least 62466 input tokens, for a total of at least 128001 tokens.",
            ),
            128_000,
            128_001,
        ),
        (lm_studio_overflow(14_538, 800, 2048), 2048, 14_538),
        (fails(400, "the request exceeds the available context size. try increasing it"), None, None),
        (fails(413, "prompt too long"), None, None),
    ],
)
def test_overflow_is_read_with_its_numbers(answer: Answer, room, asked):
    """In whatever words: how much fits and how much it was, if they say so; it is not tried again."""
    with pytest.raises(ContextOverflow) as caught:
        probed([answer])
    assert (caught.value.room, caught.value.asked, caught.value.retries) == (room, asked, 0)


def test_an_error_that_comes_as_a_success_is_an_error():
    """Its words come through at once."""
    with pytest.raises(RequestRefused, match="no model loaded"):
        probed([Answer({"error": {"message": "no model loaded"}})])


def test_output_the_server_cannot_read_is_a_reply():
    """It is empty, marked, and not tried again."""
    words = "The model produced output that does not match the expected peg-native format"
    with fake_llm_server([fails(500, words)]) as server, OpenAIChat("m", Endpoint(server.url, "k")) as chat:
        reply = chat.complete(ASKED)
    assert (reply.text, reply.finish_reason, reply.retries, len(server.requests)) == ("", "unparsed", 0, 1)


def test_a_plain_answer_is_kept_as_it_is():
    """Other fields of a message, such as thoughts, are no part of it."""
    with (
        fake_llm_server([says("green", reasoning_content="hm")]) as server,
        OpenAIChat("m", Endpoint(server.url, "k")) as chat,
    ):
        assert chat.complete(ASKED).text == "green"
