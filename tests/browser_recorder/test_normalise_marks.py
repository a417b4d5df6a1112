"""Marks of a person in the raw log: steps taken back and put back, mistakes, and calls over the steps."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from browser.recorder.calls import marked_calls
from browser.recorder.events import Hover, Mark, Note, Press, RawEvent, Settled, body_of, read_event
from browser.recorder.marks import CallBegun, CallEnded, Mistake, PersonMark, Redo, Undo
from browser.recorder.normalise import Normaliser, Rules, normalise
from tests.browser_recorder.raw_log import field, gate, log, settled
from tests.browser_recorder.test_normalise import _GESTURES, _MUST, _OTHERS, UP, keys, press


def note(text: str) -> Note:
    return Note(gate=gate(), text=text)


def actions(*events: object) -> list[str]:
    return [step.action for step in normalise("e", log(*events)).steps]


def test_an_undone_step_is_left_out_and_its_events_stay_accounted_for() -> None:
    """Undo names a step by its events: they are left out, the other steps are numbered anew, uids stay."""
    before = normalise("e", log(note("a"), note("b"), note("c")))
    after = normalise("e", log(note("a"), note("b"), note("c"), Undo(events=(2,))))
    assert [(step.seq, step.action) for step in after.steps] == [(0, "note [a]"), (1, "note [c]")]
    assert [step.uid for step in after.steps] == [before.steps[0].uid, before.steps[2].uid]
    assert [step.action for step in after.undone] == ["note [b]"]
    assert after.left_out == (4, 2)


def test_redo_puts_a_step_back_where_it_was() -> None:
    """The same step, uid and place, also when others were recorded meanwhile."""
    events = (note("a"), note("b"), Undo(events=(2,)), note("c"), Redo(events=(2,)))
    assert actions(*events) == ["note [a]", "note [b]", "note [c]"]
    assert normalise("e", log(*events)).undone == ()


def test_what_was_taken_back_last_stands_last() -> None:
    """So redo knows which step to put back first."""
    reading = normalise("e", log(note("a"), note("b"), Undo(events=(2,)), Undo(events=(1,))))
    assert [step.action for step in reading.undone] == ["note [b]", "note [a]"]


def test_an_undone_step_grows_no_further() -> None:
    """Typing after an undo is a step of its own, also into the same field; an undone click is not merged into it."""
    name = field("5")
    more = keys("cd", field("5"))
    assert actions(*keys("ab", name), Undo(events=(1, 2)), *more) == ["type [5] [cd] [0]"]
    clicked = (press("5"), UP, settled(name, ("focus",)))
    assert actions(*clicked, Undo(events=(1, 2)), *keys("cd", name)) == ["type [5] [cd] [0]"]
    assert actions(*clicked, Undo(events=(1, 2)), *keys("cd", name), Redo(events=(1, 2))) == [
        "click [5]",
        "type [5] [cd] [0]",
    ]


def test_an_undone_step_still_gets_the_page_after_it() -> None:
    """A step that is taken back before the page was quiet is whole when it is put back."""
    events = (press("5"), UP, Undo(events=(1, 2)), settled(seen="after"), Redo(events=(1, 2)))
    assert normalise("e", log(*events)).steps[0].observation_after == "after"


def test_undo_holds_for_another_reading_of_the_log() -> None:
    """With settings that make two steps of the events, both are left out."""
    name = field("5")
    events = log(press("5"), UP, settled(name, ("focus",)), *keys("ab", name))
    (merged,) = normalise("e", events).steps
    undone = log(*(raw.event for raw in events), Undo(events=merged.raw))
    assert normalise("e", undone, Rules(merge_focus=False)).steps == ()


def test_a_mistake_is_a_flag_that_can_be_taken_away() -> None:
    """The step stays; typing that follows the mark is another step."""
    wrong = log(note("a"), Mistake(events=(1,)))
    assert [step.action for step in normalise("e", wrong).steps] == ["note [a]"]
    assert normalise("e", wrong).mistakes == {normalise("e", wrong).steps[0].uid}
    assert normalise("e", log(note("a"), Mistake(events=(1,)), Mistake(events=(1,), on=False))).mistakes == frozenset()
    name = field("5")
    assert actions(*keys("ab", name), Mistake(events=(1, 2)), *keys("cd", field("5"))) == [
        "type [5] [ab] [0]",
        "type [5] [cd] [0]",
    ]


def test_a_pause_ends_what_was_growing() -> None:
    """The page after a pause is not the page after the step before it, and typing does not go on over it."""
    paused = (press("5"), UP, Mark(what="paused"), Mark(what="resumed"), settled(None, ("text",), seen="hidden"))
    assert normalise("e", log(*paused)).steps[0].observation_after is None
    name = field("5")
    assert actions(
        *keys("a", name), Mark(what="paused"), Mark(what="resumed"), settled(field("5", "a")), *keys("b", field("5"))
    ) == ["type [5] [a] [0]", "type [5] [b] [0]"]


def begin(policy: str = "fill_text", *args: tuple[str, str]) -> CallBegun:
    return CallBegun(policy=policy, args=args)


def calls(*events: object) -> list[tuple[str, list[str]]]:
    """(call, the actions of its steps) of every marked call."""
    raw = log(*events)
    steps = normalise("e", raw).steps
    by_uid = {step.uid: step.action for step in steps}
    return [(one.call, [by_uid[uid] for uid in one.steps]) for one in marked_calls(raw, steps)]


def test_calls_nest_and_hold_the_steps_between_their_marks() -> None:
    """An end mark ends the innermost call; steps outside belong to none; an end with nothing open is nothing."""
    events = (
        *(CallEnded(), note("a"), begin("fill_form", ("fields", "x")), note("b"), begin("search", ("query", "q"))),
        *(note("c"), CallEnded(returns="found"), note("d"), CallEnded(), note("e")),
    )
    assert calls(*events) == [
        ("fill_form [x]", ["note [b]", "note [c]", "note [d]"]),
        ("search [q]", ["note [c]"]),
    ]
    outer, inner = marked_calls(log(*events), normalise("e", log(*events)).steps)
    assert (inner.parent, inner.returns, inner.ended) == (outer.number, "found", True)


def test_a_call_without_an_end_goes_on_to_the_last_step() -> None:
    """It is told as not ended."""
    raw = log(begin(), note("a"), note("b"))
    (one,) = marked_calls(raw, normalise("e", raw).steps)
    assert (len(one.steps), one.ended) == (2, False)


def test_an_undone_step_is_in_no_call() -> None:
    """Taking back its only step leaves a call empty."""
    assert calls(begin(), note("a"), Undo(events=(2,)), CallEnded()) == [("fill_text", [])]


def test_a_focus_before_the_mark_belongs_to_the_typing_in_the_call() -> None:
    """Click into the field, mark, type: one step, inside the call. Typing over a mark is two steps."""
    name = field("5")
    focus = (press("5"), UP, settled(name, ("focus",)))
    assert calls(*focus, begin(), *keys("ab", name), CallEnded(), note("x")) == [("fill_text", ["type [5] [ab] [0]"])]
    over = (*keys("ab", name), begin(), *keys("cd", field("5")), CallEnded())
    assert calls(*over) == [("fill_text", ["type [5] [cd] [0]"])]


# -- any log at all ---------------------------------------------------------------------------------------------------

_NUMBERS = st.lists(st.integers(1, 30), min_size=1, max_size=4).map(tuple)
_MARKS = st.one_of(
    st.builds(Undo, events=_NUMBERS),
    st.builds(Redo, events=_NUMBERS),
    st.builds(Mistake, events=_NUMBERS, on=st.booleans()),
    st.builds(CallBegun, policy=st.sampled_from(["search", "fill_form"]), args=st.just((("query", "q"),))),
    st.builds(CallEnded, returns=st.sampled_from([None, "7"])),
)
_LOGS = st.lists(st.one_of(_GESTURES, _OTHERS, _MARKS), max_size=30).map(lambda events: log(*events))
_PLANS = st.lists(st.sampled_from(["press", "type", "note", "look", "undo", "redo", "mistake"]), max_size=30)


@given(_LOGS)
def test_every_gesture_is_accounted_for_in_any_interleaving(events: list[RawEvent]) -> None:
    """Whatever is marked when: each event is used once; gestures are in a step, an entry, or a step taken back."""
    reading = normalise("e", events)
    used = [n for step in reading.steps for n in step.raw] + [n for e in reading.not_recorded for n in e.raw]
    points = {e.number for e in events if isinstance(e.event, Settled)}
    assert sorted([*used, *reading.left_out, *points - set(reading.left_out)]) == [e.number for e in events]
    taken_back = [n for step in reading.undone for n in step.raw]
    explicit = {e.number for e in events if isinstance(e.event, Hover) and e.event.explicit}
    must = {e.number for e in events if isinstance(e.event, _MUST)} | explicit
    assert must <= {*used, *taken_back}
    marks = {e.number for e in events if isinstance(e.event, PersonMark)}
    assert marks.isdisjoint(used)
    assert marks <= set(reading.left_out)


@given(_LOGS)
def test_live_and_again_are_one_reading_with_marks(events: list[RawEvent]) -> None:
    """Fed one by one or at once; a final step that is not taken back keeps all but its number; uids are unique."""
    fold, final = Normaliser("e", Rules()), ()
    for event in events:
        fold.feed(event)
        now = fold.reading()
        kept = {step.uid: step.model_copy(update={"seq": 0}) for step in (*now.steps, *now.undone)}
        assert all(kept[step.uid] == step.model_copy(update={"seq": 0}) for step in final)
        final = now.steps[: now.final]
    reading = fold.reading()
    assert reading == normalise("e", events)
    assert [step.seq for step in reading.steps] == list(range(len(reading.steps)))
    uids = [step.uid for step in (*reading.steps, *reading.undone)]
    assert len(set(uids)) == len(uids)
    assert reading.mistakes <= set(uids)


@given(_LOGS)
def test_marks_survive_being_written_and_read(events: list[RawEvent]) -> None:
    """An event's stored body reads back to an equal event."""
    assert [read_event(e.number, e.at, e.event.kind, body_of(e.event)) for e in events] == events


