"""What a run's report says of real episode files: counts, intervals, failures, arms in pairs."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from agent.errors import RunError
from agent.fakes import ScriptedEnvironment
from agent.limits import Limits
from agent.loop import run_episode
from agent.models.scripted import ScriptedModel
from agent.plan import Arm, RunPlan, new_episode
from flows.run import run_report, run_rows
from policies.library import load_set
from store.errors import NotFound
from traces.environment import EnvironmentStart
from traces.writer import EpisodeWriter

GOOD, BAD = Arm("scripted:good", "web"), Arm("scripted:bad", "web", "ps-1")
PAGE = "[3] textbox 'Username'\n[5] button 'Send'"
REPLIES = {
    GOOD: ["fill_text [Username] [ana]", "type [3] [ana] [0]", "stop", "stop [done]"],
    BAD: ["fill_text [Username] [ana]", "click [77]", "click [77]", "stop", "stop [done]"],
}


class Untimed(ScriptedEnvironment):
    """A page whose task says by what terms it is played."""

    def reset(self, seed: int) -> EnvironmentStart:
        """Begin."""
        return replace(super().reset(seed), terms=("untimed",))


def add_compared_run(parts):
    """A run of two arms, four seeds each, of which the last of the bad one is missing."""
    plan = RunPlan(("desk:sign-up",), (0, 1, 2, 3), (GOOD, BAD), limits=Limits(steps=20), id="run-both")
    run_rows.remember(parts, plan, "stopped")
    for job in plan.jobs()[:-1]:
        right = job.arm == GOOD and job.seed != 2
        page = Untimed(PAGE, judge=lambda text, answer, right=right: right, name="desk:sign-up")
        with EpisodeWriter.create(
            parts.workspace.episodes_dir, new_episode(job, parts.workspace.episodes_dir, plan.id)
        ) as log:
            run_episode(page, ScriptedModel(REPLIES[job.arm]), load_set("web"), log, job.limits, job.seed)
            log.seal()
    return plan


@pytest.fixture(name="compared")
def compared_fixture(parts):
    """That run in a workspace."""
    add_compared_run(parts)
    return parts


def test_every_arm_has_its_row_of_every_task(compared):
    """Success with its interval, the deepest stack, calls of policies and questions to the model."""
    told = run_report.report(compared, "run-both")
    assert (told["planned"], told["finished"], told["status"]) == (8, 7, "stopped")
    good, bad = told["tasks"]
    assert (good["arm"], good["ok"], good["n"]) == ("scripted:good", 3, 4)
    assert (bad["arm"], bad["ok"], bad["n"]) == ("scripted:bad · ps-1", 0, 3)
    assert 0 < good["low"] < 0.75 < good["high"] < 1
    assert (good["depth"], good["calls"], good["asked"], good["steps"]) == (2, 1, 4, 4)
    assert good["decide_ms"] >= 0
    assert json.loads(json.dumps(told)) == told
    assert told["terms"] == ["untimed"]
    assert "Played untimed." in run_report.markdown(told)
    assert "Played" not in run_report.markdown({**told, "terms": []})


def test_failures_are_grouped_by_how_they_failed(compared):
    """By end reason, policy on top and what was refused last; the most frequent first, with their episodes."""
    first, second = run_report.report(compared, "run-both")["failures"]
    assert (first["n"], first["end"], first["action"]) == (3, "stop", "invalid click")
    assert first["policy"] == load_set("web").planner.name
    assert first["arms"] == {"scripted:bad · ps-1": 3}
    assert (second["n"], second["action"]) == (1, "stop")
    assert {compared.episodes.open(one).episode.seed for one in first["episodes"]} == {0, 1, 2}


def test_arms_are_compared_on_what_both_have_finished(compared):
    """Three pairs, two of which only one arm got right."""
    (apart,) = run_report.report(compared, "run-both")["differences"]
    assert (apart["arm"], apart["against"]) == ("scripted:good", "scripted:bad · ps-1")
    assert (apart["n"], apart["better"], apart["worse"], apart["p"]) == (3, 2, 0, 0.5)
    assert apart["difference"] == pytest.approx(2 / 3)


def test_the_markdown_says_the_same(compared, tmp_path):
    """Every row is a line; costs that nobody knows are unknown; a file that is there is not overwritten."""
    told = run_report.report(compared, run_report.named(compared, "latest"))
    text = run_report.markdown(told)
    assert "| desk:sign-up | scripted:good | 3/4 |" in text
    assert "| errors | reward | partial |" in text
    assert run_report.markdown({**told, "overall": [{**told["overall"][0], "partial": 77}]}).count("| 77 |") == 1
    assert "7 of 8 episodes" in text
    assert "| 3 | stop |" in text
    assert "| $0 |" in text
    unpriced = {**told, "overall": [{**row, "cost": None} for row in told["overall"]]}
    assert "| unknown |" in run_report.markdown(unpriced)
    run_report.write(told, tmp_path / "r.md")
    assert (tmp_path / "r.md").read_text(encoding="utf-8") == text
    with pytest.raises(RunError, match="could not be written"):
        run_report.write(told, tmp_path / "r.md")


def test_a_run_that_is_not_there_is_said(parts):
    """Also the latest of none."""
    with pytest.raises(NotFound, match="run"):
        run_report.report(parts, run_report.named(parts, "latest"))
