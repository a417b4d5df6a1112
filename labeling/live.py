"""The labeller `live`: calls a person marked while recording come first, the rules fill what was left unmarked.

A call of the rules is kept only where it crosses no marked call: wholly outside of all of them, or wholly among the own
steps of one that is no atomic policy. Reading marks from a recording is left to whoever has its log. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from labeling.labeller import Labeller, ObservationOf, steps_to_label
from labeling.model import Argument, LabelTree, Segment
from labeling.rules.labeller import REASONS
from labeling.tree import make_tree
from policies.library import PolicySet
from policies.model import Policy
from traces.model import Episode, Step

NAME = "live"
EVIDENCE = "marked while recording"
SURE, WANTING = 0.97, 0.5
"""Prior confidence of a marked call: with all the arguments it needs, and without one."""


@dataclass(frozen=True)
class Marked:
    """A call as it was marked: `key` names it, `parent` the call around it; `steps` are uids, nested calls' too."""

    key: str
    policy: str
    args: tuple[tuple[str, str], ...]
    steps: tuple[str, ...]
    parent: str | None = None
    returns: str | None = None
    ended: bool = True


class LiveLabeller:
    """Proposes the marked calls and, between and inside them, what `others` proposes."""

    name = NAME

    def __init__(self, marked: Sequence[Marked], others: Labeller) -> None:
        self._marked = tuple(marked)
        self._others = others

    def label(
        self,
        episode: Episode,
        steps: Sequence[Step],
        observation: ObservationOf,
        policies: PolicySet,
        derivation: int = 1,
    ) -> LabelTree:
        """A valid tree over the steps, every segment pending. Raises NothingToLabel."""
        chosen = steps_to_label(episode, steps)
        proposed = self._others.label(episode, chosen, observation, policies, derivation)
        kept = [one for one in self._marked if one.steps and policies.knows(one.policy)]
        parents = {one.key: one.parent for one in self._marked}
        marked = _segments(kept, parents, proposed, policies)
        own = make_tree(episode.id, derivation, proposed.uids, marked)
        filling = _filling(proposed, own, policies)
        return make_tree(episode.id, derivation, proposed.uids, [*marked, *filling])


def dropped(marked: Iterable[Marked], policies: PolicySet) -> tuple[str, ...]:
    """The marked calls that are no calls, each with why, in words."""
    out = []
    for one in marked:
        call = " ".join([one.policy, *(f"[{value}]" for _, value in one.args)])
        if not one.steps:
            out.append(f"‘{call}’ holds no step and was left out.")
        elif not policies.knows(one.policy):
            out.append(f"‘{call}’ was left out: the set {policies.name!r} has no such policy.")
        elif not one.ended:
            out.append(f"‘{call}’ was never ended; it ends with the last step.")
    return tuple(out)


def _segments(
    kept: Sequence[Marked], parents: Mapping[str, str | None], proposed: LabelTree, policies: PolicySet
) -> list[Segment]:
    names = {one.key: f"live{number}" for number, one in enumerate(kept, 1)}
    found = []
    for one in kept:
        parent = one.parent
        while parent is not None and parent not in names:
            parent = parents.get(parent)
        segment = _segment(one, proposed, policies.resolve(one.policy))
        around = names[parent] if parent is not None else None
        found.append(segment.model_copy(update={"id": names[one.key], "parent": around}))
    return found


def _segment(one: Marked, proposed: LabelTree, policy: Policy) -> Segment:
    args, filled = _arguments(one, _same_stretch(one, proposed, policy), policy)
    missing = any(not argument.value for argument in args)
    how = f"; {', '.join(filled)} as its steps show" if filled else ""
    return Segment(
        id=one.key,
        first=one.steps[0],
        last=one.steps[-1],
        policy=policy.name,
        args=args,
        returns=one.returns,
        reason="" if missing else REASONS.get(policy.name, "").format(*(argument.value for argument in args)),
        rule=NAME,
        evidence=EVIDENCE + how + ("" if one.ended else "; never ended, so it ends with the last step"),
        confidence=WANTING if missing else SURE,
    )


def _same_stretch(one: Marked, proposed: LabelTree, policy: Policy) -> Segment | None:
    """What the rules call the same steps by the same policy, or the only such call inside them."""
    inside = [s for s in proposed.segments if s.policy == policy.name and {s.first, s.last} <= set(one.steps)]
    exact = [s for s in inside if (s.first, s.last) == (one.steps[0], one.steps[-1])]
    found = exact or inside
    return found[0] if len(found) == 1 else None


def _arguments(one: Marked, other: Segment | None, policy: Policy) -> tuple[tuple[Argument, ...], list[str]]:
    """By position: what the person said, else what the rules found in the same steps; and the names of the latter."""
    given = dict(one.args)
    found = {argument.name: argument for argument in other.args} if other else {}
    args: list[Argument] = []
    filled: list[str] = []
    for parameter in policy.parameters:
        if given.get(parameter.name):
            args.append(Argument(name=parameter.name, value=given[parameter.name], source="person"))
        elif parameter.name in found:
            args.append(found[parameter.name])
            filled.append(parameter.name)
        elif parameter.required:
            args.append(Argument(name=parameter.name, value="", source="inferred"))
        else:
            break
    return tuple(args), filled


def _filling(proposed: LabelTree, own: LabelTree, policies: PolicySet) -> list[Segment]:
    """The rules' calls that cross no marked one, hung under the marked call they lie in."""
    kept: dict[str, Segment] = {}
    for segment in proposed.segments:
        first, last = proposed.span(segment.id)
        around = set(own.innermost[first : last + 1])
        home = next(iter(around))
        if len(around) > 1 or (home is not None and not _may_call(home, segment, own, policies)):
            continue
        parent = segment.parent
        while parent is not None and parent not in kept:
            parent = proposed.by_id[parent].parent
        kept[segment.id] = segment.model_copy(update={"parent": parent or (home.id if home else None)})
    return list(kept.values())


def _may_call(home: Segment, segment: Segment, own: LabelTree, policies: PolicySet) -> bool:
    """Whether a marked call may hold the rules' one: it is no atomic policy, and is not the same call over again."""
    same = segment.policy == home.policy and own.span(home.id) == _span(segment, own)
    return policies.resolve(home.policy).kind != "atomic" and not same


def _span(segment: Segment, tree: LabelTree) -> tuple[int, int]:
    return tree.position[segment.first], tree.position[segment.last]
