"""What profile viewers, trace collectors and agents' tools are given: nesting, schemas, ids, actions."""

from __future__ import annotations

import html
import json

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import make_step
from tests.private_run import ACTIONS, MARKUP, URL, write_private_run
from traces.actions import Action
from traces.formats.browsergym import action_text, browsergym
from traces.formats.chrome_trace import chrome_trace
from traces.formats.otel import CONVENTION, ERROR, otlp
from traces.formats.parquet import TABLES, rows_of
from traces.formats.speedscope import SCHEMA, speedscope
from traces.formats.told import Told
from traces.formats.walk import walk
from traces.formats.webarena_html import webarena_html
from traces.formats.webarena_render import read as read_webarena
from traces.formats.webarena_render import recognise
from traces.frames import build_frames, close_frames
from traces.model import Frame
from traces.reader import EpisodeReader
from traces.skeleton import build_skeleton

FLOAT = {"type": "number"}
EVENTS = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["type", "at", "frame"],
        "properties": {"type": {"enum": ["O", "C"]}, "at": FLOAT, "frame": {"type": "integer", "minimum": 0}},
    },
}
UNITS = ["bytes", "microseconds", "milliseconds", "nanoseconds", "none", "seconds"]
SPEEDSCOPE = {
    "type": "object",
    "required": ["$schema", "shared", "profiles"],
    "properties": {
        "$schema": {"const": SCHEMA},
        "name": {"type": "string"},
        "exporter": {"type": "string"},
        "activeProfileIndex": {"type": "integer"},
        "shared": {
            "type": "object",
            "required": ["frames"],
            "properties": {
                "frames": {
                    "type": "array",
                    "items": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
                }
            },
        },
        "profiles": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["type", "name", "unit", "startValue", "endValue", "events"],
                "properties": {
                    "type": {"const": "evented"},
                    "unit": {"enum": UNITS},
                    "startValue": FLOAT,
                    "endValue": FLOAT,
                    "events": EVENTS,
                },
            },
        },
    },
}
"""What the format's published schema asks of an evented file."""


def told_from(reader, **more):
    """The episode of a file as writers are given it, with its own calls."""
    frames = reader.frames()
    return Told(reader, frames, reader.skeleton(), lambda uid: {}, **more)


@pytest.fixture(name="reader")
def reader_fixture(tmp_path):
    with EpisodeReader(write_private_run(tmp_path)) as reader:
        yield reader


@pytest.fixture(name="told")
def told_fixture(reader):
    return told_from(reader)


class Nothing:
    """A reader of an episode that exists in memory alone."""

    def __init__(self, episode, steps):
        self.episode = episode
        self._steps = steps

    def steps(self):
        return self._steps

    def calls(self):
        return ()


def made(told, kinds, times):
    """An episode of such steps at such times, whatever they are."""
    steps, depth = [], 1
    for seq, (kind, (started, ended)) in enumerate(zip(kinds, times, strict=True)):
        kind = "act" if kind == "pop" and depth == 1 else kind
        depth += {"push": 1, "pop": -1}.get(kind, 0)
        action = {"push": f"search [{seq}]", "pop": "stop"}.get(kind, "click [1]")
        steps.append(make_step(action, seq, kind=kind, started=started, ended=ended))
    frames = close_frames(build_frames(steps, "Do it"), "limit")
    skeleton = build_skeleton(told.episode, steps, frames, ())
    return Told(Nothing(told.episode, tuple(steps)), frames, skeleton, lambda uid: {})


KINDS = st.lists(st.sampled_from(["push", "pop", "act"]), max_size=30)
TIMES = st.floats(-1e6, 1e6) | st.sampled_from([float("nan"), float("inf")])


@given(data=st.data(), kinds=KINDS)
def test_calls_always_nest_and_time_never_runs_back(data, kinds, tmp_path_factory):
    """Every opening is closed by its own closing, whatever times a source gives."""
    folder = tmp_path_factory.mktemp("made")
    with EpisodeReader(write_private_run(folder)) as reader:
        times = data.draw(st.lists(st.tuples(TIMES, TIMES), min_size=len(kinds), max_size=len(kinds)))
        told = made(told_from(reader), kinds, times)
    for axis in ("time", "step"):
        open_, last = [], 0.0
        for mark in walk(told, axis):
            assert mark.at >= last
            last = mark.at
            name = (mark.frame.id, mark.step and mark.step.uid)
            if mark.opens:
                open_.append(name)
            else:
                assert open_.pop() == name
        assert open_ == []


def test_speedscope_is_of_its_schema_and_nests(told):
    """Both profiles are evented; frames are named once and every event names one of them."""
    body = json.loads(json.dumps(speedscope(told)))
    jsonschema.validate(body, SPEEDSCOPE)
    names = [frame["name"] for frame in body["shared"]["frames"]]
    assert len(names) == len(set(names))
    assert {"planner", "search"} <= set(names)
    for profile in body["profiles"]:
        stack, last = [], profile["startValue"]
        for event in profile["events"]:
            assert last <= event["at"] <= profile["endValue"]
            last = event["at"]
            if event["type"] == "O":
                stack.append(event["frame"])
            else:
                assert stack.pop() == event["frame"]
        assert stack == []
    assert [profile["endValue"] for profile in body["profiles"]] == [560.0, 6]


