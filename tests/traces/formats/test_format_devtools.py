"""DevTools recordings both ways: written and read back, hostile files, and what the format cannot say."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser.script import parse_script
from tests.builders import make_episode, make_observation
from traces.formats.devtools import playwright_selectors, read
from traces.formats.devtools_writing import frame_path, option_value, write
from traces.formats.foreign import BadRecording
from traces.formats.recorded import Recorded, turns_of
from traces.formats.registry import read_recording
from traces.model import Box, Host, Selector, Step, Target
from traces.observation_text import parse_observation

URL = "http://site.test/"
GO = Target(
    id="4", role="button", name="Go", box=Box(x=10, y=20, width=100, height=30), point=(30, 30),
    selectors=(
        Selector(kind="role", value='role=button[name="Go"]', unique=True),
        Selector(kind="text", value='text="Go"', unique=True),
        Selector(kind="css", value="css=#go", unique=True),
        Selector(kind="xpath", value="xpath=/html[1]/button[1]", unique=True),
    ),
)  # fmt: skip
PLAIN = (Selector(kind="css", value="css=#q", unique=True), Selector(kind="xpath", value="xpath=/a[1]", unique=True))
FIELD = Target(id="5", role="textbox", name="", selectors=PLAIN)


def demo(*acts, html=None, pages=None, **episode) -> Recorded:
    steps = [
        Step(**{"uid": f"u{i}", "seq": i, "kind": "act", "action": act, "target": target, **(more[0] if more else {})})
        for i, (act, target, *more) in enumerate(acts)
    ]
    turns, first = turns_of(steps)
    header = make_episode(**{"objective": "Find it", "start_url": URL, "viewport": (900, 600), **episode})
    seen = pages or {}
    return Recorded(header, turns, lambda key: seen[key], lambda key: html, first)


def written(*acts, **more):
    text, left_out = write(demo(*acts, **more))
    return json.loads(text)["steps"][2:], left_out


def replayed(*acts, **more):
    """The gestures of a demonstration that was written and read back."""
    text, _ = write(demo(*acts, **more))
    return read(text)


def test_a_recording_opens_with_its_view_and_address():
    """The first two steps are the viewport and the navigation, which reading gives back as such."""
    text, left_out = write(demo(("click [4]", GO)))
    body = json.loads(text)
    assert body["title"] == "Find it"
    assert [step["type"] for step in body["steps"]] == ["setViewport", "navigate", "click"]
    back = read(text)
    assert (back.title, back.url, back.viewport, left_out, back.left_out) == ("Find it", URL, (900, 600), (), [])


def test_every_selector_is_written_in_the_formats_words():
    """Role and name, text, css with and without shadow roots, and the path; the point within the element."""
    (step,), _ = written(("click [4]", GO))
    assert step == {
        "type": "click", "target": "main", "offsetX": 20.0, "offsetY": 10.0,
        "selectors": [['aria/Go[role="button"]'], ["text/Go"], ["#go"], ["pierce/#go"], ["xpath//html[1]/button[1]"]],
    }  # fmt: skip


def test_in_a_shadow_root_the_pages_own_css_does_not_lead():
    """An element without a path is in a shadow root: only what goes through it is written."""
    inner = GO.model_copy(update={"selectors": GO.selectors[:3]})
    (step,), _ = written(("click [4]", inner))
    assert step["selectors"] == [['aria/Go[role="button"]'], ["text/Go"], ["pierce/#go"]]


def test_what_the_format_cannot_say_of_an_element_is_left_out():
    """Selectors by the words around it have no form there; in a closed shadow root no selector leads."""
    row = Selector(kind="near", value='text="Order 17" >> xpath=ancestor::tr[1] >> role=button[name="Go"]', unique=True)
    (step,), left_out = written(("click [4]", GO.model_copy(update={"selectors": (row, *GO.selectors)})))
    assert [one for one in step["selectors"] if ">>" in one[0]] == []
    assert left_out == ()
    steps, left_out = written(("click [4]", GO.model_copy(update={"shadow": (Host(css="my-card", open=False),)})))
    assert steps == []
    assert left_out == ("step 0 (click [4]): its element is in a closed shadow root, which no selector enters",)


def test_written_and_read_back_the_gestures_are_the_steps():
    """Each kind of step comes back as the gesture that makes it again."""
    back = replayed(
        ("click [4]", GO), ("dblclick [4]", GO), ("rightclick [4]", GO), ("click [4] [middle]", GO),
        ("click [4] [Control+Shift]", GO), ("hover [4]", GO), ("type [5] [x] [1]", FIELD), ("press [Control+a]", None),
        ("press [Escape]", None), ("goto [http://b.test/]", None), ("scroll [down]", GO), ("scroll [up]", GO),
    )  # fmt: skip
    parse_script(back.gestures)
    assert [gesture["gesture"] for gesture in back.gestures] == [
        "click", "dblclick", "rightclick", "click", "click", "hover", "fill", "press", "press", "press", "goto",
        "wheel", "wheel",
    ]  # fmt: skip
    assert back.gestures[3]["button"] == "middle"
    assert back.gestures[4]["modifiers"] == ["Control", "Shift"]
    assert back.gestures[6]["text"] == "x"
    assert [gesture["keys"] for gesture in back.gestures[7:10]] == ["Enter", "Control+a", "Escape"]
    assert [gesture["delta"] for gesture in back.gestures[11:]] == [[0, 600], [0, -600]]
    assert back.gestures[0]["at"]["any"][0] == 'role=button[name="Go"]'
    assert back.left_out == []


def test_boxes_and_the_page_are_scrolled_each_for_itself():
    """Twice down inside a box, then down the page: the format counts from the top of each, gestures by turns."""
    steps, left_out = written(("scroll [down] [4]", GO), ("scroll [down] [4]", GO), ("scroll [down]", None))
    assert [(step["y"], "selectors" in step) for step in steps] == [(600, True), (1200, True), (600, False)]
    assert left_out == ()
    back = replayed(("scroll [down] [4]", GO), ("scroll [down] [4]", GO), ("scroll [down]", None))
    assert [(gesture["delta"], "at" in gesture) for gesture in back.gestures] == [
        ([0, 600], True), ([0, 600], True), ([0, 600], False),
    ]  # fmt: skip


def test_writing_what_was_read_back_is_the_same_again():
    """The selectors survive the round trip: aria, text, css and path stand for the same as before."""
    (gesture,) = replayed(("click [4]", GO)).gestures
    wanted = {one.value for one in GO.selectors}
    assert wanted <= set(gesture["at"]["any"])


def test_frames_go_by_their_number_among_siblings():
    """The second frame's inner frame is [1, 0], and comes back as a path through frames."""
    text = "[1] iframe 'a'\n  [f1-1] button 'x'\n[2] iframe 'b'\n  [f2-1] iframe 'c'\n    [f2-f1-1] button 'Go'"
    assert frame_path(parse_observation(text), "f2-f1-1") == [1, 0]
    assert frame_path(parse_observation(text), "f1-1") == [0]
    inside = GO.model_copy(update={"id": "f2-f1-1", "frames": ("iframe:nth-of-type(2)", "iframe")})
    act = ("click [f2-f1-1]", inside, {"observation_before": "o"})
    pages = {"o": make_observation(text)}
    (step,), _ = written(act, pages=pages)
    assert step["frame"] == [1, 0]
    place = replayed(act, pages=pages).gestures[0]["at"]["any"][0]
    assert place == 'css=iframe, frame >> nth=1 >>> css=iframe, frame >> nth=0 >>> role=button[name="Go"]'


