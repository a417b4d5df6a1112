"""What a page does outside its picture: downloads, sign-ins, printing; widgets with two views, secrets, an end."""

from __future__ import annotations

import base64
import http.server
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from browser.live.registry import LiveRegistry
from browser.player import Player
from browser.recorder.events import body_of
from browser.recorder.options import RecordingOptions
from browser.script import parse_script
from browser.session import BrowserSession
from browser.stage import Stage
from server.scripted import served
from tests.browser_recorder.conftest import Record, Site
from traces.actions import Action

pytestmark = pytest.mark.browser

LOGIN = "Basic " + base64.b64encode(b"ana:hunter2hunter2").decode()
Told = dict[str, Any]


@pytest.fixture
def strict() -> Iterator[str]:
    """A site of its own: `/secret` wants a name and password, `/report` is a download, `/` leads to both."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.headers.get("Authorization") == LOGIN
            status = 200 if self.path != "/secret" or known else 401
            body = {"/report": b"a,b\n1,2\n", "/secret": b"<h1>Inside</h1>" if known else b"<h1>Who?</h1>"}
            links = b"<a id=s href=/secret>Secret</a> <a id=r href=/report>Report</a>"
            self.send_response(status)
            self.send_header("Content-Type", "text/csv" if self.path == "/report" else "text/html")
            if self.path == "/report":
                self.send_header("Content-Disposition", 'attachment; filename="report.csv"')
            if status == 401:
                self.send_header("WWW-Authenticate", 'Basic realm="The vault"')
            self.end_headers()
            self.wfile.write(body.get(self.path, links))

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()
    thread.join()


@contextmanager
def live(
    session: BrowserSession, folder: Path, url: str, **more: Any
) -> Iterator[tuple[Player, LiveRegistry, str, Callable[[str], str]]]:
    """A recording with one view connected."""
    registry = LiveRegistry(session, folder)
    with served(registry) as address:
        recording = registry.open(RecordingOptions(url=url, **{"still_ms": 100, "gate_ms": 1500, **more}))
        with Player(address(recording)) as player:
            yield player, registry, recording, address
        registry.stop(recording)


def play(player: Player, *script: Told) -> list[Any]:
    return list(player.play(parse_script(list(script))))


def until(player: Player, kind: str) -> Told:
    return player._until(lambda m: m["type"] == kind)


def said(registry: LiveRegistry, recording: str) -> str:
    """The whole raw log as text."""
    return json.dumps([body_of(raw.event) for raw in registry.recording(recording).raw_log])


def test_a_download_is_offered_as_a_file(session: BrowserSession, strict: str, tmp_path: Path) -> None:
    """The click is the step; the file is there for who holds the recording's token, while it runs."""
    with live(session, tmp_path, strict) as (player, registry, recording, address):
        heard: list[Told] = []
        hear, player._heard = player._heard, lambda m: (heard.append(m), hear(m))[1]
        play(player, {"gesture": "click", "at": "#r"})
        while not [m for m in heard if m["type"] == "download"]:
            player._receive(1.0)
        told = next(m for m in heard if m["type"] == "download")
        assert (told["name"], told["size"]) == ("report.csv", 8)
        where = address(recording).replace("ws://", "http://").replace("?", f"/downloads/{told['number']}?")
        with urllib.request.urlopen(where) as answer:
            assert answer.read() == b"a,b\n1,2\n"
            assert "attachment" in answer.headers["Content-Disposition"]
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(where.partition("?")[0])
        assert refused.value.code == 403
        refused.value.close()
        assert '"download"' in said(registry, recording)
        with Player(address(recording)) as other:
            assert [m["name"] for m in other.hello["downloads"]] == ["report.csv"]
        ended = registry.stop(recording, "done")
    assert [step.action.split(" ")[0] for step in ended.reading.steps] == ["click"]
    assert ended.reading.not_recorded == ()


@pytest.mark.parametrize("by", ["link", "address"])
def test_a_site_that_asks_for_a_password_itself(session: BrowserSession, strict: str, tmp_path: Path, by: str) -> None:
    """The person is asked, wrong answers are asked again, and neither name nor password is written anywhere."""
    with live(session, tmp_path, strict) as (player, registry, recording, _):
        ways = {"link": {"gesture": "click", "at": "#s"}, "address": {"gesture": "goto", "text": f"{strict}secret"}}
        play(player, ways[by])
        asked = player._open("login")
        assert (asked["site"], asked["realm"]) == (strict[:-1], "The vault")
        player._answer(asked["id"], ["ana", "wrong-password"])
        again = player._open("login")
        assert again["again"] is True
        player._answer(again["id"], ["ana", "hunter2hunter2"])
        assert "Inside" in player.look().text
        log = said(registry, recording)
        ended = registry.stop(recording, "done")
    assert "hunter2" not in log
    assert "wrong-password" not in log
    assert [step.action.split(" ")[0] for step in ended.reading.steps] == [{"link": "click", "address": "goto"}[by]]
    assert len(ended.reading.not_recorded) == 2
    assert all("name and password are not written down" in entry.what for entry in ended.reading.not_recorded)
    assert ended.path is not None
    assert b"hunter2" not in ended.path.read_bytes()


