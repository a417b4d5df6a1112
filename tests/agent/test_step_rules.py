"""SteP's rules of control, one by one, on the scripted model and a page in memory."""

from __future__ import annotations

from agent.fakes import MemoryLog, ScriptedEnvironment
from agent.limits import Limits
from agent.loop import run_episode
from agent.models.scripted import ScriptedModel
from policies.library import PolicySet
from policies.model import Parameter, Policy
from traces.actions import Action
from traces.frames import build_frames
from traces.model import Episode

PAGE = "[1] textbox 'City' value=''\n[2] button 'Go'\n[3] text '3 commits'"


def policy(name: str, calls: tuple[str, ...] = (), actions: tuple[str, ...] = ("click", "type")) -> Policy:
    """A policy with one free argument (none for the planner)."""
    return Policy(
        name=name,
        kind="planner" if name == "planner" else "composite",
        description=f"{name}.",
        when_to_use="In tests.",
        stop_rule="When done.",
        parameters=() if name == "planner" else (Parameter(name="query", type="text"),),
        actions=actions,
        sub_policies=calls,
    )


ALL = {
    "planner": policy("planner", ("find", "note_down")),
    "find": policy("find", ("find", "look")),
    "look": policy("look"),
    "note_down": policy("note_down", actions=("type",)),
}
POLICIES = PolicySet("test", ALL, ALL["planner"])


def turn(action: Action, text: str) -> str:
    """Typing shows in the field; a click on Go turns the page."""
    if action.name == "type":
        return text.replace("value=''", f"value='{action.args[1]}'")
    return text.replace("button 'Go'", "button 'Gone'")


class Played:
    """One episode played by a script."""

    def __init__(self, *lines: str, limits: Limits = Limits(), text: str = PAGE) -> None:  # noqa: B008
        self.environment = ScriptedEnvironment(text, turn, "count the commits", lambda _, answer: answer == "3")
        self.model, self.log = ScriptedModel(lines), MemoryLog()
        self.episode: Episode = run_episode(self.environment, self.model, POLICIES, self.log, limits)

    @property
    def kinds(self) -> list[str]:
        return [step.kind for step in self.log.steps]

    @property
    def asked(self) -> list[str]:
        return [decision.policy.name for decision in self.model.asked]


def test_a_page_action_is_one_environment_step() -> None:
    """The environment does the action, and the policy sees it bare among its previous actions."""
    played = Played("type [1] [bus stop]", "stop [3]")
    assert played.environment.acted == ["type [1] [bus stop]"]
    assert played.kinds == ["act", "pop"]
    assert played.model.asked[1].previous == ("type [1] [bus stop]",)
    assert "value='bus stop'" in played.model.asked[1].observation


def test_actions_are_parsed_and_not_searched() -> None:
    """The word stop inside an argument stops nothing."""
    played = Played("find [bus stop]", "type [1] [stop]", "stop [x]", "stop [3]")
    assert played.kinds == ["push", "act", "pop", "pop"]


def test_a_call_pushes_without_an_environment_step() -> None:
    """The called policy decides next, on the same observation; the page was not touched."""
    played = Played("find [how many?]", "stop [3]", "stop [3]")
    assert played.asked == ["planner", "find", "planner"]
    assert played.environment.acted == []
    assert played.model.asked[1].observation == played.model.asked[0].observation


def test_a_called_policy_gets_the_whole_call_as_objective() -> None:
    """The child's objective is the text of the call, the root's the task."""
    played = Played("find [how many?]", "stop", "stop")
    assert [d.objective for d in played.model.asked] == ["count the commits", "find [how many?]", "count the commits"]
    assert {d.root_objective for d in played.model.asked} == {"count the commits"}


def test_a_called_policy_begins_with_an_empty_history() -> None:
    """It sees nothing of what its caller did before."""
    played = Played("click [2]", "find [x]", "stop", "stop")
    assert played.model.asked[2].previous == ()


def test_a_policy_sees_only_its_own_history() -> None:
    """What a child did never shows in its caller's previous actions."""
    played = Played("find [x]", "click [2]", "stop [a]", "stop")
    assert played.model.asked[2].previous == ("click [2]",)
    assert played.model.asked[3].previous == ("a = find [x]",)


def test_stop_hands_its_answer_to_the_caller() -> None:
    """The caller reads `answer = call [..]`; brackets in the answer survive."""
    played = Played("find [how many?]", "stop [[a], [b]]", "stop [3]")
    assert played.model.asked[2].previous == ("[a], [b] = find [how many?]",)


