"""Human demonstrations of MiniWoB++: events logged twice become gestures, texts are what a field held."""

from __future__ import annotations

import gzip
import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.counts import soak
from traces.actions import parse_action
from traces.formats import miniwob_human
from traces.formats.foreign import BadRecording
from traces.formats.runs import read_runs
from traces.formats.source import Source
from traces.observation_text import parse_observation


class Person:
    """Writes what the pages' own recorder would: a state before and after the handlers of each event."""

    def __init__(self, **values):
        self.values = {"city": "", "key": "", "meal": False, **values}
        self.shift = 0
        self.at = 0
        self.states = [{"time": 0, "action": None, "dom": self.dom()}]

    def dom(self, target=None):
        """The page: two fields, a tick in its label, an icon, two buttons."""

        def node(tag, ref, top, **more):
            marked = {"recordingTarget": True} if ref == target else {}
            place = {"left": 5, "top": top - self.shift, "width": 100, "height": 20}
            return {"tag": tag, "ref": ref, "id": "", "classes": "", "children": [], **place, **more, **marked}

        tick = node("INPUT_checkbox", 6, 60, value=self.values["meal"])
        inside = [
            node("LABEL", 2, 0, text="City"),
            node("INPUT_text", 3, 20, value=self.values["city"], id="tt"),
            node("INPUT_password", 4, 40, value=self.values["key"]),
            node("LABEL", 5, 60, children=[tick, {"tag": "t", "ref": -1, "text": "Meal", "children": []}]),
            node("SPAN", 7, 80, classes="trash"),
            node("BUTTON", 8, 100, text="Go"),
            node("BUTTON", 9, 150, text="Stop"),
        ]
        return node("BODY", 1, 0, children=[node("P", 10, 0, children=inside[:2]), *inside[2:]])

    def event(self, kind, target, *, once=False, **more):
        """Both entries of an event (one where it does not come up again)."""
        self.at += 5
        for timing in (1,) if once else (1, 3):
            action = {"type": kind, "timing": timing, **more}
            self.states.append({"time": self.at, "action": action, "dom": self.dom(target)})

    def click(self, target, x=50, y=70):
        """A press, a release, a click."""
        self.at += 200
        for kind in ("mousedown", "mouseup", "click"):
            if kind == "click" and target == 6:
                self.values["meal"] = not self.values["meal"]
            self.event(kind, target, x=x, y=y)

    def key(self, target, code, char=0):
        """A key goes down and comes up."""
        self.event("keydown", target, keyCode=code, charCode=0)
        if char:
            self.event("keypress", target, keyCode=char, charCode=char)

    def type(self, target, text):
        """Letter by letter."""
        field = "city" if target == 3 else "key"
        for letter in text:
            self.key(target, ord(letter.upper()), ord(letter))
            self.values[field] += letter
            self.event("keyup", target, keyCode=ord(letter.upper()), charCode=0)

    def told(self, **more):
        """The file's JSON."""
        return {
            "taskName": "book",
            "utterance": "Go to Rome",
            "reward": 0.8,
            "rawReward": 1,
            "states": self.states,
            **more,
        }


def steps_of(person):
    """(action, name of its target) of each step."""
    draft = miniwob_human.demonstration(person.told())
    return [(step.action, step.target.name if step.target else None) for step in draft.linked()], draft


def test_a_text_is_what_the_field_held():
    """A click into the field and each key of it are one gesture; Backspace is part of it; Enter ends it."""
    person = Person()
    person.click(3)
    person.type(3, "romex")
    person.key(3, 8)
    person.values["city"] = "rome"
    person.event("keyup", 3, keyCode=8, charCode=0)
    person.key(3, 13)
    person.click(8)
    steps, draft = steps_of(person)
    assert steps == [("type [2] [rome] [1]", "City"), ("click [6]", "Go")]
    first = draft.linked()[0]
    before, after = draft.observations[first.observation_before].text, draft.observations[first.observation_after].text
    assert (before.split("\n")[1], after.split("\n")[1]) == ("[2] textbox 'City'", "[2] textbox 'City' value='rome'")
    assert first.target.box.y == 20
    assert [(step.started, step.ended) for step in draft.steps][1][0] > 200


