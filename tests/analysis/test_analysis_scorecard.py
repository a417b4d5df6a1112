"""The scorecard: what each figure counts, on episodes made by hand."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from analysis.frame_facts import gather
from analysis.scorecard import Share, branches, cards, matrix
from analysis.signals.model import Signal
from tests.attempts import make_attempt
from traces.model import Frame, LlmCall, Step


def card_of(attempts, policy):
    """The card of a policy, versions together."""
    return next(card for card in cards(attempts, by_version=False) if card.policy == policy)


def with_frame(attempt, number, **fields):
    """The episode with one of its calls changed."""
    frames = list(attempt.frames)
    frames[number] = replace(frames[number], **fields)
    return replace(attempt, frames=tuple(frames))


def test_calls_are_counted_by_how_they_ended() -> None:
    """Cut off by the task's end says nothing of returning; a limit is a call that never came back."""
    three = make_attempt((0, "search"), (0, "search"), (0, "search"))
    three = with_frame(with_frame(three, 1, end="ended"), 2, end="limit")
    card = card_of([with_frame(three, 3, empty=True)], "search")
    assert (card.calls, card.returned, card.abandoned, card.empty) == (3, Share(1, 2), Share(1, 3), Share(1, 1))


def test_signals_count_once_a_call_or_once_an_action() -> None:
    """Two loops in one call are one call that looped; actions without effect are of its own actions."""
    one = with_frame(make_attempt((0, "search"), (0, "search")), 1, loops=2, no_effect=1, no_target=1)
    card = card_of([one], "search")
    assert (card.loops, card.no_effect, card.no_target) == (Share(1, 2), Share(1, 4), Share(1, 4))


def test_success_is_of_episodes_and_not_of_calls() -> None:
    """Twice called in one episode is one episode; the others are those without it."""
    episodes = [make_attempt((0, "search"), (0, "search")), make_attempt((0, "search"), success=False), make_attempt()]
    card = card_of(episodes, "search")
    assert (card.success, card.others) == (Share(1, 2), Share(1, 1))


def test_a_failure_begins_in_the_innermost_call_around_its_step() -> None:
    """The step lies in the inner call; a success has no such call."""
    nested = make_attempt((0, "fill_form"), (1, "search"), success=False, began=4)
    assert nested.began_in().policy == "search"
    assert make_attempt((0, "search"), began=2).began_in() is None
    assert card_of([nested, make_attempt(success=False, began=0)], "search").began == Share(1, 2)


def test_a_policy_of_hard_tasks_is_marked() -> None:
    """It is never called in the easy task and always in the hard one: the plain comparison misleads."""
    hard = [make_attempt((0, "search"), task="hard", success=place < 2) for place in range(20)]
    easy = [make_attempt(task="easy", success=place < 18) for place in range(20)]
    assert card_of(hard + easy, "search").confounded
    both = [make_attempt(task="hard", success=place < 18) for place in range(20)]
    assert not card_of(hard + both, "search").confounded


def test_versions_are_told_apart_unless_asked_not_to() -> None:
    """One policy in two versions is two cards or one."""
    episodes = [make_attempt((0, "search")), with_frame(make_attempt((0, "search")), 1, version="2")]
    assert {(card.policy, card.version) for card in cards(episodes)} == {
        ("planner", "1"), ("search", "1"), ("search", "2")
    }  # fmt: skip
    assert card_of(episodes, "search").calls == 2


CALLS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["search", "login", "navigate"])), max_size=6)


@given(st.lists(CALLS, max_size=6))
def test_every_call_is_in_the_matrix_and_in_the_trees_once(episodes) -> None:
    """Edges count the calls below the planners; a path's steps are its own and those of its children."""
    made = [make_attempt(*((min(parent, at), name) for at, (parent, name) in enumerate(calls))) for calls in episodes]
    assert sum(edge.calls for edge in matrix(made)) == sum(len(calls) for calls in episodes)
    found = {branch.path: branch for branch in branches(made)}
    assert sum(branch.calls for branch in found.values()) == sum(len(one.frames) for one in made)
    for path, branch in found.items():
        inside = [other.steps for below, other in found.items() if below[:-1] == path]
        assert branch.steps == branch.own + sum(inside)


def test_the_facts_of_calls_are_gathered_from_the_record() -> None:
    """Own and inner actions, questions with their price, signals; a parent that is not there is none."""
    frames = [
        Frame(id="r", parent=None, depth=1, policy="planner", objective="", first_step=0, last_step=3, end="ended"),
        Frame(id="a", parent="r", depth=2, policy="search", objective="", first_step=1, last_step=2, end="returned"),
        Frame(id="b", parent="gone", depth=2, policy="lost", objective=""),
    ]
    kinds = ("push", "act", "pop", "act")
    steps = [
        Step(uid=f"u{seq}", seq=seq, kind=kind, action="click [1]", frame="a" if seq in (1, 2) else "r", call=seq)
        for seq, kind in enumerate(kinds)
    ]
    calls = [
        LlmCall(
            number=n, frame=None, purpose="act", model="m", parts=(), reply="", tokens_in=10, tokens_out=1, cost=cost
        )
        for n, cost in enumerate((0.5, 0.25, None, 0.125))
    ]
    signal = Signal(
        detector="D4", name="", version=1, first=1, last=1, frame="a", steps=("u1",), said="", points_to="grounding"
    )
    root, inner, lost = gather(steps, frames, calls, [signal])
    assert (root.acts, root.own_acts, root.asked, root.tokens, root.cost) == (2, 1, 4, 44, None)
    assert (inner.acts, inner.asked, inner.cost, inner.no_effect, inner.empty, inner.uid) == (1, 2, None, 1, True, "u1")
    assert (lost.parent, lost.uid, lost.steps) == (None, None, 0)
