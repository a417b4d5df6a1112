"""What a run is made of and what is refused before anything starts; pace; tasks of recordings."""

import signal
import subprocess
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import ModelError, RunError
from agent.limits import Limits
from agent.plan import Arm
from agent.runner import RunResult
from browser.errors import ForbiddenUrl, UnknownEnvironment
from browser.recorder.options import RecordingOptions
from flows.label import labels
from flows.progress import Pace
from flows.prompt import prompts
from flows.record.tasks import is_task, open_task
from flows.run import run_rows, runs
from labeling.errors import UnknownLabel
from llm_client.errors import NoEndpoint
from tests.workspaces import add_demonstration
from tools.source_files import ROOT
from wiring import Parts, Workbench


def planned(parts, **changes):
    asked = {"envs": ["miniwob:login-user"], "seeds": "0:3", "model": "demos", "prompt_set": "latest", "workers": 1}
    return runs.plan(parts, **{**asked, **changes})


@pytest.fixture(name="taught")
def taught_fixture(parts):
    labels.accept(parts, add_demonstration(parts), "me")
    prompts.build(parts)
    return parts


def test_a_set_of_tasks_is_opened(taught):
    """Each of its tasks once, by the options of the set's name, however the name is spelled."""
    envs = ["miniwob:paper45@bgym,timed", "miniwob:login-user@timed,bgym", "desk:login_and_reply"]
    found = planned(taught, envs=envs).plan.environments
    assert len(found) == 46
    assert found[0] == "miniwob:click-link@timed,bgym"
    assert found[-1] == "desk:login_and_reply"


def test_equal_requests_are_the_same_run(taught):
    """That is how a run is gone on with; more workers do not make it another, other seeds do."""
    run = planned(taught).plan
    assert planned(taught).plan.id == planned(taught, workers=4).plan.id == run.id
    assert planned(taught, seeds="0:4").plan.id != run.id
    assert planned(taught, limits=Limits(steps=7)).plan.id != run.id
    assert [arm.prompt_set for arm in run.arms] == [taught.labels.prompt_set("latest").id]
    assert len(run.jobs()) == 3


