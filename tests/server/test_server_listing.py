"""The film strip of an episode, and who stands beside it in a list."""

import io

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from server.guard import HEADER
from server.listing import listing_routes
from server.readers import Readers
from store.filters import Filter
from tests.workspaces import add_demonstration, add_failed_run
from traces.model import Episode, Step
from traces.writer import EpisodeWriter
from wiring import Parts


@pytest.fixture(name="served")
def served_fixture(shelf):
    readers = Readers(shelf.episode)
    seen = []

    def beside(episode, listed):
        seen.append((episode, listed))
        return {"place": 1}

    with TestClient(
        Starlette(routes=listing_routes(shelf, readers, beside)), base_url="http://127.0.0.1:8501"
    ) as client:
        client.headers[HEADER] = shelf.guard.token
        client.seen = seen
        yield client
    readers.close()


def test_a_film_strip_shows_beginning_failure_and_end(served):
    """Three thumbnails side by side where the failure is another picture; two without it."""
    whole = Image.open(io.BytesIO(served.get("/stepscope/episodes/booking/film?at=6").content))
    assert whole.size == (3 * 160 + 2 * 4, 90)
    answer = served.get("/stepscope/episodes/booking/film?at=nonsense")
    assert Image.open(io.BytesIO(answer.content)).size == (2 * 160 + 4, 90)
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", ["nobody", "..%2Fbooking", "%00", "a" * 300])
def test_what_is_no_episode_has_no_film(served, name):
    """An unknown or malformed id is a plain 404, whatever it spells."""
    assert served.get(f"/stepscope/episodes/{name}/film").status_code == 404


def test_the_film_of_an_episode_without_pictures_is_nothing(served, shelf):
    """It is no mistake to ask, so no browser tells of one."""
    header = Episode(id="bare", actor="agent", objective="Read a log", status="success")
    with EpisodeWriter.create(shelf.folder, header) as writer:
        writer.append(Step(uid="u0", seq=0, kind="act", action="press [Enter]"))
        writer.seal(n_steps=1)
    answer = served.get("/stepscope/episodes/bare/film")
    assert (answer.status_code, answer.content) == (204, b"")


def test_without_the_token_there_is_neither(served):
    """Both are behind the guard like everything recorded."""
    served.headers.pop(HEADER)
    assert served.get("/stepscope/episodes/booking/film").status_code == 403
    assert served.get("/stepscope/episodes/booking/beside").status_code == 403
    assert served.seen == []


def test_the_list_is_named_by_its_address(served):
    """Replay hands over the filter as it stands in the address of the list it was opened from."""
    address = Filter.of("cheap flight", status=["failed", "error"]).address()
    assert served.get("/stepscope/episodes/booking/beside", params={"list": address}).json() == {"place": 1}
    assert served.seen == [("booking", address)]


def test_neighbours_come_with_where_failure_begins(tmp_path):
    """The next of a list is its id and the step to open it at; what is not in the list has no place."""
    parts = Parts(tmp_path)
    demo, run = add_demonstration(parts), add_failed_run(parts)
    found = parts.episodes.beside(demo, "")
    assert (found["place"], found["total"], found["after"]) == (2, 2, None)
    assert found["before"]["id"] == run
    assert found["before"]["step"] == parts.episodes.catalogue.get(run)["began_step"] is not None
    assert parts.episodes.beside(demo, "actor=agent")["place"] == 0
    parts.close()
