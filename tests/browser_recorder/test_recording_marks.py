"""Marks through the live view's socket: they never reach the page, never become steps, and change what is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from browser.recorder.calls import marked_calls
from browser.recorder.events import read_event
from browser.recorder.options import CallForm, CallParameter
from browser.script import parse_script
from browser.session import BrowserSession
from tests.browser_recorder.conftest import Record, Site
from tests.browser_recorder.test_recording_live import live
from traces.reader import EpisodeReader

pytestmark = pytest.mark.browser

FORMS = (
    CallForm(
        name="fill_text",
        parameters=(CallParameter(name="field", type="element"), CallParameter(name="text")),
    ),
    CallForm(name="fill_form", parameters=(CallParameter(name="fields", type="list"),)),
    CallForm(name="login", parameters=(CallParameter(name="username"), CallParameter(name="password"))),
)
PAGE = """<label>From <input id=from></label><label>To <input id=to></label><button id=go>Go</button>
  <script>go.onclick = () => go.textContent = "gone";</script>"""
LOGGING = (
    PAGE
    + """<pre id=log></pre><script>
  for (const kind of ["keydown", "keyup", "pointerdown", "focusin", "focusout"])
    addEventListener(kind, (e) => log.textContent += `${kind} ${e.key || e.target.id};`, true);</script>"""
)


def play(player: Any, *gestures: dict[str, Any]) -> Any:
    return player.play(parse_script(list(gestures)))


def typed(at: str, text: str) -> dict[str, Any]:
    return {"gesture": "type", "at": at, "text": text}


def test_marks_reach_neither_the_page_nor_the_steps(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """The page's own log of keys, presses and focus is the same after any number of marks; no step comes of them."""
    with live(session, tmp_path, site.page(LOGGING), policies=FORMS) as (player, stop):
        play(player, typed("#from", "BOS"))
        before = player.look().text
        play(
            player,
            {"gesture": "mark", "policy": "fill_text", "args": {"field": "From"}},
            {"gesture": "mistake"},
            {"gesture": "end"},
            {"gesture": "undo"},
            {"gesture": "redo"},
        )
        assert player.look().text == before
        ended = stop()
    assert "keydown B" in before
    assert [step.action.split(" ")[0] for step in ended.reading.steps] == ["click", "type"]
    assert ended.reading.not_recorded == ()


