"""The action grammar: parsed, never searched; any text survives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traces.actions import VERBS, Action, parse_action
from traces.errors import ActionError

texts = st.text(alphabet=st.one_of(st.sampled_from("[]\\\nnr' "), st.characters()), max_size=30)


@given(st.lists(texts, max_size=4).map(tuple))
def test_call_round_trips(args: tuple[str, ...]) -> None:
    """Any call reads back equal, whatever brackets, backslashes or line breaks its arguments hold."""
    action = Action("find_booking", args)
    assert parse_action(str(action)) == action


@given(st.sampled_from(sorted(VERBS)), st.data())
def test_page_action_round_trips(verb: str, data: st.DataObject) -> None:
    """Every verb with a permitted number of arguments reads back equal."""
    least, most = VERBS[verb]
    args = tuple(data.draw(texts) for _ in range(data.draw(st.integers(least, most))))
    assert parse_action(str(Action(verb, args))) == Action(verb, args)


@given(st.text(max_size=60))
def test_any_text_is_an_action_or_an_action_error(text: str) -> None:
    """No text makes the parser fail in another way."""
    try:
        action = parse_action(text)
    except ActionError:
        return
    assert parse_action(str(action)) == action


def test_typing_the_word_stop_is_not_a_stop() -> None:
    """The verb decides, not a word somewhere in the text."""
    assert parse_action("type [5] [bus stop]").name == "type"


def test_brackets_nest() -> None:
    """An answer with brackets of its own comes back whole."""
    assert parse_action("stop [[a], [b]]").args == ("[a], [b]",)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "begins with"),
        ("click", "takes 1 to 2 arguments, not 0"),
        ("type [5]", "takes 2 to 3"),
        ("stop [a", "never closed"),
        ("click 5", "expected '['"),
        ("click [5] and more", "expected '['"),
    ],
)
def test_a_bad_action_says_what_is_wrong(text: str, says: str) -> None:
    """The message names the fault, so that a policy can be told."""
    with pytest.raises(ActionError, match=says.replace("[", r"\[")):
        parse_action(text)
