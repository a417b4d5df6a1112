"""From partitions, level by level, to the segments of a label tree: nested by construction, arguments grounded.

A node is a call over steps; the nodes and single steps of one level are the units of the next. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from labeling.checks.grounding import grounding
from labeling.llm.confidence import RULE, confidence
from labeling.llm.model import OWN, Stretch, spans
from labeling.llm.prompt import Item
from labeling.llm.votes import Share, Voted
from labeling.model import Argument, LabelTree, Segment
from labeling.rules.labeller import REASONS
from labeling.rules.scene import Scene
from traces.actions import Action


@dataclass(frozen=True)
class Node:
    """A call over the steps at `first`..`last` (positions), with the calls it makes."""

    stretch: Stretch
    share: Share
    first: int
    last: int
    children: tuple[Node, ...] = ()

    @property
    def text(self) -> str:
        """The call as it is written."""
        return str(Action(self.stretch.policy, tuple(value for _, value in self.stretch.args)))


Unit = Node | int
"""What a level above the first partitions: a call, or the position of a step in none."""


def first_units(voted: Voted, end: int) -> tuple[Unit, ...]:
    """The units that level 1 leaves for level 2."""
    return _units(voted, tuple(range(end)))


def grouped(voted: Voted, units: Sequence[Unit]) -> tuple[tuple[Unit, ...], tuple[str, ...]]:
    """The units after a level put some into larger calls, and what was said of groups that cannot be."""
    refused: list[str] = []
    kept: list[tuple[Stretch, Share]] = []
    for (stretch, begin, stop), share in zip(spans(voted.partition, len(units)), voted.shares, strict=True):
        why = None if stretch.policy == OWN else _refused(units, begin, stop)
        refused += [f"‘{stretch.policy}’ {why}"] if why else []
        kept.append((Stretch(begin) if why else stretch, share))
    made = Voted(tuple(stretch for stretch, _ in kept), tuple(share for _, share in kept))
    return _units(made, tuple(units)), tuple(refused)


def items_of(units: Sequence[Unit], lines: Sequence[str]) -> tuple[Item, ...]:
    """The units as a model is told of them."""
    return tuple(
        Item(f"step {lines[unit]}", unit, unit)
        if isinstance(unit, int)
        else Item(f"call {unit.text} (steps s{unit.first + 1} to s{unit.last + 1})", unit.first, unit.last)
        for unit in units
    )


def _units(voted: Voted, units: tuple[Unit, ...]) -> tuple[Unit, ...]:
    out: list[Unit] = []
    for (stretch, begin, stop), share in zip(spans(voted.partition, len(units)), voted.shares, strict=True):
        inside = units[begin:stop]
        if stretch.policy == OWN:
            out += inside
        else:
            children = tuple(unit for unit in inside if isinstance(unit, Node))
            out.append(Node(stretch, share, _begin(inside[0]), _end(inside[-1]), children))
    return tuple(out)


def _refused(units: Sequence[Unit], begin: int, stop: int) -> str | None:
    if begin == 0 and stop == len(units):
        return "would hold everything: the planner does already"
    if stop - begin == 1:
        return "would hold one call or step alone"
    return None


def _begin(unit: Unit) -> int:
    return unit if isinstance(unit, int) else unit.first


def _end(unit: Unit) -> int:
    return unit if isinstance(unit, int) else unit.last


@dataclass(frozen=True)
class Builder:
    """Makes the segments of nodes over the steps of a scene; `rules` is what the rules propose for the same steps."""

    scene: Scene
    rules: LabelTree
    _by_span: dict[tuple[int, int, str], Segment] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        found = {(*self.rules.span(one.id), one.policy): one for one in self.rules.segments}
        object.__setattr__(self, "_by_span", found)

    def segments(self, units: Sequence[Unit]) -> tuple[Segment, ...]:
        """All segments in the order in which they would be called, numbered from `s1`."""
        out: list[Segment] = []
        for unit in units:
            if isinstance(unit, Node):
                self._add(unit, None, out)
        return tuple(out)

    def _add(self, node: Node, parent: str | None, out: list[Segment]) -> None:
        key = f"s{len(out) + 1}"
        out.append(self._segment(node, key, parent))
        for child in node.children:
            self._add(child, key, out)

    def _segment(self, node: Node, key: str, parent: str | None) -> Segment:
        stretch, moments = node.stretch, self.scene.moments
        other = self._by_span.get((node.first, node.last, stretch.policy))
        if stretch.source == "rules" and other is not None:
            return other.model_copy(update={"id": key, "parent": parent})
        args = tuple(self._argument(name, value, node, other) for name, value in stretch.args)
        missing = any(not argument.value for argument in args)
        ungrounded = any(argument.source == "inferred" and not _composed(argument, node) for argument in args)
        return Segment(
            id=key,
            first=moments[node.first].step.uid,
            last=moments[node.last].step.uid,
            policy=stretch.policy,
            args=args,
            returns=stretch.returns,
            parent=parent,
            reason="" if missing else template_reason(stretch.policy, [argument.value for argument in args]),
            rule=RULE if stretch.source == "model" else "rules",
            evidence=stretch.evidence,
            confidence=confidence(
                stretch, node.share, rules_agree=other is not None, missing=missing, ungrounded=ungrounded
            ),
        )

    def _argument(self, name: str, value: str, node: Node, other: Segment | None) -> Argument:
        """The argument with where its value really stands; one the model left out is what the rules found."""
        if not value and other is not None:
            known = next((one for one in other.args if one.name == name), None)
            if known is not None:
                return known
        source, step = grounding(value, self.scene, node.first, node.last)
        return Argument(name=name, value=value, source=source, step=step)


def template_reason(policy: str, values: Sequence[str]) -> str:
    """The reason a person might give for a call, from a template; '' where there is none for the policy."""
    try:
        return REASONS.get(policy, "").format(*values)
    except IndexError:
        return ""


def _composed(argument: Argument, node: Node) -> bool:
    """Whether an argument that is found nowhere as a whole is put together: a list, or a call around calls."""
    return bool(node.children) or any(mark in argument.value for mark in (", ", "; ", "{SECRET:"))
