"""What a run's report needs of one finished episode, read from its file once: counts, costs, times, how it failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from agent.plan import Job, finished_episodes
from traces.model import Episode, Frame, LlmCall, Step
from traces.reader import EpisodeReader
from wiring import Parts

NOTHING = "(nothing)"


@dataclass(frozen=True)
class Signature:
    """How an episode failed: its end reason, the policy on top of the stack, and what was refused or failed last.

    `action` is the verb of that ("invalid click", "failed type"), or of the last thing done where nothing was.
    """

    end: str
    policy: str
    action: str


@dataclass(frozen=True)
class Facts:
    """One finished episode. `calls` are calls of policies, `asked` questions to the model; milliseconds each took.

    `cost` is in US dollars, None where it is unknown; `signature` None for a success.
    """

    job: Job
    episode: Episode
    calls: int
    asked: int
    decide_ms: tuple[float, ...]
    signature: Signature | None

    @property
    def success(self) -> bool:
        """Whether the evaluator said so."""
        return self.episode.status == "success"

    @property
    def steps(self) -> int:
        """Page actions, calls and returns."""
        return self.episode.n_steps


def facts_of(parts: Parts, jobs: Sequence[Job]) -> tuple[Facts, ...]:
    """The jobs that came to an end, in their order."""
    folder = parts.workspace.episodes_dir
    found = finished_episodes(jobs, folder)
    return tuple(_facts(job, folder / f"{found[job].id}.episode") for job in jobs if job in found)


@lru_cache(maxsize=20_000)
def _facts(job: Job, path: Path) -> Facts:
    """A finished episode's file never changes."""
    with EpisodeReader(path) as reader:
        episode, steps, frames, asked = reader.episode, reader.steps(), reader.frames(), reader.calls()
    return Facts(
        job=job,
        episode=episode,
        calls=sum(step.kind == "push" for step in steps),
        asked=len(asked),
        decide_ms=tuple(_milliseconds(call) for call in asked),
        signature=None if episode.status == "success" else _signature(episode, steps, frames),
    )


def _milliseconds(call: LlmCall) -> float:
    return max(0.0, call.ended - call.started)


def _signature(episode: Episode, steps: Sequence[Step], frames: Sequence[Frame]) -> Signature:
    """Words of an error are cut off at the colon, so that equal failures count as one."""
    policies = {frame.id: frame.policy for frame in frames}
    wrong = next((step for step in reversed(steps) if step.error), None)
    told = wrong or (steps[-1] if steps else None)
    if told is None:
        return Signature(_kind(episode.end_reason), NOTHING, NOTHING)
    how = "" if wrong is None else "invalid " if wrong.kind == "invalid" else "failed "
    return Signature(
        _kind(episode.end_reason),
        policies.get(steps[-1].frame or "", NOTHING),
        f"{how}{told.action.partition(' ')[0]}",
    )


def _kind(end_reason: str | None) -> str:
    return (end_reason or "").partition(":")[0]
