"""Two tracks of one demonstration brought together into a gold one, difference by difference."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.adjudication import together
from labeling.desk import ReviewDesk
from labeling.differences import differences
from labeling.errors import Conflict, ReviewError
from labeling.label_sets import make_run
from labeling.model import LabelTree
from labeling.repository import LabelRepository, MemoryRows
from labeling.review import ReviewState
from labeling.tracks import Track
from policies.library import load_set
from tests.labeling.test_label_differences import call, shape, tree
from tests.labeling.trees import trees


class Two:
    """Ana's and Bob's finished tracks of one demonstration."""

    def __init__(self, left: LabelTree, right: LabelTree, *, finished: bool = True) -> None:
        self.labels = LabelRepository(MemoryRows())
        self.desk = ReviewDesk(self.labels, load_set("core"), clock=lambda: 1.0)
        for name, one in (("ana", left), ("bob", right)):
            run = self.labels.add_run(make_run(one, labeller=name, policy_set="core", created=1.0))
            state = self.desk.begin(run, name, name)
            if finished and state.pending:
                segments = [s.model_copy(update={"state": "accepted"}).model_dump(mode="json") for s in one.segments]
                self.desk.do(state, "take", {"source": "own", "segments": segments}, name)

    def track(self, name: str) -> Track:
        return self.desk.tracks.get("demo", name)

    def gold(self) -> ReviewState:
        return self.desk.bring_together(self.track("ana"), self.track("bob"), "Cyd")

    def settle(self, state: ReviewState, key: str, choice: str) -> ReviewState:
        return self.desk.do(state, "take", {"settles": key, "choice": choice}, "Cyd")


MINE = tree(call("a", 0, 1), call("b", 2, 3), call("c", 5, 5))
OTHER = tree(call("a", 0, 1), call("b", 2, 2), call("c", 5, 5, "find"), call("d", 7, 7))


def test_it_begins_with_what_both_have_and_is_open_elsewhere():
    """What both say is accepted, the left one's calls wait, each difference is named."""
    state = Two(MINE, OTHER).gold()
    assert state.states == {"a": "accepted", "b": "pending", "c": "pending"}
    assert state.labels.choices == {"u2..u3": "", "u5..u5": "", "u7..u7": ""}
    assert not state.decided


def test_each_difference_is_settled_by_a_side_or_in_ones_own_way():
    """Left accepts what stands there, right takes the other's, own keeps what the person made of it."""
    two = Two(MINE, OTHER)
    state = two.settle(two.gold(), "u2..u3", "left")
    assert (state.states["b"], state.labels.choices["u2..u3"]) == ("accepted", "left")
    state = two.settle(state, "u7..u7", "right")
    assert [s.policy for s in state.tree.segments if s.first == "u7"] == ["search"]
    state = two.desk.do(state, "relabel", {"segment": "c", "policy": "login"}, "Cyd")
    assert not state.decided
    state = two.settle(state, "u5..u5", "own")
    assert state.decided
    assert [(s.policy, s.state) for s in state.tree.segments] == [
        ("search", "accepted"), ("search", "accepted"), ("login", "edited"), ("search", "accepted"),
    ]  # fmt: skip


def test_a_gold_track_says_by_whom_and_is_frozen_as_gold():
    """Who settled it is its actor; the label set made of it is of the kind gold, under another id."""
    two = Two(MINE, MINE)
    two.gold()
    track = two.track("gold")
    assert (track.kind, track.actors, track.settled) == ("gold", ("Cyd",), True)
    gold = two.desk.freeze([("demo", "gold")], "Cyd")
    plain = two.desk.freeze([("demo", "ana")], "Ana")
    assert (gold.kind, plain.kind) == ("gold", "reviewed")
    assert gold.id != plain.id
    assert two.labels.label_set(gold.id) == gold


def test_choices_are_undone_and_done_again():
    """A settled difference is open again after undo; two people cannot settle past each other."""
    two = Two(MINE, OTHER)
    begun = two.gold()
    state = two.settle(begun, "u2..u3", "right")
    with pytest.raises(Conflict):
        two.settle(begun, "u5..u5", "left")
    back = two.desk.do(state, "undo", {}, "Cyd")
    assert back.labels == begun.labels
    assert two.desk.do(back, "redo", {}, "Cyd").labels == state.labels


def test_the_sides_are_as_they_were_when_it_began():
    """Ana changing her mind later does not move what the gold track is about."""
    two = Two(MINE, OTHER)
    state = two.gold()
    two.desk.do(two.track("ana").state, "reject", {"segment": "b"}, "Ana")
    left, right = two.desk.sides(state)
    assert (shape(left), shape(right)) == (shape(MINE), shape(OTHER))
    assert two.gold() == state


def test_a_gold_track_whose_recording_was_read_again_is_its_own_from_then_on():
    """What was open stays to be decided as calls; the sides are over other steps now."""
    two = Two(MINE, OTHER)
    state = two.gold()
    segments = [s.model_dump(mode="json") for s in state.tree.segments]
    over = {"run": state.run, "segments": segments, "derivation": 2, "uids": [*state.tree.uids, "u8"]}
    state = two.desk.do(state, "adopt", over, "normaliser")
    assert set(state.labels.choices.values()) == {"own"}
    assert [segment.id for segment in state.pending] == ["b", "c"]
    assert two.track("gold").kind == "gold"
    told = two.desk.tracks.history("demo", "gold", str)
    assert [entry.text for entry in told] == [
        "brought ana and bob together", "went over to reading 2 of the recording",
    ]  # fmt: skip


def test_tracks_that_cannot_be_compared_are_refused():
    """One that is not finished, the same one twice, and a difference that does not exist."""
    with pytest.raises(ReviewError, match="not finished"):
        Two(MINE, OTHER, finished=False).gold()
    two = Two(MINE, OTHER)
    with pytest.raises(ReviewError, match="no two tracks"):
        together(two.track("ana"), two.track("ana"))
    for key in ("u0..u0", "nothing"):
        with pytest.raises(ReviewError, match="no such difference"):
            two.settle(two.gold(), key, "left")
    with pytest.raises(ReviewError, match="not made of two"):
        two.desk.sides(two.track("ana").state)


@given(trees(), trees(), st.data())
def test_any_choices_leave_a_tree_and_one_side_throughout_leaves_that_side(
    left: LabelTree, right: LabelTree, data: st.DataObject
):
    """Whatever is chosen where, the result is a decided tree; always the right side gives the right tree."""
    two = Two(left, right)
    state, same = two.gold(), data.draw(st.sampled_from(["left", "right", None]))
    for key in list(state.labels.choices):
        state = two.settle(state, key, same or data.draw(st.sampled_from(["left", "right", "own"])))
        LabelTree.model_validate(state.tree.model_dump())
    assert state.decided
    if same:
        assert differences(state.tree, left if same == "left" else right) == ()
