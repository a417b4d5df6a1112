"""Which units are asked about together: everything if it fits, else windows that share some, cut where a page ends.

Each window keeps its centre: `keep` is what of it is taken when windows are stitched. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from labeling.llm.model import OWN, LabelSettings, Partition, Stretch, joined, spans


@dataclass(frozen=True)
class Window:
    """Units `first`..`last`, and `keep_first`..`keep_last` of them that its answer decides (all included)."""

    first: int
    last: int
    keep_first: int
    keep_last: int

    @property
    def size(self) -> int:
        """How many units it shows."""
        return self.last - self.first + 1

    def halves(self) -> tuple[Window, Window]:
        """Two windows without overlap that show and keep what this one does."""
        middle = self.first + self.size // 2
        return (
            Window(self.first, middle - 1, self.first, middle - 1),
            Window(middle, self.last, middle, self.last),
        )


def plan_windows(
    tokens: Sequence[int], strong: Collection[int], settings: LabelSettings, shift: int = 0
) -> tuple[Window, ...]:
    """The windows over units that cost `tokens` each; `strong` are units before which something ended.

    `shift` moves the cuts, so that another pass is cut elsewhere. Kept parts tile the units.
    """
    count = len(tokens)
    if count == 0:
        return ()
    if count <= settings.whole_steps and sum(tokens) <= settings.whole_tokens:
        return (Window(0, count - 1, 0, count - 1),)
    cuts = _cuts(tokens, frozenset(strong), settings, shift)
    ends = [*cuts[1:], count]
    half = settings.overlap // 2
    return tuple(
        Window(max(0, cut - half), min(count, end + settings.overlap - half) - 1, cut, end - 1)
        for cut, end in zip(cuts, ends, strict=True)
    )


def stitched(windows: Sequence[Window], parts: Sequence[Partition]) -> Partition:
    """One partition of all units: of each window what it keeps, and a cut only where a window sees a boundary."""
    out: list[Stretch] = []
    for window, part in zip(windows, parts, strict=True):
        for stretch, begin, end in spans(part, window.last + 1):
            if end <= window.keep_first or begin > window.keep_last:
                continue
            first = max(begin, window.keep_first)
            goes_on = begin < window.keep_first and bool(out) and _runs_on(out[-1], stretch)
            if not goes_on:
                out.append(replace(stretch, first=first, certainty="low" if begin < first else stretch.certainty))
    return joined(out)


def _runs_on(before: Stretch, after: Stretch) -> bool:
    """Whether a call cut by two windows is one call: the same policy, and arguments that do not contradict."""
    if before.policy != after.policy:
        return False
    pairs = zip(before.call[1], after.call[1], strict=False)
    return before.policy == OWN or all(not one or not other or one == other for one, other in pairs)


def _cuts(tokens: Sequence[int], strong: frozenset[int], settings: LabelSettings, shift: int) -> list[int]:
    """First kept unit of each window."""
    stride = max(1, settings.window - settings.overlap)
    cuts, begin = [0], 0
    aim = stride - shift % max(1, stride // 2) if shift else stride
    while True:
        end = _affordable(tokens, begin, min(begin + aim, len(tokens)), settings)
        if len(tokens) - end < max(1, stride // 4) and _affordable(tokens, begin, len(tokens), settings) == len(tokens):
            return cuts
        if end >= len(tokens):
            return cuts
        begin = _snapped(end, begin, len(tokens), strong, settings.snap)
        cuts.append(begin)
        aim = stride


def _affordable(tokens: Sequence[int], begin: int, end: int, settings: LabelSettings) -> int:
    """The furthest end up to which units fit a window's tokens; at least one unit."""
    spent = 0
    for place in range(begin, end):
        spent += tokens[place]
        if spent > settings.window_tokens and place > begin:
            return place
    return end


def _snapped(end: int, begin: int, count: int, strong: frozenset[int], reach: int) -> int:
    """The cut moved to the nearest strong boundary in reach, earlier ones first."""
    near = [place for place in range(end - reach, end + reach + 1) if place in strong and begin < place < count]
    return min(near, key=lambda place: (abs(place - end), place), default=end)
