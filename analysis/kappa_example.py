"""The worked example of docs/measures.md: every step has its policy, kappa is 1, and the split is wrong.

Somebody fills two fields, four steps each; the labeller cuts one step too early. A second demonstration, in which both
say the same, gives kappa the variety it needs.
"""

from __future__ import annotations

from analysis.agreement import Agreement, Case
from labeling.measures import Pair
from labeling.model import LabelTree, Segment
from labeling.tree import make_tree

Calls = tuple[tuple[str, int, int], ...]
GOLD: Calls = (("fill_text", 0, 3), ("fill_text", 4, 7))
LABELLER: Calls = (("fill_text", 0, 2), ("fill_text", 3, 7))
AGREED: Calls = (("navigate", 0, 3), ("choose_date", 4, 7))
STEPS = 8
SHOWN = ("step_accuracy", "kappa", "boundary_f1", "boundary_f1_1", "bracket_f1")
"""The measures that tell the two demonstrations' story."""


def example() -> tuple[dict[str, float], float]:
    """The example's figures by name (kappa over both demonstrations, the rest of the first), and kappa of both."""
    wrong = Agreement([_case("wrong", LABELLER, GOLD)])
    both = Agreement([_case("wrong", LABELLER, GOLD), _case("agreed", AGREED, AGREED)])
    kappa = next(one.estimate for one in both.figures if one.name == "kappa")
    told = {name: value for name in SHOWN if (value := wrong.values[0].get(name)) is not None}
    return told, kappa.value if kappa is not None else 0.0


def _case(name: str, mine: Calls, theirs: Calls) -> Case:
    return Case(name, Pair(_tree(mine), _tree(theirs)), 0.0, "labeller", "gold")


def _tree(calls: Calls) -> LabelTree:
    segments = [
        Segment(id=f"s{number}", first=f"u{first}", last=f"u{last}", policy=policy)
        for number, (policy, first, last) in enumerate(calls)
    ]
    return make_tree("example", 1, [f"u{number}" for number in range(STEPS)], segments)
