"""The ended episodes with what there is to count of their calls: read once from each file, then kept.

A run's are kept when it ends (wiring), those of demonstrations and of older workspaces are gathered here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from analysis.frame_facts import ENDED, READ_AS, Attempt, FrameFact, gather
from analysis.signals.finding import counted
from flows.problems import OURS
from flows.progress import Pace, Report, Stop, Stopped, Update, never, silent
from labeling.errors import LabelError
from store.workspace import Workspace
from traces.model import Frame, Step
from traces.reader import EpisodeReader
from wiring import Parts

T = TypeVar("T")
TOLD = 20
"""Episodes between two reports of how far it is."""
COLUMNS = ("id", "actor", "status", "task", "seed", "run", "model", "prompt_set", "policy_set", "n_steps", "began_seq")


@dataclass(frozen=True)
class Asked:
    """Which episodes count; "" is any."""

    actor: str = "agent"
    task: str = ""
    run: str = ""
    model: str = ""
    prompt_set: str = ""
    policy_set: str = ""

    def fits(self, one: Attempt) -> bool:
        """Whether an episode counts."""
        return all(not wanted or getattr(one, name) == wanted for name, wanted in asdict(self).items())


EVERY = Asked()
"""All runs."""
Frames = tuple[FrameFact, ...]
"""The calls of an episode."""


class Counted:
    """The ended episodes as they are at one moment, and what was counted of them; nobody may change what it gives."""

    def __init__(self, rows: list[dict[str, Any]], kept: Mapping[str, float], frames: Mapping[str, Frames]) -> None:
        self.rows, self.kept = rows, kept
        self._every = tuple(_attempt(row, frames[row["id"]]) for row in rows if row["id"] in kept)
        self._answers: dict[Hashable, Any] = {}

    def attempts(self, asked: Asked = EVERY) -> tuple[Attempt, ...]:
        """Those whose calls are gathered, oldest first."""
        return self._once(asked, lambda: tuple(one for one in self._every if asked.fits(one)))

    def answer(self, asked: Asked, count: Callable[..., T], *how: Hashable) -> T:
        """`count(attempts, *how)`, which is counted once."""
        return self._once((asked, count, how), lambda: count(self.attempts(asked), *how))

    def missing(self, actor: str = "") -> tuple[str, ...]:
        """Ids of those (of an actor, or all) whose calls have yet to be gathered."""
        return tuple(row["id"] for row in self.rows if row["id"] not in self.kept and actor in ("", row["actor"]))

    def _once(self, key: Hashable, make: Callable[[], T]) -> T:
        if key not in self._answers:
            self._answers[key] = make()
        return cast(T, self._answers[key])


class _Known:
    """What this process has read of a workspace: the calls, and what was counted last."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.frames: dict[str, Frames] = {}
        self.counted = Counted([], {}, {})


_KNOWN: WeakKeyDictionary[Workspace, _Known] = WeakKeyDictionary()


def now(parts: Parts) -> Counted:
    """The ended episodes; the same value as long as none has changed. Only what is new since then is read."""
    known = _KNOWN.setdefault(parts.workspace, _Known())
    with known.lock:
        rows, kept, before = _ended(parts), parts.frame_facts.kept(READ_AS), known.counted
        if rows != before.rows or kept != before.kept:
            new = {episode for episode, at in kept.items() if before.kept.get(episode) != at}
            for episode, facts in parts.frame_facts.of(new).items():
                known.frames[episode] = tuple(FrameFact(*fact) for fact in facts)
            for gone in known.frames.keys() - kept.keys():
                del known.frames[gone]
            known.counted = Counted(rows, kept, known.frames)
        return known.counted


def attempts(parts: Parts, asked: Asked = EVERY) -> tuple[Attempt, ...]:
    """The ended episodes whose calls are gathered, oldest first."""
    return now(parts).attempts(asked)


def missing(parts: Parts, actor: str = "") -> tuple[str, ...]:
    """Ids of the ended episodes (of an actor, or all) whose calls have yet to be gathered."""
    return now(parts).missing(actor)


def read_all(parts: Parts, report: Report = silent, stop: Stop = never, actor: str = "") -> dict[str, Any]:
    """Gather what is missing: `{"read", "left_out": [{"episode", "reason"}]}`. Raises Stopped; what is read stays."""
    todo = missing(parts, actor)
    pace, left_out = Pace(len(todo)), []
    for done, episode in enumerate(todo):
        if stop():
            raise Stopped
        if done % TOLD == 0:
            report(Update(f"Reading the calls of episodes: {pace.said(done)}", done, len(todo)))
        try:
            read(parts, episode)
        except OURS as error:
            left_out.append({"episode": episode, "reason": str(error)})
    return {"read": len(todo) - len(left_out), "left_out": left_out}


def read(parts: Parts, episode: str) -> None:
    """Gather the calls of one episode; one that was not looked at for signals yet is. Raises NotFound, NotAnEpisode."""
    parts.episodes.register_file(parts.episodes.path(episode))
    found = parts.findings.of(episode)
    with parts.episode(episode) as reader:
        steps, frames, _ = shown_calls(parts, reader)
        calls = reader.calls()
    signals = () if found is None else counted(found, parts.episodes.annotations.of(episode))
    facts = gather(steps, frames, calls, signals)
    parts.frame_facts.put(episode, READ_AS, [asdict(one) for one in facts])


def shown_calls(parts: Parts, reader: EpisodeReader) -> tuple[tuple[Step, ...], tuple[Frame, ...], str | None]:
    """The steps and calls that count, and of which labels (`run:ID`, `track:NAME`) they are.

    A run's are its own; a demonstration's are what its labels say, none where those are of another derivation.
    """
    steps, episode = reader.steps(), reader.episode.id
    if reader.episode.actor != "human":
        return steps, reader.frames(), None
    flat = tuple(step.model_copy(update={"frame": None}) for step in steps)
    try:
        return flat, parts.frames(episode), parts.call_trees.reference(episode)
    except LabelError:
        return flat, (), None


def _ended(parts: Parts) -> list[dict[str, Any]]:
    return [row for row in parts.episodes.catalogue.columns(*COLUMNS) if row["status"] in ENDED]


def _attempt(row: Mapping[str, Any], frames: Frames) -> Attempt:
    return Attempt(
        **{name: value for name, value in row.items() if name != "began_seq"}, began=row["began_seq"], frames=frames
    )
