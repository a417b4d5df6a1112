"""The one place that builds a workspace's parts and hands them to each other.

Used by the app (through ui.resources), by cli.py and by worker processes. Nothing starts a browser before it is asked
for one.
"""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path

from labeling.errors import LabelError
from server.guard import Guard
from store.errors import StoreError
from store.workspace import Workspace
from traces.catalogue import Episodes
from traces.errors import TraceError
from traces.model import Frame
from traces.reader import EpisodeReader

HOME = "STEPSCOPE_HOME"
"""Environment variable that names the workspace folder; `./workspace` without it."""


def home() -> Path:
    """The workspace folder as configured."""
    return Path(os.environ.get(HOME) or "workspace").expanduser().resolve()


class Parts:
    """Everything of one workspace. Made once per process; safe to use from several threads."""

    failures: tuple[type[Exception], ...] = (StoreError, TraceError, LabelError)

    def __init__(self, root: Path | None = None) -> None:
        self.workspace = Workspace(root or home())
        self.episodes = Episodes(self.workspace)

    @cached_property
    def guard(self) -> Guard:
        """Who may talk to our endpoints."""
        return Guard(hosts=[host for host in os.environ.get("STEPSCOPE_HOSTS", "").split(",") if host])

    def episode(self, episode_id: str) -> EpisodeReader:
        """A reader of its own, which the caller closes."""
        return self.episodes.open(episode_id)

    def frames(self, episode_id: str, label_ref: str | None) -> tuple[Frame, ...]:
        """The call tree of an episode: what a run wrote, or what the labels named by `label_ref` say."""
        with self.episode(episode_id) as reader:
            return reader.frames()

    def close(self) -> None:
        """Let go of the database."""
        self.workspace.close()
