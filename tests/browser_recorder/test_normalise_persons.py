"""The normaliser on logs as a recording makes them: a person at two tabs of fields, and a model that knows the truth.

The model keeps each field's text and caret, and writes the log a recording would write of any interleaving of gestures,
with looks missing, gates late or held, dialogs and refusals in the middle of typing. What the steps say is compared
with what the model did.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from browser.recorder.events import (
    Answer,
    Event,
    Focus,
    Gate,
    Key,
    Mark,
    Nav,
    Opened,
    Press,
    RawEvent,
    Refused,
    Release,
    Settled,
    Wheel,
)
from browser.recorder.normalise import Reading, normalise
from tests.browser_recorder.raw_log import target
from tests.counts import soak
from traces.actions import parse_action

FIELDS = ("5", "6")
KEYS = ("a", "b", "Backspace", "Delete", "ArrowLeft", "Home", "End")


@dataclass
class Model:
    """The page and the person; `log` is what the recorder would have written, `done` what was meant by it.

    `done` has for each gesture its kind, its raw numbers, and for keys in a field (tab, field, text after the key).
    """

    texts: dict[tuple[int, str], str]
    log: list[RawEvent] = field(default_factory=list)
    typed: dict[int, tuple[int, str, str]] = field(default_factory=dict)
    presses: dict[int, str] = field(default_factory=dict)
    refused: list[int] = field(default_factory=list)
    tab: int = 0
    focus: str | None = None
    caret: int = 0
    burst: bool = False
    seen: Focus | None = None
    before: dict[tuple[int, str], str] = field(default_factory=dict)
    looked_at: int = 0

    def add(self, event: Event) -> int:
        self.log.append(RawEvent(len(self.log) + 1, len(self.log) * 10.0, event))
        return len(self.log)

    def focused(self) -> Focus | None:
        if self.focus is None:
            return None
        return Focus(target=target(self.focus), value=self.texts[self.tab, self.focus], editable=True)

    def look(self) -> dict[str, Any]:
        """A new look: what it saw, and how that differs from the look before."""
        now = self.focused()
        differs = {
            "focus": (self.seen.id if self.seen else None) != (now.id if now else None),
            "text": self.texts != self.before,
            "tabs": self.tab != self.looked_at,
        }
        self.seen, self.before, self.looked_at = now, dict(self.texts), self.tab
        return {
            "observation": f"look {len(self.log)}",
            "focused": now,
            "changed": tuple(name for name, holds in differs.items() if holds),
            "tab": self.tab,
        }

    def gate(self, at: str | None, late: bool, held: bool = False) -> Gate:
        hit = target(at) if at is not None else None
        if late or held:
            return Gate(target=hit, focused=self.seen, tab=self.tab, observation="older", late=late, held=held)
        return Gate(target=hit, **self.look())

    def settle(self) -> None:
        self.burst = False
        self.add(Settled(**self.look()))

    def press(self, element: str, late: bool) -> None:
        self.burst = False
        self.presses[self.add(Press(gate=self.gate(element, late), x=1, y=1))] = element
        self.add(Release(x=1, y=1))
        self.focus = element if element in FIELDS else None
        self.caret = len(self.texts[self.tab, element]) if element in FIELDS else 0

    def key(self, key: str, late: bool) -> None:
        """A key where the person is; a burst has one gate."""
        begins = len(key) == 1 or key in ("Backspace", "Delete")
        gate = None if self.burst and key != "Enter" else self.gate(None, late)
        self.texts.update(self._after(key))
        if gate is not None and gate.late and begins:
            gate = gate.model_copy(update={"focused": self.focused()})  # where it went is asked afterwards
        number = self.add(Key(gate=gate, key=key))
        self.burst = self.focus is not None and (self.burst or begins)
        if self.burst and key != "Enter":
            self.typed[number] = (self.tab, self.focus, self.texts[self.tab, self.focus])
        if key == "Enter":
            self.burst = False

    def _after(self, key: str) -> dict[tuple[int, str], str]:
        if self.focus is None or key == "Enter":
            return {}
        text, at = self.texts[self.tab, self.focus], self.caret
        match key:
            case "Backspace":
                text, at = text[: max(0, at - 1)] + text[at:], max(0, at - 1)
            case "Delete":
                text = text[:at] + text[at + 1 :]
            case "ArrowLeft":
                at = max(0, at - 1)
            case "Home":
                at = 0
            case "End":
                at = len(text)
            case char:
                text, at = text[:at] + char + text[at:], at + 1
        self.caret = at
        return {(self.tab, self.focus): text}

    def wheel(self, late: bool) -> None:
        self.burst = False
        self.add(Wheel(gate=self.gate(None, late), x=1, y=1, dy=50))
        self.add(Wheel(x=1, y=1, dy=50))

    def dialog(self) -> None:
        """The page asks something, in the middle of whatever is going on."""
        self.burst = False
        number = self.add(Opened(widget="dialog", gate=self.gate(None, late=False, held=True), dialog="confirm"))
        self.add(Answer(to=number, accepted=True))

    def refuse(self) -> None:
        self.burst = False
        self.refused.append(self.add(Refused(what="a press while a dialog was open")))

    def switch(self) -> None:
        """To the other tab, by the strip."""
        self.burst = False
        self.add(Nav(gate=self.gate(None, late=False), action="tab", text=str(1 - self.tab)))
        self.tab, self.focus = 1 - self.tab, None
        self.settle()

    def jump(self, element: str) -> None:
        """The page gives the keyboard to another field."""
        self.focus, self.burst, self.caret = element, False, len(self.texts[self.tab, element])

    def popup(self, element: str) -> None:
        """The page opens the other tab, where a field has the keyboard."""
        self.noise()
        self.tab = 1 - self.tab
        self.jump(element)

    def go_on(self, way: str, element: str, keys: list[str]) -> None:
        """Type on somewhere else, however the keyboard came there."""
        if way == "press":
            self.press(element, late=False)
        else:
            getattr(self, way)(element)
        self.write(keys, late=False)

    def write(self, keys: list[str], late: bool) -> None:
        """Several keys; only the first may find the page busy."""
        for at, key in enumerate(keys):
            self.key(key, late and at == 0)

    def noise(self) -> None:
        """A tab is opened by the page: nobody's doing."""
        self.burst = False
        self.add(Mark(what="tab opened"))


