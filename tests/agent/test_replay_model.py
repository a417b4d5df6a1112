"""A recorded run is said again decision by decision, and stops where the page is not the recorded one."""

from __future__ import annotations

import pytest

from agent.errors import ModelError
from agent.fakes import MemoryLog, ScriptedEnvironment
from agent.limits import Limits
from agent.loop import run_episode
from agent.models.replay import ReplayModel, decisions
from agent.models.scripted import ScriptedModel
from policies.library import load_set
from traces.model import Episode
from traces.reader import EpisodeReader
from traces.writer import EpisodeWriter

CORE = load_set("core")
EMPTY, FULL = "[1] textbox 'City' value=''\n[2] button 'Go'", "[1] textbox 'City' value='Rome'\n[2] button 'Go'"
SCRIPT = ["fill_text [City] [Rome]", "click [9]", "type [1] [Rome]", "stop [in]", "stop [done]"]


def environment(first=EMPTY, objective="do it"):
    return ScriptedEnvironment(
        first,
        lambda action, text: text.replace("value=''", "value='Rome'") if action.name == "type" else text,
        objective,
        lambda text, answer: text == FULL and answer == "done",
    )


@pytest.fixture
def reader(tmp_path):
    with EpisodeWriter.create(tmp_path, Episode(id="run-1", actor="agent", objective="")) as writer:
        run_episode(environment(), ScriptedModel(SCRIPT), CORE, writer)
        writer.seal()
    with EpisodeReader(tmp_path / "run-1.episode") as made:
        yield made


def again(reader, page):
    model, log = ReplayModel("replay:run-1", decisions(reader)), MemoryLog()
    return run_episode(page, model, CORE, log, Limits()), log, model


def test_every_decision_is_made_again(reader):
    """Calls, refusals, actions, returns and reasons; then once more, for it begins anew in every episode."""
    made, log, model = again(reader, environment())
    assert (made.status, made.answer) == ("success", "done")
    assert [(step.kind, step.action) for step in log.steps] == [(step.kind, step.action) for step in reader.steps()]
    assert [step.reason for step in log.steps] == [step.reason for step in reader.steps()]
    assert run_episode(environment(), model, CORE, MemoryLog()).status == "success"


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (environment(EMPTY.replace("City", "Town")), "Decision 1 of 5 .* line 1 of the page was .*City.*Town"),
        (environment(EMPTY + "\n[3] link 'More'"), r"line 3 of the page was '\(no such line\)'"),
        (environment(objective="do something else"), "the objective was 'do it', and is 'do something else'"),
    ],
)
def test_where_it_is_different_it_stops(reader, page, said):
    """The first line that is another is named, as recorded and as it is, and nothing more is done."""
    made, log, _ = again(reader, page)
    assert made.status == "error"
    assert log.steps == []
    with pytest.raises(ModelError, match=said):
        raise ModelError(made.end_reason)


def test_a_difference_in_the_middle_keeps_what_was_done(reader):
    """A page that does something else from the third decision on stops the fourth."""
    page = environment()
    page._page = lambda action, text: text.replace("value=''", "value='R'") if action.name == "type" else text
    made, log, _ = again(reader, page)
    assert made.end_reason.startswith("model: Decision 4 of 5")
    assert [step.kind for step in log.steps] == ["push", "invalid", "act"]


def test_a_demonstration_has_nothing_to_say_again(tmp_path):
    """It is refused with what to do instead."""
    with EpisodeWriter.create(tmp_path, Episode(id="d1", actor="human", objective="")) as writer:
        writer.seal()
    with EpisodeReader(tmp_path / "d1.episode") as made, pytest.raises(ModelError, match="replay check"):
        decisions(made)
