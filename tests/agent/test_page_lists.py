"""The mode of HeaP: a list for a page is played one action at a time, and dropped when the page is another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.errors import ReplyError
from agent.fakes import MemoryLog, ScriptedEnvironment
from agent.limits import Limits
from agent.loop import run_episode
from agent.model import Decision
from agent.models.openai_chat import OpenAIPolicyModel
from agent.models.page_lists import PageLists
from agent.reply import parse_list, parse_reply
from llm_client.chat import ChatRequest
from llm_client.scripted import ScriptedChat
from policies.library import load_set

WEB = load_set("web")
ASKED = Decision(WEB.planner, "Find the bus", "http://a.test/", "[1] searchbox 'Search'\n[2] button 'Go'")
LIST = "REASON: all of it is here\nACTION: search [bus]\nclick [2]\nDONE"


def lists(*replies: str) -> tuple[PageLists, ScriptedChat]:
    chat = ScriptedChat(list(replies))
    return PageLists(OpenAIPolicyModel(chat, WEB, listed=True)), chat


def answer(model: PageLists, asked: Decision) -> str:
    return str(parse_reply(model.decide(asked).text).action)


def test_a_list_is_played_without_asking_again():
    """The second action of the list costs nothing; what the model wrote is kept whole with the first."""
    model, chat = lists(LIST)
    first = model.decide(ASKED)
    assert first.written == LIST
    later = replace(ASKED, previous=("N/A = search [bus]",))
    second = model.decide(later)
    assert str(parse_reply(second.text).action) == "click [2]"
    assert (second.tokens_in, second.parts, second.written) == (0, (), None)
    assert len(chat.requests) == 1
    assert "one action or call a line" in chat.requests[0].messages[0].content


@pytest.mark.parametrize(
    "change",
    [
        {"url": "http://a.test/results", "previous": ("N/A = search [bus]",)},
        {"previous": ("search [bus] -- not done: there is no such policy",)},
        {"previous": ("search [bus] -- failed: gone",)},
        {"previous": ()},
    ],
)
def test_a_list_is_dropped_when_it_no_longer_fits(change):
    """Another address, a refusal, a failure or a new episode: the planner is asked again."""
    model, chat = lists(LIST, "REASON: r\nACTION: stop [12]")
    model.decide(ASKED)
    assert answer(model, replace(ASKED, **change)) == "stop [12]"
    assert len(chat.requests) == 2


def test_other_policies_decide_action_by_action():
    """A called policy is asked as ever, and the planner's list goes on after it."""
    model, chat = lists(LIST, "REASON: r\nACTION: type [1] [bus] [1]")
    model.decide(ASKED)
    inner = Decision(WEB.resolve("search"), "search [bus]", ASKED.url, ASKED.observation, frame_depth=2)
    assert answer(model, inner) == "type [1] [bus] [1]"
    assert "exactly one action" in chat.requests[1].messages[0].content
    assert answer(model, replace(ASKED, previous=("N/A = search [bus]",))) == "click [2]"


@pytest.mark.parametrize(
    "text",
    ["", "ACTION: stop [1]\nclick [1]", "ACTION: DONE\nclick [1]", "ACTION: click [1\nDONE", "hello", "ACTION:"],
)
def test_what_is_no_list_is_told_back(text):
    """The policy reads what was wrong, as with any reply."""
    with pytest.raises(ReplyError):
        parse_list(text)
    model, _ = lists(text or " ", text or " ")
    assert model.decide(ASKED).text == (text or " ")


@pytest.mark.parametrize(
    ("text", "actions"),
    [
        ("ACTION: click [1]", ["click [1]"]),
        ("ACTION: click [1]\n`search [bus]`", ["click [1]", "search [bus]"]),
        ("ACTION: search [bus]\nstop [12]\nDONE", ["search [bus]", "stop [12]"]),
        ("ACTION: type [1] [DONE]\nDONE", ["type [1] [DONE]"]),
        ("REASON: nothing is left\nACTION: DONE", []),
    ],
)
def test_a_list_ends_with_done_or_a_stop_or_the_reply(text, actions):
    """As in HeaP, whose executor adds the DONE that is missing; what stands in brackets ends nothing."""
    assert [str(one.action) for one in parse_list(text)] == actions


def test_an_episode_runs_in_lists():
    """The loop needs no word of it: calls are pushed and popped as ever, with fewer questions to the planner."""

    def reply(request: ChatRequest) -> str:
        if "`planner`" in request.messages[0].content:
            return "REASON: p\nACTION: search [bus]\nclick [2]\nstop [done]"
        done = "type [1] [bus] [0]" in request.messages[-1].content.split("PREVIOUS ACTIONS:")[1]
        return "REASON: s\nACTION: stop" if done else "REASON: s\nACTION: type [1] [bus] [0]"

    chat, log = ScriptedChat(reply), MemoryLog()
    environment = ScriptedEnvironment(ASKED.observation, judge=lambda text, answer: answer == "done")
    episode = run_episode(environment, PageLists(OpenAIPolicyModel(chat, WEB, listed=True)), WEB, log, Limits())
    assert (episode.status, episode.answer, episode.max_depth) == ("success", "done", 2)
    assert len(chat.requests) == 3
    assert [step.action for step in log.steps] == [
        "search [bus]",
        "type [1] [bus] [0]",
        "stop",
        "click [2]",
        "stop [done]",
    ]
