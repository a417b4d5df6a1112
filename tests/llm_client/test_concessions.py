"""What an endpoint does not take is left out after its first word about it, and stays left out."""

import pytest

from llm_client.chat import Attempt, ChatRequest, Message
from llm_client.endpoint import Endpoint
from llm_client.errors import RequestRefused
from llm_client.openai_chat import OpenAIChat
from tests.fake_llm_server import REFUSAL, fails, fake_llm_server, says

SCHEMA = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
ASKED = ChatRequest((Message("user", "hello"),), purpose="t", schema=SCHEMA, temperature=0.0)


def ask(script, times=1, request=ASKED, **options):
    with fake_llm_server(script) as server, OpenAIChat("small", Endpoint(server.url, "k"), **options) as chat:
        replies = [chat.complete(request) for _ in range(times)]
        return replies, server.requests


def forms(requests):
    return [one.get("response_format", {}).get("type") for one in requests]


def test_the_form_is_asked_for():
    """The schema goes out as json_schema, strict; without one there is no form."""
    _, requests = ask([says("{}")])
    assert requests[0]["response_format"]["json_schema"] == {"name": "answer", "strict": True, "schema": SCHEMA}
    _, requests = ask([says("{}")], request=ChatRequest((Message("user", "hello"),), temperature=None))
    assert forms(requests) == [None]
    assert "temperature" not in requests[0]


def test_forms_that_are_not_taken_are_left_out_step_by_step():
    """json_schema, then any JSON object, then text; the next request begins where that ended."""

    def script(request):
        if "response_format" in request:
            return fails(400, f"response_format {request['response_format']['type']} is not supported")
        return says("text")

    replies, requests = ask(script, times=2)
    assert forms(requests) == ["json_schema", "json_object", None, None]
    assert [reply.text for reply in replies] == ["text", "text"]
    assert replies[0].retries == 2


@pytest.mark.parametrize(
    ("message", "gone", "instead"),
    [
        ("Unsupported value: 'temperature' does not support 0 with this model", "temperature", None),
        (
            "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead",
            "max_tokens",
            "max_completion_tokens",
        ),
    ],
)
def test_parameters_that_are_not_taken(message, gone, instead):
    """A temperature is left out; the limit of the reply goes by its other name."""
    replies, requests = ask(lambda request: fails(400, message) if gone in request else says("ok"), times=2)
    assert [gone in one for one in requests] == [True, False, False]
    assert instead is None or requests[1][instead] == ASKED.max_tokens
    assert replies[1].text == "ok"


def test_what_is_about_something_else_is_an_error():
    """Nothing is left out for an error that names no part, and none is left out twice."""
    with pytest.raises(RequestRefused):
        ask([fails(400, "the moon is full")])
    with pytest.raises(RequestRefused):
        ask([fails(400, "temperature and response_format and max_completion_tokens: no")])


def test_every_request_is_told_before_and_after():
    """An attempt is told as it goes out, when it has gone out and when it is over, under the same time and number."""
    before, after = list[Attempt](), list[Attempt]()
    ask([fails(400, "json_schema no"), says("ok")], sending=before.append, ledger=after.append)
    named = [(one.number, one.at) for one in after]
    assert [(one.number, one.at, one.state) for one in before] == [
        (*name, state) for name in named for state in ("sending", "sent")
    ]
    assert [one.state for one in after] == ["over", "over"]
    assert [one.error is None for one in after] == [False, True]


def test_a_refusal_is_said_to_be_one():
    """The model's words of refusal are a reply, marked."""
    (reply,), _ = ask([REFUSAL])
    assert (reply.text, reply.refused) == ("I will not do that", True)
    (reply,), _ = ask([says("fine")])
    assert not reply.refused
