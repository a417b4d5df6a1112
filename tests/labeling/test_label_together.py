"""Several labellers propose for one demonstration: nobody finds some of their proposals without the others."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from labeling.desk import ReviewDesk
from labeling.errors import NothingToLabel
from labeling.model import LabelRun
from labeling.repository import LabelRepository, MemoryRows
from labeling.rules.labeller import RulesLabeller
from store.workspace import Workspace
from tests.builders import Recording
from tests.labeling.outlines import WEB
from tests.labeling.pages import boxes


class Second(RulesLabeller):
    """Says what the rules say, after a look at what is kept so far."""

    name = "second"

    def __init__(self, desk: ReviewDesk, *, fails: bool = False) -> None:
        super().__init__()
        self.desk = desk
        self.fails = fails
        self.seen: list[LabelRun] = []

    def label(self, episode, *more):
        self.seen += self.desk.repository.runs(episode.id)
        if self.fails:
            raise NothingToLabel("It says nothing.")
        return super().label(episode, *more)


def recorded() -> Recording:
    """Two boxes are ticked."""
    r = Recording().page(boxes("ab", "cd")).do("click [1]").page(boxes("ab", "cd", checked=("ab",)))
    return r.do("click [2]").page(boxes("ab", "cd", checked=("ab", "cd")))


def test_the_second_is_asked_before_the_first_is_kept() -> None:
    """Whoever looks meanwhile finds no proposal at all, afterwards both in their order; an equal one is kept once."""
    desk, r = ReviewDesk(LabelRepository(MemoryRows()), WEB), recorded()
    second = Second(desk)
    for _ in range(2):
        kept = desk.propose_together((RulesLabeller(), second), r.episode, r.steps, r.observation)
        assert [run.labeller for run in kept] == ["rules", "second"]
    assert desk.repository.runs(r.episode.id) == kept
    assert second.seen == [*kept]


def test_where_one_cannot_the_other_is_not_kept_alone() -> None:
    """The failure is the caller's; nothing was proposed."""
    desk, r = ReviewDesk(LabelRepository(MemoryRows()), WEB), recorded()
    with pytest.raises(NothingToLabel):
        desk.propose_together((RulesLabeller(), Second(desk, fails=True)), r.episode, r.steps, r.observation)
    assert desk.repository.runs(r.episode.id) == ()


def test_another_reader_of_the_workspace_sees_all_or_none(tmp_path: Path) -> None:
    """While runs are written again and again, whoever reads beside never finds an odd number of them."""
    workspace, other = Workspace(tmp_path), Workspace(tmp_path)
    over, counts = threading.Event(), set()

    def look() -> None:
        while not over.is_set():
            counts.add(len(other.keys("label_run")) % 2)

    reader = threading.Thread(target=look)
    reader.start()
    columns = {"episode": "e", "labeller": "x"}
    for number in range(60):
        workspace.put_all("label_run", [(f"{number}-{half}", {}, columns) for half in "ab"])
    over.set()
    reader.join()
    assert counts == {0}
    workspace.close()
    other.close()
