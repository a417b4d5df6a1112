"""The Label endpoints: states, gestures, conflicts, retries, names, and what they refuse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from server.guard import HEADER
from server.label import MOST_BYTES, label_routes
from tests.ui_label.label_shelf import OBJECTIVE, LabelShelf

STATE = "/stepscope/label/demo1"
EVENTS = f"{STATE}/events"


@pytest.fixture(name="shelf")
def shelf_fixture(tmp_path: Path) -> Iterator[LabelShelf]:
    shelf = LabelShelf(tmp_path)
    yield shelf
    shelf.close()


@pytest.fixture(name="client")
def client_fixture(shelf: LabelShelf) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=label_routes(shelf)), base_url="http://127.0.0.1:8501") as client:
        client.headers[HEADER] = shelf.guard.token
        yield client


def gesture(client: TestClient, op: str, base: int | None = None, key: str = "gesture-1", **more: Any) -> Any:
    """Send a gesture on the newest state, or on `base`."""
    at = client.get(STATE).json()["base"] if base is None else base
    return client.post(EVENTS, json={"id": key, "base": at, "op": op, **more})


def calls(state: dict[str, Any]) -> list[tuple[str, str, int, int]]:
    """(id, state, first, last) of each call."""
    return [(s["id"], s["state"], s["first"], s["last"]) for s in state["segments"]]


def test_a_demonstration_comes_with_steps_calls_lanes_and_policies(client: TestClient, shelf: LabelShelf) -> None:
    """The state has everything the board draws, in positions and words."""
    shelf.add()
    state = client.get(STATE).json()
    assert state["episode"]["objective"] == OBJECTIVE
    assert [step["sentence"] for step in state["steps"]][2] == "click Departure"
    assert state["steps"][2]["target"]["box"] == {"x": 60, "y": 220, "width": 560, "height": 40}
    assert calls(state) == [
        ("form", "pending", 0, 4), ("from", "pending", 0, 0), ("to", "pending", 1, 1), ("date", "pending", 2, 4),
    ]  # fmt: skip
    assert [s["depth"] for s in state["segments"]] == [2, 3, 3, 3]
    assert state["order"][0] == "date"
    assert state["segments"][3]["why"] == "the calendar closed without a value in the field"
    assert [(lane["name"], [s["differs"] for s in lane["segments"]]) for lane in state["lanes"]] == [
        ("rules", [False] * 4)
    ]
    assert {"name": "text", "required": True} in next(p for p in state["policies"] if p["name"] == "fill_text")[
        "params"
    ]
    assert [(q["episode"], q["left"]) for q in state["queue"]] == [("demo1", 4)]
    assert (state["author"], state["adopted"], state["finished"]) == ({"name": "me"}, "rules", False)


def test_a_demonstration_nobody_labelled_is_labelled_by_the_rules(client: TestClient, shelf: LabelShelf) -> None:
    """The queue only says so; opening it makes and keeps a label run of the rules, once."""
    shelf.add("demo0")
    shelf.add(labelled=False)
    assert client.get("/stepscope/label/demo0").json()["queue"][0]["why"] == "not labelled yet"
    assert shelf.labels.runs("demo1") == ()
    assert [s["policy"] for s in client.get(STATE).json()["segments"]].count("fill_text") == 2
    client.get(STATE)
    assert [run.labeller for run in shelf.labels.runs("demo1")] == ["rules"]


def test_a_gesture_is_stored_and_answered_with_the_new_state(client: TestClient, shelf: LabelShelf) -> None:
    """Accepting one call changes that call, and another reader sees it."""
    shelf.add()
    body = gesture(client, "accept", segment="date").json()
    assert [s["state"] for s in body["state"]["segments"]] == ["pending", "pending", "pending", "accepted"]
    assert body["touched"] == "date"
    assert client.get(STATE).json()["base"] == body["state"]["base"] == 2
    assert [event.actor for event in shelf.labels.events("demo1", "me")] == ["me", "me"]


def test_every_gesture_of_the_board_does_what_it_says(client: TestClient, shelf: LabelShelf) -> None:
    """Split, merge, move, relabel, wrap, return value, reject, undo, redo and bulk accept, one after another."""
    shelf.add()
    split = gesture(client, "split", key="g-split-1", segment="date", at="demo1-3").json()
    assert (split["touched"], [s["last"] for s in split["state"]["segments"] if s["id"] == "date"]) == ("e2", [2])
    merged = gesture(client, "merge", key="g-merge-1", segment="date").json()["state"]
    assert ("date", "edited", 2, 4) in calls(merged)
    moved = gesture(client, "move_boundary", key="g-move-01", segment="date", edge="end", to="demo1-3").json()["state"]
    assert ("date", "edited", 2, 3) in calls(moved)
    assert [s["differs"] for s in moved["lanes"][0]["segments"]] == [False, False, True, False]
    named = gesture(client, "relabel", key="g-relabel", segment="from", policy="select_option").json()["state"]
    changed = next(s for s in named["segments"] if s["id"] == "from")
    assert (changed["policy"], changed["why"]) == ("select_option", "")
    assert [(a["name"], a["value"]) for a in changed["args"]] == [("field", "From"), ("option", "")]
    wrapped = gesture(client, "wrap", key="g-wrap-01", first="demo1-5", last="demo1-5", policy="navigate").json()
    assert (wrapped["touched"], calls(wrapped["state"])[-1]) == ("e6", ("e6", "edited", 5, 5))
    returned = gesture(client, "set_returns", key="g-returns", segment="date", returns="26 December").json()["state"]
    assert next(s for s in returned["segments"] if s["id"] == "date")["returns"] == "26 December"
    rejected = gesture(client, "reject", key="g-reject-1", segment="form").json()["state"]
    assert rejected["rejected"] == 1
    assert min(s["depth"] for s in rejected["segments"]) == 2
    undone = gesture(client, "undo", key="g-undo-001").json()["state"]
    assert undone["rejected"] == 0
    assert undone["redo_text"] == "rejecting a call"
    redone = gesture(client, "redo", key="g-redo-001").json()["state"]
    assert redone["rejected"] == 1
    sure = gesture(client, "bulk_accept", key="g-bulk-001", above=0.9).json()["state"]
    assert [s["id"] for s in sure["segments"] if s["state"] == "accepted"] == ["to"]


def test_typed_arguments_say_that_a_person_typed_them(client: TestClient, shelf: LabelShelf) -> None:
    """A changed value has the person as source; one that was left as it was keeps its own."""
    shelf.add()
    given = [{"name": "field", "value": "Departure"}, {"name": "date", "value": "26 Dec 2016"}]
    state = gesture(client, "set_args", segment="date", args=given).json()["state"]
    assert [(a["value"], a["source"]) for a in state["segments"][3]["args"]] == [
        ("Departure", "element_name"), ("26 Dec 2016", "person"),
    ]  # fmt: skip


def test_a_gesture_on_an_old_state_changes_nothing(client: TestClient, shelf: LabelShelf) -> None:
    """Two tabs: the slower one is told, with 409, and its gesture is not stored."""
    shelf.add()
    gesture(client, "accept", base=1, key="first-tab-", segment="date")
    late = gesture(client, "accept", base=1, key="second-tab", segment="to")
    assert late.status_code == 409
    assert late.json()["current"] == 2
    assert "Nothing was overwritten" in late.json()["message"]
    assert client.get(STATE).json()["base"] == 2


def test_a_gesture_sent_twice_is_done_once(client: TestClient, shelf: LabelShelf) -> None:
    """A retry after a lost answer gets the state as it is, whatever base it names."""
    shelf.add()
    once = gesture(client, "accept", base=1, segment="date").json()["state"]
    again = gesture(client, "accept", base=1, segment="date")
    assert again.status_code == 200
    assert again.json()["state"] == once
    assert len(shelf.labels.events("demo1", "me")) == 2


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"op": "accept", "segment": "nobody"}, "not there any more"),
        ({"op": "split", "segment": "from", "at": "demo1-0"}, "later steps"),
        ({"op": "wrap", "first": "demo1-1", "last": "demo1-3", "policy": "navigate"}, "cuts through"),
        ({"op": "relabel", "segment": "from", "policy": "fly"}, "fly"),
        ({"op": "set_args", "segment": "nobody", "args": []}, "not there any more"),
        ({"op": "redo"}, "nothing to redo"),
        ({"op": "finish"}, "not decided yet"),
        ({"op": "accept"}, "not complete"),
        ({"op": "explode"}, "not understood"),
        ({"op": "accept", "segment": "from", "evil": 1}, "not understood"),
        ({"op": "bulk_accept", "above": 7}, "not understood"),
    ],
)  # fmt: skip
def test_a_gesture_that_does_not_fit_is_refused_in_words(
    client: TestClient, shelf: LabelShelf, body: dict[str, Any], said: str
) -> None:
    """422 with one sentence, and the labels stay as they were."""
    shelf.add()
    answer = gesture(client, **body)
    assert answer.status_code == 422
    assert said in answer.json()["message"]
    assert client.get(STATE).json()["base"] == 1


def test_finishing_freezes_what_is_decided(client: TestClient, shelf: LabelShelf) -> None:
    """With every call decided the tree becomes a label set, and the demonstration leaves the queue."""
    shelf.add("demo0", number=1)
    shelf.add()
    gesture(client, "accept_all", key="accept-all")
    done = gesture(client, "finish", key="finish-it-").json()
    assert [tree.episode for tree in shelf.labels.label_set(done["label_set"]).trees] == ["demo1"]
    assert done["state"]["finished"] is True
    assert [q["episode"] for q in client.get(STATE).json()["queue"]] == ["demo0"]
    gesture(client, "undo", key="undo-it-01")
    assert client.get(STATE).json()["finished"] is False


def test_without_an_id_the_most_doubtful_demonstration_opens(client: TestClient, shelf: LabelShelf) -> None:
    """The one with the lowest confidence is first; with nothing to do it says so."""
    assert client.get("/stepscope/label").json()["empty"] is True
    shelf.add("demo0")
    shelf.add()
    client.get("/stepscope/label/demo0")
    sure = {"id": "accept-date", "base": 1, "op": "accept", "segment": "date"}
    assert client.post("/stepscope/label/demo0/events", json=sure).status_code == 200
    assert client.get("/stepscope/label").json()["episode"]["id"] == "demo1"


def test_each_person_has_a_track_of_their_own(client: TestClient, shelf: LabelShelf) -> None:
    """A name given once stays in the cookie, and gestures under it touch nobody else's labels."""
    shelf.add()
    gesture(client, "accept", segment="date")
    assert client.post("/stepscope/whoami", json={"name": " Zoë "}).json() == {"name": "Zoë"}
    state = client.get(STATE).json()
    assert (state["author"]["name"], state["base"]) == ("Zoë", 1)
    assert client.post("/stepscope/whoami", json={"name": "a\nb"}).status_code == 422
    assert client.get(STATE).json()["author"]["name"] == "Zoë"
    assert {track for _, track in shelf.labels.tracks("demo1")} == {"me", "Zoe"}


def test_a_run_of_the_agent_is_not_labelled(client: TestClient, shelf: LabelShelf) -> None:
    """What has its calls already, or is not there, is refused in words."""
    assert client.get("/stepscope/label/nothing").status_code == 404
    assert client.get("/stepscope/label/..%2Fetc").status_code == 404
    missing = client.get("/stepscope/label/nothing").json()["message"]
    assert "nothing" in missing


def test_nobody_without_the_token_gets_in(client: TestClient, shelf: LabelShelf) -> None:
    """Every endpoint is behind the guard, and what is too large is not read."""
    shelf.add()
    large = client.post(EVENTS, content=b"x" * (MOST_BYTES + 1))
    assert large.status_code == 413
    del client.headers[HEADER]
    for path, method in ((STATE, "GET"), ("/stepscope/label", "GET"), (EVENTS, "POST"), ("/stepscope/whoami", "POST")):
        assert client.request(method, path).status_code == 403
    evil = client.get(STATE, headers={HEADER: shelf.guard.token, "Origin": "http://evil.test"})
    assert evil.status_code == 403
