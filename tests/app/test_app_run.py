"""The Run screen's report and practice, and the Experiments screen: what was found, in figures and words."""

from __future__ import annotations

import pytest

from flows.experiment import experiments
from flows.experiment.result import Asked
from flows.label import labels
from flows.prompt import prompts
from flows.run import practising
from labeling.prompts.model import PromptConfig
from labeling.splits import SPLITS
from tests.app.reading import as_read
from tests.flows.test_flows_practising import Stage
from tests.flows.test_flows_run_report import add_compared_run
from tests.workspaces import add_demonstration

TASKS = ("miniwob:login-user", "miniwob:enter-text")


@pytest.fixture(name="taught")
def taught_fixture(parts):
    for task in TASKS:
        for seed, name in enumerate(("ana", "ben")):
            labels.accept(parts, add_demonstration(parts, f"{task[8:]}-{seed}", name, task=task, seed=seed), "me")
    prompts.build(parts, config=PromptConfig(splits=SPLITS))
    return parts


def texts(page):
    return " ".join(one.value for one in (*page.caption, *page.markdown))


def test_a_run_begins_with_what_the_set_was_made_from(open_page, taught):
    """A link names the prompt set; its tasks are chosen, not some others."""
    first = prompts.build(taught, tasks=[TASKS[1]], config=PromptConfig(splits=SPLITS))
    prompts.build(taught, tasks=[TASKS[0]], config=PromptConfig(splits=SPLITS))
    page = open_page("run", set=first.id)
    assert not page.exception
    assert page.multiselect(key="run_tasks").value == [TASKS[1]]
    assert page.multiselect(key="run_sets").value == [first.id]


def test_a_run_is_reported_by_task_and_arm(open_page, taught):
    """A number for each arm, how far they are apart, and a figure; nothing of it needs the run to be complete."""
    add_compared_run(taught)
    page = open_page("run")
    assert not page.exception
    assert [(as_read(one.label), one.value) for one in page.metric] == [
        ("scripted:good", "3 of 4"), ("scripted:bad · ps-1", "0 of 3"),
    ]  # fmt: skip
    assert "could be chance" in texts(page)
    assert len(page.get("plotly_chart")) == 1


def test_failures_lead_to_replay(open_page, taught):
    """Kinds of failure, the most frequent first, each with buttons of its episodes."""
    add_compared_run(taught)
    page = open_page("run")
    page = page.button_group(key="report_view").set_value("Failures").run()
    assert not page.exception
    assert "last invalid click **1**" in texts(page)
    assert sum(str(one.key).startswith("failure_0_") for one in page.button) == 3
    page = page.button_group(key="report_view").set_value("Table").run()
    assert "Played untimed." in texts(page)
    page = page.button_group(key="report_view").set_value("Course").run()
    assert len(page.get("plotly_chart")) == 1


def test_an_experiment_is_shown_with_its_answer(open_page, taught):
    """One sentence, n, a figure and the table; before it was run, what it would count."""
    page = open_page("experiments")
    assert "Not run yet" in texts(page)
    told = experiments.run(taught, Asked("planner", policy_set="web", shown=1), lambda _: None)
    page = page.run()
    page = page.button_group(key="experiment").set_value("planner").run()
    assert not page.exception
    assert told["answer"] in texts(page)
    assert f"n = {told['n']}" in texts(page)
    assert len(page.get("plotly_chart")) == 1


def test_the_course_of_a_practice_is_shown(open_page, taught):
    """Success by episodes played, and what runs call what was learned; without tasks nothing is started."""
    page = open_page("run")
    assert "Nothing was practised yet" in texts(page)
    page = next(one for one in page.button if one.label == "Practise").click().run()
    assert "at least one task" in page.warning[0].value
    asked = practising.Asked(TASKS, episodes=10)
    log = practising.practise(taught, asked, lambda _: None, stage=Stage())
    page = open_page("run")
    assert not page.exception
    assert f"`{log['model']}`" in texts(page)
    assert len(page.get("plotly_chart")) == 1
    assert log["model"] in page.multiselect(key="run_models").options
