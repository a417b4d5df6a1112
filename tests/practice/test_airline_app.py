"""The airline's pages and control calls, without a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from practice.airline.app import create_app
from practice.airline.records import CANCELLED, CONFIRMED
from practice.airline.world import build_world

TOKEN = "test-token"
CONTROL = {"X-Control-Token": TOKEN}
SEARCH = {"trip": "oneway", "from": "BOS", "to": "DEN", "depart": "2026-06-20", "passengers": "1", "cabin": "economy"}
PERSON = {
    "p0_title": "Ms",
    "p0_first_name": "Ana",
    "p0_last_name": "Ruiz",
    "p0_born": "4 May 1988",
    "p0_email": "ana@example.org",
}


@pytest.fixture(name="client")
def client_fixture() -> Iterator[TestClient]:
    with TestClient(create_app(TOKEN, seed=2)) as client:
        yield client


def complete_draft(client: TestClient) -> str:
    """A draft that waits to be confirmed; returns its path."""
    listed = client.get("/flights", params=SEARCH).text
    number = re.search(r'name="out" value="(NW \d+)"', listed)
    assert number
    path = client.post("/book", data=SEARCH | {"out": number[1]}).url.path.removesuffix("/passengers")
    client.post(f"{path}/passengers", data=PERSON)
    return path


@pytest.mark.parametrize("path", ["/", "/flights", "/bookings", "/bookings?q=r", "/bookings?q=zzz", "/rules"])
def test_pages_answer_with_their_day_and_no_outside_address(client: TestClient, path: str) -> None:
    """Every page shows the scenario's day and asks nothing of another host."""
    answer = client.get(path)
    assert answer.status_code == 200
    assert build_world(2).today.isoformat() in answer.text
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', answer.text)


@pytest.mark.parametrize("path", ["/reset", "/evaluate", "/scenarios", "/scenario"])
@pytest.mark.parametrize("headers", [{}, {"X-Control-Token": "guess"}, {"X-Control-Token": ""}])
def test_control_is_refused_without_the_token(client: TestClient, path: str, headers: dict[str, str]) -> None:
    """A page, or an agent behind one, learns and changes nothing."""
    send = client.post if path == "/reset" else client.get
    answer = send(f"/__control{path}", headers=headers)
    assert (answer.status_code, list(answer.json())) == (403, ["error"])


def test_no_page_shows_the_token_or_the_control_calls(client: TestClient) -> None:
    """Neither HTML nor scripts speak of them."""
    pages = ["/", "/flights", "/bookings", "/static/main.js", "/static/parts.js", "/data/airports.js"]
    assert not any(word in client.get(page).text for page in pages for word in (TOKEN, "__control"))


def test_reset_says_what_is_asked_and_forgets_what_was_done(client: TestClient) -> None:
    """The answer has objective, start, names and the day; a cancelled booking is open again."""
    booking = next(b for b in build_world(2).bookings if b.status == CONFIRMED)
    client.post(f"/bookings/{booking.reference}/cancel", data={"reason": "plans"})
    assert CANCELLED in client.get(f"/bookings/{booking.reference}").text
    told = client.post("/__control/reset", json={"seed": 2, "scenario": "cancel_flight"}, headers=CONTROL).json()
    assert told.pop("objective")
    today = build_world(2).today.isoformat()
    assert told == {"start_path": "/", "scenario": "cancel_flight", "seed": 2, "today": today}
    assert CANCELLED not in client.get(f"/bookings/{booking.reference}").text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("not json", 400),
        ("[]", 400),
        ('{"seed": 1}', 400),
        ('{"seed": "1", "scenario": "find_flight"}', 400),
        ('{"seed": true, "scenario": "find_flight"}', 400),
        ('{"seed": -1, "scenario": "find_flight"}', 400),
        ('{"seed": 1, "scenario": "nonsense"}', 404),
        ('{"seed": 1, "scenario": ["find_flight"]}', 404),
    ],
)
def test_a_wrong_reset_changes_nothing(client: TestClient, body: str, status: int) -> None:
    """One message says what is wrong; the running scenario goes on."""
    before = client.get("/__control/scenario", headers=CONTROL).json()
    answer = client.post("/__control/reset", content=body, headers=CONTROL)
    assert (answer.status_code, list(answer.json())) == (status, ["error"])
    assert client.get("/__control/scenario", headers=CONTROL).json() == before


