"""A label tree is a tree of calls over the steps, whatever it is made from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.errors import TreeError
from labeling.frames import frames
from labeling.model import Argument, LabelTree, Segment
from labeling.tree import (
    check_arguments,
    check_policies,
    children,
    depth,
    items,
    make_tree,
    own_steps,
    path_at,
    steps_of,
)
from policies.errors import UnknownPolicy
from policies.library import load_set
from tests.builders import make_episode, make_step
from traces.frames import build_frames, flatten

UIDS = tuple(f"u{n}" for n in range(8))


def seg(key: str, first: int, last: int, parent: str | None = None, policy: str = "search", **fields) -> Segment:
    args = fields.pop("args", (Argument(name="query", value=key, source="step_value"),))
    return Segment(id=key, first=f"u{first}", last=f"u{last}", policy=policy, args=args, parent=parent, **fields)


def tree(*segments: Segment, uids: tuple[str, ...] = UIDS) -> LabelTree:
    return make_tree("e1", 1, uids, segments)


@st.composite
def trees(draw, n: int = 8, depth_left: int = 3) -> LabelTree:
    """Any tree over n steps: stretches cut at random, some of them calls, nested at random."""
    out: list[Segment] = []

    def fill(low: int, high: int, parent: str | None, left: int) -> None:
        cuts = sorted(draw(st.sets(st.integers(low, high), max_size=3)) | {low})
        for begin, end in zip(cuts, [*(c - 1 for c in cuts[1:]), high], strict=True):
            if left and begin <= end and draw(st.booleans()):
                key = f"s{len(out)}"
                out.append(seg(key, begin, end, parent))
                fill(begin, end, key, left - 1)

    fill(0, n - 1, None, depth_left)
    return tree(*out)


def test_children_and_own_steps_cover_every_step_once():
    """A call's steps are its own or a child's, never both."""
    t = tree(seg("a", 1, 5), seg("b", 2, 3, "a"), seg("c", 7, 7))
    assert [i if isinstance(i, str) else i.id for i in items(t, None)] == ["u0", "a", "u6", "c"]
    assert own_steps(t, "a") == ("u1", "u4", "u5")
    assert steps_of(t, "b") == ("u2", "u3")
    assert [s.id for s in path_at(t, "u2")] == ["a", "b"]
    assert [s.id for s in children(t, "a")] == ["b"]
    assert (depth(t, None), depth(t, "a"), depth(t, "b")) == (1, 2, 3)


@given(trees())
def test_any_tree_covers_its_steps_once(t):
    """Walking a tree meets every step exactly once, at every level."""

    def walk(parent):
        for item in items(t, parent):
            if isinstance(item, str):
                yield item
            else:
                yield from walk(item.id)

    assert tuple(walk(None)) == t.uids


@pytest.mark.parametrize(
    ("segments", "message"),
    [
        ([seg("a", 3, 1)], "ends before it begins"),
        ([seg("a", 0, 3), seg("b", 2, 5)], "overlap"),
        ([seg("a", 0, 3), seg("b", 2, 5, "a")], "reaches beyond its parent"),
        ([seg("a", 0, 3, "ghost")], "ghost, which does not exist"),
        ([seg("a", 0, 9)], "u9, which is not in episode e1"),
        ([seg("a", 0, 3, "b"), seg("b", 0, 3, "a")], "in a circle"),
    ],
)
def test_what_is_no_tree_is_refused_with_the_reason(segments, message):
    """No invalid tree can exist."""
    with pytest.raises(TreeError, match=message):
        tree(*segments)


def test_a_stored_tree_is_checked_too():
    """Reading a tree from JSON checks it as making one does."""
    body = tree(seg("a", 0, 3)).model_dump()
    assert LabelTree.model_validate(body) == tree(seg("a", 0, 3))
    body["segments"] = (*body["segments"], {**body["segments"][0], "id": "b"})
    with pytest.raises(TreeError, match="overlap"):
        LabelTree.model_validate(body)
    with pytest.raises(TreeError, match="same uid"):
        make_tree("e1", 1, ("u0", "u0"), ())


def test_calls_must_be_policies_with_their_arguments():
    """An unknown policy and missing or unknown arguments are named."""
    core = load_set("core")
    check_policies(tree(seg("a", 0, 1)), core)
    with pytest.raises(UnknownPolicy, match="serch"):
        check_policies(tree(seg("a", 0, 1, policy="serch")), core)
    with pytest.raises(TreeError, match=r"lacks query: a call is search \[query\]"):
        check_arguments(seg("a", 0, 1, args=()), core.resolve("search"))
    extra = (Argument(name="query", value="x", source="person"), Argument(name="site", value="y", source="person"))
    with pytest.raises(TreeError, match=r"query, site: a call is search \[query\]"):
        check_arguments(seg("a", 0, 1, args=extra), core.resolve("search"))


def test_frames_have_the_shape_a_run_writes():
    """The root is the planner over all steps with the answer; a child's objective is its whole call."""
    t = tree(seg("a", 1, 5, returns="42"), seg("b", 2, 3, "a"))
    steps = [make_step("go_back", n) for n in range(8)]
    root, a, b = frames(make_episode("Find it", answer="yes"), steps, t)
    assert (root.id, root.policy, root.depth, root.objective) == ("f0", "planner", 1, "Find it")
    assert (root.first_step, root.last_step, root.returned, root.end) == (0, 7, "yes", "returned")
    assert (a.id, a.parent, a.depth, a.objective, a.args) == ("a", "f0", 2, "search [a]", ("a",))
    assert (a.first_step, a.last_step, a.returned) == (1, 5, "42")
    assert (b.parent, b.depth, b.returned) == ("a", 3, None)


@given(trees())
def test_frames_survive_the_round_trip_through_pushes_and_pops(t):
    """A labelled demonstration flattened to pushes and pops and built again is the same call tree."""
    steps = [make_step("go_back", n) for n in range(8)]
    made = frames(make_episode("Find it"), steps, t)
    again = build_frames(flatten(made, steps), "Find it")

    def shape(found):
        names = {f.id: f.objective for f in found}
        return [(f.objective, names.get(f.parent), f.depth, f.args, f.returned) for f in found]

    assert shape(again) == shape(made)


def test_frames_of_other_steps_are_refused():
    """Labels of one derivation are not laid over another."""
    with pytest.raises(TreeError, match="another derivation"):
        frames(make_episode(), [make_step("go_back", 0)], tree(seg("a", 0, 1)))
    assert len(frames(make_episode(), [], tree(uids=()))) == 1
