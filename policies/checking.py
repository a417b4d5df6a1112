"""What is wrong with a set of policies: calls that lead nowhere, policies nobody reaches, texts that do not fit.

A text refers to a parameter as it stands in the policy's form, `[field]`. Nothing is raised here: a set that cannot
even be put together has findings too. What a prompt set's examples do against their policies is
flows/label/policy_checks.py.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from policies.model import Policy
from policies.moves import names_of

FindingKind = Literal[
    "unknown_policy", "unreachable", "unknown_action", "unused_parameter", "unknown_parameter", "duplicate_name",
    "hidden_by_action", "does_nothing", "never_returns", "example",
]  # fmt: skip
_REFERENCE = re.compile(r"\[([a-z][a-z0-9_]*)\??\]")
_STOPS = re.compile(r"\bstop", re.IGNORECASE)


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: the policy it is about, what kind it is of, and a sentence."""

    policy: str
    kind: FindingKind
    said: str

    def __str__(self) -> str:
        return f"{self.policy}: {self.said}"


def findings(policies: Mapping[str, Policy], planner: str, verbs: Collection[str]) -> tuple[Finding, ...]:
    """Everything that is wrong with these policies under this root; `verbs` are the page actions there are."""
    if planner not in policies:
        missing = Finding(planner, "unknown_policy", "it is named as the set's planner and is not in the set")
        return (missing, *_of_each(policies, verbs), *_duplicates(policies))
    return (*_of_each(policies, verbs), *_duplicates(policies), *_unreachable(policies, planner))


def unknown_references(policy: Policy) -> tuple[str, ...]:
    """What texts refer to as a parameter and is none, e.g. `filed` where a text says `[filed]`."""
    return tuple(sorted(_referred(policy) - {parameter.name for parameter in policy.parameters}))


def reached(policies: Mapping[str, Policy], start: str) -> frozenset[str]:
    """The policies that can be open when `start` is the root, itself included; unknown ones are passed over."""
    found: set[str] = set()
    queue = [start]
    while queue:
        name = queue.pop()
        if name in policies and name not in found:
            found.add(name)
            queue += policies[name].sub_policies
    return frozenset(found)


def _of_each(policies: Mapping[str, Policy], verbs: Collection[str]) -> Iterator[Finding]:
    for name in sorted(policies):
        policy = policies[name]
        yield from _calls(policy, policies)
        yield from _actions(policy, verbs)
        yield from _parameters(policy)
        if not any(policies[one].actions for one in reached(policies, name)):
            yield Finding(name, "does_nothing", "neither it nor anything it may call has a page action")
        if not _STOPS.search(policy.stop_rule):
            yield Finding(name, "never_returns", "its stop rule does not say when to stop")


def _calls(policy: Policy, policies: Mapping[str, Policy]) -> Iterator[Finding]:
    for name in policy.sub_policies:
        if name not in policies:
            close = difflib.get_close_matches(name, list(policies), n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            yield Finding(policy.name, "unknown_policy", f"it may call {name}, which is not in the set{hint}")


def _actions(policy: Policy, verbs: Collection[str]) -> Iterator[Finding]:
    for action in policy.actions:
        if action not in verbs:
            yield Finding(policy.name, "unknown_action", f"{action} is no page action")
        elif action == "stop":
            yield Finding(policy.name, "unknown_action", "stop needs no leave: every policy may return")
    for name in names_of(policy):
        if name in verbs:
            yield Finding(policy.name, "hidden_by_action", f"it cannot be called {name}, which is a page action")


def _parameters(policy: Policy) -> Iterator[Finding]:
    referred = _referred(policy)
    for parameter in policy.parameters:
        if parameter.name not in referred:
            yield Finding(policy.name, "unused_parameter", f"none of its texts says what [{parameter.name}] is for")
    for name in unknown_references(policy):
        yield Finding(policy.name, "unknown_parameter", f"a text speaks of [{name}], which is no parameter of it")


def _duplicates(policies: Mapping[str, Policy]) -> Iterator[Finding]:
    owner: dict[str, str] = {name.lower(): name for name in policies}
    for name in sorted(policies):
        for alias in policies[name].aliases:
            other = owner.setdefault(alias.lower(), name)
            if other != name:
                yield Finding(name, "duplicate_name", f"{other} answers to {alias} as well")
            elif policies[name].aliases.count(alias) > 1 or alias.lower() == name.lower():
                yield Finding(name, "duplicate_name", f"it answers to {alias} twice")


def _unreachable(policies: Mapping[str, Policy], planner: str) -> Iterator[Finding]:
    for name in sorted(set(policies) - reached(policies, planner)):
        yield Finding(name, "unreachable", "nothing that the planner may call calls it")


def _referred(policy: Policy) -> set[str]:
    texts = (policy.description, policy.when_to_use, policy.when_not, policy.stop_rule)
    return {name for text in texts for name in _REFERENCE.findall(text)}
