"""Cases 1 to 9 and 14: presses of the pointer."""

from __future__ import annotations

from tests.browser_recorder.cases.model import Case, Row
from tests.browser_recorder.cases.person import Person
from tests.browser_recorder.cases.story import Story

CLICK = {"gesture": "click", "at": "#b"}


def _rewrites(on: str) -> Case:
    return Case(
        id=f"1.{on}",
        says=f"a button rewrites itself on {on}",
        page=f"rewrites.html?on={on}",
        does=(CLICK, CLICK),
        steps=("click [button 'Count 0']", "click [button 'Count 1']"),
        heard=(f"{on} 1", f"{on} 2"),
        after="Count 2",
    )


def _triple(person: Person) -> None:
    for count in (1, 2):
        person.press("#p", click_count=count)
        person.release("#p", click_count=count)
    person.press("#p", click_count=3)
    person.release("#p", click_count=3)


def _corner(person: Person) -> None:
    x, y = person.point("#big")
    person.do("click", at=(x - 195, y + 90))


def _keeps_place(story: Story) -> None:
    """The point that was pressed stands in the target, and the page heard the press there."""
    target = story.steps[0].target
    assert target is not None
    assert target.point is not None
    assert target.box is not None
    heard = story.effects[0].text.rpartition(" ")[2].split(",")
    inside = (target.point[0] - target.box.x, target.point[1] - target.box.y)
    assert max(abs(a - float(b)) for a, b in zip(inside, heard, strict=True)) <= 2


def _follows(story: Story) -> None:
    """The page after is that of the new tab, and the step says so."""
    assert "Nothing happens here" in story.after(story.steps[0])
    assert "tabs" in story.steps[0].changed
    assert "Invoice 7" in story.before(story.steps[0])


def _elsewhere(person: Person) -> None:
    person.press("#a")
    person.move("#z")
    person.release("#z")


def _shifted(person: Person) -> None:
    """The page shifts; the person still presses where the picture of before showed the second button."""
    spot, shown = person.point("#first"), person.player._frame
    person.on_page("banner()")
    while person.player._frame == shown:
        person.player._listen(0.05)
    at = {"x": spot[0], "y": spot[1] + 50, "frame": shown}
    person.send("mouse", kind="down", **at)
    person.ask("mouse", kind="up", **at)


def _stale(story: Story) -> None:
    (step,) = story.steps
    assert step.proof is not None
    assert step.proof.stale
    assert "News" in story.before(step)


ROWS: tuple[Row, ...] = (
    _rewrites("pointerdown"),
    _rewrites("mousedown"),
    _rewrites("click"),
    Case(
        id="2.removed",
        says="an element is gone on pointerdown, so no click ever happens",
        page="removed.html",
        does=(CLICK,),
        steps=("click [button 'Dismiss']",),
        heard=("dismissed",),
        after="What stays",
        then=lambda story: _assert("Dismiss'" not in story.after(story.steps[0])),
    ),
    Case(
        id="3.mousedown-only",
        says="a widget that only hears mousedown",
        page="presses.html",
        does=({"gesture": "click", "at": "#w"}, {"gesture": "click", "at": "#w"}),
        steps=("click [text 'Toggle off']", "click [text 'Toggle on']"),
        heard=("turned on", "turned off"),
    ),
    Case(
        id="4.disabled-inner",
        says="a click on the span inside a disabled button",
        page="presses.html",
        does=({"gesture": "click", "at": "#inner"},),
        steps=("click [button 'Save']",),
        heard=("pressed the span",),
    ),
    Case(
        id="5.overlay",
        says="an overlay swallows the click",
        page="overlay.html?text",
        does=({"gesture": "click", "at": "#b"},),
        steps=("click [text 'Please wait']",),
        heard=("the overlay",),
    ),
    Case(
        id="5.overlay-empty",
        says="an overlay without a word swallows the click: not recorded, with the place",
        page="overlay.html",
        does=({"gesture": "click", "at": (120, 130)},),
        steps=(),
        lost=("click at (120, 130): nothing there has an id",),
        heard=("the overlay",),
    ),
    Case(
        id="5.label",
        says="a label ticks its checkbox: one step",
        page="presses.html",
        does=({"gesture": "click", "at": "text=I agree"},),
        steps=("click [checkbox 'I agree']",),
        heard=("click on label", "click on input", "agreed true"),
        after="checkbox 'I agree' focused checked",
    ),
    Case(
        id="6.double",
        says="a double click is one step",
        page="presses.html",
        does=({"gesture": "dblclick", "at": "#p"},),
        steps=("dblclick [text 'word one two']",),
        heard=("click 1", "click 2", "dblclick"),
    ),
    Case(
        id="6.triple",
        says="a triple click is one step",
        page="presses.html",
        does=(_triple,),
        steps=("dblclick [text 'word one two']",),
        heard=("click 1", "click 2", "dblclick", "click 3"),
    ),
    Case(
        id="7.right",
        says="a right click with the page's own menu",
        page="buttons.html",
        does=({"gesture": "rightclick", "at": "#row"}, {"gesture": "click", "at": "#copy"}),
        steps=("rightclick [text 'Invoice 7']", "click [menuitem 'Duplicate']"),
        heard=("menu", "duplicated"),
    ),
    Case(
        id="7.middle",
        says="a middle click on a link opens a tab",
        page="buttons.html",
        does=({"gesture": "click", "at": "#a", "button": "middle"},),
        steps=("click [link 'Details'] [middle]",),
        heard=("auxclick 1",),
        then=_follows,
    ),
    Case(
        id="7.ctrl-tab",
        says="Control and a click on a link opens a tab",
        page="buttons.html",
        does=({"gesture": "click", "at": "#a", "modifiers": ["Control"]},),
        steps=("click [link 'Details'] [Control]",),
        heard=("click with Control",),
        then=_follows,
    ),
    Case(
        id="8.off-centre",
        says="a click near the corner of a large element keeps its place",
        page="presses.html",
        does=(_corner,),
        steps=("click [text 'A large box']",),
        then=_keeps_place,
    ),
    Case(
        id="8.canvas",
        says="a click on a canvas keeps its place",
        page="drawings.html",
        does=({"gesture": "click", "at": (60, 40)},),
        steps=("click [canvas 'Map']",),
        then=_keeps_place,
    ),
    Case(
        id="8.svg",
        says="a click on a shape of an SVG",
        page="drawings.html",
        does=({"gesture": "click", "at": "#o"},),
        steps=("click [shape 'red circle']",),
        heard=("coloured",),
        after="green circle",
    ),
    Case(
        id="9.release-elsewhere",
        says="a press that is released on something else",
        page="drags.html",
        does=(_elsewhere,),
        steps=("drag [button 'Alpha'] [button 'Omega']",),
        heard=("down on Alpha", "up on Omega"),
    ),
    Case(
        id="13.page-click",
        says="a page's own `el.click()` is nobody's",
        page="own-click.html",
        does=({"gesture": "click", "at": "#a"},),
        steps=("click [button 'Send']",),
        heard=("helper by the page",),
    ),
    Case(
        id="14.layout-shift",
        says="the page moved between the picture and the press: stale",
        page="shift.html",
        does=(_shifted,),
        steps=("click [button 'First']",),
        heard=("first",),
        then=_stale,
    ),
)


def _assert(holds: bool) -> None:
    assert holds