def test_speedscope_shows_steps_first_where_no_times_are_known(told):
    """A log without times would open as an empty page."""
    still = made(told, ["act", "push", "pop"], [(0.0, 0.0)] * 3)
    assert speedscope(told)["activeProfileIndex"] == 0
    assert speedscope(still)["activeProfileIndex"] == 1


def test_trace_events_stand_side_by_side_where_no_times_are_known(told):
    """Every step takes a millisecond, and so do its model calls and signals; the file says that it counts steps."""
    still = made(told, ["act", "push", "act", "pop"], [(0.0, 0.0)] * 4)
    trace = chrome_trace(still)
    events = trace["traceEvents"]
    steps = [event for event in events if event["ph"] == "B" and "seq" in event["args"]]
    assert [event["ts"] for event in steps] == [0, 1000, 2000, 3000]
    assert [event["ts"] for event in events if event["name"] == "depth"] == [1000, 2000, 3000, 4000]
    assert (trace["otherData"]["axis"], chrome_trace(told)["otherData"]["axis"]) == ("step", "time")


def test_trace_events_have_tracks_and_counters(told):
    """Begins and ends balance; model calls have a duration in microseconds; depth and tokens are counted."""
    signal = {"detector": "D5", "name": "invalid target", "first": 3, "last": 3, "said": "no such element"}
    told = Told(told.reader, told.frames, told.skeleton, told.payload, signals={"signals": [signal]})
    events = chrome_trace(told)["traceEvents"]
    phases = [event["ph"] for event in events]
    assert phases.count("B") == phases.count("E") == len(ACTIONS) + len(told.frames)
    calls = [event for event in events if event["ph"] == "X" and event["tid"] == 2]
    assert [event["dur"] for event in calls] == [40_000.0] * len(ACTIONS)
    assert [event["name"] for event in events if event["tid"] == 3 and event["ph"] == "X"] == ["D5 invalid target"]
    assert [event["args"]["depth"] for event in events if event["name"] == "depth"] == [1, 2, 2, 1, 1, 2]
    assert all(event["ph"] == "M" or "ts" in event for event in events)


def spans_of(told):
    resource = otlp(told)["resourceSpans"][0]
    (scoped,) = resource["scopeSpans"]
    return resource, scoped, scoped["spans"]


def attributes(span):
    return {one["key"]: next(iter(one["value"].values())) for one in span["attributes"]}


