"""Experiments on a small workspace: held-out turns, and arms through the real runner on a page in memory."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from agent.errors import RunError
from flows import experiments, labels, prompts, runs
from flows.experiment_material import material, prompt_set
from flows.experiment_result import Asked
from flows.experiment_turns import held_out
from labeling.errors import NothingAccepted
from labeling.prompts.model import PromptConfig
from labeling.splits import SPLITS
from tests.workspaces import add_demonstration

ONE, OTHER = "miniwob:login-user", "miniwob:enter-text"
SHOWN = ("ana", "ben", "eva")


@pytest.fixture(name="taught")
def taught_fixture(parts):
    """Three accepted demonstrations of each of two tasks."""
    for task in (ONE, OTHER):
        for seed, name in enumerate(SHOWN):
            labels.accept(parts, add_demonstration(parts, f"{task[8:]}-{seed}", name, task=task, seed=seed), "me")
    return parts


@pytest.fixture(name="in_memory")
def in_memory_fixture(monkeypatch):
    """Runs are played on the page in memory."""
    plan = runs.plan
    monkeypatch.setattr(
        "flows.runs.plan",
        lambda *given, **asked: replace(plan(*given, **asked), factory="tests.flows.experiment_bench:Bench"),
    )


def asked(name, **changes):
    return Asked(**{"name": name, "policy_set": "web", "seeds": "5000:5002", "shown": 2, "workers": 1, **changes})


def run(parts, name, stop=lambda: False, **changes):
    lines = []
    return experiments.run(parts, asked(name, **changes), lines.append, stop), lines


def test_the_planner_is_asked_what_it_was_not_taught(taught):
    """Every turn of the third demonstration of each task; the whole sequence counts once a demonstration."""
    told, lines = run(taught, "planner")
    rows = {(row["of"], row["arm"]): row for row in told["rows"]}
    whole = rows["all", "from first to last"]
    assert whole["n"] == 2
    assert told["n"] == rows["all", "next call or action"]["n"] > whole["n"]
    assert rows["all", "with its arguments"]["ok"] <= rows["all", "next call or action"]["ok"]
    assert {of for of, _ in rows} == {"all", ONE, OTHER}
    assert lines[-1].done == lines[-1].total == told["n"]
    assert f"{whole['ok']}" in told["answer"]


def test_a_policy_is_asked_in_its_own_calls(taught):
    """By policy, each action and each call from first to last."""
    told, _ = run(taught, "policy")
    rows = {(row["of"], row["arm"]): row for row in told["rows"]}
    assert rows["fill_text", "from first to last"]["n"] == 4
    assert rows["fill_text", "from first to last"]["value"] == 1.0
    assert all(row["low"] <= row["value"] <= row["high"] for row in told["rows"])


def test_a_stopped_experiment_keeps_no_result(taught):
    """What was asked until then is told, and nothing takes the place of an earlier result."""
    whole, _ = run(taught, "planner")
    told, _ = run(taught, "planner", stop=lambda: True)
    assert (told["stopped"], told["n"]) == (True, 0)
    assert experiments.kept(taught)["planner"] == whole


def test_what_is_held_out_is_not_taught(taught):
    """The first demonstrations teach, the others are asked, and none does both."""
    have = material(taught, (), 6)
    known, rest = held_out(have, 2)
    assert {one.tree.episode for one in known}.isdisjoint(one.tree.episode for one in rest)
    assert (len(known), len(rest)) == (4, 2)
    assert [len(part) for part in held_out(have, 99)] == [4, 2]
    made = prompt_set(taught, have.source, known, "web")
    assert {one.episode for one in made.examples} == {one.tree.episode for one in known}


def test_sets_of_experiments_are_nobodys_latest(taught):
    """They are found by their id only; what the person built stays the newest."""
    own = prompts.build(taught, config=PromptConfig(splits=SPLITS))
    have = material(taught, (), 6)
    arm = prompt_set(taught, have.source, have.first(1), "web")
    assert taught.labels.prompt_set("latest").id == own.id
    assert [one.id for one in taught.labels.prompt_sets()] == [own.id]
    assert taught.labels.prompt_set(arm.id) == arm
    assert taught.labels.label_set("latest").id in own.label_sets
    assert len(taught.labels.label_sets()) == 1


@pytest.mark.usefixtures("in_memory")
def test_the_stack_is_compared_with_none(taught):
    """Five arms on the same tasks and seeds, each against the first, and the result is kept and read again."""
    told, _ = run(taught, "structure", tasks=(ONE, OTHER))
    rows = {(row["of"], row["arm"]): row for row in told["rows"]}
    assert [row["arm"] for row in told["rows"][:5]] == [
        "the stack, 2 shown", "one flat policy, 2 shown", "the stack as HeaP, 2 shown", "the stack, 1 shown",
        "one flat policy, 1 shown",
    ]  # fmt: skip
    assert told["n"] == 20
    assert rows["all", "the stack, 2 shown"]["ok"] == 4
    assert rows["all", "one flat policy, 2 shown"]["notes"].startswith("0.0 calls")
    assert [one["against"] for one in told["pairs"]] == [row["arm"] for row in told["rows"][1:5]]
    assert all(one["n"] == 4 for one in told["pairs"])
    assert experiments.kept(taught) == {"structure": told}
    again, _ = run(taught, "structure", tasks=(ONE, OTHER))
    assert (again["rows"], again["runs"]) == (told["rows"], told["runs"])
    assert len(list(taught.workspace.episodes_dir.glob("run-*.episode"))) == 20


@pytest.mark.usefixtures("in_memory")
def test_policies_are_taught_by_other_tasks_only(taught):
    """For each policy that two tasks call: a task played with its own demonstrations, and with the others'."""
    told, _ = run(taught, "transfer", seeds="5000")
    arms = {row["arm"] for row in told["rows"]}
    policies = {row["of"] for row in told["rows"]}
    assert arms == {"its own", "other tasks"}
    assert {"fill_form", "fill_text"} <= policies
    assert all(row["n"] == 2 for row in told["rows"])
    assert "of" in told["answer"]


