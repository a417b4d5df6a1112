"""Traces of Playwright: calls become actions, snapshots observations; every version is told by what it holds."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.foreign import foreign
from traces.actions import parse_action
from traces.formats.foreign import BadRecording
from traces.formats.playwright_actions import named
from traces.formats.runs import read_runs, recognise
from traces.formats.source import Source
from traces.observation_text import parse_observation

PAGE, FRAME = "page@1", "frame@1"
SHOP = ["HTML", {}, ["HEAD", {}, ["TITLE", {}, "Shop"]], ["BODY", {}, ["H1", {}, "Shop"]]]
OPTIONS = {"type": "context-options", "version": 8, "monotonicTime": 100, "wallTime": 5000, "title": "Buy"}


def zipped(tmp_path, *events, name="0-trace.trace", more=()):
    """A trace of these entries; text stands for a line as it is."""
    path = tmp_path / f"{len(list(tmp_path.iterdir()))}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, "\n".join(one if isinstance(one, str) else json.dumps(one) for one in events))
        for member, data in more:
            archive.writestr(member, data)
    return Source(path)


def call(number, method, params, *, cls="Frame", at=200, **more):
    """The two entries of a call."""
    before = {"type": "before", "callId": f"c{number}", "class": cls, "method": method, "params": params}
    after = {"type": "after", "callId": f"c{number}", "endTime": at + 10, **more}
    return {**before, "startTime": at, "pageId": PAGE}, after


def snapshot(number, phase, html, **more):
    """A DOM snapshot."""
    return {
        "type": "frame-snapshot",
        "snapshot": {
            "callId": f"c{number}", "phase": phase, "pageId": PAGE, "frameId": FRAME, "frameUrl": "http://shop.test/",
            "html": html, "timestamp": 205, "isMainFrame": True, **more,
        },
    }  # fmt: skip


def body(*nodes):
    """A page of these nodes."""
    return ["HTML", {}, ["BODY", {}, *nodes]]


def picture(width):
    """A picture so wide."""
    out = io.BytesIO()
    Image.new("RGB", (width, 2)).save(out, "JPEG")
    return out.getvalue()


def only(source):
    """The one draft of a trace."""
    (draft,) = read_runs(source)
    return draft


def text_before(draft, place=0):
    """The observation a step was decided on."""
    return draft.observations[draft.steps[place].observation_before].text


FIELD = ["INPUT", {"id": "city", "__playwright_value_": "Rom"}]
MARKED = ["INPUT", {"id": "city", "__playwright_value_": "Rom", "__playwright_target__": "c1"}]
FILL = {"selector": 'internal:label="City"i', "value": "Rome"}


@pytest.mark.parametrize("version", [6, 7, 8, 9, 10])
def test_a_call_is_an_action_on_the_element_it_was_done_to(tmp_path, version):
    """The target is the line of the marked element, whatever the version; time counts from the trace's beginning."""
    before, after = call(1, "fill", FILL)
    phase = {"phase": "action"} if version > 8 else {"phase": None, "snapshotName": "input@c1"}
    seen = snapshot(1, **{"html": body(["LABEL", {"for": "city"}, "City"], MARKED), "phase": None} | phase)
    draft = only(zipped(tmp_path, {**OPTIONS, "version": version}, before, seen, after))
    (step,) = draft.linked()
    assert (step.action, step.target.role, step.target.name) == ("type [1] [Rome]", "textbox", "City")
    assert text_before(draft) == "[1] textbox 'City' value='Rom'"
    assert (step.started, step.ended) == (100, 110)
    assert (draft.objective, draft.header["task"]) == ("", "Buy")
    assert not draft.warnings[0].message.startswith("It is of version")


