"""What a run is to do: tasks × seeds with one model and prompt set, as jobs with a name by content.

The same job has the same key for ever, and its episode is named by it: that is how a finished one is never run again.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from agent.errors import RunError
from agent.limits import Limits
from traces.model import Episode, Status
from traces.recover import read_header

PREFIX = "run-"
FINISHED: frozenset[Status] = frozenset({"success", "failed", "unsure", "error"})
"""How an episode ends that is not run again; `stopped` and what a crash left `running` are."""


@dataclass(frozen=True)
class Job:
    """One episode to run."""

    environment: str
    seed: int
    model: str
    prompt_set: str | None
    policy_set: str
    limits: Limits

    @property
    def key(self) -> str:
        """The hash of everything that decides what the episode is."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:20]


@dataclass(frozen=True)
class RunPlan:
    """Which episodes a run is made of, and by how many worker processes; `id` names the run in episodes' headers."""

    environments: tuple[str, ...]
    seeds: tuple[int, ...]
    model: str
    policy_set: str
    prompt_set: str | None = None
    limits: Limits = Limits()
    workers: int = 1
    id: str = ""
    retry_errors: bool = False

    def jobs(self) -> tuple[Job, ...]:
        """Every job once, seed by seed, so that all tasks have results early. Raises RunError when there is none."""
        if not self.environments or not self.seeds:
            raise RunError("The run has no episodes: it needs at least one environment and one seed. Nothing was run.")
        if self.workers < 1:
            raise RunError(f"The run has {self.workers} workers and needs at least one. Nothing was run.")
        made = (
            Job(name, seed, self.model, self.prompt_set, self.policy_set, self.limits)
            for seed in self.seeds
            for name in self.environments
        )
        return tuple(dict.fromkeys(made))


def new_episode(job: Job, folder: Path, run: str) -> Episode:
    """The header an episode begins with; its id is new, also after attempts that were cut off."""
    attempts = len(list(_files(folder, job)))
    suffix = f"-{attempts + 1}" if attempts else ""
    site, _, _ = job.environment.partition(":")
    return Episode(
        id=f"{PREFIX}{job.key}{suffix}",
        actor="agent",
        objective="",
        site=site,
        task=job.environment,
        seed=job.seed,
        started=time.time(),
        run=run or None,
        model=job.model,
        prompt_set=job.prompt_set,
        policy_set=job.policy_set,
    )


def finished_episode(job: Job, folder: Path, retry_errors: bool = False) -> Episode | None:
    """The episode that did this job, None if there is none that came to an end."""
    for path in _files(folder, job):
        header = read_header(path)
        if header is None or not header.sealed or header.episode.status not in FINISHED:
            continue
        if not (retry_errors and header.episode.status == "error"):
            return header.episode
    return None


def _files(folder: Path, job: Job) -> Iterator[Path]:
    yield from sorted(folder.glob(f"{PREFIX}{job.key}*.episode"))
