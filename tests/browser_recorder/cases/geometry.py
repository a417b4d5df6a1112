"""Cases of group 45: device pixels, zoom, the viewport's size, scrollbars, frames in scrolled boxes."""

from __future__ import annotations

import io

from PIL import Image

from tests.browser_recorder.cases.model import Case, Elsewhere, Row
from tests.browser_recorder.cases.person import Person
from tests.browser_recorder.cases.story import Story
from tests.browser_recorder.leaks import black_share
from traces.model import Box

VIEWPORT_WIDTH = 1280
PIN = Box(x=400, y=60, width=200, height=30)


def click(name: str) -> dict[str, str]:
    """A click on the element of that text."""
    return {"gesture": "click", "at": f"text={name}"}


def _pinch(person: Person) -> None:
    """As a touch screen would magnify the page; the view has no gesture for it."""

    async def magnify() -> None:
        page = person.recording._tabs.page
        session = await page.context.new_cdp_session(page)
        await session.send("Emulation.setPageScaleFactor", {"pageScaleFactor": 1.5})

    person.session.run(magnify())


def _fine(person: Person) -> None:
    assert person.on_page("devicePixelRatio") == 2


def _resize(person: Person) -> None:
    person.ask("resize", width=640, height=480)
    assert person.on_page("[innerWidth, innerHeight]") == [640, 480]


def _sizes(story: Story) -> None:
    """Pictures have the size the page had; the change is in the log and no step."""
    assert [_width(story.picture(step.picture_before)) for step in story.steps] == [1280, 640, 640]
    assert [raw.event.detail for raw in story.raw if getattr(raw.event, "what", "") == "resized"] == ["640 x 480"]


def _near_the_edge(person: Person) -> None:
    """Where the scrollbar of the box would lie; a browser without a screen lays its scrollbars over the content."""
    person.send("mouse", kind="down", x=334, y=100)
    person.ask("mouse", kind="up", x=334, y=100)


def _black(story: Story) -> None:
    """The field is black where it lies in the picture, however large that is, and nothing beside it."""
    step = story.steps[-1]
    beside = Box(x=620, y=60, width=100, height=30)
    for key in (step.picture_before, step.picture_after):
        picture = story.picture(key)
        scale = _width(picture) / VIEWPORT_WIDTH
        assert black_share(picture, PIN, scale) > 0.98
        assert black_share(picture, beside, scale) == 0


def _width(picture: bytes) -> int:
    with Image.open(io.BytesIO(picture)) as image:
        return image.width


ROWS: tuple[Row, ...] = (
    Case(
        "45.scale",
        "two device pixels to a CSS pixel",
        "places.html",
        (_fine, click("First"), {"gesture": "type", "at": "input", "text": "4711"}),
        ("click [button 'First']", "type [textbox 'Pin'] [{SECRET:pin}] [0]"),
        heard=("first",),
        options={"scale": 2.0},
        then=_black,
    ),
    Case(
        "45.zoom",
        "a page with CSS zoom",
        "places.html",
        (click("Zoomed"), click("Turned")),
        ("click [button 'Zoomed']", "click [button 'Turned']"),
        heard=("zoomed", "turned at 1280"),
    ),
    Case(
        "45.pinch",
        "a page magnified by pinching",
        "places.html",
        (_pinch, click("Zoomed"), click("First")),
        ("click [button 'Zoomed']", "click [button 'First']"),
        heard=("zoomed", "first"),
    ),
    Case(
        "45.resize",
        "the viewport's size changes while recording",
        "places.html",
        (click("Turned"), _resize, click("Turned"), click("First")),
        ("click [button 'Turned']", "click [button 'Turned']", "click [button 'First']"),
        heard=("turned at 1280", "resized", "turned at 640", "first"),
        then=_sizes,
    ),
    Elsewhere(
        "45.view-scaled",
        "the view drawn at half size",
        "tests/ui_live/test_live_screen.py::test_a_click_arrives_in_the_pages_own_pixels",
    ),
    Case(
        "45.scrollbars",
        "a press near a scrollbar",
        "places.html",
        (_near_the_edge,),
        ("click [button 'First']",),
        heard=("first",),
    ),
    Case(
        "45.scrolled-frames",
        "coordinates in scrolled frames in scrolled boxes",
        "scrolled-frames.html",
        (
            {"gesture": "click", "at": "iframe[src*=near] >>> text=Press near"},
            {"gesture": "click", "at": "iframe[src*=far] >>> text=Press far"},
        ),
        ("click [button 'Press near']", "click [button 'Press far']"),
        heard=("near pressed", "far pressed"),
    ),
)
