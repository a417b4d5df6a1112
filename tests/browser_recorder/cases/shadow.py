"""Cases 30: shadow roots, open and closed, and what the browser itself draws inside an element."""

from __future__ import annotations

from tests.browser_recorder.cases.model import Case, Does, Row
from tests.browser_recorder.cases.person import Person
from tests.browser_recorder.cases.story import Story
from traces.observation_text import parse_observation


def by_name(gesture: str, role: str, name: str, **more: object) -> Does:
    """A gesture on what the observation lists by that role and name: no selector reaches into a closed root."""

    def does(person: Person) -> object:
        listed = parse_observation(person.see())
        found = [node.id for node in listed if (node.role, node.name) == (role, name)]
        assert found, f"no {role} {name!r} in the observation: {[str(node) for node in listed]}"
        return person.do(gesture, at={"id": found[0]}, **more)

    return does


PRESSED = ("click [button 'Count 0']", "click [button 'Count 1']")
USED = (*PRESSED, "type [textbox 'Word'] [moss] [1]", "select [combobox 'Size'] [Large]")
HEARD = ("pressed 1", "pressed 2")
USING: tuple[Does, ...] = (
    by_name("click", "button", "Count 0"),
    by_name("click", "button", "Count 1"),
    by_name("type", "textbox", "Word", text="moss\n"),
    by_name("select", "combobox", "Size", text="Large"),
)


def _exact_target(story: Story) -> None:
    """The target is what was pressed, with its own box, not the host around it."""
    for step in story.steps:
        assert step.target is not None
        assert step.target.box is not None
        assert step.target.box.height < 60, step.target


def _used(name: str, says: str, kind: str) -> Case:
    return Case(
        id=f"30.{name}",
        says=says,
        page=f"shadow.html?kind={kind}",
        does=USING,
        steps=USED,
        heard=(*HEARD, "word moss", "size Large"),
        after="Count 2",
        then=_exact_target,
    )


def _in_order(story: Story) -> None:
    """What stands in the root and in the slot is listed in the order it is drawn; what has no slot is not."""
    _exact_target(story)
    names = [node.name for node in parse_observation(story.before(story.steps[0]))]
    assert [name for name in names if name in ("Above", "Count 0", "Below", "Lost")] == ["Above", "Count 0", "Below"]


def _at_controls(person: Person) -> None:
    """The play button: at the left of the bar the browser draws at the bottom of the element."""
    x, y = person.on_page("(() => { const r = document.querySelector('video').getBoundingClientRect();"
                          " return [r.left + 24, r.bottom - 32]; })()")  # fmt: skip
    person.do("click", at=(x, y))


def _keeps_point(story: Story) -> None:
    """What is pressed inside the element is told by the point alone."""
    target = story.steps[0].target
    assert target is not None
    assert target.box is not None
    assert target.point is not None
    assert target.point[0] - target.box.x == 24


ROWS: tuple[Row, ...] = (
    _used("open", "an open shadow root", "open"),
    _used("nested", "shadow roots in shadow roots", "nested"),
    _used("closed", "a closed shadow root", "closed"),
    _used("closed-deep", "closed shadow roots in closed shadow roots", "deep"),
    _used("closed-plain", "a closed shadow root of a plain `div`", "plain"),
    Case(
        id="30.closed-late",
        says="a closed shadow root that is attached by the press",
        page="shadow.html?kind=late",
        does=({"gesture": "click", "at": (100, 150)}, *USING[:2]),
        steps=("click [shape 'white box']", *PRESSED),
        heard=("opened", *HEARD),
        after="Count 2",
    ),
    Case(
        id="30.slotted",
        says="an element in a slot",
        page="shadow.html?kind=slotted",
        does=USING[:2],
        steps=PRESSED,
        heard=HEARD,
        after="Count 2",
        then=_in_order,
    ),
    Case(
        id="30.video",
        says="a video's own controls",
        page="media.html",
        does=(_at_controls,),
        steps=("click [video 'Clip']",),
        heard=("plays",),
        then=_keeps_point,
    ),
    Case(
        id="30.details",
        says="a `details` that opens",
        page="details.html",
        does=({"gesture": "click", "at": "summary"}, {"gesture": "click", "at": "#b"}),
        steps=("click [button 'More']", "click [button 'Inside']"),
        heard=("open", "inside"),
        after="expanded",
    ),
)
