"""Differences of two trees: found, said, and taken over so that always a tree is left."""

from __future__ import annotations

from hypothesis import given

from labeling.changes import Labels, apply
from labeling.differences import Difference, differences, key_of, taken
from labeling.model import Argument, LabelTree, Segment
from labeling.tree import make_tree
from tests.labeling.trees import UIDS, trees


def call(
    key: str, first: int, last: int, policy: str = "search", parent: str | None = None, query: str = "x"
) -> Segment:
    """A call over steps by position."""
    args = (Argument(name="query", value=query, source="person"),)
    return Segment(id=key, first=UIDS[first], last=UIDS[last], policy=policy, args=args, parent=parent)


def tree(*segments: Segment) -> LabelTree:
    """A tree over the eight steps."""
    return make_tree("demo", 1, UIDS, segments)


def spans(found: tuple[Difference, ...]) -> list[tuple[int, int, str]]:
    """(first, last, what) of each."""
    return [(one.first, one.last, one.what) for one in found]


def taking(mine: LabelTree, other: LabelTree, found: tuple[Difference, ...], number: int = 9) -> LabelTree:
    """My tree with those differences taken over."""
    payload = taken(mine, other, found, source="run:r", number=number, state="edited")
    return apply(Labels(mine), "take", payload).tree


def shape(one: LabelTree) -> list[tuple[object, ...]]:
    """The calls as they are nested, without ids and states."""
    parents = {s.id: (s.first, s.last, s.policy, s.args) for s in one.segments}
    return [(s.first, s.last, s.policy, s.args, parents.get(s.parent or "")) for s in one.segments]


def test_what_differs_is_said():
    """Another end, another policy, another argument, a call only one of both has."""
    mine = tree(call("a", 0, 1), call("b", 2, 2), call("c", 3, 3), call("d", 4, 5))
    other = tree(call("a", 0, 0), call("b", 2, 2, "find"), call("c", 3, 3, query="y"), call("d", 7, 7))
    assert spans(differences(mine, other)) == [
        (0, 1, "boundaries"), (2, 2, "policy"), (3, 3, "arguments"), (4, 5, "only_mine"), (7, 7, "only_other"),
    ]  # fmt: skip
    assert key_of(mine, differences(mine, other)[0]) == "u0..u1"


def test_an_empty_argument_is_the_same_as_none():
    """Nobody has to decide between two ways to say nothing."""
    assert differences(tree(call("a", 0, 0, query="")), tree(call("b", 0, 0).model_copy(update={"args": ()}))) == ()


def test_taking_one_difference_over_leaves_the_others():
    """A boundary is taken, the call keeps its id; what else differs stays as it was."""
    mine = tree(call("form", 0, 5, "find"), call("a", 0, 2, parent="form"), call("b", 6, 7))
    other = tree(call("s1", 0, 5, "find"), call("s2", 0, 1, parent="s1"), call("s3", 6, 6))
    first, _ = differences(mine, other)
    after = taking(mine, other, (first,))
    assert [(s.id, s.first, s.last, s.parent, s.state) for s in after.segments] == [
        ("form", "u0", "u5", None, "pending"), ("a", "u0", "u1", "form", "edited"), ("b", "u6", "u7", None, "pending"),
    ]  # fmt: skip


def test_a_parent_taken_over_takes_the_calls_inside():
    """And its going gives them back to the call around it."""
    mine = tree(call("a", 0, 1), call("b", 2, 3))
    other = tree(call("p", 0, 3, "find"), call("a", 0, 1, parent="p"), call("b", 2, 3, parent="p"))
    (found,) = differences(mine, other)
    inside = taking(mine, other, (found,))
    assert [s.parent for s in inside.segments] == [None, "e9.1", "e9.1"]
    (back,) = differences(inside, mine)
    assert shape(taking(inside, mine, (back,))) == shape(mine)


@given(trees(), trees())
def test_taking_over_every_difference_one_by_one_leads_to_the_other_tree(mine: LabelTree, other: LabelTree):
    """Whatever the two trees are, each step on the way is a tree with one difference less."""
    number = 100
    while found := differences(mine, other):
        after = taking(mine, other, (found[0],), number)
        LabelTree.model_validate(after.model_dump())
        assert len(differences(after, other)) < len(found)
        mine, number = after, number + 1
    assert shape(mine) == shape(other)


@given(trees(), trees())
def test_differences_do_not_overlap_and_mirror(mine: LabelTree, other: LabelTree):
    """Each step lies in one at most, and from the other side they are the same stretches."""
    found = differences(mine, other)
    assert all(one.last < following.first for one, following in zip(found, found[1:], strict=False))
    assert [(d.first, d.last) for d in differences(other, mine)] == [(d.first, d.last) for d in found]
    assert differences(mine, mine) == ()
