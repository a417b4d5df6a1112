"""Checking policies: sets as data (`policies.checking`), and the examples of a prompt set against what they may do."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from agent.validity import why_not
from labeling.prompts.model import Example, PromptSet
from labeling.prompts.names import examples_now
from policies.checking import Finding, findings
from policies.library import PolicySet
from policies.model import Policy
from traces.actions import VERBS, parse_action
from traces.errors import ActionError
from wiring import Parts

Row = dict[str, Any]
_ANSWERS = re.compile(r"\bstop with\b|\banswer\b", re.IGNORECASE)
_ALWAYS_ANSWERS = re.compile(r"^stop with\b", re.IGNORECASE)


def check(parts: Parts, policy_set: str = "", prompt_set: str = "") -> list[Row]:
    """What is wrong with a set, or with all: `[{"set", "policy", "kind", "said"}]`, each thing once.

    With a prompt set (an id or latest) its examples are held against its policies too. Raises UnknownSet, UnknownLabel.
    """
    found = parts.labels.prompt_set(prompt_set) if prompt_set else None
    only = policy_set or (found.policy_set if found else "")
    rows: dict[tuple[str, str], Row] = {}
    for name in (only,) if only else parts.library.names():
        for entry_id, finding in _of_set(parts, name):
            rows.setdefault((entry_id, finding.said), _row(name, finding))
    if found is not None:
        policies = parts.policies(found.policy_set)
        for finding in example_findings(found, policies):
            rows.setdefault((finding.policy, finding.said), _row(found.id, finding))
    return list(rows.values())


def said(rows: Sequence[Row]) -> str:
    """The findings for a person, a line each."""
    if not rows:
        return "No problems found."
    lines = [f"  {row['set']}: {row['policy']}: {row['said']}" for row in rows]
    return "\n".join([f"{len(rows)} problem{'s' if len(rows) > 1 else ''} found:", *lines])


def example_findings(prompt_set: PromptSet, policies: PolicySet) -> tuple[Finding, ...]:
    """Examples that a policy may not follow, that contradict its stop rule or each other, and policies that never end.

    What holds for several examples of a policy is said once, with their number and the id of the first.
    """
    by_policy: dict[str, list[Example]] = defaultdict(list)
    for example in examples_now(prompt_set.examples, policies, prompt_set.created):
        by_policy[example.policy].append(example)
    found: list[Finding] = []
    for name, examples in sorted(by_policy.items()):
        if name not in policies.policies:
            found.append(_told(name, examples, "there is no such policy in the set"))
        else:
            found += _of_policy(policies.resolve(name), examples, policies)
    return tuple(found)


def _of_set(parts: Parts, name: str) -> Iterator[tuple[str, Finding]]:
    """The findings of a set with the id of the entry each is about."""
    seen = {entry.policy.name: entry for entry in parts.library.now.seen(name).values() if entry.status == "active"}
    policies = {key: entry.policy for key, entry in seen.items()}
    for finding in findings(policies, parts.library.now.sets[name].planner, VERBS):
        yield seen[finding.policy].id if finding.policy in seen else name, finding


def _of_policy(policy: Policy, examples: Sequence[Example], policies: PolicySet) -> Iterator[Finding]:
    refused: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        why = _refusal(example, policy, policies) or _against_stop_rule(example, policy)
        if why:
            refused[why].append(example)
    for why, some in refused.items():
        yield _told(policy.name, some, why)
    for both in _twins(examples):
        yield _told(policy.name, both, "the same question is answered once with a stop and once with something else")
    if not any(example.is_stop for example in examples):
        yield _told(policy.name, examples, "none of them ends with a stop, so it cannot learn to return")


def _refusal(example: Example, policy: Policy, policies: PolicySet) -> str | None:
    try:
        return why_not(parse_action(example.action), policy, example.observation, policies)
    except ActionError as error:
        return str(error)


def _against_stop_rule(example: Example, policy: Policy) -> str | None:
    if not example.is_stop:
        return None
    answers = bool(parse_action(example.action).args)
    if answers and not _ANSWERS.search(policy.stop_rule):
        return "it stops with an answer, and its stop rule knows of none"
    if not answers and _ALWAYS_ANSWERS.search(policy.stop_rule):
        return "it stops without an answer, and its stop rule asks for one"
    return None


def _twins(examples: Iterable[Example]) -> Iterator[list[Example]]:
    """Examples with one question of which some stop and some do not."""
    asked: dict[tuple[str, str, tuple[str, ...]], list[Example]] = defaultdict(list)
    for example in examples:
        asked[example.objective, example.observation, example.previous].append(example)
    for same in asked.values():
        if len({example.is_stop for example in same}) > 1:
            yield same


def _told(policy: str, examples: Sequence[Example], why: str) -> Finding:
    count = f"{len(examples)} examples ({examples[0].id} …)" if len(examples) > 1 else f"the example {examples[0].id}"
    return Finding(policy, "example", f"{count}: {why}")


def _row(where: str, finding: Finding) -> Row:
    return {"set": where, "policy": finding.policy, "kind": finding.kind, "said": finding.said}