def test_a_call_of_version_3_is_one_entry(tmp_path):
    """Until version 3 calls stand under `metadata`, snapshots and marks name no call, and events make the objects."""
    told = {"id": "call@9", "type": "Frame", "method": "fill", "params": FILL, "startTime": 200, "endTime": 210}
    metadata = {**told, "pageId": PAGE, "snapshots": [{"title": "before", "snapshotName": "before@call@9"}], "log": []}
    internal = {"type": "action", "metadata": {**metadata, "id": "call@8", "internal": True}}
    marked = ["INPUT", {"type": "password", "__playwright_target__": "action@call@9"}]
    seen = snapshot(1, None, body(["LABEL", {}, "City", marked]), snapshotName="action@call@9")
    seen["snapshot"] = {name: value for name, value in seen["snapshot"].items() if name not in ("callId", "phase")}
    made = {"type": "ConsoleMessage", "initializer": {"type": "error", "text": "bad"}, "guid": "m@1"}
    events = [
        {"type": "event", "metadata": {"method": "__create__", "params": made, "startTime": 205}},
        {"type": "event", "metadata": {"method": "console", "params": {"message": {"guid": "m@1"}}, "startTime": 206}},
    ]
    stop = {**told, "id": "call@10", "type": "Tracing", "method": "stop", "startTime": 400, "error": "cut"}
    options = {"type": "context-options", "version": 3, "options": {}}
    entries = (seen, internal, {"type": "action", "metadata": metadata}, *events, {"type": "action", "metadata": stop})
    draft = only(zipped(tmp_path, options, *entries, name="t.trace"))
    assert [step.action for step in draft.steps] == ["type [1] [{SECRET}]", "note [console error: bad]"]
    assert text_before(draft).startswith("[1] textbox 'City' ")
    assert "Rome" not in repr(draft)


def test_an_expectation_that_its_result_says_failed_is_an_error(tmp_path):
    """Until version 6 the entry of its end has no error of its own."""
    params = {"selector": "#out", "expression": "to.be.visible"}
    met = call(1, "expect", params, result={"matches": True})
    unmet = call(2, "expect", params, at=300, result={"matches": False})
    unwanted = call(3, "expect", {**params, "isNot": True}, at=400, result={"matches": True})
    draft = only(zipped(tmp_path, OPTIONS, *met, *unmet, *unwanted))
    assert [step.error for step in draft.steps] == [None, "Expect failed", "Expect failed"]


def test_without_a_mark_an_id_tells_the_element_and_of_a_drag_both(tmp_path):
    """A popup's elements, and where something was dropped, are not marked."""
    page = body(["DIV", {"id": "a", "draggable": "true"}, "Card"], ["DIV", {"id": "b"}, "Done"])
    typed, ended = call(2, "click", {"selector": "div#b"}, at=300)
    dragged = call(1, "dragAndDrop", {"source": "#a", "target": "#b"})
    seen = [snapshot(1, "before", page), snapshot(2, "before", page)]
    draft = only(zipped(tmp_path, OPTIONS, dragged[0], seen[0], dragged[1], typed, seen[1], ended))
    drag, click = draft.linked()
    assert parse_action(drag.action).args == (drag.target.id, click.target.id)
    assert (drag.target.name, click.target.name) == ("Card", "Done")


def test_without_snapshots_the_selector_tells_a_password(tmp_path):
    """What went into such a field is withheld though no page says what it was."""
    fill = call(1, "fill", {"selector": "form >> input[type=password]", "value": "hunter22"})
    draft = only(zipped(tmp_path, OPTIONS, *fill))
    assert draft.steps[0].action == "type [form >> input[type=password]] [{SECRET}]"
    assert "hunter22" not in repr(draft)


def test_a_call_that_names_no_page_is_of_the_only_one_there_is(tmp_path):
    """Since version 10 only snapshots say it; where two pages are open and there are none, it is not known."""
    opened = [
        {"type": "event", "time": at, "class": "BrowserContext", "method": "page", "params": {"pageId": page}}
        for at, page in ((150, PAGE), (250, "page@2"))
    ]
    calls = [call(number, "click", {"selector": "p"}, at=at) for number, at in ((1, 200), (2, 300))]
    nameless = [({name: value for name, value in one.items() if name != "pageId"}, end) for one, end in calls]
    frame = {"type": "screencast-frame", "pageId": PAGE, "file": "screencast/1.jpeg", "timestamp": 190}
    entries = (opened[0], frame, *nameless[0], opened[1], *nameless[1])
    more = [("screencast/1.jpeg", picture(9))]
    draft = only(zipped(tmp_path, {**OPTIONS, "version": 10}, *entries, more=more))
    assert [bool(step.picture_before) for step in draft.steps] == [True, False]


