"""A run in this process, one episode after the other: for models that a person takes part in.

Resumable like any run (`agent.runner`), but without workers: who plays, and the page, are here.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from agent.plan import RunPlan, finished_episodes, new_episode
from agent.runner import Progress, RunResult
from agent.worker import Desk, Sign, Task, Workbench
from traces.model import Episode


class _Here:
    """Hears of the episodes, and says whether to stop."""

    def __init__(self, changed: Callable[[Episode], None], stopped: Callable[[], bool]) -> None:
        self._changed, self.is_set = changed, stopped
        self.ended: list[Episode] = []

    def send(self, sign: Sign, /) -> None:
        """Pass it on."""
        if sign.episode is not None:
            self._changed(sign.episode)
            if sign.kind == "ended" and sign.episode.status != "stopped":
                self.ended.append(sign.episode)


def run_here(
    plan: RunPlan,
    folder: Path,
    bench: Workbench,
    progress: Callable[[Progress], None] = lambda _: None,
    changed: Callable[[Episode], None] = lambda _: None,
    stopped: Callable[[], bool] = lambda: False,
) -> RunResult:
    """Run what is not finished yet; blocks until done or stopped. Raises RunError when there is nothing to run."""
    jobs = plan.jobs()
    folder.mkdir(parents=True, exist_ok=True)
    before = finished_episodes(jobs, folder, plan.retry_errors)
    here, began = _Here(changed, stopped), time.monotonic()
    desk = Desk(bench, here, here, folder)

    def tell(running: int) -> None:
        ended = [*before.values(), *here.ended]
        rate = 60 * len(here.ended) / (time.monotonic() - began) if here.ended else None
        left = len(jobs) - len(ended)
        progress(
            Progress(
                total=len(jobs),
                done=len(ended),
                before=len(before),
                successes=sum(episode.status == "success" for episode in ended),
                errors=sum(episode.status == "error" for episode in ended),
                running=running,
                rate=rate,
                eta=60 * left / rate if rate else None,
                latest=here.ended[-1] if here.ended else None,
            )
        )

    try:
        for job in jobs:
            if job in before or stopped():
                continue
            tell(1)
            desk.do(Task(job, new_episode(job, folder, plan.id)))
    finally:
        desk.close()
    tell(0)
    return RunResult((*before.values(), *here.ended), stopped())
