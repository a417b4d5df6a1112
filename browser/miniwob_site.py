"""Where the pages of MiniWoB++ come from: served by this process, and shown in tabs that a session hands on.

One site and a few tabs a session are shared by its environments: a context of its own for each costs as much as an
episode.
"""

from __future__ import annotations

import re
import threading
from functools import cache

from browser.acting import MINIWOB
from browser.miniwob_tasks import TaskName, html_folder
from browser.serving import FolderSite
from browser.session import BrowserSession
from browser.stage import Stage

HIDDEN = ("#query", "#query-wrap", "#reward-display", "#click-canvas", "#sync-task-cover")
"""What is not of the task itself: the line that asks, the clock and the cover between episodes."""
_LASTING = re.compile(r"jquery-ui/|setTimeout|setInterval|requestAnimationFrame|d3\.timer|transition")
"""What a page's source has that may outlive its episode: widgets drawn outside the task, and clocks."""
_KEEPING = frozenset({"drag-cube", "scroll-text", "scroll-text-2", "use-colorwheel", "use-colorwheel-2"})
"""Pages that keep a turn, a place scrolled to or a colour without any of that."""
KEPT = 4
"""Tabs that are kept open between two environments."""


class MiniwobSite(FolderSite):
    """The task pages."""

    def __init__(self) -> None:
        super().__init__(html_folder())

    def url(self, task: TaskName) -> str:
        """The address of a task's page."""
        return f"{self.root}/{task.path}"


@cache
def leaves_traces(task: TaskName) -> bool:
    """Whether the next episode may meet something of the last one, so that the page is loaded anew for each."""
    if task.flight or task.page in _KEEPING:
        return True
    return bool(_LASTING.search((html_folder() / task.path).read_text(encoding="utf-8")))


class Shelf:
    """The site of a session, and tabs that no environment uses now. Safe to use from several threads."""

    def __init__(self, session: BrowserSession) -> None:
        self.site = MiniwobSite()
        self._session = session
        self._free: list[Stage] = []
        self._lock = threading.Lock()

    def take(self, viewport: tuple[int, int], pictures: bool, own_ports: tuple[int, ...]) -> Stage:
        """A tab of that kind."""
        with self._lock:
            for stage in reversed(self._free):
                if (stage.viewport, stage.pictures, stage.own_ports) == (viewport, pictures, own_ports):
                    self._free.remove(stage)
                    return stage
        return Stage(self._session, MINIWOB, HIDDEN, viewport, pictures, own_ports)

    def put(self, stage: Stage, whole: bool) -> None:
        """Keep a tab for the next environment, if it is `whole` (its last call did not fail); the oldest is closed."""
        with self._lock:
            if stage in self._free:
                return
            if whole and stage.sound:
                self._free.append(stage)
                if len(self._free) <= KEPT:
                    return
                stage = self._free.pop(0)
        stage.close()

    def close(self) -> None:
        """The session has ended, and its tabs with it."""
        _SHELVES.pop(self._session, None)
        self.site.close()


_SHELVES: dict[BrowserSession, Shelf] = {}
_MAKING = threading.Lock()


def shelf_of(session: BrowserSession) -> Shelf:
    """The shelf of a session, which ends with it."""
    with _MAKING:
        if session not in _SHELVES:
            _SHELVES[session] = Shelf(session)
            session.at_close(_SHELVES[session].close)
        return _SHELVES[session]