def test_a_sign_in_may_be_declined(session: BrowserSession, strict: str, tmp_path: Path) -> None:
    """Then the page says what the site says without it, and the recording goes on."""
    with live(session, tmp_path, strict) as (player, _, __, ___):
        play(player, {"gesture": "click", "at": "#s"})
        player._answer(player._open("login")["id"], None)
        assert "Who?" in player.look().text
        assert play(player, {"gesture": "back"})[0].uid is not None


def test_what_a_page_loads_beside_itself_asks_for_no_password(
    session: BrowserSession, strict: str, tmp_path: Path
) -> None:
    """It gets what the server says without one, and the page goes on taking input."""
    asked = "fetch('/secret').then((r) => { document.title = 'said ' + r.status; })"
    with live(session, tmp_path, strict) as (player, registry, recording, _):
        page = registry.recording(recording)._tabs.page
        session.run(page.evaluate(f"void setTimeout(() => {asked}, 0)"))
        session.run(page.wait_for_function("document.title === 'said 401'"))
        assert play(player, {"gesture": "click", "at": "#s"})[0].uid is not None
        assert player._open("login")["realm"] == "The vault"


@pytest.mark.parametrize("address", ["tel:123", "made-up:address"])
def test_an_address_of_another_program_starts_none(
    session: BrowserSession, site: Site, tmp_path: Path, address: str
) -> None:
    """The person is told, the press is a step, and the page goes on taking input."""
    url = site.page(
        f"<a id=a href='{address}'>Call</a><button id=b onclick='this.textContent = \"heard\"'>Go on</button>"
    )
    with live(session, tmp_path, url) as (player, registry, recording, _):
        heard: list[Told] = []
        hear, player._heard = player._heard, lambda m: (heard.append(m), hear(m))[1]
        done = play(player, {"gesture": "click", "at": "#a"}, {"gesture": "click", "at": "#b"})
        assert all(gesture.uid is not None for gesture in done)
        scheme = address.partition(":")[0]
        assert [m["what"] for m in heard if m["type"] == "notice"] == [
            f"The page asked for a program that opens {scheme}: addresses."
        ]
        assert "heard" in player.look().text
        assert f'"{scheme}:"' in said(registry, recording)


ASKED = [
    ("passkey", "navigator.credentials.get({publicKey: {challenge: new Uint8Array(8)}})"),
    ("screen", "navigator.mediaDevices.getDisplayMedia({video: true})"),
    ("camera", "navigator.mediaDevices.getUserMedia({video: true})"),
    ("fonts", "queryLocalFonts()"),
]


@pytest.mark.parametrize("asked", [asked for _, asked in ASKED], ids=[name for name, _ in ASKED])
def test_the_page_goes_on_after_what_chromium_would_ask(record: Record, asked: str) -> None:
    """No question of the browser's own lies over the page: it would be there by the second press."""
    body = (
        f'<button id=a onclick="{asked}">Ask</button><button id=b onclick="this.textContent = \'heard\'">Go on</button>'
    )
    result = record(
        body, [{"gesture": "click", "at": "#a"}, {"gesture": "wait", "ms": 800}, {"gesture": "click", "at": "#b"}]
    )
    assert "heard" in result.answer["steps"][-1]["observation_after"]


def test_a_copy_button_of_the_page_may_write(record: Record) -> None:
    """As in every browser: a pressed button is allowed to."""
    script = "navigator.clipboard.writeText('kept').then(() => o.textContent = 'copied', (e) => o.textContent = e.name)"
    result = record(f'<button id=b onclick="{script}">Copy</button><p id=o>-</p>', [{"gesture": "click", "at": "#b"}])
    assert "copied" in result.answer["steps"][0]["observation_after"]