def test_tab_on_its_way_to_a_field_is_no_step():
    """The text after it is; a secret one is withheld in action and page."""
    person = Person()
    person.click(3)
    person.type(3, "a")
    person.key(3, 9)
    person.type(4, "hunter22")
    steps, draft = steps_of(person)
    assert [action for action, _ in steps] == ["type [2] [a]", "type [3] [{SECRET:password}]"]
    assert "hunter22" not in repr(draft.observations) + repr(draft.steps)


def test_a_label_s_click_on_its_control_is_the_same_click():
    """The page clicks the control by itself; the step's page afterwards has the tick."""
    person = Person()
    person.click(5)
    person.values["meal"] = True
    person.event("click", 6, x=0, y=0)
    person.click(8)
    steps, draft = steps_of(person)
    assert steps == [("click [4]", "Meal"), ("click [6]", "Go")]
    assert " checked" in draft.observations[draft.linked()[0].observation_after].text


def test_drags_double_clicks_keys_and_scrolling():
    """Each is one step; a key's click on a button is the key's."""
    person = Person()
    person.event("mousedown", 8, x=10, y=100)
    person.event("mouseup", 9, x=10, y=160)
    person.at += 300
    for _ in range(2):
        person.at -= 150
        person.click(9)
    person.event("dblclick", 9, x=1, y=1)
    person.at += 300
    person.key(8, 13)
    person.event("click", 8, x=0, y=0)
    person.shift = 40
    person.event("scroll", None, once=True)
    steps, _ = steps_of(person)
    assert [action.split(" ")[0] for action, _ in steps] == ["drag", "dblclick", "press", "scroll"]
    assert steps[1][1] == "Stop"
    assert (steps[2][0], steps[3][0]) == ("press [Enter]", "scroll [down]")


def test_space_on_a_tick_is_one_click_however_long_it_is_held():
    """Rules read clicks on ticks; the click that the page makes when the key comes up is the same one."""
    person = Person()
    person.event("keydown", 6, keyCode=32, charCode=0)
    person.at += 300
    person.event("keyup", 6, keyCode=32, charCode=0)
    person.values["meal"] = True
    person.event("click", 6, x=0, y=0)
    (click,), draft = steps_of(person)
    assert click == (f"click [{draft.linked()[0].target.id}]", "Meal")


def test_what_is_dragged_along_is_dropped_on_what_stood_there():
    """Under the pointer is then the dragged thing itself; its place before the drag says what it was dropped on."""
    person = Person()
    person.event("mousedown", 8, x=50, y=110)
    person.event("mouseup", 8, x=50, y=160)
    ((action, name),), draft = steps_of(person)
    page = parse_observation(draft.observations[draft.linked()[0].observation_before].text)
    ids = {node.name: node.id for node in page}
    assert (action, name) == (f"drag [{ids['Go']}] [{ids['Stop']}]", "Go")


def test_a_double_click_beside_every_element_is_on_a_point():
    """It has no element to name."""
    person = Person()
    for _ in range(2):
        person.click(None, x=150, y=200)
        person.at -= 150
    person.event("dblclick", None, x=150, y=200)
    steps, _ = steps_of(person)
    assert {action for action, _ in steps} == {"click_at [150] [200]"}


def test_chords_are_pressed_and_what_they_paste_is_typed():
    """Control+C is a step of its own; Control+V is part of a text."""
    person = Person(city="Rome")
    person.click(3)
    person.event("keydown", 3, keyCode=17)
    person.key(3, 65)
    person.key(3, 67)
    person.event("keyup", 3, keyCode=17)
    person.click(4)
    person.event("keydown", 4, keyCode=17)
    person.key(4, 86)
    person.values["key"] = "Rome"
    person.event("keyup", 4, keyCode=17)
    steps, _ = steps_of(person)
    told = [action for action, _ in steps]
    assert told == ["click [2]", "press [Control+A]", "press [Control+C]", "type [3] [{SECRET:password}]"]


