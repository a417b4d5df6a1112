"""Walking a label tree and making new ones from it; every result is checked by LabelTree itself.

A tree is walked as a policy would run: `items` yields the own steps and the child calls of one call in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from labeling.errors import TreeError
from labeling.model import LabelTree, Segment
from policies.library import PolicySet
from policies.model import Policy

Item = str | Segment
"""One thing a call does: an own step (its uid) or a child call."""


def make_tree(episode: str, derivation: int, uids: Iterable[str], segments: Iterable[Segment]) -> LabelTree:
    """A tree of segments given in any order. Raises TreeError unless they are one."""
    blank = LabelTree(episode=episode, derivation=derivation, uids=tuple(uids))
    return with_segments(blank, segments)


def with_segments(tree: LabelTree, segments: Iterable[Segment]) -> LabelTree:
    """The same steps under other segments, given in any order. Raises TreeError."""
    found = {segment.id: segment for segment in segments}
    last = len(tree.uids)

    def key(segment: Segment) -> tuple[int, int, int]:
        first = tree.position.get(segment.first, last)
        return first, -tree.position.get(segment.last, last), _depth_in(found, segment)

    ordered = tuple(sorted(found.values(), key=key))
    return LabelTree(episode=tree.episode, derivation=tree.derivation, uids=tree.uids, segments=ordered)


def with_changed(tree: LabelTree, changed: Iterable[Segment]) -> LabelTree:
    """The tree with segments put in or replaced; checked anew only where steps or parents changed. Raises TreeError."""
    new = {segment.id: segment for segment in changed}
    if all(key in tree.by_id and _shape(tree.by_id[key]) == _shape(segment) for key, segment in new.items()):
        kept = tuple(new.get(segment.id, segment) for segment in tree.segments)
        return LabelTree.model_construct(
            episode=tree.episode, derivation=tree.derivation, uids=tree.uids, segments=kept
        )  # fmt: skip
    return with_segments(tree, {**tree.by_id, **new}.values())


def kept(tree: LabelTree, keep: Callable[[Segment], bool]) -> LabelTree:
    """The tree with only some of its calls; steps and calls of one that goes are its caller's."""
    if all(map(keep, tree.segments)):
        return tree
    stays: dict[str | None, Segment | None] = {None: None}
    for segment in tree.segments:
        above = stays[segment.parent]
        lifted = segment.model_copy(update={"parent": above.id if above else None})
        stays[segment.id] = lifted if keep(segment) else above
    return with_segments(tree, {segment.id: segment for segment in stays.values() if segment}.values())


def children(tree: LabelTree, parent: str | None) -> tuple[Segment, ...]:
    """The calls a call makes itself, in order; None is the root."""
    return tuple(segment for segment in tree.segments if segment.parent == parent)


def items(tree: LabelTree, parent: str | None) -> Iterator[Item]:
    """Own steps and child calls of a call in order; together they cover each of its steps once."""
    if not tree.uids:
        return
    position, last = tree.span(parent)
    for child in children(tree, parent):
        begin, end = tree.span(child.id)
        yield from tree.uids[position:begin]
        yield child
        position = end + 1
    yield from tree.uids[position : last + 1]


def own_steps(tree: LabelTree, parent: str | None) -> tuple[str, ...]:
    """The steps that are in no child of the call: what it does itself."""
    return tuple(item for item in items(tree, parent) if isinstance(item, str))


def steps_of(tree: LabelTree, segment_id: str | None) -> tuple[str, ...]:
    """All steps of a call, its children's included."""
    first, last = tree.span(segment_id)
    return tree.uids[first : last + 1]


def depth(tree: LabelTree, segment_id: str | None) -> int:
    """How many calls are open inside it; the root is 1."""
    return 1 if segment_id is None else 1 + depth(tree, tree.by_id[segment_id].parent)


def max_depth(tree: LabelTree) -> int:
    """The depth of the deepest call; 1 without calls."""
    return max((depth(tree, segment.id) for segment in tree.segments), default=1)


def path_at(tree: LabelTree, uid: str) -> tuple[Segment, ...]:
    """The open calls at a step, outermost first, without the root."""
    path: list[Segment] = []
    current = tree.innermost[tree.position[uid]]
    while current is not None:
        path.append(current)
        current = tree.by_id[current.parent] if current.parent else None
    return tuple(reversed(path))


def check_policies(tree: LabelTree, policies: PolicySet) -> None:
    """Whether every call is one of the set's. Raises UnknownPolicy, or TreeError for arguments that do not fit."""
    for segment in tree.segments:
        check_arguments(segment, policies.resolve(segment.policy))


def check_arguments(segment: Segment, policy: Policy) -> None:
    """Whether the call's arguments are the policy's parameters in order. Raises TreeError saying what is wrong."""
    given = [argument.name for argument in segment.args]
    known = [parameter.name for parameter in policy.parameters]
    missing = [parameter.name for parameter in policy.required if parameter.name not in given]
    if missing:
        raise TreeError(f"‘{segment.call}’ lacks {', '.join(missing)}: a call is {policy.signature}.")
    if given != known[: len(given)]:
        raise TreeError(f"The arguments of ‘{segment.call}’ are {', '.join(given)}: a call is {policy.signature}.")


def _shape(segment: Segment) -> tuple[str, str, str | None]:
    return segment.first, segment.last, segment.parent


def _depth_in(found: Mapping[str, Segment], segment: Segment) -> int:
    seen: list[str] = [segment.id]
    current = segment.parent
    while current is not None and current in found:
        if current in seen:
            raise TreeError(f"The segments {' → '.join([*seen, current])} lie under each other in a circle.")
        seen.append(current)
        current = found[current].parent
    return len(seen)
