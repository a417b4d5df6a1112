"""Open episode files are shared, bounded, and closed when nobody reads them any more."""

import threading

import pytest

from server.readers import Readers


class FakeReader:
    """Stands for an open file; counts how often it was closed."""

    def __init__(self, path, sealed=True):
        self.path = path
        self.sealed = sealed
        self.closed = 0

    def close(self):
        self.closed += 1


@pytest.fixture(name="opened")
def opened_fixture():
    return []


@pytest.fixture(name="readers")
def readers_fixture(tmp_path, opened):
    def open_one(name):
        (tmp_path / name).touch()
        opened.append(FakeReader(tmp_path / name, sealed=not name.startswith("running")))
        return opened[-1]

    return Readers(open_one, size=2)


def test_a_sealed_episode_is_opened_once(readers, opened):
    """Two requests, one after the other, share the open file."""
    for _ in range(2):
        with readers.lend("a"):
            pass
    assert len(opened) == 1
    assert opened[0].closed == 0


def test_the_oldest_is_closed_when_there_are_too_many(readers, opened):
    """A third file pushes the one used longest ago off the shelf."""
    for name in ("a", "b", "a", "c"):
        with readers.lend(name):
            pass
    assert [reader.path.name for reader in opened if reader.closed] == ["b"]


def test_a_file_in_use_is_closed_only_when_given_back(readers, opened):
    """Pushed off the shelf while a request reads it, it stays open until that request is done."""
    with readers.lend("a"):
        for name in ("b", "c"):
            with readers.lend(name):
                pass
        assert opened[0].closed == 0
    assert opened[0].closed == 1


def test_a_running_episode_is_never_kept(readers, opened):
    """What is still written is opened for each request and closed after it."""
    for _ in range(2):
        with readers.lend("running"):
            pass
    assert [reader.closed for reader in opened] == [1, 1]


def test_a_deleted_episode_is_not_served_from_the_shelf(readers, opened):
    """When the file is gone, what is open no longer counts."""
    with readers.lend("a"):
        pass
    opened[0].path.unlink()
    with readers.lend("a") as reader:
        assert reader is opened[1]
    assert opened[0].closed == 1


def test_closing_lets_go_of_everything_exactly_once(readers, opened):
    """Closing the shelf closes idle files now and a lent one when it comes back."""
    with readers.lend("a"):
        with readers.lend("b"):
            pass
        readers.close()
        assert [reader.closed for reader in opened] == [0, 1]
    assert [reader.closed for reader in opened] == [1, 1]


def test_many_threads_never_see_a_closed_file(readers):
    """Under contention for a shelf of two, no thread is handed a file that was closed."""
    wrong = []

    def read(k):
        for turn in range(60):
            with readers.lend("abcd"[(k + turn) % 4]) as reader:
                if reader.closed:
                    wrong.append(reader)

    threads = [threading.Thread(target=read, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
