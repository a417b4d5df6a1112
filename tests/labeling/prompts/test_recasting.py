"""One demonstration told flat, coarse and in its own words: the same steps under other calls."""

from __future__ import annotations

import pytest
from hypothesis import given

from labeling.errors import TreeError
from labeling.label_sets import label_set_of
from labeling.model import LabelTree
from labeling.prompts.building import Made, build_prompt_set
from labeling.prompts.recasting import recast
from labeling.tree import depth, kept, path_at
from policies.library import load_set
from tests.labeling.test_prompt_sets import CRM, frozen, journey, source
from tests.labeling.trees import trees

FLAT, COARSE = load_set("flat"), load_set("coarse")


def told(policies):
    r = journey()
    return r, recast(frozen(r), CRM, policies)


def test_flat_demonstrations_have_every_step_and_no_call():
    """The root does everything itself, and its examples are the recorded actions and one stop."""
    r, flat = told(FLAT)
    made = build_prompt_set([flat], source(r), FLAT, made=Made(5.0))
    assert (flat.policy_set, [tree.segments for tree in flat.trees]) == ("flat", [()])
    assert made.policies == ("planner",)
    assert [e.action for e in made.examples] == [*(step.action for step in r.steps), "stop [NW 12]"]
    assert made.examples[-1].previous == tuple(step.action for step in r.steps)


def test_coarse_demonstrations_have_the_same_calls_by_broad_names():
    """Arguments go by position; a call of any policy of the set is asked for under its broad name."""
    r, coarse = told(COARSE)
    calls = [segment.call for segment in coarse.trees[0].segments]
    assert calls == ["complete [From: Boston; To: Rome]", "enter [From] [Boston]", "enter [To] [Rome]"]
    made = build_prompt_set([coarse], source(r), COARSE, made=Made(5.0))
    assert set(made.policies) == {"planner", "complete", "enter"}


def test_telling_again_in_the_same_words_changes_nothing():
    """Its own set leaves every call as it is."""
    _, same = told(CRM)
    assert same.trees == frozen(journey()).trees


@pytest.mark.parametrize("name", ["core", "crm", "desk", "miniwob", "web"])
def test_the_coarse_set_answers_to_every_policy_that_is_demonstrated(name):
    """No policy of the sets that ship with demonstrations is inlined unseen, and its arguments fit."""
    for policy in load_set(name):
        if policy.kind != "planner":
            broad = COARSE.resolve(policy.name)
            assert len(broad.required) <= len(policy.required)
            assert len(policy.parameters) <= len(broad.parameters)


def test_arguments_that_do_not_fit_are_refused():
    """A call with more values than the policy takes is not cut short in silence."""
    small = COARSE.resolve("complete").model_copy(update={"parameters": ()})
    policies = {**COARSE.policies, "complete": small}
    with pytest.raises(TreeError, match="a call is complete"):
        recast(frozen(journey()), CRM, type(COARSE)("coarse", policies, COARSE.planner))


def test_a_renamed_policy_is_known_by_its_earlier_names():
    """A workspace that calls fill_text otherwise still tells its calls as enter."""
    renamed = CRM.resolve("fill_text").model_copy(update={"name": "put", "aliases": ("fill_text",)})
    own = type(CRM)("crm", {**{k: p for k, p in CRM.policies.items() if k != "fill_text"}, "put": renamed}, CRM.planner)
    tree = frozen(journey()).trees[0]
    put = [s.model_copy(update={"policy": "put"}) if s.policy == "fill_text" else s for s in tree.segments]
    label_set = label_set_of(
        (tree.model_copy(update={"segments": tuple(put)}),), policy_set="crm", actor="ana", created=1.0
    )
    assert [s.policy for s in recast(label_set, own, COARSE).trees[0].segments] == ["complete", "enter", "enter"]


@given(trees())
def test_what_is_kept_keeps_its_steps_and_its_callers(tree: LabelTree):
    """Whatever calls go, those that stay have the same steps, under the nearest caller that stays."""
    few = kept(tree, lambda segment: segment.policy == "search")
    assert {s.id for s in few.segments} == {s.id for s in tree.segments if s.policy == "search"}
    for uid in tree.uids:
        assert [s.id for s in path_at(few, uid)] == [s.id for s in path_at(tree, uid) if s.policy == "search"]
    assert all(few.span(s.id) == tree.span(s.id) and depth(few, s.id) <= depth(tree, s.id) for s in few.segments)
