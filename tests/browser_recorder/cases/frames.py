"""Cases 29: frames of every kind."""

from __future__ import annotations

from tests.browser_recorder.cases.model import Case, Row
from tests.browser_recorder.cases.person import Person
from tests.browser_recorder.cases.story import Story

INNER = "iframe >>> "
DEEP = "iframe >>> iframe >>> "


def _press(frame: str) -> dict[str, str]:
    return {"gesture": "click", "at": f"{frame}#b"}


def _type(frame: str, text: str) -> dict[str, str]:
    return {"gesture": "type", "at": f"{frame}#word", "text": text}


def _own_process(person: Person) -> None:
    """Raises unless the first frame lives in a process of its own: only such a frame has a session."""
    page = person.recording._tabs.page
    person.session.run(page.context.new_cdp_session(page.frames[1]))


def _in(prefix: str, frames: int = 1):
    """The targets have ids of their frame, places in the top viewport, and the way to their frame."""

    def judged(story: Story) -> None:
        for step in story.steps:
            assert step.target is not None
            assert step.target.id is not None
            assert step.target.box is not None
            assert step.target.id.startswith(prefix), step.action
            assert len(step.target.frames) == frames, step.target.frames
            assert min(step.target.box.x - 60, step.target.box.y - 70) > 0, step.target.box

    return judged


PRESSED = ("click [button 'Count 0']", "click [button 'Count 1']", "type [textbox 'Word'] [moss] [1]")
HEARD = ("pressed 1", "pressed 2", "word moss")


def _written(kind: str, says: str, name: str, prefix: str = "f1-") -> Case:
    return Case(
        id=f"29.{name}",
        says=says,
        page=f"frames.html?kind={kind}",
        does=(_press(INNER), _press(INNER), _type(INNER, "moss\n")),
        steps=PRESSED,
        heard=HEARD,
        after="Count 2",
        then=_in(prefix),
    )


def _whole(kind: str, says: str, name: str, frame: str, prefix: str, *before, frames: int = 1) -> Case:
    return Case(
        id=f"29.{name}",
        says=says,
        page=f"frames.html?kind={kind}",
        does=(
            *before,
            _press(frame),
            _press(frame),
            _type(frame, "moss\n"),
            {"gesture": "select", "at": f"{frame}#size", "text": "Large"},
            {"gesture": "wheel", "at": f"{frame}#box", "delta": 100},
        ),
        steps=(*PRESSED, "select [combobox 'Size'] [Large]", "scroll [down]"),
        heard=(*HEARD, "size Large"),
        after="Count 2",
        then=lambda story: _in(prefix, frames)(_without_scroll(story)),
    )


def _without_scroll(story: Story) -> Story:
    story.__dict__["steps"] = tuple(step for step in story.steps if not step.action.startswith("scroll"))
    return story


SANDBOXED = Case(
    id="29.sandbox",
    says="a sandboxed frame without scripts",
    page="frames.html?kind=sandbox",
    does=(
        {"gesture": "click", "at": f"{INNER}summary"},
        {"gesture": "click", "at": f"{INNER}#agree"},
        _type(INNER, "moss"),
        {"gesture": "click", "at": f"{INNER}a"},
    ),
    steps=(
        "click [button 'Terms']",
        "click [checkbox 'Agree']",
        "type [textbox 'Word'] [moss] [0]",
        "click [link 'Onward']",
    ),
    heard=(),
    after="Nothing happens here.",
    then=_in("f1-"),
)


def _leaves(name: str, says: str, how: str, on: str, other: bool = False) -> Case:
    return Case(
        id=f"29.{name}",
        says=says,
        page=f"frame-going.html?how={how}&on={on}{'&other=1' if other else ''}",
        does=(_press(INNER), _press(INNER)),
        steps=("click [button 'Leave']", "click [button 'Count 0']"),
        heard=("pressed 1",),
        after="Count 1",
        then=_arrived,
    )


def _arrived(story: Story) -> None:
    """What the frame went to is the page after the press."""
    assert "button 'Count 0'" in story.after(story.steps[0])


def _removed(name: str, says: str, how: str, on: str, other: bool = False) -> Case:
    typing = on == "keydown"
    return Case(
        id=f"29.{name}",
        says=says,
        page=f"frame-going.html?how={how}&on={on}{'&other=1' if other else ''}",
        does=(_type(INNER, "ab") if typing else _press(INNER), {"gesture": "click", "at": "h1"}),
        steps=(
            *(("type [textbox 'Word'] [a] [0]", "press [b]") if typing else ("click [button 'Leave']",)),
            "click [heading 'Outside']",
        ),
        heard=("removed",),
        then=_gone,
    )


def _gone(story: Story) -> None:
    """The frame is in the observation before the gesture that removed it, and in none from then on."""
    assert "iframe 'inner'" in story.before(story.steps[0])
    assert "iframe" not in story.before(story.steps[-1])
    assert story.after(story.steps[0]), "the page after the removal was not looked at"


ROWS: tuple[Row, ...] = (
    _whole("same", "a frame of the same origin", "same-origin", INNER, "f1-"),
    _whole("other", "a frame of another site", "cross-process", INNER, "f1-", _own_process),
    _whole("nested", "a frame in a frame", "nested", DEEP, "f1-f1-", _own_process, frames=2),
    _written("srcdoc", "a frame with `srcdoc`", "srcdoc"),
    _written("blank", "an empty frame written by a script", "about-blank"),
    SANDBOXED,
    _whole("scripts", "a sandboxed frame with scripts", "sandbox-scripts", INNER, "f1-"),
    Case(
        id="29.process-busy",
        says="a frame of another site that changes for a while after the press",
        page="frame-going.html?how=later&on=click&other=1",
        does=(_press(INNER),),
        steps=("click [button 'Leave']",),
        after="button 'Ready'",
    ),
    _leaves("navigates", "a frame that loads another page because of the click", "navigate", "click"),
    _leaves(
        "navigates-pressed",
        "a frame of another site that goes on as soon as it is pressed",
        "navigate",
        "pointerdown",
        other=True,
    ),
    _leaves("process-swap", "a frame that goes to another site as soon as it is pressed", "swap", "pointerdown"),
    _removed("removed", "a frame that is removed by the press in it", "now", "pointerdown"),
    _removed(
        "removed-process",
        "a frame of another site that is removed by the press in it",
        "remove",
        "pointerdown",
        other=True,
    ),
    _removed("removed-typing", "a frame that is removed by the first key typed in it", "now", "keydown"),
)
