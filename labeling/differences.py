"""Where two label trees over the same steps differ, and how the calls of one are put in the place of the other's.

Calls are the same when steps, policy, arguments and return value are. What differs and overlaps is one difference, so
that taking any of them over always leaves a tree. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from labeling.model import LabelTree, Segment, State
from labeling.tree import depth

What = Literal["boundaries", "policy", "arguments", "only_mine", "only_other"]


@dataclass(frozen=True)
class Difference:
    """Calls that differ on one stretch of steps; `first` and `last` are positions, both included."""

    first: int
    last: int
    mine: tuple[Segment, ...]
    other: tuple[Segment, ...]

    @property
    def what(self) -> What:
        """In what they differ; where several things differ, the first of: presence, boundaries, policy, arguments."""
        if not self.mine or not self.other:
            return "only_mine" if self.mine else "only_other"
        if [(s.first, s.last) for s in self.mine] != [(s.first, s.last) for s in self.other]:
            return "boundaries"
        return "arguments" if [s.policy for s in self.mine] == [s.policy for s in self.other] else "policy"

    def overlaps(self, first: int, last: int) -> bool:
        """Whether it touches those steps."""
        return self.first <= last and first <= self.last


def differences(mine: LabelTree, other: LabelTree) -> tuple[Difference, ...]:
    """The differences of two trees over the same steps, from left to right; they do not overlap."""
    twins = _twins(mine, other)
    theirs = {segment.id for segment in twins.values()}
    spans = [(*mine.span(s.id), True, s) for s in mine.segments if s.id not in twins]
    spans += [(*other.span(s.id), False, s) for s in other.segments if s.id not in theirs]
    found: list[list[tuple[int, int, bool, Segment]]] = []
    end = -1
    for one in sorted(spans, key=lambda span: span[:2]):
        if one[0] > end:
            found.append([])
        found[-1].append(one)
        end = max(end, one[1])
    return tuple(_difference(group) for group in found)


def key_of(tree: LabelTree, difference: Difference) -> str:
    """`<first step>..<last step>`: names a difference of two trees that change no more."""
    return f"{tree.uids[difference.first]}..{tree.uids[difference.last]}"


def taken(
    mine: LabelTree, other: LabelTree, found: Sequence[Difference], *, source: str, number: int, state: State
) -> dict[str, Any]:
    """The payload of `take`: the other's calls in those differences instead of mine.

    `source` is a label ref; new calls are named after the change `number`. A call of the same policy or
    steps keeps its id.
    """
    gone = {segment.id: segment for one in found for segment in one.mine}
    kept = [segment for segment in mine.segments if segment.id not in gone]
    names = _names(list(gone.values()), [segment for one in found for segment in one.other], number)
    coming = [s.model_copy(update={"id": names[s.id], "state": state}) for one in found for s in one.other]
    ranks = _ranks(mine, other, found, kept) | {names[s.id]: depth(other, s.id) for one in found for s in one.other}
    nested = _nested(mine, [*kept, *coming], ranks)
    before = {segment.id: segment for segment in kept}
    put = [segment for segment in nested if before.get(segment.id) != segment]
    without = sorted(gone.keys() - set(names.values()))
    return {"source": source, "segments": [segment.model_dump(mode="json") for segment in put], "without": without}


def _twins(mine: LabelTree, other: LabelTree) -> dict[str, Segment]:
    """For the id of each of my calls that the other has too, the other's."""
    free: defaultdict[Hashable, list[Segment]] = defaultdict(list)
    for segment in reversed(other.segments):
        free[same(segment)].append(segment)
    found = {}
    for segment in mine.segments:
        if free[same(segment)]:
            found[segment.id] = free[same(segment)].pop()
    return found


def same(segment: Segment) -> Hashable:
    """Equal for calls that say the same: steps, policy, arguments, return value."""
    args = tuple((argument.name, argument.value) for argument in segment.args if argument.value)
    return segment.first, segment.last, segment.policy, args, segment.returns or ""


def _difference(group: Sequence[tuple[int, int, bool, Segment]]) -> Difference:
    mine = tuple(segment for _, _, own, segment in group if own)
    other = tuple(segment for _, _, own, segment in group if not own)
    return Difference(min(one[0] for one in group), max(one[1] for one in group), mine, other)


def _names(gone: list[Segment], coming: Sequence[Segment], number: int) -> dict[str, str]:
    """An id for each call that comes: that of one that goes and has its policy, or its steps; else a new one."""
    free = list(gone)
    out = {}
    for place, segment in enumerate(coming, 1):
        steps = segment.first, segment.last
        like = next((one for one in free if one.policy == segment.policy), None)
        like = like or next((one for one in free if (one.first, one.last) == steps), None)
        if like is not None:
            free.remove(like)
        out[segment.id] = like.id if like is not None else f"e{number}.{place}"
    return out


def _ranks(mine: LabelTree, other: LabelTree, found: Sequence[Difference], kept: Iterable[Segment]) -> dict[str, int]:
    """How deep each kept call lies; where the other's calls come in, as deep as its twin there."""
    twins = _twins(mine, other)
    ranks = {}
    for segment in kept:
        inside = segment.id in twins and any(one.overlaps(*mine.span(segment.id)) for one in found)
        ranks[segment.id] = depth(other, twins[segment.id].id) if inside else depth(mine, segment.id)
    return ranks


def _nested(tree: LabelTree, segments: Iterable[Segment], ranks: Mapping[str, int]) -> list[Segment]:
    """The calls, each under the innermost one around it."""
    place = tree.position
    ordered = sorted(segments, key=lambda s: (place[s.first], -place[s.last], ranks[s.id]))
    out: list[Segment] = []
    around: list[Segment] = []
    for segment in ordered:
        while around and place[around[-1].last] < place[segment.first]:
            around.pop()
        parent = around[-1].id if around else None
        out.append(segment if segment.parent == parent else segment.model_copy(update={"parent": parent}))
        around.append(segment)
    return out
