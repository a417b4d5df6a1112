"""Labels survive being stored, in memory and in a workspace alike, and nobody overwrites anybody."""

from __future__ import annotations

import pytest

from labeling.desk import ReviewDesk
from labeling.errors import Conflict, NothingAccepted, ReviewError, UnknownLabel
from labeling.label_sets import canonical
from labeling.repository import LabelRepository, MemoryRows
from labeling.rules.labeller import RulesLabeller
from policies.library import load_set
from store.workspace import Workspace
from tests.builders import Recording
from tests.labeling.pages import login


def recording(episode_id: str = "e1") -> Recording:
    r = Recording("Enter the username 'ana' and the password 'x1'", episode_id).page(login())
    r.do("type [2] [ana] [0]").page(login("ana"))
    r.do("type [4] [{SECRET:password}] [0]").page(login("ana", "{SECRET}"))
    return r.do("click [5]").page(login("ana", "{SECRET}"))


@pytest.fixture(params=["memory", "workspace"])
def rows(request, tmp_path):
    """Both places labels are kept in."""
    if request.param == "memory":
        yield MemoryRows()
        return
    workspace = Workspace(tmp_path / "ws")
    yield workspace
    workspace.close()


@pytest.fixture
def desk(rows):
    ticks = iter(range(1, 1000))
    return ReviewDesk(LabelRepository(rows), load_set("miniwob"), clock=lambda: float(next(ticks)))


def propose(desk: ReviewDesk, episode_id: str = "e1"):
    r = recording(episode_id)
    return desk.propose(RulesLabeller(), r.episode, r.steps, r.observation)


def test_a_proposal_is_kept_once(desk):
    """Labelling again with the same outcome is the same run."""
    run = propose(desk)
    assert propose(desk) == run
    assert desk.repository.runs("e1") == (run,)
    assert desk.repository.run(run.id) == run
    assert (run.labeller, run.policy_set, run.episode) == ("rules", "miniwob", "e1")


def test_a_track_continues_in_another_session(desk, rows):
    """What one session did, and what can be undone of it, is there for the next."""
    state = desk.begin(propose(desk), "ana", "ana")
    state = desk.do(state, "accept", {"segment": "s1"}, "ana")
    later = ReviewDesk(LabelRepository(rows), load_set("miniwob"))
    again = later.open("e1", "ana")
    assert again == state
    undone = later.do(again, "undo", {}, "ana")
    assert undone.states["s1"] == "pending"
    assert later.begin(desk.repository.runs("e1")[0], "ana", "ana") == undone
    assert later.repository.tracks("e1") == (("e1", "ana"),)
    event = later.repository.events("e1", "ana")[1]
    assert (event.number, event.base, event.op, event.actor) == (2, 1, "accept", "ana")


def test_the_slower_of_two_tabs_is_told_and_loses_nothing(desk):
    """The second writer gets the number to build on, and the first one's change stands."""
    state = desk.begin(propose(desk), "ana", "ana")
    desk.do(state, "accept", {"segment": "s1"}, "ana")
    with pytest.raises(Conflict, match="changed elsewhere") as caught:
        desk.do(state, "reject", {"segment": "s1"}, "ana")
    assert caught.value.current == 2
    assert desk.open("e1", "ana").states["s1"] == "accepted"


def test_tracks_of_two_people_are_apart(desk):
    """What one person decides is not the other's."""
    run = propose(desk)
    ana, bo = (desk.begin(run, name, name) for name in ("ana", "bo"))
    desk.accept_all(ana, "ana")
    assert desk.open("e1", "bo") == bo


def test_freezing_is_by_content_and_only_of_what_is_decided(desk):
    """Equal labels have one id; undecided ones are refused with counts."""
    state = desk.begin(propose(desk), "ana", "ana")
    with pytest.raises(ReviewError, match="2 of 2 calls of episode e1 are not decided"):
        desk.freeze([("e1", "ana")], "ana")
    with pytest.raises(NothingAccepted, match="None of the 1 demonstrations ana has begun"):
        desk.freeze_decided("ana", "ana")
    state = desk.accept_all(state, "ana")
    assert desk.accept_all(state, "ana") == state
    frozen = desk.freeze([("e1", "ana")], "ana")
    assert desk.freeze_decided("ana", "ana") == frozen
    assert desk.repository.label_set("latest") == frozen == desk.repository.label_set(frozen.id)
    desk.begin(propose(desk, "e2"), "ana", "ana")
    assert desk.freeze_decided("ana", "ana").trees == frozen.trees
    assert len(desk.repository.label_sets()) == 1


def test_what_is_not_there_is_named(desk):
    """Missing tracks, runs and sets say what to do first."""
    with pytest.raises(UnknownLabel, match="ana has not begun to review episode e1"):
        desk.open("e1", "ana")
    with pytest.raises(UnknownLabel, match="no label run 'nope'.*Label the episode first"):
        desk.repository.run("nope")
    with pytest.raises(UnknownLabel, match="no prompt set yet.*Prompts screen"):
        desk.repository.prompt_set("latest")
    with pytest.raises(NothingAccepted, match="no reviewed demonstrations"):
        desk.freeze([], "ana")


def test_canonical_json_does_not_depend_on_the_order_of_keys():
    """Equal values are equal bytes."""
    assert (
        canonical({"b": [1, "é"], "a": None})
        == canonical({"a": None, "b": [1, "é"]})
        == '{"a":null,"b":[1,"é"]}'.encode()
    )
