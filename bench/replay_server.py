"""What the app's own process takes in memory while long episodes are opened and stepped through, by their length.

One app, a window for each episode: the process is measured once a short episode has loaded all code and filled the
caches, then after each longer one. Flat is what the design asks for: the server keeps open files, never episodes.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from bench.app_process import PATIENCE_MS, App

STEPS = 150
JUMPS = 30
PACE_MS = 15


def server_memory(episodes: dict[str, Path], new_page: Callable[[], Page]) -> dict[str, float]:
    """Megabytes of the serving process after each episode, in their order; "warm" is after the first was seen once."""
    with tempfile.TemporaryDirectory(prefix="stepscope-bench-") as home:
        shelf = Path(home) / "ws" / "episodes"
        shelf.mkdir(parents=True)
        for path in episodes.values():
            shutil.copy(path, shelf)
        with App(Path(home) / "ws") as app:
            told: dict[str, float] = {}
            for name, path in [("warm", next(iter(episodes.values()))), *episodes.items()]:
                _walk(new_page(), f"{app.url}/replay?episode={path.stem}")
                told[name] = round(app.resident_mb, 1)
        return told


def _walk(page: Page, address: str) -> None:
    """Open an episode, go to its end, jump back and step back; texts and pictures of every step there are asked for."""
    page.set_default_timeout(PATIENCE_MS)
    page.goto(address)
    page.locator(".replay[data-step]").wait_for()
    number = page.locator(".replay .number")
    total = int(re.sub(r"\D", "", number.inner_text().split("/")[1]))
    page.keyboard.press("End")
    page.get_by_text(f"step {total:,} / {total:,}", exact=True).wait_for()
    for key, times in (("Shift+ArrowLeft", JUMPS), ("ArrowLeft", STEPS)):
        for _ in range(times):
            page.keyboard.press(key)
            page.wait_for_timeout(PACE_MS)
    page.get_by_text(f"step {total - JUMPS * 10 - STEPS:,} / {total:,}", exact=True).wait_for()
    page.locator(".facts").wait_for()
    page.context.close()
