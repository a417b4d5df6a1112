"""How long `make run` takes until a person sees Home, in a workspace that was opened before.

From the command to the last part of Home drawn in a Chromium that is open already; setup finds nothing to do. The
first start of the checkout, which may compile and install, is left out.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import Page, sync_playwright

from bench.calibration import plain_loop, round_trips
from bench.common import ROOT, Progress, Result, main, percentile, summary
from browser.chromium import find_chromium, launch_args
from browser.session import BrowserSession

STARTS = 5
LIMIT_S = 120
LAST_PART = "Nothing recorded yet"


def run(progress: Progress) -> Result:
    """Starts the app once unmeasured and five times measured, each on a port of its own."""
    starts = progress.part("starts", partial(_starts, progress))
    trips = progress.part("round trips", _trips)
    figures = {
        "second_start_s": round(percentile(starts, 0.5), 2),
        "calibration_ms": round(progress.part("plain loop", plain_loop), 2),
        "evaluate_ms_p50": round(percentile(trips, 0.5), 2),
    }
    return Result(figures, {"start_s": summary(starts), "measured": "from `make run` to Home drawn, median"})


def _starts(progress: Progress) -> list[float]:
    with tempfile.TemporaryDirectory(prefix="stepscope-bench-") as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=launch_args())
        took = []
        for turn in range(STARTS + 1):
            page = browser.new_page()
            took.append(_start(Path(home), page))
            page.close()
            progress.say(f"start {turn}: {took[-1]:.2f} s")
        browser.close()
    return took[1:]


def _start(home: Path, page: Page) -> float:
    port = _free_port()
    began = time.monotonic()
    with _running(home, port):
        _answered(port, began + LIMIT_S)
        page.goto(f"http://127.0.0.1:{port}/")
        page.get_by_text(LAST_PART).wait_for(timeout=LIMIT_S * 1000)
        return time.monotonic() - began


def _answered(port: int, end: float) -> None:
    """Wait until somebody listens; asking is kept cheap, since the server is starting on the same cores."""
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return


@contextmanager
def _running(home: Path, port: int) -> Iterator[None]:
    command = ["make", "run", f"PORT={port}"]
    environment = {**os.environ, "STEPSCOPE_HOME": str(home)}
    out = subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out, start_new_session=True)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(LIMIT_S)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _trips() -> list[float]:
    with BrowserSession() as session:
        return round_trips(session)


if __name__ == "__main__":
    sys.exit(main(run))
