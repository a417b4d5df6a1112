"""Targets: what was recorded is found again where ids, classes and order are other ones, and never a neighbour."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from browser.acting import Settle
from browser.recorder.options import RecordingOptions
from browser.replaying import Replayed, replay
from browser.script import parse_script
from browser.tabs import Tabs
from server.scripted import record_script
from tests.browser_recorder import target_pages as pages
from tests.browser_recorder.conftest import Site
from tests.browser_recorder.target_pages import HEARD, ORDERS, Looks
from traces.environment import Outcome
from traces.model import Step, Target
from traces.reader import EpisodeReader

pytestmark = pytest.mark.browser

QUICK = Settle(80, 2000, 300)
Script = Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Demo:
    """A recording, and what its page heard."""

    steps: tuple[Step, ...]
    heard: tuple[str, ...]


@pytest.fixture(name="other")
def other_fixture():
    made = Site()
    yield made
    made.close()


@pytest.fixture(name="demo")
def demo_fixture(session, tmp_path):
    """`demo(url, script)` records it."""

    def made(url: str, script: Script) -> Demo:
        heard: list[str] = []

        async def finish(page: Any) -> Outcome:
            heard.extend(await page.evaluate("heard"))
            return Outcome(True, 1.0)

        options = RecordingOptions(url=url, objective="try", still_ms=120, gate_ms=5000)
        done = record_script(options, parse_script(list(script)), tmp_path / "episodes", session, finish=finish)
        assert done.answer["not_recorded"] == []
        with EpisodeReader(done.ended.path) as reader:
            return Demo(reader.steps(), tuple(heard))

    return made


@pytest.fixture(name="again")
def again_fixture(session):
    """`again(url, steps)` replays them: what became of each, and what the page heard."""

    async def done(url: str, steps: Sequence[Step]) -> tuple[tuple[Replayed, ...], tuple[str, ...]]:
        context = await session.new_context()
        tabs = Tabs(context, lambda address: address)
        try:
            await tabs.open(url)
            await tabs.observer.quiet(80, 2000)
            found = await replay(tabs, steps, settle=QUICK)
            return found, tuple(await tabs.page.evaluate("heard"))
        finally:
            await tabs.shut()

    return lambda url, steps: session.run(done(url, steps), 60 + 20 * len(steps))


def backwards(items: Sequence[str]) -> list[str]:
    """The other way round."""
    return list(items)[::-1]


def rotated(items: Sequence[str]) -> list[str]:
    """The first one last."""
    return [*items[1:], *items[:1]]


def click(at: Any) -> dict[str, Any]:
    return {"gesture": "click", "at": at}


KINDS: dict[str, tuple[Callable[[Looks], str], Script]] = {
    "form": (
        pages.form,
        [
            {"gesture": "type", "at": "input[data-of=first]", "text": "Ann"},
            {"gesture": "type", "at": "input[data-of=last]", "text": "Lee"},
            {"gesture": "type", "at": "input[data-of=passport]", "text": "X1"},
            {"gesture": "select", "at": "select", "text": "Vegan"},
            click("fieldset:has-text('Shipping') >> button"),
            click("fieldset:has-text('Billing') >> button"),
        ],
    ),
    "table": (
        pages.table,
        [
            click("tr:has-text('Order 18') >> text=Delete"),
            click("tr:has-text('Order 20') >> text=Edit"),
            click("tr:has-text('Order 19') >> input[type=checkbox]"),
            {"gesture": "type", "at": "tr:has-text('Order 17') >> input[size]", "text": "3"},
            click("tr:has-text('Order 17') >> text=Edit"),
        ],
    ),
    "cards": (
        pages.cards,
        [
            click("div:has(> div > h3:text-is('Order 19')) >> text=Open"),
            click("div:has(> div > h3:text-is('Order 18')) >> button:has(svg)"),
            click("div:has(> div > h3:text-is('Order 17')) >> button:has(svg)"),
        ],
    ),
    "shadow": (
        pages.shadow,
        [click("order-card[name='Order 18'] >> button"), click("order-card[name='Order 20'] >> button")],
    ),
    "closed": (pages.closed, [click([130, 20]), click([130, 50])]),
    "combobox": (
        pages.combobox,
        [click("[aria-label=To]"), click("text=Bonn"), click("[aria-label=From]"), click("text=Kiel")],
    ),
}  # fmt: skip


@pytest.mark.sampled
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("order", [backwards, rotated])
def test_what_was_recorded_is_found_among_other_ids_classes_and_places(site, demo, again, kind, order):
    """Case 47: the steps do to a fresh page what they did to theirs, each found by a selector that fits it alone."""
    page, script = KINDS[kind]
    recorded = demo(site.page(HEARD + page(Looks("one"))), script)
    assert len(recorded.heard) >= 2
    for step in recorded.steps:
        assert step.target is not None
        assert any(one.unique for one in step.target.selectors), step.action
    same, heard = again(site.page(HEARD + page(Looks("one"))), recorded.steps)
    assert [(one.why, one.renamed) for one in same if not one.replayable] == []
    assert heard == recorded.heard
    found, heard = again(site.page(HEARD + page(Looks("two", order))), recorded.steps)
    assert [(one.why, one.renamed) for one in found if not one.replayable] == []
    assert heard == recorded.heard
    assert {one.by for one in found} & {"css", "xpath"} == set(), [one.selector for one in found]


def frames_page(site: Site, inner: Site, looks: Looks, *, nested: bool, named: bool = True) -> str:
    """Two frames (or, nested, two frames within one), each with the same controls; the address of the page around."""
    for of in ("Left", "Right"):
        inner.page(pages.inside(looks, of), f"/{of.lower()}")
    base = inner.page("", "/none").removesuffix("/none")
    names = {"Left": 'name="left"', "Right": 'name="right"'} if named else {"Left": "", "Right": ""}
    made = looks.of(
        [f'<iframe {looks.own("f " + of)} {names[of]} src="{base}/{of.lower()}?s=1"></iframe>' for of in names]
    )
    if not nested:
        return site.page(HEARD + "".join(made), "/around")
    outer = inner.page("".join(made), "/outer")
    return site.page(
        HEARD + f'<h1>Both</h1><iframe {looks.own("outer")} width=900 height=500 title="Both" src="{outer}"></iframe>',
        "/around",
    )


def in_frames(nested: bool, named: bool) -> Script:
    """Presses and typing in each frame."""
    outer = "iframe[title=Both] >>> " if nested else ""
    left, right = ("iframe[name=left]", "iframe[name=right]") if named else ("iframe[src*=left]", "iframe[src*=right]")
    return [
        click(f"{outer}{right} >>> text=OK"),
        {"gesture": "type", "at": f"{outer}{left} >>> input", "text": "Ann"},
        click(f"{outer}{left} >>> text=OK"),
    ]


@pytest.mark.sampled
@pytest.mark.parametrize("named", [True, False], ids=["named", "unnamed"])
@pytest.mark.parametrize("nested", [False, True], ids=["flat", "nested"])
@pytest.mark.parametrize("foreign", [False, True], ids=["same-origin", "cross-origin"])
def test_frames_are_found_by_what_they_say_of_themselves(site, other, demo, again, foreign, nested, named):
    """Frames that changed places, with other ids and another query: by name, or by address."""
    inner = other if foreign else site
    recorded = demo(frames_page(site, inner, Looks("one"), nested=nested, named=named), in_frames(nested, named))
    assert recorded.heard == ("ok Right", "Left=Ann", "ok Left")
    for step in recorded.steps:
        assert step.target is not None
        assert len(step.target.frame_chain) == len(step.target.frames) == (2 if nested else 1)
        assert all(any(one.unique for one in link.selectors) for link in step.target.frame_chain)
    found, heard = again(frames_page(site, inner, Looks("two", backwards), nested=nested, named=named), recorded.steps)
    assert [one.why for one in found if not one.replayable] == []
    assert heard == recorded.heard


def test_frames_that_look_the_same_are_told_apart_by_what_stands_in_them(site, demo, again):
    """Frames without name or address in another order: the heading inside decides; without one, nothing is pressed."""

    def around(looks: Looks, heading: bool) -> str:
        made = []
        for of in ("Left", "Right"):
            body = pages.inside(looks, of) if heading else pages.inside(looks, of).replace(f"<h2>{of}</h2>", "")
            made.append(f'<iframe srcdoc="{body.replace(chr(34), "&quot;")}"></iframe>')
        return HEARD + "".join(looks.of(made))

    for heading in (True, False):
        recorded = demo(site.page(around(Looks("one"), heading)), [click("iframe >> nth=1 >>> text=OK")])
        assert recorded.heard == ("ok Right",)
        found, heard = again(site.page(around(Looks("two", backwards), heading)), recorded.steps)
        assert [one.replayable for one in found] == [False]
        assert heard == ()
        same, heard = again(site.page(around(Looks("two"), heading)), recorded.steps)
        assert ([one.replayable for one in same], heard) == (([True], ("ok Right",)) if heading else ([False], ()))


@pytest.mark.parametrize("kind", ["table", "cards", "shadow"])
def test_where_the_row_is_gone_nothing_is_pressed(site, demo, again, kind):
    """Neither the row that has taken its place nor the only one left is taken for it."""
    page, script = KINDS[kind]
    gone = {"table": "Order 18", "cards": "Order 19", "shadow": "Order 18"}[kind]
    recorded = demo(site.page(HEARD + page(Looks("one"))), script[:1])
    assert gone in recorded.heard[0]
    others = [order for order in ORDERS if order != gone]

    def without(items: Sequence[str]) -> list[str]:
        return [item for item in items if gone not in item]

    def only(items: Sequence[str]) -> list[str]:
        return [item for item in items if others[-1] in item]

    for order in (without, only):
        found, heard = again(site.page(HEARD + page(Looks("one", order))), recorded.steps)
        assert ([one.replayable for one in found], heard) == ([False], ()), order
        assert found[0].why


def test_something_else_in_its_place_is_not_pressed(site, demo, again):
    """A path of places leads to a button of another name: refused, and said."""
    one = f"{HEARD}{pages.SAY}<div><p>x</p><button onclick=\"say('save')\">Save</button></div>"
    recorded = demo(site.page(one), [click("text=Save")])
    found, heard = again(site.page(one.replace(">Save<", ">Delete<").replace("'save'", "'delete'")), recorded.steps)
    assert (found[0].replayable, heard) == (False, ())
    assert found[0].why == "what stands in its place is called ‘Delete’"


def test_what_is_covered_is_not_pressed(site, demo, again):
    """A press that would meet something in front of the element is not a replay of the step."""
    body = f"{HEARD}{pages.SAY}<button onclick=\"say('save')\">Save</button>"
    cover = "<div onclick=\"say('cover')\" style='position:fixed;inset:0;background:#fffa'>Please wait</div>"
    recorded = demo(site.page(body), [click("text=Save")])
    found, heard = again(site.page(body + cover), recorded.steps)
    assert (found[0].replayable, found[0].why, heard) == (False, "it is covered by ‘Please wait’", ())


SCROLLERS = """<style>
.box {{ height: 120px; overflow: auto; width: 300px; border: 1px solid }} .tall {{ height: 900px }}</style>
{boxes}<div style="height: 1800px">long page</div>
<script>for (const box of document.querySelectorAll('.box'))
  box.addEventListener('scroll', () => later(box, () => box.title + ' ' + box.scrollTop));
