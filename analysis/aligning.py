"""Laying two episodes beside each other: which steps are the same, which differ in what, which only one of them has.

Steps are compared by the calls that are open, the action's verb, its target by role and name, what was typed or chosen,
and the page. The cheapest edit of one into the other is found exactly (Needleman & Wunsch 1970), row by row in numpy;
beyond `CELLS` the table is halved (Hirschberg 1975), so that memory stays bounded.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from analysis.signals.course import Course
from traces.model import Frame

Part = Literal["calls", "action", "target", "text", "page"]
PARTS: tuple[Part, ...] = ("calls", "action", "target", "text", "page")
WEIGHTS: dict[Part, int] = {"calls": 10, "action": 10, "target": 10, "text": 4, "page": 6}
GAP = 14
"""What a step that only one side has costs. Two of them cost less than a pair with other calls, action and target."""
NEVER = 2 * GAP + 1
"""What a pair of different kinds costs, so that there is none: a call is never beside a page action."""
CELLS = 16_000_000
Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Key:
    """What a step is compared by: the policies open, verb, target (role, name), other arguments, page.

    Only steps of one `kind` are compared at all.
    """

    calls: tuple[str, ...]
    action: str
    target: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    page: Hashable = None
    kind: str = "act"


@dataclass(frozen=True)
class Pair:
    """Positions on either side, None where only the other has it, and in what the two differ."""

    a: int | None
    b: int | None
    differs: tuple[Part, ...] = ()

    @property
    def alone(self) -> bool:
        """Whether only one side has it."""
        return self.a is None or self.b is None


def keys_of(course: Course) -> list[Key]:
    """What each step of an episode is compared by."""
    paths = paths_of(course.frames)
    pages: dict[str | None, Hashable] = {}
    for place, step in enumerate(course.steps):
        if step.observation_before not in pages:
            page = course.before(place)
            pages[step.observation_before] = (page.place, page.content)
    return [
        _key(course, place, paths.get(course.frame_of(place).id, ()), pages[step.observation_before])
        for place, step in enumerate(course.steps)
    ]


def paths_of(frames: Sequence[Frame]) -> dict[str, tuple[str, ...]]:
    """The policies open in each call, by its id; a caller is a call that was opened before."""
    paths: dict[str, tuple[str, ...]] = {}
    for frame in frames:
        paths[frame.id] = (*paths.get(frame.parent or "", ()), frame.policy)
    return paths


def align(a: Sequence[Key], b: Sequence[Key], weights: dict[Part, int] = WEIGHTS) -> tuple[Pair, ...]:
    """The cheapest alignment, in order; each position of either side is in exactly one pair.

    Of equally cheap ones that which pairs early: it is looked for from the end.
    """
    same = 0
    while same < min(len(a), len(b)) and a[same] == b[same]:
        same += 1
    numbers: dict[str, dict[Hashable, int]] = {name: {} for name in _COLUMNS}
    costs = np.array([NEVER, *(weights[part] for part in PARTS)], dtype=np.int32)
    table = _Table(_coded(a[same:][::-1], numbers), _coded(b[same:][::-1], numbers), costs)
    pairs = [Pair(place, place) for place in range(same)]
    for one, other in reversed(table.pairs(0, len(a) - same, 0, len(b) - same)):
        here = None if one is None else len(a) - 1 - one
        there = None if other is None else len(b) - 1 - other
        alone = here is None or there is None
        pairs.append(Pair(here, there, () if alone else _differing(a[here or 0], b[there or 0])))
    return tuple(pairs)


def cost(pairs: Sequence[Pair], weights: dict[Part, int] = WEIGHTS) -> int:
    """What an alignment costs."""
    return sum(GAP if pair.alone else sum(weights[part] for part in pair.differs) for pair in pairs)


class _Table:
    """The costs of aligning stretches of two coded sequences (a row per step, a column per part)."""

    def __init__(self, a: Numbers, b: Numbers, weights: Numbers) -> None:
        self._a, self._b, self._weights = a, b, weights

    def pairs(self, a0: int, a1: int, b0: int, b1: int) -> list[tuple[int | None, int | None]]:
        """The cheapest alignment of a[a0:a1] with b[b0:b1]."""
        if a0 == a1 or b0 == b1:
            return [*((at, None) for at in range(a0, a1)), *((None, at) for at in range(b0, b1))]
        if (a1 - a0) * (b1 - b0) <= CELLS or a1 - a0 == 1:
            return self._traced(a0, a1, b0, b1)
        middle = (a0 + a1) // 2
        ahead = self._last_row(range(a0, middle), b0, b1)
        behind = self._last_row(range(a1 - 1, middle - 1, -1), b0, b1, backwards=True)[::-1]
        cut = b0 + int(np.argmin(ahead + behind))
        return [*self.pairs(a0, middle, b0, cut), *self.pairs(middle, a1, cut, b1)]

    def _costs(self, one: int, b0: int, b1: int) -> Numbers:
        costs: Numbers = (self._b[b0:b1] != self._a[one]) @ self._weights
        return costs

    def _row(self, before: Numbers, costs: Numbers, steps: Numbers) -> Numbers:
        """One row from that before it. The step from the left is a running minimum, since every gap costs the same."""
        best = before + GAP
        np.minimum(best[1:], before[:-1] + costs, out=best[1:])
        row: Numbers = np.minimum.accumulate(best - steps) + steps
        return row

    def _last_row(self, rows: range, b0: int, b1: int, *, backwards: bool = False) -> Numbers:
        steps = np.arange(b1 - b0 + 1, dtype=np.int32) * GAP
        row = steps.copy()
        for one in rows:
            costs = self._costs(one, b0, b1)
            row = self._row(row, costs[::-1] if backwards else costs, steps)
        return row

    def _traced(self, a0: int, a1: int, b0: int, b1: int) -> list[tuple[int | None, int | None]]:
        steps = np.arange(b1 - b0 + 1, dtype=np.int32) * GAP
        row = steps.copy()
        moves = np.empty((a1 - a0, b1 - b0 + 1), dtype=np.int8)  # 0 both, 1 only a, 2 only b
        for at, one in enumerate(range(a0, a1)):
            costs = self._costs(one, b0, b1)
            after = self._row(row, costs, steps)
            moves[at] = np.where(after == row + GAP, 1, 2)
            moves[at, 1:][after[1:] == row[:-1] + costs] = 0
            row = after
        return _walked(moves, a0, b0)


def _walked(moves: npt.NDArray[np.int8], a0: int, b0: int) -> list[tuple[int | None, int | None]]:
    found: list[tuple[int | None, int | None]] = []
    one, other = moves.shape[0], moves.shape[1] - 1
    while one or other:
        move = 2 if not one else 1 if not other else int(moves[one - 1, other])
        one, other = one - (move != 2), other - (move != 1)
        found.append((a0 + one if move != 2 else None, b0 + other if move != 1 else None))
    return found[::-1]


_COLUMNS = ("kind", *PARTS)


def _coded(keys: Sequence[Key], numbers: dict[str, dict[Hashable, int]]) -> Numbers:
    """A row per step; equal entries of a column are equal in what they stand for."""
    rows = [[numbers[name].setdefault(getattr(key, name), len(numbers[name])) for name in _COLUMNS] for key in keys]
    return np.array(rows, dtype=np.int32).reshape(len(keys), len(_COLUMNS))


def _differing(one: Key, other: Key) -> tuple[Part, ...]:
    return tuple(part for part in PARTS if getattr(one, part) != getattr(other, part))


def _key(course: Course, place: int, calls: tuple[str, ...], page: Hashable) -> Key:
    action, step = course.actions[place], course.steps[place]
    if action is None:
        return Key(calls, step.action, page=page, kind=step.kind)
    node = step.target or course.target(place)
    named = (node.role, node.name) if node is not None and action.element is not None else action.args[:1]
    return Key(calls, action.name, named, action.args[1:], page, step.kind)