def test_the_header_is_that_of_a_demonstration():
    """A person's, with the task's own reward; the source's entries are kept."""
    person = Person()
    person.click(8)
    draft = miniwob_human.demonstration(person.told(utterance={"utterance": "Go", "fields": {"to": "Rome"}}))
    episode = draft.episode("e1")
    assert (episode.actor, episode.task, episode.objective, episode.status) == (
        "human",
        "miniwob:book",
        "Go",
        "success",
    )
    assert draft.raw[0]["utterance"]["fields"] == {"to": "Rome"}
    assert len(draft.raw) == len(person.states) + 1
    assert miniwob_human.demonstration(person.told(rawReward=-1)).header["status"] == "failed"
    assert (
        miniwob_human.demonstration({**person.told(), "rawReward": None, "reward": None}).header["status"] == "unsure"
    )


def test_states_without_a_page_are_named():
    """One that is broken is a warning with its place; a file with none is refused."""
    person = Person()
    person.click(8)
    person.states[3] = {"time": 5, "action": {"type": "mouseup"}}
    draft = miniwob_human.demonstration(person.told())
    assert [warned.position for warned in draft.warnings] == ["state 3"]
    with pytest.raises(BadRecording, match="has a page"):
        miniwob_human.demonstration(person.told(states=[{}, 5]))


def test_a_packed_file_is_recognised(tmp_path):
    """As they come: gzip of JSON, under any name."""
    person = Person()
    person.click(8)
    path = tmp_path / "demo"
    path.write_bytes(gzip.compress(json.dumps(person.told()).encode()))
    (draft,) = read_runs(Source(path))
    assert (draft.format, len(draft.steps)) == ("miniwob-human", 1)


def test_a_file_may_hold_several_demonstrations(tmp_path):
    """As a list or a line each; what has no page among them is told."""
    path, people = tmp_path / "demos", [Person(), Person()]
    for person in people:
        person.click(8)
    told = [person.told(utterance=f"Task {number}") for number, person in enumerate(people)]
    for text in (json.dumps([*told, person.told(states=[])]), "\n".join(map(json.dumps, told))):
        path.write_text(text)
        drafts = read_runs(Source(path))
        assert [draft.objective for draft in drafts] == ["Task 0", "Task 1"]
        assert [warned.position for warned in drafts[0].warnings] == (["entries"] if text.startswith("[") else [])
    path.write_text(json.dumps(person.told(states=[])))
    with pytest.raises(BadRecording, match="has a page"):
        read_runs(Source(path))


@pytest.mark.parametrize("seed", range(soak(100)))
def test_any_order_of_events_is_read(seed):
    """Whatever a person does, each step can be read, and its target stands on the page it was decided on."""
    chance = random.Random(seed)
    person = Person()
    for _ in range(chance.randrange(1, 15)):
        kind = chance.choice(["click", "type", "key", "event"])
        if kind == "click":
            person.click(chance.randrange(1, 11), x=chance.randrange(160), y=chance.randrange(210))
        elif kind == "type":
            person.type(chance.choice([3, 4]), chance.choice(["a", "to be", "9"]))
        elif kind == "key":
            person.key(chance.randrange(1, 11), chance.choice([8, 9, 13, 16, 17, 27, 65, 86]), chance.choice([0, 65]))
        else:
            name = chance.choice(["mousedown", "mouseup", "click", "dblclick", "scroll", "keyup", "wheel"])
            person.event(name, chance.choice([None, 3, 6, 8]), once=chance.random() < 0.5, x=chance.randrange(160), y=5)
    draft = miniwob_human.demonstration(person.told())
    for step in draft.linked():
        action = parse_action(step.action)
        ids = {node.id for node in parse_observation(draft.observations[step.observation_before].text)}
        assert action.is_page or action.name == "click_at"
        assert step.target is None or step.target.id is None or step.target.id in ids
    draft.episode("e1")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
        max_leaves=12,
    ),
    st.sampled_from(
        ["time", "action", "type", "timing", "keyCode", "x", "tag", "ref", "value", "children", "left", "classes"]
    ),
)
def test_wrong_types_never_break_the_reader(value, where):
    """Whatever stands in a field, it is read or refused with a reason."""
    person = Person()
    person.click(3)
    person.type(3, "a")
    for state in person.states[1:]:
        for part in (state, state["action"], state["dom"], state["dom"]["children"][2]):
            if isinstance(part, dict) and where in part:
                part[where] = value
    try:
        draft = miniwob_human.demonstration(person.told(reward=value))
    except BadRecording:
        return
    draft.episode("e1")
    for page in draft.observations.values():
        parse_observation(page.text)
