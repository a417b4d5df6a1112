"""What goes wrong while recording, and what is kept out of a recording."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from browser.errors import BrowserError, ForbiddenUrl
from browser.live.registry import LiveRegistry, UnknownRecording
from browser.player import LostSocket, Player
from browser.recorder.events import read_event
from browser.recorder.normalise import normalise
from browser.recorder.options import RecordingOptions
from browser.script import BadScript, parse_script, read_script
from browser.session import BrowserSession
from server.scripted import record_with, served
from tests.browser_recorder.conftest import Record, Site
from traces.environment import Outcome
from traces.reader import EpisodeReader

pytestmark = pytest.mark.browser
SECRET = "hunter2-xq"
LOGIN = """<form onsubmit="event.preventDefault(); o.textContent = 'Welcome ' + p.value;
    document.title = 'for ' + p.value; history.pushState(0, '', '?pw=' + encodeURIComponent(p.value))">
  <label>User <input id=u></label>
  <label>Password <input id=p type=password oninput="e.textContent = 'so far ' + p.value"></label>
  <button type=button onclick="p.type = 'text'">Show</button><button>Sign in</button></form><p id=e></p><p id=o></p>"""


def stored(result: object) -> str:
    """Everything in the file: its bytes and all its decoded texts."""
    with EpisodeReader(result.path) as reader:
        dump = json.dumps(reader.dump())
    return dump + result.path.read_bytes().decode("latin-1")


def test_a_password_is_never_written(record: Record, site: Site) -> None:
    """Not in keys, steps, texts, titles, addresses or raw bytes, also where the page echoes it or shows it."""
    next_page = site.page(f"<h1>Hello</h1><p>Your password is {SECRET}</p>", "/next")
    script = [
        {"gesture": "type", "at": "#u", "text": "ana"},
        {"gesture": "type", "at": "#p", "text": SECRET[:5]},
        {"gesture": "type", "text": SECRET[5:]},
        {"gesture": "click", "at": "text=Show"},
        {"gesture": "click", "at": "text=Sign in"},
        {"gesture": "goto", "text": next_page},
    ]
    result = record(LOGIN, script)
    everything = stored(result)
    assert SECRET not in everything
    assert SECRET[:5] not in everything
    assert "ana" in everything
    secret = [step["action"] for step in result.answer["steps"] if "SECRET" in step["action"]]
    assert len(secret) == 1
    assert secret[0].endswith("[{SECRET:password}] [0]")
    assert result.answer["withheld"] == {"password": 1}
    assert "Welcome {SECRET}" in result.answer["steps"][-2]["observation_after"]
    assert "Your password is {SECRET}" in result.answer["steps"][-1]["observation_after"]


def test_fields_declared_secret(record: Record) -> None:
    """A field named by selector is treated like a password."""
    result = record(
        "<input id=k aria-label=Key>", [{"gesture": "type", "at": "#k", "text": "abc-991"}], secrets=("#k",)
    )
    assert "abc-991" not in stored(result)
    assert result.answer["withheld"] == {"key": 1}


def test_what_the_objective_says_is_no_secret_if_the_task_says_so(record: Record) -> None:
    """Practice tasks spell their passwords out; then the step has it."""
    script = [{"gesture": "type", "at": "#p", "text": "x7q"}]
    result = record(LOGIN, script, objective="log in with password x7q", known_secrets=True)
    assert result.answer["steps"][0]["action"].endswith("[x7q] [0]")


def test_the_box_of_a_secret_is_black_in_pictures(record: Record) -> None:
    """The field's place in the stored picture is one black area."""
    import io

    from PIL import Image

    result = record(LOGIN, [{"gesture": "type", "at": "#p", "text": "abcdef"}])
    with EpisodeReader(result.path) as reader:
        (step,) = reader.steps()
        box = next(reader.observation(step.observation_after).boxes[step.target.id] for _ in (0,))
        _, data = reader.picture(step.picture_after)
    with Image.open(io.BytesIO(data)) as image:
        area = image.convert("L").crop(
            (int(box.x) + 2, int(box.y) + 2, int(box.x + box.width) - 2, int(box.y + box.height) - 2)
        )
        brightest = max(area.get_flattened_data() if hasattr(area, "get_flattened_data") else area.getdata())
    assert brightest < 40


