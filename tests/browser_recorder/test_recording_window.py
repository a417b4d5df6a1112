"""Gestures in a window of one's own: each is one step, seen before the page's own handlers heard of it."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import pytest
from PIL import Image

from browser.errors import PageClosed
from tests.browser_recorder.conftest import PLACED, OpenWindow, Site
from tests.browser_recorder.window_person import proven, words
from tests.counts import soak
from traces.reader import EpisodeReader

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("window")]


@pytest.mark.sampled
@pytest.mark.parametrize("event", ["pointerdown", "mousedown", "pointerup", "click"])
def test_the_page_is_seen_before_it_hears(window: OpenWindow, event: str) -> None:
    """A button renames itself and recolours the page: observation and picture are those of before."""
    body = f"""<button id=b>Orig</button><script>document.body.style.background = 'rgb(0, 160, 0)';
      b.addEventListener('{event}', () => {{
        b.textContent = 'Changed'; document.body.style.background = 'rgb(160, 0, 0)'; }}, true);</script>"""
    with window(body) as page:
        page.click(60, 15)
        page.settle()
        ended = page.stop()
        assert words(ended) == ["click Orig"]
        proven(ended)
        (step,) = ended.reading.steps
        assert "Changed" not in page.before(step)
        assert step.proof is not None
        assert step.proof.exact
        assert not step.proof.late
        with EpisodeReader(ended.path) as reader:
            assert "Changed" in reader.observation(step.observation_after).text
            _, data = reader.picture(step.picture_before)
    with Image.open(io.BytesIO(data)) as image:
        red, green, _ = image.convert("RGB").getpixel((800, 600))
    assert green > 120 > red


def test_an_element_that_is_gone_at_once(window: OpenWindow) -> None:
    """Removed on pointerdown, so that no click ever happens: a step all the same."""
    body = "<button id=b>Fleeting</button><script>b.onpointerdown = () => b.remove()</script>"
    with window(body) as page:
        page.click(60, 15)
        page.settle()
        ended = page.stop()
        assert words(ended) == ["click Fleeting"]
        proven(ended)


def test_buttons_and_counts(window: OpenWindow) -> None:
    """Double, right and middle clicks, and one with a key held, are what they are."""
    body = """<button style="top:0">One</button><button style="top:60px">Two</button>
      <button style="top:120px">Three</button><button style="top:180px">Four</button>
      <script>oncontextmenu = (event) => event.preventDefault()</script>"""
    with window(body) as page:
        page.click(60, 15, click_count=2)
        page.settle()
        page.click(60, 75, button="right")
        page.settle()
        page.click(60, 135, button="middle")
        page.settle()
        page.run(page.page.keyboard.down("Control"))
        page.click(60, 195)
        page.run(page.page.keyboard.up("Control"))
        page.settle()
        ended = page.stop()
        assert words(ended) == ["dblclick One", "rightclick Two", "click Three [middle]", "click Four [Control]"]
        proven(ended)


def test_a_burst_of_the_wheel(window: OpenWindow) -> None:
    """Turns in one direction are one scroll, seen where the page was; the other direction is another."""
    body = "<script>for (let n = 0; n < 60; n++) document.write('<div>line ' + n + '</div>')</script>"
    with window(body) as page:
        page.run(page.page.mouse.move(300, 300))
        for _ in range(3):
            page.run(page.page.mouse.wheel(0, 120))
        page.settle()
        page.run(page.page.mouse.wheel(0, -60))
        page.settle()
        ended = page.stop()
        assert [step.action for step in ended.reading.steps] == ["scroll [down]", "scroll [up]"]
        proven(ended)
        with EpisodeReader(ended.path) as reader:
            tops = [reader.observation(step.observation_before).boxes for step in ended.reading.steps]
    first = min(tops[0], key=lambda element: int(element))
    assert tops[0][first].y >= 0 > tops[1][first].y


def test_dragging(window: OpenWindow) -> None:
    """HTML's own drag and drop, and one made of pointer events: one drag each."""
    body = """<div class=box id=card draggable=true style="background:#ccc">Card</div>
      <div class=box id=bin role=region aria-label=Bin style="top:200px;height:100px;background:#eee"
        ondragover="event.preventDefault()" ondrop="this.append(card)">Bin</div>
      <div class=box id=knob style="left:400px;background:#999" onpointerdown="setPointerCapture(event.pointerId)"
        onpointermove="if (event.buttons) this.style.top = event.clientY - 15 + 'px'">Knob</div>
      <div class=box style="left:400px;top:200px;height:100px;background:#eee">Slot</div>"""

    async def drag(mouse: Any, start: tuple[int, int], end: tuple[int, int]) -> None:
        await mouse.move(*start)
        await mouse.down()
        await mouse.move(start[0] + 10, start[1] + 20, steps=3)
        await mouse.move(*end, steps=5)
        await mouse.up()

    with window(body) as page:
        page.run(drag(page.page.mouse, (60, 15), (60, 250)))
        page.settle()
        page.run(drag(page.page.mouse, (460, 15), (460, 250)))
        page.settle()
        ended = page.stop()
        drags = [step for step in ended.reading.steps if step.action.startswith("drag")]
        assert [step.target.name for step in drags] == ["Card", "Knob"]
        assert len(ended.reading.steps) == 2
        assert ended.reading.not_recorded == ()
        proven(ended)


