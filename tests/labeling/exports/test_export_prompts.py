"""A prompt set as the reference agents read it."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.exports.prompt_text import heap_action, heap_past, write_heap, write_step
from labeling.prompts.building import build_prompt_set
from labeling.prompts.model import PromptConfig
from labeling.splits import SPLITS
from tests.builders import Recording
from tests.labeling.exports.material import WEB, prompts_of, reviewed, signed_up, source, written


def made(*ones, **fields):
    return source(*ones, prompt_sets=(prompts_of(*ones),), **fields)


def first_format(*ones, **fields):
    """A set of the first format: it says nothing of what is shown."""
    old = prompts_of(*ones).model_copy(update={"format": "stepscope-prompt-set/1", "pieces": (), "dropped": ()})
    return source(*ones, prompt_sets=(old,), **fields)


def rebuilt(ones, config):
    """A source whose prompt set was built with that configuration."""
    by_id = {one.id: one.demonstration for one in ones}
    config = config.model_copy(update={"splits": SPLITS})
    built = build_prompt_set([source(*ones).label_set], by_id.__getitem__, WEB, config)
    return source(*ones, prompt_sets=(built,))


def module(text):
    """The names a module sets, read without running it."""
    tree = ast.parse(text)
    sets = [node for node in tree.body if isinstance(node, ast.Assign)]
    assert len(sets) == len(tree.body) - 1, "a docstring and assignments, nothing else"
    return {node.targets[0].id: ast.literal_eval(node.value) for node in sets}


def test_the_module_holds_a_dictionary_for_each_policy():
    """Keys are SteP's; every example of a set of the first format is in it, worded as question and answer."""
    ones = (signed_up(), signed_up("demo2", "bob"))
    memory, out = written(write_step, first_format(*ones))
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


def test_what_prompts_show_is_written_and_the_rest_is_left_out_with_the_reason():
    """The pieces as they are shown, pruned, in their order; the manifest's counts say why the other turns are not."""
    ones = [signed_up(f"demo{n}", name) for n, name in enumerate(("ana", "bob", "cyd", "dan"))]
    given = rebuilt(ones, PromptConfig(most=3))
    prompt_set = given.prompt_sets[0]
    memory, out = written(write_step, given)
    found = module(memory.text("step_prompts.py"))
    for policy in prompt_set.policies:
        shown = prompt_set.shown(policy)
        written_ = found[policy]["examples"]
        assert len(written_) == len(shown)
        for piece, one in zip(shown, written_, strict=True):
            assert f"\nOBSERVATION:\n{piece.observation}\nURL:" in one["input"]
            assert one["response"].rpartition("ACTION:\n")[2].strip().removesuffix(" []") == piece.action
    assert out.counts["examples"] == len(prompt_set.pieces) < len(prompt_set.examples)
    assert out.reasons == {"not chosen: 3 pieces were chosen before it": len(prompt_set.dropped)}
    tight = rebuilt(ones, PromptConfig(budget=400))
    assert written(write_step, tight)[1].reasons["not chosen: the token budget is used up"] > 0


def test_lists_of_a_set_in_heaps_mode_are_written_as_they_are_shown():
    """Each piece is one example that ends with DONE or a stop, and DONE stands once."""
    given = rebuilt((signed_up(),), PromptConfig(mode="heap"))
    memory, _ = written(write_heap, given)
    answers = [part.split("\n=====")[0] for part in memory.text("planner.txt").split("YOUR ACTION:\n")[1:]]
    shown = given.prompt_sets[0].shown("planner")
    assert len(answers) == len(shown) > 1
    assert all(answer.count("DONE") == 1 and answer.splitlines()[-1].startswith("DONE") for answer in answers)
    assert [answer.splitlines()[0] for answer in answers] == [heap_action(piece.actions[0]) for piece in shown]


def test_a_set_that_retrieves_says_that_runs_show_others():
    """The fixed pieces are written, with a note."""
    _, out = written(write_step, rebuilt((signed_up(),), PromptConfig(retrieve=3)))
    assert any("3 likeliest" in note for note in out.notes)


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
    given = first_format(signed_up())
    keyed = {"objective": "Paste ghp_" + "a1" * 20}
    examples = tuple(one.model_copy(update=keyed) for one in given.prompt_sets[0].examples)
    old = given.prompt_sets[0].model_copy(update={"examples": examples})
    memory, out = written(write_step, replace(given, prompt_sets=(old,)))
    assert "a1a1" not in memory.text("step_prompts.py")
    assert out.secrets["an access key"] > 0


def test_the_planner_lists_its_calls_page_by_page():
    """What it does on one page is one example that ends with DONE; policies answer one action at a time."""
    memory, _ = written(write_heap, first_format(signed_up()))
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