def test_a_script_is_a_model_and_needs_no_prompt_set(parts, tmp_path):
    """As the help of `cli.py run` says; a file that is no list of texts is refused before the start."""
    script = tmp_path / "replies.json"
    script.write_text('["stop"]', encoding="utf-8")
    run = planned(parts, model=f"scripted:{script}").plan
    (arm,) = run.arms
    assert (arm.model, arm.prompt_set, len(run.jobs())) == (f"scripted:{script}", None, 3)
    workbench = Workbench({"home": str(parts.workspace.root)})
    assert workbench.model(arm.model, arm.prompt_set, arm.policy_set).name == "scripted"
    workbench.close()
    script.write_text('{"stop": 1}', encoding="utf-8")
    with pytest.raises(ModelError, match="not a JSON list of texts"):
        planned(parts, model=f"scripted:{script}")


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ({"envs": ["miniwob:none"]}, UnknownEnvironment, "none"),
        ({"envs": ["airline:none"]}, UnknownEnvironment, "none"),
        ({"envs": ["nonsense"]}, UnknownEnvironment, "nonsense"),
        ({"envs": ["url:file:///etc/passwd"]}, ForbiddenUrl, "http"),
        ({"envs": []}, RunError, "at least one environment"),
        ({"seeds": "5:5"}, RunError, "at least one"),
        ({"model": []}, RunError, "at least one"),
        ({"prompt_set": "ps-none"}, UnknownLabel, "ps-none"),
        ({"model": "gpt"}, RunError, "no model 'gpt'"),
        ({"model": "openai:"}, RunError, "no model"),
        ({"model": "openai:small"}, NoEndpoint, "endpoint"),
        ({"model": "scripted:"}, RunError, "no model"),
        ({"model": "scripted:/nowhere.json"}, ModelError, "nowhere.json cannot be read"),
    ],
)
def test_what_cannot_run_is_refused_before_it_starts(taught, monkeypatch, changes, error, said):
    """No run is remembered, no episode is begun."""
    for name in ("STEPSCOPE_MODEL_ENDPOINT", "OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(error, match=said):
        planned(taught, **changes)
    assert taught.workspace.count("run") == 0
    assert taught.episodes.catalogue.search(actor="agent").total == 0


def test_demos_needs_a_prompt_set(parts):
    """Without any there is nothing to learn from."""
    with pytest.raises(UnknownLabel, match="no prompt set"):
        planned(parts)


@given(st.lists(st.integers(0, 999), min_size=1, max_size=20))
def test_a_list_of_seeds_is_taken_as_written(seeds):
    """In their order, each once."""
    assert runs.parse_seeds(",".join(map(str, seeds))) == tuple(dict.fromkeys(seeds))


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_range_of_seeds_is_half_open(first, last):
    """0:20 is 0 to 19."""
    assert runs.parse_seeds(f"{first}:{last}") == tuple(range(first, last))


@pytest.mark.parametrize("text", ["", "a", "1:", ":2", "1:2:3", "1,,2", "0:999999"])
def test_what_are_no_seeds_is_said(text):
    """Also a range so long that nobody means it."""
    with pytest.raises(RunError, match="seeds"):
        runs.parse_seeds(text)


def test_pace_tells_rate_and_time_left():
    """Nothing is promised before something is done."""
    assert Pace(10, began=0.0).said(0, now=5.0) == "0 of 10"
    assert Pace(10, began=0.0).said(5, now=10.0) == "5 of 10 · 30/min · 0:10 left"
    assert Pace(200, began=0.0).said(20, now=60.0) == "20 of 200 · 20/min · 9:00 left"


@pytest.mark.parametrize("name", ["miniwob:none", "airline:none", "desk:none"])
def test_an_unknown_task_of_a_recording_starts_nothing(name, monkeypatch):
    """Neither a site's process nor a server is begun for it."""
    for started in ("MiniwobSite", "PracticeServer"):
        monkeypatch.setattr(f"flows.record.tasks.{started}", lambda *_: pytest.fail("something was started"))
    with pytest.raises(UnknownEnvironment):
        open_task(name, 0, RecordingOptions(url=name))


def test_an_address_is_no_task():
    """It is opened as it is, and nobody judges it."""
    task = open_task("http://site.test/", 0, RecordingOptions(url=""))
    assert task.options.url == "http://site.test/"
    assert task.judge("x") is None
    assert [is_task(name) for name in ("http://site.test/", "miniwob:login-user", "desk:bulk_close")] == [
        False,
        True,
        True,
    ]


@pytest.fixture(name="begun")
def begun_fixture(taught, monkeypatch):
    """A run that waits in its first episode until it is let go: (parts, planned, let go, thread)."""
    inside, let_go = threading.Event(), threading.Event()

    def run(plan, *_, **__):
        inside.set()
        assert let_go.wait(30)
        return RunResult((), stopped=False)

    monkeypatch.setattr("flows.run.runs.run", run)
    run_ = planned(taught)
    thread = threading.Thread(target=runs.execute, args=(run_, lambda _: None))
    thread.start()
    assert inside.wait(30)
    yield taught, run_, let_go, thread
    let_go.set()
    thread.join()


def test_a_run_is_done_once_at_a_time(begun):
    """Whoever wants to do it as well is told that it is running, and the row stays as it is."""
    parts, run, let_go, thread = begun
    assert [row["status"] for row in run_rows.listed(parts)] == ["running"]
    with pytest.raises(RunError, match="running already"):
        runs.execute(run, lambda _: None)
    assert [row["status"] for row in run_rows.listed(parts)] == ["running"]
    let_go.set()
    thread.join()
    assert [row["status"] for row in run_rows.listed(parts)] == ["done"]


KILLED = """
import os, pathlib, signal, sys
from flows.run import run_rows, runs
from wiring import Parts
runs.run = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
parts = Parts(pathlib.Path(sys.argv[1]))
planned = runs.plan(parts, envs=["miniwob:login-user"], seeds="0:3", model="demos", prompt_set="latest", workers=1,
                    limits=runs.Limits(steps=7))
runs.execute(planned, lambda _: None)
"""


def test_a_run_whose_process_was_killed_is_interrupted_and_goes_on(taught, monkeypatch):
    """It says so, and goes on as it was asked for: with its own limits, and with the prompt set it had."""
    command = [sys.executable, "-c", KILLED, str(taught.workspace.root)]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == -signal.SIGKILL
    (row,) = run_rows.listed(taught)
    assert row["status"] == "interrupted"
    labels.accept(taught, add_demonstration(taught, "demo2"), "me")
    prompts.build(taught)
    (arm,) = run_rows.arms_of(row)
    assert taught.labels.prompt_set("latest").id != arm.prompt_set
    run = runs.again(taught, row["id"])
    assert run.plan.id == row["id"]
    assert run.plan.limits == Limits(steps=7)
    assert run.plan.arms == (arm,)
    assert [job.seed for job in run.plan.jobs()] == [0, 1, 2]
    monkeypatch.setattr("flows.run.runs.run", lambda *_, **__: RunResult((), stopped=False))
    runs.execute(run, lambda _: None)
    assert [row["status"] for row in run_rows.listed(taught)] == ["done"]


def test_several_models_and_prompt_sets_are_arms_of_one_run(taught, tmp_path):
    """Each model with each prompt set, on the same tasks and seeds; naming one twice changes nothing."""
    script = tmp_path / "replies.json"
    script.write_text('["stop"]', encoding="utf-8")
    labels.accept(taught, add_demonstration(taught, "demo2"), "me")
    first, second = taught.labels.prompt_set("latest").id, prompts.build(taught).id
    models = ["demos", f"scripted:{script}", "demos"]
    run = planned(taught, model=models, prompt_set=[first, second, "latest"]).plan
    assert {(arm.model, arm.prompt_set) for arm in run.arms} == {(m, p) for m in models for p in (first, second)}
    played = {arm: [(j.environment, j.seed) for j in run.jobs() if j.arm == arm] for arm in run.arms}
    assert len({tuple(jobs) for jobs in played.values()}) == 1
    assert len(run.jobs()) == 12


def test_a_run_is_not_gone_on_with_after_its_policies_changed(taught, monkeypatch):
    """Its episodes would be of two kinds; the same choices are another run by then."""
    begun = planned(taught)
    run_rows.remember(taught, begun.plan, "stopped")
    assert runs.again(taught, begun.plan.id).plan == begun.plan
    monkeypatch.setattr("flows.run.run_arms.code_version", lambda: "another")
    with pytest.raises(RunError, match="changed since this run was begun"):
        runs.again(taught, begun.plan.id)
    assert planned(taught).plan.id != begun.plan.id


def test_a_run_from_before_there_were_arms_is_gone_on_with(taught):
    """Its row names one model; its jobs keep the names they had."""
    plan = planned(taught).plan
    (arm,) = plan.arms
    row = {"id": "run-old", "environments": ["miniwob:login-user"], "seeds": [0], "workers": 1, "limits": {}}
    old = {"model": arm.model, "prompt_set": arm.prompt_set, "policy_set": arm.policy_set, "status": "stopped"}
    taught.workspace.put("run", "run-old", row | old)
    (job,) = runs.again(taught, "run-old").plan.jobs()
    assert job.arm == Arm(arm.model, arm.policy_set, arm.prompt_set)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8501/run", "localhost:8501"])
def test_the_apps_own_address_is_not_run(tmp_path, url):
    """An agent that drives the app could do there what its person can."""
    parts = Parts(tmp_path / "home", own_ports=(8501,))
    try:
        with pytest.raises(ForbiddenUrl, match="own address"):
            planned(parts, envs=[f"url:{url}"])
    finally:
        parts.close()


def test_workers_may_open_no_more_than_the_app(taught, monkeypatch):
    """What is refused at the start is refused there too, wherever a page leads."""
    monkeypatch.setattr(taught, "own_ports", (8501,))
    monkeypatch.setattr(taught, "allow_private", False)
    told = []
    monkeypatch.setattr("flows.run.runs.run", lambda *given, **_: told.append(given[3]) or RunResult((), stopped=False))
    runs.execute(planned(taught), lambda _: None)
    bench = Workbench(told[0])
    try:
        for url, why in (("http://localhost:8501/", "own address"), ("http://10.0.0.1/", "not allowed here")):
            with pytest.raises(ForbiddenUrl, match=why):
                bench.environment(f"url:{url}")
    finally:
        bench.close()