addEventListener('scroll', () => later(window, () => 'page ' + scrollY));
function later(of, text) {{ clearTimeout(of.t); of.t = setTimeout(() => postMessage(text(), '*'), 50); }}
</script>"""


def scrollers(looks: Looks) -> str:
    """Two boxes with a heading that scroll, in a page that scrolls."""
    boxes = looks.of(
        [
            f'<section><h2>{of}</h2><div class="box" id="{looks.token(of)}" title="{of}">'
            f"<div class=tall>{of} text</div></div></section>"
            for of in ("Mail", "News")
        ]
    )
    return HEARD + SCROLLERS.format(boxes="".join(boxes))


def test_the_box_that_was_scrolled_is_scrolled_again(site, demo, again):
    """The step's text stays `scroll [down]`; its target is the box, which is found when the boxes changed places."""
    recorded = demo(site.page(scrollers(Looks("one"))), [{"gesture": "wheel", "delta": 150, "at": "[title=News]"}])
    (step,) = recorded.steps
    assert step.action == "scroll [down]"
    assert recorded.heard == ("News 150",)
    assert step.target is not None
    assert step.target.box is not None
    assert (round(step.target.box.width), round(step.target.box.height)) == (302, 122)
    found, heard = again(site.page(scrollers(Looks("two", backwards))), recorded.steps)
    assert [(one.replayable, one.why) for one in found] == [(True, "")]
    assert [text.split()[0] for text in heard] == ["News"]


