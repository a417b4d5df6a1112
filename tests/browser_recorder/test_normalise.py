"""The normaliser's rules on logs built by hand, and its accounting on any log at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser.recorder.events import (
    Answer,
    Hover,
    Key,
    Mark,
    Nav,
    Note,
    Opened,
    Press,
    RawEvent,
    Refused,
    Release,
    Settled,
    Text,
    Wheel,
    body_of,
    read_event,
)
from browser.recorder.normalise import Normaliser, Rules, normalise
from tests.browser_recorder.raw_log import field, gate, log, settled

UP = Release(x=1, y=1)


def press(element: str | None, **more: object) -> Press:
    return Press(gate=gate(element, changed=more.pop("changed", ())), x=1, y=1, **more)


def keys(text: str, focused: object) -> list[Key]:
    """A burst: the first key with a gate."""
    return [Key(gate=gate(focused=focused) if i == 0 else None, key=char) for i, char in enumerate(text)]


def actions(*events: object) -> list[str]:
    return [step.action for step in normalise("e", log(*events)).steps]


def test_a_focus_click_typing_and_enter_are_one_step_from_before_the_click() -> None:
    """Click, letters and Enter into one field give one type step whose observation is the click's."""
    name = field("5")
    events = log(
        Press(gate=gate("5", observation="before the click"), x=1, y=1),
        UP,
        settled(name, ("focus",)),
        *keys("ana", name),
        Key(gate=gate(focused=field("5", "ana")), key="Enter"),
        settled(None, ("url", "text"), seen="next page"),
    )
    reading = normalise("e", events)
    assert [s.action for s in reading.steps] == ["type [5] [ana] [1]"]
    step = reading.steps[0]
    assert (step.observation_before, step.observation_after) == ("before the click", "next page")
    assert step.raw == (1, 2, 4, 5, 6, 7)
    assert step.changed == ("text", "url")


def test_a_click_that_opened_something_stays_a_step() -> None:
    """If the click changed the page, it is not merged into the typing after it."""
    name = field("5")
    assert actions(press("5"), UP, settled(name, ("focus", "text")), *keys("BOS", name)) == [
        "click [5]",
        "type [5] [BOS] [0]",
    ]


def test_a_change_between_click_and_first_key_keeps_the_click() -> None:
    """A list that opened late, seen only by the gate of the first key, counts as the click's doing."""
    name = field("5")
    late_list = Key(gate=gate(focused=name, changed=("text",)), key="B")
    assert actions(press("5"), UP, settled(name, ("focus",)), late_list) == ["click [5]", "type [5] [B] [0]"]


def test_tab_between_fields_belongs_to_the_typing_it_leads_to() -> None:
    """user, Tab, password: two type steps, no press."""
    user, second = field("5"), field("6")
    assert actions(
        *keys("ana", user),
        Key(gate=gate(focused=field("5", "ana")), key="Tab"),
        settled(second, ("focus",)),
        *keys("bo", second),
    ) == ["type [5] [ana] [0]", "type [6] [bo] [0]"]


def test_tab_and_select_all_before_typing_merge_while_tab_alone_stays() -> None:
    """What led to the typing merges with it; a Tab that led nowhere is a press."""
    old = field("6", "old")
    chord = Key(gate=gate(focused=old), key="a", modifiers=("Control",))
    typing = [Key(gate=gate(focused=old), key="n"), settled(field("6", "new"), ("text",))]
    assert actions(press("6"), UP, chord, *typing) == ["type [6] [new] [0]"]
    assert actions(press("6"), UP, chord, press("7"), UP) == ["click [6]", "press [Control+a]", "click [7]"]
    assert actions(Key(gate=gate(focused=old), key="Tab"), settled(None, ("focus",))) == ["press [Tab]"]


def test_backspace_is_applied_and_other_edits_take_the_final_value() -> None:
    """Corrections at the end are computed, those in the middle are read from the field."""
    empty = field("5")
    bos = [*keys("BOX", empty), Key(key="Backspace"), Key(key="S")]
    assert actions(*bos, settled(field("5", "BOS"))) == ["type [5] [BOS] [0]"]
    left = Key(gate=gate(focused=field("5", "BS")), key="ArrowLeft")
    assert actions(*keys("BS", empty), left, Key(key="O"), settled(field("5", "BOS"))) == ["type [5] [BOS] [0]"]


