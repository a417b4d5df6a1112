"""Cases 10 to 12: dragging, hovering and the wheel."""

from __future__ import annotations

from tests.browser_recorder.cases.model import Case, Row
from tests.browser_recorder.cases.person import Person
from tests.browser_recorder.cases.site import PAGES
from tests.browser_recorder.cases.story import Story


def _slide(start: str, by: float) -> object:
    """Drag by so many pixels to the right, in small moves."""

    def do(person: Person) -> None:
        x, y = person.point(start)
        if start == "#range":
            x -= 88  # the thumb at 20 of 100
        person.press((x, y))
        for part in (0.2, 0.4, 0.6, 0.8, 1.0):
            person.move((x + by * part, y))
            person.player._listen(0.02)
        person.release((x + by, y))

    return do


def _rests(*places: str) -> object:
    def do(person: Person) -> None:
        for place in places:
            person.rest(place)

    return do


def _idle(person: Person) -> None:
    """Resting on something that shows a bubble, then pressing something else."""
    person.rest("#tip")
    person.rest("#go")


def _late_rest(person: Person) -> None:
    """The page shows its list 400 ms after the pointer came."""
    person.rest("#js")


def _turns(*turns: tuple[float, float]) -> object:
    """Turns of the wheel without waiting between them."""

    def do(person: Person) -> None:
        for dx, dy in turns:
            person.send("wheel", x=900, y=300, dx=dx, dy=dy)
        person.settle()

    return do


def _all_the_way(story: Story) -> None:
    assert story.effects[-1].text == "page at 300"
    assert [raw.event.kind for raw in story.raw].count("wheel") == 4


def _number_of_rows(story: Story) -> None:
    assert "Row 31" not in story.before(story.steps[0])
    assert "Row 31" in story.after(story.steps[0])


def _sorted(story: Story) -> None:
    """What lay where it was dropped, in the observation before, is where it went."""
    target = story.steps[0].target
    assert target is not None
    assert target.name == "One"


ROWS: tuple[Row, ...] = (
    Case(
        id="10.html5",
        says="dragging by the browser's own drag and drop",
        page="drags.html",
        does=({"gesture": "drag", "at": "#card", "to": "#bin"},),
        steps=("drag [text 'Card'] [text 'Bin']",),
        heard=("dropped card",),
        after="Bin with a card",
    ),
    Case(
        id="10.pointer-slider",
        says="a slider made of a `div`, dragged",
        page="drags.html",
        does=(_slide("#thumb", 140),),
        steps=("drag [slider 'Volume'] [slider 'Volume']",),
        heard=("volume 50",),
        after="slider 'Volume' value='50'",
    ),
    Case(
        id="10.range",
        says="a range input, dragged",
        page="drags.html",
        does=(_slide("#range", 150),),
        steps=("type [slider 'Price'] [72] [0]",),
        heard=("price 72",),
    ),
    Case(
        id="10.sortable",
        says="a list put into another order by dragging",
        page="drags.html",
        does=({"gesture": "drag", "at": "#l1", "to": "#l3"},),
        steps=("drag [listitem 'One'] [listitem 'Three']",),
        heard=("Two Three One Four",),
        then=_sorted,
    ),
    Case(
        id="10.sortable-through",
        says="the same where the dragged item lets the pointer through: what counts is the item that lay there",
        page="drags.html?through",
        does=({"gesture": "drag", "at": "#l1", "to": "#l3"},),
        steps=("drag [listitem 'One'] [listitem 'Three']",),
        heard=("Two Three One Four",),
        then=_sorted,
    ),
    Case(
        id="10.file-drop",
        says="a file dropped onto the page",
        page="takes.html",
        does=({"gesture": "drop", "at": "#zone", "text": str(PAGES / "report.txt")},),
        steps=(f"upload [text 'Drop a report here'] [{PAGES / 'report.txt'}]",),
        heard=("read <inside>",),
        after="Got report.txt",
    ),
    Case(
        id="11.css-hover",
        says="a menu that `:hover` reveals",
        page="menus.html",
        does=(_rests("#head"), {"gesture": "click", "at": "#export"}),
        steps=("hover [text 'File']", "click [button 'Export']"),
        heard=("export pressed",),
    ),
    Case(
        id="11.js-hover",
        says="a menu that a script reveals under the pointer",
        page="menus.html",
        does=(_late_rest, {"gesture": "click", "at": "#logout"}),
        steps=("hover [text 'Account']", "click [button 'Log out']"),
        heard=("logout pressed",),
    ),
    Case(
        id="11.nested",
        says="a menu in a menu, both revealed by resting",
        page="menus.html",
        does=(_rests("#outer", "#sub"), {"gesture": "click", "at": "#flip"}),
        steps=("hover [text 'Edit']", "hover [text 'Transform']", "click [button 'Flip']"),
        heard=("flip pressed",),
    ),
    Case(
        id="11.idle",
        says="resting on things that reveal nothing used later",
        page="menus.html",
        does=(_idle, {"gesture": "click", "at": "#go"}),
        steps=("click [button 'Go']",),
        heard=("go pressed",),
    ),
    Case(
        id="12.page",
        says="the wheel over the page",
        page="scrolls.html",
        does=({"gesture": "wheel", "delta": 300, "at": (900, 300)},),
        steps=("scroll [down]",),
        heard=("page at 300",),
    ),
    Case(
        id="12.inner",
        says="the wheel over a scrolling box",
        page="scrolls.html",
        does=({"gesture": "wheel", "delta": 120, "at": "#box"},),
        steps=("scroll [down] [region 'Messages']",),
        heard=("box at 120",),
    ),
    Case(
        id="12.horizontal",
        says="the wheel sideways",
        page="scrolls.html",
        does=({"gesture": "wheel", "delta": [200, 0], "at": "#wide"},),
        steps=("scroll [right] [region 'Gallery']",),
        heard=("gallery at 200",),
    ),
    Case(
        id="12.script-scroll",
        says="a page that scrolls itself",
        page="scrolls.html",
        does=({"gesture": "click", "at": "#jump"},),
        steps=("click [button 'To the end']",),
    ),
    Case(
        id="12.infinite",
        says="a list that grows as one scrolls",
        page="scrolls.html?infinite",
        does=({"gesture": "wheel", "delta": 2000, "at": (900, 300)},),
        steps=("scroll [down]",),
        then=_number_of_rows,
    ),
    Case(
        id="12.burst",
        says="many turns in one direction are one scroll",
        page="scrolls.html",
        does=(_turns((0, 40), (0, 60), (0, 100), (0, 100)),),
        steps=("scroll [down]",),
        then=_all_the_way,
    ),
    Case(
        id="12.turns",
        says="down, then up: two scrolls",
        page="scrolls.html",
        does=(_turns((0, 100), (0, 100), (0, -50)),),
        steps=("scroll [down]", "scroll [up]"),
    ),
)
