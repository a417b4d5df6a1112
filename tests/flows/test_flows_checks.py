"""Replay checks in the background: one at a time, progress, failures told, and nothing lost when the app ends."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from browser.errors import BrowserGone
from browser.recorder.messages import read_message
from browser.replaying import Replayed
from browser.script import parse_script
from flows.record import checking, taught
from flows.record.checks import Checks
from flows.record.recording import LiveTasks, Request, record_gestures
from store.errors import NotFound, StoreError
from tests.browser_recorder.conftest import Site
from tests.workspaces import add_demonstration, add_failed_run

PATIENCE_S = 60


class Slow:
    """A check that waits until it is told how to end."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.running = 0
        self.most = 0
        self.go = threading.Event()
        self.error: Exception | None = None

    def __call__(self, parts, episode, told) -> None:
        self.begun.append(episode)
        self.running += 1
        self.most = max(self.most, self.running)
        told(0, 3, None)
        told(1, 3, Replayed(uid="one", replayable=False, why="gone"))
        assert self.go.wait(PATIENCE_S)
        self.running -= 1
        if self.error is not None:
            raise self.error


def until(said, wanted) -> None:
    """Wait until what is asked says so."""
    end = time.monotonic() + PATIENCE_S
    while said() != wanted:
        assert time.monotonic() < end, said()
        time.sleep(0.01)


@pytest.fixture(name="slow")
def slow_fixture():
    made = Slow()
    yield made
    made.go.set()


def test_one_check_runs_and_the_others_wait_their_turn(parts, slow):
    """Progress and what was found so far are told; starting again begins no second one."""
    first, second = add_demonstration(parts, "a"), add_demonstration(parts, "b")
    checks = Checks(parts, slow)
    checks.start(first)
    until(lambda: checks.state(first)["done"], 1)
    checks.start(second)
    checks.start(first)
    told = checks.state(first)
    assert (told["state"], told["done"], told["total"]) == ("running", 1, 3)
    assert told["steps"]["one"] == {"replayable": False, "by": None, "selector": None, "renamed": None, "why": "gone"}
    assert checks.state(second)["state"] == "waiting"
    slow.go.set()
    until(lambda: (checks.state(first)["state"], checks.state(second)["state"]), ("none", "none"))
    assert (slow.begun, slow.most) == ([first, second], 1)


def test_a_check_that_fails_is_told_and_can_be_begun_again(parts, slow):
    """What happened, what was kept, what to do next; what an earlier check found stays."""
    demo = add_demonstration(parts, "a")
    slow.error = BrowserGone("The browser has ended.")
    slow.go.set()
    checks = Checks(parts, slow)
    checks.start(demo)
    until(lambda: checks.state(demo)["state"], "failed")
    assert checks.state(demo)["problem"]["what"] == "The browser has ended."
    assert checks.state(demo)["steps"] == {}
    slow.error = None
    checks.start(demo)
    until(lambda: checks.state(demo)["state"], "none")
    assert slow.begun == [demo, demo]


def test_after_the_app_was_told_to_end_nothing_begins(parts, slow):
    """What waits is dropped; the demonstration itself is untouched."""
    first, second = add_demonstration(parts, "a"), add_demonstration(parts, "b")
    before = parts.episodes.path(second).read_bytes()
    checks = Checks(parts, slow)
    checks.start(first)
    until(lambda: checks.state(first)["state"], "running")
    checks.start(second)
    checks.close()
    slow.go.set()
    until(lambda: checks.state(first)["state"], "none")
    assert slow.begun == [first]
    assert parts.episodes.path(second).read_bytes() == before


def test_what_is_no_finished_demonstration_is_not_checked(parts, slow):
    """An agent's run is unfit and says so; an unknown episode is not found."""
    run = add_failed_run(parts)
    checks = Checks(parts, slow)
    assert checks.state(run)["state"] == "unfit"
    with pytest.raises(StoreError, match="no finished demonstration"):
        checks.start(run)
    with pytest.raises(NotFound):
        checks.start("nobody")
    assert slow.begun == []


@pytest.mark.browser
def test_the_newest_findings_are_the_state_of_a_checked_demonstration(parts):
    """How many of how many, and for each step by what; the same as stored."""
    site = Site()
    try:
        url = site.page("<button id=a>One</button><button id=b>Two</button>")
        script = [{"gesture": "click", "at": "#a"}, {"gesture": "click", "at": "#b"}]
        demo = record_gestures(parts, Request(url, "Try"), parse_script(script)).ended.episode.id
        site.page("<button id=a>One</button>")
        checks = Checks(parts)
        assert checks.state(demo)["state"] == "none"
        checks.start(demo)
        until(lambda: checks.state(demo)["state"], "done")
    finally:
        site.close()
    told = checks.state(demo)
    assert (told["replayable"], told["checked"], told["total"]) == (1, 2, 2)
    assert told["steps"] == checking.replays(parts, demo)


@pytest.mark.browser
def test_a_task_stopped_by_its_socket_alone_is_judged_and_then_checked(parts):
    """Whoever stops it: the page's own judge gives the status, and the demonstration is handed to the check."""
    handed = []
    tasks = LiveTasks(parts, handed.append)
    recording = tasks.start(Request("miniwob:click-test", seed=1), "browser one")
    running = parts.live.recording(recording, "browser one")

    async def press_and_stop() -> None:
        box = await running._tabs.page.locator("#subbtn").bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        view = _View()
        await running.attach(view)
        for kind, more in (("down", ""), ("up", ', "g": 1')):
            running.receive(read_message(f'{{"type": "mouse", "kind": "{kind}", "x": {x}, "y": {y}{more}}}'), view)
        while not any('"gesture"' in text for text in view.sent):
            await asyncio.sleep(0.02)
        running.receive(read_message('{"type": "stop", "outcome": "unsure", "answer": null}'), view)
        await running.ended

    parts.session.run(press_and_stop(), PATIENCE_S)
    until(lambda: handed, [recording])
    row = parts.episodes.catalogue.get(recording)
    assert (row["status"], row["n_steps"]) == ("success", 1)
    assert tasks.running("browser one") == ()


class _View:
    pictures = False

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, text: str) -> None:
        self.sent.append(text)

    def show(self, frame: object) -> None:
        pass

    def end(self) -> None:
        pass


def test_what_begins_in_the_middle_of_a_run_cannot_be_checked(parts):
    """No fresh page leads there; one that begins at the run's first page can be checked like any."""
    first, midway = add_demonstration(parts, "demo1"), add_demonstration(parts, "demo2", "ben")
    link = taught.Link(episode="run-1", step="c3", seq=3, frame="f0", policy="planner")
    taught.keep(parts, first, link, "ana")
    taught.keep(parts, midway, link.model_copy(update={"done": 2}), "ana")
    checks = Checks(parts)
    assert checks.state(first)["state"] == "none"
    assert checks.state(midway)["state"] == "unfit"
    with pytest.raises(StoreError, match="in the middle of a run"):
        checks.start(midway)
