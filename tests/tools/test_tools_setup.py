"""Setup finds the right Chromium, installs one where there is none, and says what to do where it cannot."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import setup

SH, CP, SLEEP = (shutil.which(name) for name in ("sh", "cp", "sleep"))
REVISION = {
    entry["name"]: entry["revision"]
    for listing in setup.VENV.glob("lib/python3.*/site-packages/playwright/driver/package/browsers.json")
    for entry in json.loads(listing.read_text())["browsers"]
}["chromium"]


def program(folder: Path, name: str, body: str = "exit 0") -> Path:
    """An executable shell script."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!{SH}\n{body}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """PATH of a machine without Chromium, without system commands and without a way to Playwright's download."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, body in {"mkdir": "", "sudo": 'shift; exec "$@"'}.items():
        program(folder, name, body)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("STEPSCOPE_CHROMIUM", raising=False)
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "browsers"))
    monkeypatch.setenv("PLAYWRIGHT_DOWNLOAD_HOST", "http://127.0.0.1:9")
    monkeypatch.setattr(setup, "VENV", venv_beside(tmp_path))
    return folder


def venv_beside(tmp_path: Path) -> Path:
    """The real environment's programs and libraries with stamps of its own."""
    venv = tmp_path / "venv"
    venv.mkdir()
    for name in ("bin", "lib", "pyvenv.cfg"):
        (venv / name).symlink_to(setup.VENV / name)
    return venv


def test_the_named_browser_comes_first(machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """STEPSCOPE_CHROMIUM wins over everything else."""
    program(machine, "chromium")
    named = program(tmp_path, "my-chrome")
    monkeypatch.setenv("STEPSCOPE_CHROMIUM", str(named))
    assert setup.find_chromium() == str(named)


def test_a_named_browser_that_is_not_there_is_an_error(
    machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong STEPSCOPE_CHROMIUM is said, and nothing else is used in its place."""
    program(machine, "chromium")
    monkeypatch.setenv("STEPSCOPE_CHROMIUM", "/nowhere/chrome")
    assert setup.ensure_chromium() == 1
    assert "STEPSCOPE_CHROMIUM=/nowhere/chrome is not a program" in capsys.readouterr().err


def test_playwrights_own_comes_before_the_path(machine: Path, tmp_path: Path) -> None:
    """Playwright's download is used when it is of the installed Playwright's revision, and only then."""
    on_path = program(machine, "chromium")
    program(tmp_path / "browsers" / "chromium-1" / "chrome-linux", "chrome")
    assert setup.find_chromium() == str(on_path)
    own = program(tmp_path / "browsers" / f"chromium-{REVISION}" / "chrome-linux64", "chrome")
    assert setup.find_chromium() == str(own)


def test_order_on_the_path(machine: Path) -> None:
    """chromium-headless-shell before chromium before google-chrome."""
    for name in ("google-chrome", "chromium", "chromium-headless-shell"):
        newest = program(machine, name)
        assert setup.find_chromium() == str(newest)


def test_apt_is_the_last_resort(machine: Path) -> None:
    """Where Playwright's download fails, the system's chromium is installed and remembered."""
    program(machine, "apt-get", f'[ "$1" = install ] && {CP} {machine}/mkdir {machine}/chromium; exit 0')
    assert setup.ensure_chromium() == 0
    assert (setup.VENV / ".stepscope-chromium").read_text() == str(machine / "chromium")


def test_a_browser_that_does_not_start_is_not_accepted(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A Chromium without its libraries counts as none; the message says what to do, and no stamp is left."""
    program(machine, "chromium", "exit 127")
    assert setup.ensure_chromium() == 1
    assert "set STEPSCOPE_CHROMIUM=/path/to/chrome" in capsys.readouterr().err
    assert not (setup.VENV / ".stepscope-chromium").exists()


def test_requirements_are_installed_once(machine: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """pip runs when a requirements file has changed, and not again until the next change; a failure leaves no stamp."""
    calls = tmp_path / "calls"
    (setup.VENV / "bin").unlink()
    pip = program(setup.VENV / "bin", "python", f"echo x >> {calls}")
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    pinned = tmp_path / "requirements.txt"
    for text in ("a==1", "a==1", "a==2"):
        pinned.write_text(text)
        assert setup.install_requirements("app") == 0
    assert len(calls.read_text().split()) == 2
    program(pip.parent, "python", "exit 1")
    pinned.write_text("a==3")
    assert setup.install_requirements("app") == 1
    program(pip.parent, "python", f"echo x >> {calls}")
    assert setup.install_requirements("app") == 0
    assert len(calls.read_text().split()) == 3


def test_a_command_past_its_time_is_ended(tmp_path: Path) -> None:
    """A time limit ends the command and what it started."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    assert not setup._run([str(SH), "-c", f"exec > {pipe}; echo up; {SLEEP} 60 & wait"], 0.5)
    with os.fdopen(reader) as output:
        os.set_blocking(reader, True)
        assert output.read() == "up\n", "the pipe ends only when the last of its writers is gone"


@pytest.mark.parametrize("version", ["3.6", "3.10"])
def test_an_old_python_is_refused(tmp_path: Path, version: str) -> None:
    """Without a Python that is new enough, setup says what it looked for and makes nothing."""
    (tmp_path / "tools").mkdir()
    script = shutil.copy(setup.ROOT / "tools" / "setup.sh", tmp_path / "tools")
    for name in ("python3", "python"):
        program(tmp_path / "bin", name, f'[ "$1" = --version ] && echo "Python {version}.1" && exit 0; exit 1')
    (tmp_path / "bin" / "dirname").symlink_to(str(shutil.which("dirname")))
    done = subprocess.run(
        [str(SH), script], env={"PATH": str(tmp_path / "bin")}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "no Python 3.11 or newer" in done.stderr
    assert f"Found: Python {version}.1" in done.stderr
    assert not (tmp_path / ".venv").exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have a screen or need none")
def test_a_screen_for_tests_of_windows_is_installed(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Xvfb and xdotool come by apt where they are missing, and are looked for no more once they are there."""
    program(machine, "apt-get", f'[ "$1" = install ] && {CP} {machine}/mkdir {machine}/Xvfb; exit 0')
    setup.ensure_screen()
    said = capsys.readouterr().out
    assert "installing xvfb and xdotool with apt-get" in said
    assert "xdotool could not be installed: tests of windows will fail" in said
    program(machine, "xdotool")
    setup.ensure_screen()
    assert capsys.readouterr().out == ""


def test_the_headless_shell_is_installed(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It comes by apt where a system's Chromium is all there is; where it cannot, that is said and nothing fails."""
    program(machine, "apt-get", "exit 100")
    setup.ensure_shell()
    assert "could not be installed: the whole Chromium is used" in capsys.readouterr().out
    program(machine, "apt-get", f'[ "$1" = install ] && {CP} {machine}/mkdir {machine}/{setup.SHELL}; exit 0')
    setup.ensure_shell()
    assert "could not" not in capsys.readouterr().out
    setup.ensure_shell()
    assert capsys.readouterr().out == ""
