"""SteP's rules of control, one by one, on the scripted model.

Sources: *Stacked LLM Policies for Web Actions* (arXiv 2310.03720v4), §3: a stack of policies of which the top one acts,
calls or returns; and the released StepAgent for what the paper leaves open. "Not as released" marks what that code
gets wrong. The mode of HeaP is test_conformance_lists.py, endings are test_conformance_endings.py.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.limits import Limits
from tests.agent.played import ALL, PAGE, TASK, Played, failing
from traces.frames import build_frames

# What a policy sees


def test_the_root_sees_the_task_the_page_and_its_address() -> None:
    """§3: the root policy begins with the task; a policy's input is objective, observation, URL, previous actions."""
    first = Played(["stop [3]"]).model.asked[0]
    assert (first.objective, first.observation, first.url) == (TASK, PAGE, "http://page.test/")
    assert (first.previous, first.frame_depth) == ((), 1)


def test_a_called_policy_gets_the_whole_call_as_objective() -> None:
    """StepAgent: the child's objective is the text of the call, not its argument; the root's is the task."""
    played = Played(["find [how many?]", "stop", "stop"])
    assert [d.objective for d in played.model.asked] == [TASK, "find [how many?]", TASK]


def test_a_policy_sees_only_its_own_history() -> None:
    """§3, StepAgent: what a child did never shows in its caller's previous actions, only its answer does."""
    played = Played(["find [x]", "click [2]", "stop [a]", "stop"])
    assert played.seen(2) == ("click [2]",)
    assert played.seen(3) == ("a = find [x]",)


def test_a_called_policy_decides_on_the_same_observation() -> None:
    """StepAgent: a push prompts the child on the page as its caller saw it."""
    played = Played(["click [2]", "find [x]", "stop", "stop"])
    assert played.model.asked[2].observation == played.model.asked[1].observation
    assert played.model.asked[2].url == played.model.asked[1].url


def test_a_caller_sees_the_page_as_its_call_left_it() -> None:
    """After a return the caller decides on the observation of now, not the one it called on."""
    played = Played(["find [x]", "click [2]", "stop", "stop"])
    assert "'Gone'" in played.model.asked[3].observation


# When a history begins empty


def test_a_called_policy_begins_with_an_empty_history() -> None:
    """StepAgent: it sees nothing of what its caller did before."""
    assert Played(["click [2]", "find [x]", "stop", "stop"]).seen(2) == ()


def test_the_same_policy_called_again_begins_empty_again() -> None:
    """StepAgent: each call is a new element of the stack; what an earlier call of the same policy did is gone."""
    played = Played(["find [x]", "click [2]", "stop [1]", "find [x]", "stop [2]", "stop"])
    assert [played.seen(n) for n in (1, 2, 4)] == [(), ("click [2]",), ()]


def test_a_policy_that_calls_itself_begins_empty_and_comes_back_to_its_own_lines() -> None:
    """§3: calls may be recursive; the inner call has lines of its own, the outer one keeps those it had."""
    played = Played(["find [a]", "click [2]", "find [b]", "type [1] [x]", "stop [in]", "stop [out]", "stop"])
    assert played.seen(3) == ()
    assert played.seen(5) == ("click [2]", "in = find [b]")
    assert played.seen(6) == ("out = find [a]",)


# What things cost


def test_a_page_action_is_one_question_and_one_environment_step() -> None:
    """The environment does the action, and the policy sees it bare among its previous actions."""
    played = Played(["type [1] [bus stop]", "stop [3]"])
    assert played.environment.acted == ["type [1] [bus stop]"]
    assert played.kinds == ["act", "pop"]
    assert played.seen(1) == ("type [1] [bus stop]",)
    assert "value='bus stop'" in played.model.asked[1].observation


def test_a_call_and_a_return_cost_a_question_each_and_no_environment_step() -> None:
    """StepAgent: pushing and popping ask the model and do not touch the page."""
    played = Played(["find [how many?]", "stop [3]", "stop [3]"])
    assert played.asked == ["planner", "find", "planner"]
    assert (played.episode.n_calls, played.environment.acted) == (3, [])


def test_a_note_is_an_environment_step_that_changes_nothing() -> None:
    """StepAgent: `note [text]` is a memo in the policy's own history."""
    played = Played(["note_down [x]", "note [3 commits]", "stop", "stop [3]"])
    assert (played.environment.acted, played.environment.text) == (["note [3 commits]"], PAGE)
    assert played.seen(2) == ("note [3 commits]",)


# Returning


def test_stop_hands_its_answer_to_the_caller() -> None:
    """StepAgent: the caller reads `answer = call [arg]`."""
    assert Played(["find [how many?]", "stop [3]", "stop [3]"]).seen(2) == ("3 = find [how many?]",)


def test_brackets_nest_in_an_answer() -> None:
    """Not as released: a non-greedy search returned `[a` for `stop [[a], [b]]`."""
    assert Played(["find [x]", "stop [[a], [b]]", "stop [3]"]).seen(2) == ("[a], [b] = find [x]",)


