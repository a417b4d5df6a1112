"""A model of single actions lists what it would do on a page, by being asked as if it had been done."""

from __future__ import annotations

from dataclasses import replace

from agent.errors import ModelError
from agent.model import Decision
from agent.models.foresight import FARTHEST, Foresight
from agent.models.page_lists import PageLists
from agent.models.scripted import ScriptedModel
from agent.reply import parse_list
from tests.agent.played import PAGE, POLICIES, Played

ASKED = Decision(POLICIES.planner, "count", "http://page.test/", PAGE, previous=("1 = find [a]",))


def listed(*lines: str, asked: Decision = ASKED) -> tuple[list[str], ScriptedModel]:
    """The actions of the list, and the model that was asked."""
    model = ScriptedModel(lines)
    reply = Foresight(model).decide(asked)
    return [str(one.action) for one in parse_list(reply.text)], model


def test_each_question_shows_what_was_said_before_as_done() -> None:
    """Actions stand bare and calls as if they had returned nothing; what was typed stands in its field."""
    actions, model = listed("type [1] [x]", "find [b]", "stop [3]")
    assert actions == ["type [1] [x]", "find [b]", "stop [3]"]
    assert [d.previous[1:] for d in model.asked] == [(), ("type [1] [x]",), ("type [1] [x]", "N/A = find [b]")]
    filled = PAGE.replace("value=''", "value='x'")
    assert [d.observation for d in model.asked] == [PAGE, filled, filled]


def test_a_call_fills_the_field_it_names_and_nothing_else() -> None:
    """By the field's name, if one empty field alone has it; an odd page is left as it is."""
    _, model = listed("fill_text [city] [Rome 'R']", "fill_text [Street] [x]", "stop")
    assert [d.observation.split("\n")[0] for d in model.asked[1:]] == [r"[1] textbox 'City' value='Rome \'R\''"] * 2
    odd = replace(ASKED, observation="no page at all")
    assert {d.observation for d in listed("type [1] [x]", "stop", asked=odd)[1].asked} == {"no page at all"}


def test_a_list_ends_before_a_repetition_or_a_guess() -> None:
    """Saying the same again, or giving up, is no plan; the real page is looked at first."""
    assert listed("click [2]", "type [1] [x]", "click [2]")[0] == ["click [2]", "type [1] [x]"]
    assert listed("click [2]", "stop [N/A]")[0] == ["click [2]"]


def test_giving_up_at_once_is_giving_up() -> None:
    """With nothing planned, the stop stands."""
    assert listed("stop [N/A]")[0] == ["stop [N/A]"]


def test_lists_are_bounded() -> None:
    """A model that always finds something else to do is stopped."""
    model = ScriptedModel(f"type [1] [{n}]" for n in range(100))
    assert len(parse_list(Foresight(model).decide(ASKED).text)) == FARTHEST


def test_an_unreadable_reply_ends_the_list_or_is_told_back() -> None:
    """Behind an action it ends the list; as the first it is the reply."""
    assert listed("click [2]", "REASON: hm\nwhat?")[0] == ["click [2]"]
    reply = Foresight(ScriptedModel(["REASON: hm\nwhat?"])).decide(ASKED)
    assert reply.text == "REASON: hm\nwhat?"


def test_other_policies_answer_as_ever() -> None:
    """Only the planner lists."""
    actions, model = listed("click [2]", asked=Decision(POLICIES.resolve("find"), "find [x]", "u", PAGE))
    assert (actions, len(model.asked)) == (["click [2]"], 1)


def test_an_episode_is_planned_page_by_page() -> None:
    """Two questions ahead, then what was planned is played without asking."""

    def script(asked: Decision) -> str:
        if asked.policy.name == "find":
            return "stop"
        done = len(asked.previous)
        return ["click [2]", "find [a]", "stop [3]"][done] if done < 3 else ModelError("too far")

    played = Played(script, mode=lambda model: PageLists(Foresight(model)))
    assert [step.action for step in played.log.steps] == ["click [2]", "find [a]", "stop", "stop [3]"]
    assert played.episode.n_calls == 2
