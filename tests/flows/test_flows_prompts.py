"""Building prompt sets from what is decided."""

import pytest

from agent.fakes import ScriptedEnvironment
from agent.limits import Limits
from agent.loop import run_episode
from agent.models.making import shown_examples
from agent.models.openai_chat import OpenAIPolicyModel
from flows.label import labels
from flows.prompt import lineage, prompt_checks, prompts
from labeling.errors import LabelError, NothingAccepted, UnknownLabel
from labeling.prompts.model import PromptConfig
from labeling.splits import SPLITS
from labeling.tracks import GOLD
from llm_client.scripted import ScriptedChat
from policies.errors import UnknownSet
from policies.library import load_set
from tests.fake_llm_server import fake_llm_server, says
from tests.workspaces import add_demonstration
from traces.model import Episode
from traces.writer import EpisodeWriter


@pytest.fixture(name="accepted")
def accepted_fixture(parts):
    """Two accepted demonstrations and one that is only proposed."""
    for episode, name in (("demo1", "ana"), ("demo2", "bob")):
        labels.accept(parts, add_demonstration(parts, episode, name), "me")
    labels.propose(parts, add_demonstration(parts, "demo3", "eve", task="desk:other"))
    return parts


def test_a_prompt_set_holds_what_was_accepted_and_only_that(accepted):
    """Every policy that was called has examples with a stop; the undecided demonstration is in none of them."""
    made = prompts.build(accepted)
    assert {example.episode for example in made.examples} == {"demo1", "demo2"}
    assert {"planner", "fill_form", "fill_text"} <= set(made.policies)
    assert {"fill_form [Username: bob; E-mail: bob@x.org]", "stop"} <= {e.action for e in made.of("planner")}
    assert accepted.labels.prompt_set("latest") == made
    frozen = accepted.labels.label_set(made.label_sets[0])
    assert [tree.episode for tree in frozen.trees] == ["demo1", "demo2"]


def test_the_same_labels_make_the_same_prompt_set(accepted):
    """Building again adds nothing; a further decision makes another set beside the first."""
    first = prompts.build(accepted)
    assert prompts.build(accepted).id == first.id
    assert accepted.workspace.count("prompt_set") == 1
    labels.accept(accepted, "demo3", "me")
    second = prompts.build(accepted)
    assert second.id != first.id
    assert accepted.labels.prompt_set(first.id) == first


def test_only_the_named_tasks_are_taken(accepted):
    """Of several tasks the named ones are built from; a task nobody demonstrated leaves nothing."""
    labels.accept(accepted, "demo3", "me")
    made = prompts.build(accepted, tasks=["desk:other"])
    assert {example.episode for example in made.examples} == {"demo3"}
    with pytest.raises(NothingAccepted):
        prompts.build(accepted, tasks=["desk:none"])


def test_without_accepted_labels_there_is_nothing_to_build(parts):
    """A proposal alone is not enough, and nothing is frozen by asking."""
    labels.propose(parts, add_demonstration(parts))
    with pytest.raises(NothingAccepted, match="accepted labels"):
        prompts.build(parts)
    assert parts.workspace.count("label_set") == parts.workspace.count("prompt_set") == 0


def test_a_failed_demonstration_is_left_out_and_said_so(accepted):
    """It is among what was left out, with the reason, and in no example."""
    labels.accept(accepted, add_demonstration(accepted, "demo4", "kim", status="failed"), "me")
    made = prompts.build(accepted)
    assert [one.episode for one in made.left_out] == ["demo4"]
    assert "demo4" not in {example.episode for example in made.examples}
    assert "left out: demo4" in prompts.said(prompts.facts(made))


def test_an_unknown_policy_set_is_refused(accepted):
    """Nothing is frozen for a set that does not exist."""
    with pytest.raises(UnknownSet):
        prompts.build(accepted, policy_set="nope")
    assert accepted.workspace.count("label_set") == 0


def test_the_facts_add_up(accepted):
    """Rows count the examples by policy and name the demonstrations they come from."""
    made = prompts.build(accepted)
    facts = prompts.facts(made)
    assert sum(row["examples"] for row in facts["policies"]) == facts["examples"] == len(made.examples)
    assert all(row["episodes"] == ["demo1", "demo2"] for row in facts["policies"])
    assert all(row["tokens"] > 0 for row in facts["policies"])


def test_from_a_runs_prompt_to_the_step_and_back(accepted):
    """The call names the example, the example its step, the step the set, the set its runs."""
    made = prompts.build(accepted)
    run_id = add_shown_run(accepted, made)
    with accepted.episode(run_id) as reader:
        sources = [part.source for call in reader.calls() for part in call.parts if part.source]
    assert set(sources) == {piece.id for piece in made.shown("planner")}
    piece = sources[0]
    steps = lineage.steps_of(made, piece)
    assert {step["episode"] for step in steps} <= {"demo1", "demo2"}
    held = lineage.of_steps(accepted, steps[0]["episode"])[steps[0]["step"]]
    assert (made.id, piece, True) in {(one["prompt_set"], one["example"], one["shown"]) for one in held}
    assert [one["episode"] for one in lineage.calls_with(accepted, made.id, piece)] == [run_id]
    assert lineage.calls_with(accepted, made.id, "ex-none") == []
    assert [(one["run"], one["model"]) for one in lineage.runs_of(accepted, made.id)] == [("run-9", "openai:tiny")]
    assert lineage.of_steps(accepted, "demo3") == {}


