"""Episodes of a workspace: opening them by id, keeping the catalogue's rows, rebuilding it from the files."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from store import claims
from store.catalogue import Catalogue, files_of
from store.episode_file import SUFFIX
from store.errors import NotFound, StoreError
from store.filters import Filter
from store.frame_facts import FrameFacts
from store.workspace import Workspace
from traces.annotations import Annotations, human_reward, tags
from traces.errors import TraceError
from traces.model import Annotation, Episode
from traces.reader import EpisodeReader
from traces.sentences import at_most

RowStatus = Literal["running", "interrupted", "success", "failed", "unsure", "error", "stopped"]
Found = Callable[[Episode, bool], Mapping[str, Any]]
"""The columns of what was found of an episode; whether it is looked at where nothing is kept of it."""
INTERRUPTED: RowStatus = "interrupted"
"""The status of an episode in the catalogue whose file says `running` while nobody writes it."""


class Episodes:
    """The episodes of one workspace."""

    def __init__(self, workspace: Workspace, found: Found = lambda episode, look: {}) -> None:
        self.workspace = workspace
        self._found = found
        self.catalogue = Catalogue(workspace)
        self.annotations = Annotations(workspace)

    def path(self, episode: str) -> Path:
        """Where an episode's file is. Raises NotFound."""
        path = self.place(episode)
        if "/" in episode or "\\" in episode or not path.is_file():
            raise NotFound(
                f"There is no episode {episode!r} in {self.workspace.root}. `episodes list` shows which are."
            )
        return path

    def place(self, episode: str) -> Path:
        """Where its file is said to be; whether one is there is not looked at."""
        row = self.catalogue.get(episode)
        return self.workspace.root / row["file"] if row else self.workspace.episodes_dir / f"{episode}{SUFFIX}"

    def open(self, episode: str) -> EpisodeReader:
        """Open an episode. Raises NotFound, NotAnEpisode or NewerSchema."""
        return EpisodeReader(self.path(episode), lambda: self.annotations.reasons(episode))

    def beside(self, episode: str, listed: str) -> dict[str, Any]:
        """Where an episode stands in the list that a filter's address names: `{"place", "total", "before", "after"}`.

        `before` and `after` are None or `{"id", "step", "objective"}`, the step being where failure begins; `place`
        counts from 1, 0 is not in the list.
        """
        found = self.catalogue.lists.neighbours(Filter.from_address(listed), episode)
        ends = {name: self._named(key) for name, key in (("before", found.before), ("after", found.after))}
        return {"place": found.place, "total": found.total, **ends}

    def _named(self, episode: str | None) -> dict[str, Any] | None:
        row = None if episode is None else self.catalogue.get(episode)
        return None if row is None else {"id": row["id"], "step": row["began_step"], "objective": row["objective"]}

    def register(self, episode: Episode, path: Path) -> None:
        """Set the catalogue's row of an episode whose file is at `path` inside the workspace."""
        self._put(episode, path.resolve().relative_to(self.workspace.root.resolve()).as_posix())

    def annotate(self, annotation: Annotation) -> None:
        """Append an annotation and let the catalogue's row follow. Raises NotFound, StoreError."""
        path = self.path(annotation.episode)
        self.annotations.add(annotation)
        self.register_file(path)

    def register_running(self, episode: Episode) -> None:
        """Set the row of an episode that another process writes into its usual place."""
        self._put(episode, f"{self.workspace.episodes_dir.name}/{episode.id}{SUFFIX}")

    def register_file(self, path: Path, *, look: bool = True) -> Episode:
        """Read a file's header into the catalogue, and `look` for signals. Raises what opening it raises."""
        with EpisodeReader(path) as reader:
            cut: dict[str, Any] = {}
            if reader.interrupted:  # nobody was there to count
                cut = {"status": INTERRUPTED, "n_steps": len(reader.steps())}
            file = path.resolve().relative_to(self.workspace.root.resolve()).as_posix()
            self._put(reader.episode, file, reader, look=look, **cut)
            return reader.episode

    def left_behind(self) -> tuple[str, ...]:
        """Ids of the episodes whose process is gone and which were never sealed; their rows say so from now on."""
        found = []
        for path in claims.left_behind(self.workspace.episodes_dir, SUFFIX):
            with contextlib.suppress(StoreError, TraceError), EpisodeReader(path) as reader:
                if reader.interrupted:
                    found.append(reader.episode.id)
                    self.register_file(path)
        return tuple(found)

    def remove(self, episode: str) -> None:
        """Delete an episode: its file, its row and what only concerns it."""
        path = self.path(episode)
        for suffix in ("", "-wal", "-shm", claims.SUFFIX):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        self.forget(episode)

    def forget(self, episode: str) -> None:
        """Take away the row of an episode whose file is gone, and what only concerns it."""
        self.workspace.forget_episode(episode)
        self.catalogue.remove(episode)
        FrameFacts(self.workspace).forget(episode)

    def begin_again(self) -> None:
        """Have every file read into the catalogue again, by `catch_up`; until then its row stays as it is."""
        self.catalogue.unread.set(files_of(self.workspace))

    def catch_up(
        self,
        progress: Callable[[int, int], None] = lambda done, total: None,
        stop: Callable[[], bool] = lambda: False,
        also: Callable[[str], None] = lambda episode: None,
    ) -> tuple[int, list[str]]:
        """Read the files that were not read into the catalogue yet: (how many, messages about files left out).

        `also` is called with each episode that was read; a `stop` leaves the others for the next time. Episodes that
        were not looked at for signals yet are not looked at now: that takes longer than reading headers.
        """
        catalogue, read = self.catalogue, 0
        left_out: dict[str, str] = {}
        files = catalogue.unread.files()
        for number, file in enumerate(files, 1):
            if stop():
                return read, list(left_out.values())
            if catalogue.unread.has(file):  # another process may be at it as well
                try:
                    also(self.register_file(self.workspace.root / file, look=False).id)
                    read += 1
                except (StoreError, TraceError) as error:
                    left_out[file] = str(error)
                catalogue.unread.remove(file)
            progress(number, len(files))
        listed = catalogue.files()
        catalogue.drop((listed - set(files_of(self.workspace))) | left_out.keys())
        return read, list(left_out.values())

    def _put(
        self, episode: Episode, file: str, reader: EpisodeReader | None = None, *, look: bool = True, **other: Any
    ) -> None:
        row = {**row_of(episode, file, self.annotations.of(episode.id)), **other}
        said = self._said(episode, file, reader)
        if look:
            self.catalogue.put(row, said)
        found = self._found(episode, look)
        if found or not look:
            self.catalogue.put({**row, **found, **other}, None if look else said)

    def _said(self, episode: Episode, file: str, reader: EpisodeReader | None) -> str | None:
        """What was done in an episode that has ended, to be searched; None where that is known, or cannot be read."""
        if episode.ended is None or self.catalogue.indexed(episode.id) == episode.ended:
            return None
        try:
            if reader is not None:
                return said_in(reader.skeleton())
            with EpisodeReader(self.workspace.root / file) as opened:
                return said_in(opened.skeleton())
        except (StoreError, TraceError):
            return None


def said_in(skeleton: Mapping[str, Any]) -> str:
    """Every different action of an episode, as written and in words, one a line."""
    columns = skeleton.get("steps", {})
    return "\n".join(dict.fromkeys([*columns.get("sentence", ()), *columns.get("action", ())]))


def row_of(episode: Episode, file: str, annotations: Sequence[Annotation] = ()) -> dict[str, Any]:
    """The catalogue's row of an episode; of several rewards a person's counts before the rule's and the judge's.

    Of a text it has the first 4,000 characters; the file has all.
    """
    rewards = episode.rewards
    given = (human_reward(annotations), rewards.human, rewards.rule, rewards.judge)
    same = (
        "id actor status end_reason objective site task seed run model prompt_set policy_set author answer "
        "started ended n_steps n_frames max_depth n_calls cost"
    )
    return {
        **{name: at_most(getattr(episode, name)) for name in same.split()},
        "file": file,
        "reward": next((reward for reward in given if reward is not None), None),
        "tags": ", ".join(sorted({*episode.tags, *tags(annotations)})),
        "tokens": episode.tokens_in + episode.tokens_out,
        "took": max(0.0, episode.ended - episode.started) if episode.ended and episode.started else None,
        "heartbeat": time.time(),
    }
