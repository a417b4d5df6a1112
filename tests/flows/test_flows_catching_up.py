"""After an update that lists more of each episode, files are read anew: counted, stopped, gone on with."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from flows.catching_up import catch_up
from flows.progress import Stopped
from tests.workspaces import add_demonstration, add_failed_run
from wiring import Parts

RUNS = ("run-0a", "run-0b", "run-0c")


@pytest.fixture(name="older")
def older_fixture(tmp_path: Path):
    """A workspace whose catalogue was made by a version that knew less."""
    parts = Parts(tmp_path)
    add_demonstration(parts)
    for run in RUNS:
        add_failed_run(parts, run)
    with parts.workspace.engine.begin() as db:
        db.execute(text("ALTER TABLE episode DROP COLUMN answer"))
    parts.close()
    return tmp_path


def listed(parts):
    """The episodes that lists show."""
    return {row["id"] for row in parts.episodes.catalogue.search().rows}


def test_it_says_how_far_it_is(older):
    """Every file is counted, with rate and time left; at the end lists are whole and nothing is left to read."""
    parts, told = Parts(older), []
    assert listed(parts) == set()
    assert catch_up(parts, told.append) == {"episodes": 4, "left_out": []}
    assert listed(parts) == {"demo1", *RUNS}
    assert [one.done for one in told] == [1, 2, 3, 4]
    assert "4 of 4 · " in told[-1].line
    assert "/min · 0:00 left" in told[-1].line
    assert not parts.episodes.catalogue.unread
    parts.close()


def test_what_is_stopped_goes_on_where_it_was(older):
    """What was read before a stop stays listed and is not read again, also by another process."""
    parts, told = Parts(older), []
    with pytest.raises(Stopped):
        catch_up(parts, told.append, lambda: len(told) == 2)
    first = listed(parts)
    assert len(first) == 2
    parts.close()
    again, rest = Parts(older), []
    assert listed(again) == first
    assert catch_up(again, rest.append)["episodes"] == 2
    assert [one.total for one in rest] == [2, 2]
    assert listed(again) == {"demo1", *RUNS}
    again.close()


def test_two_that_read_at_once_share_the_work(older):
    """What another process has read meanwhile is passed over."""
    one, other = Parts(older), Parts(older)
    read = []

    def told(update):
        if update.done == 1:
            read.append(catch_up(other)["episodes"])

    assert (catch_up(one, told)["episodes"], read) == (1, [3])
    assert listed(one) == {"demo1", *RUNS}
    one.close()
    other.close()


def test_reading_all_again_keeps_lists_meanwhile(older):
    """Rows stay until their file was read; those of files that are gone or damaged go at the end."""
    parts = Parts(older)
    catch_up(parts)
    parts.episodes.path("run-0a").unlink()
    parts.episodes.path("run-0b").write_bytes(b"rubbish")
    with pytest.raises(Stopped):
        catch_up(parts, stop=lambda: True, again=True)
    assert listed(parts) == {"demo1", *RUNS}
    result = catch_up(parts)
    assert (result["episodes"], len(result["left_out"])) == (2, 1)
    assert "run-0b" in result["left_out"][0]["reason"]
    assert listed(parts) == {"demo1", "run-0c"}
    parts.close()
