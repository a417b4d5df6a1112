"""How sure a call of the model is, from what can be counted: votes, mends, the model's word, the rules' opinion.

A raw figure between 0 and 1 with fixed weights, not calibrated; docs/labelling-llm.md has the table.
"""

from __future__ import annotations

from collections.abc import Iterable

from labeling.checks.finding import Finding
from labeling.llm.model import Stretch
from labeling.llm.votes import Share
from labeling.model import LabelTree
from labeling.tree import with_changed

RULE = "llm"
"""What stands for a rule in segments that a model proposed."""

WORD = {"high": 1.0, "medium": 0.9, "low": 0.75}
"""What the model's own word weighs."""
MENDED, ALONE, MISSING, UNGROUNDED = 0.85, 0.9, 0.55, 0.8
"""Weights: an entry that was mended, a call the rules do not propose, an argument that is empty, one found nowhere."""
CHECKED: dict[str, float] = {"after_state": 0.8, "round_trip": 0.85}
"""Weights of checks of the finished call that speak against it; grounding is counted above."""
LEAST, MOST = 0.05, 0.97


def confidence(stretch: Stretch, share: Share, *, rules_agree: bool, missing: bool, ungrounded: bool) -> float:
    """The product of the weights that apply, between 0.05 and 0.97, to two digits."""
    sure = share.least * WORD[stretch.certainty]
    sure *= MENDED if stretch.repaired else 1.0
    sure *= 1.0 if rules_agree else ALONE
    sure *= MISSING if missing else UNGROUNDED if ungrounded else 1.0
    return round(min(MOST, max(LEAST, sure)), 2)


def doubted(tree: LabelTree, findings: Iterable[Finding]) -> LabelTree:
    """The tree with less confidence in the model's calls that checks speak against."""
    weights: dict[str, float] = {}
    for one in findings:
        if not one.holds:
            weights[one.segment] = weights.get(one.segment, 1.0) * CHECKED.get(one.check, 1.0)
    changed = [
        segment.model_copy(update={"confidence": round(max(LEAST, segment.confidence * weights[segment.id]), 2)})
        for segment in tree.segments
        if segment.rule == RULE and segment.confidence is not None and weights.get(segment.id, 1.0) < 1.0
    ]
    return with_changed(tree, changed) if changed else tree
