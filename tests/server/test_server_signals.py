"""The signals' endpoints: what was found, and what a named person says of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.testclient import TestClient

from flows.understand.signals import SignalDesk
from server.guard import HEADER
from server.people import COOKIE
from server.signals import MOST_BYTES, signal_routes
from tests.flows.test_flows_signals import stuck
from wiring import Parts

BASE = "http://127.0.0.1:8501"
FOUND = "/stepscope/episodes/run-stuck/signals"
SAY = "/stepscope/episodes/run-stuck/annotations"


@pytest.fixture(name="parts")
def parts_fixture(tmp_path) -> Iterator[Parts]:
    made = Parts(tmp_path)
    stuck(made)
    yield made
    made.close()


@pytest.fixture(name="client")
def client_fixture(parts: Parts) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=signal_routes(parts, SignalDesk(parts))), base_url=BASE) as client:
        client.headers[HEADER] = parts.guard.token
        yield client


def named(parts: Parts, name: str) -> str:
    """The signed cookie of a name."""
    response = Response()
    parts.people.remember(response, name)
    return response.headers["set-cookie"].split(";")[0].partition("=")[2].strip('"')


def test_found_and_confirmed_by_a_named_person(client, parts):
    """The signals, then one of them confirmed: the answer is the new state, the author is the cookie's."""
    answer = client.get(FOUND)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    key = answer.json()["signals"][0]["key"]
    client.cookies.set(COOKIE, named(parts, "Ana"))
    said = client.post(SAY, json={"kind": "signal", "text": key, "value": 1})
    assert said.status_code == 200
    assert said.json()["signals"][0]["confirmed"] is True
    assert [one.author for one in parts.episodes.annotations.of("run-stuck")] == ["Ana"]


class Quoting:
    """Keeps a signal that quotes a page which ends amid a surrogate pair."""

    def state(self, episode_id: str) -> dict[str, str]:
        return {"episode": episode_id, "said": "No page showed 'half \ud83d'."}

    def say(self, episode_id: str, author: str, given: object) -> dict[str, str]:
        return self.state(episode_id)


def test_what_a_page_wrote_badly_is_told_all_the_same(parts):
    """Half a letter of a page is replaced; the rest of the answer is whole."""
    with TestClient(Starlette(routes=signal_routes(parts, Quoting())), base_url=BASE) as client:
        answer = client.get(FOUND, headers={HEADER: parts.guard.token})
    assert (answer.status_code, answer.json()["said"]) == (200, "No page showed 'half ?'.")


def test_who_has_no_token_says_nothing(client, parts):
    """Without the token, or from another site's page, nothing is told and nothing noted."""
    body = {"kind": "tag", "text": "odd"}
    foreign = {"origin": "http://evil.example"}
    assert client.post(SAY, json=body, headers=foreign).status_code == 403
    assert client.get(FOUND, headers=foreign).status_code == 403
    del client.headers[HEADER]
    assert client.post(SAY, json=body).status_code == 403
    assert client.get(FOUND).status_code == 403
    assert parts.episodes.annotations.of("run-stuck") == ()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "judge", "text": "x"},
        {"kind": "tag", "text": "x", "author": "Ana"},
        {"kind": "note", "text": "x" * 10_001},
        {"kind": "reward", "value": 2},
        {"kind": "signal", "text": "D1@nowhere", "value": 1},
        {"kind": "note", "text": "x", "step": "../x"},
        [],
    ],
)
def test_what_is_not_understood_is_one_sentence(client, parts, body):
    """422 with a message; nothing is noted."""
    answer = client.post(SAY, json=body)
    assert answer.status_code == 422
    assert answer.json()["message"].endswith("Nothing was changed.")
    assert parts.episodes.annotations.of("run-stuck") == ()


def test_too_much_and_nothing_there(client):
    """A body without end is refused before it is read; an episode that is not there has no signals."""
    assert client.post(SAY, content=b"x" * (MOST_BYTES + 1)).status_code == 413
    assert client.post(SAY, content=b"{").status_code == 422
    assert client.get("/stepscope/episodes/nobody/signals").status_code == 404
    assert client.get("/stepscope/episodes/..%5Cx/signals").status_code == 404
    assert client.post("/stepscope/episodes/nobody/annotations", json={"kind": "note", "text": "x"}).status_code == 422