def test_a_list_is_chosen_by_the_options_value():
    """The page's HTML says the value; where it does not, the step is left out and listed."""
    html = "<select><option value=''>-<option value=b>Two words</option><option>Plain</option></select>"
    assert [option_value(html, text) for text in ("Two  words", "Plain", "None")] == ["b", "Plain", None]
    act = ("select [5] [Two words]", FIELD, {"observation_before": "o"})
    assert written(act, html=html)[0][0]["value"] == "b"
    made, left_out = written(act, html=None)
    assert (made, len(left_out)) == ([], 1)


def test_a_tab_goes_by_its_address():
    """Steps in a tab that a click opened have its address as target; going back to main is a tab gesture."""
    pages = {"new": make_observation("[1] button 'x'", "http://new.test/")}
    acts = (
        ("click [4]", GO, {"changed": ("tabs",), "observation_after": "new"}), ("click [4]", GO),
        ("tab_focus [0]", None), ("click [4]", GO), ("tab_focus [1]", None), ("click [4]", GO), ("close_tab", None),
        ("click [4]", GO),
    )  # fmt: skip
    made, left_out = written(*acts, pages=pages)
    assert [step["target"] for step in made] == [
        "main", "http://new.test/", "main", "http://new.test/", "http://new.test/", "main",
    ]  # fmt: skip
    assert left_out == ()
    back = replayed(*acts, pages=pages).gestures
    said = [(one["gesture"], one.get("text")) for one in back]
    assert said == [
        ("click", None), ("click", None), ("tab", 0), ("click", None), ("tab", 1), ("click", None), ("close_tab", 1),
        ("click", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "act", ["drag [4] [5]", "upload [5] [a.txt]", "note [x]", "new_tab", "go_back", "tab_focus [5]", "stop [x]"]
)
def test_what_the_format_cannot_say_is_listed(act):
    """Each such step is one entry that names it."""
    _, left_out = written((act, GO))
    assert len(left_out) == 1
    assert left_out[0].startswith(f"step 0 ({act})")


def test_dialogs_and_secrets_are_listed():
    """The format has no dialogs, and a withheld value is its slot."""
    made, left_out = written(("type [5] [{SECRET:pin}] [0]", FIELD), ("dialog [accept]", None))
    assert made[0]["value"] == "{SECRET:pin}"
    assert len(left_out) == 2


@pytest.mark.parametrize(
    ("step", "why"),
    [
        ({"type": "waitForExpression", "expression": "steal()"}, "waitForExpression"),
        ({"type": "customStep", "name": "x"}, "customStep"),
        ({"type": "emulateNetworkConditions"}, "emulateNetworkConditions"),
        ({"type": "navigate", "url": "file:///etc/passwd"}, "no http"),
        ({"type": "navigate", "url": "javascript:alert(1)"}, "no http"),
        ({"type": "click", "selectors": []}, "names no element"),
        ({"type": "click", "selectors": [[1, {}]]}, "names no element"),
        ({"type": "click", "selectors": [["#a"]], "frame": ["x"]}, "frame"),
        ({"type": "click", "selectors": [["#a"]], "button": "left"}, "no button"),
        ({"type": "change", "selectors": [["#a"]], "value": {"a": 1}}, "no text"),
        ({"type": "scroll", "y": 1e300}, "no number"),
        ({"type": "scroll", "y": True}, "no number"),
        ({"type": "keyDown", "key": "x" * 50}, "no key"),
        ({"type": "close"}, "only tab"),
        ({}, "without a type"),
        ("click", "without a type"),
        (None, "without a type"),
    ],
)
def test_a_step_that_cannot_be_replayed_is_listed_by_its_number(step, why):
    """The others are kept."""
    good = {"type": "click", "selectors": [["#ok"]]}
    back = read(json.dumps({"title": "t", "steps": [step, good]}))
    assert len(back.gestures) == 1
    assert len(back.left_out) == 1
    assert back.left_out[0].startswith("step 1 (")
    assert why in back.left_out[0]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"{" + b" " * (10 * 1024 * 1024) + b'"steps": []}', "larger than"),
        (b'{"steps":' + b"[" * 100 + b"]" * 100 + b"}", "nested"),
        (b'{"steps": [', "not JSON"),
        (b'{"a": "\\"steps\\" x", "steps": 4} ', "no list of steps"),
        (b'{"steps": [' + b",".join([b"{}"] * 5001) + b"]}", "more than 5000"),
        (b"\xff\xfe", "UTF-8"),
        (b"hello", "none of the formats"),
    ],
)
def test_a_hostile_file_is_refused(data, why):
    """One message that names the file and says that nothing was imported."""
    with pytest.raises(BadRecording, match=why) as met:
        read_recording("x.recorder.json", data)
    assert "x.recorder.json" in str(met.value)
    assert "Nothing was imported." in str(met.value)