def test_a_newer_version_is_read_as_far_as_it_is_alike(tmp_path):
    """Unknown fields and entries are kept among the raw ones; what has no reading is named by its line."""
    before, after = call(1, "goto", {"url": "http://shop.test/", "new": [1]})
    odd = {"type": "hologram", "depth": 3}
    draft = only(zipped(tmp_path, {**OPTIONS, "version": 99}, before, odd, after))
    said = {warned.position: warned.message for warned in draft.warnings}
    assert "99" in said["0-trace.trace line 1"]
    assert "hologram" in said["0-trace.trace line 3"]
    assert odd in draft.raw
    assert any(one.get("params", {}).get("new") == [1] for one in draft.raw)
    assert draft.steps[0].action == "goto [http://shop.test/]"


def test_calls_of_one_id_are_all_steps(tmp_path):
    """None of them is lost; the second is told by its line. A trace that says no version says so."""
    began = [call(1, "goto", {"url": f"http://shop.test/{name}"})[0] for name in "ab"]
    draft = only(zipped(tmp_path, {**OPTIONS, "version": None}, *began))
    assert sorted(step.action for step in draft.steps) == ["goto [http://shop.test/a]", "goto [http://shop.test/b]"]
    said = {warned.position: warned.message for warned in draft.warnings}
    assert "does not say" in said["0-trace.trace line 1"]
    assert "has its id" in said["0-trace.trace line 3"]


def test_a_reference_is_the_node_of_an_earlier_snapshot(tmp_path):
    """`[[n, k]]` is node k, counted as they end, of the n-th snapshot before; references may lead to references."""
    first = snapshot(1, "before", body(["P", {}, "One"], ["P", {}, "Two"]))
    second = snapshot(1, "action", ["HTML", {}, ["BODY", {}, [[1, 1]], ["P", {}, "New"]]])
    third = snapshot(1, "after", ["HTML", {}, ["BODY", {}, [[1, 1]], [[2, 3]]]])
    before, after = call(1, "click", {"selector": "p"})
    draft = only(zipped(tmp_path, OPTIONS, before, first, second, after, third))
    (step,) = draft.linked()
    assert [node.name for node in parse_observation(text_before(draft))] == ["One", "New"]
    assert [node.name for node in parse_observation(draft.observations[step.observation_after].text)] == ["New", "Two"]


def test_an_element_keeps_its_id(tmp_path):
    """The same element has the same id later, also when its contents or another before it changed."""
    one = snapshot(1, "before", body(["DIV", {}, ["BUTTON", {"id": "go"}, "Go"]]))
    two = snapshot(2, "before", body(["P", {}, "Hello"], ["DIV", {}, ["BUTTON", {"id": "go"}, "Gone"]]))
    events = [*call(1, "click", {"selector": "#go"}), one, *call(2, "click", {"selector": "#go"}, at=300), two]
    draft = only(zipped(tmp_path, OPTIONS, *events))
    assert text_before(draft, 0) == "[1] button 'Go'"
    assert text_before(draft, 1) == "[2] text 'Hello'\n[1] button 'Gone'"


def test_frames_and_shadow_roots_are_part_of_the_page(tmp_path):
    """What a frame held at that phase stands below its line; a shadow root below its host."""
    inner = snapshot(1, "before", body(["BUTTON", {}, "Inner"]), frameId="frame@2", isMainFrame=False)
    shadow = ["MY-EL", {}, ["template", {"__playwright_shadow_root_": "open"}, ["A", {"href": "/"}, "Deep"]]]
    outer = snapshot(1, "before", body(["IFRAME", {"title": "Ad", "__playwright_src__": "/snapshot/frame@2"}], shadow))
    draft = only(zipped(tmp_path, OPTIONS, *call(1, "click", {"selector": "a"}), inner, outer))
    assert text_before(draft) == "[1] iframe 'Ad'\n  [2] button 'Inner'\n[3] link 'Deep'"


