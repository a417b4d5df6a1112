"""The comparison in Chromium, on the real routes: both stacks and pages, keys, address, ways to Replay."""

from __future__ import annotations

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bench.replay_episode import write_episode
from bench.replay_page import PAGE, served, theme_variables
from flows.understand import comparing
from server.app import routes
from tests.workspaces import signing_up, write
from ui.components.compare import CSS, JS, compare_data
from wiring import Parts

pytestmark = pytest.mark.browser
LONG, SHORT = 25, 15


def pages(parts):
    """Our endpoints and a page `/compare?a=&b=&step=&theme=` that mounts the component."""

    def page(request: Request) -> Response:
        asked = request.query_params
        told = comparing.compare(parts, asked["a"], asked["b"])
        data = compare_data("/stepscope", parts.guard.token, told, asked.get("step"))
        filled = {"css": json.dumps(CSS), "data": json.dumps(data).replace("</", "<\\/")}
        theme = theme_variables(asked.get("theme") == "dark")
        return HTMLResponse(PAGE.replace("/replay.js", "/compare.js") % {"variables": theme, **filled})

    def script(_request: Request) -> Response:
        return Response(JS, media_type="text/javascript")

    return [*routes(parts), Route("/compare.js", script), Route("/compare", page)]


@pytest.fixture(name="site", scope="module")
def site_fixture(tmp_path_factory):
    """A long and a short episode that begin alike; two that fill in the same fields in another order."""
    parts = Parts(tmp_path_factory.mktemp("compared"))
    for name, steps in (("long", LONG), ("short", SHORT)):
        parts.episodes.register_file(write_episode(parts.workspace.episodes_dir, name, n_steps=steps))
    for name, turned in (("one", False), ("turned", True)):
        recording = signing_up(name, mail_first=turned)
        parts.episodes.register_file(write(parts.workspace.episodes_dir, recording))
    with served(parts, pages) as root:
        yield root
    parts.close()


