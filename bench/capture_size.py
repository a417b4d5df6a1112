"""What a recording costs: resident memory over five hundred steps, and bytes per step beside Playwright's tracing."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Page, sync_playwright

from bench.live_view import LiveView
from bench.site import Site
from bench.studio import Studio
from browser.chromium import find_chromium, launch_args
from traces.reader import EpisodeReader

SAMPLES = 5
WORD = "pilot"


def memory(studio: Studio, site: Site, early: int, late: int) -> dict[str, Any]:
    """Resident megabytes of the recording process (`app`) and of everything, browser included, at two steps."""
    recording, address = studio.open(f"{site.url}/hasty.html")
    found: dict[int, dict[str, float]] = {}
    with LiveView(address) as view:
        for turn in range(1, late + 1):
            view.click(60 + 110 * (turn % 7), 40)
            if turn in (early, late):
                found[turn] = _resident(studio, view)
    studio.stop(recording)
    return {"early": found[early], "late": found[late], "steps": [early, late]}


def _resident(studio: Studio, view: LiveView) -> dict[str, float]:
    """Medians over a few looks, each after the page was asked something."""
    looks = []
    for _ in range(SAMPLES):
        view.place("button")
        looks.append(studio.tree.resident())
    return {part: median(look[part] for look in looks) for part in looks[0]}


def storage(studio: Studio, site: Site, actions: int) -> dict[str, float]:
    """Kilobytes per step of a text-heavy page's recording, and per action of Playwright's trace of the same session."""
    url = f"{site.url}/article.html"
    recording, address = studio.open(url)
    with LiveView(address) as view:
        for turn in range(actions):
            _act(view, turn)
    path = studio.stop(recording)
    with EpisodeReader(path) as reader:
        steps = len(reader.steps())
    return {"ours": path.stat().st_size / 1000 / steps, "steps": float(steps), "theirs": traced(url, actions)}


def _act(view: LiveView, turn: int) -> None:
    """Press one button, the other, or type a word and Enter: one step each."""
    if turn % 3 == 2:
        view.click(*view.place("#three"))
        for char in WORD:
            view.send(type="key", kind="down", key=char)
            view.send(type="key", kind="up", key=char)
        view.ask(type="key", kind="down", key="Enter")
        view.send(type="key", kind="up", key="Enter")
    else:
        view.click(*view.place("#one" if turn % 3 == 0 else "#two"))


def traced(url: str, actions: int) -> float:
    """The same with Playwright's tracing of snapshots and screenshots; its archive's size per action."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find_chromium(), args=launch_args())
        context = browser.new_context(viewport={"width": 1280, "height": 720})
        context.tracing.start(screenshots=True, snapshots=True)
        page = context.new_page()
        page.goto(url)
        for turn in range(actions):
            _trace_act(page, turn)
        archive = Path(folder) / "trace.zip"
        context.tracing.stop(path=archive)
        browser.close()
        return archive.stat().st_size / 1000 / actions


def _trace_act(page: Page, turn: int) -> None:
    if turn % 3 == 2:
        page.locator("#three").press_sequentially(WORD)
        page.keyboard.press("Enter")
    else:
        page.locator("#one" if turn % 3 == 0 else "#two").click()
    page.wait_for_timeout(300)  # a person's time between actions: the screencast goes on meanwhile
