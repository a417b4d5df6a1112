"""Building prompt sets from what is decided."""

import pytest

from flows import labels, prompts
from labeling.errors import NothingAccepted
from policies.errors import UnknownSet
from tests.workspaces import add_demonstration


@pytest.fixture(name="accepted")
def accepted_fixture(parts):
    """Two accepted demonstrations and one that is only proposed."""
    for episode, name in (("demo1", "ana"), ("demo2", "bob")):
        labels.accept(parts, add_demonstration(parts, episode, name), "me")
    labels.propose(parts, add_demonstration(parts, "demo3", "eve", task="desk:other"))
    return parts


def test_a_prompt_set_holds_what_was_accepted_and_only_that(accepted):
    """Every policy that was called has examples with a stop; the undecided demonstration is in none of them."""
    made = prompts.build(accepted)
    assert {example.episode for example in made.examples} == {"demo1", "demo2"}
    assert {"planner", "fill_form", "fill_text"} <= set(made.policies)
    assert {"fill_form [Username: bob; E-mail: bob@x.org]", "stop"} <= {e.action for e in made.of("planner")}
    assert accepted.labels.prompt_set("latest") == made
    frozen = accepted.labels.label_set(made.label_sets[0])
    assert [tree.episode for tree in frozen.trees] == ["demo1", "demo2"]


def test_the_same_labels_make_the_same_prompt_set(accepted):
    """Building again adds nothing; a further decision makes another set beside the first."""
    first = prompts.build(accepted)
    assert prompts.build(accepted).id == first.id
    assert accepted.workspace.count("prompt_set") == 1
    labels.accept(accepted, "demo3", "me")
    second = prompts.build(accepted)
    assert second.id != first.id
    assert accepted.labels.prompt_set(first.id) == first


def test_only_the_named_tasks_are_taken(accepted):
    """Of several tasks the named ones are built from; a task nobody demonstrated leaves nothing."""
    labels.accept(accepted, "demo3", "me")
    made = prompts.build(accepted, tasks=["desk:other"])
    assert {example.episode for example in made.examples} == {"demo3"}
    with pytest.raises(NothingAccepted):
        prompts.build(accepted, tasks=["desk:none"])


def test_without_accepted_labels_there_is_nothing_to_build(parts):
    """A proposal alone is not enough, and nothing is frozen by asking."""
    labels.propose(parts, add_demonstration(parts))
    with pytest.raises(NothingAccepted, match="accepted labels"):
        prompts.build(parts)
    assert parts.workspace.count("label_set") == parts.workspace.count("prompt_set") == 0


def test_a_failed_demonstration_is_left_out_and_said_so(accepted):
    """It is among what was left out, with the reason, and in no example."""
    labels.accept(accepted, add_demonstration(accepted, "demo4", "kim", status="failed"), "me")
    made = prompts.build(accepted)
    assert [one.episode for one in made.left_out] == ["demo4"]
    assert "demo4" not in {example.episode for example in made.examples}
    assert "left out: demo4" in prompts.said(prompts.facts(made))


def test_an_unknown_policy_set_is_refused(accepted):
    """Nothing is frozen for a set that does not exist."""
    with pytest.raises(UnknownSet):
        prompts.build(accepted, policy_set="nope")
    assert accepted.workspace.count("label_set") == 0


def test_the_facts_add_up(accepted):
    """Rows count the examples by policy and name the demonstrations they come from."""
    made = prompts.build(accepted)
    facts = prompts.facts(made)
    assert sum(row["examples"] for row in facts["policies"]) == facts["examples"] == len(made.examples)
    assert all(row["episodes"] == ["demo1", "demo2"] for row in facts["policies"])
    assert all(row["tokens"] > 0 for row in facts["policies"])
