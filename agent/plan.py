"""What a run is to do: tasks × seeds × arms (a model with a prompt set), as jobs with a name by content.

The same job has the same key for ever, and its episode is named by it: that is how a finished one is never run again.
All arms get the same tasks and seeds, so that they can be compared in pairs.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from agent.errors import RunError
from agent.limits import Limits
from traces.model import Episode, Status
from traces.recover import is_being_written, read_header

PREFIX, SUFFIX = "run-", ".episode"
FINISHED: frozenset[Status] = frozenset({"success", "failed", "unsure", "error"})
"""How an episode ends that is not run again; `stopped` and what a crash left `running` are."""


@dataclass(frozen=True)
class Arm:
    """Who plays: a model with what a prompt set teaches it.

    `version` is a hash of what else decides its answers (policies, learner): "" where nobody keeps count of that.
    """

    model: str
    policy_set: str
    prompt_set: str | None = None
    version: str = ""

    @property
    def title(self) -> str:
        """How tables name it, e.g. "demos · ps-0a1b2c"."""
        return " · ".join(filter(None, (self.model, self.prompt_set)))


@dataclass(frozen=True)
class Job:
    """One episode to run."""

    environment: str
    seed: int
    model: str
    prompt_set: str | None
    policy_set: str
    limits: Limits
    version: str = ""
    attempt: int = 0

    @property
    def key(self) -> str:
        """The hash of everything that decides what the episode is."""
        facts = {**asdict(self), "limits": self.limits.facts}
        for name in ("version", "attempt"):
            if not facts[name]:
                del facts[name]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:20]

    @property
    def arm(self) -> Arm:
        """Who plays it."""
        return Arm(self.model, self.policy_set, self.prompt_set, self.version)


@dataclass(frozen=True)
class RunPlan:
    """Which episodes a run is made of, and by how many worker processes; `id` names the run in episodes' headers.

    After `recycle` episodes a worker ends and another takes its place, with a new browser. `only` names jobs by task,
    seed and place of the arm, where not all are meant; `attempt` tells jobs from equal ones that were done before.
    """

    environments: tuple[str, ...]
    seeds: tuple[int, ...]
    arms: tuple[Arm, ...]
    limits: Limits = Limits()
    workers: int = 1
    id: str = ""
    retry_errors: bool = False
    recycle: int = 200
    only: tuple[tuple[str, int, int], ...] = ()
    attempt: int = 0

    def jobs(self) -> tuple[Job, ...]:
        """Every job once, seed by seed, so that all tasks and arms have results early. Raises RunError for none."""
        if not self.environments or not self.seeds or not self.arms:
            raise RunError(
                "The run has no episodes: it needs at least one environment, one seed and one model. Nothing was run."
            )
        if self.workers < 1:
            raise RunError(f"The run has {self.workers} workers and needs at least one. Nothing was run.")
        only = frozenset(self.only)
        made = (
            Job(name, seed, arm.model, arm.prompt_set, arm.policy_set, self.limits, arm.version, self.attempt)
            for seed in self.seeds
            for name in self.environments
            for place, arm in enumerate(self.arms)
            if not only or (name, seed, place) in only
        )
        return tuple(dict.fromkeys(made))


def new_episode(job: Job, folder: Path, run: str) -> Episode:
    """The header an episode begins with; its id is new, also after attempts that were cut off."""
    attempts = len(_files(folder, job))
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
    return _ended(_files(folder, job), retry_errors)


def finished_episodes(jobs: Iterable[Job], folder: Path, retry_errors: bool = False) -> dict[Job, Episode]:
    """The same for many jobs, with one look at the folder."""
    by_key: Mapping[str, list[Path]] = defaultdict(list)
    for path in sorted(folder.glob(f"{PREFIX}*{SUFFIX}")):
        by_key[path.name.removeprefix(PREFIX).removesuffix(SUFFIX).partition("-")[0]].append(path)
    found = {job: _ended(by_key[job.key], retry_errors) for job in jobs if job.key in by_key}
    return {job: episode for job, episode in found.items() if episode is not None}


def is_being_run(job: Job, folder: Path) -> bool:
    """Whether some process, of this run or another, is at this job now."""
    return any(is_being_written(path) for path in _files(folder, job))


def _ended(paths: Iterable[Path], retry_errors: bool) -> Episode | None:
    for path in paths:
        header = read_header(path)
        if header is None or not header.sealed or header.episode.status not in FINISHED:
            continue
        if not (retry_errors and header.episode.status == "error"):
            return header.episode
    return None


def _files(folder: Path, job: Job) -> list[Path]:
    return sorted(folder.glob(f"{PREFIX}{job.key}*{SUFFIX}"))
