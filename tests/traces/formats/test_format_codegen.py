"""What `playwright codegen --target jsonl` writes, read as gestures; hostile lines are listed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser.script import parse_script
from traces.formats.codegen import read, selector_of
from traces.formats.foreign import BadRecording
from traces.formats.registry import read_recording

HEADER = {"browserName": "chromium", "launchOptions": {"headless": False}, "contextOptions": {}}
OPEN = {"name": "openPage", "url": "http://site.test/", "signals": [], "pageAlias": "page"}


def file(*actions: object) -> str:
    return "\n".join(json.dumps(line) for line in (HEADER, OPEN, *actions))


def on(name: str, selector: str = "#a", page: str = "page", **more: object) -> dict[str, object]:
    return {"name": name, "selector": selector, "signals": [], "pageAlias": page, **more}


def gestures(*actions: object) -> list[dict[str, object]]:
    found = read(file(*actions))
    assert found.left_out == []
    parse_script(found.gestures)
    return list(found.gestures)


@pytest.mark.parametrize(
    ("action", "gesture"),
    [
        (on("click", button="left", modifiers=0, clickCount=1), {"gesture": "click", "at": "#a"}),
        (on("click", modifiers=10, clickCount=1),
         {"gesture": "click", "at": "#a", "modifiers": ["Control", "Shift"]}),
        (on("click", button="left", clickCount=2), {"gesture": "dblclick", "at": "#a"}),
        (on("click", button="right", clickCount=1), {"gesture": "rightclick", "at": "#a"}),
        (on("click", button="middle", clickCount=1), {"gesture": "click", "at": "#a", "button": "middle"}),
        (on("hover"), {"gesture": "hover", "at": "#a"}),
        (on("check"), {"gesture": "check", "at": "#a", "checked": True}),
        (on("uncheck"), {"gesture": "check", "at": "#a", "checked": False}),
        (on("fill", text="x"), {"gesture": "fill", "at": "#a", "text": "x"}),
        (on("press", key="Enter", modifiers=8), {"gesture": "press", "keys": "Shift+Enter"}),
        (on("press", key=" "), {"gesture": "press", "keys": "Space"}),
        (on("select", options=["b"]), {"gesture": "select", "at": "#a", "text": ["b"]}),
        (on("setInputFiles", files=["a.txt"]), {"gesture": "upload", "at": "#a", "text": "a.txt"}),
        ({"name": "navigate", "url": "https://b.test/"}, {"gesture": "goto", "text": "https://b.test/"}),
    ],
)  # fmt: skip
def test_an_action_is_a_gesture(action, gesture):
    """Every action that a person's input makes has one."""
    assert gestures(action) == [gesture]


def test_the_first_page_is_where_it_began():
    """Its address is that of openPage or, where that was empty, of the first navigation."""
    assert read(file()).url == "http://site.test/"
    blank = {**OPEN, "url": "about:blank"}
    text = "\n".join(json.dumps(line) for line in (HEADER, blank, {"name": "navigate", "url": "http://b.test/"}))
    found = read(text)
    assert (found.url, found.gestures) == ("http://b.test/", [])


def test_frames_are_joined_as_scripts_join_them():
    """What is behind enter-frame lies inside the frame; an older framePath likewise."""
    inner = '#pay >> internal:control=enter-frame >> internal:role=button[name="Pay"i]'
    assert gestures(on("click", inner))[0]["at"] == '#pay >>> internal:role=button[name="Pay"i]'
    assert gestures(on("click", "#b", framePath=["#pay", "iframe"]))[0]["at"] == "#pay >>> iframe >>> #b"


def test_tabs_are_gone_to_by_the_order_they_came_in():
    """A tab that a click has opened is in front; going back is a gesture, closing too."""
    popup = on("click", clickCount=1)
    made = gestures(
        popup, on("click", "#x", page="page1"), on("click", "#y"), on("click", "#z", page="page1"),
        {"name": "closePage", "pageAlias": "page1"}, on("click", "#w"),
        {"name": "openPage", "url": "about:blank", "pageAlias": "page2"}, on("click", "#v", page="page2"),
    )  # fmt: skip
    assert [(one["gesture"], one.get("at", one.get("text"))) for one in made] == [
        ("click", "#a"), ("click", "#x"), ("tab", 0), ("click", "#y"), ("tab", 1), ("click", "#z"), ("close_tab", 1),
        ("click", "#w"), ("new_tab", None), ("click", "#v"),
    ]  # fmt: skip


