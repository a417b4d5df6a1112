"""Teach from here: back to a step of a failed run, shown how it is done, learned, and tried again on the same seed."""

from __future__ import annotations

import json
import re

import pytest

from browser.script import parse_script
from flows import labels, prompts, runs, taught, teaching
from flows.progress import silent
from flows.recording import Request, record_gestures
from labeling.prompts.model import PromptConfig
from labeling.splits import SPLITS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def run(parts, tmp_path, env, model, seed=3, prompt_set="none"):
    if isinstance(model, list):
        path = tmp_path / "model.json"
        path.write_text(json.dumps(model), encoding="utf-8")
        model = f"scripted:{path}"
    planned = runs.plan(parts, envs=[env], seeds=str(seed), model=model, prompt_set=prompt_set, workers=1)
    return runs.execute(planned, silent)["episodes"][0]


def steps_of(parts, episode):
    with parts.episode(episode) as reader:
        return reader.episode, reader.steps()


def wanted(episode):
    return re.search(r'"([^"]*)"', episode.objective)[1]


def script(tmp_path, *gestures):
    path = tmp_path / "script.json"
    path.write_text(json.dumps(list(gestures)), encoding="utf-8")
    return path


WRONG = ["fill_text [Text] [something]", "click [1]", "type [1] [wrong] [0]", "stop", "click [2]", "stop"]


def test_a_person_shows_it_in_the_middle_of_a_run(parts, tmp_path):
    """The page is as the run had it at that step, its open calls are marked, and the link is read both ways."""
    failed = run(parts, tmp_path, "miniwob:enter-text", WRONG)
    episode, steps = steps_of(parts, failed)
    assert episode.status == "failed"
    at = next(step for step in steps if step.action.startswith("type"))
    gestures = script(
        tmp_path, {"gesture": "fill", "at": "#tt", "text": wanted(episode)}, {"gesture": "click", "at": "#subbtn"}
    )
    told = teaching.teach(parts, teaching.Asked(failed, at.uid, gestures), silent)
    assert told["differences"] == []
    assert told["teaches"]["policy"] == "fill_text"
    assert told["teaches"]["done"] == 1
    demo = told["record"]["episode"]["id"]
    assert told["record"]["episode"]["status"] == "success"
    with parts.episode(demo) as reader, parts.episode(failed) as before:
        first = reader.steps()[0]
        assert reader.episode.objective == episode.objective
        assert reader.episode.seed == episode.seed
        assert reader.observation(first.observation_before).text == before.observation(at.observation_before).text
    assert [frame.objective for frame in parts.frames(demo)][1] == "fill_text [Text] [something]"
    assert taught.of(parts, demo).step == at.uid
    assert [row["id"] for row, _ in taught.by(parts, failed)] == [demo]


def test_what_was_shown_is_learned_and_the_same_seed_succeeds(parts, tmp_path):
    """demos was never taught the task and fails; taught at its first step, the new prompt set makes it succeed."""
    asked = Request("miniwob:click-test", seed=1)
    shown = record_gestures(parts, asked, parse_script([{"gesture": "click", "at": "#subbtn"}])).ended.episode.id
    labels.accept(parts, shown, "me")
    old = prompts.build(parts, config=PromptConfig(splits=SPLITS))
    failed = run(parts, tmp_path, "miniwob:enter-text", "demos", prompt_set=old.id)
    episode, steps = steps_of(parts, failed)
    assert episode.status != "success"
    gestures = script(
        tmp_path, {"gesture": "fill", "at": "#tt", "text": wanted(episode)}, {"gesture": "click", "at": "#subbtn"}
    )
    told = teaching.teach(parts, teaching.Asked(failed, steps[0].uid, gestures, again=True), silent)
    made = parts.labels.prompt_set(told["prompt_set"])
    assert made.parent == old.id
    assert {one.id for one in old.examples} < {one.id for one in made.examples}
    again = told["again"]
    assert (again["before"], again["status"]) == (episode.status, "success")
    assert again["compare"] == f"/compare?a={failed}&b={again['episode']}"
    (stands,) = teaching.standing(parts, failed)
    assert stands.decided
    assert stands.prompt_sets == (made.id,)
    assert [row["id"] for row in stands.tries] == [again["episode"]]
