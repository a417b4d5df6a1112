"""Cases 40 to 42: pages that spoil their own world, pages that look for strangers, and what dies."""

from __future__ import annotations

from tests.browser_recorder.cases.model import Case, Does, Elsewhere, Row
from tests.browser_recorder.cases.navigation import click
from tests.browser_recorder.cases.person import Person
from tests.browser_recorder.cases.story import Story

PRESS = click("Press")
FILL = {"gesture": "type", "at": "input", "text": "abc\n"}
STEPS = ("click [button 'Press']", "type [textbox 'Field'] [abc] [1]")
HEARD = ("pressed", "entered abc")
DO = (80.0, 80.0)


def _press_by_id(person: Person) -> None:
    """As a person, who needs no selector: those are asked in the page's own world."""
    person.do("click", at=person.named("button", "Press"))


def _fill_by_id(person: Person) -> None:
    person.do("type", at=person.named("textbox", "Field"), text="abc\n")


def _hostile(how: str, says: str, page: str = "hostile.html?how={}", does: tuple[Does, ...] = (PRESS, FILL)) -> Case:
    return Case(f"40.{how}", says, page.format(how), does, STEPS, heard=HEARD, after="pressed", then=_whole)


def _whole(story: Story) -> None:
    """Everything the page shows was seen, whatever it did to itself."""
    for step in story.steps:
        assert "textbox 'Field'" in story.before(step)
        assert step.target is not None
        assert step.target.selectors
        assert not step.proof.late


def _begin_loop(person: Person) -> None:
    person.on_page("void setTimeout(() => busy(3000))")


def _late(story: Story) -> None:
    """The first press was seen before the loop began and put into the page all the same; the next one waited for it."""
    first, second = story.steps
    assert first.proof.late
    assert "busy" not in story.before(first).replace("heading 'Busy'", "")
    assert not second.proof.late
    assert "done 1" in story.before(second)
    assert "done 2" in story.after(second)


def _hold(person: Person) -> None:
    """Pick something up, carry it elsewhere, and never let go."""
    person.press("text=Card")
    person.move("text=Bin")
    there = person.point("text=Bin")
    person.until(lambda: person.recording._desk.hands.position == there)


def _nothing_of_ours(story: Story) -> None:
    assert "stepscope" not in story.html(story.steps[-1]).lower()


ROWS: tuple[Row, ...] = (
    _hostile("stop-propagation", "a page that stops every event first"),
    _hostile("add-listener", "a page that replaced `addEventListener`"),
    _hostile("stringify", "a page that replaced `JSON.stringify`"),
    _hostile("to-json", "a page that gave `toJSON` to everything"),
    _hostile("builtins", "a page that replaced `Array.from` and its like", does=(_press_by_id, _fill_by_id)),
    _hostile("frozen", "a page that froze the prototypes"),
    _hostile("csp", "a strict content security policy with trusted types", "csp.html"),
    _hostile("our-names", "a page that uses the recorder's own names"),
    _hostile("throws", "a page that throws in every handler"),
    Case(
        "40.busy",
        "a page busy for three seconds: the step is late",
        "busy.html",
        (_begin_loop, {"gesture": "wait", "ms": 200}, {"gesture": "click", "at": DO}, {"gesture": "click", "at": DO}),
        ("click [button 'Do']", "click [button 'Do']"),
        heard=("busy", "busy no more", "done 1", "done 2"),
        options={"gate_ms": 250},
        then=_late,
    ),
    Case(
        "41.nothing-added",
        "a page that watches for foreign nodes finds none",
        "hostile.html?how=watches",
        (PRESS, FILL, {"gesture": "wheel", "delta": 200}, {"gesture": "hover", "at": "text=Press"}),
        (*STEPS, "scroll [down]", "hover [button 'Press']"),
        heard=HEARD,
        then=_nothing_of_ours,
    ),
    Elsewhere(
        "42.renderer",
        "the page's process crashes",
        "tests/browser_recorder/test_recording_troubles.py::test_a_renderer_crash_is_told_and_survived",
    ),
    Elsewhere(
        "42.browser",
        "the browser is killed",
        "tests/browser_recorder/test_recording_deaths.py::test_a_killed_browser_keeps_the_steps",
    ),
    Elsewhere(
        "42.disk",
        "the disk is full",
        "tests/browser_recorder/test_recording_live.py::test_a_full_disk_keeps_what_was_committed",
    ),
    Case(
        "42.mid-gesture",
        "stopped with the button down",
        "carry.html",
        (_hold,),
        ("drag [button 'Card'] [button 'Bin']",),
        heard=("down on Card", "up on Bin"),
    ),
    Elsewhere(
        "42.two-views",
        "two views on one recording",
        "tests/browser_recorder/test_recording_views.py::test_one_view_drives_and_another_takes_over",
    ),
    Elsewhere(
        "42.lost-view",
        "the connection is lost with the button down",
        "tests/browser_recorder/test_recording_troubles.py::test_a_lost_socket_can_come_back",
    ),
)
