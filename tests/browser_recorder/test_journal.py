"""The raw log as it grows: in the file from the beginning, in memory only as far as the recording looks back."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from browser.recorder.events import Key, Mark, Press, Release
from browser.recorder.journal import RECENT, Journal
from browser.recorder.marks import CallBegun, CallEnded
from browser.recorder.options import Clock
from tests.browser_recorder.raw_log import gate, settled
from traces.model import Episode
from traces.writer import EpisodeWriter


@pytest.fixture(name="journal")
def journal_fixture(tmp_path: Path) -> Iterator[Journal]:
    header = Episode(id="long", actor="human", objective="Click", site="http://site.test", started=0.0)
    with EpisodeWriter.create(tmp_path, header) as writer:
        yield Journal(writer, Clock(), lambda _: None)


def clicked(journal: Journal, turn: int) -> Press:
    """A click and the page after it."""
    press = Press(gate=gate("5", observation=f"page {turn}"), x=turn, y=1)
    for event in (press, Release(x=turn, y=1), settled(None, seen=f"page {turn + 1}")):
        journal.add(event)
    return press


def test_a_long_recording_keeps_its_newest_events_in_memory_only(journal: Journal) -> None:
    """The looks of a hundred clicks are let go of; the file has them all, in order."""
    looks = [weakref.ref(clicked(journal, turn)) for turn in range(100)]
    gc.collect()
    assert sum(look() is not None for look in looks) <= RECENT
    assert journal.length == 300
    assert len(journal.recent) == RECENT
    log = journal.log()
    assert [raw.number for raw in log] == list(range(1, 301))
    assert log[-RECENT:] == journal.recent
    assert [step.action for step in journal.reading.steps] == ["click [5]"] * 100


def test_the_marks_of_calls_are_kept(journal: Journal) -> None:
    """However long ago a call began, it is known that it is open."""
    begun = CallBegun(policy="fill_text", args=(("field", "From"),))
    journal.add(begun)
    for turn in range(RECENT):
        clicked(journal, turn)
    journal.add(CallEnded())
    assert [raw.event for raw in journal.calls] == [begun, CallEnded()]


def test_held_keys_are_numbered_before_they_are_logged(journal: Journal) -> None:
    """The number a held key was given is the one it has in the log."""
    journal.add(Mark(what="started"))
    numbers = [journal.hold(Key(key=key)) for key in "pin"]
    journal.release(secret=True)
    assert [raw.number for raw in journal.log()][1:] == numbers
    assert {raw.event.key for raw in journal.recent[1:] if isinstance(raw.event, Key)} == {None}