Do = Callable[[Model], object]


def _does(name: str, *args: Any) -> Do:
    return lambda model: getattr(model, name)(*args)


_WORDS = st.one_of(
    st.sampled_from([["a"], ["a", "b"], ["a", "ArrowLeft", "b"]]),
    st.lists(st.sampled_from(KEYS), min_size=1, max_size=6),
)
_LATE = st.sampled_from([False, False, True])
_DOES = st.one_of(
    st.builds(_does, st.just("press"), st.sampled_from([*FIELDS, "9"]), _LATE),
    st.builds(_does, st.just("write"), _WORDS, _LATE),
    st.builds(_does, st.just("go_on"), st.sampled_from(["press", "jump", "popup"]), st.sampled_from(FIELDS), _WORDS),
    st.builds(_does, st.just("key"), st.just("Enter"), _LATE),
    st.builds(_does, st.just("wheel"), _LATE),
    st.builds(_does, st.sampled_from(["settle", "settle", "dialog", "refuse", "switch", "noise"])),
)
_PLANS = st.lists(_DOES, max_size=20)
_START = st.sampled_from(["", "old"])


def played(plan: list[Do], start: str) -> tuple[Model, Reading]:
    model = Model({(tab, element): start for tab in (0, 1) for element in FIELDS})
    model.settle()
    for do in plan:
        do(model)
    model.settle()
    return model, normalise("e", model.log)


@given(_PLANS, _START)
def test_every_gesture_of_a_person_is_one_step_or_one_entry(plan: list[Do], start: str) -> None:
    """Also with dialogs and refusals while typing, tabs, and gates that were late."""
    model, reading = played(plan, start)
    used = [n for item in (*reading.steps, *reading.not_recorded) for n in item.raw]
    assert len(used) == len(set(used))
    must = {raw.number for raw in model.log if isinstance(raw.event, Press | Key | Wheel | Nav | Refused | Opened)}
    assert must <= set(used)
    entries = {n for entry in reading.not_recorded for n in entry.raw}
    assert set(model.refused) <= entries


