"""Tracks: who made them, whether blind, and how they stand after whatever was stored since."""

from __future__ import annotations

import pytest

from labeling.desk import ReviewDesk
from labeling.errors import LabelError, ReviewError, UnknownLabel
from labeling.label_sets import make_run
from labeling.model import Argument, LabelRun, Segment
from labeling.repository import LabelRepository, MemoryRows
from labeling.tracks import BLIND, Tracks, preferred, tracks
from labeling.tree import make_tree
from policies.library import load_set

UIDS = [f"u{n}" for n in range(6)]


def a_run(episode: str = "demo") -> LabelRun:
    """Two proposed calls over six steps."""

    def call(key: str, first: str, last: str, query: str) -> Segment:
        args = (Argument(name="query", value=query, source="person"),)
        return Segment(id=key, first=first, last=last, policy="search", args=args)

    calls = [call("s1", "u0", "u2", "x"), call("s2", "u3", "u5", "y")]
    return make_run(make_tree(episode, 1, UIDS, calls), labeller="rules", policy_set="web", created=1.0)


class Office:
    """One run, a desk whose clock counts, and the rows below."""

    def __init__(self) -> None:
        self.rows = MemoryRows()
        self.labels = LabelRepository(self.rows)
        self.run = self.labels.add_run(a_run())
        self.time = 0.0
        self.desk = self.another()

    def another(self) -> ReviewDesk:
        """A desk of another process: it remembers nothing of the first."""
        return ReviewDesk(self.labels, load_set("web"), self.clock)

    def clock(self) -> float:
        self.time += 1
        return self.time


@pytest.fixture
def office() -> Office:
    """A fresh one."""
    return Office()


def test_tracks_are_listed_with_who_made_them_and_whether_blind(office: Office) -> None:
    """A shown and a blind track of two people: names, kinds, actors, trees."""
    shown = office.desk.begin(office.run, "ana", "Ana")
    office.desk.accept_all(shown, "Zoë")
    office.desk.begin_blind(office.run, "bob", "Bob")
    found = {track.name: track for track in tracks(office.labels)}
    assert {name: (one.kind, one.actor, one.settled) for name, one in found.items()} == {
        "ana": ("shown", "Ana", True),
        "blind:bob": ("blind", "Bob", False),
    }
    assert found["ana"].actors == ("Ana", "Zoë")
    assert [len(found[name].tree.segments) for name in ("ana", "blind:bob")] == [2, 0]


def test_a_blind_track_holds_nothing_of_the_proposal(office: Office) -> None:
    """Its one event has the steps' run and no call, and its tree is the root alone."""
    state = office.desk.begin_blind(office.run, "bob", "Bob")
    (event,) = office.labels.events("demo", BLIND + "bob")
    assert (event.payload["segments"], state.tree.uids, state.blind) == ([], tuple(UIDS), True)
    assert office.desk.begin_blind(office.run, "bob", "Bob") == state


def test_a_blind_track_that_is_handed_in_changes_no_more(office: Office) -> None:
    """Undo included; before that everything can be changed."""
    state = office.desk.begin_blind(office.run, "bob", "Bob")
    state = office.desk.do(
        state, "wrap", {"first": "u0", "last": "u5", "policy": "search", "args": {"query": "x"}}, "Bob"
    )
    state = office.desk.do(state, "hand_in", {}, "Bob")
    assert state.closed
    assert tracks(office.labels)[0].settled
    for op, payload in (("undo", {}), ("reject", {"segment": "e2"}), ("hand_in", {})):
        with pytest.raises(ReviewError, match="handed in"):
            office.desk.do(state, op, payload, "Bob")


def test_a_blind_track_is_hidden_until_it_is_handed_in(office: Office) -> None:
    """Its tree is refused by name while it is open, and for good when it is given up."""
    state = office.desk.begin_blind(office.run, "bob", "Bob")
    other = office.desk.begin_blind(office.run, "cyd", "Cyd")
    for name in ("bob", "cyd"):
        with pytest.raises(ReviewError, match="not handed in"):
            office.desk.tree("demo", f"track:{BLIND}{name}")
    office.desk.do(state, "hand_in", {}, "Bob")
    office.desk.do(other, "hand_in", {"given_up": True}, "Cyd")
    assert office.desk.tree("demo", f"track:{BLIND}bob").segments == ()
    with pytest.raises(ReviewError, match="not handed in"):
        office.desk.tree("demo", f"track:{BLIND}cyd")


def test_only_blind_tracks_are_handed_in(office: Office) -> None:
    """A shown one is finished by freezing it."""
    state = office.desk.accept_all(office.desk.begin(office.run, "ana", "Ana"), "Ana")
    with pytest.raises(ReviewError, match="Only a blind track"):
        office.desk.do(state, "hand_in", {}, "Ana")


def test_what_another_process_stored_is_seen(office: Office) -> None:
    """A remembered track goes on from the events stored since, without reading the first ones again."""
    state = office.desk.begin(office.run, "ana", "Ana")
    office.another().do(state, "accept", {"segment": "s1"}, "Bob")
    track = office.desk.tracks.get("demo", "ana")
    assert (track.state.number, track.state.states["s1"], track.actors) == (2, "accepted", ("Ana", "Bob"))
    assert track.state == office.another().open("demo", "ana")


def test_a_track_that_was_begun_anew_is_not_the_one_remembered(office: Office) -> None:
    """When an episode's labels were taken away and made again, nothing of the old ones is shown."""
    state = office.desk.begin(office.run, "ana", "Ana")
    for segment in ("s1", "s2"):
        state = office.desk.do(state, "accept", {"segment": segment}, "Ana")
    office.rows._events.clear()
    with pytest.raises(UnknownLabel):
        office.desk.open("demo", "ana")
    again = office.another().begin(office.run, "ana", "Ana")
    assert office.desk.open("demo", "ana") == again
    assert office.desk.tracks.get("demo", "ana").state.pending


def test_only_so_many_are_remembered(office: Office) -> None:
    """The one used longest ago is projected again."""
    few = Tracks(office.labels, size=1)
    for name in ("ana", "bob"):
        office.desk.begin(office.run, name, name)
    assert [few.get("demo", name).name for name in ("ana", "bob", "ana")] == ["ana", "bob", "ana"]
    assert len(few._known) == 1


def test_the_track_that_counts_is_settled_and_never_blind(office: Office) -> None:
    """Of begun and settled ones the settled; a blind one never, for Replay would show it."""
    office.desk.accept_all(office.desk.begin(office.run, "ana", "Ana"), "Ana")
    office.desk.begin(office.run, "bob", "Bob")
    office.desk.begin_blind(office.run, "cyd", "Cyd")
    found = tracks(office.labels)
    assert preferred(found).name == "ana"
    assert preferred(track for track in found if track.kind == "blind") is None


def test_a_track_that_cannot_be_read_is_left_out(office: Office) -> None:
    """One broken track keeps nobody from the others."""
    office.desk.begin(office.run, "ana", "Ana")
    office.desk.begin(office.run, "bob", "Bob")
    office.rows._events["demo", "ana"][0]["payload"] = {"run": "gone", "segments": []}
    assert [track.name for track in office.another().tracks.all()] == ["bob"]
    with pytest.raises(LabelError):
        office.another().open("demo", "ana")
