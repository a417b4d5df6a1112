"""What is kept for tests cannot enter a prompt set, nor what would give it away; each refusal says why."""

from __future__ import annotations

import pytest

from labeling.errors import NothingAccepted, PromptRefused
from labeling.prompts.building import BANNED
from labeling.prompts.model import PromptConfig
from labeling.splits import SPLITS, Kin, leak, repeats, split_of
from tests.builders import Recording
from tests.labeling.prompts.shelf import EVERY, built, signed

DEV = "miniwob:login-user"


def elsewhere(episode: str, objective: str = "Press the big red button on the wall", **fields) -> Recording:
    """A demonstration that has nothing in common with signing up."""
    recording = Recording(objective, episode, fields={"task": "desk:wall", "site": "desk", **fields})
    return recording.page("[1] button 'Red'").do("click [1]").page("[1] button 'Red' pressed")


def reasons(made):
    return {one.episode: one.reason for one in made.left_out if not one.step}


def test_tasks_of_other_splits_stay_out():
    """A task is in one split for ever; only those of the wanted splits enter."""
    assert split_of(DEV, "") == "dev"
    made = built(elsewhere("e1"), signed("e2", task=DEV), config=PromptConfig())
    assert reasons(made) == {"e2": f"the task '{DEV}' is in the split dev, which is held out for tests"}
    assert {one.episode for one in built(elsewhere("e1"), signed("e2", task=DEV), config=EVERY).examples} == {
        "e1",
        "e2",
    }


def test_a_paraphrase_of_what_is_held_out_stays_out():
    """Other words for the same pages, and the same words on other pages, are both found, labelled or not."""
    held = signed("h1", task=DEV)
    same_pages = signed("e1", task="desk:sign-up")
    same_pages.objective = "Would you kindly register someone called ana"
    made = built(held, same_pages, elsewhere("e9"), config=PromptConfig())
    assert "nearly the same pages as h1" in reasons(made)["e1"]
    known = Kin("h2", "Please press the big red button on the wall", DEV)
    with pytest.raises(NothingAccepted, match="nearly worded as that of h2"):
        built(elsewhere("e1", "Press the big red button on the wall, please"), config=PromptConfig(), known=[known])


def test_held_out_tasks_and_sites_stay_out():
    """By name, whatever the split."""
    made = built(elsewhere("e1"), signed("e2"), config=EVERY.model_copy(update={"exclude_tasks": ("desk:sign-up",)}))
    assert reasons(made) == {"e2": "the task 'desk:sign-up' is held out"}
    shop = elsewhere("e3", "Look at the yellow curtains of the shop", site="shop", task="shop:look")
    made = built(elsewhere("e1"), shop, config=EVERY.model_copy(update={"exclude_sites": ("shop",)}))
    assert reasons(made) == {"e3": "the site 'shop' is held out"}


def test_a_copy_of_a_held_out_seed_stays_out_but_other_seeds_enter():
    """Held out by its seed: the same objective again is a copy; another seed's is what one learns from."""
    config = EVERY.model_copy(update={"exclude_seeds": (("desk:sign-up", 7),)})
    made = built(signed("e1", "ana", seed=7), signed("e2", "bob", seed=8), signed("e3", "ana"), config=config)
    assert reasons(made)["e1"] == "seed 7 of 'desk:sign-up' is held out"
    assert "it has the objective of e1" in reasons(made)["e3"]
    assert {one.episode for one in made.examples} == {"e2"}


def test_where_all_is_held_out_the_way_on_is_said():
    """Nothing is built, and the message says what to do."""
    with pytest.raises(NothingAccepted, match="hold nothing out, or record other tasks"):
        built(signed("e1", task=DEV), config=PromptConfig())


def test_pins_cannot_bring_in_what_is_held_out():
    """A pin wins over the budget, never over a refusal."""
    wanted = next(iter(built(signed("e2", task=DEV)).examples)).id
    with pytest.raises(PromptRefused, match=rf"{wanted} cannot enter .*held out.*Nothing was built"):
        built(elsewhere("e1"), signed("e2", task=DEV), config=PromptConfig(pins=(wanted,)))
    with pytest.raises(PromptRefused, match="both pinned and banned"):
        built(signed("e2"), config=EVERY.model_copy(update={"pins": (wanted,), "bans": (wanted,)}))


def test_a_banned_example_is_in_neither_prompt_nor_pool():
    """Runs, retrieval and the learner never see it; the set says so."""
    banned = built(signed("e1")).examples[0]
    made = built(signed("e1"), config=EVERY.model_copy(update={"bans": (banned.id,)}))
    assert banned.id not in made.by_id
    assert [one.reason for one in made.left_out] == [BANNED]


def test_gold_can_be_asked_for():
    """One person's labels are not enough then."""
    with pytest.raises(NothingAccepted, match="one person's, not gold"):
        built(signed("e1"), config=EVERY.model_copy(update={"labels": "gold"}))


def test_keys_and_withheld_values_stay_out():
    """A turn whose page shows a key is left out, with what it is and without the key."""
    key = "sk-" + "a" * 24
    recording = elsewhere("e1").page(f"[1] button 'Red'\n[2] text '{key}'").do("click [1]").page("[1] button 'Off'")
    made = built(recording, config=EVERY)
    assert key.encode() not in made.canonical()
    assert {one.reason for one in made.left_out} == {"it shows an access key"}


def test_likeness_needs_something_to_compare():
    """Short objectives and short visits say nothing; the same task always does."""
    assert leak(Kin("a", "Click it", "x:1"), [Kin("b", "Click it", "x:2")]) is None
    assert "same task as b" in leak(Kin("a", "Click", "x:1"), [Kin("b", "Type", "x:1")])
    pages = frozenset("pqr")
    assert repeats(Kin("a", "One", pages=pages), [Kin("b", "Two", pages=pages)]) is not None
    assert repeats(Kin("a", "One", pages=frozenset("pq")), [Kin("b", "Two", pages=frozenset("pq"))]) is None
    assert len(SPLITS) == 3