def test_a_dialog_is_dismissed_and_that_is_said():
    """The file does not hold the person's answer."""
    found = read(file(on("click", signals=[{"name": "dialog", "dialogAlias": ""}, {"name": "navigation", "url": "x"}])))
    assert [one["gesture"] for one in found.gestures] == ["click", "dialog"]
    assert found.gestures[1]["answer"] is False
    assert "line 3: how its dialog was answered" in found.left_out[0]


@pytest.mark.parametrize(
    ("locator", "selector"),
    [
        ({"kind": "role", "body": "button", "options": {"name": "Go", "exact": True}},
         'internal:role=button[name="Go"s]'),
        ({"kind": "role", "body": "button", "options": {}}, "internal:role=button"),
        ({"kind": "label", "body": 'a "b"', "options": {}}, 'internal:label="a \\"b\\""i'),
        ({"kind": "placeholder", "body": "q"}, 'internal:attr=[placeholder="q"i]'),
        ({"kind": "test-id", "body": "t"}, 'internal:testid=[data-testid="t"s]'),
        ({"kind": "default", "body": "li", "next": {"kind": "nth", "body": "2"}}, "li >> nth=2"),
        ({"kind": "frame-locator", "body": "#f", "next": {"kind": "text", "body": "x"}},
         '#f >> internal:control=enter-frame >> internal:text="x"i'),
        ({"kind": "unheard-of", "body": "x"}, ""),
        ({"kind": "default", "body": "li", "next": {"kind": "unheard-of"}}, ""),
        ("li", ""),
    ],
)  # fmt: skip
def test_a_locator_without_a_selector_is_read_too(locator, selector):
    """The file's own form of locators; one that is not known stands for nothing."""
    assert selector_of(locator) == selector


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (on("assertVisible"), "assertVisible"),
        (on("evalOnEverything"), "evalOnEverything"),
        ({"url": "x"}, "without an action"),
        ([1], "without an action"),
        (on("click", selector=""), "names no element"),
        (on("click", button="thumb"), "no button"),
        (on("click", modifiers="all"), "no number"),
        (on("fill", text=5), "no text"),
        (on("press", key=""), "no key"),
        (on("select", options=[]), "options"),
        (on("setInputFiles", files=["a", "b"]), "one file"),
        ({"name": "navigate", "url": "file:///etc/passwd"}, "no http"),
    ],
)
def test_a_line_that_cannot_be_replayed_is_listed(line, why):
    """By its number, and the others are kept."""
    found = read(file(line, on("click")))
    assert len(found.gestures) == 1
    assert len(found.left_out) == 1
    assert found.left_out[0].startswith("line 3: ")
    assert why in found.left_out[0]


def test_a_line_that_is_no_json_is_listed():
    """Half a line at the end, as a killed codegen leaves it."""
    assert "line 4: It is not JSON" in read(file(on("click")) + '\n{"name": "cl').left_out[0]


@pytest.mark.parametrize(
    ("data", "why"),
    [(b"hello\nworld", "None of its lines"), (b"\n" + b"{}\n" * 5001, "more than 5000"), (b"", "None of its lines")],
)
def test_a_file_that_is_no_recording_is_refused(data, why):
    """One message that names the file."""
    with pytest.raises(BadRecording, match=why) as met:
        read_recording("x.jsonl", data)
    assert "x.jsonl" in str(met.value)


FIELDS = ["name", "selector", "locator", "url", "text", "key", "options", "files", "signals", "framePath", "button"]
NAMES = st.sampled_from(["click", "fill", "press", "select", "check", "navigate", "closePage", "openPage"])
VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.lists(st.text(max_size=4), max_size=3)


@given(st.dictionaries(st.sampled_from(FIELDS), VALUES | NAMES, max_size=8))
def test_any_line_is_read_or_listed(line):
    """Whatever stands in a line, nothing but BadRecording comes out of reading it."""
    read(file(line))
