"""The replay check's endpoint, and the cookie that names a browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from server.checks import check_routes
from server.guard import HEADER, Guard
from server.people import BROWSER, People, greeting_browsers
from store.errors import StoreError

BASE = "http://127.0.0.1:8501"


class Checks:
    """Says what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def state(self, episode_id: str) -> dict[str, object]:
        self.asked.append(("state", episode_id))
        return {"state": "none"}

    def start(self, episode_id: str) -> dict[str, object]:
        self.asked.append(("start", episode_id))
        if episode_id == "run1":
            raise StoreError("Episode run1 is no finished demonstration.")
        return {"state": "waiting"}


class Given:
    """What the routes are given."""

    guard = Guard()
    failures = (StoreError,)


@pytest.fixture(name="checks")
def checks_fixture() -> Checks:
    return Checks()


@pytest.fixture(name="client")
def client_fixture(checks: Checks) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=check_routes(Given(), checks)), base_url=BASE) as client:
        yield client


PATH = "/stepscope/episodes/demo1/check"


def test_a_check_is_asked_for_and_begun(client: TestClient, checks: Checks) -> None:
    """GET says how it stands, POST begins one; nothing is kept by caches."""
    token = {HEADER: Given.guard.token}
    answer = client.get(PATH, headers=token)
    assert (answer.json(), answer.headers["cache-control"]) == ({"state": "none"}, "no-store")
    assert client.post(PATH, headers=token).json() == {"state": "waiting"}
    assert checks.asked == [("state", "demo1"), ("start", "demo1")]


def test_who_has_no_token_begins_nothing(client: TestClient, checks: Checks) -> None:
    """Without the token, or from another site's page, the check is never asked."""
    assert client.post(PATH).status_code == 403
    foreign = {HEADER: Given.guard.token, "origin": "http://evil.example"}
    assert client.post(PATH, headers=foreign).status_code == 403
    assert checks.asked == []


def test_a_refusal_is_one_sentence(client: TestClient, checks: Checks) -> None:
    """What cannot be checked is said; an odd id names nothing."""
    token = {HEADER: Given.guard.token}
    answer = client.post("/stepscope/episodes/run1/check", headers=token)
    assert (answer.status_code, answer.json()) == (422, {"message": "Episode run1 is no finished demonstration."})
    client.get("/stepscope/episodes/..%5Cx/check", headers=token)
    assert checks.asked[-1] == ("state", "-")


def _page(_: Request) -> PlainTextResponse:
    return PlainTextResponse("page")


@pytest.fixture(name="people")
def people_fixture() -> People:
    return People("s3cret")


def visiting(people: People | None) -> TestClient:
    """A browser that visits a site of one page."""
    app = Starlette(routes=[Route("/", _page)], middleware=[greeting_browsers(lambda: people)])
    return TestClient(app, base_url=BASE, headers={"accept": "text/html,*/*"})


def test_each_browser_is_named_once(people: People) -> None:
    """The first page gives a name that stays over reloads; another browser has another."""
    one, other = visiting(people), visiting(people)
    given = one.get("/").headers["set-cookie"]
    assert "HttpOnly" in given
    assert "SameSite=lax" in given
    assert "set-cookie" not in one.get("/").headers
    other.get("/")
    names = [people.browser_of(dict(client.cookies)) for client in (one, other)]
    assert all(names)
    assert names[0] != names[1]


def test_a_made_up_browser_is_nobody_and_named_anew(people: People) -> None:
    """A cookie of another secret counts as none; what is no page sets none; without a workspace nothing is set."""
    visitor = visiting(people)
    visitor.cookies.set(BROWSER, "made.up")
    assert people.browser_of(dict(visitor.cookies)) == ""
    assert BROWSER in visitor.get("/").headers["set-cookie"]
    assert "set-cookie" not in visiting(people).get("/", headers={"accept": "image/*"}).headers
    assert "set-cookie" not in visiting(None).get("/").headers
    stolen = People("other").greeting().split(";")[0].partition("=")[2]
    assert people.browser_of({BROWSER: stolen}) == ""
