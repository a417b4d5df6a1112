"""Several people over the Label endpoints: the queue and its reasons, blind tracks, gold, history, two tabs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from analysis.calibrating import fit
from labeling.calibration import Judged
from labeling.label_sets import make_run
from labeling.sampling import CHECKED, drawn
from labeling.tracks import tracks
from labeling.tree import make_tree
from server.guard import HEADER
from server.label import label_routes
from tests.ui_label.label_shelf import LabelShelf, proposed

STATE = "/stepscope/label/demo1"


class Somebody:
    """One person's browser."""

    def __init__(self, app: Starlette, shelf: LabelShelf, name: str) -> None:
        self._client = TestClient(app, base_url="http://127.0.0.1:8501")
        self._client.headers[HEADER] = shelf.guard.token
        self._count = 0
        self.post("/stepscope/whoami", name=name)

    def get(self, path: str = STATE, status: int = 200) -> dict[str, Any]:
        """What is answered."""
        answer = self._client.get(path)
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def post(self, path: str, status: int = 200, **body: Any) -> dict[str, Any]:
        """What is answered to a body."""
        answer = self._client.post(path, json=body)
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def do(self, op: str, as_: str = "shown", status: int = 200, **more: Any) -> dict[str, Any]:
        """A gesture on the newest state of that track."""
        self._count += 1
        state = self.get(f"{STATE}?as={as_}")
        sent = {"id": f"gesture-{self._count:04}", "base": state["base"], "track": state["track"]["name"], "op": op}
        return self.post(f"{STATE}/events", status, **{**sent, **more})

    def queue(self) -> list[tuple[str, str, str]]:
        """(episode, whose, why) of what waits."""
        return [(q["episode"], q["whose"], q["why"]) for q in self.get()["queue"]]


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[LabelShelf]:
    """A workspace with one demonstration."""
    made = LabelShelf(tmp_path)
    made.add()
    yield made
    made.close()


@pytest.fixture
def people(shelf: LabelShelf) -> Iterator[dict[str, Somebody]]:
    """Ana and Bob."""
    app = Starlette(routes=label_routes(shelf))
    found = {name: Somebody(app, shelf, name) for name in ("Ana", "Bob")}
    yield found
    for one in found.values():
        one._client.close()


def wrap(who: Somebody, first: int, last: int, policy: str, status: int = 200) -> dict[str, Any]:
    """A call over steps on the blind track."""
    return who.do("wrap", "blind", status, first=f"demo1-{first}", last=f"demo1-{last}", policy=policy)


def test_a_blind_track_is_sent_nothing_of_any_proposal(people: dict[str, Somebody], shelf: LabelShelf) -> None:
    """No calls, lanes, reasons, counts or other people's tracks, however it is asked for; gestures neither."""
    people["Bob"].do("accept_all")
    people["Bob"].do("relabel", segment="to", policy="search")
    ana = people["Ana"]
    blind = ana.get(f"{STATE}?as=blind")
    assert blind["track"] == {"name": "blind:Ana", "kind": "blind", "sides": None, "run": None}
    for state in (blind, ana.get(STATE), ana.get(f"{STATE}?as=gold")):
        assert (state["segments"], state["lanes"], state["others"], state["adopted"]) == ([], [], [], None)
        policies = {json.dumps(policy) for policy in state["policies"]}
        told = json.dumps({**state, "policies": [], "steps": [], "episode": {}})
        assert len(policies) > 3
        for secret in ("fill_form", "fill_text", "search", "rules", "Bob", "Departure", "calendar"):
            assert secret not in told
    made = json.dumps(wrap(ana, 0, 1, "navigate"))
    assert "rules" not in made
    assert "fill_form" not in made
    assert ana.queue() == [("demo1", "mine", "blind: yours to finish")]
    assert ana.get("/stepscope/label")["track"]["kind"] == "blind"
    shown = ana.get(f"{STATE}/history?as=shown")["entries"]
    assert [entry["text"] for entry in shown] == ["made navigate of steps 1–2", "began blind, without a proposal"]
    refused = ana.do("take", "blind", 422, source=f"run:{shelf.labels.runs('demo1')[0].id}", at="demo1-0")
    assert "blind" in refused["message"]
    assert "Hand your blind labels in" in ana.post(f"{STATE}/together", 422, left="Bob", right="blind:Ana")["message"]


def test_looking_begins_no_track(people: dict[str, Somebody], shelf: LabelShelf) -> None:
    """Who opened a demonstration and changed nothing has no track: it is new in the queue and may be labelled blind."""
    ana = people["Ana"]
    assert (ana.get()["base"], ana.get()["track"]["name"], len(ana.get()["segments"])) == (1, "Ana", 4)
    assert ana.get(f"{STATE}/history?as=shown")["entries"] == []
    assert (tracks(shelf.labels), ana.queue()[0][1]) == ((), "new")
    assert ana.get(f"{STATE}?as=blind")["track"]["kind"] == "blind"


