"""How fast Replay answers: from a key press to the picture drawn, in a 1,000-step episode with a picture a step.

Measured inside the page with `performance.now()`, on the component and the real routes, without Streamlit. Each press
is a real key event; the clock starts at its own time stamp. Beside it: a jump to a step nobody prefetched, opening the
episode, and one page round trip (`evaluate_ms_p50`) to compare machines by; episodes of 10,000 and 100,000 steps; a
deep link into the app; the memory of its process; and how soon a step that another process writes is drawn. A whole
run ends with what Replay stands on: lists of episodes, failure signals, hostile files; those that were measured on
this commit are not measured again.
`flip_ms_p95_warm` is a step on, `flip_ms_p95_cold` a jump to where nothing was fetched before.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections import ChainMap
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import Page, sync_playwright

from bench import replay_episode, replay_long
from bench.common import RESULTS, Progress, Result, main, percentile, summary, taken
from bench.replay_long_page import LENGTHS, deep_links, long_episodes, long_figures, measure_long
from bench.replay_page import Shelf, page_url, served
from bench.replay_peers import peers
from bench.replay_server import server_memory
from bench.replay_tail import tail_figures
from browser.chromium import find_chromium, launch_args

STEPS = 1000
FLIPS = 400
JUMPS = 50
OPENINGS = 9
OTHERS = ("catalogue", "detectors", "hostile")
PACE_MS = 100
"""Between two presses: a fast hand, ten steps a second."""

WATCH = """() => {
  const root = document.querySelector('.host').shadowRoot, replay = root.querySelector('.replay');
  window.pressed = 0;
  window.drawn = [];
  const note = (event) => {
    if (event.key === 'Shift') return;
    window.pressed = event.timeStamp;
    window.from = replay.dataset.step;
  };
  document.addEventListener('keydown', note, {capture: true});
  root.addEventListener('stepscope:drawn', () => {
    if (!window.pressed || replay.dataset.step === window.from) return;
    window.drawn.push([replay.dataset.step, performance.now() - window.pressed]);
    window.pressed = 0;
  });
}"""
"""Notes the time from a key event to the picture it asked for, with the step; the old step drawn again is no answer."""

FIRST = "addEventListener('stepscope:drawn', () => { window.first ??= performance.now(); }, true)"


def run(progress: Progress) -> Result:
    """Step flip, cold jump and opening of a 1,000-step episode; longer ones; a deep link."""
    path = _episode(progress)
    folder = RESULTS / f"replay-long-{_mark(replay_long)}"
    long_episodes(progress, folder)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=launch_args())

        def new_page() -> Page:
            return browser.new_page(viewport={"width": 1252, "height": 900})

        try:
            with served(Shelf(path.parent)) as root:
                told = progress.part("flips", lambda: _measure(progress, new_page, root))
            long = progress.part("long", lambda: measure_long(folder, new_page))
            links = progress.part("links", lambda: deep_links(path, new_page))
            long_ones = {name: folder / f"n{name}.episode" for name in LENGTHS}
            memory = progress.part("server memory", lambda: server_memory(long_ones, new_page))
            tail = progress.part("tail", lambda: tail_figures(RESULTS / "replay-tail", new_page))
        finally:
            browser.close()
    beside, how = peers(progress)
    others = {name: progress.part(name, partial(taken, name)) for name in OTHERS}
    result = _result({**told, "episode_mb": round(path.stat().st_size / 1e6, 1)})
    figures = {name: round(value, 1) for name, value in long_figures(long, links).items()}
    figures |= {f"server_rss_mb_{name}": memory[name] for name in LENGTHS} | tail
    detail = {
        **result.detail,
        "long": long,
        "deep_link": links,
        "server_memory": memory,
        **how,
        "load": os.getloadavg(),
    }
    return Result(result.figures | figures | beside | dict(ChainMap(*others.values())), detail)


def _mark(module: ModuleType) -> str:
    """Changes with the code of what makes an episode."""
    return hashlib.blake2b(Path(str(module.__file__)).read_bytes(), digest_size=6).hexdigest()


def _episode(progress: Progress) -> Path:
    """The long episode, kept between runs for as long as the code that makes it stays the same."""
    folder = RESULTS / f"replay-{_mark(replay_episode)}"
    path = folder / "long.episode"
    if not path.exists():
        progress.say(f"writing an episode of {STEPS} steps")
        fresh = replay_episode.write_episode(folder, f"fresh-{time.time_ns()}", n_steps=STEPS)
        fresh.rename(path)
    return path


def _measure(progress: Progress, new_page: Callable[[], Page], root: str) -> dict[str, Any]:
    progress.say(f"opening it {OPENINGS} times")
    opened = [_open(new_page(), root) for _ in range(OPENINGS)]
    page = new_page()
    _open(page, root)
    page.evaluate(WATCH)
    progress.say(f"{FLIPS} steps on")
    flips = _press(page, "ArrowRight", FLIPS)
    progress.say(f"{JUMPS} jumps of ten steps")
    jumps = _press(page, "Shift+ArrowRight", JUMPS)
    return {"flips": flips, "jumps": jumps, "opened": opened, "trips": [_round_trip(page) for _ in range(200)]}


def _open(page: Page, root: str) -> float:
    """Milliseconds from the navigation to the first picture drawn."""
    page.add_init_script(FIRST)
    page.goto(page_url(root, "long"))
    page.wait_for_function("() => window.first")
    return float(page.evaluate("window.first"))


def _press(page: Page, key: str, times: int) -> list[float]:
    """Press the key at the pace of a fast hand, never before the picture is drawn; milliseconds each."""
    page.evaluate("() => { window.drawn = []; }")
    for k in range(times):
        page.keyboard.press(key)
        page.wait_for_function("(n) => window.drawn.length >= n", arg=k + 1)
        page.wait_for_timeout(PACE_MS)
    told = page.evaluate("window.drawn")
    steps = {step for step, _ in told}
    if len(steps) != times:
        raise RuntimeError(f"{times} presses drew {len(steps)} different steps")
    return [float(ms) for _, ms in told]


def _round_trip(page: Page) -> float:
    began = time.perf_counter()
    page.evaluate("1")
    return (time.perf_counter() - began) * 1000


def _result(measured: dict[str, Any]) -> Result:
    flips, jumps, opened = measured["flips"], measured["jumps"], measured["opened"]
    figures = {
        "step_flip_ms_p95": percentile(flips, 0.95),
        "step_flip_ms_p50": percentile(flips, 0.5),
        "step_jump_ms_p95": percentile(jumps, 0.95),
        "flip_ms_p95_warm": percentile(flips, 0.95),
        "flip_ms_p95_cold": percentile(jumps, 0.95),
        "replay_open_ms_p50": percentile(opened, 0.5),
        "evaluate_ms_p50": percentile(measured["trips"], 0.5),
    }
    detail = {
        "steps": STEPS,
        "episode_mb": measured["episode_mb"],
        "flip_ms": summary(flips),
        "jump_ms": summary(jumps),
        "open_ms": summary(opened),
    }
    return Result({name: round(value, 3) for name, value in figures.items()}, detail)


if __name__ == "__main__":
    sys.exit(main(run))
