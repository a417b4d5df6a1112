"""The workspace database and the catalogue."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from store.catalogue import Catalogue
from store.errors import Conflict, NewerSchema, NotFound, WorkspaceError
from store.filters import Filter
from store.workspace import SCHEMA, Workspace


@pytest.fixture
def workspace(tmp_path: Path):
    made = Workspace(tmp_path / "w")
    yield made
    made.close()


def test_bodies_come_back_in_order_of_creation(workspace: Workspace) -> None:
    """Rows are found by their columns; setting one again keeps its place."""
    for number in range(3):
        workspace.put("label_run", f"r{number}", {"n": number}, episode="e", labeller="rules")
    workspace.put("label_run", "r0", {"n": 9}, episode="e", labeller="rules")
    assert [row["n"] for row in workspace.rows("label_run", episode="e")] == [9, 1, 2]
    assert workspace.rows("label_run", episode="other") == []


def test_a_missing_row_says_so(workspace: Workspace) -> None:
    """The message names what was asked for."""
    with pytest.raises(NotFound, match="no prompt set 'x'"):
        workspace.get("prompt_set", "x")


def test_many_may_open_a_new_workspace_at_once(tmp_path: Path) -> None:
    """Its tables and its catalogue are made once, and everybody reads and writes them."""
    together = threading.Barrier(8)
    refused: list[Exception] = []

    def open_it(number: int) -> None:
        together.wait()
        try:
            made = Workspace(tmp_path / "w")
            Catalogue(made)
            made.put("label_run", f"r{number}", {"n": number}, episode="e", labeller="rules")
            made.close()
        except Exception as error:
            refused.append(error)

    threads = [threading.Thread(target=open_it, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == []
    with closing(Workspace(tmp_path / "w")) as made:
        assert made.count("label_run") == 8


def test_of_two_who_write_at_once_one_is_told(workspace: Workspace) -> None:
    """Every number is given once; whoever built on an older one gets a Conflict with the current one."""
    refused: list[int] = []

    def write() -> None:
        for _ in range(20):
            base = len(workspace.events("e", "me"))
            try:
                workspace.append_event("e", "me", base, {"op": "note"})
            except Conflict as conflict:
                refused.append(conflict.current)

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = [event["number"] for event in workspace.events("e", "me")]
    assert numbers == list(range(1, 41 - len(refused)))
    with pytest.raises(Conflict) as caught:
        workspace.append_event("e", "me", 0, {})
    assert caught.value.current == numbers[-1]


def test_a_newer_workspace_is_refused(workspace: Workspace) -> None:
    """The message says what to do, and nothing is changed."""
    with sqlite3.connect(workspace.database) as db:
        db.execute("UPDATE workspace_info SET schema = ?", (SCHEMA + 1,))
    db.close()
    with pytest.raises(NewerSchema, match="STEPSCOPE_HOME"):
        Workspace(workspace.root)


def test_an_unusable_folder_is_named(tmp_path: Path) -> None:
    """A workspace that cannot be a folder gives one clear message."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(WorkspaceError, match="STEPSCOPE_HOME"):
        Workspace(tmp_path / "file")


def test_a_damaged_database_is_named(tmp_path: Path) -> None:
    """A database that is none is left as it is."""
    (tmp_path / "workspace.sqlite").write_bytes(b"rubbish" * 100)
    with pytest.raises(WorkspaceError, match="cannot be used"):
        Workspace(tmp_path)
    assert (tmp_path / "workspace.sqlite").read_bytes() == b"rubbish" * 100


def test_search_filters_and_pages(workspace: Workspace) -> None:
    """Filters combine, a text is words and no pattern, the total counts what the page leaves out."""
    catalogue = Catalogue(workspace)
    for n in range(5):
        catalogue.put({"id": f"e{n}", "file": "f", "actor": "human", "objective": f"book 100% {n}", "started": n})
    catalogue.put({"id": "run", "file": "f", "actor": "agent", "objective": "book 100 seats", "started": 9})
    page = catalogue.search(actor="human", text="100%", limit=2)
    assert ([row["id"] for row in page.rows], page.total) == (["e4", "e3"], 5)
    assert catalogue.search(actor="agent", text="100% 3").total == 0
    assert catalogue.search(actor="agent", text="b%k").total == 0
    assert catalogue.lists.facet(Filter(), "actor") == {"human": 5, "agent": 1}


def test_damage_that_shows_only_later_is_told_in_the_same_words(workspace: Workspace) -> None:
    """A table whose page is rubbish makes one clear error of ours when it is asked for; the file is left as it is."""
    workspace.put("label_run", "r", {"n": 1}, episode="e", labeller="rules")
    workspace.close()
    db = sqlite3.connect(workspace.database)
    page = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'label_run'").fetchone()[0]
    size = db.execute("PRAGMA page_size").fetchone()[0]
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    with workspace.database.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    for ask in (lambda: workspace.rows("label_run"), lambda: workspace.put("label_run", "s", {})):
        with pytest.raises(WorkspaceError, match=r"malformed.*Nothing in it was changed.*import them there"):
            ask()
    assert workspace.rows("prompt_set") == []
