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


def now(client: TestClient) -> dict[str, Any]:
    """The whole state."""
    found: dict[str, Any] = client.get(STATE).json()
    return found


def merged(state: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """The state as the board has it after a gesture's answer: what did not change was not sent."""
    changes = body["changes"]
    new = {segment["id"]: segment for segment in changes["segments"]}
    whole = list(new.values()) if "gone" in changes else [new.get(s["id"], s) for s in state["segments"]]
    rest = {key: value for key, value in changes.items() if key != "gone"}
    return {**state, **rest, "segments": whole}


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
    assert max(state["segments"], key=lambda s: s["doubt"])["id"] == "date"
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
    assert [(s["id"], s["state"]) for s in body["changes"]["segments"]] == [("date", "accepted")]
    assert body["touched"] == "date"
    assert [s["state"] for s in now(client)["segments"]] == ["pending", "pending", "pending", "accepted"]
    assert now(client)["base"] == body["changes"]["base"] == 2
    assert [event.actor for event in shelf.labels.events("demo1", "me")] == ["me", "me"]


def test_every_gesture_of_the_board_does_what_it_says(client: TestClient, shelf: LabelShelf) -> None:
    """Split, merge, move, relabel, wrap, return value, reject, undo, redo and bulk accept, one after another."""
    shelf.add()
    state = now(client)

    def do(op: str, **more: Any) -> dict[str, Any]:
        """One gesture; its answer on the state before is the state after."""
        nonlocal state
        body = gesture(client, op, state["base"], f"gesture-{state['base']}", **more).json()
        state = merged(state, body)
        whole = now(client)
        assert state == {**whole, "queue": state["queue"], "to_review": state["to_review"]}
        return {**state, "touched": body["touched"]}

    assert ("date", "pending", 2, 2) not in calls(state)
    split = do("split", segment="date", at="demo1-3")
    assert (split["touched"], [s["last"] for s in split["segments"] if s["id"] == "date"]) == ("e2", [2])
    assert ("date", "edited", 2, 4) in calls(do("merge", segment="date"))
    moved = do("move_boundary", segment="date", edge="end", to="demo1-3")
    assert ("date", "edited", 2, 3) in calls(moved)
    assert [s["differs"] for s in moved["lanes"][0]["segments"]] == [False, False, True, False]
    assert moved["lanes"][0]["differences"] == [
        {"first": 2, "last": 4, "at": "demo1-2",
         "text": "other boundaries: choose_date [Departure] [12/26/2016] steps 3–5"},
    ]  # fmt: skip
    named = do("relabel", segment="from", policy="select_option")
    changed = next(s for s in named["segments"] if s["id"] == "from")
    assert (changed["policy"], changed["why"]) == ("select_option", "")
    assert [(a["name"], a["value"]) for a in changed["args"]] == [("field", "From"), ("option", "")]
    wrapped = do("wrap", first="demo1-5", last="demo1-5", policy="navigate")
    assert (wrapped["touched"], calls(wrapped)[-1]) == ("e6", ("e6", "edited", 5, 5))
    returned = do("set_returns", segment="date", returns="26 December")
    assert next(s for s in returned["segments"] if s["id"] == "date")["returns"] == "26 December"
    rejected = do("reject", segment="form")
    assert rejected["rejected"] == 1
    assert min(s["depth"] for s in rejected["segments"]) == 2
    undone = do("undo")
    assert (undone["rejected"], undone["redo_text"]) == (0, "rejecting a call")
    assert do("redo")["rejected"] == 1
    assert do("note", step="demo1-3", text="too early")["notes"] == {"demo1-3": "too early"}
    taken = do("take", source=state["lanes"][0]["ref"], at="demo1-2")
    assert [(s["id"], s["last"]) for s in taken["segments"] if s["policy"] == "choose_date"] == [("date", 4)]
    back = do("restore", change=2)
    assert ("e2", "edited", 3, 4) in calls(back)
    do("undo")
    sure = do("bulk_accept", above=0.9)
    assert [s["id"] for s in sure["segments"] if s["state"] == "accepted"] == ["to"]


def test_typed_arguments_say_that_a_person_typed_them(client: TestClient, shelf: LabelShelf) -> None:
    """A changed value has the person as source; one that was left as it was keeps its own."""
    shelf.add()
    given = [{"name": "field", "value": "Departure"}, {"name": "date", "value": "26 Dec 2016"}]
    state = gesture(client, "set_args", segment="date", args=given).json()["changes"]
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
    gesture(client, "accept", base=1, segment="date")
    again = gesture(client, "accept", base=1, segment="date")
    assert again.status_code == 200
    whole = now(client)
    assert again.json()["state"] == {key: whole[key] for key in again.json()["state"]}
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
    assert [(q["episode"], q["whose"]) for q in now(client)["queue"]] == [("demo0", "new"), ("demo1", "done")]
    assert now(client)["to_review"] == 1
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
    gesture(client, "reject", segment="date")
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