def test_a_track_begins_with_the_labels_that_were_seen(people: dict[str, Somebody], shelf: LabelShelf) -> None:
    """A label run made between looking and the first gesture takes the place of what the person saw in nothing."""
    ana = people["Ana"]
    seen = ana.get()
    uids = [f"demo1-{n}" for n in range(6)]
    newer = make_tree("demo1", 1, uids, [one for one in proposed("demo1") if one.id != "date"])
    shelf.labels.add_run(make_run(newer, labeller="llm", policy_set="web", created=9.0))
    sent = {"id": "gesture-0001", "base": seen["base"], "op": "accept", "segment": "date"}
    told = {"track": seen["track"]["name"], "run": seen["track"]["run"]}
    assert ana.post(f"{STATE}/events", **sent, **told)["touched"] == "date"
    assert ana.get()["adopted"] == "rules"


def test_blind_labels_of_another_are_not_taken_before_they_are_handed_in(people: dict[str, Somebody]) -> None:
    """Neither taken over nor brought together nor named; afterwards they can be taken."""
    ana, bob = people["Ana"], people["Bob"]
    ana.get(f"{STATE}?as=blind")
    wrap(ana, 0, 5, "navigate")
    before = bob.get()
    refused = bob.do("take", status=422, source="track:blind:Ana", at="demo1-0")
    assert refused["message"].startswith("The blind labels of Ana are not handed in")
    assert "not finished" in bob.post(f"{STATE}/together", 422, left="blind:Ana", right="Bob")["message"]
    told = json.dumps({**bob.get(), "policies": []})
    assert (bob.get()["segments"], "Ana" in told, "navigate" in told) == (before["segments"], False, False)
    ana.do("finish", "blind")
    bob.do("take", source="track:blind:Ana", at="demo1-0")
    assert [call["policy"] for call in bob.get()["segments"]] == ["navigate"]


def test_handed_in_blind_labels_become_ones_own_and_what_was_proposed_is_shown(
    people: dict[str, Somebody], shelf: LabelShelf
) -> None:
    """The blind track changes no more; the shown one begins with its calls, decided, beside the lanes."""
    ana = people["Ana"]
    assert "no call yet" in ana.do("finish", "blind", 422)["message"]
    wrap(ana, 2, 4, "choose_date")
    state = ana.do("finish", "blind")["state"]
    assert (state["track"]["name"], state["decided"], [lane["name"] for lane in state["lanes"]]) == (
        "Ana", True, ["rules"],
    )  # fmt: skip
    assert [(s["policy"], s["first"], s["last"]) for s in state["segments"]] == [("choose_date", 2, 4)]
    blind = next(track for track in tracks(shelf.labels, "demo1") if track.kind == "blind")
    assert (blind.settled, blind.actor) == (True, "Ana")
    assert "cannot label it blind" in ana.get(f"{STATE}?as=blind", 404)["message"]


def test_blind_labelling_given_up_counts_for_nothing(people: dict[str, Somebody], shelf: LabelShelf) -> None:
    """The proposal is shown, and the shown track begins with it."""
    ana = people["Ana"]
    ana.get(f"{STATE}?as=blind")
    wrap(ana, 0, 0, "navigate")
    state = ana.do("finish", "blind", given_up=True)["state"]
    assert len(state["segments"]) == 4
    assert [track.settled for track in tracks(shelf.labels, "demo1") if track.kind == "blind"] == [False]


def test_who_has_changed_what_is_proposed_cannot_label_blind(people: dict[str, Somebody]) -> None:
    """It is refused in words, and the shown track stays."""
    ana = people["Ana"]
    ana.do("accept", segment="date")
    assert "have seen what is proposed" in ana.get(f"{STATE}?as=blind", 404)["message"]


def test_a_blind_labelling_that_is_wanted_waits_for_others_only(people: dict[str, Somebody]) -> None:
    """Who asked has seen it; somebody else finds it in the queue, with nothing said of the calls."""
    ana, bob = people["Ana"], people["Bob"]
    ana.do("accept_all")
    assert ana.post(f"{STATE}/wanted") == {"wanted": True}
    assert ana.queue() == [("demo1", "mine", "decided, not finished yet")]
    line = bob.get("/stepscope/label")
    assert line["track"]["kind"] == "blind"
    assert bob.queue() == [("demo1", "mine", "blind: yours to finish")]


