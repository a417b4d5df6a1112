"""Each review gesture does what it says, refuses what does not fit, and can be taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.errors import ReviewError, TreeError
from labeling.model import Argument, LabelTree, Segment
from labeling.review import ReviewState, blank, follow, make_event, project
from labeling.tree import make_tree
from policies.errors import UnknownPolicy
from policies.library import load_set

CORE = load_set("core")
UIDS = tuple(f"u{n}" for n in range(10))


def seg(key: str, first: int, last: int, parent: str | None = None, **fields) -> Segment:
    args = (Argument(name="query", value=key, source="step_value", step=f"u{first}"),)
    return Segment(id=key, first=f"u{first}", last=f"u{last}", policy="search", args=args, parent=parent, **fields)


def proposal() -> LabelTree:
    """u0 own | a: u1-u5 (b: u2-u3, c: u5) | d: u6-u7 | u8 own | e: u9."""
    segments = (
        seg("a", 1, 5, confidence=0.9),
        seg("b", 2, 3, "a", confidence=0.95),
        seg("c", 5, 5, "a", confidence=0.6),
        seg("d", 6, 7, confidence=0.8),
        seg("e", 9, 9, confidence=0.3),
    )
    return make_tree("e1", 1, UIDS, segments)


class Track:
    """A track being reviewed, its events kept as a repository would keep them."""

    def __init__(self, tree: LabelTree | None = None) -> None:
        self.tree = tree or proposal()
        self.events: list = []
        self.state: ReviewState = blank(self.tree, "ana")
        self.do("adopt", run="run-1", segments=[s.model_dump(mode="json") for s in self.tree.segments])

    def do(self, op: str, *, gesture: str | None = None, **payload) -> ReviewState:
        event = make_event(self.state, op, payload, actor="ana", at=1.0, policies=CORE, gesture=gesture)
        self.events.append(event.model_copy(update={"number": len(self.events) + 1}))
        self.state = follow(self.state, self.events[-1])
        return self.state

    def refuses(self, message: str, op: str, **payload) -> None:
        """The gesture is refused with the message, and nothing changes."""
        before = (self.state, len(self.events))
        with pytest.raises(ReviewError, match=message):
            self.do(op, **payload)
        assert (self.state, len(self.events)) == before

    def spans(self) -> dict[str, tuple[str, str, str | None]]:
        return {s.id: (s.first, s.last, s.parent) for s in self.state.tree.segments}


def test_adopting_a_run_begins_the_track_and_cannot_be_undone():
    """A track starts with the proposal; there is nothing before it."""
    track = Track()
    assert track.state.tree == proposal()
    assert (track.state.run, track.state.number, track.state.undo) == ("run-1", 1, ())
    track.refuses("nothing to undo", "undo")


def test_accepting_one_and_all_decides():
    """A track is decided when no call is pending."""
    track = Track()
    assert not track.state.decided
    track.do("accept", segment="a")
    assert track.state.states["a"] == "accepted"
    assert [s.id for s in track.state.pending] == ["b", "c", "d", "e"]
    track.do("accept_all")
    assert track.state.decided
    track.refuses("No call is pending", "accept_all")


def test_bulk_accept_is_one_gesture_above_a_confidence():
    """Everything sure enough is accepted at once and taken back at once."""
    track = Track()
    track.do("bulk_accept", above=0.8)
    assert {k for k, v in track.state.states.items() if v == "accepted"} == {"a", "b", "d"}
    assert track.events[-1].payload == {"above": 0.8, "segments": ["a", "b", "d"]}
    track.refuses("confidence of 0.99 or more", "bulk_accept", above=0.99)
    track.do("undo")
    assert track.state.tree == proposal()


def test_relabel_keeps_fitting_arguments_and_checks_the_new_ones():
    """Another policy takes over what it can; unknown policies and wrong arguments are refused."""
    track = Track()
    track.do("relabel", segment="d", policy="FILL_TEXT")
    new = track.state.tree.by_id["d"]
    assert (new.policy, [(a.name, a.value) for a in new.args]) == ("fill_text", [("field", ""), ("text", "")])
    assert new.state == "edited"
    track.do("relabel", segment="d", policy="fill_text", args={"field": "From", "text": "Oslo"})
    assert track.state.tree.by_id["d"].call == "fill_text [From] [Oslo]"
    with pytest.raises(UnknownPolicy, match="Did you mean 'fill_text'"):
        track.do("relabel", segment="d", policy="fil_text")
    with pytest.raises(TreeError, match="lacks text"):
        track.do("set_args", segment="d", args={"field": "From"})
    track.refuses("no arguments of a call", "set_args", segment="d", args=[7])


def test_arguments_returns_and_notes():
    """Small corrections are gestures of their own; an empty note is no note."""
    track = Track()
    track.do("set_args", segment="e", args={"query": "oslo"})
    track.do("set_returns", segment="e", returns="42")
    found = track.state.tree.by_id["e"]
    assert (found.call, found.returns, found.args[0].source) == ("search [oslo]", "42", "person")
    track.do("note", step="u3", text="mis-click")
    assert track.state.labels.notes == {"u3": "mis-click"}
    track.do("note", step="u3", text=" ")
    assert track.state.labels.notes == {}
    track.refuses("u99 is not in this episode", "note", step="u99", text="x")


def test_reject_leaves_the_steps_to_the_parent():
    """A rejected call is gone from the tree but remembered; its children move up."""
    track = Track()
    track.do("reject", segment="a")
    assert track.spans()["b"] == ("u2", "u3", None)
    assert "a" not in track.spans()
    assert track.state.states["a"] == "rejected"
    track.do("undo")
    assert track.state.tree == proposal()
    assert "a" not in track.state.labels.rejected


def test_unwrap_takes_a_call_away_without_rejecting_it():
    """Its children and steps become the parent's."""
    track = Track()
    track.do("unwrap", segment="a")
    assert set(track.spans()) == {"b", "c", "d", "e"}
    assert track.state.labels.rejected == {}