def test_brackets_inside_texts_do_not_count_as_depth():
    """A value may hold as many as it likes."""
    step = {"type": "change", "selectors": [["#q"]], "value": '\\"' + "[{" * 200}
    assert read(json.dumps({"steps": [step]})).gestures[0]["text"] == step["value"]


@pytest.mark.parametrize(
    ("given_", "first"),
    [
        ('aria/Go[role="button"]', 'role=button[name="Go"]'),
        ('aria/Say "hi"', 'internal:label="Say \\"hi\\""s'),
        ("text/Go", 'text="Go"'),
        ("xpath///*[@id='x']", "xpath=//*[@id='x']"),
        ("pierce/#a", "css=#a"),
        ("a/b", "css=a/b"),
        (["#host", "button"], "css=#host >> css=button"),
    ],
)
def test_selectors_in_playwrights_words(given_, first):
    """Chains through shadow roots are joined; a name without a role is tried as a label, then by common roles."""
    assert next(iter(playwright_selectors(given_))) == first


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "type",
                        "selectors",
                        "frame",
                        "target",
                        "value",
                        "key",
                        "x",
                        "y",
                        "url",
                        "width",
                        "height",
                        "button",
                    ]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=20,
    )
)
def test_any_json_is_read_or_refused(value):
    """Whatever stands in a file, reading it gives a script that is valid, or BadRecording."""
    kinds = [
        "click",
        "change",
        "keyDown",
        "keyUp",
        "scroll",
        "navigate",
        "close",
        "hover",
        "setViewport",
        "doubleClick",
    ]
    steps = [{**value, "type": kind} if isinstance(value, dict) else value for kind in kinds]
    back = read(json.dumps({"steps": steps}))
    for gesture in back.gestures:
        assert set(gesture) >= {"gesture"}
    assert len(back.left_out) <= len(steps)
