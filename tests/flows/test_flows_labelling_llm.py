"""Labelling with a model in a workspace: plans, runs beside the rules', kills, budgets, endpoints that are gone."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter

import pytest

from flows.label import labelling_llm as flow
from flows.label import labelling_said, labels
from labeling.errors import LabelError, NothingToLabel, UnknownLabel
from labeling.llm.model import LabelSettings
from labeling.splits import split_of
from llm_client.chat import ChatRequest, Message
from llm_client.errors import KeyRefused, NoEndpoint
from server.people import track_of
from tests.counts import soak
from tests.fake_llm_server import BAD_KEY, BUSY, DROPPED, fails, fake_llm_server, says
from tests.labeling.llm.answering import asked_range, covered_once, entry
from tests.workspaces import add_demonstration, add_failed_run
from tools.source_files import ROOT
from traces.reader import EpisodeReader

STEPS = [{"number": 2, "reason": "The e-mail comes next."}, {"number": 4, "reason": "The desk is wanted."}]
NAMES = ("ana", "bo", "cy", "dee")


def answer(request):
    """A form of two texts and a click, then a click: what tests.workspaces.signing_up shows."""
    asked = ChatRequest(tuple(Message(one["role"], one["content"]) for one in request["messages"]))
    kind, _, last = asked_range(asked)
    if kind == "steps":
        texts = [entry(1, "fill_text", (("field", "Username"), ("text", "x"))),
                 entry(2, "fill_text", (("field", "E-mail"), ("text", "x@x.org")))]  # fmt: skip
        return says(json.dumps({"calls": [*texts, entry(3, "OWN")], "notes": []}))
    if kind == "items":
        form = entry(1, "fill_form", (("fields", "both"),), "first_item")
        return says(json.dumps({"groups": [form, entry(4, "OWN", (), "first_item")]}))
    return says(
        json.dumps({"calls": [{"number": n, "reason": f"Why {n}."} for n in range(1, last + 1)], "steps": STEPS})
    )


@pytest.fixture(name="demos")
def demos_fixture(parts):
    return [add_demonstration(parts, f"demo-{name}", name) for name in NAMES]


@pytest.fixture(name="server")
def server_fixture(monkeypatch):
    with fake_llm_server(answer) as server:
        monkeypatch.setenv("STEPSCOPE_MODEL_ENDPOINT", server.url)
        yield server


def asked(**fields):
    return flow.Asked(**{"model": "tiny", **fields})


def test_a_plan_asks_nothing_and_a_run_asks_as_planned(parts, demos, server):
    """Plan, label, plan again: as many requests as said, and afterwards none is missing."""
    before = flow.plan(parts, asked())
    assert server.requests == []
    assert before["total"]["cost"] is None
    assert "cost unknown" in labelling_said.planned(before)
    made = flow.label(parts, asked())
    assert len(server.requests) == before["total"]["calls"] == made["ledger"]["attempts"]
    assert sorted(one["episode"] for one in made["labelled"]) == sorted(demos)
    flow.label(parts, asked())
    assert len(server.requests) == before["total"]["calls"]


def test_the_run_stands_beside_the_rules_and_says_how_it_came_about(parts, demos, server):
    """A label run `llm:tiny`, valid and pending, the rules' run for a second opinion, and the report."""
    one = flow.label(parts, asked(episode=demos[0]))["labelled"][0]
    assert [run.labeller for run in parts.labels.runs(demos[0])] == ["rules", "llm:tiny"]
    tree = parts.labels.run(one["run"]).tree
    assert covered_once(tree)
    assert [segment.policy for segment in tree.segments] == ["fill_form", "fill_text", "fill_text"]
    assert {segment.state for segment in tree.segments} == {"pending"}
    assert tree.segments[0].reason == "Why 1."
    report = flow.report_of(parts, one["run"])
    assert (report.model, report.status, report.calls) == ("tiny", "ok", len(server.requests))
    parts.workspace.forget_episode(demos[0])
    assert parts.workspace.count("label_report") == 0


def test_reasons_of_steps_are_read_with_the_episode(parts, demos, server):
    """Kept once as annotations by the labeller; the file stays as it is."""
    for _ in range(2):
        flow.label(parts, asked(episode=demos[0]))
    kept = [one for one in parts.episodes.annotations.of(demos[0]) if one.kind == "reason"]
    assert [(one.author, one.text) for one in kept] == [("llm:tiny", one["reason"]) for one in STEPS]
    with parts.episode(demos[0]) as reader:
        steps, file = reader.steps(), reader.path
        assert [step.reason for step in steps] == [None, "The e-mail comes next.", None, "The desk is wanted."]
        assert reader.step(steps[1].uid).reason == "The e-mail comes next."
    given = {step.uid: "later" for step in steps}
    with EpisodeReader(file, lambda: given) as reader:
        assert {step.reason for step in reader.steps()} == {"later"}
    with EpisodeReader(file) as reader:
        assert {step.reason for step in reader.steps()} == {None}


def test_examples_are_of_accepted_labels_and_never_of_what_is_labelled(parts, demos, server):
    """A label set's demonstrations are shown, but the labelled one and those kept for tests; the report names them."""
    add_demonstration(parts, "kept", "eve", task=task_of("train"))
    add_demonstration(parts, "held", "eve", task=task_of("test"))
    for one in ("kept", "held", demos[0]):
        labels.accept(parts, one, "me")
    frozen = parts.desk().freeze_decided(track_of("me"), "me")
    wanted = asked(episode=demos[0], label_set="latest")
    assert flow.plan(parts, wanted)["examples"] == ["kept"]
    made = flow.label(parts, wanted)
    assert made["examples"] == ["kept"]
    report = flow.report_of(parts, made["labelled"][0]["run"])
    assert (report.exemplars, report.label_set) == (("kept",), frozen.id)
    first = server.requests[0]["messages"][0]["content"]
    assert "Sign up eve with eve@x.org" in first
    with pytest.raises(UnknownLabel):
        flow.label(parts, asked(episode=demos[0], label_set="nothing"))