def test_a_busy_page_makes_the_step_late(record: Record) -> None:
    """A page in a loop: the input goes on after the limit, with the last settled observation, marked late."""
    body = """<style>button { position: absolute; width: 80px; height: 40px; top: 0 } #c { left: 200px }</style>
      <button id=b onclick="setTimeout(busy, 1500)">Start</button>
      <button id=c onclick="this.textContent = 'Done'">Do</button><br><br><br><p id=o></p><script>
      function busy() { const end = Date.now() + 2500; while (Date.now() < end); o.textContent = 'busy is over'; }
      </script>"""
    script = [{"gesture": "click", "at": "#b"}, {"gesture": "wait", "ms": 2000}, {"gesture": "click", "at": [240, 20]}]
    result = record(body, script, gate_ms=250, still_ms=30)
    first, second = result.answer["steps"]
    assert (first["late"], second["late"]) == (False, True)
    assert second["target"]["name"] == "Do"
    assert "busy is over" not in second["observation_before"]
    assert "'Done'" in second["observation_after"]


def test_a_crashed_page_keeps_its_steps_and_can_be_reloaded(record: Record, site: Site) -> None:
    """After the renderer's death: input is refused, reload brings the page back, every step is there."""
    script = [
        {"gesture": "click", "at": "#b"},
        {"gesture": "goto", "text": "chrome://crash"},
        {"gesture": "click", "at": "#b"},
    ]
    result = record("<button id=b onclick=\"this.textContent='Hit'\">Go</button>", script)
    assert len(result.answer["steps"]) == 2
    assert "http and https" in result.answer["not_recorded"][0]


async def _crash(session: BrowserSession, registry: LiveRegistry, recording: str) -> None:
    page = registry.recording(recording)._tabs.page
    client = await page.context.new_cdp_session(page)
    client.on("Inspector.targetCrashed", lambda _: None)
    with pytest.raises(Exception, match=r"crash|closed|Target"):
        await client.send("Page.crash")