def test_spans_form_one_tree_by_the_convention_that_is_named(told):
    """Ids have their length and differ, every parent is there, times are ordered, the version stands in two places."""
    resource, scoped, spans = spans_of(told)
    assert scoped["schemaUrl"].endswith(CONVENTION)
    assert attributes(resource["resource"])["stepscope.convention"] == f"gen_ai {CONVENTION}"
    ids = {span["spanId"] for span in spans}
    assert len(ids) == len(spans) == 1 + len(told.frames) + len(told.calls) + 3
    assert {len(one) for one in ids} == {16}
    assert {span["traceId"] for span in spans} == {spans[0]["traceId"]}
    assert len(spans[0]["traceId"]) == 32
    assert [span["name"] for span in spans if "parentSpanId" not in span] == ["invoke_workflow shop:find"]
    assert {span["parentSpanId"] for span in spans[1:]} <= ids
    assert all(int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"]) for span in spans)
    operations = [attributes(span)["gen_ai.operation.name"] for span in spans]
    assert {name: operations.count(name) for name in operations} == {
        "invoke_workflow": 1, "invoke_agent": 3, "chat": 6, "execute_tool": 3,
    }  # fmt: skip


def test_rewards_are_evaluations_by_who_gave_them(told):
    """The rule's and a person's, each an event of the episode's span."""
    said = {"annotations": [{"kind": "reward", "value": 0.5}, {"kind": "note", "value": None}]}
    events = spans_of(Told(told.reader, told.frames, told.skeleton, told.payload, signals=said))[2][0]["events"]
    named = [attributes(event) for event in events]
    assert [(one["gen_ai.evaluation.name"], one["gen_ai.evaluation.score.value"]) for one in named] == [
        ("reward_rule", 0.0),
        ("reward_human", 0.5),
    ]


def test_an_export_made_twice_has_the_same_ids(told):
    """Collectors can tell that they have it already."""
    assert otlp(told) == otlp(told)


def test_a_call_that_never_returned_ends_as_an_error(told):
    """It has an end, the status ERROR, and says that it was abandoned."""
    open_ = tuple(frame.model_copy(update={"end": "open"}) for frame in told.frames)
    still = Told(told.reader, open_, told.skeleton, told.payload)
    spans = [span for span in spans_of(still)[2] if span["name"] == "invoke_agent search"]
    assert [attributes(span)["stack.exit"] for span in spans] == ["abandoned", "abandoned"]
    assert {span["status"]["code"] for span in spans} == {ERROR}
    assert all(span["endTimeUnixNano"] != "0" for span in spans)


def test_an_id_of_32_digits_is_the_trace(told):
    """Any other id has a digest."""
    told.reader.episode = told.episode.model_copy(update={"id": "ab" * 16})
    assert spans_of(told)[2][0]["traceId"] == "ab" * 16


@pytest.mark.parametrize(
    ("action", "text"),
    [
        ("click [3]", "click('3')"),
        ("rightclick [3]", "click('3', button='right')"),
        ("type [3] [it's] [1]", "fill('3', \"it's\")\npress('3', 'Enter')"),
        ("type [3] [a] [0]", "fill('3', 'a')"),
        ("select [3] [b]", "select_option('3', 'b')"),
        ("press [Enter]", "keyboard_press('Enter')"),
        ("press [Enter] [3]", "press('3', 'Enter')"),
        ("scroll [up] [3]", "scroll(0, -500)"),
        ("goto [http://a.test/]", "goto('http://a.test/')"),
        ("tab_focus [1]", "tab_focus(1)"),
        ("close_tab", "tab_close()"),
        ("reload", "noop()"),
        ("not an action", None),
    ],
)
def test_actions_in_browsergyms_words(action, text):
    """Texts are Python literals, so no text of a page can be more than a text."""
    assert action_text(make_step("click [1]").model_copy(update={"action": action})) == text


@given(text=st.text(max_size=40))
def test_any_typed_text_stays_one_argument(text):
    """What is typed never ends its literal."""
    step = make_step("click [1]").model_copy(update={"action": str(Action("type", ("3", text)))})
    called = compile(action_text(step), "action", "eval").co_consts
    assert text in called


def test_browsergym_steps_hold_both_actions(told):
    """Their form for the page's actions alone, ours for every step; errors stand with the step after."""
    body = browsergym(told)
    assert [step["stepscope"]["kind"] for step in body["steps"]] == [kind for kind, _ in ACTIONS]
    assert [step["action"] is None for step in body["steps"]] == [True, False, True, True, True, False]
    assert body["steps"][4]["obs"]["last_action_error"] == "no verb in Quixotella"
    assert body["steps"][1]["agent_info"]["stack"] == "planner/search"
    assert body["steps"][0]["obs"]["screenshot"].startswith("data:image/webp;base64,")
    assert (body["cum_reward"], body["terminated"], body["truncated"]) == (0.0, True, True)


def test_webarenas_page_is_recognised_by_our_own_reader(told):
    """It has the marks of the layout, a page a step, and no markup of the recording."""
    text = b"".join(webarena_html(told)).decode()
    assert recognise(text)
    assert "<script" not in text
    assert "<img src=x" not in text
    draft = read_webarena(text)
    assert draft.header["task"] == "shop:find"
    assert len(draft.steps) == len(ACTIONS)
    assert draft.steps[1].action == "type [3] [Quixotella] [1]"
    assert MARKUP in draft.objective
    assert draft.observations[draft.steps[0].observation_before].url == URL


@pytest.mark.parametrize(
    "text", ["[a", "a] [b", "C:\\new", "x where [3] is", "two\nlines", "</pre></div>", "\\[", "stop [x"]
)
def test_what_was_typed_and_answered_comes_back_from_our_page(told, text):
    """Whatever brackets, backslashes or words of the layout stand in it."""
    page = b"".join(webarena_html(told)).decode()
    typed, stop = Action("type", ("3", text)), Action("stop", (text,))
    page = page.replace("type [3] [Quixotella] [1]", html.escape(str(typed)))
    page = page.replace(html.escape(f"goto [{URL}]"), html.escape(str(stop)))
    draft = read_webarena(page)
    assert (draft.steps[1].action, draft.steps[-1].action) == (str(typed), str(stop))


def test_rows_have_the_columns_of_their_tables(told):
    """No row has a column its table does not know."""
    for name, rows in rows_of(told).items():
        assert rows or name == "signals"
        for row in rows:
            assert set(row) <= set(TABLES[name]), name


def test_a_frame_of_nowhere_breaks_nothing(told):
    """A call whose parent is not there, or is itself, has a path all the same."""
    lost = Frame(id="f9", parent="f9", depth=2, policy="lost", objective="lost")
    frames = (*told.frames, lost)
    skeleton = {**told.skeleton, "steps": {**told.skeleton["steps"], "frame": [3] * len(ACTIONS)}}
    assert [mark.frame.id for mark in walk(Told(told.reader, frames, skeleton, told.payload)) if mark.opens]


def test_a_press_on_a_point_comes_back_from_our_page_without_remark(told):
    """Verbs that only others' runs hold are known when our own export of them is read; any other name is a remark."""
    page = b"".join(webarena_html(told)).decode()
    for action, remarks in (("click_at [12] [30]", 0), ("type_text [shoes]", 0), ("teleport [home]", 1)):
        draft = read_webarena(page.replace("type [3] [Quixotella] [1]", action))
        assert draft.steps[1].action == action
        assert len([one for one in draft.warnings if "no action of ours" in one.message]) == remarks
