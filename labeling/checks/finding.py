"""What a check of a proposed call found: that it holds, or what speaks against it in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from labeling.model import LabelTree
from traces.model import Frozen

Check = Literal["grounding", "after_state", "round_trip", "replay"]


class Finding(Frozen):
    """A check of one call as it was proposed: `call` over the steps `first`..`last` (uids).

    `said` is a half sentence that a person reads; where the check could not judge there is no finding.
    """

    segment: str
    call: str
    first: str
    last: str
    check: Check
    holds: bool
    said: str


def against(tree: LabelTree, findings: Iterable[Finding]) -> dict[str, tuple[str, ...]]:
    """What speaks against calls of the tree, by the call's id, cheapest check first.

    A finding speaks of every call that is what it was made of, whichever labeller proposed that.
    """
    spoken: dict[tuple[str, str, str], dict[str, None]] = {}
    for one in findings:
        if not one.holds:
            spoken.setdefault((one.call, one.first, one.last), {})[one.said] = None
    claims = {segment.id: (segment.call, segment.first, segment.last) for segment in tree.segments}
    return {key: tuple(spoken[claim]) for key, claim in claims.items() if claim in spoken}