@pytest.fixture(name="page")
def page_fixture(chromium, site):
    """The two episodes beside each other, where they part; no script may fail."""
    context = chromium.new_context(viewport={"width": 1252, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(error))
    page.goto(f"{site}/compare?a=long&b=short")
    at(page, SHORT)
    yield page
    assert errors == []
    assert page.evaluate("window.failures ?? []") == []
    context.close()


def at(page, place):
    """Wait until the pair at a place (from 0) is shown with both its pictures."""
    expect(page.locator(f".compare[data-pair='{place}']")).to_be_visible()
    expect(page.locator("figure:visible canvas.stale")).to_have_count(0)


def test_it_opens_where_the_two_part(page):
    """A goes on alone: its step is told, B's page stands as it was."""
    expect(page.locator(".said")).to_contain_text("only A has this step")
    expect(page.get_by_role("region", name="Episode A").locator(".action")).not_to_be_empty()
    expect(page.get_by_role("region", name="Episode B")).to_contain_text(f"the page after step {SHORT}")
    expect(page.get_by_role("img")).to_have_count(2)


def test_keys_move_through_pairs_and_differences(page):
    """Arrows by one and ten, Home and End, n and N along differences, f back to the first; past the end nothing."""
    page.keyboard.press("ArrowLeft")
    at(page, SHORT - 1)
    expect(page.locator(".said")).to_contain_text("the same")
    page.keyboard.press("Shift+ArrowLeft")
    at(page, SHORT - 11)
    page.keyboard.press("n")
    at(page, SHORT)
    page.keyboard.press("n")
    at(page, SHORT + 1)
    page.keyboard.press("N")
    at(page, SHORT)
    page.keyboard.press("End")
    at(page, LONG - 1)
    page.keyboard.press("ArrowRight")
    at(page, LONG - 1)
    page.keyboard.press("Home")
    at(page, 0)
    page.keyboard.press("f")
    at(page, SHORT)


def test_no_key_acts_while_typing(page):
    """Keys typed into a field of the page move nothing."""
    page.evaluate("document.body.append(document.createElement('input'))")
    page.locator("body > input").focus()
    page.keyboard.press("Home")
    page.keyboard.press("n")
    at(page, SHORT)


def test_each_side_opens_in_replay_at_its_step(page):
    """By the link and by its key; the address keeps the pair."""
    page.keyboard.press("Home")
    at(page, 0)
    page.wait_for_url(re.compile("step=s00000"))
    link = page.get_by_role("link", name="Open B in Replay")
    assert re.search(r"/replay\?episode=short&step=s00000", link.get_attribute("href"))
    page.keyboard.press("a")
    page.wait_for_url(re.compile(r"/replay\?episode=long&step=s00000"))


def test_an_address_leads_back_to_the_pair(page, site):
    """The step of either side names it."""
    page.goto(f"{site}/compare?a=long&b=short&step=s00004")
    at(page, 4)
    expect(page.locator(".toast")).to_have_count(0)


def test_an_address_of_a_step_that_neither_has_says_so(page, site):
    """They are shown where they part, and it is told that this is not the pair one was sent to."""
    page.goto(f"{site}/compare?a=long&b=short&step=gone")
    at(page, SHORT)
    expect(page.locator(".toast")).to_contain_text("in neither episode")


def test_a_press_on_the_stacks_chooses_a_pair(page):
    """The slider says where one is, for those who do not see it."""
    slider = page.get_by_role("slider", name="Pair of steps")
    box = slider.bounding_box()
    page.mouse.click(box["x"] + box["width"] - 20, box["y"] + 10)
    at(page, LONG - 1)
    expect(slider).to_have_attribute("aria-valuenow", str(LONG))
    expect(slider).to_have_attribute("aria-valuetext", f"Pair {LONG} of {LONG}: only A has this step")


def column(page, pair):
    """Pixels from the left edge of the stacks to the middle of a pair, all of them in sight."""
    width = page.get_by_role("slider").bounding_box()["width"]
    return 62 + (width - 62 - 14) / LONG * (pair + 0.5)


def picture(page):
    """The stacks as they are painted."""
    return page.get_by_role("slider").locator("canvas").first.evaluate("(canvas) => canvas.toDataURL()")


def drawn(page):
    """Wait for the browser's next two frames."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def test_both_stacks_zoom_and_move_together(page):
    """Ctrl and the wheel zoom at the mouse, Shift and the wheel move, z fits the call, 0 shows all."""
    slider = page.get_by_role("slider")
    whole = picture(page)
    box = slider.bounding_box()
    page.mouse.move(box["x"] + column(page, 20), box["y"] + 10)
    page.keyboard.down("Control")
    for _ in range(5):
        page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    drawn(page)
    zoomed = picture(page)
    assert zoomed != whole
    slider.click(position={"x": 70, "y": 10})
    expect(page.locator(".compare")).not_to_have_attribute("data-pair", "0")
    page.keyboard.down("Shift")
    page.mouse.wheel(0, 300)
    page.keyboard.up("Shift")
    drawn(page)
    assert picture(page) != zoomed
    page.keyboard.press("0")
    assert picture(page) == whole
    page.keyboard.press("z")
    page.keyboard.press("0")
    assert picture(page) == whole


def test_calls_are_walked_along_as_in_replay(page):
    """↓ goes into a call of A, ] to the next beside it, ↑ out; s takes the keys to the calls of B, at the same pair."""
    a, b = (page.get_by_role("region", name=f"Episode {name}") for name in "AB")
    page.keyboard.press("Home")
    at(page, 0)
    for key, pair, call in (
        ("ArrowDown", 1, "fill_form"),
        ("ArrowDown", 2, "fill_text [From]"),
        ("]", 6, "fill_text [To]"),
    ):
        page.keyboard.press(key)
        at(page, pair)
        expect(a.locator("[aria-current]")).to_contain_text(call)
    page.keyboard.press("s")
    at(page, 6)
    page.keyboard.press("]")
    at(page, 10)
    expect(b.locator("[aria-current]")).to_contain_text("choose_date")
    page.keyboard.press("ArrowUp")
    at(page, 1)
    a.get_by_role("button", name="planner").click()
    at(page, 0)


def test_a_window_of_pairs_holds_the_keys(page):
    """A drag over the stacks leaves only its pairs to the keys; Escape gives all back; g goes outside and says so.

    How the pair differs stays told.
    """
    box = page.get_by_role("slider").bounding_box()
    page.mouse.move(box["x"] + column(page, 5), box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + column(page, 9), box["y"] + 20, steps=4)
    page.mouse.up()
    at(page, 9)
    expect(page.get_by_role("button", name="only pairs 6–10")).to_be_visible()
    expect(page.locator(".said")).to_have_text(re.compile(r"same|differs|only"))
    expect(page.locator(".said")).not_to_contain_text("pairs")
    page.keyboard.press("Home")
    at(page, 5)
    page.keyboard.press("Shift+ArrowRight")
    at(page, 9)
    page.keyboard.press("n")
    at(page, 9)
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    at(page, 10)
    page.keyboard.press("w")
    expect(page.locator("[data-act=window]")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    at(page, 0)
    expect(page.get_by_text("All pairs are shown again")).to_be_visible()
    expect(page.locator("[data-act=window]")).to_have_count(0)


def test_the_mouse_is_told_what_both_sides_do(page):
    """Over a pair stand the steps of both, or that one has none."""
    page.get_by_role("slider").hover(position={"x": column(page, 4), "y": 20})
    expect(page.locator(".tip")).to_contain_text("pair 5")
    expect(page.locator(".tip")).to_contain_text(re.compile("A step 5 .*B step 5 "))
    page.get_by_role("slider").hover(position={"x": column(page, 20), "y": 20})
    expect(page.locator(".tip")).to_contain_text("B no step")


def test_the_keys_are_listed(page):
    """? opens the sheet, Escape closes it."""
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("where the two part")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_accessible(page, site, theme):
    """axe finds nothing serious, in both themes."""
    page.goto(f"{site}/compare?a=long&b=short&theme={theme}")
    at(page, SHORT)
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")] == []


def test_a_step_that_only_the_other_side_has_is_found_again(page, site):
    """Both sides may name a step alike: the address of one that only B has leads to it, not to A's of that name."""
    page.goto(f"{site}/compare?a=short&b=long")
    page.locator(".compare[data-pair]").wait_for()
    page.keyboard.press("f")
    alone = page.locator(".compare").get_attribute("data-pair")
    expect(page.get_by_role("status").filter(has_text="only B has this step")).to_be_visible()
    page.wait_for_url(re.compile("step=b%3As"))
    page.reload()
    page.locator(".compare[data-pair]").wait_for()
    expect(page.locator(".compare")).to_have_attribute("data-pair", alone)


def test_another_order_leads_to_the_same_step(page, site):
    """Where the other side does it elsewhere the pair says so, and a press goes there and back."""
    page.goto(f"{site}/compare?a=one&b=turned")
    said = page.locator(".said")
    there = said.get_by_role("button", name=re.compile("^B does A’s step in pair"))
    number = page.locator(".number").text_content()
    there.press("Enter")
    expect(page.locator(".number")).not_to_have_text(number)
    said.get_by_role("button", name=re.compile("^A does B’s step in pair")).press("Enter")
    expect(page.locator(".number")).to_have_text(number)
