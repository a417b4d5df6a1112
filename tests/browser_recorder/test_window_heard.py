"""What a page's renderer may say to the recorder: read if it is of the protocol, else nothing happens."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser.recorder.events import Key
from browser.recorder.window.heard import MOST, Down, Secret, Struck, read_heard
from browser.recorder.window.writing import BROWSERS, _chord

GOOD: dict[str, Any] = {"k": "down", "n": 1, "doc": "a", "at": 1.0, "done": 2.0, "x": 3, "y": 4, "button": 0}
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def test_a_press_is_read() -> None:
    """What our script says of a press."""
    said = read_heard(json.dumps({**GOOD, "mods": ["Control"], "seen": {"lines": []}, "list": "f1-12"}))
    assert isinstance(said, Down)
    assert (said.x, said.mods, said.list, said.seen) == (3, ("Control",), "f1-12", {"lines": []})


@pytest.mark.parametrize(
    "wrong",
    [
        {"k": "nothing"},
        {"x": "NaN"},
        {"x": 1e9},
        {"at": -1},
        {"at": float("inf")},
        {"prefix": "f1-../"},
        {"list": "1 or 2"},
        {"button": -1},
        {"mods": ["Hyper"]},
        {"seen": "text"},
    ],
)
def test_what_is_not_of_the_protocol_is_nothing(wrong: dict[str, Any]) -> None:
    """One wrong value, and the message is none."""
    assert read_heard(json.dumps({**GOOD, **wrong})) is None


@given(JSON)
def test_anything_at_all(value: Any) -> None:
    """Whatever is said, nothing is raised."""
    read_heard(json.dumps(value))
    read_heard(json.dumps({**GOOD, "seen": {"lines": value}, "k": "key", "key": "a"}))


def test_a_message_may_not_fill_the_memory() -> None:
    """Beyond the limit it is not even parsed."""
    assert read_heard(json.dumps({**GOOD, "doc": "x" * MOST})) is None


def test_a_secret_key_has_no_key() -> None:
    """Keys of secret fields come as null, the value by a message of its own."""
    struck = read_heard(json.dumps({**GOOD, "k": "key", "key": None}))
    assert isinstance(struck, Struck)
    assert struck.key is None
    assert isinstance(read_heard(json.dumps({**GOOD, "k": "secret", "id": "4", "value": "x"})), Secret)


@pytest.mark.parametrize(
    ("key", "modifiers", "browsers"),
    [
        ("ArrowLeft", ("Alt",), True),
        ("r", ("Control",), True),
        ("R", ("Control",), True),
        ("l", ("Meta",), True),
        ("F5", (), True),
        ("a", ("Control",), False),
        ("v", ("Control",), False),
        ("Enter", (), False),
    ],
)
def test_keys_of_the_browsers_own(key: str, modifiers: tuple[Any, ...], browsers: bool) -> None:
    """Which keys wait for word of what became of them."""
    assert (_chord(Key(key=key, modifiers=modifiers)) in BROWSERS) is browsers
