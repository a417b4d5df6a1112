"""The exported page beside Playwright's trace viewer: the same 300 actions, opened and stepped through in one Chromium.

Theirs is served from its installation by a server of this process, ours is opened from its file. Opening ends with the
first page shown, a flip with the next one. Theirs loads a snapshot into a hidden frame and shows that one then; that it
is shown counts, not that it is painted. Ours counts when the picture is drawn.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import http.server
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import playwright
from playwright.async_api import Page as AsyncPage
from playwright.async_api import async_playwright
from playwright.sync_api import Browser, Page, sync_playwright

from bench.capture_gate import page_html
from bench.common import Progress, percentile, quick, summary
from bench.site import Site
from browser.chromium import find_chromium, launch_args
from browser.observe import Observer
from flows.transfer.episode_exports import export_episodes
from traces.model import Episode, Step
from traces.writer import EpisodeWriter
from ui.standalone import viewer
from wiring import Parts

ACTIONS, STAY = 300, 12
"""Actions in all, and on one page; the first on a page is going there."""
ELEMENTS = (400, 800, 1_200, 600)
OPENINGS, FLIPS = 5, 60
PACE_MS = 120
SIZE = {"width": 1280, "height": 720}
WINDOW = {"width": 1440, "height": 900}
VIEWER = Path(playwright.__file__).parent / "driver" / "package" / "lib" / "vite" / "traceViewer"
THEIR_PAGE = "[...document.querySelectorAll('iframe[name=snapshot]')].find((f) => f.matches('.snapshot-visible'))"
OUR_FIRST = "addEventListener('stepscope:drawn', () => { window.first ??= performance.now(); }, true)"
THEIR_FIRST = f"""(() => {{
  let first = null;
  const look = () => {{
    const shown = {THEIR_PAGE};
    first ??= shown;
    if (shown && shown !== first && document.querySelector('[role=treeitem]')) window.first = performance.now();
    else requestAnimationFrame(look);
  }};
  if (window === top) requestAnimationFrame(look);
}})()"""
OUR_FLIPS = """() => {
  window.flips = [];
  let pressed = 0, from = '';
  const replay = document.querySelector('.replay');
  addEventListener('keydown', (event) => { pressed = event.timeStamp; from = replay.dataset.step; }, true);
  addEventListener('stepscope:drawn', () => {
    if (!pressed || replay.dataset.step === from) return;
    window.flips.push(performance.now() - pressed);
    pressed = 0;
  }, true);
}"""
THEIR_FLIPS = f"""() => {{
  window.flips = [];
  addEventListener('keydown', (event) => {{
    const pressed = event.timeStamp, from = {THEIR_PAGE};
    const look = () => {{
      if ({THEIR_PAGE} !== from) window.flips.push(performance.now() - pressed);
      else requestAnimationFrame(look);
    }};
    requestAnimationFrame(look);
  }}, true);
}}"""


def measured(progress: Progress) -> dict[str, Any]:
    """`playwright_open_ratio` and `playwright_flip_ratio`, theirs / ours, of medians."""
    if not (VIEWER / "index.html").is_file():
        return {"why": f"Playwright's trace viewer is not in {VIEWER.parent}"}
    with tempfile.TemporaryDirectory() as name, Site() as site:
        folder = Path(name)
        urls = [site.add(f"/orders-{number}", page_html(number)) for number in ELEMENTS]
        progress.say("300 actions, traced and recorded")
        asyncio.run(_session(folder, urls))
        ours = _exported(folder)
        progress.say("opened and stepped through")
        with sync_playwright() as driver, _served(folder) as root:
            browser = driver.chromium.launch(executable_path=find_chromium(), args=launch_args())
            address = f"{root}/index.html?trace={root}/trace.zip"
            theirs = _looked_at(browser, address, THEIR_FIRST, THEIR_FLIPS, "ArrowDown", "[role=treeitem]")
            mine = _looked_at(browser, ours.as_uri(), OUR_FIRST, OUR_FLIPS, "ArrowRight", None)
            browser.close()
        sizes = {"trace_mb": (folder / "trace.zip").stat().st_size / 1e6, "page_mb": ours.stat().st_size / 1e6}
    return {
        "figures": {
            f"playwright_{what}_ratio": round(percentile(theirs[what], 0.5) / percentile(mine[what], 0.5), 2)
            for what in ("open", "flip")
        },
        "detail": {
            "actions": quick(ACTIONS),
            **{key: round(value, 1) for key, value in sizes.items()},
            "theirs": {what: summary(times) for what, times in theirs.items()},
            "ours": {what: summary(times) for what, times in mine.items()},
        },
    }


async def _session(folder: Path, urls: list[str]) -> None:
    """The same actions twice: once traced by Playwright, once kept as an episode."""
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=find_chromium(), args=launch_args())
        traced = await browser.new_context(viewport=SIZE)  # type: ignore[arg-type]  # a size as Playwright names it
        await traced.tracing.start(screenshots=True, snapshots=True)
        page = await traced.new_page()
        for number in range(quick(ACTIONS)):
            await _act(page, urls, number)
        await traced.tracing.stop(path=folder / "trace.zip")
        await traced.close()
        page = await (await browser.new_context(viewport=SIZE)).new_page()  # type: ignore[arg-type]  # as above
        await _recorded(folder, page, urls)
        await browser.close()


async def _recorded(folder: Path, page: AsyncPage, urls: list[str]) -> None:
    header = Episode(id="orders", actor="agent", objective="Mark what was paid", viewport=(1280, 720))
    observer = Observer(page)
    count = quick(ACTIONS)
    with EpisodeWriter.create(folder / "episodes", header) as writer:
        for seq in range(count):
            before = await observer.observe()
            keys = {
                "observation_before": writer.put_observation(before.observation),
                "picture_before": writer.put_picture(await observer.picture()),
            }
            action = await _act(page, urls, seq)
            times = {"started": seq * 100.0, "ended": seq * 100.0 + 90}
            writer.append(Step(uid=f"s{seq}", seq=seq, kind="act", action=action, **keys, **times))
        writer.seal(status="success", n_steps=count)


async def _act(page: AsyncPage, urls: list[str], number: int) -> str:
    """Go to the next page, or fill in a field or press a box on this one; the action's text."""
    if number % STAY == 0:
        url = urls[number // STAY % len(urls)]
        await page.goto(url)
        return f"goto [{url}]"
    if number % 2:
        await page.locator("input:not([type=checkbox])").nth(number % 9).fill(f"step {number}")
        return f"type [{number % 9}] [step {number}]"
    await page.locator("input[type=checkbox]").nth(number % 9).click()
    return f"click [{number % 9}]"


def _exported(folder: Path) -> Path:
    parts = Parts(folder / "home")
    try:
        source = folder / "episodes" / "orders.episode"
        target = parts.workspace.episodes_dir / source.name
        target.parent.mkdir(parents=True, exist_ok=True)
        source.rename(target)
        parts.episodes.register_file(target)
        export_episodes(parts, ["orders"], "html", folder / "orders.html", viewer=viewer())
    finally:
        parts.close()
    return folder / "orders.html"


def _looked_at(
    browser: Browser, url: str, first: str, flips: str, key: str, focus: str | None
) -> dict[str, list[float]]:
    """Milliseconds of every opening, each in a context of its own, and of every flip."""
    opened = []
    for _ in range(OPENINGS):
        context = browser.new_context(viewport=WINDOW, bypass_csp=True)  # type: ignore[arg-type]  # a size
        page = context.new_page()
        page.add_init_script(first)
        page.goto(url)
        page.wait_for_function("() => window.first", timeout=60_000)
        opened.append(float(page.evaluate("window.first")))
        if len(opened) < OPENINGS:
            context.close()
    if focus:
        page.locator(focus).first.click()
    page.wait_for_timeout(1_000)  # both load on after the first picture
    page.evaluate(flips)
    return {"open": opened, "flip": _flipped(page, key)}


def _flipped(page: Page, key: str) -> list[float]:
    for number in range(1, quick(FLIPS) + 1):
        page.keyboard.press(key)
        page.wait_for_function("(n) => window.flips.length >= n", arg=number, timeout=60_000)
        page.wait_for_timeout(PACE_MS)
    return [float(one) for one in page.evaluate("window.flips")]


class _Files(http.server.SimpleHTTPRequestHandler):
    """Their viewer's files, and the trace beside them."""

    def __init__(self, *args: Any, trace: Path, **options: Any) -> None:
        self._trace = trace
        super().__init__(*args, directory=str(VIEWER), **options)

    def translate_path(self, path: str) -> str:
        """The file an address names."""
        return str(self._trace) if path.startswith("/trace.zip") else super().translate_path(path)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged."""


@contextlib.contextmanager
def _served(folder: Path) -> Iterator[str]:
    handler = functools.partial(_Files, trace=folder / "trace.zip")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