def test_stop_without_an_answer_reads_na() -> None:
    """N/A is the convention for "done, control is handed back". Not as released: a bare stop was an error there."""
    assert Played(["find [x]", "stop", "stop"]).seen(2) == ("N/A = find [x]",)
    assert Played(["find [x]", "stop []", "stop"]).seen(2) == ("N/A = find [x]",)


def test_an_answer_of_several_lines_is_one_line_of_history() -> None:
    """An answer cannot make up further lines of its caller's history."""
    assert Played(["find [x]", "stop [3\\nclick [2]]", "stop"]).seen(2) == ("3 click [2] = find [x]",)


def test_the_roots_stop_ends_the_episode_with_its_answer() -> None:
    """StepAgent: popping the root empties the stack; the evaluator is told the answer."""
    played = Played(["stop [3]"])
    assert (played.episode.status, played.episode.end_reason, played.episode.answer) == ("success", "stop", "3")
    assert played.ends == [("planner", "returned")]
    assert Played(["stop [4]"]).episode.status == "failed"


def test_only_the_roots_stop_ends_the_episode() -> None:
    """A stop deeper down is a return, whatever it says."""
    assert Played(["find [x]", "stop [3]", "stop [4]"]).episode.answer == "4"


def test_returns_pair_with_their_calls() -> None:
    """Two calls of one policy in a row each get their own answer."""
    assert Played(["find [a]", "stop [1]", "find [b]", "stop [2]", "stop"]).seen(4) == ("1 = find [a]", "2 = find [b]")


# Depth


def test_calls_nest_to_any_depth() -> None:
    """§3: <pi_0 | ... | pi_i>; released prompts never go below 2, the stack has no depth of its own."""
    played = Played(["find [a]", "find [b]", "look [c]", "stop [1]", "stop [2]", "stop [3]", "stop [3]"])
    assert [d.frame_depth for d in played.model.asked] == [1, 2, 3, 4, 3, 2, 1]
    assert played.episode.max_depth == 4


@given(st.lists(st.sampled_from(["call", "act", "return", "bad"]), max_size=40))
def test_whatever_is_done_frames_are_what_pushes_and_pops_make(moves: list[str]) -> None:
    """The stack of the machine and the call tree computed from the flat record agree, step by step."""
    lines, depth = [], 1
    for move in moves:
        if move == "call" and depth < 6:
            lines.append("find [x]")
            depth += 1
        elif move == "return" and depth > 1:
            lines.append(f"stop [{depth}]")
            depth -= 1
        elif move == "act":
            lines.append("click [2]")
        elif move == "bad" and lines.count("teleport [x]") < 4:
            lines.append("teleport [x]")
    played = Played([*lines, *["stop [3]"] * depth])
    frames = build_frames(played.log.steps, TASK)
    assert [f.objective for f in played.log.frames] == [f.objective for f in frames]
    assert [c.frame for c in played.log.calls] == [s.frame for s in played.log.steps]
    assert {end for _, end in played.ends} == {"returned"}
    assert played.episode.n_calls == len(lines) + depth


# What is read and what is refused


def test_actions_are_parsed_and_never_searched() -> None:
    """Not as released: there `type [5] [bus stop]` held the word stop and popped its policy."""
    played = Played(["find [bus stop]", "type [1] [bus stop]", "stop [x]", "stop [3]"])
    assert played.kinds == ["push", "act", "pop", "pop"]


def test_a_reason_may_have_several_lines() -> None:
    """Not as released: a line that began with a capital letter ended the reason."""
    played = Played(["REASON: First this.\nThen That.\nACTION: stop [3]"])
    assert played.log.steps[0].reason == "First this.\nThen That."


def test_backticks_around_an_action_do_not_matter() -> None:
    """Not as released: they were taken as part of the action."""
    assert Played(["REASON: r\nACTION: `click [2]`", "stop [3]"]).kinds == ["act", "pop"]


def test_an_unreadable_reply_is_told_back_and_counted() -> None:
    """Not as released: no action was a TypeError. Here the policy reads what was wrong, and the page is not touched."""
    played = Played(["REASON: hm\nclick the button", "stop [3]"])
    assert played.kinds == ["invalid", "pop"]
    assert "no line beginning with ACTION" in played.seen(1)[0]
    assert (played.environment.acted, played.episode.status) == ([], "success")


def test_an_unknown_head_is_invalid_and_pushes_nothing() -> None:
    """Not as released: `find_products` was asked for again for ever, though a prompt advertised it."""
    played = Played(["find_products [x]", "stop [3]"])
    assert played.kinds == ["invalid", "pop"]
    assert played.seen(1) == ("find_products [x] -- not done: there is no action or policy 'find_products'",)


