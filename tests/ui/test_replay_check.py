"""The replay check in Replay: counted above, marked in the list of steps, told with its selector beside the step."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from bench.replay_episode import write_episode
from traces.reader import EpisodeReader
from traces.writer import EpisodeWriter

pytestmark = pytest.mark.browser

FOUND = {"replayable": True, "by": "near", "selector": 'text="Fare" >> xpath=ancestor::tr[1] >> role=button'}
STATE = {"state": "done", "done": 0, "total": 3, "checked": 3, "replayable": 2, "problem": None}


@pytest.fixture(name="demonstration", scope="module")
def demonstration_fixture(shelf, tmp_path_factory):
    """A person's episode of three steps on the shelf; its uids."""
    folder = tmp_path_factory.mktemp("made")
    with EpisodeReader(write_episode(folder, "made", n_steps=3)) as reader:
        header, steps = reader.episode, reader.steps()
    person = header.model_copy(update={"id": "person", "actor": "human", "model": None, "prompt_set": None})
    with EpisodeWriter.create(shelf.folder, person.model_copy(update={"status": "running", "ended": None})) as writer:
        for step in steps:
            bare = {"frame": None, "call": None, "observation_before": None, "observation_after": None}
            writer.append(step.model_copy(update={**bare, "picture_before": None, "picture_after": None}))
        writer.seal(status="success", n_steps=len(steps))
    return [step.uid for step in steps]


def test_marks_and_reasons_are_shown_beside_the_steps(replay, demonstration):
    """Two steps replay, one does not; the step pane says by which selector, or why not."""
    why = {"replayable": False, "by": None, "selector": None, "renamed": None, "why": "it is covered by ‘Please wait’"}
    told = {uid: {**FOUND, "renamed": None, "why": ""} for uid in demonstration[:2]} | {demonstration[2]: why}
    body = json.dumps({**STATE, "steps": told})
    replay.page.route("**/check", lambda route: route.fulfill(content_type="application/json", body=body))
    replay.open("person")
    expect(replay.page.locator("[data-part=replays]")).to_have_text("2 of 3 steps replay")
    expect(replay.page.locator(".facts")).to_contain_text("replayable by the words around it")
    expect(replay.page.locator(".facts")).to_contain_text(FOUND["selector"])
    replay.page.get_by_role("tab", name="Steps").click()
    expect(replay.page.locator(".outline .replays")).to_have_count(3)
    row = replay.page.get_by_role("option").nth(2)
    expect(row).to_have_attribute("aria-label", f"step 3, {_said(row)}, in planner, not replayable: {why['why']}")
    row.click()
    expect(replay.page.locator(".facts")).to_contain_text("not replayable: it is covered by ‘Please wait’")


def _said(row):
    return row.locator(".name").text_content()


def test_a_check_begun_here_is_followed(replay, demonstration):
    """The button begins one, the line counts, the focus stays on the button."""
    states = [{"state": "none", "checked": 0}, {"state": "waiting"}, {"state": "running", "done": 1}, {}]
    asked = []

    def answer(route):
        asked.append(route.request.method)
        state = states.pop(0) if len(states) > 1 else states[0]
        told = {uid: {**FOUND, "renamed": None, "why": ""} for uid in demonstration}
        body = {**STATE, "replayable": 3, "steps": told if not state else {}, **state}
        route.fulfill(content_type="application/json", body=json.dumps(body))

    replay.page.route("**/check", answer)
    replay.open("person")
    replay.page.get_by_role("button", name="Check replay").press("Enter")
    expect(replay.page.get_by_text("Replay check: 1 of 3 …")).to_be_visible()
    expect(replay.page.locator("[data-part=replays]")).to_have_text("3 of 3 steps replay")
    assert asked[:2] == ["GET", "POST"]


def test_a_run_has_no_replay_check(replay):
    """Nothing is asked about an agent's episode."""
    asked = []
    replay.page.on("request", lambda request: asked.append(request.url))
    replay.open().ready()
    assert [url for url in asked if url.endswith("/check")] == []
    expect(replay.page.get_by_role("button", name="Check replay")).to_have_count(0)
