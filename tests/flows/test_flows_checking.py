"""The replay check on real pages: which steps can be done again, by which selector, and where that is kept."""

from __future__ import annotations

import pytest

from browser.script import parse_script
from flows import shown
from flows.record import checking, recording
from flows.record.people import ScriptedPerson
from flows.record.recording import Request, record_gestures, record_person
from practice.airline.script import answer_for, script_for
from store.errors import StoreError
from tests.browser_recorder.conftest import Site
from tests.workspaces import add_failed_run

pytestmark = pytest.mark.browser


@pytest.fixture(name="site")
def site_fixture():
    made = Site()
    yield made
    made.close()


def record(parts, url, *gestures) -> str:
    asked = Request(url, objective="Try the page")
    return record_gestures(parts, asked, parse_script(list(gestures))).ended.episode.id


def test_every_step_of_a_login_is_replayable(parts):
    """MiniWoB++ login-user: each field and the button is found by its role and name, on the same seed."""
    demo = record_person(parts, "miniwob:login-user", 3, ScriptedPerson("login-user")).ended.episode.id
    before = parts.episodes.path(demo).read_bytes()
    told = checking.check(parts, demo)
    assert told["replayable"] == len(told["steps"]) >= 3
    assert {step["by"] for step in told["steps"]} <= {"role", "label", "near"}
    assert parts.episodes.path(demo).read_bytes() == before
    steps = shown.episode_facts(parts, demo, None)["steps"]
    assert [step["replay"]["replayable"] for step in steps] == [True] * len(steps)
    assert [step["replay"]["selector"] for step in steps] == [step["selector"] for step in told["steps"]]


def test_every_step_at_the_airline_is_replayable(parts):
    """update_passenger on a fresh site of the same seed: pages, lists and dialogs come as they came."""
    seed, scenario = 2, "update_passenger"
    asked = Request(f"airline:{scenario}", answer=answer_for(seed, scenario), seed=seed)
    demo = record_gestures(parts, asked, parse_script(script_for(seed, scenario))).ended.episode.id
    told = checking.check(parts, demo)
    assert [(step["action"], step["why"]) for step in told["steps"] if not step["replayable"]] == []
    assert len(told["steps"]) > 5


def test_what_is_not_there_or_not_alone_or_of_another_role_is_not_replayable(parts, site):
    """Each is said by itself, the steps around it are done all the same, and the newest check counts."""
    names = ("One", "Two", "Three", "Four")
    url = site.page("".join(f"<button id=at{name}>{name}</button>" for name in names))
    demo = record(parts, url, *({"gesture": "click", "at": f"text={name}"} for name in names))
    assert checking.check(parts, demo)["replayable"] == 4
    site.page("<a id=atOne href=#>One</a><div><button>Two</button><button>Two</button><button id=z>Four</button></div>")
    told = checking.check(parts, demo)
    assert [step["replayable"] for step in told["steps"]] == [False, False, False, True]
    assert told["steps"][3]["by"] == "role"
    assert told["steps"][0]["why"] == "no selector fits one visible element of its role"
    steps = shown.episode_facts(parts, demo, None)["steps"]
    assert [step["replay"]["replayable"] for step in steps] == [False, False, False, True]
    assert "1 of 4 steps" in checking.said(told)


def test_an_element_without_its_name_is_found_by_the_next_selector(parts, site):
    """The role selector no longer fits, the css does."""
    url = site.page("<button id=go>Search</button>")
    demo = record(parts, url, {"gesture": "click", "at": "#go"})
    site.page("<button id=go>Find</button>")
    (step,) = checking.check(parts, demo)["steps"]
    assert (step["replayable"], step["by"], step["selector"]) == (True, "css", "css=#go")
    assert step["renamed"] == "Find"
    assert "called ‘Find’ now" in checking.said(checking.check(parts, demo))


def test_a_withheld_value_elsewhere_is_not_made_up(parts, site):
    """On a page of the web it comes from the environment, or the step is not replayable."""
    url = site.page("<label>PIN <input type=password></label>")
    demo = record(parts, url, {"gesture": "type", "at": "input", "text": "hunter2"})
    (without,) = checking.check(parts, demo, {})["steps"]
    assert (without["replayable"], without["why"]) == (False, "its value was withheld")
    assert checking.check(parts, demo, {"SECRET_PIN": "hunter2"})["replayable"] == 1
    assert "hunter2" not in str(checking.replays(parts, demo))


def test_drags_frames_and_dialogs_are_replayed(parts, site):
    """A drop target, an element in a frame, and the page's own question."""
    url = site.page(
        """<div id=a draggable=true role=button aria-label=From
        ondragstart="event.dataTransfer.setData('text','x')">drag</div>
        <div id=b role=button aria-label=Onto ondragover="event.preventDefault()">onto</div>
        <iframe id=f srcdoc="<button>Inside</button>"></iframe><button onclick="confirm('Sure?')">Ask</button>"""
    )
    demo = record(
        parts,
        url,
        {"gesture": "drag", "at": "#a", "to": "#b"},
        {"gesture": "click", "at": "#f >>> button"},
        {"gesture": "click", "at": "text=Ask"},
        {"gesture": "dialog", "answer": True},
    )
    told = checking.check(parts, demo)
    assert [(step["action"].split()[0], step["replayable"]) for step in told["steps"]] == [
        ("drag", True), ("click", True), ("click", True), ("dialog", True),
    ]  # fmt: skip


def test_a_task_recorded_by_script_is_checked_at_once(parts, tmp_path):
    """`record` on a practice task replays it afterwards; a page of the web is only checked on request."""
    script = tmp_path / "script.json"
    script.write_text('[{"gesture": "click", "at": "#subbtn"}]')
    said = []
    told = recording.record(parts, Request("miniwob:login-user", script=script), said.append)
    assert [one["replayable"] for one in checking.replays(parts, told["episode"]["id"]).values()] == [True]
    assert said[-1] == "Replay check: 1 of 1 steps can be done again."


def test_a_run_is_not_checked(parts):
    """Only what a person did is replayed."""
    with pytest.raises(StoreError, match="no finished demonstration"):
        checking.check(parts, add_failed_run(parts))
