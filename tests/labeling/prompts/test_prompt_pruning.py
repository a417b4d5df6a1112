"""Pruned observations keep what the answer is about, in a numbering of their own that everything follows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.prompts.pruning import ELEMENTS, LIMIT, PRUNER, elements_of, missing, prune
from llm_client.tokens import estimate_tokens
from traces.actions import Action, parse_action
from traces.errors import ActionError, ObservationError
from traces.observation_text import parse_observation, quote

NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40)
ROLES = st.sampled_from(["button", "text", "textbox", "link", "heading", "form", "row", "option", "dialog"])


@st.composite
def pages(draw):
    """An observation of 1 to 120 elements, ids as browsers give them, any nesting."""
    count = draw(st.integers(1, 120))
    ids = draw(st.permutations([f"{n}" for n in range(count)]))
    depth, lines = 0, []
    for element in ids:
        depth = draw(st.integers(0, min(depth + 1, 6))) if lines else 0
        value = f" value={quote(draw(NAMES))}" if draw(st.booleans()) else ""
        lines.append(f"{'  ' * depth}[{element}] {draw(ROLES)} {quote(draw(NAMES))}{value}")
    return "\n".join(lines), ids


@st.composite
def questions(draw):
    """A page with an action on it and earlier ones, some of them on elements that are gone."""
    text, ids = draw(pages())
    target, other = draw(st.sampled_from(ids)), draw(st.sampled_from(ids))
    action = draw(
        st.sampled_from(
            [("click", target), ("type", target, draw(NAMES), "0"), ("drag", target, other), ("press", "Enter", target),
             ("scroll", "down", target), ("select", target, draw(NAMES)), ("stop",), ("fill_text", "Name", target)]
        )
    )  # fmt: skip
    previous = draw(st.lists(st.sampled_from([*ids, "gone", "gone2"]), max_size=4))
    return text, Action(action[0], action[1:]), tuple(f"click [{element}]" for element in previous)


def element_at(text, number):
    """What an element is, whatever it is called."""
    node = next(node for node in parse_observation(text) if node.id == number)
    return node.role, node.name, node.attrs, node.flags


@given(questions(), st.integers(0, LIMIT))
def test_the_answer_can_be_carried_out_on_the_pruned_page(question, limit):
    """Every element it names is there, is the same element, and is the argument it was; nothing else changes."""
    text, action, previous = question
    pruned = prune(text, (str(action),), previous, limit)
    answer = parse_action(pruned.actions[0])
    assert missing(pruned.observation, pruned.actions[0]) is None
    assert answer.name == action.name
    before, after = elements_of(action), elements_of(answer)
    assert [element_at(text, one) for one in before] == [element_at(pruned.observation, one) for one in after]
    others = [at for at in range(len(action.args)) if at not in ELEMENTS.get(action.name, ())]
    assert [answer.args[at] for at in others] == [action.args[at] for at in others]


@given(questions(), st.integers(0, LIMIT))
def test_numbers_are_consistent(question, limit):
    """Numbers run from 1; an earlier action names an element by its number, one that is gone by a number of its own."""
    text, action, previous = question
    pruned = prune(text, (str(action),), previous, limit)
    nodes = parse_observation(pruned.observation)
    assert [node.id for node in nodes] == [str(number) for number in range(1, len(nodes) + 1)]
    names: dict[str, str] = dict(zip(elements_of(action), elements_of(parse_action(pruned.actions[0])), strict=True))
    for old, new in zip(previous, pruned.previous, strict=True):
        element, number = parse_action(old).element, parse_action(new).element
        assert names.setdefault(element, number) == number
        if int(number) <= len(nodes):
            assert element_at(text, element) == element_at(pruned.observation, number)
    assert len(set(names.values())) == len(names)


@given(questions())
def test_what_stays_stands_in_order_and_within_the_limit(question):
    """The lines are some of the page's, in their order; the limit holds apart from what must stay."""
    text, action, previous = question
    pruned = prune(text, (str(action),), previous, 60)
    kept, whole = parse_observation(pruned.observation), iter(parse_observation(text))
    for node in kept:
        assert any((one.role, one.name, one.attrs) == (node.role, node.name, node.attrs) for one in whole)
    bare = prune(text, (str(action),), previous, 0)
    sizes = [estimate_tokens(line) for line in bare.observation.split("\n") if line]
    assert sum(estimate_tokens(line.strip()) for line in pruned.observation.split("\n") if line) <= 60 + sum(sizes)


def test_a_small_page_stays_whole():
    """What fits the limit is not cut."""
    text = "[7] heading 'Sign in'\n[8] form\n  [9] textbox 'Name'\n  [10] button 'Send'"
    pruned = prune(text, ("click [10]",), ("type [9] [Ana] [0]", "N/A = search [9]"))
    assert pruned.observation == "[1] heading 'Sign in'\n[2] form\n  [3] textbox 'Name'\n  [4] button 'Send'"
    assert pruned.actions == ("click [4]",)
    assert pruned.previous == ("type [3] [Ana] [0]", "N/A = search [9]")


def test_of_a_long_page_the_answer_is_what_stays():
    """Target with its form, the words the answer speaks of, headings and others like it before the rest."""
    rows = "\n".join(f"[{n}] text 'row {n} of a long and wordy table of things'" for n in range(100, 400))
    text = (
        f"[1] heading 'Orders'\n{rows}\n[2] form 'Ship'\n  [3] textbox 'Code'\n  [4] button 'Ship it'\n[5] button 'No'"
    )
    kept = prune(text, ("click [4]",), limit=40).observation
    assert [line.strip().split(" ", 1)[1] for line in kept.split("\n")][-4:] == [
        "form 'Ship'", "textbox 'Code'", "button 'Ship it'", "button 'No'"
    ]  # fmt: skip
    answered = prune(text, ("stop [row 250 of a long]",), limit=40).observation
    assert "row 250 " in answered
    assert "heading 'Orders'" in answered


@pytest.mark.parametrize(("page", "action"), [("no observation", "click [1]"), ("[1] button 'x'", "click [1")])
def test_what_cannot_be_read_is_refused(page, action):
    """An error says so; nothing is guessed."""
    with pytest.raises((ObservationError, ActionError)):
        prune(page, (action,))


def test_the_rules_have_a_version():
    """A prompt set says by which rules its pages were cut."""
    assert PRUNER.startswith("prune/1-")
