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
from flows.label import labels
from flows.prompt import prompts
from flows.run import practice_log, practising, run_rows, runs
from flows.run.practice_log import Log
from flows.run.practice_stage import as_played
from flows.run.practising import BROKEN, FEW, FIRST, MANY, MOST, ROUNDS, TRIES, Asked, seed_of, seeds_left
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
    """Plays on a page in memory: whoever does what is right succeeds. `spoilt` says which episodes break."""

    def __init__(self, spoilt=lambda episode: False, right="click [5]"):
        self.played, self.spoilt, self.right, self.closed = [], spoilt, right, False
        self.also = lambda: None

    def play(self, task, seed, model, stop):
        self.played.append((task, seed))
        self.also()
        if self.spoilt(len(self.played)):
            return None
        page = ScriptedEnvironment(
            PAGE, lambda action, text: text + "!" if str(action) == self.right else text, "Sign up bo with b@x.org",
            lambda text, answer: text.endswith("!"),
        )  # fmt: skip
        return as_played(run_episode(page, model, load_set("web"), MemoryLog(), Limits(steps=4, calls=8), seed))

    def close(self):
        self.closed = True


def practised(parts, stage=None, stop=lambda: False, **asked):
    lines = []
    told = practising.practise(
        parts,
        Asked(**{"tasks": (TASK, OTHER), "episodes": 60, "workers": 1, **asked}),
        lines.append,
        stop,
        stage or Stage(),
    )
    return told, lines


def test_every_task_has_its_turn_and_its_episodes(taught):
    """Round after round on seeds of practice, each tried until it succeeds; the log says what came of them."""
    stage = Stage()
    told, lines = practised(taught, stage)
    assert stage.closed
    assert (told["state"], told["learned"]) == ("done", ROUNDS)
    assert told["episodes"] == sum(len(group["rewards"]) for group in told["groups"]) == len(stage.played)
    tried = [(group["task"], group["seed"]) for group in told["groups"] for _ in group["rewards"]]
    assert tried == stage.played
    assert all(10_000 <= seed < 100_000 for _, seed in stage.played)
    first = [group["task"] for group in told["groups"] if group["round"] == 0]
    assert first == [TASK] * FIRST + [OTHER] * FIRST
    assert all(group["rewards"][-1] == 1 or len(group["rewards"]) == TRIES for group in told["groups"])
    assert (lines[0].done, lines[0].total) == (1, 2 * FIRST)
    assert practising.curve(told)[-1]["episodes"] == told["episodes"]
    assert TASK in practising.said(told)
    assert " Played untimed." in practising.said(told)


def test_what_it_found_is_what_it_does(taught):
    """A way that nobody showed, searched for on the first seed, is the first try in the last round."""
    told, _ = practised(taught, Stage(right="click [6]"), episodes=300)
    firsts = [group["rewards"][0] for group in told["groups"]]
    assert firsts[0] < 1
    assert firsts[-FEW:] == [1.0] * FEW
    state = practice_log.read(taught, told["id"])
    assert {one.episode for one in state.lessons} <= {f"{one['task']} {one['seed']}" for one in told["groups"]}
    assert state.lessons


def test_a_practice_that_was_stopped_goes_on(taught):
    """The same request is the same practice: no seed twice, and in the end the same weights as in one go."""
    stop = threading.Event()
    first = Stage()
    first.also = lambda: stop.set() if len({seed for _, seed in first.played}) == 3 else None
    told, _ = practised(taught, first, stop.is_set)
    assert (told["state"], len(told["groups"])) == ("stopped", 2)
    again, _ = practised(taught, Stage())
    assert again["id"] == told["id"]
    assert again["groups"][:2] == told["groups"]
    assert again["state"] == "done"
    assert len({(group["task"], group["seed"]) for group in again["groups"]}) == len(again["groups"])
    assert practice_log.listed(taught)[0] == again
    at_once, _ = practised(taught, Stage())
    assert at_once["groups"] == again["groups"]


def test_how_many_play_at_a_time_changes_nothing(taught):
    """Pages that are faster may come first; what was learned has the same name."""
    one, _ = practised(taught)
    (taught.workspace.root / "practice" / f"{one['id']}.practice").unlink()
    four, _ = practised(taught, workers=4)
    assert four["weights"] == one["weights"]