def task_of(split):
    return next(name for n in range(99) if split_of(name := f"desk:{n}", "") == split)


def test_accepting_decides_what_the_model_said(parts, demos, server):
    """With an author the proposal is accepted in one gesture."""
    flow.label(parts, asked(episode=demos[0], accept_by="Zoë"))
    tracks = parts.workspace.tracks(demos[0])
    assert len(tracks) == 1
    state = parts.desk().open(*tracks[0])
    assert state.decided
    assert state.tree.segments[0].policy == "fill_form"


def test_a_budget_of_the_run_leaves_demonstrations_for_later(parts, demos, server):
    """Those not begun are left out, nothing beyond the budget is asked, and a larger one goes on from there."""
    made = flow.label(parts, asked(budget="6calls", settings=LabelSettings(concurrency=1)))
    assert len(server.requests) == 6
    assert made["left_out"]
    assert {one["status"] for one in made["labelled"]} == {"ok", "partial"}
    full = flow.label(parts, asked())
    assert len(full["labelled"]) == len(NAMES)
    assert {one["status"] for one in full["labelled"]} == {"ok"}
    assert full["ledger"]["attempts"] == len(server.requests) == 5 * len(NAMES)


def test_dollars_need_a_price(parts, demos, server):
    """Without a price a budget in dollars cannot be held to, and nothing is asked."""
    with pytest.raises(LabelError, match="price"):
        flow.label(parts, asked(budget="2usd"))
    assert server.requests == []


def test_a_stop_keeps_what_is_done(parts, demos, server):
    """Stopped after some requests, the next run makes the missing ones."""
    made = flow.label(parts, asked(settings=LabelSettings(concurrency=1)), stop=lambda: len(server.requests) >= 7)
    assert made["stopped"]
    assert len(server.requests) == 7
    flow.label(parts, asked())
    assert len(server.requests) == 5 * len(NAMES)


def test_a_key_that_is_refused_ends_it_at_once(parts, demos, monkeypatch):
    """One demonstration's error is everybody's: it is told, and few requests are wasted."""
    with fake_llm_server([BAD_KEY]) as server:
        monkeypatch.setenv("STEPSCOPE_MODEL_ENDPOINT", server.url)
        with pytest.raises(KeyRefused):
            flow.label(parts, asked(settings=LabelSettings(concurrency=1)))
        assert len(server.requests) == 1
    assert {run.labeller for demo in demos for run in parts.labels.runs(demo)} == {"rules"}


def test_what_cannot_be_labelled_is_said_before_anything_is_asked(parts, server):
    """No demonstration, a run, no endpoint: each is its own message."""
    with pytest.raises(NothingToLabel, match="no demonstration"):
        flow.label(parts, asked())
    with pytest.raises(NothingToLabel, match="is a run"):
        flow.label(parts, asked(episode=add_failed_run(parts)))
    assert server.requests == []


def test_without_an_endpoint_nothing_is_done(parts, demos):
    """The message says what to set."""
    with pytest.raises(NoEndpoint, match="STEPSCOPE_MODEL_ENDPOINT"):
        flow.plan(parts, asked())


def command(parts, server, key, concurrency):
    told = [sys.executable, "cli.py", "label", "--all", "--labeller", "llm", "--model", "tiny", "--json"]
    settings = {
        "STEPSCOPE_HOME": str(parts.workspace.root),
        "STEPSCOPE_MODEL_ENDPOINT": server.url,
        "OPENAI_API_KEY": key,
    }
    return subprocess.Popen(
        [*told, "--concurrency", str(concurrency)],
        cwd=ROOT, env={**os.environ, **settings}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(soak(30)))
def test_a_killed_process_goes_on_with_exactly_the_missing_calls(parts, demos, seed):
    """SIGKILL at any request, some failing: nothing answered is asked again, and the ledger has what the server has."""
    rng = random.Random(seed)
    killed_at, at_a_time, failing = rng.randint(1, 19), rng.choice((1, 1, 3, 6)), rng.choice((0.0, 0.2))
    running: list[subprocess.Popen] = []
    begun, good = threading.Event(), Counter()

    def script(request):
        if len(server.requests) == killed_at:
            assert begun.wait(60)
            running[0].send_signal(signal.SIGKILL)
            running[0].wait()
            return DROPPED
        if rng.random() < failing:
            return rng.choice((BUSY, DROPPED, fails(500, "oh", retry_after="0.01")))
        good[server.keys[-1]] += 1
        return answer(request)

    with fake_llm_server(script) as server:
        running.append(command(parts, server, "first", at_a_time))
        begun.set()
        running[0].communicate()
        assert running[0].returncode == -signal.SIGKILL
        kept = parts.workspace.count("llm_cache")
        again = command(parts, server, "second", at_a_time)
        out, err = again.communicate()
        assert again.returncode == 0, err
        ledger = json.loads(out)["ledger"]
        assert good["Bearer second"] == 5 * len(NAMES) - kept
        assert ledger["attempts"] <= len(server.requests) <= ledger["attempts"] + ledger["in_doubt"]
        assert ledger["in_doubt"] <= 1
        assert 1 <= ledger["in_doubt"] + ledger["unheard"] <= at_a_time
        if at_a_time == 1:
            assert kept == good["Bearer first"]
            assert ledger["attempts"] + ledger["in_doubt"] == len(server.requests)
    assert len(json.loads(out)["labelled"]) == len(NAMES)
