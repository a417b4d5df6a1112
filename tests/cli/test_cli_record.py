"""`record --script` as a process, in a real browser: what it prints, and what it could not record."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture(name="record")
def record_fixture(process, tmp_path):
    def record(url, gestures, *options):
        script = tmp_path / "script.json"
        script.write_text(json.dumps(gestures))
        return process("record", url, "--script", script, "--json", *options)

    return record


def test_a_played_script_is_an_episode_of_the_workspace(record, run, parts):
    """Stdout is the documented JSON, the steps name their targets, and the episode can be shown and labelled."""
    gestures = [
        {"gesture": "type", "at": "#username", "text": "somebody"},
        {"gesture": "type", "at": "#password", "text": "hunter2"},
        {"gesture": "click", "at": "#subbtn"},
    ]
    told = record("miniwob:login-user", gestures, "--seed", "3")
    assert told.code == 0
    answer = told.json
    assert list(answer) == ["episode", "steps", "not_recorded", "withheld", "marks"]
    steps = answer["steps"]
    assert [step["action"].split()[0] for step in steps] == ["type", "type", "click"]
    assert [step["target"]["name"] for step in steps] == ["Username", "Password", "Login"]
    assert {"uid", "seq", "observation_before", "observation_after", "late", "exact", "stale"} <= steps[0].keys()
    assert sum(answer["withheld"].values()) >= 1
    shown = run("episode", "show", answer["episode"]["id"], "--json").json
    assert [step["uid"] for step in shown["steps"]] == [step["uid"] for step in steps]
    assert "hunter2" not in told.out + json.dumps(run("episode", "dump", answer["episode"]["id"], "--json").json)
    assert run("label", answer["episode"]["id"], "--json").json["labelled"][0]["segments"] != []


def test_a_gesture_that_finds_nothing_makes_it_three(record):
    """The script goes on; what was not found is said."""
    gestures = [{"gesture": "click", "at": "#nosuch"}, {"gesture": "click", "at": "#subbtn"}]
    told = record("miniwob:login-user", gestures)
    assert told.code == 3
    assert len(told.json["steps"]) == 1
    assert "#nosuch" in told.json["not_recorded"][0]


def test_an_address_nobody_answers_is_seven(record, parts):
    """The message names the trouble, and nothing is left behind."""
    told = record("http://127.0.0.1:9/", [], "--objective", "x")
    assert told.code == 7
    assert "could not be loaded" in told.error["what"]
    assert list(parts.workspace.episodes_dir.iterdir()) == []