def test_what_appears_under_the_pointer(window: OpenWindow) -> None:
    """A menu that shows when the pointer rests on it: the rest is a hover step if the menu's item is clicked."""
    body = """<style>#m { display: none } #h:hover #m { display: block; position: absolute; top: 30px; left: 0 }</style>
      <div class=box id=h>Menu<button id=m>Export</button></div>"""
    with window(body) as page:
        page.run(page.page.mouse.move(60, 10))
        page.until(lambda: page.events("hover"))
        page.settle()
        page.click(60, 45)
        page.settle()
        ended = page.stop()
        assert [word.split()[0] for word in words(ended)] == ["hover", "click"]
        assert words(ended)[1] == "click Export"


def test_a_scroll_bar_is_no_element(window: OpenWindow) -> None:
    """Pressing the page's own scroll bar is a scroll, as far as it scrolled."""
    with window("<button>Stay</button>") as page:
        width = page.run(page.page.evaluate("document.documentElement.clientWidth"))
        if width == 1280:
            pytest.skip("this Chromium draws its scroll bars over the page")
        page.click((width + 1280) / 2, 600)
        page.until(lambda: page.events("wheel"))
        page.settle()
        ended = page.stop()
        assert [step.action for step in ended.reading.steps] == ["scroll [down]"]


def test_frames_of_this_and_of_other_sites(window: OpenWindow, site: Site) -> None:
    """In a frame, in one inside it, and in one of another process: the target, and the page around, as they were."""
    inner = "<button onpointerdown=\"this.textContent = 'gone'\" style='width:120px;height:30px'>%s</button>"
    site.page(inner % "Deep", "/deep")
    site.page(f"{inner % 'Near'}<iframe src=/deep style='width:200px;height:60px'></iframe>", "/near")
    far = site.page(f"{inner % 'Far'}<input aria-label=Word>", "/far").replace("127.0.0.1", "localhost")
    frame = "position:absolute;width:300px;height:140px;border:0"
    body = f"""<iframe src=/near style="{frame};top:50px"></iframe>
      <iframe src="{far}" style="{frame};top:250px"></iframe><button>Outer</button>"""
    with window(body) as page:
        page.settle()
        page.click(30, 70)
        page.settle()
        page.click(40, 115)
        page.settle()
        page.click(30, 270)
        page.settle()
        page.click(60, 298)
        page.type("word")
        page.settle()
        page.click(60, 15)
        page.settle()
        ended = page.stop()
        assert words(ended) == ["click Near", "click Deep", "click Far", "type Word [word] [0]", "click Outer"]
        proven(ended)
        steps = ended.reading.steps
        assert "gone" not in page.before(steps[0])
        assert "'Far'" in page.before(steps[2])
        assert page.before(steps[2]).count("gone") == 2
        assert steps[2].target.id.startswith("f2-")
        assert ended.reading.not_recorded == ()


