"""The model `openai:` against endpoints that behave like vLLM, llama.cpp, Ollama, LM Studio and an old server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from agent.errors import ModelError
from agent.fakes import MemoryLog, ScriptedEnvironment
from agent.limits import Limits
from agent.loop import run_episode
from agent.model import Decision, Reply
from agent.models.openai_chat import AGAIN_MAX_TOKENS, MAX_TOKENS, OpenAIPolicyModel
from agent.models.page_lists import PageLists
from agent.prompt import messages
from agent.reply import parse_reply
from llm_client.chat import Patience
from llm_client.endpoint import Endpoint
from llm_client.errors import ContextOverflow
from llm_client.openai_chat import OpenAIChat
from llm_client.scripted import ScriptedChat
from policies.library import load_set
from tests.fake_llm_server import BUSY, DROPPED, RUBBISH, Answer, FakeLlmServer, Script, fails, fake_llm_server, says
from tests.llm_servers import LLAMA_CPP, LM_STUDIO, OLD, OLLAMA, SERVERS, VLLM, Server, answering

CORE = load_set("core")
FORM = CORE.resolve("fill_form")
ASKED = Decision(
    FORM, "fill_form [City: Rome]", "http://page.test/form", "[1] textbox 'City' value=''\n[2] button 'Go'"
)
PAGE = "\n".join(f"[{n}] text 'row {n} of a long list'" for n in range(1, 400))
CALL = ("the field is empty", "fill_text [City] [Rome]")
JSON = '{"reason": "r", "action": "fill_text", "arguments": ["City", "Rome"]}'


@contextmanager
def at(script: Script, **options: object) -> Iterator[tuple[OpenAIPolicyModel, FakeLlmServer]]:
    patience = Patience(3, 0.0, 0.0, 5.0)
    with fake_llm_server(script) as server, OpenAIChat("m", Endpoint(server.url, "k"), patience=patience) as chat:
        yield OpenAIPolicyModel(chat, CORE, **options), server


def action(reply: Reply) -> str:
    return str(parse_reply(reply.text).action)


def forms(server: FakeLlmServer) -> list[str | None]:
    return [request.get("response_format", {}).get("type") for request in server.requests]


@pytest.mark.parametrize("server", SERVERS, ids=lambda one: one.name)
def test_every_server_gives_the_same_action(server: Server) -> None:
    """Whatever a server takes and keeps, the same answer becomes the same action, and what was sent is in the parts."""
    with at(answering(server, lambda _: CALL)) as (model, endpoint):
        replies = [model.decide(ASKED), model.decide(ASKED)]
    assert [action(reply) for reply in replies] == ["fill_text [City] [Rome]"] * 2
    assert [parse_reply(reply.text).reason for reply in replies] == ["the field is empty"] * 2
    sent = [(message["role"], message["content"]) for message in endpoint.requests[-1]["messages"]]
    assert [(message.role, message.content) for message in messages(replies[1].parts)] == sent
    assert replies[1].tokens_in > 0


@pytest.mark.parametrize(
    ("server", "asked_in", "told"),
    [
        (VLLM, ["json_schema", "json_schema"], []),
        (LLAMA_CPP, ["json_schema", "json_schema"], []),
        (OLLAMA, ["json_schema", "json_schema"], []),
        (LM_STUDIO, ["json_schema", "json_schema"], []),
        (
            OLD,
            ["json_schema", "json_object", None, None],
            ["the endpoint does not take a JSON schema", "the endpoint does not take a form of reply"],
        ),
    ],
    ids=lambda one: one.name if isinstance(one, Server) else None,
)
def test_forms_degrade_once_and_the_record_says_so(server: Server, asked_in: list[str], told: list[str]) -> None:
    """A form that is refused is left out from then on; the reply it cost says why, later ones do not."""
    with at(answering(server, lambda _: CALL)) as (model, endpoint):
        first, second = model.decide(ASKED), model.decide(ASKED)
    assert forms(endpoint) == asked_in
    assert list(first.notes) == told
    assert second.notes == ()
    assert second.form == (asked_in[-1] or "text")


def test_the_form_asked_for_is_what_the_policy_may_do() -> None:
    """Its page actions, its calls and stop, after a reason; the prompt and the examples speak of the same form."""
    shown = [type("Shot", (), {**ASKED.__dict__, "id": "x", "reason": "empty", "action": "click [2]"})()]
    with at(answering(VLLM, lambda _: CALL), examples=lambda _: shown) as (model, endpoint):
        model.decide(ASKED)
    request = endpoint.requests[0]
    schema = request["response_format"]["json_schema"]["schema"]
    assert list(schema["properties"]) == ["reason", "action", "arguments"]
    assert set(schema["properties"]["action"]["enum"]) == {*FORM.actions, *FORM.sub_policies, "stop"}
    assert '"arguments"' in request["messages"][0]["content"]
    assert "ACTION:" not in request["messages"][0]["content"]
    assert json.loads(request["messages"][2]["content"]) == {"reason": "empty", "action": "click", "arguments": ["2"]}


def test_a_server_that_does_not_keep_to_the_form_is_asked_in_lines() -> None:
    """The unreadable answer is asked for once more, in lines, and so are all later ones."""
    answers = iter(["I would fill in the city.", "REASON: r\nACTION: click [2]", "REASON: r\nACTION: stop"])
    with at(lambda _: says(next(answers))) as (model, endpoint):
        first, second = model.decide(ASKED), model.decide(ASKED)
    assert (action(first), action(second)) == ("click [2]", "stop")
    assert forms(endpoint) == ["json_schema", None, None]
    assert "did not keep to it" in first.before[0].notes[0]
    assert first.before[0].problem == "the reply is no JSON object with reason, action and arguments"
    assert "ACTION:" in endpoint.requests[1]["messages"][0]["content"]


@pytest.mark.parametrize("server", [VLLM, LLAMA_CPP, OLLAMA], ids=lambda one: one.name)
def test_a_cut_off_answer_is_asked_for_once_more_with_more_room(server: Server) -> None:
    """Cut-off JSON, which llama.cpp tells as an error of its own, costs one more request of the same length."""
    saying = iter([("", "CUT OFF"), CALL])
    with at(answering(server, lambda _: next(saying))) as (model, endpoint):
        reply = model.decide(ASKED)
    assert action(reply) == "fill_text [City] [Rome]"
    assert [request["max_tokens"] for request in endpoint.requests] == [MAX_TOKENS, AGAIN_MAX_TOKENS]
    assert reply.before[0].problem == "the answer was cut off"
    lengths = [sum(len(message["content"]) for message in request["messages"]) for request in endpoint.requests]
    assert 0 < lengths[1] - lengths[0] < 600


def test_an_answer_that_is_unreadable_twice_is_invalid_and_both_are_on_record() -> None:
    """The policy is told; two model calls count, the step is invalid, and the episode goes on."""
    answers = iter([says("{}"), says("[]"), says('{"reason": "done", "action": "stop", "arguments": []}')])
    log = MemoryLog()
    with at(lambda _: next(answers)) as (model, _):
        environment = ScriptedEnvironment(ASKED.observation)
        episode = run_episode(environment, model, CORE, log, Limits(calls=10))
    assert (episode.status, episode.n_calls) == ("success", 3)
    assert [step.kind for step in log.steps] == ["invalid", "pop"]
    assert [call.error is None for call in log.calls] == [False, False, True]
    assert log.calls[1].notes == ("asked once more",)
    assert [call.form for call in log.calls] == ["json_schema", "text", "text"]


def test_an_endpoint_that_is_gone_at_the_second_question_loses_nothing() -> None:
    """The first answer is on record as invalid; the next question says what is wrong."""
    answers = iter([says("{}"), fails(401, "expired"), fails(401, "expired")])
    with at(lambda _: next(answers)) as (model, _):
        reply = model.decide(ASKED)
        assert (reply.text, reply.before) == ("{}", ())
        assert reply.problem
        with pytest.raises(ModelError, match="expired"):
            model.decide(ASKED)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (JSON, "fill_text [City] [Rome]"),
        (f"<think>click? no {{</think>{JSON}", "fill_text [City] [Rome]"),
        (f"```json\n{JSON}\n```", "fill_text [City] [Rome]"),
        ('<tool_call>{"name": "click", "arguments": {"id": 2}}</tool_call>', "click [2]"),
        ('{"reason": "r", "action": "click [2]", "arguments": []}', "click [2]"),
        ('{"reason": "r", "action": "stop", "arguments": [""]}', "stop"),
        ('{"reason": "a [b] {c}", "action": "fill_text", "arguments": ["a]", "b\\nc"]}', "fill_text [a\\]] [b\\nc]"),
        ("REASON: r\nACTION: click [2]", "click [2]"),
    ],
)
def test_what_models_write_is_read(text: str, wanted: str) -> None:
    """Thoughts, fences, tool calls in text, whole actions and lines all come to one action with one question."""
    with at([says(text)]) as (model, endpoint):
        reply = model.decide(ASKED)
    assert action(reply) == wanted
    assert len(endpoint.requests) == 1
    assert (reply.written or reply.text) == text


def test_a_tool_call_nobody_asked_for_is_read() -> None:
    """No content and a tool call is an answer."""
    call = {"id": "1", "type": "function", "function": {"name": "click", "arguments": '{"id": "2"}'}}
    with at([says(None, "tool_calls", tool_calls=[call])]) as (model, _):
        reply = model.decide(ASKED)
    assert action(reply) == "click [2]"
    assert reply.notes == ("the reply came as a tool call",)


def test_thinking_without_a_word_is_said() -> None:
    """A model that used up its tokens on thoughts is asked once more."""
    answers = iter([says(None, "length", reasoning="hm"), says(JSON)])
    with at(lambda _: next(answers)) as (model, _):
        reply = model.decide(ASKED)
    assert action(reply) == "fill_text [City] [Rome]"
    assert "the model thought and said nothing" in reply.before[0].notes


@pytest.mark.parametrize(
    "trouble", [BUSY, DROPPED, RUBBISH, fails(503, "loading")], ids=["429", "drop", "rubbish", "503"]
)
def test_passing_troubles_cost_a_retry(trouble: Answer) -> None:
    """The reply says how often it was tried again."""
    answers = iter([trouble, says(JSON)])
    with at(lambda _: next(answers)) as (model, _):
        reply = model.decide(ASKED)
    assert (action(reply), reply.retries) == ("fill_text [City] [Rome]", 1)


@pytest.mark.parametrize("server", [VLLM, LLAMA_CPP, LM_STUDIO, OLD], ids=lambda one: one.name)
def test_a_prompt_that_is_too_long_loses_far_parts_of_the_page(server: Server) -> None:
    """What the objective names stays, with its id; one more request is enough, and the next question begins with it."""
    long = replace(ASKED, observation=f"{PAGE}\n[400] textbox 'City' value=''\n{PAGE.replace('[', '[9')}")
    with at(answering(server, lambda _: CALL, room=2600)) as (model, endpoint):
        first, second = model.decide(long), model.decide(long)
    for reply in (first, second):
        page = next(part.text for part in reply.parts if part.kind == "observation")
        assert "[400] textbox 'City'" in page
        assert any(note.startswith("the page was cut from 799 to") for note in reply.notes)
    sizes = [sum(len(message["content"]) for message in request["messages"]) for request in endpoint.requests]
    assert len([size for size in sizes if size > 20_000]) <= (3 if server is OLD else 1)
    assert sizes[-1] == sizes[-2] < 10_400


def test_a_prompt_cut_in_silence_is_told() -> None:
    """Ollama says nothing of it, but counts."""
    with at(answering(OLLAMA, lambda _: CALL, room=1000)) as (model, _):
        reply = model.decide(replace(ASKED, observation=PAGE))
    assert any("cut the prompt silently" in note for note in reply.notes)


def test_a_prompt_that_never_fits_ends_the_episode() -> None:
    """When there is nothing more to leave out, the endpoint's words come through."""
    too_long = ContextOverflow("Too long.", "Shorten it.")
    chat = ScriptedChat(lambda _: too_long)
    with pytest.raises(ModelError, match="Too long"):
        OpenAIPolicyModel(chat, CORE).decide(replace(ASKED, observation=PAGE))
    assert len(chat.requests) < 12


def test_lists_for_a_page_come_as_json_too() -> None:
    """The planner's list is an array of actions; the first is played, what was written is kept."""
    listed = [{"action": "fill_text", "arguments": ["City", "Rome"]}, {"action": "stop", "arguments": []}]
    written = json.dumps({"reason": "all here", "actions": listed})
    chat = ScriptedChat([written], form="json_schema")
    model = PageLists(OpenAIPolicyModel(chat, CORE, listed=True))
    asked = replace(ASKED, policy=CORE.planner)
    first = model.decide(asked)
    assert (action(first), first.written) == ("fill_text [City] [Rome]", written)
    assert action(model.decide(replace(asked, previous=("N/A = fill_text [City] [Rome]",)))) == "stop"
    assert chat.requests[0].schema is not None
    assert list(chat.requests[0].schema["properties"]) == ["reason", "actions"]
