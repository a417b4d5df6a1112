"""How good a labeller is on the gold corpus, and beside it how far a second person agrees with the first.

The labeller sees an episode as Label gives it one; what it proposes is measured by labeling/measures.py. Demonstrations
by demonstration, so that one that is labelled badly can be looked at, in the development part only.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from typing import get_args

from bench.gold import SECOND, Batch, Demonstration, Split, demonstrations, tree
from labeling import measures
from labeling.labeller import Labeller
from labeling.measures import Counts, Estimate, Pair
from labeling.model import PROPOSED, LabelTree
from labeling.rules.labeller import RulesLabeller
from labeling.tree import with_segments
from policies.library import PolicySet, load_set
from traces.reader import EpisodeReader
from wiring import POLICY_SET

MEASURED: Mapping[str, Callable[[Pair], Counts]] = {
    "boundary_f1": measures.boundaries,
    "segment_f1_50": measures.segments,
    "bracket_f1": measures.brackets,
    "argument_exact": measures.arguments,
}


def pairs(labeller: Labeller, split: Split, batches: Collection[Batch] = get_args(Batch)) -> dict[str, Pair]:
    """What the labeller proposes against gold, by name."""
    policies = load_set(POLICY_SET)
    chosen = demonstrations(split, batches)
    return {one.name: _pair(proposed(labeller, one, policies), tree(one.name, policies)) for one in chosen}


def _pair(one: LabelTree, other: LabelTree) -> Pair:
    return Pair(_unnamed(one), _unnamed(other))


def _unnamed(labels: LabelTree) -> LabelTree:
    """The same tree with proposed policies under one name: what a new policy is called is everybody's own choice."""
    segments = [
        one.model_copy(update={"policy": PROPOSED}) if one.policy.startswith(PROPOSED) else one
        for one in labels.segments
    ]
    return with_segments(labels, segments)


def proposed(labeller: Labeller, one: Demonstration, policies: PolicySet) -> LabelTree:
    """The labeller's tree of a demonstration."""
    with EpisodeReader(one.path) as reader:
        return labeller.label(reader.episode, reader.steps(), reader.observation, policies)


def persons() -> dict[str, Pair]:
    """The second person's labels against the first's."""
    policies = load_set(POLICY_SET)
    names = sorted(path.stem for path in SECOND.glob("*.yaml"))
    return {name: _pair(tree(name, policies, SECOND), tree(name, policies)) for name in names}


def estimates(compared: Mapping[str, Pair]) -> dict[str, Estimate | None]:
    """Each measure over all of them; None where nothing can be found."""
    return {name: measures.averaged(compared.values(), measure) for name, measure in MEASURED.items()}


def figures(who: str, told: Mapping[str, Estimate | None]) -> dict[str, float]:
    """`<who>_<measure>` with its interval and the number of demonstrations."""
    found = {f"{who}_{name}": asdict(one) for name, one in told.items() if one is not None}
    suffix = {"value": "", "low": "_lo", "high": "_hi", "n": "_n"}
    return {f"{name}{suffix[part]}": round(v, 3) for name, one in found.items() for part, v in one.items()}


def measured() -> dict[str, float]:
    """The rules on the test part, and the second person."""
    rules = figures("rules", estimates(pairs(RulesLabeller(), "test")))
    return {**rules, **figures("person", estimates(persons()))}


def differences(names: Sequence[str]) -> list[str]:
    """Each demonstration's measures, and the calls only one of the two trees has. For the development part."""
    found = pairs(RulesLabeller(), "development")
    return [line for name, pair in found.items() if not names or name in names for line in _told(name, pair)]


def _told(name: str, pair: Pair) -> list[str]:
    scores = " ".join(f"{label} {measure(pair).f1:.2f}" for label, measure in MEASURED.items())
    mine, gold = (_calls(one) for one in (pair.one, pair.other))
    missed = [f"   gold  {call}" for call in gold if call not in mine]
    return [f"{name}: {scores}", *missed, *(f"   rules {call}" for call in mine if call not in gold)]


def _calls(labels: LabelTree) -> list[str]:
    return [f"{labels.span(s.id)[0] + 1}-{labels.span(s.id)[1] + 1} {s.call}" for s in labels.segments]


def _summary(batch: Batch) -> str:
    found = estimates(pairs(RulesLabeller(), "development", (batch,)))
    told = (f"{name} {one.value:.3f} ({one.low:.3f}-{one.high:.3f}, n {one.n})" for name, one in found.items() if one)
    return f"batch {batch}: {', '.join(told)}"


if __name__ == "__main__":
    print("\n".join(differences(sys.argv[1:])))
    print("\n".join(map(_summary, get_args(Batch))))
