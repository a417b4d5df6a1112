"""The guard of our endpoints: who passes, who is refused, and with what words."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from server.guard import HEADER, Guard

BASE = "http://127.0.0.1:8501"
SOCKET = "ws://127.0.0.1:8501"


@pytest.fixture(name="guard")
def guard_fixture():
    return Guard(hosts=["stepscope.example"])


@pytest.fixture(name="client")
def client_fixture(guard):
    def answer(request: Request) -> PlainTextResponse:
        return PlainTextResponse("answer")

    async def talk(socket: WebSocket) -> None:
        if await guard.admit(socket, scope="rec1"):
            await socket.send_text("in")
            await socket.close()

    app = Starlette(routes=[Route("/x", guard.wrap(answer)), WebSocketRoute("/live", talk)])
    with TestClient(app, base_url=BASE) as client:
        yield client


def test_the_right_token_passes_as_header_and_as_parameter(guard, client):
    """A request with our token, from our own page, is answered."""
    assert client.get("/x", headers={HEADER: guard.token}).text == "answer"
    assert client.get("/x", params={"t": guard.token}, headers={"origin": BASE}).text == "answer"


@pytest.mark.parametrize(
    ("headers", "word"),
    [
        ({HEADER: ""}, "token"),
        ({HEADER: "0" * 64}, "token"),
        ({"origin": "http://evil.example"}, "another site"),
        ({"origin": "http://127.0.0.1:9999"}, "another site"),
        ({"origin": "null"}, "another site"),
        ({"sec-fetch-site": "cross-site"}, "another site"),
        ({"sec-fetch-site": "same-site"}, "another site"),
        ({"host": "evil.example:8501"}, "host name"),
        ({"host": "127.0.0.1.evil.example"}, "host name"),
        ({"host": ""}, "host name"),
    ],
)
def test_anything_else_is_refused_in_plain_words(guard, client, headers, word):
    """No token, a wrong one, a foreign Origin, or a Host that is not ours: 403 and a sentence, never the answer."""
    answer = client.get("/x", headers={HEADER: guard.token, **headers})
    assert answer.status_code == 403
    assert word in answer.text
    assert answer.text != "answer"


@pytest.mark.parametrize("host", ["localhost:8501", "[::1]:8501", "127.0.0.1", "stepscope.example", "LOCALHOST:1"])
def test_loopback_and_configured_hosts_are_ours(guard, client, host):
    """Every loopback name, with or without port, and the configured host are answered."""
    assert client.get("/x", headers={HEADER: guard.token, "host": host}).status_code == 200


def test_a_socket_needs_the_token_of_its_own_scope(guard, client):
    """The token of one recording opens that recording; the general token or another recording's does not."""
    with client.websocket_connect(f"{SOCKET}/live?t={guard.issue('rec1')}", headers={"origin": BASE}) as socket:
        assert socket.receive_text() == "in"
    for token in (guard.token, guard.issue("rec2"), ""):
        with (
            client.websocket_connect(f"{SOCKET}/live?t={token}", headers={"origin": BASE}) as socket,
            pytest.raises(WebSocketDisconnect) as closed,
        ):
            socket.receive_text()
        assert closed.value.code == 1008
        assert "token" in closed.value.reason


def test_a_socket_from_another_origin_is_closed(guard, client):
    """A foreign page with the right token still gets no live view."""
    url = f"{SOCKET}/live?t={guard.issue('rec1')}"
    with (
        client.websocket_connect(url, headers={"origin": "http://evil.example"}) as socket,
        pytest.raises(WebSocketDisconnect) as closed,
    ):
        socket.receive_text()
    assert closed.value.code == 1008
    assert "another site" in closed.value.reason


def test_two_processes_have_different_tokens():
    """The secret is drawn anew, so a token says nothing about another process's."""
    assert Guard().token != Guard().token
    assert len(Guard().token) == 64
