"""Fields in a window of one's own: typing, lists, ticks, files, and what must never be written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.browser_recorder.conftest import OpenWindow, Site
from tests.browser_recorder.window_person import Display, proven, words
from traces.reader import EpisodeReader

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("window")]


def test_typing_with_corrections_and_enter(window: OpenWindow) -> None:
    """The click into the field, the keys and Enter are one step, whose observation is that of the click."""
    body = """<form onsubmit="event.preventDefault(); o.textContent = 'found ' + q.value">
      <input id=q aria-label=Query></form><p id=o style="position:absolute;top:60px">nothing</p>"""
    with window(body) as page:
        page.click(60, 15)
        page.type("helo")
        page.press("Backspace")
        page.type("lo")
        page.press("Enter")
        page.settle()
        ended = page.stop()
        assert words(ended) == ["type Query [hello] [1]"]
        proven(ended)
        assert "nothing" in page.before(ended.reading.steps[0])


def test_pauses_do_not_tear_typing_apart(window: OpenWindow) -> None:
    """Keys with a look at the page between them are still one step."""
    with window("<input id=q aria-label=Query><input id=r aria-label=Other style='top:40px'>") as page:
        page.click(60, 15)
        page.settle()
        page.type("ab")
        page.settle()
        page.type("cd")
        page.settle()
        page.press("Tab")
        page.type("x")
        page.settle()
        ended = page.stop()
        assert words(ended) == ["type Query [abcd] [0]", "type Other [x] [0]"]
        proven(ended)


def test_text_no_key_makes(window: OpenWindow) -> None:
    """Text of an input method or a menu's paste is typed text, in a field of lines and in an edited element."""
    body = """<textarea id=q aria-label=Text style="position:absolute;width:160px;height:30px"></textarea>
      <div class=box contenteditable aria-label=Note style="top:60px"></div>"""
    with window(body) as page:
        page.click(60, 15)
        page.run(page.page.keyboard.insert_text("früh 早い"))
        page.settle()
        page.click(60, 75)
        page.run(page.page.keyboard.insert_text("später"))
        page.settle()
        ended = page.stop()
        assert words(ended) == ["type Text [früh 早い] [0]", "type Note [später] [0]"]
        proven(ended)


def test_an_option_by_mouse_and_keys(window: OpenWindow, display: Display) -> None:
    """A list opened by a press and answered by the real keyboard is one select; so are arrows on a closed list."""
    body = (
        "<select id=s aria-label=City><option>Oslo<option>Lima<option>Rome</select><button style='top:60px'>Go</button>"
    )
    with window(body) as page:
        page.click(60, 15)
        page.settle()
        display.press("Down")
        display.press("Return")
        page.until(lambda: page.events("answer"))
        page.settle()
        page.click(60, 75)
        page.settle()
        page.press("Shift+Tab")
        page.press("ArrowDown")
        page.settle()
        ended = page.stop()
        assert [word for word in words(ended) if word.startswith("select")] == [
            "select City [Lima]",
            "select City [Rome]",
        ]
        assert ended.reading.not_recorded == ()


def test_a_list_that_is_left_alone(window: OpenWindow, display: Display) -> None:
    """Opened and closed again without a choice: an entry of what was not recorded."""
    body = "<select id=s aria-label=City><option>Oslo<option>Lima</select><button style='top:160px'>Go</button>"
    with window(body) as page:
        page.click(60, 15)
        page.settle()
        display.press("Escape")
        page.click(60, 175)
        page.settle()
        ended = page.stop()
        assert words(ended)[-1] == "click Go"
        assert [entry.what for entry in ended.reading.not_recorded] == [
            "the list ‘City’ was opened and nothing was chosen"
        ]


def test_ticks_by_their_label(window: OpenWindow) -> None:
    """A label's click and the one it causes on its box are one step."""
    body = "<label><input type=checkbox id=c style='position:static;width:20px;height:20px'>Agree to it</label>"
    with window(body) as page:
        page.click(100, 15)
        page.settle()
        assert page.run(page.page.evaluate("c.checked"))
        ended = page.stop()
        assert words(ended) == ["click Agree to it"]
        proven(ended)