def test_a_run_shows_the_likest_where_the_set_says_so(accepted):
    """With `retrieve` the model call names what was found; never more than asked for."""
    made = prompts.build(accepted, config=PromptConfig(retrieve=2))
    run_id = add_shown_run(accepted, made)
    with accepted.episode(run_id) as reader:
        (call,) = reader.calls()
    found = [part.source for part in call.parts if part.kind == "example" and part.role == "user"]
    assert len(found) == 2
    assert set(found) <= made.by_id.keys()


def test_a_set_is_built_from_a_frozen_label_set_alone(accepted):
    """What is decided later does not get in; the set says what it was made from."""
    first = prompts.build(accepted)
    labels.accept(accepted, "demo3", "me")
    again = prompts.build(accepted, label_set=first.label_sets[0])
    assert again.id == first.id
    assert prompts.build(accepted).id != first.id
    with pytest.raises(UnknownLabel):
        prompts.build(accepted, label_set="ls-none")
    with pytest.raises(NothingAccepted, match="has no demonstration of desk:none"):
        prompts.build(accepted, label_set=first.label_sets[0], tasks=["desk:none"])


def test_what_is_held_out_in_the_workspace_guards_a_set(accepted):
    """A held-out demonstration nobody labelled keeps its paraphrase out."""
    add_demonstration(accepted, "held", "ana", task="miniwob:login-user")
    made = prompts.build(accepted)
    assert {one.episode: one.reason for one in made.left_out} == {
        "demo1": "it would give away what is held out for tests: its objective is nearly worded as that of held"
    }
    everything = prompts.build(accepted, config=PromptConfig(splits=SPLITS))
    assert {one.episode for one in everything.examples} == {"demo1", "demo2"}


def test_a_check_with_a_model_is_kept_and_costs_nothing_again(accepted, monkeypatch):
    """Every answer is asked for once; the same check again asks nothing, a budget stops asking."""
    labels.accept(accepted, "demo3", "me")
    made = prompts.build(accepted)
    with fake_llm_server(lambda request: says("REASON: r\nACTION: stop")) as server:
        monkeypatch.setenv("STEPSCOPE_MODEL_ENDPOINT", server.url)
        none = prompt_checks.check(accepted, made.id, "tiny", "1calls")
        assert len(server.requests) == 1
        check = prompt_checks.check(accepted, made.id, "tiny")
        asked = len(server.requests)
        assert asked > 1
        assert prompt_checks.check(accepted, made.id, "tiny") == check
        assert len(server.requests) == asked
    assert none.unasked > check.unasked
    gold = {one.piece: one.match for one in check.verdicts if one.match is not None}
    assert gold
    assert all(match == (made.by_id[piece].action == "stop") for piece, match in gold.items())
    prompt_checks.check(accepted, made.id)
    assert {one.by for one in prompt_checks.checks(accepted, made.id)} == {"tiny", "nearest"}
    with pytest.raises(LabelError, match="in tokens or calls"):
        prompt_checks.check(accepted, made.id, "tiny", "2usd")


def add_shown_run(parts, made) -> str:
    """A run of one step whose model was shown what the set says."""
    chat = ScriptedChat(["REASON: r\nACTION: stop [done]"])
    policies = load_set("web")
    model = OpenAIPolicyModel(chat, policies, shown_examples(made, policies.planner.name))
    header = Episode(
        id="run-9a", actor="agent", objective="", task="desk:sign-up", run="run-9", model="openai:tiny",
        prompt_set=made.id, started=1_700_000_100.0, policy_set="web",
    )  # fmt: skip
    environment = ScriptedEnvironment("[3] textbox 'Username'\n[5] button 'Send'", judge=lambda *_: True)
    with EpisodeWriter.create(parts.workspace.episodes_dir, header) as writer:
        run_episode(environment, model, policies, writer, Limits(), 3)
        path = writer.seal()
    facts = {"id": "run-9", "environments": [], "seeds": [3], "model": "openai:tiny", "prompt_set": made.id}
    parts.workspace.put("run", "run-9", {**facts, "policy_set": "web", "workers": 1, "status": "done"})
    return parts.episodes.register_file(path).id


def test_gold_is_what_two_people_settled(accepted):
    """Only the demonstration whose gold track says the frozen calls; the gold track is what is frozen of it."""
    desk = accepted.desk()
    run = accepted.labels.runs("demo1")[-1]
    state = desk.begin(run, GOLD, "bob")
    desk.accept_all(state, "bob")
    made = prompts.build(accepted, config=PromptConfig(labels="gold"))
    assert {example.episode for example in made.examples} == {"demo1"}
    assert [one.reason for one in made.left_out] == ["its labels are one person's, not gold"]


def test_a_set_with_other_words_is_told_the_same_labels(accepted):
    """Flat and coarse prompt sets are built from what was accepted in the usual words, and say from which labels."""
    stack, flat = prompts.build(accepted), prompts.build(accepted, policy_set="flat")
    assert flat.policies == ("planner",)
    assert {example.episode for example in flat.examples} == {example.episode for example in stack.examples}
    assert accepted.labels.label_set(flat.label_sets[0]).policy_set == "flat"
    coarse = prompts.build(accepted, policy_set="coarse", label_set=stack.label_sets[0])
    assert set(coarse.policies) == {"planner", "complete", "enter"}


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("ACTION: search [x]\nDONE", "search [x]\nDONE"),
        ("ACTION: search [x]\nstop [3]", "search [x]\nstop [3]"),
        ("ACTION: DONE", "stop"),
    ],
)
def test_a_list_is_compared_as_it_would_be_played(said, read):
    """In the mode HeaP a model's answer ends as the examples end; nothing left to do is a stop."""
    assert prompt_checks._action(said, listed=True) == read
