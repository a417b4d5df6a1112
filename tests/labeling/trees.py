"""Random label trees for tests: nested stretches over six or eight steps, named by few policies."""

from __future__ import annotations

from hypothesis import strategies as st

from labeling.model import Argument, LabelTree, Segment
from labeling.tree import make_tree

UIDS = tuple(f"u{n}" for n in range(8))


@st.composite
def trees(draw: st.DrawFn, uids: tuple[str, ...] = UIDS) -> LabelTree:
    """A valid tree; a call may have the same steps as its parent."""
    segments: list[Segment] = []

    def grow(first: int, last: int, parent: str | None, depth: int) -> None:
        place = first
        while place <= last and len(segments) < 12:
            place += draw(st.integers(0, 2))
            end = min(last, place + draw(st.integers(0, 4)))
            if place > last or not draw(st.booleans()):
                break
            key = f"s{len(segments) + 1}"
            query = Argument(name="query", value=draw(st.sampled_from("xy")), source="person")
            policy = draw(st.sampled_from(["search", "find"]))
            segments.append(
                Segment(id=key, first=uids[place], last=uids[end], policy=policy, args=(query,), parent=parent)
            )
            if depth < 3:
                grow(place, end, key, depth + 1)
            place = end + 1

    grow(0, len(uids) - 1, None, 1)
    return make_tree("demo", 1, uids, segments)
