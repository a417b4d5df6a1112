"""Practice of the model demos: it stops and goes on, keeps its log, and what it learned is a model for runs."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import ModelError, RunError
from agent.fakes import MemoryLog, ScriptedEnvironment
from agent.limits import Limits
from agent.loop import run_episode
from browser.errors import UnknownEnvironment
from flows import labels, practice_log, practising, prompts, run_rows, runs
from flows.practice_log import Log
from flows.practice_stage import Played, as_played
from flows.practising import GROUP, MOST, SURE, Asked, next_task, seed_of
from labeling.errors import UnknownLabel
from policies.library import load_set
from tests.workspaces import add_demonstration
from wiring import Workbench

TASK, OTHER = "miniwob:login-user", "miniwob:click-test"
PAGE = "[3] textbox 'Username'\n[4] textbox 'E-mail'\n[5] button 'Send'\n[6] link 'Help'"


@pytest.fixture(name="taught")
def taught_fixture(parts):
    labels.accept(parts, add_demonstration(parts), "me")
    prompts.build(parts)
    return parts


class Stage:
    """Plays on a page in memory: whoever presses Send succeeds. `spoilt` says of which groups nothing comes back."""

    def __init__(self, spoilt=lambda group: False):
        self.groups, self.spoilt, self.closed = [], spoilt, False
        self.also = lambda: None

    def play(self, task, seed, models, stop):
        self.groups.append((task, seed))
        self.also()
        if self.spoilt(len(self.groups)):
            return [None] * len(models)
        return [self._one(seed, model) for model in models]

    def _one(self, seed, model):
        page = ScriptedEnvironment(
            PAGE, lambda action, text: text + "!" if str(action) == "click [5]" else text, "Sign up bo with b@x.org",
            lambda text, answer: text.endswith("!"),
        )  # fmt: skip
        episode = run_episode(page, model, load_set("web"), MemoryLog(), Limits(steps=4, calls=8), seed)
        return as_played(episode, model)

    def close(self):
        self.closed = True


def practised(parts, stage=None, stop=lambda: False, **asked):
    lines = []
    told = practising.practise(
        parts, Asked(**{"tasks": (TASK, OTHER), "episodes": 20, **asked}), lines.append, stop, stage or Stage()
    )
    return told, lines


def test_every_task_has_its_turn_and_its_episodes(taught):
    """Turn and turn about, in groups on one seed each, until each had its number; the log says what came of them."""
    stage = Stage()
    told, lines = practised(taught, stage)
    assert stage.closed
    assert [task for task, _ in stage.groups[:4]] == [TASK, OTHER, TASK, OTHER]
    assert told["episodes"] == sum(len(group["rewards"]) for group in told["groups"]) <= 40
    assert all(10_000 <= seed < 100_000 for _, seed in stage.groups)
    assert [(group["task"], group["seed"]) for group in told["groups"]] == stage.groups
    assert (lines[-1].done, lines[-1].total) == (told["episodes"], 40)
    assert told["state"] == "done"
    assert practising.curve(told)[-1]["episodes"] == told["episodes"]
    assert TASK in practising.said(told)
    assert " Played untimed." in practising.said(told)


def test_a_practice_that_was_stopped_goes_on(taught):
    """The same request is the same practice: no group twice, and in the end as many as in one go."""
    stop = threading.Event()
    first = Stage()
    first.also = lambda: stop.set() if len(first.groups) == 3 else None
    told, _ = practised(taught, first, stop.is_set)
    assert (told["state"], len(told["groups"])) == ("stopped", 2)
    second = Stage()
    again, _ = practised(taught, second)
    assert again["id"] == told["id"]
    assert again["groups"][:2] == told["groups"]
    assert first.groups[:2] + second.groups == [(group["task"], group["seed"]) for group in again["groups"]]
    assert again["state"] == "done"
    assert practice_log.listed(taught)[0] == again


def test_a_practice_whose_process_died_is_interrupted(taught):
    """Nobody holds it any more; what was written is gone on with."""
    told, _ = practised(taught)
    state = practice_log.read(taught, told["id"])
    state.log.state = "running"
    practice_log.write(taught, state.log, state.weights, state.squares)
    assert [one["state"] for one in practice_log.listed(taught)] == ["interrupted"]
    with run_rows.held(taught, told["id"]):
        assert [one["state"] for one in practice_log.listed(taught)] == ["running"]
        with pytest.raises(RunError, match="running already"):
            practised(taught)


def test_what_was_learned_is_a_model_for_runs(taught):
    """Named by content, played from its weights, with the prompt set it began with; another practice is another."""
    told, _ = practised(taught)
    (arm,) = runs.plan(
        taught, envs=[TASK], seeds="0:2", model=told["model"], prompt_set="latest", workers=1
    ).plan.arms  # fmt: skip
    assert (arm.model, arm.prompt_set) == (told["model"], told["prompt_set"])
    bench = Workbench({"home": str(taught.workspace.root)})
    model = bench.model(arm.model, arm.prompt_set, arm.policy_set)
    bench.close()
    assert model.name == told["model"]
    other, _ = practised(taught, episodes=10)
    assert (other["id"] != told["id"], other["weights"] != told["weights"]) == (True, True)


def test_weights_of_another_learner_are_refused(taught, monkeypatch):
    """Told before the start; and so are those that are not there or have no name."""
    told, _ = practised(taught)
    asked = {"envs": [TASK], "seeds": "0:2", "prompt_set": "latest", "workers": 1}
    for name in ("demos+practice:0123456789ab", "demos+practice:../x"):
        with pytest.raises(ModelError, match="practised weights"):
            runs.plan(taught, model=name, **asked)
    monkeypatch.setattr("agent.models.practised.code_version", lambda: "another")
    with pytest.raises(ModelError, match="another version of the learner"):
        runs.plan(taught, model=told["model"], **asked)


def test_pages_that_do_not_run_end_it_with_one_message(taught):
    """After many groups in a row; a few are nothing. What was learned before is kept."""
    told, _ = practised(taught, Stage(lambda group: group in (2, 3)))
    assert [bool(group["rewards"]) for group in told["groups"][:4]] == [True, False, False, True]
    with pytest.raises(RunError, match="could not be played"):
        practised(taught, Stage(lambda group: group > 1), tasks=(TASK,), episodes=300)
    newest = practice_log.listed(taught)[0]
    assert (newest["state"], bool(newest["model"])) == ("stopped", True)


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ({"tasks": ()}, RunError, "at least one task"),
        ({"tasks": ("miniwob:none",)}, UnknownEnvironment, "none"),
        ({"tasks": ("url:http://x.test/",)}, RunError, "Nobody judges"),
        ({"episodes": MOST + 1}, RunError, "5 to 300"),
        ({"episodes": GROUP - 1}, RunError, "5 to 300"),
        ({"prompt_set": "ps-none"}, UnknownLabel, "ps-none"),
    ],
)
def test_what_cannot_be_practised_is_refused(taught, asked, error, said):
    """Before anything is played or written."""
    stage = Stage()
    with pytest.raises(error, match=said):
        practised(taught, stage, **asked)
    assert stage.groups == []
    assert practice_log.listed(taught) == []


def test_a_damaged_state_begins_anew(taught):
    """As if there were none; it is replaced by the next group."""
    told, _ = practised(taught)
    path = taught.workspace.root / "practice" / f"{told['id']}.practice"
    path.write_bytes(path.read_bytes()[:200])
    assert practice_log.listed(taught) == []
    again, _ = practised(taught)
    assert len(again["groups"]) == len(told["groups"])


@given(st.lists(st.sampled_from([(TASK, True), (TASK, False), (OTHER, True), (OTHER, False)]), max_size=60))
def test_whose_turn_it_is(turns):
    """Never more episodes than were asked for, over when all are sure, and a sure task is seldom asked."""
    log, asked = Log("practice-x", {}), Asked((TASK, OTHER), episodes=100)
    for task, right in turns:
        log.add(task, 1, [Played(float(right), right, ())] * GROUP)
    found = next_task(log, asked)
    newest = {task: log.of(task)[-SURE:] for task in asked.tasks}
    sure = {
        task: len(groups) == SURE and all(min(g["rewards"]) == 1 for g in groups) for task, groups in newest.items()
    }
    if all(sure.values()):
        assert found is None
    elif found is not None:
        assert GROUP * (len(log.of(found)) + 1) <= asked.episodes
        other = OTHER if found == TASK else TASK
        if sure[found] and GROUP * (len(log.of(other)) + 1) <= asked.episodes:
            assert SURE * len(log.of(found)) <= len(log.of(other))


@given(st.text(max_size=20), st.integers(0, 60))
def test_practice_never_sees_the_seeds_of_tests(name, count):
    """Nor those of demonstrations and development; the same practice has the same seeds."""
    assert 10_000 <= seed_of(name, TASK, count) < 100_000
    assert seed_of(name, TASK, count) == seed_of(name, TASK, count)


def test_the_course_counts_every_task_alike():
    """By its newest groups: a task that is sure and seldom played does not vanish from the share."""
    sure = {"task": TASK, "seed": 1, "rewards": [1.0] * 5, "successes": 5}
    hard = {"task": OTHER, "seed": 2, "rewards": [0.0] * 5, "successes": 0}
    broken = {"task": OTHER, "seed": 3, "rewards": [], "successes": 0}
    told = practising.curve({"groups": [sure, *[hard] * 9, broken]}, window=2)
    assert [row["share"] for row in told] == [0.5] * 6
    assert [row["episodes"] for row in told] == [10, 20, 30, 40, 50, 50]
