"""Second half of `make setup`, run by .venv's Python: pinned requirements, then a Chromium that starts.

Uses the standard library only. Each part leaves a stamp in .venv and costs milliseconds when nothing has changed.
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
REQUIREMENTS = {"app": ("requirements.txt",), "dev": ("requirements.txt", "requirements-dev.txt")}
SHELL = "chromium-headless-shell"
"""The build Playwright too takes when no window is wanted; Debian's name for program and package."""
ON_PATH = (SHELL, "chromium", "google-chrome")
SCREEN = {"Xvfb": "xvfb", "xdotool": "xdotool"}
"""What tests of windows need, by program and Debian package: a screen that is none, and its keyboard."""
DOWNLOAD_SECONDS = 300
APT_SECONDS = 600


def main(kind: str) -> int:
    """Make the environment ready for `kind` ("app" or "dev"); the exit code says whether it is."""
    if kind not in REQUIREMENTS:
        return _fail(f"unknown kind {kind!r}: it is 'app' or 'dev'")
    failed = install_requirements(kind) or ensure_chromium()
    if not failed and kind == "dev":
        ensure_shell()
        ensure_screen()
    return failed


def install_requirements(kind: str) -> int:
    """Install the pinned requirements unless the stamp holds their hash already."""
    names = REQUIREMENTS[kind]
    wanted = hashlib.sha256(b"\0".join((ROOT / name).read_bytes() for name in names)).hexdigest()
    stamp = VENV / f".stepscope-{kind}"
    if stamp.is_file() and stamp.read_text() == wanted:
        return 0
    _say(f"installing {names[-1]} (the first time takes a minute or two)")
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run([*pip, "-r", str(ROOT / names[-1])], check=False)
    if done.returncode:
        return _fail("pip could not install the requirements (its message is above); run make setup again to go on")
    stamp.write_text(wanted)
    return 0


def ensure_chromium() -> int:
    """Find a Chromium that starts, or install one; the stamp remembers which, so that later runs only look it up."""
    stamp = VENV / ".stepscope-chromium"
    found = find_chromium()
    if found and stamp.is_file() and stamp.read_text() == found:
        return 0
    if os.environ.get("STEPSCOPE_CHROMIUM") and not found:
        return _fail(f"STEPSCOPE_CHROMIUM={os.environ['STEPSCOPE_CHROMIUM']} is not a program; correct or unset it")
    if not (found and starts(found)):
        found = install_chromium()
    if not found:
        return _fail(
            "no Chromium was found and none could be installed; everything else is in place.\n"
            "  Install Chromium or Google Chrome by your system's means, or set STEPSCOPE_CHROMIUM=/path/to/chrome;\n"
            "  then run make setup again."
        )
    _say(f"Chromium: {found}")
    stamp.write_text(found)
    return 0


def ensure_shell() -> None:
    """Install the headless shell beside a system's Chromium, where apt has it.

    Either does the same; the shell starts sooner and takes less memory.
    """
    if os.environ.get("STEPSCOPE_CHROMIUM") or playwrights_own() or shutil.which(SHELL):
        return
    root = _as_root()
    if root is not None and shutil.which("apt-get"):
        _say(f"installing {SHELL} with apt-get: it is lighter than a whole Chromium")
        _run([*root, "apt-get", "update", "-q"], APT_SECONDS)
        _run([*_apt_install(root), SHELL], APT_SECONDS)
    if not shutil.which(SHELL):
        _say(f"{SHELL} could not be installed: the whole Chromium is used, which is heavier")


def ensure_screen() -> None:
    """Install what tests of windows need, on Linux; without it they fail and say so, and everything else works."""
    missing = [package for program, package in SCREEN.items() if not shutil.which(program)]
    if not missing or not sys.platform.startswith("linux"):
        return
    _say(f"installing {' and '.join(missing)} with apt-get, for tests of windows")
    root = _as_root()
    if root is not None and shutil.which("apt-get"):
        _run([*root, "apt-get", "update", "-q"], APT_SECONDS)
        _run([*_apt_install(root), *missing], APT_SECONDS)
    still = [program for program in SCREEN if not shutil.which(program)]
    if still:
        _say(f"{' and '.join(still)} could not be installed: tests of windows will fail until you install them")


