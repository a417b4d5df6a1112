"""What the ledger is told of requests as they go out, and what becomes of it when telling fails."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from llm_client.chat import Attempt, ChatRequest, Message, Patience
from llm_client.endpoint import Endpoint
from llm_client.errors import EndpointDown
from llm_client.openai_chat import OpenAIChat
from store.errors import DiskFull
from tests.fake_llm_server import fake_llm_server, says

ASKED = ChatRequest((Message("user", "hello"),))


def chat(url, **fields):
    patience = Patience(attempts=2, first_wait=0.001, longest_wait=0.01, timeout=10.0)
    return OpenAIChat("tiny", Endpoint(url, "k"), patience=patience, **fields)


def test_what_met_no_connection_was_not_sent():
    """An endpoint that is not there was asked nothing, however often it was tried."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        sending, ledger = list[Attempt](), list[Attempt]()
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        with chat(url, ledger=ledger.append, sending=sending.append) as at, pytest.raises(EndpointDown):
            at.complete(ASKED)
    assert sending == []
    assert [one.state for one in ledger] == ["unsent", "unsent"]


def test_requests_go_out_one_at_a_time():
    """However many are under way, one at most is between `sending` and `sent`."""
    going, most, lock = set[float](), list[int](), threading.Lock()

    def told(attempt: Attempt) -> None:
        with lock:
            (going.add if attempt.state == "sending" else going.discard)(attempt.at)
            most.append(len(going))

    with fake_llm_server(lambda _: says("hi")) as server, chat(server.url, sending=told) as at:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: at.complete(ASKED), range(40)))
        assert len(server.requests) == 40
    assert (len(most), max(most), going) == (80, 1, set())


@pytest.mark.parametrize("state", ["sending", "sent"])
def test_a_ledger_that_cannot_be_written_ends_the_call(state):
    """Its error comes out as it is, is not tried again as one of the connection, and nobody waits for the way out."""
    met = list[str]()

    def told(attempt: Attempt) -> None:
        met.append(attempt.state)
        if attempt.state == state and len(met) <= 2:
            raise DiskFull("No room.")

    with fake_llm_server(lambda _: says("hi")) as server, chat(server.url, sending=told) as at:
        with pytest.raises(DiskFull):
            at.complete(ASKED)
        tried = len(met)
        met += ["", ""]
        assert at.complete(ASKED).text == "hi"
    assert tried == ["sending", "sent"].index(state) + 1
