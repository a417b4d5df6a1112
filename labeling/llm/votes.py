"""From several passes to one partition: boundaries by majority, policies by the units that say so, arguments exactly.

The share of votes is what confidence begins with. Pure; passes count alike in whatever order they come.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from labeling.llm.model import OWN, Partition, Stretch, joined, spans


@dataclass(frozen=True)
class Share:
    """How many of the passes agree (0 to 1): on a stretch's boundaries, its policy, and its arguments."""

    boundary: float = 1.0
    policy: float = 1.0
    args: float = 1.0

    @property
    def least(self) -> float:
        """The smallest of them."""
        return min(self.boundary, self.policy, self.args)


@dataclass(frozen=True)
class Voted:
    """A partition, and for each of its stretches how far the passes agree on it."""

    partition: Partition
    shares: tuple[Share, ...]


def agree(passes: Sequence[Partition]) -> bool:
    """Whether all passes say the same calls of the same units."""
    said = {tuple((stretch.first, stretch.call) for stretch in partition) for partition in passes}
    return len(said) <= 1


def settled(passes: Sequence[Partition], end: int, most: int) -> bool:
    """Whether more passes, up to `most`, could not change the boundaries and policies of the vote."""
    if len(passes) >= most or (len(passes) > 1 and agree(passes)):
        return True
    return len(passes) > 2 and min(share.least for share in vote(passes, end).shares) > 0.5


def vote(passes: Sequence[Partition], end: int) -> Voted:
    """The partition most passes stand for; `end` is the unit after the last. Needs at least one pass."""
    n = len(passes)
    starts = Counter(stretch.first for partition in passes for stretch in partition)
    begins = [place for place in sorted(starts) if starts[place] * 2 >= n]
    made = []
    for begin, stop in zip(begins, [*begins[1:], end], strict=True):
        made.append(_elected(passes, begin, stop, end))
    partition = joined([stretch for stretch, _ in made])
    policies = {stretch.first: (stretch, share) for stretch, share in made}
    bounds = [*(stretch.first for stretch in partition[1:]), end]
    shares = []
    for stretch, stop in zip(partition, bounds, strict=True):
        share = policies[stretch.first][1]
        sides = [starts[place] / n for place in (stretch.first, stop) if 0 < place < end and place in starts]
        inside = [1 - starts[p] / n for p in range(stretch.first + 1, stop) if p in starts and stretch.policy != OWN]
        shares.append(replace(share, boundary=min([1.0, *sides, *inside])))
    return Voted(partition, tuple(shares))


def _elected(passes: Sequence[Partition], begin: int, stop: int, end: int) -> tuple[Stretch, Share]:
    """The stretch most units of most passes stand for between two boundaries."""
    weights: Counter[str] = Counter()
    cover: list[tuple[int, int, Stretch]] = []
    for number, partition in enumerate(passes):
        for stretch, first, last in spans(partition, end):
            units = min(last, stop) - max(first, begin)
            if units > 0:
                weights[stretch.policy] += units
                cover.append((units, -number, stretch))
    top = max(weights.values())
    policy = next(s.policy for _, _, s in sorted(cover, key=lambda one: (-one[1], -one[0])) if weights[s.policy] == top)
    share = weights[policy] / sum(weights.values())
    mine = [(units, order, stretch) for units, order, stretch in cover if stretch.policy == policy]
    calls: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for units, _, stretch in mine:
        calls[stretch.call] += units
    best = max(mine, key=lambda one: (calls[one[2].call], one[0], one[1]))[2]
    agreed = calls[best.call] / sum(calls.values())
    return replace(best, first=begin), Share(policy=share, args=agreed)
