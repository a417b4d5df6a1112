"""Policies that labellers proposed: found everywhere, decided once for all that are alike, and taken back."""

from __future__ import annotations

import pytest

from flows.label import labels, policies, proposals
from labeling.label_sets import make_run
from labeling.model import Argument, Segment
from labeling.proposals import card
from labeling.tree import make_tree
from policies.errors import PolicyRefused, UnknownPolicy
from tests.workspaces import add_demonstration
from wiring import Parts


def propose(parts: Parts, episode: str, name: str, *args: tuple[str, str], policy: str = "proposed:sign_up") -> None:
    """A demonstration with a proposal of the whole form and the rules' two texts in it, as a model would make it."""
    add_demonstration(parts, episode, name)
    rules = labels.propose(parts, episode).tree
    form, *texts = rules.segments
    proposed = Segment(
        id="p1",
        first=form.first,
        last=form.last,
        policy=policy,
        args=tuple(Argument(name=n, value=v, source="inferred") for n, v in args),
        evidence="the same form is filled in again",
        confidence=0.6,
    )
    inner = [text.model_copy(update={"parent": "p1"}) for text in texts]
    tree = make_tree(episode, 1, rules.uids, [proposed, *inner])
    parts.labels.add_run(make_run(tree, labeller="llm", policy_set="web", created=2e9))


@pytest.fixture(name="desk")
def desk_fixture(parts) -> Parts:
    """Three demonstrations that say the same in two names, one of them begun by ana."""
    propose(parts, "demo1", "ana")
    propose(parts, "demo2", "bob")
    propose(parts, "demo3", "zoe", policy="proposed:signing_up")
    parts.desk().begin(parts.labels.runs("demo1")[-1], "ana", "ana")
    return parts


def calls(parts: Parts, episode: str) -> list[str]:
    return [segment.call for segment in parts.desk().open(episode, "ana").tree.segments]


def test_every_occurrence_of_what_is_alike_is_one_proposal(desk):
    """Begun or not, and by whatever name; a card is prefilled from what varies."""
    (found,) = proposals.proposals(desk, "ana")
    assert [(one.episode, one.track) for one in found.occurrences] == [
        ("demo1", "ana"),
        ("demo2", None),
        ("demo3", None),
    ]
    assert found.names == ("sign_up", "signing_up")
    made = card(found, desk.policies())
    assert made.signature == "sign_up [text] [text_2]"
    assert (made.kind, made.sub_policies) == ("composite", ("fill_text",))
    assert made.description == "the same form is filled in again"


def test_mapping_decides_every_occurrence_and_can_be_taken_back(desk):
    """One decision, one gesture in each demonstration's track of this person; undone, the proposals are open again."""
    (found,) = proposals.proposals(desk, "ana")
    done = proposals.map_to(desk, found, "complete_form", "ana")
    assert (done.calls, done.wanting, done.left_out) == (3, 3, ())
    assert [call.partition(" ")[0] for call in calls(desk, "demo2")] == ["fill_form", "fill_text", "fill_text"]
    assert proposals.proposals(desk, "ana") == ()
    assert {t.name for t in desk.tracks.all()} == {"ana"}
    (earlier,) = proposals.earlier(desk, "ana")
    assert (earlier.said, len(earlier.episodes)) == ("sign_up is fill_form", 3)
    proposals.undo(desk, earlier.gesture, "ana")
    assert len(proposals.proposals(desk, "ana")[0].occurrences) == 3
    with pytest.raises(PolicyRefused, match="cannot be taken back"):
        proposals.undo(desk, earlier.gesture, "ana")


def test_a_new_policy_is_made_with_the_arguments_of_each_occurrence(desk):
    """What varied is a parameter, and each call has its own value; taking it back takes the policy away too."""
    (found,) = proposals.proposals(desk, "ana")
    before = desk.library.now.hash
    done = proposals.create(desk, found, "web", card(found, desk.policies(), "sign_somebody_up"), "ana")
    assert (done.calls, done.wanting) == (3, 0)
    assert calls(desk, "demo2")[0] == "sign_somebody_up [bob] [bob@x.org]"
    assert "sign_somebody_up" in desk.policies().planner.sub_policies
    gesture = proposals.earlier(desk, "ana")[0].gesture
    assert proposals.undo(desk, gesture, "ana").left_out == ()
    assert desk.library.now.hash == before
    assert not desk.policies().knows("sign_somebody_up")


def test_a_new_policy_that_something_else_uses_stays(desk):
    """Taking the decision back leaves the policy to whoever uses it, and says so."""
    (found,) = proposals.proposals(desk, "ana")
    proposals.create(desk, found, "web", card(found, desk.policies()), "ana")
    other = desk.desk().begin(desk.labels.runs("demo1")[-1], "bob", "bob")
    named = {"segment": "p1", "policy": "sign_up", "args": {"text": "a", "text_2": "b"}}
    desk.desk().do(other, "relabel", named, "bob")
    undone = proposals.undo(desk, proposals.earlier(desk, "ana")[0].gesture, "ana")
    assert "The track of bob for demo1 calls sign_up" in undone.left_out[0]
    assert desk.policies().knows("sign_up")


def test_rejecting_leaves_the_steps_to_the_caller(desk):
    """The proposal is gone, its calls stay."""
    (found,) = proposals.proposals(desk, "ana")
    assert proposals.reject(desk, found, "ana").calls == 3
    assert [call.partition(" ")[0] for call in calls(desk, "demo3")] == ["fill_text", "fill_text"]
    assert proposals.proposals(desk, "ana") == ()


def test_named_arguments_are_the_parameters(parts):
    """A labeller that named arguments is believed; constants stay beside them."""
    propose(parts, "demo1", "ana", ("who", "ana"))
    propose(parts, "demo2", "bob", ("who", "bob"))
    (found,) = proposals.proposals(parts, "ana")
    made = card(found, parts.policies())
    assert made.signature == "sign_up [who]"
    proposals.create(parts, found, "web", made, "ana")
    assert calls(parts, "demo2")[0] == "sign_up [bob]"


def test_what_changed_meanwhile_is_left_out_and_said(desk):
    """Somebody decided on Label after the proposals were shown: that demonstration is told, the others are decided."""
    (found,) = proposals.proposals(desk, "ana")
    state = desk.desk().open("demo1", "ana")
    desk.desk().do(state, "reject", {"segment": "p1"}, "ana")
    done = proposals.map_to(desk, found, "fill_form", "ana")
    assert done.calls == 2
    assert done.left_out == (
        "demo1: The proposed call is another one by now. Nothing was changed; look at it on Label.",
    )


def test_unknown_names_are_refused(desk):
    """Nothing is decided."""
    (found,) = proposals.proposals(desk, "ana")
    with pytest.raises(UnknownPolicy):
        proposals.map_to(desk, found, "teleport", "ana")
    with pytest.raises(PolicyRefused, match="no open proposal 'nothing'"):
        proposals.find(desk, "ana", "nothing")
    with pytest.raises(PolicyRefused, match="answers to 'login'"):
        proposals.create(desk, found, "web", card(found, desk.policies(), "login"), "ana")
    assert proposals.find(desk, "ana", found.key) == proposals.find(desk, "ana", "signing_up") == found
    assert policies.catch_up(desk) is None or desk.library.now.number == 1