@given(_LOGS)
def test_marked_calls_are_a_tree_over_the_steps(events: list[RawEvent]) -> None:
    """Each call is a stretch of steps, inside the call around it, and those beside it share none with it."""
    steps = normalise("e", events).steps
    found = marked_calls(events, steps)
    order = [step.uid for step in steps]
    inside = {one.number: one for one in found}
    for one in found:
        first = order.index(one.steps[0]) if one.steps else 0
        assert list(one.steps) == order[first : first + len(one.steps)]
        if one.parent is not None:
            assert set(one.steps) <= set(inside[one.parent].steps)
        beside = [other for other in found if other.parent == one.parent and other is not one]
        assert all(set(one.steps).isdisjoint(other.steps) for other in beside)


def _person(plan: list[str]) -> tuple[list[RawEvent], list[int], list[int]]:
    """A log as a person makes it, undo and redo naming real steps; what the model of a stack says is left."""
    fold, events, held, gone = Normaliser("e", Rules()), [], [], []
    for word in plan:
        reading = fold.reading()
        event = {
            "press": Press(gate=gate("5"), x=1, y=1),
            "type": keys("a", field("6"))[0],
            "note": note("n"),
            "look": settled(),
        }.get(word)
        if word == "undo" and reading.steps:
            event = Undo(events=reading.steps[-1].raw)
            gone.append(held.pop())
        elif word == "redo" and reading.undone:
            event = Redo(events=reading.undone[-1].raw)
            held.append(gone.pop())
            held.sort()
        elif word == "mistake" and reading.steps:
            event = Mistake(events=reading.steps[-1].raw)
        if event is None:
            continue
        events.append(RawEvent(len(events) + 1, len(events) * 10.0, event))
        before = {step.uid for step in reading.steps}
        fold.feed(events[-1])
        if word in ("press", "type", "note") and {step.uid for step in fold.reading().steps} - before:
            held.append(events[-1].number)
        assert [step.raw[0] for step in fold.reading().steps] == held
    return events, held, gone


@given(_PLANS)
def test_undo_and_redo_are_a_stack(plan: list[str]) -> None:
    """At every moment the steps are those done and not taken back, in the order in which they were done."""
    events, held, gone = _person(plan)
    reading = normalise("e", events)
    assert [step.raw[0] for step in reading.steps] == held
    assert [step.raw[0] for step in reading.undone] == gone
