"""How episodes end, one ending at a time: the reason, what the open frames say, and what a killed process leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from agent.errors import ModelError
from agent.fakes import MemoryLog, ScriptedEnvironment
from agent.limits import Limits
from agent.loop import run_episode
from agent.models.scripted import ScriptedModel
from tests.agent.played import PAGE, POLICIES, Played
from traces.reader import EpisodeReader
from traces.recover import close_abandoned

ROOT = Path(__file__).parents[2]
OPEN = ["note_down [x]", "stop", "find [a]", "find [b]"]
"""One call that returned, and two that are open."""


@pytest.mark.parametrize(
    ("limits", "line", "reason"),
    [
        (Limits(steps=2), "click [2]", "steps"),
        (Limits(calls=7), "click [2]", "calls"),
        (Limits(invalid=2), "click [404]", "invalid"),
        (Limits(depth=3), "find [c]", "depth"),
        (Limits(tokens=400), "click [2]", "tokens"),
    ],
)
def test_a_limit_ends_what_is_open_by_limit_and_leaves_what_returned(limits: Limits, line: str, reason: str) -> None:
    """Not as released, where no limit of the agent's own ever fired."""
    played = Played([*OPEN, *[line] * 60], limits)
    assert (played.episode.end_reason, played.episode.max_depth) == (reason, 3)
    assert played.ends == [("planner", "limit"), ("note_down", "returned"), ("find", "limit"), ("find", "limit")]


def test_recursion_goes_to_the_depth_limit_and_no_farther() -> None:
    """A policy that only calls itself fills the stack, is refused once, and the episode ends."""
    played = Played(lambda _: "find [again]", Limits(depth=6))
    assert played.kinds == ["push"] * 5 + ["invalid"]
    assert (played.episode.end_reason, played.episode.max_depth) == ("depth", 6)
    assert "6 policies are already open" in (played.log.steps[-1].error or "")


def test_there_need_be_no_limit_of_depth() -> None:
    """Without one the stack grows as long as calls may be made."""
    played = Played(lambda _: "find [again]", Limits(depth=None, calls=300))
    assert (played.episode.end_reason, played.episode.max_depth) == ("calls", 301)


def test_invalid_replies_of_all_policies_count_together() -> None:
    """The budget is the episode's, so a policy cannot renew it by calling another."""
    played = Played(["hover [1]", "find [a]", "hover [1]", "stop", "hover [1]"], Limits(invalid=3))
    assert played.episode.end_reason == "invalid"


def test_a_model_that_fails_ends_what_is_open_as_an_error() -> None:
    """What was done stays; the failed question is on the record."""
    played = Played([*OPEN, ModelError("It is down.")])
    assert (played.episode.status, played.episode.end_reason) == ("error", "model: It is down.")
    assert played.ends == [("planner", "error"), ("note_down", "returned"), ("find", "error"), ("find", "error")]
    assert played.log.calls[-1].error == "It is down."


def test_an_error_of_the_program_leaves_no_call_open() -> None:
    """It propagates, and what was open ended by it."""
    log = MemoryLog()
    model = ScriptedModel([*OPEN, ZeroDivisionError("ours")])
    with pytest.raises(ZeroDivisionError):
        run_episode(ScriptedEnvironment(PAGE), model, POLICIES, log)
    assert [frame.end for frame in log.frames] == ["error", "returned", "error", "error"]


def test_the_roots_stop_ends_whatever_limit_is_used_up_with_it() -> None:
    """The last question allowed may be the one that ends the episode."""
    assert Played(["stop [3]"], Limits(calls=1)).episode.end_reason == "stop"


KILLED = """
import os, signal, sys
from pathlib import Path
from agent.fakes import ScriptedEnvironment
from agent.loop import run_episode
from agent.models.scripted import ScriptedModel
from tests.agent.played import PAGE, POLICIES, turn
from traces.model import Episode
from traces.writer import EpisodeWriter

def page(action, text):
    if "x" in action.args:
        os.kill(os.getpid(), signal.SIGKILL)
    return turn(action, text)

lines = ["find [a]", "click [2]", "look [b]", "hover [2]", "type [1] [x]", "stop"]
with EpisodeWriter.create(Path(sys.argv[1]), Episode(id="e1", actor="agent", objective="")) as writer:
    run_episode(ScriptedEnvironment(PAGE, page), ScriptedModel(lines), POLICIES, writer)
"""


def test_a_killed_process_leaves_what_happened(tmp_path: Path) -> None:
    """SIGKILL in the middle of an action: every step, call and frame before it is in the file, and nothing else.

    What is left can be closed, and reads as any episode.
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], cwd=ROOT, env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    path = tmp_path / "e1.episode"
    with EpisodeReader(path) as reader:
        assert [s.action for s in reader.steps()] == ["find [a]", "click [2]", "look [b]", "hover [2]"]
        assert [s.kind for s in reader.steps()] == ["push", "act", "push", "invalid"]
        assert [c.purpose for c in reader.calls()] == ["planner", "find", "find", "look", "look"]
        assert [(f.policy, f.end) for f in reader.frames()] == [("planner", "open"), ("find", "open"), ("look", "open")]
        assert (reader.sealed, reader.episode.objective) == (False, "do it")
    episode = close_abandoned(path, "crash: its worker process died")
    assert (episode.status, episode.n_steps) == ("error", 4)
    with EpisodeReader(path) as reader:
        assert {f.end for f in reader.frames()} == {"error"}
