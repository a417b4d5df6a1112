"""HeaP's rules, one by one, on the scripted model: the planner lists the calls of a page, and they are played in order.

Source: the first version of the paper (arXiv 2310.03720v1), where a planner writes a plan [(policy, instruction) ...]
for the page, and plans again until nothing is left to be done. What differs here is said in docs/agent.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from agent.errors import ModelError
from agent.limits import Limits
from agent.models.page_lists import PageLists
from agent.models.scripted import Line
from tests.agent.played import Played, failing, moves


def lists(*script: Line, **more: Any) -> Played:
    """An episode in the mode of HeaP; what planners say is a list, one action a line."""
    return Played([_listed(line) for line in script], mode=PageLists, **more)


def _listed(line: Line) -> Line:
    return line if isinstance(line, Exception) else f"REASON: all that is to be seen\nACTION: {line}"


def actions(played: Played) -> Iterable[str]:
    """The actions of all steps."""
    return [step.action for step in played.log.steps]


def test_calls_of_a_list_are_made_in_order_and_each_policy_decides_for_itself() -> None:
    """v1, algorithm of the planner: for each (policy, instruction) of the plan, run it until it is done."""
    played = lists("find [a]\nnote_down [b]\nDONE", "stop [1]", "type [1] [x]", "stop", "stop [3]")
    assert played.asked == ["planner", "find", "note_down", "note_down", "planner"]
    assert actions(played) == ["find [a]", "stop [1]", "note_down [b]", "type [1] [x]", "stop", "stop [3]"]


def test_a_finished_list_is_followed_by_another_plan() -> None:
    """v1: the planner is asked again with what was done among its previous actions."""
    played = lists("find [a]\nDONE", "stop [1]", "stop [3]")
    assert played.asked == ["planner", "find", "planner"]
    assert played.seen(2) == ("1 = find [a]",)


def test_playing_a_list_asks_nothing_and_costs_nothing() -> None:
    """Three actions of one reply are one model call, whose number all three steps bear."""
    played = lists("click [2]\ntype [1] [x]\nstop [3]")
    assert (played.episode.n_calls, len(played.model.asked)) == (1, 1)
    assert [step.call for step in played.log.steps] == [0, 0, 0]
    assert len({step.uid for step in played.log.steps}) == 3
    assert played.episode.tokens_out == played.log.calls[0].tokens_out


def test_what_the_planner_wrote_is_kept_whole() -> None:
    """The record has the list as it was written, and the reason at every step of it."""
    played = lists("click [2]\nstop [3]")
    assert played.log.texts[played.log.calls[0].reply or ""].endswith("ACTION: click [2]\nstop [3]")
    assert [step.reason for step in played.log.steps] == ["all that is to be seen"] * 2


def test_bare_page_actions_are_the_planners_own() -> None:
    """v1 sends CLICK and TYPE of a plan to a policy of one step; here the planner does them itself."""
    played = lists("click [2]\ntype [1] [x]\nstop [3]")
    assert played.environment.acted == ["click [2]", "type [1] [x]"]
    assert {step.frame for step in played.log.steps} == {"f0"}


@pytest.mark.parametrize("nothing", ["DONE", "`DONE`", "stop"])
def test_an_empty_plan_ends_the_episode(nothing: str) -> None:
    """v1: the planner ends by a plan without calls."""
    played = lists("find [a]\nDONE", "stop", nothing)
    assert (played.episode.end_reason, played.episode.answer) == ("stop", None)
    assert played.ends == [("planner", "returned"), ("find", "returned")]


def test_a_list_may_end_with_the_answer() -> None:
    """v1 has no return values; a plan that ends in `stop [answer]` gives one."""
    assert lists("find [a]\nstop [3]", "stop").episode.answer == "3"


def test_a_missing_done_is_added() -> None:
    """v1's executor appends it; so a model that answers with one action plans one call at a time, as in SteP."""
    played = lists("find [a]", "stop [1]", "click [2]", "stop [3]")
    assert played.asked == ["planner", "find", "planner", "planner"]


def test_the_rest_of_a_list_is_dropped_when_the_address_changes() -> None:
    """A plan is for one page: behind the click is another one, and the planner plans anew."""
    played = lists("click [2]\ntype [1] [x]\nDONE", "stop [3]", page=moves)
    assert actions(played) == ["click [2]", "stop [3]"]
    assert played.asked == ["planner", "planner"]


def test_the_rest_is_dropped_when_the_address_changes_inside_a_call() -> None:
    """It does not matter who left the page."""
    played = lists("find [a]\nnote_down [b]\nDONE", "click [2]", "stop", "stop [3]", page=moves)
    assert played.asked == ["planner", "find", "find", "planner"]


def test_the_rest_of_a_list_is_dropped_after_a_failure() -> None:
    """What comes after a failed action was planned for another page."""
    played = lists("click [2]\ntype [1] [x]\nDONE", "stop [3]", page=failing("it is covered"))
    assert actions(played) == ["click [2]", "stop [3]"]
    assert played.seen(1) == ("click [2] -- failed: it is covered",)


def test_the_rest_of_a_list_is_dropped_after_a_refusal() -> None:
    """An unknown policy in a plan is an invalid step that is told back and counted once."""
    played = lists("teleport [x]\nclick [2]\nDONE", "stop [3]")
    assert played.kinds == ["invalid", "pop"]
    assert "no action or policy 'teleport'" in played.seen(1)[0]


@pytest.mark.parametrize("text", ["find [a", "stop [3]\nclick [2]", "DONE\nclick [2]", ""])
def test_what_is_no_list_is_refused_whole(text: str) -> None:
    """Nothing of an unreadable plan is done."""
    played = lists(text, "stop [3]")
    assert (played.kinds, played.environment.acted) == (["invalid", "pop"], [])


def test_limits_hold_within_a_list() -> None:
    """A plan is no way around the limit of steps."""
    played = lists("click [2]\n" * 9 + "DONE", limits=Limits(steps=3))
    assert (played.episode.end_reason, len(played.environment.acted)) == ("steps", 3)


def test_a_policy_below_the_planner_does_not_list() -> None:
    """What a called policy answers is one action, read as ever."""
    played = lists("find [a]\nDONE", "click [2]\nclick [2]", "stop", "stop [3]")
    assert played.kinds == ["push", "invalid", "pop", "pop"]


def test_a_new_episode_begins_without_a_list() -> None:
    """What one episode left of its list is not played in the next."""
    made: list[PageLists] = []

    def once(model):  # the same model object plays both episodes, as in a worker
        made.append(PageLists(model) if not made else made[0])
        return made[-1]

    first = Played([_listed("click [2]\nclick [2]\nDONE"), _listed("stop [3]")], Limits(steps=1), mode=once)
    second = Played([], mode=once)
    assert first.episode.end_reason == "steps"
    assert (second.kinds, second.episode.answer) == (["pop"], "3")


def test_a_model_that_cannot_answer_ends_the_episode() -> None:
    """As in the other mode."""
    assert lists(ModelError("The endpoint is down.")).episode.end_reason == "model: The endpoint is down."
