"""Which Chromium is used and with which switches.

Looked for in this order: `STEPSCOPE_CHROMIUM`, the one Playwright installed for its own version, then
`chromium-headless-shell`, `chromium` and `google-chrome` on PATH. A window cannot be opened by the headless shell.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import playwright

from browser.errors import ChromiumMissing, NoDisplay

VARIABLE = "STEPSCOPE_CHROMIUM"
ON_PATH = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HEADLESS_ONLY = ("headless_shell", "headless-shell")
EXECUTABLES = (
    "chrome-headless-shell",
    "headless_shell",
    "chrome",
    "Google Chrome for Testing",
    "Chromium",
    "chrome.exe",
)


def find_chromium(headed: bool = False) -> str:
    """The path of a Chromium that can be started; `headed` leaves out the headless shell.

    Raises ChromiumMissing, also when STEPSCOPE_CHROMIUM names something that cannot be run.
    """
    named = os.environ.get(VARIABLE)
    if named:
        return _named(named)
    for path in (*_playwrights_own(), *filter(None, map(shutil.which, ON_PATH))):
        if not headed or not is_headless_shell(path):
            return path
    raise ChromiumMissing(
        f"No Chromium was found{' that can open a window' if headed else ''}: neither in {VARIABLE}, nor one installed "
        f"by Playwright, nor {', '.join(ON_PATH[:4])} on PATH. Nothing was started. Install one with "
        f"`{Path(sys.executable).name} -m playwright install chromium`, or set {VARIABLE} to its path."
    )


def check_display() -> None:
    """Raises NoDisplay where no window can be opened: X11 or Wayland without a screen."""
    screens = ("DISPLAY", "WAYLAND_DISPLAY")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in screens):
        raise NoDisplay(
            "There is no screen for a window: neither DISPLAY nor WAYLAND_DISPLAY is set. Nothing was recorded. "
            "Record in the app, which needs no screen (`make run`, then Record), or run this where there is one."
        )


def is_headless_shell(path: str) -> bool:
    """Whether this is the small build that cannot open a window."""
    return any(word in Path(path).name for word in HEADLESS_ONLY)


def launch_args() -> list[str]:
    """Switches for every start: quiet in the background, no QUIC, and no sandbox only where root cannot have one."""
    args = [
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    return [*args, "--no-sandbox"] if _is_root() else args


def _named(path: str) -> str:
    found = shutil.which(path)
    if found is None:
        raise ChromiumMissing(
            f"{VARIABLE} is set to {path!r}, which is not a program that can be run. Nothing was started. "
            f"Correct the path, or unset {VARIABLE} to have Chromium looked for."
        )
    return found


def _playwrights_own() -> list[str]:
    """Executables of exactly the revision this Playwright was made for, the small build first."""
    listing = Path(playwright.__file__).parent / "driver" / "package" / "browsers.json"
    try:
        browsers = json.loads(listing.read_text(encoding="utf-8"))["browsers"]
    except (OSError, ValueError, KeyError):
        return []
    revisions = {entry["name"]: entry["revision"] for entry in browsers}
    names = [name for name in ("chromium-headless-shell", "chromium") if name in revisions]
    folders = [_browsers_folder() / f"{name.replace('-', '_')}-{revisions[name]}" for name in names]
    return [path for folder in folders for path in _executables(folder)]


def _browsers_folder() -> Path:
    set_to = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if set_to and set_to != "0":
        return Path(set_to)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "ms-playwright"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "ms-playwright"
    return Path.home() / ".cache" / "ms-playwright"


def _executables(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    found = (path for name in EXECUTABLES for path in sorted(folder.rglob(name)))
    return [str(path) for path in found if path.is_file() and os.access(path, os.X_OK)][:1]


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
