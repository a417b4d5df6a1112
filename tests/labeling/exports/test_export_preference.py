"""Preference pairs: the same question, the person's answer against the proposal's."""

from __future__ import annotations

from labeling.exports.preference import OTHERWISE, SAME, UNREVIEWED, PreferenceRow, write_preference
from tests.labeling.exports.material import signed_up, source, written


def pairs(one):
    memory, out = written(write_preference, source(one))
    rows = memory.rows(f"{one.split}.jsonl") if memory.files else []
    return [PreferenceRow.model_validate(row) for row in rows], out


def relabelled(desk, state):
    """Ana calls the whole form a login."""
    args = {"username": "ana", "password": "ana@x.org"}
    return desk.do(state, "relabel", {"segment": "s1", "policy": "login", "args": args}, "ana")


def action(line):
    return line.content.rpartition("ACTION: ")[2]


def test_a_relabelled_call_is_one_pair():
    """The planner was asked the same; ana's call is chosen, the rules' is rejected."""
    found, out = pairs(signed_up(change=relabelled))
    assert [(action(pair.chosen[0]), action(pair.rejected[0])) for pair in found] == [
        ("login [ana] [ana@x.org]", "fill_form [Username: ana; E-mail: ana@x.org]")
    ]
    assert (found[0].policy, found[0].reviewer, found[0].labeller) == ("planner", "ana", "rules")
    assert out.counts["pairs"] == 1
    assert found[0].prompt[0].role == "system"


def test_what_is_asked_otherwise_is_no_pair():
    """Turns inside the renamed call, and those after it, were never asked so; both are counted."""
    _, out = pairs(signed_up(change=relabelled))
    assert out.reasons[OTHERWISE] == 6
    assert out.reasons[SAME] == 4


def test_a_proposal_taken_as_it_was_makes_no_pair():
    """Nothing was preferred to anything."""
    found, out = pairs(signed_up())
    assert found == []
    assert dict(out.reasons) == {SAME: 11}


def test_an_unwrapped_call_is_preferred_to_it():
    """Where a person says the caller acted itself, its action is chosen against the call."""
    found, _ = pairs(signed_up(change=lambda desk, state: desk.do(state, "reject", {"segment": "s2"}, "ana")))
    assert ("type [3] [ana] [0]", "fill_text [Username] [ana]") in [
        (action(pair.chosen[0]), action(pair.rejected[0])) for pair in found
    ]


def test_a_changed_answer_is_preferred_at_the_stop():
    """A return value a person sets is the call's stop."""

    def answered(desk, state):
        return desk.do(state, "set_returns", {"segment": "s1", "returns": "sent"}, "ana")

    found, _ = pairs(signed_up(change=answered))
    assert ("stop [sent]", "stop") in [(action(pair.chosen[0]), action(pair.rejected[0])) for pair in found]


def test_labels_nobodys_review_ends_at_say_so():
    """Without a review there is no preference."""
    found, out = pairs(signed_up(tracks=()))
    assert found == []
    assert dict(out.reasons) == {UNREVIEWED: 1}