def test_a_share_is_labelled_a_second_time_blind(people: dict[str, Somebody], shelf: LabelShelf) -> None:
    """Once somebody is through, everybody else is asked, until one has begun; with a share of none nobody is."""
    ana, bob = people["Ana"], people["Bob"]
    cyd = Somebody(ana._client.app, shelf, "Cyd")
    shelf.share = 1.0
    ana.do("accept_all")
    assert ana.queue() == [("demo1", "mine", "decided, not finished yet")]

    shelf.add("demo2", number=1)

    def asked(who: Somebody) -> list[tuple[str, str]]:
        return [(q["why"], q["as"]) for q in who.get("/stepscope/label/demo2")["queue"] if q["episode"] == "demo1"]

    assert asked(bob) == asked(cyd) == [("labelled blind by a second person", "blind")]
    shelf.share = 0.0
    assert asked(bob) == [("decided by Ana", "shown")]
    shelf.share = 1.0
    assert bob.get(f"{STATE}?as=blind")["segments"] == []
    assert asked(bob) == [("blind: yours to finish", "blind")]
    assert asked(cyd) == [("decided by Ana", "shown")]


def test_the_queue_doubts_by_the_calibrated_confidence(people: dict[str, Somebody], shelf: LabelShelf) -> None:
    """What .95 is worth where its labeller was wrong half of the time is a reason to look."""
    ana = people["Ana"]
    assert "labeller" not in ana.get()["queue"][0]["why"]
    before = {call["id"]: call["doubt"] for call in ana.get()["segments"]}
    judged = [
        Judged(episode=f"e{n // 5}", segment=f"s{n}", confidence=(0.95, 0.58)[n % 2], right=n % 4 == 0)
        for n in range(200)
    ]
    curve = shelf.labels.add_calibration(fit("rules", judged, 2.0))
    after = ana.get()
    found = {call["id"]: call for call in after["segments"]}
    assert found["from"]["doubt"] == pytest.approx(before["from"] + 0.95 - curve.of(0.95), abs=1e-3)
    assert found["from"]["why"] == "typed into a text field"
    assert after["queue"][0]["why"].startswith("4 left · ")


def test_some_of_what_nobody_doubts_is_a_random_check(people: dict[str, Somebody], shelf: LabelShelf) -> None:
    """About one of twenty sure demonstrations says so and stands before the other ones; a doubtful one never does."""
    sure = [f"sure{n}" for n in range(40)]
    picked = [name for name in sure if drawn(name, "check", CHECKED)]
    names = [*picked, *[name for name in sure if name not in picked][:6]]
    for number, name in enumerate(names):
        shelf.add(name, labelled=False, number=number + 1)
        calls = [s.model_copy(update={"confidence": 0.99}) for s in proposed(name) if s.id in ("from", "to")]
        calls = [s.model_copy(update={"parent": None}) for s in calls]
        tree = make_tree(name, 1, [f"{name}-{n}" for n in range(6)], calls)
        shelf.labels.add_run(make_run(tree, labeller="rules", policy_set="web", created=1.0))
    queue = people["Ana"].get()["queue"]
    checks = [q["episode"] for q in queue if q["why"] == "2 left · a random check"]
    assert checks
    assert set(checks) == {*picked}
    places = {q["episode"]: place for place, q in enumerate(queue)}
    assert max(places[name] for name in checks) < min(places[name] for name in names if name not in checks)


def test_what_is_to_review_is_what_nobody_has_decided(people: dict[str, Somebody], shelf: LabelShelf) -> None:
    """The count is the same for everybody; the lines say whose turn it is and why, the most doubtful first."""
    ana, bob = people["Ana"], people["Bob"]
    shelf.add("demo2", number=1, labelled=False)
    state = bob.get()
    assert state["to_review"] == 2
    assert [(q["episode"], q["whose"]) for q in state["queue"]] == [("demo2", "new"), ("demo1", "new")]
    assert state["queue"][1]["why"] == "4 left · the calendar closed without a value in the field"
    bob.do("reject", segment="form")
    assert ("demo1", "mine", "3 left · the calendar closed without a value in the field") in bob.queue()
    bob.do("accept_all")
    for who in (ana, bob):
        assert who.get()["to_review"] == 1
    assert ("demo1", "done", "decided by Bob") in ana.queue()


