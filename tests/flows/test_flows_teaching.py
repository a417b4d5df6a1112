"""Teach from here: back to a step of a failed run, shown how it is done, learned, and tried again on the same seed."""

from __future__ import annotations

import json
import re

import pytest

from browser.errors import BrowserError, EnvironmentFailed
from browser.script import parse_script
from flows.label import labels
from flows.progress import Stopped, never, silent
from flows.prompt import prompts
from flows.record import taught
from flows.record.recording import LiveTasks, Request, record_gestures
from flows.run import runs
from flows.teach import how_far, rehearsing, teaching
from labeling.prompts.model import PromptConfig
from labeling.splits import SPLITS
from practice.airline.script import answer_for, script_for
from store.errors import NotFound, StoreError
from tests.browser_recorder.conftest import Site
from tests.workspaces import add_demonstration, add_failed_run

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
    (stands,) = how_far.standing(parts, failed)
    assert stands.decided
    assert stands.prompt_sets == (made.id,)
    assert [row["id"] for row in stands.tries] == [again["episode"]]


PAGE = "<h1>{}</h1><button onclick=\"document.body.append('opened')\">Open</button><button>Close</button>"


@pytest.fixture(name="site")
def site_fixture():
    made = Site()
    yield made
    made.close()


def run_on(parts, tmp_path, site, *actions):
    """A run of three clicks on a page of the web, and its steps."""
    failed = run(parts, tmp_path, f"url:{site.page(PAGE.format('Old'))}", list(actions))
    return failed, steps_of(parts, failed)[1]


class Decides:
    """Says what is to be done at each difference, and remembers them."""

    def __init__(self, *decisions):
        self.left, self.met = list(decisions), []

    def __call__(self, found):
        self.met.append(found)
        return self.left.pop(0)


def rehearsed(parts, failed, uid, decide):
    ready = rehearsing.rehearse(parts, rehearsing.lesson(parts, failed, uid), decide, silent, never)
    seen = parts.session.run(ready.page.tabs.observer.observe(), 30).observation
    parts.session.run(ready.page.close(), 30)
    ready.task.close()
    return ready, seen


def test_an_address_whose_page_comes_again_is_taught(parts, tmp_path, site):
    """No seed and no evaluator: what the run clicked is clicked again, and the page is as it was."""
    failed, steps = run_on(parts, tmp_path, site, "click [2]", "click [3]", "stop")
    ready, seen = rehearsed(parts, failed, steps[2].uid, Decides())
    assert ready.done == 2
    assert ready.step.uid == steps[2].uid
    assert "opened" in seen.text


def test_what_was_discarded_is_forgotten(parts, tmp_path, site):
    """While it was recorded it stood at the run; nothing of it is left there, nor among the episodes."""
    failed, steps = run_on(parts, tmp_path, site, "click [2]", "stop")
    tasks = LiveTasks(parts)
    try:
        lesson = (failed, steps[1].uid)
        recording = teaching.begin(parts, tasks, lesson, "me", "me", Decides(), silent)
        (stands,) = how_far.standing(parts, failed)
        assert (stands.row["id"], stands.row["status"], stands.unfit) == (recording, "running", "")
        tasks.discard(recording, "me")
    finally:
        tasks.close()
    assert how_far.standing(parts, failed) == ()
    assert [row["id"] for row in parts.episodes.catalogue.search().rows] == [failed]


@pytest.mark.sampled
@pytest.mark.parametrize(
    ("decisions", "done", "met"), [(("on", "on"), 1, 2), (("here",), 0, 1), (("on", "back", "on"), 0, 3)]
)
def test_a_page_that_differs_is_shown_and_a_person_decides(parts, tmp_path, site, decisions, done, met):
    """Go on all the same, record on the page as it is, or stop one page earlier: what was decided is kept."""
    failed, steps = run_on(parts, tmp_path, site, "click [2]", "stop")
    site.page(PAGE.format("New"))
    decide = Decides(*decisions)
    ready, seen = rehearsed(parts, failed, steps[1].uid, decide)
    assert (ready.done, len(decide.met)) == (done, met)
    first = decide.met[0]
    assert (first.seq, first.can_go_back, first.why) == (0, False, "")
    assert "- heading 'Old' level='1'" in first.lines
    assert "+ heading 'New' level='1'" in first.lines
    assert first.then.picture
    assert first.now.picture
    assert ("opened" in seen.text) == (decisions == ("on", "on"))
    assert len(teaching.link_of(ready).differed) == met


