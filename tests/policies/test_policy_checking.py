"""Every kind of finding about policies, and that what ships has none."""

from __future__ import annotations

import pytest

from policies.checking import findings, reached
from policies.errors import PolicyFileError
from policies.library import load_set, read_policy, set_names
from policies.model import Parameter, Policy
from traces.actions import VERBS


def policy(name: str, **fields: object) -> Policy:
    """A policy that is in order unless `fields` say otherwise."""
    given = {"kind": "atomic", "description": "d", "when_to_use": "w", "stop_rule": "Stop then.", "actions": ("click",)}
    return Policy.model_validate({"name": name, **given, **fields})


def found(*others: Policy, calls: tuple[str, ...] = ("one",)) -> dict[str, list[str]]:
    """The findings by kind, of a planner with these calls and these policies."""
    policies = {one.name: one for one in (policy("planner", kind="planner", sub_policies=calls), *others)}
    out: dict[str, list[str]] = {}
    for finding in findings(policies, "planner", VERBS):
        out.setdefault(finding.kind, []).append(str(finding))
    return out


@pytest.mark.parametrize("name", set_names())
def test_what_ships_has_no_findings(name: str) -> None:
    """Every set passes its own check."""
    shipped = load_set(name)
    assert findings(shipped.policies, shipped.planner.name, VERBS) == ()


def test_a_call_that_leads_nowhere_names_the_nearest() -> None:
    """A misspelt sub-policy is found, and what it calls is not reached through it."""
    assert found(policy("fill_text"), calls=("fill_txt",)) == {
        "unknown_policy": ["planner: it may call fill_txt, which is not in the set; did you mean fill_text?"],
        "unreachable": ["fill_text: nothing that the planner may call calls it"],
    }


def test_what_only_an_unreachable_policy_calls_is_unreachable() -> None:
    """Reaching begins at the planner, through calls only."""
    some = (policy("one"), policy("island", sub_policies=("palm",)), policy("palm", sub_policies=("island",)))
    assert [line.partition(":")[0] for line in found(*some)["unreachable"]] == ["island", "palm"]
    assert reached({one.name: one for one in some}, "palm") == {"palm", "island"}


def test_actions_that_are_none_and_names_that_hide_behind_actions() -> None:
    """What is no verb, a stop that needs no leave, and a policy nobody could call since its name is a verb."""
    assert found(policy("one", actions=("click", "tap", "stop"), aliases=("scroll",))) == {
        "unknown_action": ["one: tap is no page action", "one: stop needs no leave: every policy may return"],
        "hidden_by_action": ["one: it cannot be called scroll, which is a page action"],
    }


def test_parameters_and_texts_must_agree() -> None:
    """A parameter no text speaks of is unused; a text that speaks of another one is wrong."""
    both = tuple(Parameter(name=name, type="text") for name in ("field", "text"))
    one = policy("one", parameters=both, description="Fills [field].", when_not="[txt] is empty; press [Enter] [12].")
    assert found(one) == {
        "unused_parameter": ["one: none of its texts says what [text] is for"],
        "unknown_parameter": ["one: a text speaks of [txt], which is no parameter of it"],
    }


def test_two_that_answer_to_one_name() -> None:
    """Aliases are compared in any case, with names too, and within one policy."""
    assert found(policy("one", aliases=("Same", "one")), policy("two", aliases=("same",)), calls=("one", "two")) == {
        "duplicate_name": ["one: it answers to one twice", "two: one answers to same as well"]
    }


def test_a_policy_that_can_only_call_itself_does_nothing() -> None:
    """Something below it must have a page action; and its stop rule must say when to stop."""
    loop = policy("one", actions=(), sub_policies=("one",), stop_rule="When it is over.")
    assert found(loop) == {
        "does_nothing": ["one: neither it nor anything it may call has a page action"],
        "never_returns": ["one: its stop rule does not say when to stop"],
    }


def test_a_set_without_its_planner_still_has_findings() -> None:
    """What cannot be put together is described all the same."""
    said = [str(one) for one in findings({"one": policy("one", actions=("tap",))}, "planner", VERBS)]
    assert said == ["planner: it is named as the set's planner and is not in the set", "one: tap is no page action"]


def test_a_seed_that_speaks_of_an_unknown_parameter_is_not_loaded(tmp_path) -> None:
    """A placeholder nobody fills fails when the file is read, and is named."""
    path = tmp_path / "one.yaml"
    path.write_text(
        "format: stepscope-policy/1\nname: one\nkind: atomic\ndescription: Fills [filed].\nwhen_to_use: w\n"
        "stop_rule: Stop then.\nparameters:\n  - {name: field, type: element}\n"
    )
    with pytest.raises(PolicyFileError, match=r"one\.yaml.*speaks of \[filed\], which is no parameter of 'one'"):
        read_policy(path)