def test_scrolling_the_page_has_no_target(site, demo, again):
    """Also where the pointer rests on a box that has no room to scroll."""
    script = [{"gesture": "wheel", "delta": 200, "at": (900, 500)}]
    recorded = demo(site.page(scrollers(Looks("one"))), script)
    assert [(step.action, step.target) for step in recorded.steps] == [("scroll [down]", None)]
    found, heard = again(site.page(scrollers(Looks("two"))), recorded.steps)
    assert ([one.replayable for one in found], [text.split()[0] for text in heard]) == ([True], ["page"])


@pytest.mark.sampled
@pytest.mark.parametrize("kind", [*KINDS, "frames"])
def test_unique_means_that_there_is_one(session, site, kind):
    """What is said to be unique: our own search finds the element by it alone, and Playwright sees one."""
    if kind == "frames":
        url = frames_page(site, site, Looks("one"), nested=True)
    else:
        url = site.page(HEARD + KINDS[kind][0](Looks("one")))
    assert session.run(_checked(session, url), 120) >= 10


async def _checked(session: Any, url: str) -> int:
    context = await session.new_context()
    tabs = Tabs(context, lambda address: address)
    try:
        await tabs.open(url)
        await tabs.observer.quiet(80, 2000)
        seen = (await tabs.observer.observe()).observation
        checked = 0
        for box in seen.boxes.values():
            hit = (await tabs.observer.observe(box.centre)).hit
            if hit is not None and hit.id is not None:
                checked += await _each_unique(tabs, hit)
        return checked
    finally:
        await tabs.shut()


async def _each_unique(tabs: Tabs, hit: Target) -> int:
    """How many selectors of the target claim to be unique; asserts that they are."""
    where: Any = tabs.page
    for frame in hit.frames:
        where = where.frame_locator(frame)
    unique = [one for one in hit.selectors if one.unique]
    for one in unique:
        found = await tabs.observer.find(hit.model_copy(update={"selectors": (one,)}))
        assert found.id == hit.id, (hit.role, hit.name, one, found.why)
        if any(not host.open for host in hit.shadow):
            continue  # no selector of Playwright's enters a closed root
        matches = where.locator(one.value)
        shown = [n for n in range(await matches.count()) if await matches.nth(n).is_visible()]
        assert len(shown) == 1, (hit.role, hit.name, one)
    return len(unique)