@pytest.mark.parametrize(("differing", "done", "opened"), [("on", 1, True), ("here", 0, False)])
def test_on_the_command_line_a_page_that_differs_is_gone_on_with(parts, tmp_path, site, differing, done, opened):
    """What is shown begins where the choice says; where pages differed is kept."""
    failed, steps = run_on(parts, tmp_path, site, "click [2]", "stop")
    site.page(PAGE.format("New"))
    shown = script(tmp_path, {"gesture": "click", "at": "role=button[name='Close']"})
    told = teaching.teach(parts, teaching.Asked(failed, steps[1].uid, shown, differing=differing), silent)
    assert (told["teaches"]["done"], len(told["differences"])) == (done, 1 + done)
    (step,) = told["record"]["steps"]
    assert ("opened" in step["observation_before"]) is opened
    assert "heading 'New'" in step["observation_before"]


def test_going_back_stops_at_the_last_page_that_was_the_same(parts, tmp_path, site):
    """Only the page after the click differs: one page earlier it is recorded; on the first page there is no earlier."""
    failed, steps = run_on(parts, tmp_path, site, "click [2]", "stop")
    site.page(PAGE.format("Old").replace("'opened'", "'other'"))
    shown = script(tmp_path, {"gesture": "click", "at": "role=button[name='Close']"})
    told = teaching.teach(parts, teaching.Asked(failed, steps[1].uid, shown, differing="back"), silent)
    assert (told["teaches"]["step"], told["teaches"]["done"]) == (steps[0].uid, 0)
    assert "+ text 'other'" in told["differences"][0]["lines"]
    site.page(PAGE.format("New"))
    with pytest.raises(EnvironmentFailed, match="(?s)not as it was.*no earlier page"):
        teaching.teach(parts, teaching.Asked(failed, steps[1].uid, shown, differing="back"), silent)


def test_giving_up_leaves_nothing_behind(parts, tmp_path, site):
    """On the command line the first page that differs ends it, and says how it differs."""
    failed, steps = run_on(parts, tmp_path, site, "click [2]", "stop")
    site.page(PAGE.format("New"))
    with pytest.raises(Stopped):
        rehearsed(parts, failed, steps[1].uid, Decides("stop"))
    with pytest.raises(EnvironmentFailed, match="(?s)not as it was.*Old.*New.*--differing"):
        teaching.teach(parts, teaching.Asked(failed, steps[1].uid, script(tmp_path)), silent)
    assert [row["actor"] for row in parts.episodes.catalogue.search().rows] == ["agent"]
    assert taught.by(parts, failed) == ()


def test_at_the_airline_a_run_is_taught_in_the_middle(parts, tmp_path):
    """The site begins with the run's seed on another port, its links are followed again, and its records judge."""
    model = ["click [7]", "stop [nothing]"]
    failed = run(parts, tmp_path, "airline:find_booking", model, seed=2)
    episode, steps = steps_of(parts, failed)
    assert episode.status == "failed"
    gestures = script(tmp_path, *script_for(2, "find_booking"))
    asked = teaching.Asked(failed, steps[1].uid, gestures, answer=answer_for(2, "find_booking"))
    told = teaching.teach(parts, asked, silent)
    assert told["differences"] == []
    assert told["teaches"]["done"] == 1
    assert told["record"]["episode"]["status"] == "success"


def test_what_cannot_be_taught_says_so(parts):
    """A demonstration, and a step that is not there."""
    demonstration = add_demonstration(parts)
    with pytest.raises(StoreError, match="is a demonstration"):
        rehearsing.lesson(parts, demonstration, "u0")
    with pytest.raises(NotFound):
        rehearsing.lesson(parts, add_failed_run(parts), "nowhere")


def test_a_run_on_a_site_that_is_gone_says_so(parts):
    """Its task is none of ours and its page cannot be opened."""
    failed = add_failed_run(parts)
    with parts.episode(failed) as reader:
        uid = reader.steps()[1].uid
    with pytest.raises((BrowserError, StoreError)):
        rehearsing.rehearse(parts, rehearsing.lesson(parts, failed, uid), Decides(), silent, never)