def test_a_renderer_crash_is_told_and_survived(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """The state says crashed, gestures are refused, reload goes on, and the earlier step is kept."""
    registry = LiveRegistry(session, tmp_path)
    url = site.page("<button id=b onclick=\"this.textContent='Hit'\">Go</button>")
    with served(registry) as address:
        recording = registry.open(RecordingOptions(url=url, still_ms=100))
        with Player(address(recording)) as player:
            player.play(parse_script([{"gesture": "click", "at": "#b"}]))
            session.submit(_crash(session, registry, recording))
            told = player._until(lambda m: m["type"] == "state")
            assert told["state"] == "crashed"
            assert told["message"] == "The page crashed. The steps so far are kept. Reload, or open another address."
            refused = player.play(parse_script([{"gesture": "press", "keys": "a"}]))[0]
            assert "crashed" in (refused.not_recorded or "")
            player.play(parse_script([{"gesture": "reload"}]))
            assert registry.recording(recording).state == "recording"
            player.play(parse_script([{"gesture": "click", "at": "#b"}]))
        ended = registry.stop(recording, "done")
    assert [s.action.split(" ")[0] for s in ended.reading.steps] == ["click", "reload", "click"]
    assert ended.episode.status == "success"


def test_a_site_that_is_gone_after_a_crash_is_told(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """What is heard of a page is heard of the one that took its place after a crash."""
    registry = LiveRegistry(session, tmp_path)
    gone = "http://127.0.0.1:9/"
    url = site.page(f"<button>Go</button><a href={gone}>On</a>")
    with served(registry) as address:
        recording = registry.open(RecordingOptions(url=url, still_ms=100))
        with Player(address(recording)) as player, Player(address(recording)) as watcher:
            session.submit(_crash(session, registry, recording))
            watcher._until(lambda m: m["type"] == "state" and m["state"] == "crashed")
            player.play(parse_script([{"gesture": "reload"}, {"gesture": "click", "at": "text=On"}]))
            told = watcher._until(lambda m: m["type"] == "error" and gone in m["what"])
            assert told["what"].startswith(f"{gone} could not be loaded")
        registry.stop(recording, "done")


def test_a_server_that_fails_is_told(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """A link leads to an answer of 500: it is told, what was done is kept, and going back goes on."""
    registry = LiveRegistry(session, tmp_path)
    url = site.page("<button>Go</button><a href=/broken>On</a>")
    site.page("Sorry", "/broken")
    site.statuses["/broken"] = 500
    with served(registry) as address:
        recording = registry.open(RecordingOptions(url=url, still_ms=100))
        with Player(address(recording)) as player, Player(address(recording)) as watcher:
            player.play(parse_script([{"gesture": "click", "at": "text=On"}]))
            told = watcher._until(lambda m: m["type"] == "error")
            assert told["what"] == f"{url}broken answered 500 Internal Server Error."
            assert "everything before is kept" in told["kept"]
            player.play(parse_script([{"gesture": "back"}, {"gesture": "click", "at": "text=Go"}]))
        ended = registry.stop(recording, "done")
    assert [s.action.split(" ")[0] for s in ended.reading.steps] == ["click", "go_back", "click"]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("file:///etc/passwd", "only http and https"),
        ("chrome://version", "only http and https"),
        ("http://169.254.169.254/latest", "link-local"),
        ("http://127.0.0.1:8501/", "own address"),
        ("http://[::1", "not a web address"),
    ],
)
def test_forbidden_addresses(session: BrowserSession, tmp_path: Path, url: str, said: str) -> None:
    """Nothing is opened and nothing is left behind; the message says why."""
    with pytest.raises(ForbiddenUrl, match=said):
        LiveRegistry(session, tmp_path).open(RecordingOptions(url=url, own_ports=(8501,)))
    assert list(tmp_path.iterdir()) == []


def test_a_forbidden_address_while_recording_is_refused(record: Record) -> None:
    """The address bar refuses it with the reason, and the page stays."""
    result = record("<h1>Here</h1>", [{"gesture": "goto", "text": "file:///etc/passwd"}])
    assert result.answer["steps"] == []
    assert "only http and https" in result.answer["not_recorded"][0]


def test_a_page_that_never_loads(record: Record, site: Site) -> None:
    """An address that does not answer: the step is there, the page stays, the recording goes on."""
    never = site.page("", "/unused").replace("/unused", "/never")
    script = [{"gesture": "goto", "text": never}, {"gesture": "reload"}, {"gesture": "click", "at": "#b"}]
    result = record("<button id=b>Go</button>", script, load_ms=1500)
    assert [step["action"].split(" ")[0] for step in result.answer["steps"]] == ["goto", "reload", "click"]


def test_a_first_page_that_cannot_be_loaded(session: BrowserSession, tmp_path: Path) -> None:
    """Nothing listens there: one message, no episode."""
    with pytest.raises(BrowserError, match="could not be loaded"):
        LiveRegistry(session, tmp_path).open(RecordingOptions(url="http://127.0.0.1:9/"))
    assert list(tmp_path.iterdir()) == []


def test_a_lost_socket_can_come_back(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """Within the grace time the recording is there with its steps, and a button that was down is up again."""
    registry = LiveRegistry(session, tmp_path, grace_s=20)
    body = """<button id=b onpointerup="o.textContent = 'up'" onpointerdown="o.textContent = 'down'">Go</button>
      <p id=o></p>"""
    with served(registry) as address:
        recording = registry.open(RecordingOptions(url=site.page(body), still_ms=100))
        with Player(address(recording)) as player:
            player.play(parse_script([{"gesture": "click", "at": "#b"}]))
            player._send({"type": "mouse", "kind": "down", "x": 20, "y": 20, "button": "left"})
            player._listen(0.5)
        with Player(address(recording)) as player:
            assert player.hello["state"] == "recording"
            assert player.hello["steps"][0]["action"].startswith("click")
            player.play(parse_script([{"gesture": "wait", "ms": 200}]))
            assert "up" in player.look().text
        assert registry.stop(recording, "done").episode.n_steps == 2


def test_a_recording_nobody_comes_back_to_is_sealed(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """After the grace time the episode is sealed with what it has, and its status says so."""
    registry = LiveRegistry(session, tmp_path, grace_s=0.5)
    with served(registry) as address:
        recording = registry.open(RecordingOptions(url=site.page("<button id=b>Go</button>"), still_ms=100))
        with Player(address(recording)) as player:
            player.play(parse_script([{"gesture": "click", "at": "#b"}]))
        until = time.monotonic() + 20
        while registry.known(recording) and time.monotonic() < until:
            time.sleep(0.05)
        with pytest.raises(LostSocket):
            Player(address(recording))
    with EpisodeReader(tmp_path / f"{recording}.episode") as reader:
        assert reader.sealed
        assert reader.episode.status == "stopped"
        assert len(reader.steps()) == 1


def test_a_recording_is_its_owners(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """Somebody else is not told that it exists; a token of another recording opens nothing."""
    registry = LiveRegistry(session, tmp_path)
    with served(registry) as address:
        mine = registry.open(RecordingOptions(url=site.page("<h1>Mine</h1>")), owner="ana")
        assert registry.recordings("ana") == (mine,)
        assert registry.recordings("bo") == ()
        with pytest.raises(UnknownRecording):
            registry.stop(mine, owner="bo")
        with pytest.raises(LostSocket):
            Player(address(mine)[:-4] + "0000")
        assert registry.discard(mine, owner="ana").path is None
    assert list(tmp_path.iterdir()) == []


def test_an_empty_recording_says_so(record: Record) -> None:
    """No step was made: the result can be offered for discarding."""
    result = record("<h1>Nothing</h1>", [])
    assert result.ended.empty
    assert result.answer["steps"] == []


def test_a_message_that_is_not_understood_changes_nothing(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """It is answered by one error, and the recording goes on."""
    registry = LiveRegistry(session, tmp_path)
    with served(registry) as address:
        recording = registry.open(RecordingOptions(url=site.page("<button id=b>Go</button>"), still_ms=100))
        with Player(address(recording)) as player:
            for bad in ("no json", '{"type": "fly"}', '{"type": "mouse", "kind": "down", "x": "left", "y": 1}'):
                player._socket.send(bad)
                assert player._until(lambda m: m["type"] == "error")["kept"] == "Nothing was done."
            assert player.play(parse_script([{"gesture": "click", "at": "#b"}]))[0].uid
        assert registry.stop(recording).episode.n_steps == 1


def test_pictures_come_and_a_still_page_sends_none(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """Frames have a header and a JPEG, arrive when the page changes, and stop when it does not."""
    registry = LiveRegistry(session, tmp_path)
    body = "<button id=b onclick=\"document.body.style.background = 'red'\">Go</button>"
    with served(registry) as address:
        recording = registry.open(RecordingOptions(url=site.page(body), still_ms=100))
        with Player(address(recording)) as player:
            player._listen(1.0)
            first = player._frame
            player._listen(1.0)
            assert first is not None
            assert player._frame == first
            player.play(parse_script([{"gesture": "click", "at": "#b"}]))
            player._listen(0.5)
            assert player._frame > first
        registry.stop(recording)


def test_the_stored_log_reads_to_the_stored_steps(record: Record) -> None:
    """Normalising the raw log again gives exactly the steps of the recording, and the proof holds for each."""
    script = [
        {"gesture": "type", "at": "#u", "text": "ana"},
        {"gesture": "type", "at": "#p", "text": "secret!"},
        {"gesture": "click", "at": "text=Sign in"},
        {"gesture": "note", "text": "signed in"},
    ]
    result = record(LOGIN, script)
    with EpisodeReader(result.path) as reader:
        raw = [read_event(*row) for row in reader.raw()]
        steps = reader.steps()
        assert normalise(reader.episode.id, raw).steps == steps
        for step in steps:
            assert step.proof.observed_at <= step.proof.dispatched_at
            assert step.proof.frame_number is not None or step.kind == "note"
            if step.target and step.target.id:
                assert f"[{step.target.id}] " in reader.observation(step.observation_before).text


def test_an_environment_can_prepare_and_judge(record: Record) -> None:
    """`prepare` works on the loaded page before recording; `finish` gives the rule's reward."""

    async def prepare(page: object) -> None:
        await page.evaluate("document.querySelector('#b').textContent = 'Ready'")

    async def finish(page: object) -> Outcome:
        text = await page.text_content("#b")
        return Outcome(success=text == "Hit", reward=1.0 if text == "Hit" else 0.0)

    body = "<button id=b onclick=\"this.textContent='Hit'\">Wait</button>"
    result = record(body, [{"gesture": "click", "at": "#b"}], prepare=prepare, finish=finish)
    assert result.answer["steps"][0]["target"]["name"] == "Ready"
    assert result.ended.episode.rewards.rule == 1.0
    assert result.ended.episode.status == "success"


def test_a_person_who_looks_decides_by_ids(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """The person sees the observation after each gesture and presses elements by id."""
    body = "<button onclick=\"this.outerHTML = '<button>Second</button>'\">First</button>"
    seen: list[str] = []

    def person(page: object) -> object:
        seen.append(page.text)
        if len(seen) == 3:
            return None
        element = page.text[page.text.index("[") + 1 : page.text.index("]")]
        return parse_script([{"gesture": "click", "at": {"id": element}}])[0]

    options = RecordingOptions(url=site.page(body), still_ms=100)
    result = record_with(options, person, tmp_path, session)
    assert ["First" in text for text in seen] == [True, False, False]
    assert [step["target"]["name"] for step in result.answer["steps"]] == ["First", "Second"]


def test_scripts_that_cannot_be_played(tmp_path: Path) -> None:
    """The message names the entry and what is wrong with it."""
    good = {"gesture": "click", "at": "#b"}
    for entry, said in [
        ({"gesture": "fly"}, "Entry 2 of the script"),
        ({"gesture": "click"}, "at: Field required"),
        ({"gesture": "click", "at": "#b", "speed": 1}, "speed: Extra inputs"),
        ({"gesture": "press", "keys": "Hyper+q"}, "no key"),
        ({"gesture": "wait", "ms": -1}, "ms: "),
        ("click", "Entry 2"),
    ]:
        with pytest.raises(BadScript, match=said):
            parse_script([good, entry])
    broken = tmp_path / "s.json"
    broken.write_text("[{")
    with pytest.raises(BadScript, match="is not JSON"):
        read_script(broken)
    with pytest.raises(BadScript, match="cannot be read"):
        read_script(tmp_path / "none.json")
    with pytest.raises(BadScript, match="JSON list"):
        parse_script({"gesture": "click"})
