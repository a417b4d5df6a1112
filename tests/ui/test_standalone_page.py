"""An exported page in Chromium, opened from its file: it shows what Replay shows and runs nothing that was recorded."""

from __future__ import annotations

import zipfile

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from bench.replay_episode import write_episode
from flows.transfer.episode_exports import export_episodes
from tests.private_run import SECRETS, write_private_run
from ui.standalone import viewer
from wiring import Parts

pytestmark = pytest.mark.browser
STEPS = 25
BEGINS = 11
"""Where the failure of the booking begins, and so where its page opens."""


@pytest.fixture(name="parts", scope="module")
def parts_fixture(tmp_path_factory):
    parts = Parts(tmp_path_factory.mktemp("home"))
    folder = parts.workspace.episodes_dir
    for path in (write_episode(folder, "booking", n_steps=STEPS), write_private_run(folder, "private")):
        parts.episodes.register_file(path)
    yield parts
    parts.close()


@pytest.fixture(name="write", scope="module")
def write_fixture(parts, tmp_path_factory):
    """Write an episode as a page; its address."""

    def write(episode, **options):
        to = tmp_path_factory.mktemp("out") / "a.html"
        export_episodes(parts, [episode], "html", to, viewer=viewer(), **options)
        return to.as_uri()

    return write


@pytest.fixture(name="page")
def page_fixture(chromium):
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    yield page
    page.close()


@pytest.fixture(name="watched")
def watched_fixture(page):
    """The page, with everything it asked for, said or threw."""
    page.met = []
    page.on("request", lambda request: page.met.append(("request", request.url)))
    page.on("pageerror", lambda error: page.met.append(("error", str(error))))
    page.on("console", lambda message: page.met.append(("console", message.text)))
    page.on("dialog", lambda dialog: (page.met.append(("dialog", dialog.message)), dialog.dismiss()))
    return page


def at(page, number):
    """Wait until the step with this number (from 1) is shown with its picture."""
    expect(page.locator(".replay .number")).to_have_text(f"step {number} / {STEPS}")
    expect(page.locator("figure:visible canvas.stale")).to_have_count(0)


def test_a_page_opens_from_its_file_and_steps(watched, write):
    """Keys, panes and the address work; nothing but the file itself is asked for, nothing is complained of."""
    url = write("booking")
    watched.goto(url)
    at(watched, BEGINS)
    watched.keyboard.press("Home")
    at(watched, 1)
    watched.keyboard.press("Shift+ArrowRight")
    at(watched, 11)
    expect(watched.locator(".crumbs [aria-current]")).to_contain_text("choose_date")
    watched.locator("[data-tab=prompt]").click()
    watched.locator(".part summary").first.click()
    expect(watched.locator(".part[open] pre")).to_contain_text("one form field at a time")
    watched.locator("[data-tab=observation]").click()
    expect(watched.locator(".line").first).to_contain_text("Book Your One-Way Flight")
    watched.keyboard.press("End")
    at(watched, STEPS)
    expect(watched).to_have_url(f"{url}#step=s00024")
    assert [one for one in watched.met if one[1] != url] == []


def test_search_goes_through_the_whole_page(watched, write):
    """Words of a page far behind are found without a server, and Enter leads there."""
    url = write("booking")
    watched.goto(url)
    at(watched, BEGINS)
    watched.keyboard.press("/")
    watched.get_by_role("searchbox").fill("October 2016 is not")
    watched.keyboard.press("Enter")
    expect(watched.locator(".reason")).to_contain_text("October 2016 is not the wanted month")
    assert [one for one in watched.met if one[1] != url] == []


def test_a_link_to_a_step_opens_there(watched, write):
    """The uid behind `#` is the place, before where failure begins; another one is gone to in the open page."""
    url = write("booking")
    watched.goto(f"{url}#step=s00007")
    at(watched, 8)
    watched.evaluate("location.hash = 'step=s00003'")
    at(watched, 4)


def test_a_link_to_a_step_that_is_not_there_says_so(watched, write):
    """The first step is shown, as in the app, and that it is not the one that was asked for."""
    watched.goto(f"{write('booking')}#step=gone")
    at(watched, 1)
    expect(watched.locator(".toast")).to_contain_text("not in the episode")


