"""Policies that labellers proposed: occurrences that are alike, brought together, and a card prefilled from them.

Alike are occurrences of one name, and others by name, arguments and what they do. Deterministic and pure; finding the
occurrences in a workspace and deciding on them is flows/label/proposals.py.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from labeling.model import PROPOSED, LabelTree, Segment
from labeling.tree import items
from policies.library import PolicySet
from policies.model import Parameter, ParameterType, Policy
from traces.actions import parse_action
from traces.sentences import counted

ALIKE = 0.7
"""Likeness (0 to 1) from which two differently named proposals are one."""

WEIGHTS = {"name": 0.5, "does": 0.3, "args": 0.2}
SAYING_LITTLE = frozenset({"a", "an", "the", "for", "each", "every", "all", "of", "to", "and", "in", "on", "with"})
"""Words that many names have: loops are all called for_each_something."""

MOST_PARAMETERS = 8


@dataclass(frozen=True)
class Value:
    """A value that a call's part was given: what it would be called as a parameter, its type, and the value."""

    name: str
    type: ParameterType
    value: str


@dataclass(frozen=True)
class Occurrence:
    """One call of a proposed policy; `track` is where it stands, None while only a label run has it.

    `does` are the kinds of its parts in order (verbs and policies), `values` what they were given.
    """

    episode: str
    policy_set: str
    run: str
    track: str | None
    segment: Segment
    does: tuple[str, ...]
    values: tuple[Value, ...]
    objective: str = ""

    @property
    def name(self) -> str:
        """The proposed name, without its mark."""
        return self.segment.policy.removeprefix(PROPOSED)


@dataclass(frozen=True)
class Cluster:
    """Occurrences that are one proposal; `key` names it and is the same as long as the same occurrences are open."""

    key: str
    name: str
    occurrences: tuple[Occurrence, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Every name it was proposed by, the most frequent first."""
        counts = Counter(one.name for one in self.occurrences)
        return tuple(sorted(counts, key=lambda name: (-counts[name], name)))


def is_proposed(segment: Segment) -> bool:
    """Whether the call is of a policy there is not yet."""
    return segment.policy.startswith(PROPOSED)


def occurrence(
    tree: LabelTree, segment: Segment, actions: dict[str, str], policies: PolicySet, **where: Any
) -> Occurrence:
    """A proposed call as an occurrence; `actions` are the steps' actions by uid, `where` the remaining fields."""
    does: list[str] = []
    values: list[Value] = []
    for item in items(tree, segment.id):
        if isinstance(item, Segment):
            does.append(item.policy)
            values += [Value(a.name, _type_of(policies, item.policy, a.name), a.value) for a in item.args]
        else:
            action = parse_action(actions[item])
            does.append(action.name)
            if action.name in ("type", "select") and len(action.args) > 1:
                values.append(Value("text" if action.name == "type" else "option", "text", action.args[1]))
    return Occurrence(segment=segment, does=tuple(does), values=tuple(values), **where)


def clusters(found: Iterable[Occurrence]) -> tuple[Cluster, ...]:
    """The occurrences as clusters, the largest first."""
    ordered = sorted(found, key=lambda one: (one.name, one.episode, one.track or "", one.segment.id))
    groups: list[list[Occurrence]] = []
    for one in ordered:
        near = [group for group in groups if any(likeness(one, other) >= ALIKE for other in group)]
        groups = [group for group in groups if group not in near] + [[*(o for group in near for o in group), one]]
    made = [_cluster(group) for group in groups]
    return tuple(sorted(made, key=lambda cluster: (-len(cluster.occurrences), cluster.name)))


def likeness(one: Occurrence, other: Occurrence) -> float:
    """How alike two proposals are, 0 to 1; 1 for the same name."""
    if one.name == other.name:
        return 1.0
    return (
        WEIGHTS["name"] * _shared(_words(one.name), _words(other.name))
        + WEIGHTS["does"] * SequenceMatcher(None, one.does, other.does, autojunk=False).ratio()
        + WEIGHTS["args"] * _shared(_arg_names(one), _arg_names(other))
    )


def card(cluster: Cluster, policies: PolicySet, name: str | None = None) -> Policy:
    """A policy as the occurrences suggest it: parameters are what varies, or what the labellers named."""
    every = cluster.occurrences
    does = [part for one in every for part in one.does]
    children = tuple(dict.fromkeys(p for p in does if policies.knows(p) and p in policies.policies))
    verbs = dict.fromkeys([*(p for p in does if not policies.knows(p) and not p.startswith(PROPOSED)), "scroll"])
    said = next((text for one in every for text in (one.segment.reason, one.segment.evidence) if text), "")
    seen_in = len({one.episode for one in every})
    told = f"Seen in {counted(seen_in, 'demonstration')}"
    return Policy(
        name=name or policy_name(cluster.name),
        kind="composite" if children else "atomic",
        description=said or f"{cluster.name.replace('_', ' ').capitalize()}.",
        parameters=tuple(parameter for parameter, _ in parameters(cluster)),
        when_to_use=f"{told}, as in: {every[0].objective or every[0].segment.call}",
        actions=tuple(verbs),
        sub_policies=children,
        stop_rule=f"Stop when {cluster.name.replace('_', ' ')} is done.",
    )


def parameters(cluster: Cluster) -> tuple[tuple[Parameter, tuple[str, ...]], ...]:
    """The parameters of its card, each with its value in every occurrence ('' where it has none)."""
    named = sorted({name for one in cluster.occurrences for name in _arg_names(one)})
    if named:
        found = [
            (
                Parameter(name=_parameter_name(name), type="text"),
                tuple(_argument(one, name) for one in cluster.occurrences),
            )
            for name in named
        ]
        return tuple(found[:MOST_PARAMETERS])
    return _varying(cluster.occurrences)


def arguments(cluster: Cluster, place: int, policy: Policy) -> dict[str, str]:
    """Values by parameter name for one occurrence as a call of a policy; what nothing is known of is left out."""
    one = cluster.occurrences[place]
    known = {parameter.name: values[place] for parameter, values in parameters(cluster)}
    known |= {argument.name: argument.value for argument in one.segment.args}
    given = {value.name: value.value for value in one.values}
    wanted = [parameter.name for parameter in policy.parameters]
    return {name: known.get(name) or given.get(name, "") for name in wanted if known.get(name) or given.get(name)}


def policy_name(text: str) -> str:
    """Any text as a policy's or parameter's name.

    >>> policy_name("Close the 2 Tickets!")
    'close_the_2_tickets'
    """
    name = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:60]
    return name if name[:1].isalpha() else f"policy_{name}".rstrip("_")


