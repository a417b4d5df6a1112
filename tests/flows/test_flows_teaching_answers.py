"""Teach from here where only the answer was wrong: the person does nothing on the page and says the right one."""

from __future__ import annotations

import json

import pytest

from flows.progress import silent
from flows.run import runs
from flows.teach import teaching
from labeling.errors import NothingToLabel
from practice.airline.script import answer_for
from tests.browser_recorder.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(name="site")
def site_fixture():
    made = Site()
    yield made
    made.close()


def run(parts, tmp_path, env, actions, seed=3):
    model, nothing = tmp_path / "model.json", tmp_path / "script.json"
    model.write_text(json.dumps(actions), encoding="utf-8")
    nothing.write_text("[]", encoding="utf-8")
    planned = runs.plan(parts, envs=[env], seeds=str(seed), model=f"scripted:{model}", prompt_set="none", workers=1)
    failed = runs.execute(planned, silent)["episodes"][0]
    with parts.episode(failed) as reader:
        return failed, reader.steps()[-1], nothing


def test_a_wrong_answer_is_taught_by_the_answer_alone(parts, tmp_path, site):
    """What the person said is a note on the page the run answered on, and an example of stopping there with it."""
    page = site.page("<h1>Orders</h1><p>Order 7 is late.</p><button>Refresh</button>")
    failed, last, nothing = run(parts, tmp_path, f"url:{page}", ["click [3]", "stop [Order 5]"])
    assert last.action == "stop [Order 5]"
    asked = teaching.Asked(failed, last.uid, nothing, answer="Order 7", accept=True, held_out=True)
    told = teaching.teach(parts, asked, silent)
    assert [step["action"] for step in told["record"]["steps"]] == ["note [The answer is Order 7.]"]
    (example,) = parts.labels.prompt_set(told["prompt_set"]).examples
    assert (example.action, example.previous) == ("stop [Order 7]", ("click [3]",))
    assert "Order 7 is late." in example.observation


def test_without_an_answer_an_empty_script_teaches_nothing_and_says_so(parts, tmp_path, site):
    """Nothing was shown and nothing said: no prompt set comes of it."""
    failed, last, nothing = run(parts, tmp_path, f"url:{site.page('<h1>Orders</h1>')}", ["stop [none]"])
    with pytest.raises(NothingToLabel, match="no steps, so there is nothing to label"):
        teaching.teach(parts, teaching.Asked(failed, last.uid, nothing, accept=True), silent)
    assert parts.labels.prompt_sets() == ()


def test_at_the_airline_the_right_answer_is_judged_as_one(parts, tmp_path):
    """The run found the booking and answered wrongly; found again, the answer alone makes it a success."""
    found = ["click [8]", "type [12] [Kim] [1]", "stop [NW 1]"]
    failed, last, nothing = run(parts, tmp_path, "airline:find_booking", found, seed=5002)
    asked = teaching.Asked(failed, last.uid, nothing, answer=answer_for(5002, "find_booking"))
    told = teaching.teach(parts, asked, silent)
    assert (told["teaches"]["done"], told["record"]["episode"]["status"]) == (2, "success")
