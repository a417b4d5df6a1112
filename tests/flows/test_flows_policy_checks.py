"""Checking a workspace's policies, and a prompt set's examples against them."""

from __future__ import annotations

import pytest

from flows.label import labels, policies
from flows.label import policy_checks as checks
from flows.prompt import prompts
from labeling.prompts.model import Example, PromptSet
from policies.errors import UnknownSet
from policies.library import load_set
from policies.operations import Edit, Given, Texts
from tests.workspaces import add_demonstration

WEB = load_set("web")
PAGE = "[1] textbox 'City' value=''\n[2] button 'Go'"


def test_a_workspace_begins_without_findings(parts):
    """What ships is in order, set by set and as a whole."""
    assert checks.check(parts) == []
    assert checks.said([]) == "No problems found."


def test_a_prompt_set_of_accepted_labels_agrees_with_its_policies(parts):
    """What the rules label and people accept is what the policies allow."""
    labels.accept(parts, add_demonstration(parts, "demo1", "ana"), "me")
    prompts.build(parts)
    assert checks.check(parts, prompt_set="latest") == []
    assert checks.check(parts, "web", "latest") == []


def test_an_inherited_finding_is_told_once(parts):
    """A policy that several sets see is reported under the first, and by name under each set that is asked for."""
    entry = parts.library.now.find("core", "search")
    texts = {name: getattr(entry.policy, name) for name in Texts.model_fields}
    given = tuple(Given(**p.model_dump(), was=p.name) for p in entry.policy.parameters)
    edit = Edit(about=entry.id, texts=Texts(**{**texts, "stop_rule": "Stop at [nothing]."}), parameters=given)
    policies.make(parts, edit, "me", parts.library.now.number)
    everywhere = checks.check(parts)
    assert [(row["set"], row["policy"], row["kind"]) for row in everywhere] == [("core", "search", "unknown_parameter")]
    assert [row["set"] for row in checks.check(parts, "web")] == ["web"]
    assert checks.said(everywhere).startswith("1 problem found:\n  core: search: a text speaks of [nothing]")


def test_an_unknown_set_is_refused(parts):
    """The sets there are, are named."""
    with pytest.raises(UnknownSet, match="web"):
        checks.check(parts, "wbe")


def example(policy: str, action: str, objective: str = "do it", previous: tuple[str, ...] = (), step: str = "u1"):
    return Example(
        policy=policy, objective=objective, url="u", observation=PAGE, previous=previous, reason="r", action=action,
        episode="e1", step=step, label_set="ls", depth=1, root_objective="do it",
    )  # fmt: skip


def said_of(*examples: Example) -> dict[str, list[str]]:
    """What is said of these examples, by policy, without ids."""
    made = PromptSet(
        id="", policy_set="web", label_sets=(), config={}, examples=examples, left_out=(), created=0.0
    ).named()
    found: dict[str, list[str]] = {}
    for finding in checks.example_findings(made, WEB):
        found.setdefault(finding.policy, []).append(finding.said.partition(": ")[2])
    return found


STOP = example("search", "stop", "search [x]", ("type [1] [x] [1]",), "u9")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (example("search", "hover [2]", "search [x]"), "search may not hover; it may click, type, press, scroll, stop"),
        (example("search", "click [9]", "search [x]"), "there is no element [9] on the page"),
        (example("search", "fill_text [a] [b]", "search [x]"), "search may not call fill_text; it may call no policy"),
        (example("search", "type [1]", "search [x]"), "type takes 2 to 3 arguments, not 1"),
        (example("search", "stop [7]", "search [x]"), "it stops with an answer, and its stop rule knows of none"),
    ],
)
def test_an_example_its_policy_may_not_follow(wrong, why):
    """Actions, calls, elements and answers are held against the policy as a run would hold them."""
    assert said_of(wrong, STOP) == {"search": [why]}


def test_an_answer_that_the_stop_rule_asks_for_must_be_given():
    """`Stop with ...` and an example that stops bare contradict each other."""
    bare = example("find_answer", "stop", "find_answer [x]")
    assert said_of(bare) == {"find_answer": ["it stops without an answer, and its stop rule asks for one"]}


def test_one_question_with_two_ends_is_a_contradiction():
    """The same policy, objective, page and history cannot both stop and go on."""
    goes_on = example("search", "click [2]", STOP.objective, STOP.previous)
    why = "the same question is answered once with a stop and once with something else"
    assert said_of(goes_on, STOP) == {"search": [why]}


def test_a_policy_whose_examples_never_stop_cannot_return():
    """It would never learn to."""
    why = "none of them ends with a stop, so it cannot learn to return"
    assert said_of(example("search", "click [2]", "search [x]")) == {"search": [why]}


def test_examples_of_a_policy_that_is_gone_are_counted():
    """One line for all of them."""
    gone = [example("teleport", "click [2]", step=f"u{n}") for n in range(3)]
    assert said_of(*gone) == {"teleport": ["there is no such policy in the set"]}
