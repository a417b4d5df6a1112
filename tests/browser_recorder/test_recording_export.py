"""A recording written as a Playwright test: the test is run in a process of its own and does the same on the page."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from browser.chromium import find_chromium, launch_args
from browser.script import parse_script
from tests.browser_recorder.conftest import Record, Site
from traces.formats import devtools, devtools_writing, playwright_test
from traces.formats.recorded import recorded
from traces.reader import EpisodeReader

pytestmark = pytest.mark.browser

BODY = """
<script>
  window.note = (what) => localStorage.setItem('log', (localStorage.getItem('log') || '') + what + ';');
</script>
<button onclick="note('hello ' + prompt('Who?')); note('sure ' + confirm('Sure?'))">Ask</button>
<button onclick="note('second')">Same</button><button onclick="note('third')">Same</button>
<label>Name <input onchange="note('name ' + value)" onkeydown="if (event.key === 'Enter') note('enter')"></label>
<label>Password <input type=password onchange="note('password ' + value)"></label>
<label>Cabin <select onchange="note('cabin ' + value)"><option value=e>Economy</option><option value=b>Business class
</option></select></label>
<label>Letter <input type=file onchange="note('file ' + files[0].name)"></label>
<div ondblclick="note('double')" oncontextmenu="note('right'); event.preventDefault()" role=button tabindex=0>Both</div>
<a href="/other" target=_blank>Elsewhere</a>
<iframe id=inner srcdoc="<button onclick='parent.note(&quot;framed&quot;)'>Inside</button>"></iframe>
<div style="height:3000px"></div>
<script>addEventListener('scroll', () => { if (scrollY > 100) note('scrolled'); }, {once: true});</script>
"""
OTHER = """<button onclick="localStorage.setItem('log', localStorage.getItem('log') + 'other;')">There</button>"""
CONFTEST = """
import json, pathlib, pytest
from playwright.sync_api import sync_playwright

@pytest.fixture
def page():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path={executable!r}, args={args!r})
        page = browser.new_page()
        page.set_default_timeout(10_000)
        yield page
        pathlib.Path('log.txt').write_text(page.evaluate("localStorage.getItem('log')"))
        browser.close()
"""


def script(letter: Path) -> list[dict[str, object]]:
    return [
        {"gesture": "click", "at": "text=Ask"},
        {"gesture": "dialog", "answer": "Bob"},
        {"gesture": "dialog", "answer": False},
        {"gesture": "click", "at": "text=Same >> nth=1"},
        {"gesture": "type", "at": "input >> nth=0", "text": "Ana 'x'\n"},
        {"gesture": "type", "at": "input[type=password]", "text": "hunter2"},
        {"gesture": "select", "at": "select", "text": "Business class"},
        {"gesture": "upload", "at": "input[type=file]", "text": str(letter)},
        {"gesture": "dblclick", "at": "text=Both"},
        {"gesture": "rightclick", "at": "text=Both"},
        {"gesture": "click", "at": "#inner >>> text=Inside"},
        {"gesture": "wheel", "delta": 400, "at": [600, 500]},
        {"gesture": "wheel", "delta": -400, "at": [600, 500]},
        {"gesture": "click", "at": "text=Elsewhere"},
        {"gesture": "click", "at": "text=There"},
        {"gesture": "tab", "text": 0},
    ]


@pytest.fixture(name="letter")
def letter_fixture(tmp_path: Path) -> Path:
    path = tmp_path / "letter.txt"
    path.write_text("Dear all")
    return path


def run_test(folder: Path, text: str) -> tuple[int, str, list[str]]:
    """Run the file with pytest in a folder of its own: (exit code, output, what the page wrote down)."""
    (folder / "test_written.py").write_text(text)
    executable = find_chromium(headed=False)
    (folder / "conftest.py").write_text(CONFTEST.format(executable=str(executable), args=launch_args()))
    env = {**os.environ, "SECRET_PASSWORD": "hunter2", "PYTHONPATH": ""}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_written.py", "--rootdir", "."]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=120, check=False)
    log = folder / "log.txt"
    return done.returncode, done.stdout + done.stderr, log.read_text().split(";")[:-1] if log.exists() else []


def test_the_exported_test_does_what_the_person_did(record: Record, site: Site, letter: Path, tmp_path: Path) -> None:
    """Dialogs, frames, a secret, a list, a file, both buttons, the wheel and a second tab: the page saw the same."""
    site.page(OTHER, "/other")
    result = record(BODY, script(letter))
    assert result.answer["not_recorded"] == []
    with EpisodeReader(result.path) as reader:
        text, left_out = playwright_test.write(recorded(reader))
    assert "hunter2" not in text
    assert [entry.split(": ")[0].split(" (")[1].split()[0] for entry in left_out] == ["type", "upload"]
    folder = tmp_path / "written"
    folder.mkdir()
    (folder / "letter.txt").write_text("Dear all")
    code, told, log = run_test(folder, text)
    assert code == 0, f"{told}\n{text}"
    assert log == [
        "hello Bob", "sure false", "third", "enter", "name Ana 'x'", "password hunter2", "cabin b", "file letter.txt",
        "double", "right", "framed", "scrolled", "other",
    ]  # fmt: skip


def test_the_exported_test_fails_where_the_page_has_lost_the_element(
    record: Record, site: Site, tmp_path: Path
) -> None:
    """It is a test: on a page without the button it does not pass."""
    result = record("<button>Go</button>", [{"gesture": "click", "at": "text=Go"}])
    with EpisodeReader(result.path) as reader:
        text, _ = playwright_test.write(recorded(reader))
    site.page("<p>nothing here</p>")
    folder = tmp_path / "written"
    folder.mkdir()
    code, told, _ = run_test(folder, text.replace("page.goto(", "page.set_default_timeout(500); page.goto("))
    assert code == 1
    assert "Timeout" in told


def test_a_devtools_recording_is_played_as_it_was_recorded(record: Record, site: Site, letter: Path) -> None:
    """Written and read back, its gestures lead to the same actions and the same log on a fresh page."""
    site.page(OTHER, "/other")
    first = record(BODY, script(letter))
    with EpisodeReader(first.path) as reader:
        text, left_out = devtools_writing.write(recorded(reader))
    assert "hunter2" not in text
    assert len(left_out) == 5
    back = devtools.read(text.replace("{SECRET:password}", "hunter2"))
    gestures = list(back.gestures)
    gestures[1:1] = [{"gesture": "dialog", "answer": "Bob"}, {"gesture": "dialog", "answer": False}]
    second = record(BODY, json.loads(json.dumps(gestures)))
    assert second.answer["not_recorded"] == []
    acts = [step["action"] for step in first.answer["steps"][:-1] if not step["action"].startswith("upload")]
    assert [step["action"] for step in second.answer["steps"]] == acts
    parse_script(gestures)
