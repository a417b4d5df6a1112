"""Finding JSON in what models write, and the fixed mends of its entries, each of them told."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.llm.reading import clean, read_json, whole_number
from labeling.llm.reasons import Reasons, read_reasons
from labeling.llm.repair import read_reply
from tests.labeling.llm.answering import WEB, entry

NAMES = tuple(policy.name for policy in WEB if policy.kind != "planner")
GOOD = {"calls": [entry(1, "fill_text", (("field", "Name"), ("text", "Mia"))), entry(3, "OWN")], "notes": []}


def read(*entries, first=1, last=6, **fields):
    return read_reply(json.dumps({"calls": list(entries), **fields}), first, last, WEB, NAMES)


def said(reading):
    return [(stretch.first, stretch.policy) for stretch in reading.partition]


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text):
    """What comes back is a container or nothing, and cleaned text can be stored."""
    value, notes = read_json(text)
    assert value is None or isinstance(value, dict | list)
    assert all(isinstance(note, str) for note in notes)
    clean(text).encode()
    read_reasons(text, 5, 9)
    assert read_reply(text, 1, 4, WEB, NAMES).partition[0].first == 1


@pytest.mark.parametrize(
    "wrapped",
    [
        "{}",
        "```json\n{}\n```",
        "Here it is:\n{}\nAnything else?",
        "<think>First {{ I look [at</think>{}",
        "[1, 2] {}",
        "\n\n{}\n",
    ],
)
def test_json_is_found_in_what_is_around_it(wrapped):
    """Fences, thoughts and prose are left out."""
    assert read_json(wrapped.format(json.dumps(GOOD)))[0] == GOOD


@pytest.mark.parametrize("end", range(5, 40, 5))
def test_of_a_reply_that_was_cut_off_what_is_whole_is_taken(end):
    """Every call before the cut is there."""
    calls = [entry(n, "OWN") for n in range(1, 6)]
    text = json.dumps({"calls": calls, "notes": []})
    whole = text.index(json.dumps(calls[3])) + len(json.dumps(calls[3]))
    value, notes = read_json(text[: whole + end])
    assert value["calls"] == calls[:4]
    assert notes


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=8))
def test_whole_numbers_are_read_or_not(value):
    """Only what is a whole number, or text of one, is."""
    number = whole_number(value)
    assert number is None or isinstance(number, int)
    assert whole_number(True) is None


def test_a_good_reply_needs_no_mending():
    """Nothing is changed, nothing is told."""
    reading = read_reply(json.dumps(GOOD), 1, 6, WEB, NAMES)
    assert said(reading) == [(1, "fill_text"), (3, "OWN")]
    assert (reading.usable, reading.repairs, reading.share) == (True, (), 0.0)


@pytest.mark.parametrize(
    ("entries", "expected", "told"),
    [
        ([entry(3, "OWN"), entry(1, "search", (("query", "x"),))], [(1, "search"), (3, "OWN")], "put in order"),
        ([entry(2, "search", (("query", "x"),))], [(1, "OWN"), (2, "search")], "nothing was said"),
        ([entry(1, "OWN"), entry(9, "search")], [(1, "OWN")], "after the window"),
        ([entry(0, "search", (("query", "x"),))], [(1, "search")], "before the window"),
        ([entry(1, "search", (("query", "x"),)), entry(1, "OWN")], [(1, "search")], "second call"),
        ([entry("s1", "search", (("query", "x"),))], [(1, "search")], "was read as 1"),
        ([entry(1, "fil_text", (("field", "a"), ("text", "b")))], [(1, "fill_text")], "read as 'fill_text'"),
        ([entry(1, "brew_coffee")], [(1, "proposed:brew_coffee")], "taken as a proposal"),
        ([entry(1, "PROPOSE_NEW")], [(1, "OWN")], "without a name"),
        ([entry(1, "planner")], [(1, "OWN")], None),
        ([{**entry(1, "search"), "args": {"query": "x"}}], [(1, "search")], "by name"),
        ([{**entry(1, "search"), "args": ["x"]}], [(1, "search")], "by position"),
        ([entry(1, "search", (("query", "x"), ("colour", "red")))], [(1, "search")], "takes no 'colour'"),
        ([entry(1, "search")], [(1, "search")], "lacks query"),
        (["search", entry(1, "OWN")], [(1, "OWN")], "no object"),
    ],
)
def test_each_mend_is_one_and_is_told(entries, expected, told):
    """The same wrong entry is always mended in the same way."""
    reading = read(*entries)
    assert said(reading) == expected
    assert told is None or any(told in repair for repair in reading.repairs), reading.repairs


def test_arguments_stand_in_the_order_of_the_policy():
    """However they were ordered or named, the call's arguments are its parameters."""
    swapped = read(entry(1, "fill_text", (("text", "Mia"), ("field", "Name"))))
    assert swapped.partition[0].args == (("field", "Name"), ("text", "Mia"))
    listed = read({**entry(1, "fill_text"), "args": {"text": "Mia", "field": ["a", "b"]}})
    assert listed.partition[0].args == (("field", "a, b"), ("text", "Mia"))


def test_a_policy_that_may_not_be_called_is_own():
    """Names outside of those allowed become the caller's steps."""
    reading = read_reply(json.dumps(GOOD), 1, 6, WEB, ("fill_form",))
    assert said(reading) == [(1, "OWN")]
    assert reading.repairs


def test_remarks_outside_of_the_window_or_of_other_roles_are_left_out():
    """Only steps of the window in the three roles."""
    notes = [{"step": 2, "role": "mis_click", "why": "x"}, {"step": 9, "role": "detour", "why": ""}, {"step": 1}, 7]
    assert [(one.step, one.role) for one in read(entry(1, "OWN"), notes=notes).remarks] == [(2, "mis_click")]


def test_reasons_are_read_by_their_number():
    """A reason for a call or step there is, the first of several; others are left out."""
    listed = [
        {"number": 1, "reason": "a"},
        {"number": "1", "reason": "b"},
        {"number": 7, "reason": "c"},
        {"number": 2},
        3,
    ]
    assert read_reasons(json.dumps({"calls": listed, "steps": listed}), 3, 8) == Reasons({0: "a"}, {0: "a", 6: "c"})
    assert read_reasons("[1]", 3, 8) == Reasons()
