"""Leaving one out, comparing two sets, finding the likest examples, and reading sets of the first format."""

from __future__ import annotations

import json

import pytest

from labeling.prompts.differences import compare
from labeling.prompts.leave_one_out import check_offline, check_with, same_action
from labeling.prompts.model import PromptConfig, PromptSet
from labeling.prompts.retrieval import Retriever
from labeling.repository import LabelRepository, MemoryRows
from tests.labeling.prompts.shelf import EVERY, PAGE, built, example, pool_set, signed

TABLE = "[1] heading 'Results'\n[2] table\n  [3] row\n    [4] link 'NX4Q2'\n  [5] row\n    [6] link 'AB123'"


def two_kinds():
    """Three demonstrations of each kind, from tasks of their own; one of the forms is answered like a table."""
    forms = [example("type [3] [x] [0]", episode=f"f{n}", objective="fill the form") for n in range(3)]
    tables = [example("click [4]", episode=f"t{n}", objective="open the booking", observation=TABLE) for n in range(3)]
    return [*forms, *tables]


def test_the_nearest_examples_predict_their_like():
    """Forms predict forms and tables tables, each from other tasks only."""
    check = check_offline(pool_set(two_kinds()))
    assert [(row.policy, row.judged, row.matched) for row in check.scores] == [("planner", 6, 6)]
    assert {one.flag for one in check.verdicts} <= {"", "redundant"}
    redundant = [one for one in check.verdicts if one.flag == "redundant"]
    assert len(redundant) == 4
    assert all(one.note.startswith("says the same as ex-") for one in redundant)


def test_an_example_that_misleads_is_harmful():
    """Without it other answers are right; the check says how many."""
    wrong = example("click [5]", episode="w", objective="fill the form")
    config = EVERY.model_copy(update={"pins": (wrong.id,)})
    pool = [wrong, *(one for one in two_kinds() if one.episode in ("f0", "f1", "t0", "t1"))]
    verdicts = {one.piece: one for one in check_offline(pool_set(pool, config)).verdicts}
    assert verdicts[wrong.id].flag == "harmful"
    assert verdicts[wrong.id].note == "2 more answers are right without it"


def test_nothing_of_the_same_demonstration_or_task_is_asked():
    """Where no other task shows a policy there is nothing to judge by, and the check says so."""
    same_task = [example("click [5]", episode=f"e{n}", task="desk:one", previous=("click [5]",) * n) for n in range(4)]
    check = check_offline(pool_set(same_task))
    assert check.unasked == len(check.verdicts) > 0
    assert all(one.match is None for one in check.verdicts)


def test_a_model_is_shown_neither_the_piece_nor_its_kin():
    """Whatever is asked, the examples beside it are of other tasks."""
    made = pool_set(two_kinds())
    task_of = {piece.id: made.by_id[piece.turns[0]].task for piece in made.pieces}

    def ask(piece, shown):
        assert shown
        assert task_of[piece.id] not in {task_of[one.id] for one in shown}
        return piece.action if len(shown) == 5 else "stop"

    check = check_with(made, "tiny", ask)
    assert all(one.match for one in check.verdicts)
    assert {one.helps for one in check.verdicts} == {1}
    none = check_with(made, "tiny", lambda piece, shown: None)
    assert none.unasked == 6


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("click [1]", " click  [1] ", True),
        ("click [1]\nDONE", "click [1]\nDONE", True),
        ("click [1]", "click [2]", False),
        ("not an action", "not  an action", True),
    ],
)
def test_answers_are_compared_as_actions(one, other, same):
    """Spacing does not matter, everything else does."""
    assert same_action(one, other) == same


def test_a_comparison_names_what_came_went_and_changed():
    """Pieces are the same where they come from the same step; tokens are counted by policy."""
    before, after = built(signed("demo1")), built(signed("demo1"), signed("demo2", "bob"))
    assert compare(before, before).differences == ()
    found = compare(before, after)
    assert {one.change for one in found.differences} >= {"added"}
    assert {row.policy: row.before for row in found.tokens}["planner"] == sum(
        piece.tokens for piece in before.shown("planner")
    )
    back = compare(after, before)
    assert sum(one.change == "removed" for one in back.differences) == sum(
        one.change == "added" for one in found.differences
    )
    reworded = pool_set([one.model_copy(update={"reason": "another"}) for one in before.examples])
    changed = compare(pool_set(before.examples), reworded)
    assert {one.change for one in changed.differences} == {"changed"}
    assert all("reason" in one.fields for one in changed.differences)
    assert ("budget", "8000", "100") in compare(
        before, built(signed("demo1"), config=PromptConfig(budget=100))
    ).settings


def test_the_likest_example_comes_last():
    """Searched by goal and page; at most k, within the budget, pins among them; an unknown policy has none."""
    made = pool_set(two_kinds())
    found = Retriever(made, "planner").retrieve("planner", "open the booking", TABLE, 4)
    assert len(found) == 4
    assert [piece.objective for piece in found[-3:]] == ["open the booking"] * 3
    assert Retriever(made, "planner").retrieve("search", "x", PAGE, 4) == ()
    pinned = EVERY.model_copy(update={"pins": (made.examples[0].id,), "budget": 100})
    few = Retriever(pool_set(two_kinds(), pinned), "planner").retrieve("planner", "open the booking", TABLE, 4)
    assert made.examples[0].id in {piece.id for piece in few}
    assert sum(piece.tokens for piece in few) <= 100


def test_what_is_not_in_the_pool_is_never_found():
    """Banned and held-out examples left the pool when it was built."""
    every = built(signed("demo1"))
    banned = next(one.id for one in every.examples if one.policy == "fill_text")
    made = built(signed("demo1"), config=EVERY.model_copy(update={"bans": (banned,)}))
    found = Retriever(made, "planner").retrieve("fill_text", "fill_text [Username] [ana]", PAGE, 99)
    assert found
    assert banned not in {piece.id for piece in found}


FIRST = {
    "id": "ps-0000000000000000",
    "policy_set": "web",
    "label_sets": ["ls-1"],
    "config": {"statuses": ["success"], "exclude_tasks": [], "exclude_seeds": []},
    "examples": [
        {"policy": "planner", "objective": "o", "url": "http://a/", "observation": "[1] button 'Go'", "previous": [],
         "reason": "r", "action": "click [1]", "episode": "e1", "step": "s1", "label_set": "ls-1", "depth": 1,
         "root_objective": "o", "task": None, "seed": None, "tokens": 9}
    ],
    "left_out": [],
    "created": 1.0,
}  # fmt: skip


def test_sets_of_the_first_format_are_read_and_keep_their_id():
    """A stored set without pieces is read as it is, and its id is still the hash of what it says."""
    old = PromptSet.model_validate(FIRST)
    body = {"format": "stepscope-prompt-set/1", **{k: v for k, v in FIRST.items() if k not in ("id", "created")}}
    assert old.canonical() == json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    rows = MemoryRows()
    repository = LabelRepository(rows)
    rows.put("prompt_set", old.id, dict(FIRST))
    assert repository.prompt_set(old.id) == old
    assert (old.pieces, old.shown("planner")) == ((), ())
    assert old.named().id.startswith("ps-")