def test_returns_do_not_drift_after_invalid_replies() -> None:
    """Not as released: an unknown action shifted responses against actions, and later answers vanished."""
    played = Played(["nonsense [x]", "find [a]", "stop [1]", "what?", "find [b]", "stop [2]", "stop [3]"])
    lines = played.seen(6)
    assert [line for line in lines if " -- " not in line] == ["1 = find [a]", "2 = find [b]"]
    assert len(lines) == 4


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("hover [2]", "planner may not hover; it may click, type, stop"),
        ("look [x]", "planner may not call look; it may call find, note_down"),
        ("click [77]", "there is no element [77] on the page"),
        ("find [a] [b]", "find takes [query]"),
        ("find", "find takes [query]"),
        ("planner [x]", "planner may not call planner"),
    ],
)
def test_a_policy_may_only_do_what_its_file_allows(line: str, why: str) -> None:
    """Actions, calls, elements and numbers of arguments are checked before anything happens."""
    played = Played([line, "stop [3]"])
    assert played.kinds == ["invalid", "pop"]
    assert why in (played.log.steps[0].error or "")
    assert why in played.seen(1)[0]


def test_an_alias_calls_the_policy_by_its_name() -> None:
    """Old and foreign names lead to the policy; objective, history and frame say its name, with its version."""
    played = Played(["DO_FIND [x]", "stop [1]", "stop [3]"])
    assert played.model.asked[1].objective == "find [x]"
    assert played.seen(2) == ("1 = find [x]",)
    assert [(f.policy, f.version, f.objective) for f in played.log.frames[1:]] == [("find", "1", "find [x]")]


def test_what_cannot_be_stored_is_replaced_and_the_episode_goes_on() -> None:
    """Half of a character in a reply is no reason to lose an episode."""
    played = Played(["type [1] [a\ud800b]", "\ud83d\ude00", "stop [3]"])
    assert [s.action for s in played.log.steps][0] == "type [1] [a\ufffdb]"
    assert "\U0001f600" in played.log.steps[1].action
    assert played.episode.status == "success"


# What the page does


def test_a_failed_action_is_told_back_and_is_a_step() -> None:
    """What the page refused stands behind the action."""
    played = Played(["click [2]", "stop"], page=failing("it is covered"))
    assert played.seen(1) == ("click [2] -- failed: it is covered",)
    assert [(s.kind, s.error) for s in played.log.steps] == [("act", "it is covered"), ("pop", None)]
    assert played.environment.acted == ["click [2]"]


def test_the_environment_tries_again_what_it_kept_from_being_done() -> None:
    """Its own retries are on the record beside the steps; for the policy it is one action, and one step."""
    played = Played(["click [2]", "stop [3]"], page=failing("Timeout 700ms exceeded.", 2, passing=True))
    assert played.environment.acted == ["click [2]"] * 3
    assert (played.kinds, played.seen(1)) == (["act", "pop"], ("click [2]",))
    retries = [body for kind, body in played.log.events if kind == "retry"]
    assert [(body["action"], body["attempt"]) for body in retries] == [("click [2]", 1), ("click [2]", 2)]
    assert {body["error"] for body in retries} == {"Timeout 700ms exceeded."}


def test_retries_of_the_environment_have_an_end() -> None:
    """What goes on failing is told to the policy, once; how often it is tried again is a setting of the run."""
    for retries in (2, 0, 5):
        answers, page = ["click [2]", "stop"], failing("Timeout 700ms exceeded.", passing=True)
        played = Played(answers, Limits(retries=retries), page=page)
        assert played.environment.acted == ["click [2]"] * (retries + 1)
        assert played.seen(1) == ("click [2] -- failed: Timeout 700ms exceeded.",)


def test_what_changed_nothing_is_fruitless_until_the_page_changes() -> None:
    """A decision says which of the frame's latest actions and calls left the page as it was."""
    played = Played(["click [2]", "click [2]", "find [a]", "stop", "type [1] [x]", "stop"])
    assert [d.fruitless for d in played.model.asked] == [
        (),
        (),
        ("click [2]",),
        (),
        ("click [2]", "find [a]"),
        (),
    ]


# The record


def test_the_record_says_who_decided_what_under_whom() -> None:
    """Not as released, whose log had no policy, depth or parent: steps, model calls and frames name each other."""
    played = Played(["find [a]", "look [b]", "click [2]", "stop [1]", "stop", "note_down [c]", "stop", "stop [3]"])
    assert [s.frame for s in played.log.steps] == ["f0", "f1", "f2", "f2", "f1", "f0", "f3", "f0"]
    assert [c.frame for c in played.log.calls] == [s.frame for s in played.log.steps]
    assert [(f.id, f.parent, f.depth) for f in played.log.frames] == [
        ("f0", None, 1), ("f1", "f0", 2), ("f2", "f1", 3), ("f3", "f0", 2),
    ]  # fmt: skip
    assert [c.purpose for c in played.log.calls] == played.asked
    assert played.log.frames[2].returned == "1"


def test_every_policy_of_the_tests_can_be_open() -> None:
    """These tests speak of all of their set."""
    opened = set(Played(["find [a]", "look [b]", "stop", "stop", "note_down [c]", "stop", "stop"]).asked)
    assert opened == set(ALL)