def test_a_practice_whose_process_died_is_interrupted(taught):
    """Nobody holds it any more; what was written is gone on with."""
    told, _ = practised(taught)
    state = practice_log.read(taught, told["id"])
    state.log.state = "running"
    practice_log.write(taught, state)
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
    other, _ = practised(taught, episodes=30)
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
    """After many seeds in a row; a few are nothing. What was learned before is kept."""
    told, _ = practised(taught, Stage(lambda episode: episode == 1))
    assert [bool(group["rewards"]) for group in told["groups"][:3]] == [False, True, True]
    with pytest.raises(RunError, match=f"last {BROKEN} seeds could not be played"):
        practised(taught, Stage(lambda episode: episode > 4), tasks=[TASK, OTHER] * 9, episodes=300)
    newest = practice_log.listed(taught)[0]
    assert (newest["state"], bool(newest["model"])) == ("stopped", True)


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ({"tasks": ()}, RunError, "at least one task"),
        ({"tasks": ("miniwob:none",)}, UnknownEnvironment, "none"),
        ({"tasks": ("url:http://x.test/",)}, RunError, "Nobody judges"),
        ({"episodes": MOST + 1}, RunError, "8 to 300"),
        ({"episodes": TRIES - 1}, RunError, "8 to 300"),
        ({"prompt_set": "ps-none"}, UnknownLabel, "ps-none"),
    ],
)
def test_what_cannot_be_practised_is_refused(taught, asked, error, said):
    """Before anything is played or written."""
    stage = Stage()
    with pytest.raises(error, match=said):
        practised(taught, stage, **asked)
    assert stage.played == []
    assert practice_log.listed(taught) == []


def test_a_damaged_state_begins_anew(taught):
    """As if there were none; it is replaced by the next group."""
    told, _ = practised(taught)
    path = taught.workspace.root / "practice" / f"{told['id']}.practice"
    path.write_bytes(path.read_bytes()[:200])
    assert practice_log.listed(taught) == []
    again, _ = practised(taught)
    assert len(again["groups"]) == len(told["groups"])


tries = st.sampled_from([[1.0], [0.0, 1.0], [0.5] * TRIES, []])


@given(st.lists(st.lists(tries, min_size=1, max_size=MANY), max_size=5), st.integers(TRIES, 100))
def test_where_seeds_are_played(rounds, most):
    """Many where the newest round was not all right, else few; never more episodes than were asked for."""
    log, asked = Log("practice-x", {}), Asked((TASK,), episodes=most)
    for played in rounds:
        for rewards in played:
            log.add(TASK, seed_of(log.id, TASK, len(log.groups)), rewards)
        log.learned += 1
    left = seeds_left(log, asked)
    sure = all(rewards == [1.0] for rewards in rounds[-1]) if rounds else False
    assert len(left) <= (FIRST if not rounds else FEW if sure else MANY)
    assert log.episodes + TRIES * len(left) <= max(most, log.episodes)
    assert not {seed for _, seed in left} & {group["seed"] for group in log.groups}


@given(st.text(max_size=20), st.integers(0, 60))
def test_practice_never_sees_the_seeds_of_tests(name, count):
    """Nor those of demonstrations and development; the same practice has the same seeds."""
    assert 10_000 <= seed_of(name, TASK, count) < 100_000
    assert seed_of(name, TASK, count) == seed_of(name, TASK, count)


def test_the_course_counts_every_task_alike():
    """A point a round; a task that was not played in a round counts as in its newest, a broken seed not at all."""

    def seed(task, number, *rewards):
        return {"task": task, "seed": 1, "round": number, "rewards": list(rewards)}

    first = [seed(TASK, 0, 1.0), seed(OTHER, 0, 0.0, 1.0), seed(OTHER, 0, 0.5, 0.5), seed(TASK, 0)]
    told = practising.curve({"groups": [*first, seed(OTHER, 1, 1.0), seed(OTHER, 1, 0.0, 1.0)]})
    assert told == [{"episodes": 5, "share": 0.5}, {"episodes": 8, "share": 0.75}]
    assert practising.curve({"groups": [seed(TASK, 0)]}) == practising.curve({"groups": []}) == []