def test_the_modifiers_of_a_chord_never_reach_the_page(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """Alt and Shift alone are heard by nobody; an Alt the page has from a key of its own comes up with the person's."""
    modifiers = {"Alt": ["Alt"], "Shift": ["Alt", "Shift"]}
    with live(session, tmp_path, site.page(LOGGING)) as (player, stop):
        before = player.look().text
        for key, held in modifiers.items():
            player._send({"type": "key", "kind": "down", "key": key, "modifiers": held})
        player._send({"type": "mark", "what": "undo"})
        for key in modifiers:
            player._send({"type": "key", "kind": "up", "key": key})
        assert player._ask({"type": "mark", "what": "undo"}).not_recorded
        assert player.look().text == before
        player._send({"type": "key", "kind": "down", "key": "a", "modifiers": ["Alt"]})
        player._send({"type": "key", "kind": "up", "key": "a", "modifiers": ["Alt"]})
        player._ask({"type": "key", "kind": "up", "key": "Alt"})
        heard = player.look().text
        stop()
    assert "keydown Alt;keydown a;keyup a;keyup Alt;" in heard


def test_undo_takes_a_step_out_and_leaves_page_and_log_alone(record: Record) -> None:
    """The step is gone from the file, its raw events and what the page became of it are not."""
    made = record(PAGE, [{"gesture": "click", "at": "#go"}, {"gesture": "undo"}, typed("#from", "x")])
    assert [step["action"].split(" ")[0] for step in made.answer["steps"]] == ["type"]
    assert "button 'gone'" in made.answer["steps"][0]["observation_before"]
    with EpisodeReader(made.path) as reader:
        raw = reader.raw()
    assert [kind for _, _, kind, _ in raw if kind in ("press", "undo")] == ["press", "undo", "press"]
    (undone,) = made.ended.reading.undone
    assert undone.action.startswith("click")


def test_redo_until_the_stop(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """Steps taken back come back newest first, at their place, told to the view; with none left it says so."""
    told: list[tuple[str, Any]] = []
    with live(session, tmp_path, site.page(PAGE)) as (player, stop):
        heard = player._heard
        player._heard = lambda m: (told.append((m["type"], m.get("uid"))), heard(m))[1]
        one, two, three = (play(player, {"gesture": "note", "text": text})[0].uid for text in "abc")
        play(player, {"gesture": "undo"}, {"gesture": "undo"}, {"gesture": "note", "text": "d"})
        told.clear()
        assert play(player, {"gesture": "redo"})[0].uid == two
        assert ("step", two) in told
        assert play(player, {"gesture": "redo"})[0].uid == three
        refused = play(player, {"gesture": "redo"})[0]
        assert "none to put back" in refused.not_recorded
        ended = stop()
    assert [step.action for step in ended.reading.steps] == ["note [a]", "note [b]", "note [c]", "note [d]"]
    assert ended.reading.steps[0].uid == one
    with EpisodeReader(ended.path) as reader:
        assert [(s.seq, s.uid) for s in reader.steps()] == [(s.seq, s.uid) for s in ended.reading.steps]


def test_undo_of_what_is_still_happening(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """An undo right behind keys and clicks, without waiting: what came before it is undone, what comes after stays."""
    with live(session, tmp_path, site.page(PAGE)) as (player, stop):
        play(player, {"gesture": "click", "at": "#from"})
        for char in "ab":
            player._send({"type": "key", "kind": "down", "key": char})
            player._send({"type": "key", "kind": "up", "key": char})
        player._send({"type": "mark", "what": "undo"})
        for char in "cd":
            player._send({"type": "key", "kind": "down", "key": char})
            player._send({"type": "key", "kind": "up", "key": char})
        player._ask({"type": "key", "kind": "up", "key": "F12"})
        ended = stop()
    assert [step.action.split("] ", 1)[1] for step in ended.reading.steps] == ["[abcd] [0]"]
    assert ended.reading.not_recorded == ()


def test_a_mistake_is_told_and_kept(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """The step stays and is flagged for every view, also one that comes later; marking it again takes the flag away."""
    with live(session, tmp_path, site.page(PAGE)) as (player, stop):
        uid = play(player, typed("#from", "wrong"))[0].uid
        assert play(player, {"gesture": "mistake"})[0].uid == uid
        play(player, typed("#to", "right"), {"gesture": "mistake"}, {"gesture": "mistake"})
        ended = stop()
    assert ended.reading.mistakes == {uid}
    assert len(ended.reading.steps) == 2


def test_calls_are_kept_with_arguments_and_nesting(record: Record) -> None:
    """Policies and arguments go into the log; secrets do not; a call with an unknown policy or parameter is refused."""
    made = record(
        PAGE,
        [
            {"gesture": "mark", "policy": "fill_form", "args": {"fields": "From: BOS; To: JFK"}},
            {"gesture": "mark", "policy": "fill_text", "args": {"text": "BOS"}},
            typed("#from", "BOS"),
            {"gesture": "end"},
            {"gesture": "mark", "policy": "fly_away"},
            {"gesture": "mark", "policy": "fill_text", "args": {"colour": "red"}},
            {"gesture": "mark", "policy": "login", "args": {"username": "ana", "password": "hunter22"}},
            typed("#to", "JFK"),
            {"gesture": "end", "text": "signed in"},
            {"gesture": "mark", "policy": "fill_text", "args": {"field": "Your password", "text": "hunter22"}},
        ],
        policies=FORMS,
    )
    with EpisodeReader(made.path) as reader:
        events = [read_event(*row) for row in reader.raw()]
        calls = marked_calls(events, reader.steps())
    assert [(one.call, len(one.steps), one.ended) for one in calls] == [
        ("fill_form [From: BOS; To: JFK]", 2, False),
        ("fill_text [] [BOS]", 1, True),
        ("login [ana] [{SECRET:password}]", 1, True),
        ("fill_text [Your password] [{SECRET:your_password}]", 0, False),
    ]
    assert [one.parent for one in calls] == [None, *[calls[0].number] * 3]
    assert calls[2].returns == "signed in"
    assert b"hunter22" not in made.path.read_bytes()
    entries = [entry.what for entry in made.ended.reading.not_recorded]
    assert [entry.split(":")[0] for entry in entries] == ["mark fly_away", "mark fill_text"]


def test_the_picker_is_told_what_is_known(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """Values the objective quotes and nobody used yet, the field with the focus, and the way calls stand."""
    with live(session, tmp_path, site.page(PAGE), policies=FORMS, objective='Fly from "BOS" to "JFK"') as (
        player,
        stop,
    ):
        assert [form["name"] for form in player.hello["policies"]] == ["fill_text", "fill_form", "login"]
        play(player, typed("#from", "BOS"), {"gesture": "click", "at": "#to"})
        player._send({"type": "suggest", "n": 7})
        told = player._until(lambda m: m["type"] == "suggestions" and m["n"] == 7)
        assert told["args"]["fill_text"] == {"field": "To", "text": "JFK"}
        assert told["args"]["login"]["password"] == "{SECRET:password}"
        assert told["values"][0] == "JFK"
        player._send({"type": "mark", "what": "boundary", "policy": "fill_text", "args": {"field": "To"}, "g": 900})
        marks = player._until(lambda m: m["type"] == "marks")
        assert [one["call"] for one in marks["calls"]] == ["fill_text [To] []"]
        stop()


def test_a_pause_hides_everything(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """No step, event, text or picture is of the pause, also not of input that comes right behind it; marks wait."""
    with live(session, tmp_path, site.page(PAGE)) as (player, stop):
        play(player, typed("#from", "open"))
        pictures = len(player.log())
        player._send({"type": "pause"})
        play(player, {"gesture": "click", "at": "#to"}, {"gesture": "type", "text": "private"})
        assert "paused" in player._ask({"type": "mark", "what": "undo"}).not_recorded
        for _ in range(7):
            play(player, {"gesture": "press", "keys": "Backspace"})
        play(player, {"gesture": "resume"}, typed("#to", "shown"))
        between = [raw.event.kind for raw in player.log()[pictures:]]
        ended = stop()
    assert between[:2] == ["mark", "mark"]
    assert [step.action.split("] ", 1)[1] for step in ended.reading.steps] == ["[open] [0]", "[shown] [0]"]
    assert "private" not in _all_text(ended.path)
    first = ended.reading.steps[0]
    with EpisodeReader(ended.path) as reader:
        assert "shown" not in reader.observation(first.observation_after).text


def test_an_answer_while_paused_is_kept_on_the_page_before_the_pause(record: Record) -> None:
    """It is the one thing the person says then: a note, with the page as it was when they paused."""
    body = "<p>Order 7 is late.</p><button id=more onclick=\"document.body.append('pri' + 'vate')\">More</button>"
    made = record(body, [{"gesture": "pause"}, {"gesture": "click", "at": "#more"}], answer="Order 7")
    (step,) = made.answer["steps"]
    assert step["action"] == "note [The answer is Order 7.]"
    assert "Order 7 is late." in step["observation_before"]
    assert (made.ended.episode.answer, made.ended.episode.status) == ("Order 7", "success")
    assert "private" not in _all_text(made.path)


def _all_text(path: Path) -> str:
    """Everything the file holds, decoded."""
    with EpisodeReader(path) as reader:
        return repr(reader.dump()) + repr(reader.raw())


def test_a_mark_waits_for_no_dialog(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """While the page asks something, a mark is refused in words and becomes no entry."""
    body = "<button id=ask onclick='alert(1)'>Ask</button>"
    with live(session, tmp_path, site.page(body)) as (player, stop):
        play(player, {"gesture": "click", "at": "#ask"})
        player._send({"type": "mark", "what": "undo", "g": 901})
        told = player._until(lambda m: m["type"] == "marked")
        assert "answer it first" in told["refused"]
        play(player, {"gesture": "dialog", "answer": True})
        ended = stop()
    assert [step.action.split(" ")[0] for step in ended.reading.steps] == ["click", "dialog"]
    assert ended.reading.not_recorded == ()


def test_a_pause_right_behind_a_gesture_keeps_its_place(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """A press sent just before the pause is whole, with the page after it; one sent just behind is nowhere."""
    with live(session, tmp_path, site.page(PAGE)) as (player, stop):
        spot = player._find("#go")
        field = player._find("#to")
        for kind in ("down", "up"):
            player._send({"type": "mouse", "kind": kind, "x": spot.x, "y": spot.y})
        player._send({"type": "pause"})
        for kind in ("down", "up"):
            player._send({"type": "mouse", "kind": kind, "x": field.x, "y": field.y})
        player._ask({"type": "resume"})
        ended = stop()
    (step,) = ended.reading.steps
    assert step.action.startswith("click")
    with EpisodeReader(ended.path) as reader:
        after = reader.observation(step.observation_after).text
    assert "button 'gone'" in after
    assert "'To' focused" not in after
