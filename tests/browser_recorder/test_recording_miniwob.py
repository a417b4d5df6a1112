"""Scripted people record MiniWoB++ tasks through the socket and solve them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from browser.miniwob import read_task, start_task
from browser.miniwob_site import HIDDEN, MiniwobSite
from browser.miniwob_tasks import TaskName
from browser.player import Seen
from browser.recorder.options import RecordingOptions
from browser.script import Gesture, parse_gesture
from browser.session import BrowserSession
from server.scripted import RecordResult, record_with
from traces.environment import Outcome
from traces.observation_text import parse_observation

pytestmark = pytest.mark.browser
Person = Callable[[str], Iterator[dict[str, object]]]


def record_task(session: BrowserSession, folder: Path, task: str, seed: int, person: Person) -> RecordResult:
    """Record the person's gestures on a freshly reset task."""
    asked: list[str] = []

    async def prepare(page: object) -> str:
        asked.append(await start_task(page, seed, TaskName(task)))
        return asked[0]

    async def finish(page: object) -> Outcome:
        standing = await read_task(page)
        return Outcome(standing.success, standing.raw, standing.reason or "")

    wishes: list[Iterator[dict[str, object]]] = []
    pages: list[str] = []

    def next_gesture(seen: Seen) -> Gesture | None:
        pages[:] = [seen.text]
        if not wishes:
            wishes.append(person_of(person, asked[0], pages))
        wish = next(wishes[0], None)
        return None if wish is None else parse_gesture(wish)

    with MiniwobSite() as site:
        options = RecordingOptions(
            url=site.url(TaskName(task)),
            task=f"miniwob:{task}",
            seed=seed,
            viewport=TaskName(task).viewport,
            ignore=HIDDEN,
            known_secrets=True,
            still_ms=80,
            gate_ms=2000,
        )
        return record_with(options, next_gesture, folder, session, prepare=prepare, finish=finish)


def person_of(person: Person, objective: str, pages: list[str]) -> Iterator[dict[str, object]]:
    """The person's gestures; a wish `{"name": ...}` is turned into the element of that name on the page now."""
    for wish in person(objective):
        name = wish.pop("name", None)
        if name is not None:
            wish["at"] = {"id": next(n.id for n in parse_observation(pages[0]) if n.name == name and n.role != "text")}
        yield wish


def log_in(objective: str) -> Iterator[dict[str, object]]:
    user, password = re.findall(r'"([^"]*)"', objective)
    yield {"gesture": "type", "at": "#username", "text": user}
    yield {"gesture": "type", "at": "#password", "text": password}
    yield {"gesture": "click", "name": "Login"}


def tick_boxes(objective: str) -> Iterator[dict[str, object]]:
    names = re.search(r"Select (.*) and click Submit", objective).group(1)
    for name in [] if names == "nothing" else names.split(", "):
        yield {"gesture": "click", "name": name}
    yield {"gesture": "click", "name": "Submit"}


@pytest.mark.parametrize(
    ("task", "person", "verbs"),
    [("login-user", log_in, ["type", "type", "click"]), ("click-checkboxes", tick_boxes, ["click"])],
)
def test_a_scripted_person_solves_and_records_a_task(
    session: BrowserSession, tmp_path: Path, task: str, person: Person, verbs: list[str]
) -> None:
    """The task's own judge gives full reward, and the steps are those a person would name."""
    result = record_task(session, tmp_path, task, 3, person)
    episode = result.ended.episode
    assert episode.rewards.rule == 1.0
    assert episode.status == "success"
    assert episode.objective
    assert episode.task == f"miniwob:{task}"
    assert result.answer["not_recorded"] == []
    made = [step["action"].split(" ")[0] for step in result.answer["steps"]]
    assert made == verbs if len(verbs) > 1 else set(made) == set(verbs)
    assert not any(step["late"] for step in result.answer["steps"])
