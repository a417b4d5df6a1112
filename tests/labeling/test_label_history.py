"""The history in words, and the way back to any change of it."""

from __future__ import annotations

import pytest

from labeling.desk import ReviewDesk
from labeling.errors import LabelError, ReviewError
from labeling.history import history
from labeling.model import Op
from tests.labeling.test_label_tracks import Office, a_run


def said(office: Office) -> list[str]:
    """Every change so far in words."""
    events = office.labels.events("demo", "ana")
    return [entry.text for entry in history(office.run.tree, events, lambda run: "rules")]


def do(desk: ReviewDesk, *gestures: tuple[Op, dict]) -> None:
    """One gesture after the other on Ana's track."""
    for op, payload in gestures:
        desk.do(desk.open("demo", "ana"), op, payload, "Ana")


def test_every_change_is_told_in_words():
    """What it was, on which call and step, by whom, how many calls waited after it; what is undone says so."""
    office = Office()
    office.desk.begin(office.run, "ana", "Ana")
    do(
        office.desk,
        ("accept", {"segment": "s1"}),
        ("split", {"segment": "s2", "at": "u4"}),
        ("move_boundary", {"segment": "s2", "edge": "start", "to": "u2"}),
        ("wrap", {"first": "u4", "last": "u5", "policy": "find_answer", "args": {"question": "q"}}),
        ("note", {"step": "u1", "text": "why"}),
        ("undo", {}),
    )
    do(office.desk, ("restore", {"to": 2}), ("undo", {}))
    entries = history(office.run.tree, office.labels.events("demo", "ana"), lambda run: "rules")
    assert [entry.text for entry in entries] == [
        "began with 2 calls of rules",
        "accepted ‘search [x]’",
        "split ‘search [y]’ before step 5",
        "moved the start of ‘search [y]’ to step 3",
        "made find_answer of steps 5–6",
        "noted at step 2",
        "took back: a note",
        "went back to change 2",
        "took back: going back in the history",
    ]
    assert [entry.undone for entry in entries] == [False] * 7 + [True, False]
    assert (entries[0].pending, entries[1].pending, entries[1].actor, entries[1].number) == (2, 1, "Ana", 2)


def test_a_call_of_one_step_is_said_with_one_number():
    """Not as a stretch from a step to itself."""
    office = Office()
    office.desk.begin(office.run, "ana", "Ana")
    do(office.desk, ("wrap", {"first": "u5", "last": "u5", "policy": "find_answer", "args": {"question": "q"}}))
    entries = history(office.run.tree, office.labels.events("demo", "ana"), lambda run: "rules")
    assert entries[-1].text == "made find_answer of step 6"


def test_going_back_is_one_gesture_that_can_be_undone():
    """The labels are as they were after that change, and after undo as they were before going back."""
    office = Office()
    office.desk.begin(office.run, "ana", "Ana")
    do(office.desk, ("accept", {"segment": "s1"}), ("reject", {"segment": "s2"}), ("note", {"step": "u0", "text": "x"}))
    before = office.desk.open("demo", "ana")
    do(office.desk, ("restore", {"to": 2}))
    assert office.desk.open("demo", "ana").states == {"s1": "accepted", "s2": "pending"}
    assert office.desk.open("demo", "ana").labels.notes == {}
    do(office.desk, ("undo", {}))
    assert office.desk.open("demo", "ana").labels == before.labels


@pytest.mark.parametrize("to", [0, 9, -1])
def test_a_change_that_is_not_there_cannot_be_gone_back_to(to: int):
    """Nothing is stored, and the message says so."""
    office = Office()
    office.desk.begin(office.run, "ana", "Ana")
    with pytest.raises(LabelError, match="Nothing was changed"):
        do(office.desk, ("restore", {"to": to}))
    assert len(office.labels.events("demo", "ana")) == 1


def test_going_back_to_what_is_there_is_refused():
    """A gesture that changes nothing is none."""
    office = Office()
    office.desk.begin(office.run, "ana", "Ana")
    with pytest.raises(ReviewError, match="as they were"):
        do(office.desk, ("restore", {"to": 1}))


def test_how_a_track_began_is_told():
    """With a proposal, blind, or from two sides."""
    office = Office()
    office.desk.begin_blind(office.run, "ana", "Ana")
    events = office.labels.events("demo", "blind:ana")
    assert [e.text for e in history(office.run.tree, events, str)] == ["began blind, without a proposal"]
    assert a_run().id == office.run.id
    office.desk.begin(office.run, "ana", "Ana")
    assert said(office) == ["began with 2 calls of rules"]