def test_split_cuts_between_children():
    """The second part is a new call; a cut through a child is refused."""
    track = Track()
    track.refuses("go through ‘search", "split", segment="a", at="u3")
    track.refuses("one of its later steps", "split", segment="a", at="u1")
    track.do("split", segment="a", at="u4")
    assert track.spans()["a"] == ("u1", "u3", None)
    assert track.spans()["e2"] == ("u4", "u5", None)
    assert track.spans()["c"] == ("u5", "u5", "e2")
    track.do("merge", segment="a")
    assert track.spans() == {s.id: (s.first, s.last, s.parent) for s in proposal().segments}


def test_merge_joins_with_the_next_call_and_what_lies_between():
    """Own steps between two calls come into the joined one."""
    track = Track()
    track.do("merge", segment="d")
    assert track.spans()["d"] == ("u6", "u9", None)
    track.refuses("No call follows", "merge", segment="d")


def test_a_boundary_moves_and_neighbours_give_way():
    """Growing takes steps from the neighbour, shrinking leaves them to the parent; nothing is swallowed or cut."""
    track = Track()
    track.do("move_boundary", segment="d", edge="end", to="u8")
    assert track.spans()["d"] == ("u6", "u8", None)
    track.do("move_boundary", segment="d", edge="start", to="u5")
    assert track.spans()["a"] == ("u1", "u4", None)
    assert track.spans()["c"] == ("u5", "u5", "d")
    track.do("move_boundary", segment="d", edge="start", to="u7")
    assert track.spans()["c"] == ("u5", "u5", None)
    track.refuses("leave nothing of ‘search .e.’", "move_boundary", segment="d", edge="end", to="u9")
    track.refuses("cut through ‘search .b.’", "move_boundary", segment="a", edge="start", to="u3")
    track.refuses("keep a step of its own", "move_boundary", segment="a", edge="end", to="u0")


def test_wrap_makes_a_parent_of_calls_and_steps():
    """A new call around a range; the innermost call that is larger is its parent."""
    track = Track()
    track.do("wrap", first="u6", last="u8", policy="fill_form", args={"fields": "x"})
    assert track.spans()["e2"] == ("u6", "u8", None)
    assert track.spans()["d"] == ("u6", "u7", "e2")
    track.do("wrap", first="u4", last="u4", policy="search", args={"query": "q"})
    assert track.spans()["e3"] == ("u4", "u4", "a")
    track.refuses("cuts through", "wrap", first="u0", last="u2", policy="search", args={"query": "q"})
    track.refuses("not in this episode", "wrap", first="u0", last="nope", policy="search", args={"query": "q"})
    track.refuses("names no policy", "wrap", first="u0", last="u0")


