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
    """What speaks against calls of the tree that stand as they were checked, by the call's id, cheapest check first."""
    out: dict[str, tuple[str, ...]] = {}
    for one in findings:
        found = tree.by_id.get(one.segment)
        same = found is not None and (found.call, found.first, found.last) == (one.call, one.first, one.last)
        if same and not one.holds:
            out[one.segment] = (*out.get(one.segment, ()), one.said)
    return out