def test_a_frame_that_comes_later(window: OpenWindow, site: Site) -> None:
    """Frames made by the page, empty, written to, and given an address, are listened to."""
    site.page("<button style='width:120px;height:30px'>Late</button>", "/late")
    body = """<button id=b>Make</button><script>b.onclick = () => {
      const one = document.createElement('iframe'); one.style = 'position:absolute;top:50px'; document.body.append(one);
      one.contentDocument.write('<button style="width:120px;height:30px">Written</button>');
      const two = document.createElement('iframe'); two.style = 'position:absolute;top:250px'; two.src = '/late';
      document.body.append(two); }</script>"""
    with window(body) as page:
        page.click(60, 15)
        page.settle()
        page.click(60, 75)
        page.settle()
        page.click(60, 275)
        page.settle()
        ended = page.stop()
        assert words(ended) == ["click Make", "click Written", "click Late"]
        proven(ended)


def test_shadow_roots(window: OpenWindow) -> None:
    """An open root's button is the target itself; so is a closed one's once the page was looked at."""
    body = """<x-open class=box></x-open><x-shut class=box style="top:60px"></x-shut><script>
      for (const mode of ['open', 'closed']) customElements.define(mode === 'open' ? 'x-open' : 'x-shut',
        class extends HTMLElement { connectedCallback() {
          this.style.display = 'block';
          this.attachShadow({mode}).innerHTML = `<button style="width:120px;height:30px">In ${mode}</button>`; } });
      </script>"""
    with window(body) as page:
        page.click(40, 15)
        page.settle()
        page.click(40, 75)
        page.settle()
        ended = page.stop()
        assert words(ended) == ["click In open", "click In closed"]
        proven(ended)


HOSTILE = """<meta http-equiv=Content-Security-Policy
    content="script-src 'unsafe-inline'; require-trusted-types-for 'script'">
  <button id=b>Press</button><input id=q aria-label=Query style="top:60px"><script>
  for (const type of ['pointerdown', 'mousedown', 'pointerup', 'click', 'keydown', 'beforeinput', 'input', 'wheel'])
    window.addEventListener(type, (event) => event.stopImmediatePropagation(), true);
  JSON.stringify = () => { throw new Error('no'); };
  Object.prototype.toJSON = Array.prototype.toJSON = String.prototype.toJSON = () => 'forged';
  EventTarget.prototype.addEventListener = window.addEventListener = () => {};
  EventTarget.prototype.dispatchEvent = () => { throw new Error('no'); };
  Element.prototype.getAttribute = () => { throw new Error('no'); };
  Document.prototype.querySelectorAll = Element.prototype.getBoundingClientRect = () => { throw new Error('no'); };
  globalThis.__stepscope = { observe() { throw new Error('mine'); } };
  Object.freeze(Array.prototype);
  </script>"""


def test_a_hostile_page(window: OpenWindow) -> None:
    """It stops every event first, and breaks JSON, listeners and the DOM for everybody but us."""
    with window(HOSTILE) as page:
        page.click(60, 15)
        page.settle()
        page.click(60, 75)
        page.type("ab")
        page.settle()
        ended = page.stop()
        assert words(ended) == ["click Press", "type Query [ab] [0]"]
        proven(ended)


def test_what_the_page_does_itself(window: OpenWindow) -> None:
    """Its own clicks, keys and changes are nobody's."""
    body = """<button id=b>Start</button><input id=q style="top:60px"><script>b.onclick = () => {
      q.click(); q.focus(); q.value = 'x'; for (const type of ['pointerdown', 'keydown', 'input', 'change'])
        q.dispatchEvent(new Event(type, {bubbles: true})); scrollTo(0, 500); }</script>"""
    with window(body) as page:
        page.click(60, 15)
        page.settle()
        ended = page.stop()
        assert words(ended) == ["click Start"]
        assert ended.reading.not_recorded == ()