def test_references_that_unfold_without_end_are_bounded(tmp_path):
    """Snapshots that double at each reference, refer to themselves or lead nowhere are cut, with a warning."""
    events = [snapshot(0, "before", body("x" * 10))]
    events += [snapshot(0, "after", ["HTML", {}, "a", "b", *[[[1, 2]]] * 3]) for _ in range(30)]
    events += [snapshot(1, "before", ["HTML", {}, [[1, 2]], [[0, 0]], [[99, 1]], [[1, -1]], [[1, 10**9]]])]
    draft = only(zipped(tmp_path, OPTIONS, *call(1, "click", {"selector": "p"}), *events))
    assert any("larger than is read" in warned.message for warned in draft.warnings)


def test_a_password_is_withheld_everywhere(tmp_path):
    """What went into a password field stands neither in the action nor in pages nor in the raw entries."""
    field = ["INPUT", {"type": "password", "__playwright_target__": "c1", "__playwright_value_": "hunter22"}]
    before, after = call(1, "fill", {"selector": "input", "value": "hunter22"})
    draft = only(zipped(tmp_path, OPTIONS, before, snapshot(1, "action", body(field)), after))
    assert draft.steps[0].action == "type [1] [{SECRET}]"
    assert "hunter22" not in repr(draft)


def test_errors_console_and_groups_are_told(tmp_path):
    """A failed call is a step with its error; groups are calls of the stack; the console's errors are notes."""
    group, end = call(1, "tracingGroup", {"name": "Log in"}, cls="Tracing", at=150)
    wait, failed = call(2, "waitForSelector", {"selector": "p"}, at=200, error={"message": "Timeout 30ms exceeded."})
    said = {"type": "console", "messageType": "error", "text": "bad", "time": 215, "pageId": PAGE}
    back = call(3, "goBack", {}, cls="Page", at=300)
    draft = only(zipped(tmp_path, OPTIONS, group, wait, failed, said, {**end, "endTime": 250}, *back))
    kinds = [(step.kind, step.action.split(" ")[0], step.error) for step in draft.linked()]
    assert kinds[:2] == [("push", "group", None), ("note", "note", "Timeout 30ms exceeded.")]
    assert [kind for kind, *_ in kinds[2:]] == ["note", "pop", "act"]
    assert draft.steps[2].action == "note [console error: bad]"
    assert draft.episode("e1").max_depth == 2


def test_what_failed_in_the_test_runner_failed(tmp_path):
    """The runner's own file says so, beside the browser's; its steps are no episode of their own."""
    runner = {"type": "context-options", "origin": "testRunner", "version": 8}
    error = {"type": "error", "message": "expect(received).toBe(expected)"}
    more = [("test.trace", "\n".join(map(json.dumps, (runner, *call(9, "step", {}, cls="Test"), error))))]
    source = zipped(tmp_path, OPTIONS, *call(1, "goto", {"url": "http://a.test/"}), more=more)
    assert (only(source).header["status"], len(only(source).steps)) == ("failed", 1)


def test_each_context_is_an_episode_and_tabs_are_told(tmp_path):
    """Two contexts are two drafts; a call on another page brings that tab to the front first."""
    one = call(1, "click", {"selector": "p"})
    two = call(2, "click", {"selector": "p"}, at=300)
    other = ({**two[0], "pageId": "page@2"}, two[1])
    more = [("1-trace.trace", json.dumps(OPTIONS) + "\n" + json.dumps(one[0]))]
    drafts = read_runs(zipped(tmp_path, OPTIONS, *one, *other, more=more))
    assert [[step.action for step in draft.steps] for draft in drafts] == [
        ["click [p]", "tab_focus [1]", "click [p]"],
        ["click [p]"],
    ]
    assert drafts[1].steps[0].error == "the trace ends before this call did"
    assert len({draft.key for draft in drafts}) == 2


def test_a_trace_that_was_cut_is_read_up_to_there(tmp_path):
    """Lines of a run that was killed are read; the torn one is named."""
    lines = [json.dumps(one) for one in (OPTIONS, *call(1, "goto", {"url": "http://a.test/"}))]
    path = tmp_path / "cut.trace"
    path.write_text("\n".join([*lines, '{"type":"before","callId":"c2","cla']))
    draft = only(Source(path))
    assert [step.action for step in draft.steps] == ["goto [http://a.test/]"]
    assert any(warned.position == "cut.trace line 4" for warned in draft.warnings)