def test_a_labeller_that_disagrees_is_a_reason_to_look(people: dict[str, Somebody], shelf: LabelShelf) -> None:
    """Each call says what another labeller says instead; a policy that does not exist is one, too."""
    uids = [f"demo1-{n}" for n in range(6)]
    other = [s.model_copy(update={"last": "demo1-3"}) if s.id == "date" else s for s in proposed("demo1")]
    other[1] = other[1].model_copy(update={"policy": "proposed:pick_city"})
    shelf.labels.add_run(make_run(make_tree("demo1", 1, uids, other), labeller="llm", policy_set="web", created=2.0))
    state = people["Ana"].get()
    whys = {s["id"]: s["why"] for s in state["segments"]}
    assert "rules ends it at step 5, not 4" in whys["date"]
    assert "there is no such policy yet" in whys["from"]
    assert "rules says fill_text" in whys["from"]
    assert max(state["segments"], key=lambda s: s["doubt"])["id"] in ("date", "from")
    refused = people["Ana"].do("accept", status=422, segment="from")
    assert "not a policy" in refused["message"]
    people["Ana"].do("bulk_accept", above=0.0)
    left = [s["id"] for s in people["Ana"].get()["segments"] if s["state"] == "pending"]
    assert left == ["from"]


def test_two_people_are_brought_together(people: dict[str, Somebody], shelf: LabelShelf) -> None:
    """Who sees it otherwise is in the queue; differences are settled one by one; the set is gold and says by whom."""
    ana, bob = people["Ana"], people["Bob"]
    ana.do("accept_all")
    bob.do("accept_all")
    bob.do("relabel", segment="to", policy="search")
    assert ana.queue() == [("demo1", "others", "Bob sees 1 place otherwise")]
    gold = ana.post(f"{STATE}/together", left="Ana", right="Bob")
    assert (gold["track"]["kind"], gold["track"]["sides"]) == ("gold", ["Ana", "Bob"])
    (difference,) = gold["gold"]
    assert (difference["what"], difference["choice"], difference["first"]) == ("policy", "", 1)
    assert "search" in difference["right"]
    assert bob.queue() == [("demo1", "others", "gold track of Ana: 1 difference to settle")]
    assert "calls are not decided" in ana.do("finish", "gold", 422)["message"]
    settled = ana.do("take", "gold", settles=difference["key"], choice="right")["changes"]
    assert (settled["gold"][0]["choice"], settled["decided"]) == ("right", True)
    finished = ana.do("finish", "gold")
    label_set = shelf.labels.label_set(finished["label_set"])
    assert (label_set.kind, label_set.actor) == ("gold", "Ana")
    assert {s.id: s.policy for s in label_set.trees[0].segments}["to"] == "search"
    assert bob.queue() == [("demo1", "done", "decided by Ana, gold")]


def test_a_gesture_for_another_track_than_the_one_shown_is_not_stored(people: dict[str, Somebody]) -> None:
    """A tab that still shows the usual track after a blind one was begun elsewhere is told to look again."""
    ana = people["Ana"]
    state = ana.get(f"{STATE}?as=blind")
    sent = {
        "id": "gesture-x1",
        "base": state["base"],
        "track": "Ana",
        "op": "wrap",
        "first": "demo1-0",
        "last": "demo1-0",
    }
    assert ana.post(f"{STATE}/events", 409, **sent, policy="navigate")["current"] == 1


def test_the_history_leads_back(people: dict[str, Somebody]) -> None:
    """Newest first, in words; going back is a gesture that undo takes back."""
    ana = people["Ana"]
    ana.do("accept", segment="to")
    ana.do("reject", segment="date")
    entries = ana.get(f"{STATE}/history")["entries"]
    assert [(e["number"], e["text"], e["pending"]) for e in entries] == [
        (3, "rejected ‘choose_date [Departure] [12/26/2016]’", 2),
        (2, "accepted ‘fill_text [To] [Reading, PA (RDG)]’", 3),
        (1, "began with 4 calls of rules", 4),
    ]  # fmt: skip
    assert {e["actor"] for e in entries} == {"Ana"}
    ana.do("restore", change=1)
    assert [s["state"] for s in ana.get()["segments"]] == ["pending"] * 4
    ana.do("undo")
    assert ana.get()["rejected"] == 1
    assert "no change 99" in ana.do("restore", status=422, change=99)["message"]


def test_of_many_demonstrations_the_newest_are_looked_at_and_what_one_has_begun(
    people: dict[str, Somebody], shelf: LabelShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The count is of all of them; what is old and nobody has begun is not in the queue, what one has begun is."""
    monkeypatch.setattr("server.waiting.LOOKED_AT", 2)
    people["Ana"].do("accept", segment="date")
    for number in (1, 2, 3):
        shelf.add(f"new{number}", number=number)
    state = people["Bob"].get("/stepscope/label/new3")
    assert (state["to_review"], {q["episode"] for q in state["queue"]}) == (4, {"new3", "new2"})
    assert {q["episode"] for q in people["Ana"].get()["queue"]} == {"new3", "new2", "demo1"}
