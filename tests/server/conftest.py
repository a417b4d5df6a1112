"""A small failed run on disk, and the routes that serve it."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bench.replay_episode import write_episode
from bench.replay_page import Shelf
from server.app import routes
from server.guard import HEADER


@pytest.fixture(name="folder", scope="session")
def folder_fixture(tmp_path_factory):
    folder = tmp_path_factory.mktemp("episodes")
    write_episode(folder, "booking", n_steps=14)
    return folder


@pytest.fixture(name="shelf")
def shelf_fixture(folder):
    return Shelf(folder)


@pytest.fixture(name="client")
def client_fixture(shelf):
    with TestClient(Starlette(routes=routes(shelf)), base_url="http://127.0.0.1:8501") as client:
        client.headers[HEADER] = shelf.guard.token
        yield client
