"""Reading the compact observation text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traces.errors import ObservationError
from traces.observation_text import parse_observation, quote, unquote


@given(st.text(max_size=40))
def test_a_quoted_name_reads_back(name: str) -> None:
    """Whatever a page calls an element, its name survives the text form."""
    assert unquote(quote(name)[1:-1]) == name
    nodes = parse_observation(f"[1] button {quote(name)} value={quote(name)} focused")
    assert (nodes[0].name, nodes[0].value, nodes[0].flags) == (name, name, frozenset({"focused"}))


def test_structure_comes_from_indentation() -> None:
    """A node's parent is the nearest line above that stands further left."""
    nodes = parse_observation("[1] form 'A'\n  [2] textbox 'B' value=''\n  [3] button 'C'\n[f1-4] text 'D'")
    assert [node.parent for node in nodes] == [None, 0, 0, None]
    assert nodes[3].id == "f1-4"


def test_text_that_looks_like_a_flag_is_no_flag() -> None:
    """What stands inside quotes is a value, however it looks."""
    node = parse_observation("[1] textbox 'x' value='a focused b' disabled")[0]
    assert node.flags == {"disabled"}


def test_a_line_of_another_form_is_refused() -> None:
    """The message names the line."""
    with pytest.raises(ObservationError, match="line 2"):
        parse_observation("[1] text 'a'\nhello")