def test_a_masked_field_keeps_what_was_typed_and_a_date_field_its_value() -> None:
    """Typed text wins over what the page made of it, except where keys do not spell the value."""
    assert actions(*keys("555", field("5")), settled(field("5", "(555)"))) == ["type [5] [555] [0]"]
    date = field("5", "", kind="date")
    assert actions(*keys("03152027", date), settled(field("5", "2027-03-15", kind="date"))) == [
        "type [5] [2027-03-15] [0]"
    ]


def test_enter_in_a_text_area_is_a_line_break() -> None:
    """Enter types a newline where the field has lines."""
    area = field("5", multiline=True)
    enter = Key(gate=gate(focused=area), key="Enter")
    assert actions(*keys("a", area), enter, Key(key="b")) == [r"type [5] [a\nb] [0]"]


def test_a_secret_field_gives_its_name_and_nothing_else() -> None:
    """Keys of a secret field are not in the log; the step holds its name."""
    hidden = field("6", None, secret="password", length=3)
    events = [Key(gate=gate(focused=hidden)), Key(), Key(), Key(gate=gate(focused=hidden), key="Enter")]
    assert actions(press("6"), UP, settled(hidden, ("focus",)), *events) == ["type [6] [{SECRET:password}] [1]"]


def test_double_and_triple_clicks_are_one_step() -> None:
    """Later presses of a multiple click have no gate and belong to the first."""
    again = Press(x=1, y=1, count=2)
    assert actions(press("5"), UP, again, UP) == ["dblclick [5]"]
    assert actions(press("5"), UP, again, UP, Press(x=1, y=1, count=3), UP) == ["dblclick [5]"]


def test_other_buttons_and_modifiers() -> None:
    """Right and middle clicks and held keys are said in the action."""
    assert actions(press("5", button="right"), UP) == ["rightclick [5]"]
    assert actions(press("5", button="middle"), UP) == ["click [5] [middle]"]
    assert actions(press("5", modifiers=("Control",)), UP) == ["click [5] [Control]"]


def test_a_wheel_burst_is_one_scroll() -> None:
    """Turns without a gate belong to the burst; a new gate begins another scroll."""
    first, more, back = (
        Wheel(gate=gate(), x=1, y=1, dy=100),
        Wheel(x=1, y=1, dy=300),
        Wheel(gate=gate(), x=1, y=1, dy=-100),
    )
    assert actions(first, more, more, back) == ["scroll [down]", "scroll [up]"]


def test_a_drag_names_both_ends() -> None:
    """The release after a drag has a gate with what lies under the pointer."""
    assert actions(press("5"), Release(gate=gate("9"), x=80, y=80)) == ["drag [5] [9]"]
    lost = normalise("e", log(press("5"), Release(gate=gate(None), x=80, y=80)))
    assert [e.what for e in lost.not_recorded] == ["drag of ‘name of 5’ to (80, 80): nothing there has an id"]


def test_a_list_of_ours_gives_one_select_and_a_dismissed_one_an_entry() -> None:
    """Press, our list, answer = one select; nothing chosen = not recorded."""
    opened = Opened(widget="select")
    chosen = Answer(to=2, accepted=True, values=("Boston",))
    assert actions(press("5"), opened, chosen, settled()) == ["select [5] [Boston]"]
    closed = normalise("e", log(press("5"), opened, Answer(to=2, accepted=False), settled()))
    assert closed.steps == ()
    assert closed.not_recorded[0].what == "the list ‘name of 5’ was opened and nothing was chosen"


def test_keys_on_a_list_give_one_select() -> None:
    """Arrows and letters on a focused list are a select of what they ended at; without effect they are presses."""
    box = field("5", "A", editable=False, select=True)
    arrow = Key(gate=gate(focused=box), key="ArrowDown")
    assert actions(arrow, Key(key="ArrowDown"), settled(field("5", "C", editable=False, select=True))) == [
        "select [5] [C]"
    ]
    assert actions(arrow, settled(box)) == ["press [ArrowDown]"]