def test_keys_that_need_the_app_say_so(watched, write):
    """There is no list, no notes and no environment behind a file: each key tells, and nothing fails."""
    url = write("booking")
    watched.goto(url)
    at(watched, BEGINS)
    for key in "jkytm1":
        watched.keyboard.press(key)
        expect(watched.locator(".toast").last).to_contain_text("Open the episode in the app")
    at(watched, BEGINS)
    expect(watched.get_by_role("alert")).to_be_hidden()
    assert [one for one in watched.met if not one[1].startswith(url)] == []


def test_light_and_dark_follow_the_system_and_the_switch(page, write):
    """The switch counts before the system; the canvas is drawn anew with the other colours."""
    page.emulate_media(color_scheme="dark")
    page.goto(write("booking"))
    at(page, BEGINS)
    shade = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(shade) == "rgb(15, 17, 21)"
    page.get_by_label("Theme").select_option("light")
    assert page.evaluate(shade) == "rgb(251, 251, 250)"
    expect(page.locator(".replay.dark")).to_have_count(0)
    page.get_by_label("Theme").select_option("")
    expect(page.locator(".replay.dark")).to_have_count(1)


def test_nothing_recorded_runs(watched, write):
    """Markup in every text of the recording stays text, whichever pane shows it."""
    url = write("private")
    watched.goto(url)
    for tab in ("decision", "prompt", "observation"):
        watched.locator(f"[data-tab={tab}]").click()
        for _ in range(6):
            watched.keyboard.press("ArrowRight")
            expect(watched.locator("figure:visible canvas.stale")).to_have_count(0)
    watched.keyboard.press("d")
    assert watched.evaluate("window.hacked") is None
    assert [one for one in watched.met if one[1] != url] == []
    assert watched.locator("script:not([type])").count() == 1


def test_the_policy_stops_a_script_that_somebody_adds(watched, write):
    """Neither a script element, nor an event handler, nor an address is let through by the page's policy."""
    watched.goto(write("booking"))
    at(watched, BEGINS)
    watched.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.hacked = 1";
          document.body.append(script);
          document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.hacked = 1'>");
          const asked = fetch("https://example.test/").catch(() => {});
          return Promise.all([asked, document.images[0].decode().catch(() => {})]);
        }"""
    )
    assert watched.evaluate("window.hacked") is None
    assert sum("Content Security Policy" in text for kind, text in watched.met if kind == "console") >= 3


def test_a_redacted_page_says_so_and_has_no_pictures(watched, write):
    """The bar says what is missing; where pictures were it says there is none."""
    watched.goto(write("private", redact=True))
    expect(watched.locator(".pagebar")).to_contain_text("redacted: ")
    expect(watched.locator(".pagebar")).to_contain_text("6 pictures")
    expect(watched.locator(".missing:visible")).to_have_text("No picture was kept for this step.")
    shown = watched.locator("body").inner_text()
    assert not [secret for secret in SECRETS if secret.lower() in shown.lower()]


def test_an_archive_opens_from_its_folder(watched, parts, tmp_path):
    """The viewer finds the pictures beside it; one that is missing is named."""
    export_episodes(parts, ["booking"], "zip", tmp_path / "a.zip", viewer=viewer())
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        archive.extractall(tmp_path / "a")
    watched.goto((tmp_path / "a" / "replay.html").as_uri())
    at(watched, BEGINS)
    watched.keyboard.press("d")
    watched.keyboard.press("End")
    at(watched, STEPS)
    assert [text for kind, text in watched.met if kind != "request"] == []
    alone = tmp_path / "replay.html"
    alone.write_bytes((tmp_path / "a" / "replay.html").read_bytes())
    watched.goto(alone.as_uri())
    expect(watched.locator(".facts")).to_be_visible()
    watched.keyboard.press("ArrowRight")
    expect(watched.get_by_role("alert")).to_contain_text("Unpack the whole archive")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_is_accessible(page, write, scheme):
    """Held against axe-core like every screen."""
    page.emulate_media(color_scheme=scheme)
    page.goto(write("booking"))
    at(page, BEGINS)
    found = Axe().run(page)
    assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found.response["violations"]] == []
