"""Runs over worker processes: resumable, stoppable, and one bad episode never ends them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.errors import RunError
from agent.limits import Limits
from agent.plan import Arm, Job, RunPlan, finished_episode, new_episode
from agent.runner import Patience, Progress, RunResult, run
from traces.model import Episode
from traces.reader import EpisodeReader
from traces.writer import EpisodeWriter

FACTORY = "tests.agent.workbench:make"
SCRIPTED = Arm("scripted", "core")


class Place:
    """A folder to run in, with what was heard."""

    def __init__(self, root: Path) -> None:
        self.folder, self.marks = root / "episodes", root / "marks"
        self.marks.mkdir()
        self.progress: list[Progress] = []
        self.changes: list[Episode] = []
        self.also: Callable[[Progress], None] = lambda report: None

    def heard(self, report: Progress) -> None:
        self.progress.append(report)
        self.also(report)

    def run(
        self,
        *names: str,
        seeds: int = 1,
        workers: int = 1,
        arms: tuple[Arm, ...] = (SCRIPTED,),
        limits: Limits = Limits(steps=500),  # noqa: B008 -- frozen
        recycle: int = 200,
        stopped: Callable[[], bool] = lambda: False,
        patience: Patience = Patience(),  # noqa: B008 -- frozen
        retry_errors: bool = False,
        **settings: Any,
    ) -> RunResult:
        plan = RunPlan(
            tuple(f"fake:{name}" for name in names), tuple(range(seeds)), arms, limits=limits,
            workers=workers, id="r1", retry_errors=retry_errors, recycle=recycle,
        )  # fmt: skip
        settings["marks"] = str(self.marks)
        return run(plan, self.folder, FACTORY, settings, self.heard, self.changes.append, stopped, patience)

    @property
    def begun(self) -> list[str]:
        return (self.marks / "begun").read_text().splitlines()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A folder of its own."""
    return Place(tmp_path)


def test_every_episode_becomes_a_sealed_file(place: Place) -> None:
    """Tasks × seeds, each in its own file with task, seed, model and run in its header."""
    result = place.run("ok", "fail", seeds=2, workers=2)
    assert [e.status for e in sorted(result.episodes, key=lambda e: str(e.task))] == ["failed"] * 2 + ["success"] * 2
    for path in place.folder.glob("*.episode"):
        with EpisodeReader(path) as reader:
            assert reader.sealed
            assert (reader.episode.run, reader.episode.model, reader.episode.n_steps) == ("r1", "scripted", 3)
    assert {(e.task, e.seed) for e in result.episodes} == {(f"fake:{n}", s) for n in ("ok", "fail") for s in (0, 1)}


def test_a_finished_episode_is_never_run_again(place: Place) -> None:
    """The second run of a plan starts nothing, and a longer one only what is new."""
    place.run("ok", seeds=2)
    again = place.run("ok", seeds=2)
    assert len(again.episodes) == 2
    assert len(place.begun) == 2
    place.run("ok", seeds=3)
    assert len(place.begun) == 3
    assert place.progress[-1].before == 2


def test_progress_counts_and_estimates(place: Place) -> None:
    """Done never falls, the last report is complete, and rate and time left appear with the first ended episode."""
    place.run("ok", "fail", seeds=2)
    done = [report.done for report in place.progress]
    assert done == sorted(done) == [0, 1, 2, 3, 4]
    assert place.progress[0].rate is None
    last = place.progress[-1]
    assert (last.total, last.successes, last.errors, last.eta) == (4, 2, 0, 0.0)
    assert last.rate is not None
    assert last.rate > 0


def test_headers_are_told_as_episodes_go(place: Place) -> None:
    """At the start, in between, and at the end; steps only grow."""
    place.run("ok", clicks=9)
    steps = [episode.n_steps for episode in place.changes]
    assert steps == sorted(steps)
    assert len(steps) > 3
    assert [place.changes[0].status, place.changes[-1].status] == ["running", "success"]