def test_pictures_are_those_shown_then(tmp_path):
    """Before: the last picture until the input. After: the last until the next call's input. A missing one is named."""
    frames = [
        {"type": "screencast-frame", "pageId": PAGE, "sha1": f"{at}.jpeg", "timestamp": at} for at in (150, 260, 400)
    ]
    more = [(f"resources/{at}.jpeg", picture(at)) for at in (150, 260)]
    calls = [*call(1, "click", {"selector": "p"}), *call(2, "click", {"selector": "p"}, at=300)]
    draft = only(zipped(tmp_path, OPTIONS, *frames, *calls, more=more))
    one, two = draft.linked()
    shown = [draft.pictures[key] for key in (one.picture_before, one.picture_after, two.picture_before)]
    assert shown == [picture(150), picture(260), picture(260)]
    assert any(warned.position == "resources/400.jpeg" for warned in draft.warnings)


def test_traces_in_folders_of_an_archive_find_their_pictures(tmp_path):
    """As a zip of unpacked folders is; what a system put beside them is nothing."""
    calls = (*call(1, "click", {"selector": "a"}, at=100), *call(2, "dblclick", {"selector": "a"}, at=500))
    frame = {"type": "screencast-frame", "pageId": PAGE, "sha1": "a.png", "width": 9, "height": 9, "timestamp": 50}
    other = "\n".join(json.dumps(one) for one in (OPTIONS, *calls)).encode()
    more = (
        ("one/resources/a.png", picture(20)),
        ("two/1-trace.trace", other),
        ("__MACOSX/one/._0-trace.trace", b"\0\x05\x16\x07"),
    )
    drafts = read_runs(zipped(tmp_path, OPTIONS, frame, *calls, name="one/0-trace.trace", more=more))
    assert [[step.action.split()[0] for step in draft.steps] for draft in drafts] == [["click", "dblclick"]] * 2
    assert [len(draft.pictures) for draft in drafts] == [1, 0]
    assert len({draft.key for draft in drafts}) == 2


def test_an_archive_without_a_call_is_refused(tmp_path):
    """With the reason, and where it stands."""
    with pytest.raises(BadRecording, match="holds no call"):
        read_runs(zipped(tmp_path, OPTIONS, "{broken"))
    empty = zipped(tmp_path, "", name="other.txt")
    assert recognise(empty) is None


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ('internal:role=button[name="Search"i]', ("button", "Search")),
        ('form >> internal:role=link[name="A \\"b\\""s]', ("link", 'A "b"')),
        ("internal:role=link", ("link", "")),
        ('internal:label="City"i', ("", "City")),
        ('internal:attr=[placeholder="Name"i]', ("", "Name")),
        ("#city", ("", "")),
    ],
)
def test_role_and_name_are_what_a_selector_says(selector, found):
    """Nothing is guessed from other selectors."""
    assert named(selector) == found


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
        max_leaves=12,
    ),
    st.sampled_from(["params", "html", "timestamp", "startTime", "class", "point", "error", "pageId"]),
)
def test_wrong_types_never_break_the_reader(tmp_path_factory, value, where):
    """Whatever stands in a field, the trace is read or refused with a reason, and what is read makes an episode."""
    before, after = call(1, "click", {"selector": "p"})
    seen = snapshot(1, "action", body(["P", {}, "Hi"]))
    for event in (before, after, seen["snapshot"]):
        if where in event or event is before:
            event[where] = value
    after["error"] = value if where == "error" else None
    draft = only(zipped(tmp_path_factory.mktemp("t"), OPTIONS, before, seen, after))
    draft.episode("e1")
    for step in draft.linked():
        parse_action(step.action)
    for page in draft.observations.values():
        parse_observation(page.text)


@pytest.mark.foreign
def test_a_trace_of_playwright_itself():
    """The test runner's trace of version 4 with its two pictures."""
    draft = only(Source(foreign("playwright-trace/trace-1.37.zip")))
    assert [step.action for step in draft.steps] == ["goto [https://playwright.dev/index.html]"]
    (step,) = draft.linked()
    assert draft.observations[step.observation_after].text == "[1] text 'hello'"
    assert step.picture_before
    assert draft.header["site"] == "playwright.dev"
    assert [warned.position for warned in draft.warnings] == ["calls"]