def test_an_upload_is_one_step_with_the_click_that_asked_for_it() -> None:
    """The click that opened the chooser and the files are one upload; a cancelled chooser leaves the click."""
    opened = Opened(widget="chooser")
    files = Answer(to=3, accepted=True, values=("a.txt", "b.txt"))
    assert actions(press("5"), UP, opened, files, settled()) == [r"upload [5] [a.txt\nb.txt]"]
    assert actions(press("5"), UP, opened, Answer(to=3, accepted=False), settled()) == ["click [5]"]


def test_a_dialog_and_its_opener_share_the_page_after_the_answer() -> None:
    """The opener's after-observation is taken after the answer; the dialog's before is the last look at the page."""
    asked = Opened(widget="dialog", gate=gate(held=True), dialog="prompt", message="Name?", default="")
    reading = normalise(
        "e",
        log(
            press("5"), asked, Answer(to=2, accepted=True, values=("Ana",)), UP, settled(None, ("text",), seen="after")
        ),
    )
    assert [s.action for s in reading.steps] == ["click [5]", "dialog [accept] [Ana]"]
    assert [s.observation_after for s in reading.steps] == ["after", "after"]
    assert reading.steps[1].target is not None
    assert reading.steps[1].target.name == "prompt: Name?"


def test_a_hover_is_kept_only_if_it_revealed_the_next_target() -> None:
    """A rest that revealed what was clicked next is a step, one that did not is nothing, an explicit one always is."""
    rest = Hover(gate=gate("3"), x=1, y=1, revealed=("4",))
    assert actions(rest, press("4"), UP) == ["hover [3]", "click [4]"]
    assert actions(rest, press("8"), UP) == ["click [8]"]
    meant = Hover(gate=gate("3"), x=1, y=1, explicit=True)
    assert actions(meant, press("8"), UP) == ["hover [3]", "click [8]"]
    every = normalise("e", log(rest, press("8"), UP), Rules(keep_hover="all"))
    assert [s.action for s in every.steps] == ["hover [3]", "click [8]"]


def test_the_navigation_bar() -> None:
    """Every action of the bar and the tab strip has its verb."""
    bar = [("goto", "http://a/"), ("back", None), ("forward", None), ("reload", None), ("tab", "1"), ("new_tab", None)]
    events = [Nav(gate=gate(), action=action, text=text) for action, text in bar]
    assert actions(*events) == ["goto [http://a/]", "go_back", "go_forward", "reload", "tab_focus [1]", "new_tab"]


def test_what_has_no_id_is_an_entry() -> None:
    """A click on nothing with an id is not recorded, and says where it was."""
    reading = normalise("e", log(press(None), UP))
    assert [e.what for e in reading.not_recorded] == ["click at (1, 1): nothing there has an id"]


def test_a_late_gate_leaves_the_step_before_it_without_an_after() -> None:
    """Nobody looked at the page between the two gestures, so the first has no after-observation."""
    late = Press(gate=gate("6", late=True), x=1, y=1)
    first, second = normalise("e", log(press("5"), UP, late, UP, settled())).steps
    assert first.observation_after is None
    assert (second.observation_after, second.proof.late) == ("after", True)


def test_the_next_gate_is_the_page_after() -> None:
    """When the next gesture comes before quiet, its gate is the after-observation of the step before."""
    first, _ = normalise("e", log(press("5"), UP, Press(gate=gate("6", observation="between"), x=1, y=1))).steps
    assert first.observation_after == "between"


def test_uids_do_not_change_as_the_log_grows() -> None:
    """The provisional click and the type step it becomes have one uid."""
    name = field("5")
    fold, seen = Normaliser("e", Rules()), []
    for event in log(press("5"), UP, settled(name, ("focus",)), *keys("ab", name)):
        fold.feed(event)
        seen.append(fold.reading().steps[0])
    assert len({step.uid for step in seen}) == 1
    assert (seen[0].action, seen[-1].action) == ("click [5]", "type [5] [ab] [0]")


# -- any log at all ---------------------------------------------------------------------------------------------------