def test_a_page_that_raises_ends_only_its_episode(place: Place) -> None:
    """The next episode runs on a page of its own."""
    result = place.run("raise", "ok")
    assert sorted(e.status for e in result.episodes) == ["error", "success"]
    assert place.progress[-1].errors == 1


def test_a_worker_that_dies_is_replaced_and_its_episode_kept(place: Place) -> None:
    """The steps up to the crash are in the sealed file, open frames end by error, and the run goes on."""
    result = place.run("die", "ok", seeds=2)
    assert sorted(e.status for e in result.episodes) == ["error", "error", "success", "success"]
    dead = next(e for e in result.episodes if e.status == "error")
    assert (dead.end_reason or "").startswith("crash: its worker process died")
    with EpisodeReader(place.folder / f"{dead.id}.episode") as reader:
        assert reader.sealed
        assert [step.action for step in reader.steps()] == ["click [1]"]
        assert [frame.end for frame in reader.frames()] == ["error"]


def test_a_worker_that_hangs_is_replaced(place: Place) -> None:
    """No sign of life for too long is an error of that episode."""
    began = time.monotonic()
    result = place.run("hang", "ok", patience=Patience(episode=3.0))
    assert sorted(e.status for e in result.episodes) == ["error", "success"]
    assert time.monotonic() - began < 50


def test_a_worker_may_learn_for_longer_than_an_episode_may_take(place: Place) -> None:
    """It says that it learns: that is neither silence nor the episode's time; but it has an end."""
    hurry = Limits(steps=500, seconds=2.0)
    result = place.run("ok", limits=hurry, learns=6.0, patience=Patience(episode=3.0, over=2.0))
    assert [e.status for e in result.episodes] == ["success"]
    result = place.run("ok", seeds=2, limits=hurry, learns=60.0, patience=Patience(learn=1.0))
    ends = [e.end_reason for e in result.episodes]
    assert sorted(map(str, ends)) == ["crash: its worker gave no sign of life for 1 s", "stop"]


def test_errors_are_run_again_only_on_request(place: Place) -> None:
    """An error counts as finished; asked to, a run tries it once more in a new file."""
    place.run("raise")
    place.run("raise")
    assert len(place.begun) == 1
    place.run("raise", retry_errors=True)
    assert len(place.begun) == 2
    assert len(list(place.folder.glob("*.episode"))) == 2


def test_stopping_is_clean_and_the_rest_runs_later(place: Place) -> None:
    """What was running is sealed as stopped, nothing new begins, and resuming runs exactly the missing ones."""
    heard: list[Episode] = place.changes
    result = place.run("slow", seeds=3, clicks=200, stopped=lambda: any(e.n_steps > 3 for e in heard))
    assert result.stopped
    assert result.episodes == ()
    assert [e.status for e in place.changes[-1:]] == ["stopped"]
    assert len(place.begun) == 1
    result = place.run("slow", seeds=3)
    assert [e.status for e in result.episodes] == ["success"] * 3
    assert not result.stopped


def test_no_worker_is_left_behind(place: Place) -> None:
    """When `run` returns, every process it started has ended."""
    place.run("ok", "die", seeds=2, workers=2)
    for line in place.begun:
        with pytest.raises(ProcessLookupError):
            os.kill(int(line.split()[1]), 0)


def test_a_model_that_cannot_be_had_is_each_episodes_error(place: Place) -> None:
    """The reason stands in the header."""
    result = place.run("ok", arms=(Arm("missing", "core"),))
    assert [e.end_reason for e in result.episodes] == [
        "model: There is no such model. Nothing was run. Choose another."
    ]


def test_a_run_that_cannot_start_says_so(place: Place) -> None:
    """No task, no worker, no factory, or workers that end at once: one message each."""
    with pytest.raises(RunError, match="no episodes"):
        place.run()
    with pytest.raises(RunError, match="0 workers"):
        place.run("ok", workers=0)
    plan = RunPlan(("fake:ok",), (1,), (SCRIPTED,))
    with pytest.raises(RunError, match="cannot be imported"):
        run(plan, place.folder, "tests.agent.workbench:nothing", {})
    with pytest.raises(RunError, match="Workers end before they begin"):
        place.run("ok", broken=True)


