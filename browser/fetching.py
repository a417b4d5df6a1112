"""What environments need beyond what is installed: fetched once, on demand, checked, and kept in `browser.cached`.

`todomvc` is a package of npm, pinned by its hash; `browsergym` an installation of its own, for its own Playwright.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
import tempfile
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from browser.cached import cached
from browser.errors import EnvironmentFailed

TODOMVC = "todomvc@0.1.1"
TODOMVC_SHA256 = "fd6f05a878cddee9b987ee449d8defa447d087d6b6ffc1d816bbb2cd64a6705f"
BROWSERGYM = ("browsergym-core==0.14.3", "browsergym-miniwob==0.14.3")
FETCH_S = 900


@dataclass(frozen=True)
class Kit:
    """Something that can be fetched: `size` in words, `add` puts it into a folder that does not exist yet."""

    name: str
    what: str
    size: str
    add: Callable[[Path], None]

    @property
    def folder(self) -> Path:
        """Where it is kept."""
        return cached(self.name)

    @property
    def here(self) -> bool:
        """Whether it was fetched."""
        return self.folder.is_dir()


def fetch(name: str) -> Path:
    """Fetch a kit unless it is there; its folder. Raises EnvironmentFailed, and then nothing is left behind."""
    kit = next((kit for kit in KITS if kit.name == name), None)
    if kit is None:
        raise EnvironmentFailed(
            f"There is nothing called {name!r} to add. There are {', '.join(k.name for k in KITS)}."
        )
    if kit.here:
        return kit.folder
    kit.folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        kit.add(kit.folder)
    except (OSError, subprocess.SubprocessError, tarfile.TarError) as error:
        shutil.rmtree(kit.folder, ignore_errors=True)
        raise EnvironmentFailed(f"{name} could not be fetched: {_reason(error)}. Nothing was kept.") from error
    return kit.folder


def unpack(archive: Path, folder: Path, sha256: str) -> None:
    """The files of an npm package, if it is the very one. Raises EnvironmentFailed where it is another."""
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != sha256:
        raise EnvironmentFailed(f"{archive.name} is not the file that was expected (its SHA-256 is {found}).")
    with tempfile.TemporaryDirectory(dir=folder.parent) as place, tarfile.open(archive) as packed:
        packed.extractall(place, filter="data")
        (Path(place) / "package").rename(folder)


def _todomvc(folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise EnvironmentFailed(f"{TODOMVC} comes from npm, which is not installed. Nothing was fetched.")
    with tempfile.TemporaryDirectory() as place:
        _run([npm, "pack", TODOMVC], Path(place))
        unpack(next(Path(place).glob("*.tgz")), folder, TODOMVC_SHA256)


def _browsergym(folder: Path) -> None:
    venv.create(folder, with_pip=True)
    _run([str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *BROWSERGYM], folder)


def _run(command: list[str], place: Path) -> None:
    subprocess.run(command, cwd=place, check=True, timeout=FETCH_S, capture_output=True, text=True)


def _reason(error: Exception) -> str:
    lines = [line for line in (getattr(error, "stderr", "") or str(error)).splitlines() if line.strip()]
    return lines[-1].strip()[:300] if lines else type(error).__name__


KITS = (
    Kit("todomvc", "one to-do list in fifty frameworks (MIT)", "12 MB", _todomvc),
    Kit("browsergym", "BrowserGym and its MiniWoB++, for browsergym:miniwob.…", "500 MB", _browsergym),
)
