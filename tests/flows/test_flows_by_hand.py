"""A run in which a person plays a policy on the page itself, through the live view's own socket."""

from __future__ import annotations

import json
import threading
import time

import pytest

from agent.errors import RunError
from browser.player import Player
from browser.script import parse_script
from flows.run import by_hand, runs
from server.scripted import served
from traces.reader import EpisodeReader

pytestmark = pytest.mark.browser
PATIENCE_S = 60.0


class Person(threading.Thread):
    """Waits to be asked, plays gestures, and gives the page back; what went wrong is in `error`."""

    def __init__(self, parts, *plays, stop):
        super().__init__(daemon=True)
        self.parts, self.plays, self.asked, self.error, self.stop = parts, plays, [], None, stop

    def run(self):
        try:
            with served(self.parts.live) as address:
                for gestures, outcome, answer in self.plays:
                    asked = self._asked()
                    self.asked.append(asked)
                    with Player(address(asked.recording)) as player:
                        player.play(parse_script(gestures))
                        player.leave()
                    if outcome is None:
                        self.stop.set()
                    else:
                        self.parts.lending.give_back(asked.recording, outcome, answer)
        except Exception as error:
            self.error = error
            self.stop.set()

    def _asked(self):
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            asked = self.parts.lending.asked
            if asked is not None and asked not in self.asked:
                return asked
            time.sleep(0.02)  # between two looks: lending tells nobody
        raise AssertionError("nobody was asked")


def play(parts, tmp_path, env, model, *plays, script=(), stop=None):
    if script:
        path = tmp_path / "rest.json"
        path.write_text(json.dumps(script), encoding="utf-8")
        model = f"{model}+scripted:{path}"
    stop = stop or threading.Event()
    person = Person(parts, *plays, stop=stop)
    person.start()
    planned = runs.plan(parts, envs=[env], seeds="7:8", model=model, prompt_set="none", workers=1)
    result = runs.execute(planned, lambda update: None, stop.is_set)
    person.join(PATIENCE_S)
    assert person.error is None
    return result, person


def test_a_person_plays_the_whole_of_a_task(parts, tmp_path):
    """Their gestures become the episode's actions, each with the page it was done on; the page itself judges."""
    gestures = [{"gesture": "click", "at": "#subbtn"}]
    result, person = play(parts, tmp_path, "miniwob:click-test", "human:planner", (gestures, "done", None))
    (episode,) = result["episodes"]
    assert result["tasks"][0]["ok"] == 1
    assert person.asked[0].policy == "planner"
    with parts.episode(episode) as reader:
        assert isinstance(reader, EpisodeReader)
        steps = reader.steps()
        assert reader.episode.end_reason == "environment"
        assert reader.episode.actor == "agent"
        acted = [step for step in steps if step.action.startswith("click")]
        assert len(acted) == 1
        assert acted[0].target is not None
        assert "button 'Click Me!'" in reader.observation(acted[0].observation_before).text
        assert all(step.picture_before for step in steps)
    assert parts.lending.asked is None


def test_a_person_plays_one_policy_and_a_model_the_rest(parts, tmp_path):
    """The model calls it and goes on with the same page after the person has given it back."""
    gestures = [{"gesture": "fill", "at": "#tt", "text": "typed by hand"}]
    script = ["fill_text [Text] [something]", "click [2]", "stop"]
    result, person = play(
        parts, tmp_path, "miniwob:enter-text", "human:fill_text", (gestures, "done", "typed"), script=script
    )
    assert person.asked[0].objective == "fill_text [Text] [something]"
    with parts.episode(result["episodes"][0]) as reader:
        said = [(step.kind, step.action.split(" ")[0]) for step in reader.steps()]
        typed = next(step for step in reader.steps() if step.action.startswith("type"))
        assert "typed by hand" in typed.action
        assert "value='typed by hand'" in reader.observation(typed.observation_after).text
        assert max(frame.depth for frame in reader.frames()) == 2
        assert next(frame for frame in reader.frames() if frame.depth == 2).returned == "typed"
    assert said[0] == ("push", "fill_text")
    assert ("pop", "stop") in said
    assert said[-1][1] in ("click", "stop")
    assert not any(kind == "invalid" for kind, _ in said if kind == "act")


def test_a_stopped_run_takes_the_page_back(parts, tmp_path):
    """What was done stays in the episode, which is stopped and can be gone on with."""
    gestures = [{"gesture": "click", "at": "#tt"}]
    stop = threading.Event()
    result, _ = play(parts, tmp_path, "miniwob:enter-text", "human:planner", (gestures, None, None), stop=stop)
    assert result["stopped"]
    assert result["episodes"] == []
    assert parts.lending.asked is None
    assert parts.live.recordings() == ()


def test_a_person_is_not_asked_on_the_command_line(parts):
    """There is no screen to show the page on."""
    planned = runs.plan(
        parts, envs=["miniwob:click-test"], seeds="1", model="human:planner", prompt_set="none", workers=1
    )
    with pytest.raises(RunError, match="Run screen"):
        by_hand.refuse_outside(planned.plan)