def test_gestures_that_make_no_sense_are_refused():
    """Unknown gestures, missing entries and vanished calls have one clear message each."""
    track = Track()
    track.refuses("no gesture 'explode'", "explode")
    track.refuses("segment: Field required", "accept")
    track.refuses("ghost is not there any more", "accept", segment="ghost")
    track.refuses("edge: Input should be", "move_boundary", segment="a", edge="middle", to="u3")
    track.refuses("nope: Extra inputs", "accept", segment="a", nope=1)


def test_undo_and_redo_walk_through_whole_gestures():
    """Events of one gesture go together; a new change ends what could be redone."""
    track = Track()
    track.do("relabel", segment="d", policy="navigate", args={"place": "x"}, gesture="g1")
    track.do("accept", segment="d", gesture="g1")
    changed = track.state.tree
    track.do("undo")
    assert track.state.tree == proposal()
    assert (len(track.state.undo), len(track.state.redo)) == (0, 1)
    track.do("redo")
    assert track.state.tree == changed
    track.do("undo")
    track.do("accept", segment="a")
    track.refuses("nothing to redo", "redo")


def test_the_track_is_the_same_when_projected_from_its_events():
    """What was computed step by step is what a new session computes, undo stack included."""
    track = Track()
    track.do("split", segment="a", at="u4")
    track.do("accept", segment="b")
    track.do("undo")
    again = project(proposal(), track.events)
    assert again == replace(track.state)
    assert again.undo[-1].op == "split"


def test_events_that_do_not_follow_each_other_are_named():
    """A gap in the log is an error, not a guess."""
    track = Track()
    track.do("accept", segment="a")
    with pytest.raises(ReviewError, match="Change 2 builds on change 1, but the track is at 0"):
        project(proposal(), track.events[1:])


def test_an_older_gesture_cannot_be_undone_out_of_turn():
    """Only the last gesture can be taken back."""
    track = Track()
    track.do("accept", segment="a")
    first = track.events[-1].gesture
    track.do("accept", segment="b")
    with pytest.raises(ReviewError, match="Only the last gesture"):
        make_event(track.state, "undo", {"gesture": first}, actor="ana", at=1.0, policies=CORE)


@st.composite
def gestures(draw):
    """Any gesture with any payload that might fit."""
    key = draw(st.sampled_from(["a", "b", "c", "d", "e", "e2", "e3", "e4"]))
    uid, other = draw(st.sampled_from(UIDS)), draw(st.sampled_from(UIDS))
    args = {"query": draw(st.text(max_size=3))}
    return draw(
        st.sampled_from(
            [
                ("accept", {"segment": key}),
                ("reject", {"segment": key}),
                ("unwrap", {"segment": key}),
                ("merge", {"segment": key}),
                ("relabel", {"segment": key, "policy": "navigate"}),
                ("split", {"segment": key, "at": uid}),
                ("move_boundary", {"segment": key, "edge": "start", "to": uid}),
                ("move_boundary", {"segment": key, "edge": "end", "to": uid}),
                ("wrap", {"first": uid, "last": other, "policy": "search", "args": args}),
                ("set_args", {"segment": key, "args": args}),
                ("set_returns", {"segment": key, "returns": "x"}),
                ("note", {"step": uid, "text": "why"}),
                ("bulk_accept", {"above": 0.5}),
                ("accept_all", {}),
                ("undo", {}),
                ("redo", {}),
            ]
        )
    )


@given(st.lists(gestures(), max_size=25))
def test_any_gestures_and_all_undos_lead_back_to_the_proposal(found):
    """Whatever a person does, every state on the way is a valid tree, and undoing everything is the beginning."""
    track = Track()
    for op, payload in found:
        try:
            track.do(op, **payload)
        except (ReviewError, TreeError):
            continue
        LabelTree.model_validate(track.state.tree.model_dump())
    assert project(proposal(), track.events) == track.state
    while track.state.undo:
        track.do("undo")
    assert track.state.labels == Track().state.labels
    while track.state.redo:
        track.do("redo")
    while track.state.undo:
        track.do("undo")
    assert track.state.tree == proposal()
    assert project(proposal(), track.events) == track.state