def _parameter_name(argument: str) -> str:
    """What an argument is called as a parameter; one that has only a number for a name is an item."""
    if argument.isdecimal():
        return "item" if argument == "1" else f"item_{argument}"
    return policy_name(argument)


def _varying(every: Sequence[Occurrence]) -> tuple[tuple[Parameter, tuple[str, ...]], ...]:
    """What differs from occurrence to occurrence at the same place; one occurrence alone says nothing of that."""
    shapes = {tuple((value.name, value.type) for value in one.values) for one in every}
    if len(every) < 2 or len(shapes) != 1:
        return ()
    found: list[tuple[Parameter, tuple[str, ...]]] = []
    for column in zip(*(one.values for one in every), strict=True):
        values = tuple(value.value for value in column)
        if len(set(values)) > 1 and column[0].type != "element" and values not in [known for _, known in found]:
            taken = {parameter.name for parameter, _ in found}
            name = next(n for n in _numbered(policy_name(column[0].name)) if n not in taken)
            found.append((Parameter(name=name, type=column[0].type), values))
    return tuple(found[:MOST_PARAMETERS])


def _numbered(name: str) -> list[str]:
    return [name, *(f"{name}_{number}" for number in range(2, 100))]


def _cluster(group: Sequence[Occurrence]) -> Cluster:
    counts = Counter(one.name for one in group)
    name = min(counts, key=lambda name: (-counts[name], name))
    said = "\n".join(f"{one.episode} {one.track} {one.run} {one.segment.id} {one.segment.policy}" for one in group)
    return Cluster(hashlib.sha256(said.encode()).hexdigest()[:12], name, tuple(group))


def _words(name: str) -> set[str]:
    """The words that tell a name from others, without their endings; all of them where none does."""
    words = {re.sub(r"(?<=\w{3})(ing|ed|es|s)$", "", word) for word in name.split("_")}
    return words - SAYING_LITTLE or words


def _shared(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 1.0


def _arg_names(one: Occurrence) -> set[str]:
    return {argument.name for argument in one.segment.args}


def _argument(one: Occurrence, name: str) -> str:
    return next((argument.value for argument in one.segment.args if argument.name == name), "")


def _type_of(policies: PolicySet, policy: str, parameter: str) -> ParameterType:
    if not policies.knows(policy):
        return "text"
    return next((p.type for p in policies.resolve(policy).parameters if p.name == parameter), "text")
