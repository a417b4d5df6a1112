"""The same demonstrations told with another policy set: calls renamed where the set answers to them, else inlined.

That is how one and the same labels teach a stack of many policies, of few broad ones, or a single flat one.
"""

from __future__ import annotations

from itertools import zip_longest

from labeling.label_sets import label_set_of
from labeling.model import LabelSet, LabelTree, Segment
from labeling.tree import check_policies, kept, with_changed
from policies.library import PolicySet
from policies.model import Policy
from policies.moves import names_of


def recast(label_set: LabelSet, spoken: PolicySet, policies: PolicySet) -> LabelSet:
    """The label set, made with the set `spoken`, in the words of another policy set.

    A call that goes by a name or alias the other set answers to is a call of that policy, its arguments by position.
    Any other is inlined: its steps and calls are its caller's, so that a set without policies gives flat
    demonstrations. Raises TreeError for arguments the policy does not take.
    """
    return label_set_of(
        tuple(_told(tree, spoken, policies) for tree in label_set.trees),
        policy_set=policies.name,
        actor=label_set.actor,
        created=label_set.created,
        gold=label_set.kind == "gold",
    )


def _told(tree: LabelTree, spoken: PolicySet, policies: PolicySet) -> LabelTree:
    became = {segment.id: _policy(segment, spoken, policies) for segment in tree.segments}
    known = kept(tree, lambda segment: became[segment.id] is not None)
    told = with_changed(known, (_renamed(one, policy) for one in known.segments if (policy := became[one.id])))
    check_policies(told, policies)
    return told


def _policy(segment: Segment, spoken: PolicySet, policies: PolicySet) -> Policy | None:
    names = names_of(spoken.resolve(segment.policy)) if spoken.knows(segment.policy) else (segment.policy,)
    return next((policies.resolve(name) for name in names if policies.knows(name)), None)


def _renamed(segment: Segment, policy: Policy) -> Segment:
    names = zip_longest((parameter.name for parameter in policy.parameters), segment.args)
    args = tuple(arg.model_copy(update={"name": name or arg.name}) for name, arg in names if arg)
    return segment.model_copy(update={"policy": policy.name, "args": args})