@settings(max_examples=soak(2000))
@given(_PLANS, _START)
def test_what_a_step_types_is_what_the_field_held(plan: list[Do], start: str) -> None:
    """Never another text: where it cannot be known, the typing is an entry that says so."""
    model, reading = played(plan, start)
    for step in reading.steps:
        keys = [n for n in step.raw if n in model.typed]
        if not step.action.startswith("type "):
            continue
        tab, element, text = model.typed[keys[-1]]
        assert parse_action(step.action).args[:2] == (element, text)
        assert {model.typed[n][:2] for n in keys} == {(tab, element)}


@given(_PLANS, _START)
def test_steps_are_in_order_and_each_is_of_one_tab(plan: list[Do], start: str) -> None:
    """Steps follow each other as they were begun, and none reaches over a change of tabs."""
    model, reading = played(plan, start)
    first = [step.raw[0] for step in reading.steps]
    assert first == sorted(first)
    events = {raw.number: raw.event for raw in model.log}
    for step in reading.steps:
        gates = [gate for n in step.raw if (gate := getattr(events[n], "gate", None)) is not None]
        assert len({gate.tab for gate in gates}) == 1


@given(_PLANS, _START)
def test_the_page_after_a_step_is_not_the_page_after_the_next(plan: list[Do], start: str) -> None:
    """It was looked at before the next gesture began, unless that was a dialog, which its opener waits for."""
    model, reading = played(plan, start)
    dialogs = {raw.number for raw in model.log if isinstance(raw.event, Opened)}
    begun = sorted(item.raw[0] for item in (*reading.steps, *reading.not_recorded) if item.raw[0] not in model.refused)
    for step in reading.steps:
        later = [n for n in begun if n > step.raw[0] and n not in dialogs]
        if step.observation_after is not None and later:
            assert int(step.observation_after.removeprefix("look ")) < later[0]


@given(_PLANS, _START)
def test_a_press_is_about_what_was_pressed(plan: list[Do], start: str) -> None:
    """No step takes over another's target, and its observation is that of its own first event."""
    model, reading = played(plan, start)
    events = {raw.number: raw.event for raw in model.log}
    for step in reading.steps:
        if step.action.startswith("click "):
            assert parse_action(step.action).args == (model.presses[step.raw[0]],)
        gate = events[step.raw[0]].gate
        assert step.observation_before == gate.observation
        assert step.proof.late == gate.late


@given(_PLANS, _START)
def test_the_same_log_gives_the_same_steps_and_uids(plan: list[Do], start: str) -> None:
    """Twice, and of a part of the log: its final steps are the beginning of the whole's."""
    model, reading = played(plan, start)
    assert normalise("e", model.log) == reading
    part = normalise("e", model.log[: len(model.log) // 2])
    assert part.steps[: part.final] == reading.steps[: part.final]
    other = normalise("another", model.log)
    assert [step.action for step in other.steps] == [step.action for step in reading.steps]
    assert {step.uid for step in other.steps}.isdisjoint({step.uid for step in reading.steps})


@given(_PLANS, _START, st.integers(0, 60))
def test_a_refusal_or_a_mark_changes_no_step(plan: list[Do], start: str, at: int) -> None:
    """What did not reach the page, and what the page did by itself, leave the steps' actions as they are."""
    model, reading = played(plan, start)
    for event in (Refused(what="no"), Mark(what="tab opened")):
        at = min(at, len(model.log))
        events = [raw.event for raw in model.log]
        events[at:at] = [event]
        moved = [_shifted(event, at) for event in events]
        again = normalise("e", [RawEvent(n, n * 10.0, event) for n, event in enumerate(moved, 1)])
        assert [step.action for step in again.steps] == [step.action for step in reading.steps]
        assert len(again.not_recorded) == len(reading.not_recorded) + isinstance(event, Refused)


def _shifted(event: Event, at: int) -> Event:
    """An answer names its question by number, which may have moved."""
    return event.model_copy(update={"to": event.to + (event.to > at)}) if isinstance(event, Answer) else event