def find_chromium() -> str | None:
    """Path of the Chromium the app will use: STEPSCOPE_CHROMIUM, Playwright's own, or one on PATH, in this order."""
    if named := os.environ.get("STEPSCOPE_CHROMIUM"):
        return shutil.which(named)
    return playwrights_own() or next(filter(None, map(shutil.which, ON_PATH)), None)


def playwrights_own() -> str | None:
    """The Chromium of the installed Playwright's very revision, if it was downloaded."""
    for listing in VENV.glob("lib/python3.*/site-packages/playwright/driver/package/browsers.json"):
        browsers = {entry["name"]: entry["revision"] for entry in json.loads(listing.read_text())["browsers"]}
        folder = _browser_folder(listing) / f"chromium-{browsers['chromium']}"
        found = [*folder.glob("chrome-linux*/chrome"), *folder.glob("chrome-mac*/*.app/Contents/MacOS/*")]
        if found:
            return str(found[0])
    return None


def _browser_folder(listing: Path) -> Path:
    """Where Playwright keeps browsers: PLAYWRIGHT_BROWSERS_PATH ("0": beside the package) or the user's cache."""
    named = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if named == "0":
        return listing.parent / ".local-browsers"
    cache = "Library/Caches" if sys.platform == "darwin" else ".cache"
    return Path(named) if named else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / cache) / "ms-playwright"


def starts(chromium: str) -> bool:
    """Whether the program and its shared libraries load."""
    return _run([chromium, "--version"], 30, quiet=True)


def install_chromium() -> str | None:
    """Try Playwright's download, then apt; the path of a Chromium that starts, or None."""
    if own := download_playwrights():
        return own
    root = _as_root()
    if root is None or not shutil.which("apt-get"):
        return None
    _say("installing the system's chromium with apt-get")
    _run([*root, "apt-get", "update", "-q"], APT_SECONDS)
    both = _run([*_apt_install(root), "chromium", SHELL], APT_SECONDS)
    if not both and not _run([*_apt_install(root), "chromium"], APT_SECONDS):  # not every system has the shell
        return None
    found = find_chromium()
    return found if found and starts(found) else None


def download_playwrights() -> str | None:
    """Playwright's own Chromium, downloaded, with the system libraries it needs where we may install those."""
    playwright = [str(VENV / "bin" / "python"), "-m", "playwright"]
    _say("no Chromium found; downloading Playwright's")
    own = playwrights_own() if _run([*playwright, "install", "chromium"], DOWNLOAD_SECONDS) else None
    if own and not starts(own) and _as_root() is not None:
        _run([*playwright, "install-deps", "chromium"], APT_SECONDS)
    return own if own and starts(own) else None


def _apt_install(root: Sequence[str]) -> list[str]:
    return [*root, "apt-get", "install", "-y", "-q", "--no-install-recommends"]


def _as_root() -> list[str] | None:
    """What to put before a command so that it runs as root without a question; None when that is impossible."""
    if os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if shutil.which("sudo") and _run(["sudo", "-n", "true"], 10, quiet=True) else None


def _run(command: Sequence[str], seconds: float, quiet: bool = False) -> bool:
    """Run a command to its end or its time limit (then with all its children); whether it succeeded."""
    output = subprocess.DEVNULL if quiet else None
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=env, start_new_session=True
    ) as process:
        try:
            return process.wait(seconds) == 0
        except subprocess.TimeoutExpired:
            _say(f"gave up on {' '.join(command)} after {seconds:.0f} s")
            return False
        finally:
            if process.poll() is None:  # the time limit, or Ctrl+C
                os.killpg(process.pid, signal.SIGKILL)


def _say(text: str) -> None:
    print(f"setup: {text}", flush=True)


def _fail(text: str) -> int:
    print(f"setup: {text}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "app"))