_FIELDS = st.sampled_from([None, field("5"), field("6", "x"), field("7", None, secret="pin"), field("8", select=True)])
_CHANGED = st.sampled_from([(), ("focus",), ("text",), ("url", "text"), ("tabs",)])
_GATES = st.builds(
    gate,
    element=st.sampled_from([None, "5", "6", "9"]),
    focused=_FIELDS,
    changed=_CHANGED,
    late=st.booleans(),
)
_SOME = st.one_of(st.none(), _GATES)
_KEYS = st.sampled_from([None, "a", "Enter", "Tab", "Backspace", "ArrowLeft", "ArrowDown", "Escape", " "])
_MODIFIERS = st.sampled_from([(), ("Control",), ("Shift",)])
_GESTURES = st.one_of(
    st.builds(Press, gate=_SOME, x=st.just(1), y=st.just(1), count=st.integers(1, 3), modifiers=_MODIFIERS),
    st.builds(Key, gate=_SOME, key=_KEYS, modifiers=_MODIFIERS),
    st.builds(Text, gate=_SOME, text=st.sampled_from(["日本", None])),
    st.builds(Wheel, gate=_SOME, x=st.just(1), y=st.just(1), dy=st.sampled_from([-50, 50])),
    st.builds(Nav, gate=_GATES, action=st.sampled_from(["back", "reload"])),
    st.builds(Note, gate=_GATES, text=st.just("so")),
    st.builds(Refused, what=st.just("a dialog is open")),
    st.builds(Hover, gate=_GATES, x=st.just(1), y=st.just(1), explicit=st.just(True)),
    st.builds(Opened, widget=st.just("dialog"), gate=_GATES, dialog=st.just("alert"), message=st.just("")),
)
_OTHERS = st.one_of(
    st.builds(Release, gate=_SOME, x=st.just(1), y=st.just(1)),
    st.builds(Settled, focused=_FIELDS, changed=_CHANGED, observation=st.just("s")),
    st.builds(Hover, gate=_GATES, x=st.just(1), y=st.just(1), revealed=st.sampled_from([(), ("5",), ("9",)])),
    st.builds(Opened, widget=st.sampled_from(["select", "chooser"])),
    st.builds(Answer, to=st.integers(1, 30), accepted=st.booleans(), values=st.just(("v",))),
    st.builds(Mark, what=st.just("paused")),
)
_LOGS = st.lists(st.one_of(_GESTURES, _OTHERS), max_size=30).map(lambda events: log(*events))
_MUST = (Press, Key, Text, Wheel, Nav, Note, Refused)


@given(_LOGS)
def test_every_gesture_is_one_step_or_one_entry(events: list[RawEvent]) -> None:
    """Whatever the order: each event is used exactly once, and each gesture in a step or an entry."""
    reading = normalise("e", events)
    used = [n for step in reading.steps for n in step.raw] + [n for e in reading.not_recorded for n in e.raw]
    points = {e.number for e in events if isinstance(e.event, Settled)}
    assert sorted([*used, *reading.left_out, *points - set(reading.left_out)]) == [e.number for e in events]
    explicit = {e.number for e in events if isinstance(e.event, Hover) and e.event.explicit}
    dialogs = {e.number for e in events if isinstance(e.event, Opened) and e.event.widget == "dialog"}
    must = {e.number for e in events if isinstance(e.event, _MUST)} | explicit | dialogs
    assert must <= set(used)


@given(_LOGS)
def test_one_by_one_equals_at_once_and_final_steps_stay(events: list[RawEvent]) -> None:
    """The live reading and the re-run are one; what was final never changes; uids are unique."""
    fold, final = Normaliser("e", Rules()), ()
    for event in events:
        fold.feed(event)
        now = fold.reading()
        assert now.steps[: len(final)] == final
        final = now.steps[: now.final]
    assert fold.reading() == normalise("e", events)
    steps = fold.reading().steps
    assert [s.seq for s in steps] == list(range(len(steps)))
    assert len({s.uid for s in steps}) == len(steps)


@given(_LOGS)
def test_the_log_survives_being_written_and_read(events: list[RawEvent]) -> None:
    """An event's stored body reads back to an equal event."""
    assert [read_event(e.number, e.at, e.event.kind, body_of(e.event)) for e in events] == events


def test_a_damaged_row_is_named() -> None:
    """A row that is not of the format is refused with its number."""
    with pytest.raises(Exception, match=r"raw event 7 \(press\)"):
        read_event(7, 0.0, "press", {"x": "left"})