def test_links_that_leave_at_once(window: OpenWindow, site: Site) -> None:
    """Every click of many is a step with the page it left."""
    rounds = soak(40)
    for n in range(rounds + 1):
        site.page(f"{PLACED}<h1>Page {n}</h1><a href=/p{n + 1} style='top:0'>Next of {n}</a>", f"/p{n}")
    with window("<a href=/p0 style='top:0'>Begin</a>") as page:
        page.click(60, 15)
        for n in range(rounds):
            page.arrive(f"**/p{n}")
            page.click(60, 15)
        page.arrive(f"**/p{rounds}")
        page.settle()
        ended = page.stop()
        assert words(ended) == ["click Begin", *(f"click Next of {n}" for n in range(rounds))]
        proven(ended)
        assert ended.reading.not_recorded == ()


def test_tabs_the_page_opens(window: OpenWindow, site: Site) -> None:
    """Work in a new tab, and in one that closes itself on the press, are steps; so is going back to the first."""
    site.page(f"{PLACED}<button>Press</button>", "/new")
    site.page(f"{PLACED}<button onpointerdown='window.close()'>Bye</button>", "/bye")
    body = """<a href=/new target=_blank>Link</a>
      <button style="top:60px" onclick="window.open('/bye')">Popup</button>"""
    with window(body) as page:
        first = page.page
        page.click(60, 15)
        page.until(lambda: len(page.pages) == 2)
        page.arrive("**/new")
        page.settle()
        page.click(60, 15)
        page.settle()
        page.run(first.bring_to_front())
        page.click(60, 75, first)
        page.until(lambda: len(page.pages) == 3)
        page.arrive("**/bye")
        page.settle()
        with contextlib.suppress(PageClosed):
            page.click(60, 15)
        page.until(lambda: len(page.pages) == 2)
        page.settle()
        ended = page.stop()
        assert words(ended) == ["click Link", "click Press", "tab_focus [0]", "click Popup", "click Bye"]
        assert ended.reading.not_recorded == ()


def test_documents_that_are_written_anew(window: OpenWindow) -> None:
    """After document.open(), and in an empty tab that was written to, listening goes on."""
    body = """<button id=a>Rewrite</button><button id=b style="top:60px">Write</button><script>
      const style = 'position:absolute;left:10px;top:0;width:160px;height:30px';
      const made = (name) => `<button style="${style}">${name}</button>`;
      a.onclick = () => { document.open(); document.write(made('Anew')); document.close(); };
      b.onclick = () => { const w = open(''); w.document.write(made('Written')); w.document.close(); };</script>"""
    with window(body) as page:
        first = page.page
        page.click(60, 75)
        page.until(lambda: any(mark.what == "tab opened" for mark in page.events("mark")))
        page.settle()
        page.click(60, 20)
        page.settle()
        page.run(first.bring_to_front())
        page.click(60, 15, first)
        page.settle()
        page.click(60, 15, first)
        page.settle()
        ended = page.stop()
        assert words(ended) == ["click Write", "click Written", "tab_focus [0]", "click Rewrite", "click Anew"]
        proven(ended)


def test_two_hundred_gestures(window: OpenWindow) -> None:
    """Clicks without a pause: each is one step that saw the page as the click before left it."""
    body = """<button id=a>a0</button><button id=b style="top:60px">b0</button><script>
      for (const e of [a, b]) { let n = 0; e.onpointerdown = () => { e.textContent = e.id + ++n; }; }</script>"""
    rounds = soak(100)

    async def hasten(mouse: Any) -> None:
        for _ in range(rounds):
            await mouse.click(60, 15)
            await mouse.click(60, 75)

    with window(body) as page:
        page.run(hasten(page.page.mouse))
        page.settle()
        ended = page.stop()
        assert words(ended) == [f"click {name}{n}" for n in range(rounds) for name in "ab"]
        proven(ended)
