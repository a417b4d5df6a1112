"""A run that is killed (SIGKILL) again and again and resumed: what of it is lost, done twice or left behind.

The pages are cheap ones in memory; runner, workers, files and catalogue are what every run has. `soak` is also called
by tests, with fewer episodes.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from agent.fakes import ScriptedEnvironment
from agent.models.scripted import ScriptedModel
from agent.plan import FINISHED, Arm, RunPlan, finished_episodes
from bench.common import ROOT, Progress, Result, main, quick
from bench.processes import Tree
from flows.progress import Update
from flows.run import runs
from policies.library import PolicySet, load_set
from traces.recover import read_header
from wiring import Parts

EPISODES, KILLS, WORKERS = 1_000, 20, 2
TASKS = tuple(f"memory:{name}" for name in "abcd")
MARK = "SOAKED_RUN"
GONE_S = 10.0
"""How long the workers of a killed run may need to notice."""


@dataclass(frozen=True)
class Soaked:
    """`lost`: jobs without a finished episode, in the files or in the catalogue; `duplicated`: finished twice.

    `left`: processes that outlived a killed run; `begun_again` counts episodes that a kill cut off.
    """

    episodes: int
    kills: int
    lost: int
    duplicated: int
    left: int
    begun_again: int
    seconds: float


class Bench:
    """Pages in memory on which one clicks a few times, as often as the seed says."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        """Nothing is needed of the settings."""

    def environment(self, name: str) -> ScriptedEnvironment:
        """A page whose text grows by a line with every click."""
        return ScriptedEnvironment("[1] button 'more'", lambda action, text: f"{text}\n[9] text 'clicked'", name=name)

    def policies(self, policy_set: str) -> PolicySet:
        """The set of that name."""
        return load_set(policy_set)

    def model(self, name: str, prompt_set: str | None, policy_set: str) -> ScriptedModel:
        """Clicks three times, then stops."""
        return ScriptedModel(lambda asked: "click [1]" if len(asked.previous) < 3 else "stop")

    def close(self) -> None:
        """Nothing to let go of."""


def soak(home: Path, episodes: int, kills: int, seed: int = 0, say: Callable[[str], None] = lambda _: None) -> Soaked:
    """Run so many episodes in a workspace at `home`, killing the run's main process at random so many times."""
    began = time.monotonic()
    chance = random.Random(seed)
    plan = _plan(episodes)
    total = len(plan.jobs())
    after = sorted(chance.sample(range(1, total - WORKERS), kills))
    left = 0
    for number, done in enumerate(after, 1):
        left += _killed(home, episodes, done, chance.uniform(0, 0.05))
        say(f"kill {number} of {kills} after {done} episodes")
    _whole(home, episodes)
    lost, duplicated, cut_off = _counted(home, plan)
    return Soaked(total, kills, lost, duplicated, left, cut_off, round(time.monotonic() - began, 1))


def _plan(episodes: int) -> RunPlan:
    seeds = tuple(range(-(-episodes // len(TASKS))))
    return RunPlan(TASKS, seeds, (Arm("scripted:memory", "core"),), workers=WORKERS, id="soak", recycle=150)


def _start(home: Path, episodes: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bench.run_kills", "--child", str(home), str(episodes)]
    environment = {**os.environ, MARK: str(home)}
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment)


def _killed(home: Path, episodes: int, done: int, later: float) -> int:
    """Kill a run a moment after so many episodes are done; how many of its processes are still there."""
    process = _start(home, episodes)
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            if int(line) >= done:
                break
        else:
            raise RuntimeError(f"the run ended by itself with code {process.wait()} before {done} episodes were done")
        time.sleep(later)  # a random moment, not a wait for anything
        process.send_signal(signal.SIGKILL)
        process.wait()
    until = time.monotonic() + GONE_S
    tree = Tree(process.pid, f"{MARK}={home}")
    while (alive := [pid for pid in tree.pids() if pid != process.pid]) and time.monotonic() < until:
        time.sleep(0.02)  # between two looks at who is still there
    return len(alive)


def _whole(home: Path, episodes: int) -> None:
    process = _start(home, episodes)
    process.communicate()
    if process.returncode:
        raise RuntimeError(f"the run ended with code {process.returncode}")


def _counted(home: Path, plan: RunPlan) -> tuple[int, int, int]:
    """(lost, duplicated, cut off)."""
    parts = Parts(home)
    try:
        folder, jobs = parts.workspace.episodes_dir, plan.jobs()
        kept = finished_episodes(jobs, folder)
        rows = {row["id"]: row["status"] for row in parts.episodes.catalogue.search(run=plan.id, limit=1_000_000).rows}
    finally:
        parts.close()
    told = {job for job, episode in kept.items() if rows.get(episode.id) == episode.status}
    headers = [read_header(path) for path in folder.glob("*.episode")]
    ended = [one.episode for one in headers if one is not None and one.sealed and one.episode.status in FINISHED]
    times = Counter((episode.task, episode.seed) for episode in ended)
    return len(set(jobs) - told), sum(times.values()) - len(times), len(headers) - len(ended)


def _child(home: str, episodes: str) -> None:
    """The run that is killed: says on stdout how many episodes are done."""
    parts = Parts(Path(home))

    def report(update: Update) -> None:
        print(update.done, flush=True)

    runs.execute(runs.PlannedRun(parts, _plan(int(episodes)), "bench.run_kills:Bench"), report)
    parts.close()


def run(progress: Progress) -> Result:
    """1,000 episodes, 20 kills at random moments, seeded."""
    with tempfile.TemporaryDirectory(prefix="stepscope-bench-") as home:
        found = soak(Path(home), quick(EPISODES), quick(KILLS), say=progress.say)
    names = ("kills", "lost", "duplicated", "left", "begun_again")
    figures = {f"run_{name}": float(getattr(found, name)) for name in names}
    return Result(figures, asdict(found))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        _child(*sys.argv[2:])
    else:
        sys.exit(main(run))
