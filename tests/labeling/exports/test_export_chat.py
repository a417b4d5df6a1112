"""Conversations to train on: worded as the agent is asked, one a turn, kept apart by split."""

from __future__ import annotations

import pytest
import yaml

from agent.model import Decision
from agent.prompt import messages, render_prompt
from agent.reply import parse_reply
from labeling.exports.chat import MessagesRow, PromptCompletionRow, SftRow, write_sft, write_trl
from labeling.exports.dspy_rows import INPUTS, LOADER, DspyRow, write_dspy
from labeling.prompts.model import Example
from labeling.splits import split_of
from tests.labeling.exports.material import WEB, reviewed, signed_up, source, written
from tests.workspaces import signing_up


def turns(one):
    return [turn for turn in source(one).turns(one) if isinstance(turn, Example)]


def test_a_conversation_is_what_the_agent_is_asked_and_answers():
    """System and user are the agent's own prompt, the assistant's reply can be read by the agent's own parser."""
    one = signed_up(split="train")
    memory, out = written(write_sft, source(one))
    rows = [SftRow.model_validate(row) for row in memory.rows("train.jsonl")]
    assert len(rows) == len(turns(one)) == out.counts["rows"] == 11
    for row, turn in zip(rows, turns(one), strict=True):
        policy = WEB.resolve(turn.policy)
        decision = Decision(policy, turn.objective, turn.url, turn.observation, turn.previous)
        asked = messages(render_prompt(decision, [WEB.resolve(name) for name in policy.sub_policies], ()))
        assert [(m.role, m.content) for m in asked] == [(m.role, m.content) for m in row.messages[:-1]]
        assert row.messages[-1].role == "assistant"
        assert str(parse_reply(row.messages[-1].content).action) == turn.action


def test_every_policy_and_its_stop_is_a_row():
    """No call and no end of a call is missing."""
    memory, _ = written(write_trl, source(signed_up(split="train")))
    rows = [PromptCompletionRow.model_validate(row) for row in memory.rows("prompt_completion/train.jsonl")]
    assert {row.policy for row in rows} == {"planner", "fill_form", "fill_text"}
    assert sum(row.is_stop for row in rows) == 4
    assert {row.depth for row in rows} == {1, 2, 3}
    assert all(len(row.completion) == 1 and row.completion[0].role == "assistant" for row in rows)


def test_both_shapes_say_the_same():
    """Prompt and completion joined are the messages."""
    memory, _ = written(write_trl, source(signed_up(split="train")))
    pairs = memory.rows("prompt_completion/train.jsonl")
    for pair, whole in zip(pairs, memory.rows("messages/train.jsonl"), strict=True):
        MessagesRow.model_validate(whole)
        assert pair["prompt"] + pair["completion"] == whole["messages"]


@pytest.mark.parametrize("write", [write_sft, write_dspy])
def test_splits_are_files(write):
    """What is kept for tests never stands in the file to train on."""
    given = source(signed_up("demo1", split="train"), signed_up("demo2", "bob", split="test"))
    memory, out = written(write, given)
    assert "bob" not in memory.text("train.jsonl")
    assert "bob" in memory.text("test.jsonl")
    assert (out.counts["rows in train"], out.counts["rows in test"]) == (11, 11)


def test_the_card_names_each_file_under_its_split():
    """The YAML head lists configurations and files that are there, dev being called validation."""
    memory, _ = written(write_trl, source(signed_up(split="train"), signed_up("demo2", "bob", split="dev")))
    head = yaml.safe_load(memory.text("README.md").split("---")[1])
    assert [config["config_name"] for config in head["configs"]] == ["prompt_completion", "messages"]
    for config in head["configs"]:
        assert [file["split"] for file in config["data_files"]] == ["train", "validation"]
        assert all(file["path"] in memory.files for file in config["data_files"])


def test_a_turn_that_teaches_nothing_is_left_out_with_its_reason():
    """An action that failed is no row; everything else is."""
    recording = signing_up("demo1")
    recording.steps[3] = recording.steps[3].model_copy(update={"error": "it was covered"})
    _, out = written(write_sft, source(reviewed(recording, split="train")))
    assert out.counts["rows"] == 10
    assert [(entry.step, entry.reason) for entry in out.left_out] == [
        ("demo1-3", "the action failed when it was recorded (it was covered)")
    ]


def test_dspy_rows_have_every_input_and_the_loader_names_them():
    """The loader is Python, and its inputs are columns of the rows."""
    memory, _ = written(write_dspy, source(signed_up(split="train")))
    rows = [DspyRow.model_validate(row) for row in memory.rows("train.jsonl")]
    assert len(rows) == 11
    assert set(INPUTS) < set(DspyRow.model_fields)
    assert memory.text("load_examples.py") == LOADER
    assert f"INPUTS = {INPUTS!r}".replace("'", '"') in LOADER
    compile(LOADER, "load_examples.py", "exec")


def test_a_task_has_one_split_and_all_are_used():
    """The split depends on the task alone, whatever the objective; over many tasks it is about 80, 10 and 10 %."""
    assert split_of("desk:a", "one thing") == split_of("desk:a", "another")
    found = [split_of(f"task:{number}", "") for number in range(2000)]
    shares = [found.count(split) / 2000 for split in ("train", "dev", "test")]
    assert shares == pytest.approx([0.8, 0.1, 0.1], abs=0.03)


def test_without_a_task_rewordings_of_values_stay_together():
    """Names, numbers, addresses and quoted texts do not make another group."""
    first = split_of(None, 'Sign up Ana with ana@x.org for "the list" on 3 May')
    others = [
        f'Sign up {name} with {name}@y.org for "{name} x" on {day} June' for name, day in (("Bob", 7), ("Eve", 31))
    ]
    assert {split_of(None, other) for other in others} == {first}