@pytest.mark.usefixtures("in_memory")
def test_depth_stands_beside_the_length_of_a_task(taught):
    """By task: how many steps people took, how deep the stack went."""
    told, _ = run(taught, "depth", seeds="5000")
    assert [(row["of"], row["notes"]) for row in told["rows"]] == [
        (OTHER, "people took 4.0 steps"), (ONE, "people took 4.0 steps"),
    ]  # fmt: skip
    assert {row["arm"] for row in told["rows"]} == {"depth 3"}
    assert told["terms"] == ["untimed"]


def test_results_are_written_as_markdown_or_json(taught, tmp_path):
    """A file that is there is not overwritten."""
    told, _ = run(taught, "planner")
    experiments.write(told, tmp_path / "a.md")
    experiments.write(told, tmp_path / "a.json")
    text = (tmp_path / "a.md").read_text(encoding="utf-8")
    assert text == experiments.markdown(told)
    assert f"(n = {told['n']})" in text
    assert "Played" not in text
    assert experiments.markdown({**told, "terms": ("untimed",)}).splitlines()[-1].startswith("Counted are ")
    assert " Played untimed." in experiments.markdown({**told, "terms": ("untimed",)})
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == told
    with pytest.raises(RunError, match="could not be written"):
        experiments.write(told, tmp_path / "a.md")


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("nothing", {}, "no experiment 'nothing'"),
        ("planner", {"tasks": ("miniwob:choose-date",)}, "no accepted demonstration of miniwob:choose-date"),
        ("transfer", {"tasks": (ONE,)}, "nothing can be transferred"),
    ],
)
def test_what_cannot_be_asked_is_refused(taught, name, changes, said):
    """Before anything is run."""
    with pytest.raises(RunError, match=said):
        run(taught, name, **changes)


def test_one_demonstration_cannot_be_held_out(parts):
    """It would be taught and asked."""
    labels.accept(parts, add_demonstration(parts, task=ONE, seed=0), "me")
    with pytest.raises(RunError, match="none can be held out"):
        run(parts, "planner")


def test_without_labels_there_is_nothing_to_ask(parts):
    """The message says what to do."""
    with pytest.raises(NothingAccepted):
        run(parts, "planner")