def test_printing_is_told(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """print() does not hang; the person hears that nothing is printed, and the log knows."""
    url = site.page("<button id=b onclick='print(); this.textContent = \"printed\"'>Print</button>")
    with live(session, tmp_path, url) as (player, registry, recording, _):
        heard: list[Told] = []
        hear, player._heard = player._heard, lambda m: (heard.append(m), hear(m))[1]
        play(player, {"gesture": "click", "at": "#b"})
        assert [m["what"] for m in heard if m["type"] == "notice"] == ["The page asked to print."]
        assert "printed" in player.look().text
        assert '"print"' in said(registry, recording)


def test_a_permission_that_is_asked_for_does_not_hang(record: Record) -> None:
    """Notifications and places are refused at once, as the page is told."""
    body = """<button id=b onclick="Notification.requestPermission().then((r) => { o.textContent += ' notify:' + r; });
      navigator.geolocation.getCurrentPosition(() => { o.textContent += ' here'; },
        () => { o.textContent += ' no place'; })">Ask</button><p id=o>o</p>"""
    result = record(body, [{"gesture": "click", "at": "#b"}])
    after = result.answer["steps"][0]["observation_after"]
    assert "no place" in after
    assert "notify:denied" in after


WIDGETS = [
    ("select", "<select id=f aria-label=F><option>a<option>b</select>", "#f"),
    ("value", "<input id=f type=color aria-label=F>", "#f"),
    ("chooser", "<input id=f type=file aria-label=F>", "#f"),
]


@pytest.mark.parametrize(("kind", "body", "at"), WIDGETS)
def test_a_widget_goes_with_its_page(
    session: BrowserSession, site: Site, tmp_path: Path, kind: str, body: str, at: str
) -> None:
    """When the page goes on to another under an open widget, every view sees it close and the queue goes on."""
    site.page("<button id=n>There</button>", "/next")
    url = site.page(body + "<script>addEventListener('message', () => location.href = '/next')</script>")
    with live(session, tmp_path, url) as (player, registry, recording, address):
        with Player(address(recording)) as other:
            done = play(player, {"gesture": "click", "at": at})[0]
            assert done.waiting == kind
            assert until(other, kind)["id"] == player._open(kind)["id"]
            page = registry.recording(recording)._tabs.page
            session.run(page.evaluate("postMessage('go')"))
            assert until(other, "closed")["id"]
        assert play(player, {"gesture": "click", "at": "#n"})[0].uid is not None


def test_a_dialog_goes_with_its_tab(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """A tab that is closed while it shows a dialog does not leave the recording waiting for an answer."""
    site.page("<script>setTimeout(() => alert('never mind'), 50)</script>", "/popup")
    url = site.page("<button id=b onclick=\"window.open('/popup')\">Open</button><button id=n>Here</button>")
    with live(session, tmp_path, url) as (player, registry, recording, _):
        play(player, {"gesture": "click", "at": "#b"})
        player._open("dialog")
        pages = registry.recording(recording)._tabs.pages
        session.run(pages[1].close())
        while player._questions:
            player._receive(1.0)
        assert play(player, {"gesture": "click", "at": "#n"})[0].uid is not None


def test_an_answer_is_seen_by_the_other_view(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """A widget that one view answers is taken away in the other, and so is a menu that is put away."""
    url = site.page("<select id=s aria-label=S><option>a<option>b</select><p id=p>Text</p>")
    with live(session, tmp_path, url) as (player, _, recording, address), Player(address(recording)) as other:
        play(player, {"gesture": "select", "at": "#s", "text": "b"})
        opened = until(other, "select")["id"]
        assert until(other, "closed")["id"] == opened
        play(player, {"gesture": "rightclick", "at": "#p"})
        menu = until(other, "menu")["id"]
        player._send({"type": "answer", "id": menu, "value": None})
        assert until(other, "closed")["id"] == menu


def test_an_answer_that_is_not_taken_asks_again(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """What is wrong is said, the widget is shown again, and a right answer still counts."""
    url = site.page("<input id=f type=color aria-label=F>")
    with live(session, tmp_path, url) as (player, registry, recording, _):
        play(player, {"gesture": "click", "at": "#f"})
        question = player._open("value")["id"]
        player._send({"type": "answer", "id": question, "value": "red"})
        assert until(player, "value")["id"] == question
        assert "does not take 'red'" in until(player, "error")["what"]
        player._answer(question, "#ff0000")
        ended = registry.stop(recording, "done")
    assert [step.action.split(" ", 2)[2] for step in ended.reading.steps] == ["[#ff0000] [0]"]


def test_a_secret_date_is_withheld(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """A field the person declared secret keeps its value out of the picker, the log and the file."""
    url = site.page("<input id=f type=date value=1987-06-05 aria-label=Born><p id=o></p>")
    with live(session, tmp_path, url, secrets=("#f",)) as (player, registry, recording, _):
        play(player, {"gesture": "click", "at": "#f"}, {"gesture": "press", "keys": "F4"})
        assert player._open("value")["value"] == ""
        play(player, {"gesture": "pick", "text": "1991-02-03"})
        log = said(registry, recording)
        ended = registry.stop(recording, "done")
    assert "1991-02-03" not in log
    assert "1987-06-05" not in log
    assert ended.reading.steps[-1].action.endswith("[{SECRET:born}] [0]")


def test_what_is_copied_from_a_secret_field_stays(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """A password is not put on the person's clipboard; text of the page is."""
    url = site.page("<input id=p type=password aria-label=Pin><input id=t aria-label=Name value=Ana>")
    with live(session, tmp_path, url) as (player, _, __, ___):
        heard: list[Told] = []
        hear, player._heard = player._heard, lambda m: (heard.append(m), hear(m))[1]
        copy = [{"gesture": "press", "keys": "Control+a"}, {"gesture": "press", "keys": "Control+c"}]
        play(player, {"gesture": "type", "at": "#p", "text": "s3cret-word"}, *copy)
        play(player, {"gesture": "click", "at": "#t"}, *copy)
        assert [m["text"] for m in heard if m["type"] == "clipboard"] == ["Ana"]


def test_a_folder_is_given_whole(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """A directory field gets the folder with the paths below it; two files of one name in one answer stay two."""
    url = site.page("""<input id=f type=file webkitdirectory aria-label=Album>
      <input id=g type=file multiple aria-label=More><p id=o></p><script>for (const x of [f, g]) x.onchange = () => {
        o.textContent = [...x.files].map((i) => i.webkitRelativePath || i.name).sort().join(' '); };</script>""")
    body = base64.b64encode(b"x").decode()
    with live(session, tmp_path, url) as (player, registry, recording, _):
        play(player, {"gesture": "click", "at": "#f"})
        asked = player._open("chooser")
        assert asked["folder"] is True
        names = ["album/a.txt", "album/deep/b.txt", "../../album/../etc/c.txt"]
        player._answer(asked["id"], [{"name": name, "base64": body} for name in names[:2]])
        assert "album/a.txt album/deep/b.txt" in player.look().text
        play(player, {"gesture": "click", "at": "#g"})
        two = [{"name": "a.txt", "base64": body}, {"name": names[2], "base64": body}]
        player._answer(player._open("chooser")["id"], two)
        assert "a.txt c.txt" in player.look().text
        ended = registry.stop(recording, "done")
    assert [step.action.split(" ", 2)[2] for step in ended.reading.steps] == ["[album]", "[a.txt\\nc.txt]"]


def test_a_chooser_opened_by_a_key_is_an_upload(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """Enter on a file field opens the chooser; its answer is one upload of that field."""
    url = site.page("<button id=b>B</button><input id=f type=file aria-label=Photo>")
    with live(session, tmp_path, url) as (player, registry, recording, _):
        keys = [{"gesture": "press", "keys": name} for name in ("Tab", "Enter")]
        play(player, {"gesture": "click", "at": "#b"}, *keys)
        body = base64.b64encode(b"x").decode()
        player._answer(player._open("chooser")["id"], [{"name": "a.txt", "base64": body}])
        ended = registry.stop(recording, "done")
    last = ended.reading.steps[-1]
    assert last.target is not None
    assert (last.action, last.target.name) == (f"upload [{last.target.id}] [a.txt]", "Photo")


def test_too_much_to_upload_is_said_and_the_chooser_stays(session: BrowserSession, site: Site, tmp_path: Path) -> None:
    """The limit holds for all files together; smaller ones can be chosen after."""
    url = site.page("<input id=f type=file multiple aria-label=F>")
    half = base64.b64encode(b"x" * 700).decode()
    with live(session, tmp_path, url, max_upload=1024) as (player, registry, recording, _):
        play(player, {"gesture": "click", "at": "#f"})
        asked = player._open("chooser")["id"]
        files = [{"name": f"{i}.txt", "base64": half} for i in range(2)]
        player._send({"type": "answer", "id": asked, "value": files})
        assert "at most" in until(player, "error")["what"]
        player._answer(asked, files[:1])
        ended = registry.stop(recording, "done")
    assert len(ended.reading.steps) == 1


def test_leaving_is_never_asked_while_nobody_records(session: BrowserSession, site: Site) -> None:
    """Agents' tabs accept by themselves, as before."""
    site.page("<h1>Arrived</h1>", "/next")
    url = site.page("<button>b</button><script>addEventListener('beforeunload', (e) => e.preventDefault())</script>")
    stage = Stage(session, pictures=False)
    try:
        stage.start(url)
        stage.do(Action("click", ("1",)))
        effect = stage.do(Action("goto", (f"{url}next",)))
        assert effect.error is None
        assert "Arrived" in effect.view.observation.text
    finally:
        stage.close()
