"""What listening to a person's own window costs: how long a press, a key and a turn of the wheel are held up in it.

In a window under Xvfb (`DISPLAY` is used if it is set) on pages of 3,000 and 10,000 elements; the time between the
listener being called and the event going on to the page's own handlers, as the page's clock has it.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.server
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.capture_gate import page_html
from bench.common import Progress, Result, main, percentile, quick, summary
from browser.recorder.events import RawEvent, gate_of
from browser.recorder.options import RecordingOptions
from browser.recorder.window.recording import open_window
from browser.session import BrowserSession

ROUNDS = 40
SIZES = {"3k": 3_000, "10k": 10_000}
KINDS = ("press", "key", "wheel")


@contextlib.contextmanager
def screen() -> Iterator[None]:
    """The screen there is, else one of Xvfb's."""
    if os.environ.get("DISPLAY"):
        yield
        return
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1100x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        with os.fdopen(reading) as told:
            os.environ["DISPLAY"] = f":{told.readline().strip()}"
        try:
            yield
        finally:
            del os.environ["DISPLAY"]
            server.terminate()


@contextlib.contextmanager
def served(html: str) -> Iterator[str]:
    """The address of a page."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join()


def _measured(session: BrowserSession, elements: int) -> dict[str, list[float]]:
    with tempfile.TemporaryDirectory() as folder:
        return session.run(_measure(session, elements, Path(folder)), 300)


async def _measure(session: BrowserSession, elements: int, folder: Path) -> dict[str, list[float]]:
    with served(page_html(elements)) as address:
        options = RecordingOptions(url=address, objective="bench", limit_ms=800)
        recording = await open_window(session, options, folder, lambda _: None)
        page = (await session.browser()).contexts[-1].pages[0]
        for n in range(quick(ROUNDS)):
            await page.mouse.click(60.0 + 12 * (n % 60), 40.0 + 9 * (n % 60))
            await page.keyboard.press("Escape")
            await page.mouse.wheel(0, 20 if n % 2 else -20)
        async with asyncio.timeout(120):
            while not recording.source.idle:
                await asyncio.sleep(0.05)
        out = {kind: _waits(recording.raw_log, kind) for kind in KINDS}
        out["elements"] = [float(await page.evaluate("document.querySelectorAll('*').length"))]
        await recording.discard()
    return out


def _waits(log: Sequence[RawEvent], kind: str) -> list[float]:
    """How long each event of the kind was held up for its look, ms."""
    gates = [gate_of(raw.event) for raw in log if raw.event.kind == kind]
    return [gate.waited for gate in gates if gate is not None and gate.fresh]


def run(progress: Progress) -> Result:
    """The time an event is held up in the page for its look, in ms, in a window of one's own."""
    figures: dict[str, float] = {}
    detail: dict[str, object] = {}
    with screen(), BrowserSession(headless=False) as session:
        for label, elements in SIZES.items():
            measured = progress.part(f"{label} elements", partial(_measured, session, elements))
            figures[f"window_press_ms_p50_{label}"] = round(percentile(measured["press"], 0.5), 2)
            figures[f"window_press_ms_p90_{label}"] = round(percentile(measured["press"], 0.9), 2)
            detail[label] = {name: summary(values) for name, values in measured.items()}
    return Result(figures, detail)


if __name__ == "__main__":
    sys.exit(main(run))