def test_stop_without_an_answer_reads_na() -> None:
    """A policy that only did something returns N/A."""
    assert Played("find [x]", "stop", "stop").model.asked[2].previous == ("N/A = find [x]",)


def test_the_roots_stop_ends_the_episode_with_its_answer() -> None:
    """The answer goes to the evaluator and into the header."""
    played = Played("stop [3]")
    assert (played.episode.status, played.episode.end_reason, played.episode.answer) == ("success", "stop", "3")
    assert Played("stop [4]").episode.status == "failed"


def test_calls_nest_to_any_depth_and_may_recur() -> None:
    """A policy may call itself; the stack grows and shrinks by one."""
    played = Played("find [a]", "find [b]", "look [c]", "stop [1]", "stop [2]", "stop [3]", "stop [3]")
    assert [d.frame_depth for d in played.model.asked] == [1, 2, 3, 4, 3, 2, 1]
    assert played.episode.max_depth == 4


def test_returns_pair_with_their_calls() -> None:
    """Two calls of one policy in a row each get their own answer."""
    played = Played("find [a]", "stop [1]", "find [b]", "stop [2]", "stop")
    assert played.model.asked[-1].previous == ("1 = find [a]", "2 = find [b]")


def test_an_unreadable_reply_is_told_back_and_counted() -> None:
    """The policy reads what was wrong; the page was not touched; the episode goes on."""
    played = Played("REASON: hm\nclick the button", "stop [3]")
    assert played.kinds == ["invalid", "pop"]
    assert "no line beginning with ACTION" in played.model.asked[1].previous[0]
    assert played.environment.acted == []
    assert played.episode.status == "success"


def test_an_unknown_policy_is_invalid_and_pushes_nothing() -> None:
    """The released agent asks for ever; here the policy is told, and pairing cannot drift."""
    played = Played("find_products [x]", "find [a]", "stop [1]", "stop [3]")
    assert played.kinds == ["invalid", "push", "pop", "pop"]
    assert "no action or policy 'find_products'" in (played.log.steps[0].error or "")
    assert played.model.asked[3].previous[1] == "1 = find [a]"


def test_a_policy_may_only_do_what_its_file_allows() -> None:
    """Actions, calls, elements and numbers of arguments are checked before anything happens."""
    cases = {
        "hover [2]": "planner may not hover",
        "look [x]": "planner may not call look",
        "click [77]": "there is no element [77]",
        "find [a] [b]": "find takes [query]",
        "find": "find takes [query]",
    }
    for line, why in cases.items():
        played = Played(line, "stop [3]")
        assert played.kinds == ["invalid", "pop"]
        assert why in (played.log.steps[0].error or "")
        assert why in played.model.asked[1].previous[0]


def test_a_failed_action_is_told_back() -> None:
    """What the page refused stands behind the action; it was an environment step all the same."""
    from traces.environment import Effect

    environment = ScriptedEnvironment(
        PAGE, lambda a, t: Effect(ScriptedEnvironment(t).observe(), error="it is covered")
    )
    model, log = ScriptedModel(["click [2]", "stop"]), MemoryLog()
    run_episode(environment, model, POLICIES, log)
    assert model.asked[1].previous == ("click [2] -- failed: it is covered",)
    assert (log.steps[0].kind, log.steps[0].error) == ("act", "it is covered")


def test_what_changed_nothing_is_fruitless_until_the_page_changes() -> None:
    """A decision says which of the frame's latest actions and calls left the page as it was."""
    played = Played("click [2]", "click [2]", "find [a]", "stop", "type [1] [x]", "stop")
    assert [d.fruitless for d in played.model.asked] == [
        (),
        (),
        ("click [2]",),
        (),
        ("click [2]", "find [a]"),
        (),
    ]


def test_frames_are_what_the_steps_say() -> None:
    """Ids of frames in steps and model calls are those that are computed from pushes and pops."""
    played = Played("find [a]", "look [b]", "click [2]", "stop [1]", "stop", "note_down [c]", "stop", "stop [3]")
    frames = build_frames(played.log.steps, "count the commits")
    assert [f.id for f in frames] == ["f0", "f1", "f2", "f3"]
    assert [f.objective for f in played.log.frames] == [f.objective for f in frames]
    assert [s.frame for s in played.log.steps] == ["f0", "f1", "f2", "f2", "f1", "f0", "f3", "f0"]
    assert [c.frame for c in played.log.calls] == [s.frame for s in played.log.steps]
    assert [f.end for f in played.log.frames] == ["returned"] * 4
    assert played.log.frames[2].returned == "1"
    assert played.log.frames[1].version == "1"
