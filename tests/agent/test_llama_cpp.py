"""The model `openai:` with a real llama.cpp server, whose tiny model is random: much is invalid, all of it is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from agent.fakes import MemoryLog, ScriptedEnvironment
from agent.forms import as_lines
from agent.limits import Limits
from agent.loop import run_episode
from agent.model import Decision
from agent.models.openai_chat import OpenAIPolicyModel
from agent.reply import parse_reply
from llm_client.chat import Attempt, ChatRequest, Message, Patience
from llm_client.endpoint import Endpoint
from llm_client.errors import ContextOverflow
from llm_client.openai_chat import OpenAIChat
from llm_client.probing import SCHEMA, probe
from policies.errors import UnknownPolicy
from policies.library import load_set
from policies.model import Policy
from tests.tiny_llama import ROOM, llama_server

CORE = load_set("core")
FORM = CORE.resolve("fill_text").model_copy(
    update={"description": "Fills.", "when_to_use": "Always.", "when_not": "", "sub_policies": ("fill_text",)}
)
"""Said in few words: each letter is a token."""
PAGE = "[1] textbox 'City' value=''\n[2] button 'Go'"
ASKED = Decision(FORM, "fill_text [City] [Rome]", "http://page.test/", PAGE)


class Few:
    """A library of one policy, which may call itself."""

    planner = FORM

    def resolve(self, name: str) -> Policy:
        if name != FORM.name:
            raise UnknownPolicy(name)
        return FORM


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with llama_server(tmp_path_factory.mktemp("llama")) as url:
        yield url


@pytest.fixture
def ledger() -> list[Attempt]:
    return []


@pytest.fixture
def chat(address: str, ledger: list[Attempt]) -> Iterator[OpenAIChat]:
    patience = Patience(2, 0.0, 0.0, 30.0)
    with OpenAIChat("tiny", Endpoint(address, "none"), ledger=ledger.append, patience=patience) as made:
        yield made


def test_the_schema_is_kept_to(chat: OpenAIChat) -> None:
    """Whatever the seed, an answer that is whole is JSON of the schema, and tokens are counted."""
    said = [
        chat.complete(ChatRequest((Message("user", "hello"),), temperature=1.0, seed=seed, schema=SCHEMA))
        for seed in range(5)
    ]
    assert {reply.form for reply in said} == {"json_schema"}
    whole = [json.loads(reply.text) for reply in said if reply.finish_reason == "stop"]
    assert whole
    assert all(set(one) == {"colour"} and one["colour"] in ("red", "green") for one in whole)
    assert all(reply.tokens_in > 0 and not reply.estimated for reply in said if reply.text)


def test_it_is_found_out_what_the_server_takes(chat: OpenAIChat) -> None:
    """The probe finds a schema that is taken, and an answer that has it."""
    found = probe(chat)
    assert (found.form, found.kept, found.counts_tokens) == ("json_schema", True, True)


def test_too_long_a_prompt_is_said_in_numbers(chat: OpenAIChat) -> None:
    """The error says how many tokens there were, and how many fit; it is not tried again."""
    with pytest.raises(ContextOverflow) as caught:
        chat.complete(ChatRequest((Message("user", "x" * 2 * ROOM),)))
    assert caught.value.room == ROOM
    assert caught.value.asked is not None
    assert caught.value.asked > 2 * ROOM
    assert caught.value.retries == 0


def test_an_answer_without_an_end_is_cut_off(chat: OpenAIChat) -> None:
    """Text ends at max_tokens; JSON that was cut off does too, or is kept by the server, and neither is an error."""
    for schema in (None, SCHEMA):
        reply = chat.complete(ChatRequest((Message("user", "hello"),), max_tokens=3, schema=schema))
        assert reply.finish_reason in ("length", "unparsed")


def test_a_long_page_is_pruned_until_it_fits(chat: OpenAIChat, ledger: list[Attempt]) -> None:
    """The server's numbers make one cut enough; the field the objective names is still on the page that was sent."""
    rows = "\n".join(f"[{n}] text 'row {n}'" for n in range(10, 800))
    reply = OpenAIPolicyModel(chat, Few()).decide(replace(ASKED, observation=f"{rows}\n{PAGE}"))
    sent = next(part.text for part in reply.parts if part.kind == "observation")
    assert "[1] textbox 'City'" in sent
    assert any(note.startswith("the page was cut from 792 to") for note in reply.notes)
    overflows = [attempt for attempt in ledger if attempt.error and "exceeds the available context" in attempt.error]
    assert len(overflows) == 1


def test_an_episode_ends_by_a_reason_and_every_reply_is_checked(chat: OpenAIChat) -> None:
    """Nothing random reaches the page: what was acted on is allowed and there, the rest is invalid and told why."""
    log = MemoryLog()
    environment = ScriptedEnvironment(PAGE, objective="fill_text [City] [Rome]")
    model = OpenAIPolicyModel(chat, Few(), temperature=1.0)
    episode = run_episode(environment, model, Few(), log, Limits(steps=5, calls=12, invalid=6, depth=3))
    assert episode.end_reason in ("stop", "steps", "calls", "invalid", "depth")
    assert episode.n_calls == len(log.calls) >= 1
    assert {call.form for call in log.calls} <= {"json_schema", "text"}
    for step in log.steps:
        if step.kind == "invalid":
            assert step.error
        else:
            call = log.calls[step.call]
            said = as_lines(log.texts[call.reply], json_first=call.form != "text")
            assert step.action == str(parse_reply(said).action)