def test_a_file(window: OpenWindow, tmp_path: Path) -> None:
    """Files chosen for a field are an upload of what was pressed."""
    body = "<input type=file id=f aria-label=Report multiple style='width:300px'>"
    names = [tmp_path / "one.txt", tmp_path / "two.txt"]
    for name in names:
        name.write_text("x")
    with window(body) as page:
        page.run(page.page.evaluate("f.addEventListener('click', (event) => event.preventDefault())"))
        page.click(60, 15)
        page.settle()
        page.run(page.page.set_input_files("#f", names))
        page.settle()
        ended = page.stop()
        assert words(ended) == ["upload Report [one.txt\\ntwo.txt]"]


SECRET = "hunter2-xq"
LOGIN = """<form action=/next onsubmit="q.value = p.value"><input id=u aria-label=User><input type=hidden name=pw id=q>
  <input id=p type=password aria-label=Password style="top:60px" oninput="e.textContent = 'so far ' + p.value">
  <button type=button style="top:120px" onclick="p.type = 'text'">Show</button>
  <button style="top:160px">Sign in</button></form>
  <p id=e class=box style="top:200px"></p>"""


def test_a_password_is_never_written(window: OpenWindow, site: Site) -> None:
    """Not its keys, not where the page echoes it, not in an address: also when Enter leaves the page at once."""
    site.page(f"<h1>Hello</h1><p>Your password is {SECRET}</p>", "/next")
    with window(LOGIN) as page:
        page.click(60, 15)
        page.type("ana")
        page.settle()
        page.click(60, 75)
        page.type(SECRET[:5])
        page.settle()
        page.click(60, 135)
        page.settle()
        page.click(60, 75)
        page.press("End")
        page.type(SECRET[5:])
        page.press("Enter")
        page.arrive("**/next*")
        page.settle()
        ended = page.stop()
        actions = [step.action for step in ended.reading.steps if "SECRET" in step.action]
        assert len(actions) == 2
        assert actions[-1].endswith("[{SECRET:password}] [1]")
        assert ended.withheld == {"password": 2}
        with EpisodeReader(ended.path) as reader:
            last = reader.observation(ended.reading.steps[-1].observation_after)
            everything = json.dumps(reader.dump()) + ended.path.read_bytes().decode("latin-1")
        told = json.dumps(page.told)
    assert "Your password is {SECRET}" in last.text
    for text in (everything, told):
        assert SECRET not in text
        assert SECRET[:5] not in text
        assert "ana" in text
    keys = [raw.event.key for raw in page.recording.raw_log if raw.event.kind == "key"]
    assert keys == [*"ana", *[None] * 5, None, *[None] * 5, "Enter"]


@pytest.mark.parametrize("on", ["keydown", "input"])
def test_a_key_that_the_page_takes_into_a_password_is_not_written(window: OpenWindow, on: str) -> None:
    """The page puts the focus there as the key goes down, or after the one before it: no letter of it is kept."""
    body = f"""<input id=user aria-label=User><input id=word type=password aria-label=Password style="top:60px">
      <script>user.addEventListener('{on}', () => user.value.length === 3 && word.focus())</script>"""
    with window(body) as page:
        page.click(60, 15)
        page.type("bob")
        page.type(SECRET)
        page.settle()
        ended = page.stop()
        assert words(ended) == ["type User [bob] [0]", "type Password [{SECRET:password}] [0]"]
        keys = [raw.event.key for raw in page.recording.raw_log if raw.event.kind == "key"]
        assert keys == [*"bob", *[None] * len(SECRET)]
        everything = ended.path.read_bytes().decode("latin-1")
    assert SECRET not in everything


def test_nothing_is_kept_while_paused(window: OpenWindow) -> None:
    """What is done in a pause leaves no step, no event and no text."""
    with window("<input id=q aria-label=Query><input id=r aria-label=Other style='top:60px'>") as page:
        page.run(page.recording.pause(True))
        page.click(60, 15)
        page.type("private")
        page.settle()
        page.run(page.page.evaluate("q.value = ''"))
        page.run(page.recording.pause(False))
        page.settle()
        page.click(60, 75)
        page.type("open")
        page.settle()
        ended = page.stop()
        assert words(ended) == ["type Other [open] [0]"]
        assert b"private" not in ended.path.read_bytes()
