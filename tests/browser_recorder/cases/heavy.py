"""Cases 32: pages that are huge, never still, or written in odd ways."""

from __future__ import annotations

from tests.browser_recorder.cases.model import Case, Does, Row
from tests.browser_recorder.cases.person import Person
from tests.browser_recorder.cases.story import Story

PATIENT = {"gate_ms": 30_000}
"""A look at fifty thousand elements takes seconds where other tests run beside it; being late is another case."""


def _many(name: str, says: str, elements: int, far: int) -> Case:
    """Presses near the top, and far below, where the observation lists other lines than before."""
    return Case(
        id=f"32.{name}",
        says=says,
        page=f"many.html?n={elements}",
        does=(
            {"gesture": "click", "at": "#b3"},
            lambda person: person.ask("wheel", x=600, y=300, dx=0, dy=24 * far, frame=None),
            {"gesture": "click", "at": f"#b{far + 5}"},
        ),
        steps=("click [button 'Take 3']", "scroll [down]", f"click [button 'Take {far + 5}']"),
        heard=("took b3", f"took b{far + 5}"),
        after="more elements not shown",
        options=PATIENT,
    )


def _restless(kind: str, says: str, **more: object) -> Case:
    click = {"gesture": "click", "at": "#b"}
    return Case(
        id=f"32.{kind}",
        says=says,
        page=f"restless.html?kind={kind}",
        does=(click, click),
        steps=("click [button 'Count 0']", "click [button 'Count 1']"),
        heard=("pressed 1", "pressed 2"),
        after="Count 2",
        **more,
    )


def _bounded(story: Story) -> None:
    """A line of the observation is cut, and says so."""
    for step in story.steps:
        assert max(len(line) for line in story.before(step).split("\n")) < 1_100
    assert "…" in story.before(story.steps[0])


def _levels(story: Story) -> None:
    """Every level is listed, each below the one around it."""
    lines = story.before(story.steps[0]).split("\n")
    depths = [len(line) - len(line.lstrip()) for line in lines if "At " in line]
    assert len(depths) == 32
    assert depths == sorted(depths)


def _told_apart(story: Story) -> None:
    """The selectors of two elements of one id fit one element each."""
    for step in story.steps:
        assert step.target is not None
        assert any(selector.unique for selector in step.target.selectors), step.target
    ways = [{s.value for s in step.target.selectors if s.unique} for step in story.steps if step.target]
    assert not ways[0] & ways[1]


def _nth(selector: str, index: int) -> Does:
    return lambda person: person.do("click", at=f"{selector} >> nth={index}")


def _press(name: str) -> Does:
    return lambda person: person.do("click", at=f'role=button[name="{name}"]')


def _fields(person: Person) -> None:
    person.do("type", at="input >> nth=1", text="moss")


ODD = ("Radix", "Five", "Dots", "Blank")

ROWS: tuple[Row, ...] = (
    _many("elements-10k", "ten thousand elements", 10_000, 1_200),
    _many("elements-50k", "fifty thousand elements", 50_000, 4_000),
    _restless("mutating", "a page that changes every seven milliseconds", options={"limit_ms": 600}),
    _restless("animation", "an animation without end"),
    Case(
        id="32.long-text",
        says="a very long text",
        page="odd.html?kind=text",
        does=({"gesture": "click", "at": "#b"},),
        steps=("click [button 'Read']",),
        heard=("pressed Read",),
        then=_bounded,
        options=PATIENT,
    ),
    Case(
        id="32.deep",
        says="thirty-two levels of nesting",
        page="odd.html?kind=deep",
        does=({"gesture": "click", "at": "#b"},),
        steps=("click [button 'Read']",),
        heard=("pressed Read",),
        then=_levels,
    ),
    Case(
        id="32.duplicate-ids",
        says="ids used twice",
        page="odd.html?kind=twice",
        does=(_nth("#b", 1), _nth("#b", 0), _fields),
        steps=("click [button 'Second']", "click [button 'First']", "type [textbox 'Right'] [moss] [0]"),
        heard=("pressed Second", "pressed First"),
        then=_told_apart,
    ),
    Case(
        id="32.odd-ids",
        says="ids such as `:r1:` and `5`",
        page="odd.html?kind=odd",
        does=tuple(_press(name) for name in ODD),
        steps=tuple(f"click [button '{name}']" for name in ODD),
        heard=tuple(f"pressed {name}" for name in ODD),
        then=_told_apart,
    ),
)