def test_confirming_twice_makes_one_booking(client: TestClient) -> None:
    """Pressing the button again, or going back and forth, cannot book a second time."""
    path = complete_draft(client)
    first = client.post(f"{path}/review")
    assert first.url.path == f"{path}/done"
    assert client.post(f"{path}/review").status_code == 409
    made = client.app.state.site.desk.bookings.keys() - client.app.state.site.desk.before.keys()
    assert len(made) == 1
    assert made.pop() in first.text


def test_two_drafts_cannot_take_one_seat(client: TestClient) -> None:
    """The second to ask is told on the page, and its draft is kept."""
    paths = [complete_draft(client) for _ in range(2)]
    free = re.findall(r'data-seat="(\w+)"[^>]*grid-row:\d+">', client.get(f"{paths[0]}/seats/0").text)
    for path in paths:
        client.post(f"{path}/seats/0", data={"seat_0": free[0]})
    client.post(f"{paths[0]}/review")
    late = client.post(f"{paths[1]}/review")
    assert (late.status_code, "has been taken" in late.text) == (409, True)
    assert client.post(f"{paths[1]}/seats/0", data={"seat_0": free[0]}).status_code == 409


def test_a_draft_goes_to_its_passengers_first(client: TestClient) -> None:
    """Later pages are refused while nobody is named."""
    started = client.post("/book", data=SEARCH | {"out": first_number(client)})
    path = started.url.path.removesuffix("/passengers")
    assert client.get(f"{path}/review").status_code == 409
    wrong = client.post(f"{path}/passengers", data=PERSON | {"p0_email": "nowhere"})
    assert (wrong.status_code, "e-mail address such as" in wrong.text) == (422, True)


def first_number(client: TestClient) -> str:
    found = re.search(r'name="out" value="(NW \d+)"', client.get("/flights", params=SEARCH).text)
    assert found
    return found[1]


@pytest.mark.parametrize(
    "path",
    ["/nope", "/bookings/NOSUCH", "/book/D9/passengers", "/bookings/{ref}/seats/7", "/bookings/{ref}/passengers/7"],
)
def test_what_does_not_exist_says_so(client: TestClient, path: str) -> None:
    """A page with a way on, not a bare error."""
    reference = next(b.reference for b in build_world(2).bookings if b.status == CONFIRMED)
    answer = client.get(path.format(ref=reference))
    assert (answer.status_code, "Go to the overview" in answer.text) == (404, True)


def test_cancelling_without_a_reason_changes_nothing(client: TestClient) -> None:
    """The page says what was missing."""
    reference = next(b.reference for b in build_world(2).bookings if b.status == CONFIRMED)
    answer = client.post(f"/bookings/{reference}/cancel", data={})
    assert "Nothing was cancelled" in answer.text
    assert client.app.state.site.desk.bookings == client.app.state.site.desk.before


def test_names_are_shown_as_text(client: TestClient) -> None:
    """Markup typed into a field is never markup on a page."""
    booking = next(b for b in build_world(2).bookings if b.status == CONFIRMED)
    person = {"title": "Ms", "first_name": "<b>Ana</b>", "last_name": "Ruiz", "born": "4 May 1988", "email": "a@b.org"}
    answer = client.post(f"/bookings/{booking.reference}/passengers/0", data=person)
    assert "&lt;b&gt;Ana&lt;/b&gt; Ruiz" in answer.text
    assert "<b>Ana" not in answer.text
