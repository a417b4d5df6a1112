"""A prompt set as the reference agents read it."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.exports.prompt_text import heap_action, heap_past, write_heap, write_step
from tests.builders import Recording
from tests.labeling.exports.material import prompts_of, reviewed, signed_up, source, written


def made(*ones, **fields):
    return source(*ones, prompt_sets=(prompts_of(*ones),), **fields)


def module(text):
    """The names a module sets, read without running it."""
    tree = ast.parse(text)
    sets = [node for node in tree.body if isinstance(node, ast.Assign)]
    assert len(sets) == len(tree.body) - 1, "a docstring and assignments, nothing else"
    return {node.targets[0].id: ast.literal_eval(node.value) for node in sets}


def test_the_module_holds_a_dictionary_for_each_policy():
    """Keys are SteP's; every example of the prompt set is in it, worded as question and answer."""
    ones = (signed_up(), signed_up("demo2", "bob"))
    memory, out = written(write_step, made(*ones))
    found = module(memory.text("step_prompts.py"))
    assert list(found) == ["planner", "fill_form", "fill_text"]
    assert all(set(one) == {"instruction", "input", "response", "examples"} for one in found.values())
    assert sum(len(one["examples"]) for one in found.values()) == out.counts["examples"] == 22
    first = found["fill_text"]["examples"][0]
    assert first["input"].startswith("\nOBJECTIVE:\nfill_text [Username] [ana]\nOBSERVATION:\n[1] heading")
    assert first["response"].endswith("ACTION:\ntype [3] [ana] [0]\n")
    assert found["fill_text"]["examples"][1]["response"].endswith("ACTION:\nstop []\n")
    for name in ("objective", "observation", "url", "previous_actions"):
        assert f"{{{name}}}" in found["planner"]["input"]


def test_nothing_recorded_becomes_code():
    """Quotes, backslashes and line breaks of a page stay inside their literal."""
    page = "[1] button '\\\\\"\"\"\\'\\'\\' + exit()'\n[2] textbox 'N'"
    recording = (
        Recording('"""\nimport os\n"""', "e1", fields={"task": "t:1"}).page(page).do("type [2] [x] [0]").page(page)
    )
    memory, _ = written(write_step, made(reviewed(recording)))
    found = module(memory.text("step_prompts.py"))
    assert "import os" in found["planner"]["examples"][0]["input"]


def test_another_split_is_left_out():
    """Examples of other splits are not in the prompts, and are counted."""
    given_ = made(signed_up(), split="test")
    memory, out = written(write_step, given_)
    assert module(memory.text("step_prompts.py")) == {}
    assert out.reasons == {"it is in the split train": 11}


def test_a_key_in_an_example_is_blanked():
    """A prompt set that was built before keys were kept out of it goes out without them."""
    given = made(signed_up())
    keyed = {"objective": "Paste ghp_" + "a1" * 20}
    examples = tuple(one.model_copy(update=keyed) for one in given.prompt_sets[0].examples)
    old = given.prompt_sets[0].model_copy(update={"examples": examples})
    memory, out = written(write_step, replace(given, prompt_sets=(old,)))
    assert "a1a1" not in memory.text("step_prompts.py")
    assert out.secrets["an access key"] > 0


def test_the_planner_lists_its_calls_page_by_page():
    """What it does on one page is one example that ends with DONE; policies answer one action at a time."""
    memory, _ = written(write_heap, made(signed_up()))
    answers = [part.split("\n=====")[0] for part in memory.text("planner.txt").split("YOUR ACTION:\n")[1:]]
    assert answers == ['FILL_FORM "Username: ana; E-mail: ana@x.org"\nDONE', "CLICK 10\nDONE", "DONE"]
    fills = [part.split("\n=====")[0] for part in memory.text("fill_text.txt").split("YOUR ACTION:\n")[1:]]
    assert fills == ['TYPE 3 "ana"', "DONE", 'TYPE 4 "ana@x.org"', "DONE"]
    assert memory.text("planner.txt").rstrip().endswith("REASONING:")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("type [5] [bus stop] [1]", 'TYPE 5 "bus stop"\nPRESS "Enter"'),
        ("stop [NW 12]", 'DONE "NW 12"'),
        ("go_back", "GO_BACK"),
        ('fill_text [a "b"] [c]', 'FILL_TEXT "a \\"b\\"" "c"'),
    ],
)
def test_actions_are_written_as_heap_does(ours, theirs):
    """Verbs in capitals, ids bare, texts quoted."""
    assert heap_action(ours) == theirs


def test_earlier_turns_lose_their_answers():
    """A finished call is only the call; an equals sign in a text is none of an answer."""
    assert heap_past("N/A = fill_text [a] [b]") == 'FILL_TEXT "a" "b"'
    assert heap_past("type [5] [a = b]") == 'TYPE 5 "a = b"'


@given(st.text(max_size=30))
def test_any_line_can_be_written(text):
    """What is no action stays as it is; nothing raises."""
    assert isinstance(heap_past(text), str)
