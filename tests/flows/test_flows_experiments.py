"""Experiments on a small workspace: held-out turns, and arms through the real runner on a page in memory."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from agent.errors import RunError
from agent.model import Decision
from agent.models.making import make_model
from flows.experiment import experiments
from flows.experiment.material import material, prompt_set
from flows.experiment.playing import Arm
from flows.experiment.result import Asked
from flows.experiment.showing import distinct, shown_otherwise
from flows.experiment.transfer import ALONE, ARMS, OWN, POLICY, arms_for
from flows.experiment.turns import held_out
from flows.label import labels
from flows.prompt import prompts
from flows.run import runs
from labeling.errors import NothingAccepted
from labeling.prompts.model import PromptConfig
from labeling.splits import SPLITS
from tests.fake_llm_server import fake_llm_server, says
from tests.workspaces import SIGN_IN, add_demonstration

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
        "flows.run.runs.plan",
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
    """Every arm on the same tasks and seeds, each against the first, and the result is kept and read again."""
    told, _ = run(taught, "structure", tasks=(ONE, OTHER))
    rows = {(row["of"], row["arm"]): row for row in told["rows"]}
    assert [row["arm"] for row in told["rows"] if row["of"] == "all"] == [
        "the stack, 2 shown", "one flat policy, 2 shown", "the stack as HeaP, 2 shown", "the stack, 1 shown",
        "one flat policy, 1 shown", "the stack, 12 chosen examples", "the stack, 12 examples at random",
        "the stack, pruned pages",
    ]  # fmt: skip
    assert told["n"] == 32
    assert rows["all", "the stack, 2 shown"]["ok"] == 4
    assert rows["all", "one flat policy, 2 shown"]["notes"].startswith("0.0 calls")
    assert [one["against"] for one in told["pairs"]] == [row["arm"] for row in told["rows"][1:8]]
    assert all(one["n"] == 4 for one in told["pairs"])
    assert experiments.kept(taught) == {"structure": told}
    again, _ = run(taught, "structure", tasks=(ONE, OTHER))
    assert (again["rows"], again["runs"]) == (told["rows"], told["runs"])
    assert len(list(taught.workspace.episodes_dir.glob("run-*.episode"))) == 32


def arms_of(parts, model, shown=2):
    have = material(parts, (), 6)
    full = tuple(have.first(shown))
    arms, no_use = shown_otherwise(model, full, "web")
    kept, alike = distinct(parts, have, model, [Arm("the stack", full, "web"), *arms])
    return {arm.name: arm.built(parts, have) for arm in kept}, (*no_use, *alike)


def test_an_arm_that_the_model_cannot_tell_apart_is_left_out_with_why(taught):
    """Demos reads no reasons; one demonstration has no more examples than are chosen."""
    _, said = arms_of(taught, "demos", shown=1)
    assert "no reasons: demos reads no reasons and says its own" in said
    assert any("12 examples at random: the same as the stack, 12 chosen examples" in one for one in said)


def test_demos_learns_from_what_its_arm_shows(taught):
    """All examples; a choice of them, as they were; as many others."""
    made, _ = arms_of(taught, "demos")
    whole, chosen, drawn, pruned = made.values()
    known = {one.id: one for one in whole.examples}
    assert whole.lessons == whole.examples
    for some in (chosen, drawn):
        assert len(some.lessons) < len(whole.lessons)
        assert max(sum(one.policy == name for one in some.lessons) for name in some.policies) == 12
        assert {one.id for one in some.lessons} < known.keys()
    assert {one.id for one in chosen.lessons} != {one.id for one in drawn.lessons}
    assert [one.id for one in pruned.lessons] == [one.id for one in whole.lessons]
    assert all("[1] " in one.observation.split("\n")[0] for one in pruned.lessons)


def test_prompts_of_the_arms_differ(taught):
    """What an endpoint is really sent: other examples, whole pages, or no word of reasons."""
    made, said = arms_of(taught, "openai:m")
    assert said == ("the stack, whole pages: the same as the stack, of so few examples or so short pages",)
    sent = {name: prompts_of(taught, one) for name, one in made.items()}
    assert len({json.dumps(one["messages"]) for one in sent.values()}) == len(sent) == 4
    base, plain = sent["the stack"], sent["the stack, no reasons"]
    assert '"reason"' in json.dumps(base["response_format"])
    assert '"reason"' in base["messages"][0]["content"]
    assert "reason" not in json.dumps(plain["response_format"])
    assert not any("reason" in message["content"].lower() for message in plain["messages"])


def prompts_of(parts, made):
    """The body of the request that a question to fill_text becomes."""
    policies, page = parts.policies("web"), SIGN_IN.format(user="", mail="")
    question = Decision(policies.resolve("fill_text"), "fill_text [Username] [bo]", "http://sign.test", page)
    with fake_llm_server(lambda _: says('{"action": "stop", "arguments": []}')) as server:
        make_model(
            "openai:m", policies, made, parts.workspace.root / "weights", {"OPENAI_BASE_URL": server.url}
        ).decide(question)
    return server.requests[0]


@pytest.mark.usefixtures("in_memory")
def test_transfer_is_a_matrix_of_policies_by_tasks(taught):
    """In each task a policy is taught there, elsewhere, or all is taught elsewhere."""
    told, _ = run(taught, "transfer", seeds="5000")
    cells = {(row["of"], row["where"], row["arm"]): row for row in experiments.matrix(told["rows"])}
    assert {where for _, where, _ in cells} == {ONE, OTHER}
    assert {arm for _, _, arm in cells} == set(ARMS)
    assert {"fill_form", "fill_text"} <= {of for of, _, _ in cells}
    assert all(row["n"] == 1 for row in cells.values())
    assert [row["n"] for row in experiments.overall(told["rows"])] == [2] * (len(cells) // 2)
    assert {one["against"] for one in told["pairs"]} == {POLICY, ALONE}
    assert f"| fill_text | {OWN} | 1/1 | 1/1 |" in experiments.markdown(told)


def test_a_policy_taught_elsewhere_has_nothing_of_its_own_task(taught):
    """Its turns come from the other task, the planner's from both."""
    have = material(taught, (), 6)
    places = {ONE: [ONE], OTHER: [OTHER]}
    arms = {
        arm.name: arm.built(taught, have) for arm in arms_for(taught, have, asked("transfer"), "fill_text", places, ONE)
    }
    assert {one.task for one in arms[POLICY].of("fill_text")} == {OTHER}
    assert {one.task for one in arms[POLICY].of("planner")} == {ONE, OTHER}
    assert {one.task for one in arms[OWN].examples} == {ONE}
    assert {one.task for one in arms[ALONE].examples} == {OTHER}


@pytest.mark.usefixtures("in_memory")
def test_transfer_goes_from_site_to_site(parts):
    """The tasks of a site are one place; a policy of one site only is no case."""
    for task in (ONE, OTHER, "airline:find_flight"):
        labels.accept(parts, add_demonstration(parts, task.replace(":", "-"), "ana", task=task, seed=0), "me")
    told, _ = run(parts, "transfer", seeds="5000", across="site")
    assert {row["where"] for row in experiments.matrix(told["rows"])} == {"miniwob", "airline"}
    with pytest.raises(RunError, match="two of the sites"):
        run(parts, "transfer", tasks=(ONE, OTHER), across="site")


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
