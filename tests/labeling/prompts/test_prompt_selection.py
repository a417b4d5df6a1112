"""What a prompt shows is chosen by reasons that can be told, within a budget, and alike every time."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.prompts.model import DONE, PromptConfig
from tests.labeling.prompts.shelf import EVERY, PAGE, example, pool_set

OTHER = "[1] heading 'Results'\n[2] table\n  [3] link 'NX4Q2'\n  [4] checkbox 'all'"


def why(prompt_set, policy="planner"):
    return {piece.id: piece.why for piece in prompt_set.shown(policy)}


def wide(**fields) -> PromptConfig:
    return EVERY.model_copy(update=fields)


def mixed():
    """Two widgets, a call, stops with and without an answer, and a moment like another with another answer."""
    return [
        example("click [5]"),
        example("type [3] [ana] [0]", episode="e2"),
        example("fill_form [Name: ana]", episode="e3"),
        example("stop", episode="e4", observation=OTHER),
        example("stop [12]", episode="e5", observation=OTHER),
        example("click [4]", episode="e6", observation=OTHER),
        *(example("click [5]", episode=f"m{n}", objective=f"sign up person number {n}") for n in range(6)),
    ]


def test_every_reason_has_its_examples():
    """The call, each kind of widget once, the stop with an answer, a near miss, then what is unlike the rest."""
    examples = mixed()
    made = pool_set(examples)
    reasons = why(made)
    assert reasons[examples[2].id] == "call"
    assert reasons[examples[4].id] == "stop"
    assert reasons[examples[1].id] == reasons[examples[5].id] == "widget"
    assert list(reasons.values()).count("widget") == 3
    assert {"near_miss", "diverse"} <= set(reasons.values())
    near = next(piece for piece in made.pieces if piece.why == "near_miss")
    assert near.note.startswith("looks like ex-")
    assert all(piece.note for piece in made.pieces)


def test_the_budget_and_the_number_hold_for_all_that_is_not_guaranteed():
    """Tokens and number stay within their limits; what is dropped says which of the two it was."""
    made = pool_set(mixed(), wide(budget=200))
    guaranteed = [piece for piece in made.pieces if piece.why in ("pinned", "call")]
    assert sum(piece.tokens for piece in made.pieces) <= max(200, sum(piece.tokens for piece in guaranteed))
    assert {one.reason for one in made.dropped} == {"the token budget is used up"}
    few = pool_set(mixed(), wide(most=4))
    assert len(few.pieces) == 4
    assert {"call", "stop"} <= {piece.why for piece in few.pieces}
    assert {one.reason for one in few.dropped} == {"4 pieces were chosen before it"}
    assert {turn for one in (*few.pieces, *few.dropped) for turn in one.turns} == {one.id for one in few.examples}


def test_every_policy_that_is_called_is_in_the_callers_prompt():
    """Even where the budget is nothing: a planner that never saw a policy called would not call it."""
    calls = [example(f"{name} [x]", episode=name) for name in ("search", "login", "navigate")]
    made = pool_set([*calls, *mixed()], wide(budget=0, most=0))
    shown = {piece.actions[0].partition(" ")[0] for piece in made.shown("planner")}
    assert shown == {"search", "login", "navigate", "fill_form"}


def test_pins_are_always_shown():
    """Whatever the budget; a pin says so."""
    examples = mixed()
    made = pool_set(examples, wide(pins=(examples[-1].id,), budget=0, most=0))
    assert why(made)[examples[-1].id] == "pinned"


@given(st.randoms(use_true_random=False))
def test_the_order_of_the_pool_does_not_matter(rng: random.Random):
    """The same examples in another order are chosen for the same reasons and stand in the same order."""
    examples = mixed()
    shuffled = examples[:]
    rng.shuffle(shuffled)
    assert pool_set(shuffled).pieces == pool_set(examples).pieces


def test_equal_pools_are_equal_bytes():
    """Built twice, the canonical bytes and the id are the same."""
    one, two = pool_set(mixed()), pool_set(mixed())
    assert one.canonical() == two.canonical()
    assert one.id == two.id


def journey():
    """The planner's turns over two pages, and a policy's between them."""
    second = {"observation": OTHER, "url": "http://desk.test/results"}
    return [
        example("fill_form [Name: ana]", step="s0"),
        example("type [3] [ana] [0]", policy="fill_form", step="s0"),
        example("click [5]", step="s1", previous=("N/A = fill_form [Name: ana]",)),
        example("click [4]", step="s2", **second),
        example("stop [done]", step="s2", **second),
    ]


def test_heap_joins_the_planners_turns_page_by_page():
    """One list for a page, ended by DONE or a stop; other policies stay one action at a time."""
    made = pool_set(journey(), wide(mode="heap"))
    lists = {piece.actions for piece in made.shown("planner")}
    assert lists == {("fill_form [Name: ana]", "click [4]", DONE), ("click [4]", "stop [done]")}
    assert [piece.actions for piece in made.shown("fill_form")] == [("type [3] [ana] [0]",)]
    assert all(piece.id.startswith("pl-") for piece in made.shown("planner"))
    step = pool_set(journey())
    assert {piece.actions for piece in step.shown("planner")} >= {("fill_form [Name: ana]",), ("stop [done]",)}


def test_a_list_ends_where_its_page_does_not_show_the_next_element():
    """What the planner could not have foreseen begins a list of its own."""
    turns = journey()
    turns[2] = example("click [9]", step="s1", observation=f"{PAGE}\n[9] button 'Now'")
    made = pool_set(turns, wide(mode="heap"))
    assert ("fill_form [Name: ana]", DONE) in {piece.actions for piece in made.shown("planner")}


@pytest.mark.parametrize("mode", ["step", "heap"])
def test_nothing_is_shown_of_nothing(mode):
    """An empty pool has no pieces."""
    assert pool_set([], wide(mode=mode)).pieces == ()
