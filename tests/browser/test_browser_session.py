"""The session: started on first use, restarted after a death, and never a process left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from browser.chromium import find_chromium
from browser.errors import BrowserError, BrowserGone, BrowserTimeout, ChromiumMissing, PageCrashed
from browser.observe import Observer
from browser.session import BrowserSession
from tests.browser.eyes import Eyes, Site

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]

WORKER = """
import asyncio, sys
from browser.session import BrowserSession
session = BrowserSession()
async def use():
    page = await (await session.new_context()).new_page()
    await page.set_content("<p>up</p>")
session.run(use())
print("up", flush=True)
sys.stdin.read()
"""


def descendants(pid: int) -> set[int]:
    """Every process below `pid`, by /proc."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if fields[0] != "Z":
                parents[int(folder.name)] = int(fields[1])
    found: set[int] = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def living(pids: set[int]) -> set[int]:
    """Those that still run; a zombie does not."""
    alive = set()
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if state not in "ZX":
            alive.add(pid)
    return alive


def gone_within(pids: set[int], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while living(pids):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def chromiums(pids: set[int]) -> set[int]:
    def is_one(pid: int) -> bool:
        try:
            return b"--remote-debugging-pipe" in Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False

    return {pid for pid in pids if is_one(pid)}


async def _page_text(session: BrowserSession) -> str:
    context = await session.new_context()
    page = await context.new_page()
    await page.set_content("<p>alive</p>")
    text = await page.inner_text("p")
    await context.close()
    return text


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are read from /proc")
def test_closing_leaves_no_process():
    """After close, every process the session started is gone; closing twice is harmless; using it says so."""
    before = descendants(os.getpid())
    session = BrowserSession()
    assert session.run(_page_text(session)) == "alive"
    started = descendants(os.getpid()) - before
    assert started
    session.close()
    session.close()
    assert gone_within(started, 5)
    assert session.state == "closed"
    with pytest.raises(BrowserGone, match="closed"):
        session.run(_page_text(session))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are read from /proc")
@pytest.mark.parametrize("also_driver", [False, True])
def test_no_process_outlives_a_killed_parent(also_driver: bool):
    """When the Python process is killed, with or without Playwright's driver, Chromium ends by itself."""
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "up\n"
        started = descendants(worker.pid)
        browsers = chromiums(started)
        assert browsers
        if also_driver:
            for pid in started - descendants_of(browsers):
                os.kill(pid, signal.SIGKILL)
        worker.kill()
        worker.wait()
        assert gone_within(started, 10)
    finally:
        worker.kill()
        worker.wait()
        for stream in (worker.stdin, worker.stdout):
            stream.close()


def descendants_of(pids: set[int]) -> set[int]:
    return pids | {child for pid in pids for child in descendants(pid)}


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are read from /proc")
@pytest.mark.parametrize("victim", ["browser", "driver"])
def test_a_killed_browser_is_told_and_started_again(victim: str):
    """A browser's death is seen as a state, its driver's at the next use; that use works on a new browser."""
    before = descendants(os.getpid())
    with BrowserSession() as session:
        session.run(_page_text(session))
        below = descendants(os.getpid()) - before
        browsers = chromiums(below)
        mine = {pid for pid in below if b"run-driver" in cmdline(pid)}
        for pid in browsers if victim == "browser" else mine:
            os.kill(pid, signal.SIGKILL)
        end = time.monotonic() + 5
        while victim == "browser" and session.state == "up" and time.monotonic() < end:
            time.sleep(0.02)
        assert session.state == ("crashed" if victim == "browser" else "up")
        assert session.run(_page_text(session), 30) == "alive"
        assert session.state == "up"


def cmdline(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def test_a_crashed_page_is_told_and_replaced(eyes: Eyes, site: Site):
    """A renderer's death ends waiting calls at once with a clear error; a new page works beside it."""
    eyes.open(f"{site.url}/form.html")
    session = eyes.session

    async def crash() -> None:
        cdp = await eyes.context.new_cdp_session(eyes.page)
        cdp_call = cdp.send("Page.crash")
        await eyes.observer.until({_task(cdp_call)}, 5)

    with pytest.raises(PageCrashed, match="crashed"):
        session.run(crash(), 10)
    assert eyes.observer.crashed
    assert session.page_crashed(eyes.page)
    assert session.state == "up"
    with pytest.raises(PageCrashed):
        eyes.see()
    fresh = session.run(eyes.context.new_page())
    session.run(fresh.goto(f"{site.url}/form.html"))
    capture = session.run(_seen(fresh))
    assert capture.observation.title == "Booking form"


def _task(awaitable):
    import asyncio

    return asyncio.ensure_future(awaitable)


async def _seen(page):
    return await Observer(page).observe()


def test_a_busy_page_does_not_hold_us(eyes: Eyes, site: Site):
    """A script that runs for ever ends a look after its time with an error, not with a hang."""
    eyes.open(f"{site.url}/form.html")
    eyes.session.run(
        eyes.page.evaluate("void setTimeout(() => { const end = Date.now() + 7000; while (Date.now() < end); }, 0)")
    )
    began = time.monotonic()
    with pytest.raises(BrowserTimeout, match="did not answer"):
        eyes.see()
    assert time.monotonic() - began < 6.5


def test_time_and_errors_of_run(session: BrowserSession):
    """A coroutine past its time is given up; errors of ours and of the caller come through as they are."""

    async def slow() -> None:
        import asyncio

        await asyncio.sleep(30)

    async def wrong() -> None:
        raise KeyError("mine")

    with pytest.raises(BrowserTimeout, match=r"0\.05 s"):
        session.run(slow(), 0.05)
    with pytest.raises(KeyError, match="mine"):
        session.run(wrong())

    async def nested() -> None:
        session.run(slow())

    with pytest.raises(RuntimeError, match="own thread"):
        session.run(nested())


def test_a_program_that_is_no_browser_is_told(tmp_path: Path):
    """A path that is not Chromium fails with its name, not with a stack of the driver."""
    fake = tmp_path / "chromium"
    fake.write_text("#!/bin/sh\nexit 3\n")
    fake.chmod(0o755)
    with BrowserSession(executable=str(fake)) as session, pytest.raises(BrowserError, match="could not be started"):
        session.run(session.new_context(), 60)


def test_chromium_is_looked_for_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The variable comes first; a wrong one is an error; with nothing anywhere the message says what to do."""
    fake = tmp_path / "chromium"
    fake.write_text("#!/bin/sh\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "none"))
    monkeypatch.setenv("STEPSCOPE_CHROMIUM", str(fake))
    assert find_chromium() == str(fake)
    monkeypatch.setenv("STEPSCOPE_CHROMIUM", str(tmp_path / "missing"))
    with pytest.raises(ChromiumMissing, match="STEPSCOPE_CHROMIUM is set to"):
        find_chromium()
    monkeypatch.delenv("STEPSCOPE_CHROMIUM")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_chromium() == str(fake)
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    with pytest.raises(ChromiumMissing, match="playwright install chromium"):
        find_chromium()


def test_playwrights_own_chromium_is_preferred_to_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Only the revision this Playwright was made for counts; a window is not opened by the headless shell."""
    import json

    import playwright

    listing = json.loads((Path(playwright.__file__).parent / "driver/package/browsers.json").read_text())
    revisions = {entry["name"]: entry["revision"] for entry in listing["browsers"]}
    monkeypatch.delenv("STEPSCOPE_CHROMIUM", raising=False)
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    places = {
        "chromium_headless_shell-1/old/chrome-headless-shell": False,
        f"chromium_headless_shell-{revisions['chromium-headless-shell']}/linux/chrome-headless-shell": True,
        f"chromium-{revisions['chromium']}/linux/chrome": True,
    }
    for place in places:
        path = tmp_path / place
        path.parent.mkdir(parents=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
    _, shell, full = (str(tmp_path / place) for place in places)
    assert find_chromium() == shell
    assert find_chromium(headed=True) == full