def test_every_arm_gets_the_same_tasks_and_seeds(place: Place) -> None:
    """So that they can be compared in pairs; each is named in the episode's header."""
    result = place.run("ok", "fail", seeds=2, arms=(SCRIPTED, Arm("scripted", "core", "p1")))
    played = {arm: {(e.task, e.seed) for e in result.episodes if e.prompt_set == arm} for arm in (None, "p1")}
    assert len(result.episodes) == 8
    assert played[None] == played["p1"]


def test_who_is_running_is_told(place: Place) -> None:
    """Progress names the episodes that the other workers are at when one ends."""
    place.run("slow", "ok", seeds=3, workers=2, clicks=20)
    live = [episode.task for report in place.progress for episode in report.live]
    assert {"fake:slow", "fake:ok"} >= set(live)
    assert live
    assert place.progress[-1].live == ()


def test_a_worker_is_replaced_after_so_many_episodes(place: Place) -> None:
    """What a browser piles up goes with its process; nothing is run twice for it."""
    result = place.run("ok", seeds=7, recycle=3)
    assert len(result.episodes) == len(place.begun) == 7
    assert len({line.split()[1] for line in place.begun}) == 3


def test_an_episode_that_is_over_its_time_is_ended(place: Place) -> None:
    """By the loop between two decisions, or with its worker where a page or model does not come back."""
    result = place.run("slow", clicks=400, limits=Limits(steps=500, calls=None, seconds=0.5))
    assert [e.end_reason for e in result.episodes] == ["seconds"]
    hurry = Limits(steps=500, seconds=1.0)
    result = place.run("hang", "ok", limits=hurry, patience=Patience(over=1.0))
    ends = {e.task: (e.status, e.end_reason) for e in result.episodes}
    assert ends["fake:ok"][0] == "success"
    assert ends["fake:hang"] == ("error", "crash: its worker was still busy 1 s after the limit of 1 s")


def test_two_runs_at_once_share_the_work(place: Place) -> None:
    """A job that another process is at is waited for and counted, not done twice."""
    job = Job("fake:ok", 0, "scripted", None, "core", Limits(steps=500))
    place.folder.mkdir()
    other = EpisodeWriter.create(place.folder, new_episode(job, place.folder, "r2"))

    def finish(report: Progress) -> None:
        if report.done == 1:
            other.seal(status="success")
            other.close()

    place.also = finish
    result = place.run("ok", seeds=2)
    assert len(result.episodes) == 2
    assert [line.split()[0] for line in place.begun] == ["fake:ok/1"]


def test_a_jobs_key_is_its_content(tmp_path: Path) -> None:
    """The same job has the same key; any difference gives another."""
    job = Job("fake:ok", 1, "demos", "p1", "core", Limits())
    others = [
        Job("fake:other", 1, "demos", "p1", "core", Limits()),
        Job("fake:ok", 2, "demos", "p1", "core", Limits()),
        Job("fake:ok", 1, "scripted", "p1", "core", Limits()),
        Job("fake:ok", 1, "demos", None, "core", Limits()),
        Job("fake:ok", 1, "demos", "p1", "web", Limits()),
        Job("fake:ok", 1, "demos", "p1", "core", Limits(steps=31)),
        Job("fake:ok", 1, "demos", "p1", "core", Limits(retries=0)),
        Job("fake:ok", 1, "demos", "p1", "core", Limits(), "v2"),
    ]
    assert job.key == Job("fake:ok", 1, "demos", "p1", "core", Limits()).key
    assert len({job.key, *(other.key for other in others)}) == 9
    assert job.key == "496b68cb435bbc23fcfa"  # one of before retries were a setting
    (tmp_path / f"run-{job.key}.episode").write_bytes(b"rubbish")
    assert finished_episode(job, tmp_path) is None
