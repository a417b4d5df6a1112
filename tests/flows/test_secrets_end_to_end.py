"""Secrets typed on a page that echoes them everywhere are in nothing that is kept or told, from file to weights.

The same session on the same page with plain fields is found by the same search in every one of these places.
"""

from __future__ import annotations

import io
import json
import logging
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient
from typer.testing import CliRunner

import cli
from agent.model import Decision
from agent.models.making import make_model
from agent.prompt import render_prompt
from browser.player import Player
from browser.script import parse_gesture
from flows.label import labels
from flows.prompt import prompts
from flows.record.recording import LiveTasks, Request
from labeling.exports.registry import FORMATS
from labeling.prompts.model import PromptConfig
from labeling.splits import SPLITS
from policies.library import load_set
from server.app import routes
from server.guard import HEADER
from server.reviewing import Reviewing, person_called
from server.scripted import served
from tests.browser_recorder.cases.site import CaseSite
from tests.browser_recorder.leaks import found_in
from tests.flows.secret_places import Places, folder_places
from traces.model import Box
from traces.reader import EpisodeReader
from wiring import Parts

pytestmark = pytest.mark.browser

WORD = "h&nt'er \"2x"
SECRETS = {
    "corrected": "h&nt'erZQ",
    "word": WORD,
    "pasted": "Pasted-Kranich/88",
    "card": "4111111111111111",
    "umlaut": "Größe-пароль9",
    "jump": "swordfish",
}
PIN = "0735"
PIN_ALONE = re.compile(rf"(?<![\w.]){PIN}(?!\w)")
OWNER = "somebody"
OWN_SCREEN = frozenset({"page", "dialog", "clipboard", "select", "datalist", "value"})
"""Messages that say what the page itself shows, to the person who looks at it."""
LEFT = ("word", "pasted", "pin", "card", "umlaut", "jump")
EDGE = 5
EVEN = 40
"""In a box without text no channel differs by more (pictures are compressed)."""


def _type(text: str, at: str) -> dict[str, Any]:
    return {"gesture": "type", "text": text, "at": at}


def _click(at: str) -> dict[str, Any]:
    return {"gesture": "click", "at": at}


SCRIPT: tuple[dict[str, Any], ...] = (
    {"gesture": "mark", "policy": "login", "args": {"username": "bob", "password": WORD}},
    _type("h&nt'erZQ", "#word"),
    *({"gesture": "press", "keys": "Backspace"},) * 2,
    _type(WORD[7:], "#word"),
    _click("#toggle"),
    _click("#toggle"),
    {"gesture": "end"},
    {"gesture": "paste", "text": SECRETS["pasted"], "at": "#pasted"},
    _type(PIN, "#pin"),
    _type("4111 1111 1111 1111", "#card"),
    _type(SECRETS["umlaut"], "#umlaut"),
    _type("bob" + SECRETS["jump"], "#user"),
    _click("button >> nth=1"),
    _click("#say"),
    {"gesture": "dialog", "answer": True},
    _click("#keep"),
    _click("h1"),
    {"gesture": "press", "keys": "Control+a"},
    {"gesture": "press", "keys": "Control+c"},
)


@dataclass
class Told:
    """Everything gathered of one session, and where its episode is."""

    episode: str = ""
    path: Path = Path()
    places: Places = field(default_factory=dict)

    def add(self, name: str, said: Any) -> None:
        self.places[name] = said if isinstance(said, str | bytes) else json.dumps(said, ensure_ascii=False)

    def leaks(self) -> list[str]:
        """Every place with a secret, as `which secret in which place: form`."""
        found = [f"{name} in {where}" for name, secret in SECRETS.items() for where in found_in(self.places, secret)]
        found += [f"a beginning in {where}" for where in found_in(self.places, WORD, beginnings=True)]
        return sorted(found) + [f"pin in {where}" for where, text in self.places.items() if _holds_pin(text)]


def _holds_pin(text: str | bytes) -> bool:
    return bool(PIN_ALONE.search(text.decode("utf-8", "replace") if isinstance(text, bytes) else text))


@pytest.fixture(name="site")
def site_fixture() -> Iterator[CaseSite]:
    made = CaseSite()
    yield made
    made.close()


@pytest.fixture(name="temp")
def temp_fixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this session's temporary files go."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def session(url: str, home: Path, temp: Path, caplog: pytest.LogCaptureFixture) -> Told:
    """Record on the page, take it through the whole product, and gather all that is kept and told."""
    caplog.set_level(logging.INFO)
    told, parts = Told(), Parts(home)
    try:
        _record(parts, url, told, home.parent / "killed")
        _learn(parts, told)
        _serve(parts, told)
    finally:
        parts.close()
    _command_line(home, told)
    told.places |= folder_places(home) | folder_places(temp) | folder_places(home.parent / "killed")
    told.add("log", "\n".join(record.getMessage() for record in caplog.records))
    return told


def _record(parts: Parts, url: str, told: Told, killed: Path) -> None:
    tasks, heard = LiveTasks(parts), []
    told.episode = tasks.start(Request(url, objective="log in as 'bob'"), OWNER)
    with served(parts.live) as address, Player(address(told.episode)) as player:
        before = player._heard
        player._heard = lambda message: (heard.append(message), before(message))[1]
        for gesture in SCRIPT:
            done = player.do(parse_gesture(dict(gesture)))
            assert done.not_recorded is None, (gesture, done)
        player._send({"type": "suggest", "n": 1})
        player._until(lambda message: message["type"] == "suggestions")
        shutil.copytree(parts.workspace.root, killed)
        player.do(parse_gesture(_click("#send")))
        assert "You sent" in player.look().text
    told.path = tasks.stop(told.episode, "done", None, OWNER).path or Path()
    tasks.close()
    for number, message in enumerate(heard):
        if message["type"] not in OWN_SCREEN:
            told.add(f"socket.{number}.{message['type']}", message)


def _learn(parts: Parts, told: Told) -> None:
    """Labels proposed and accepted, a prompt set of them, its prompts rendered, and a model taught by it."""
    for run in (labels.propose(parts, told.episode), *parts.labels.runs(told.episode)):
        told.add(f"labels.{run.id}", run.model_dump_json())
    labels.accept(parts, told.episode, OWNER)
    built = prompts.build(parts, config=PromptConfig(splits=SPLITS))
    library = load_set("web")
    make_model("demos", library, built, parts.workspace.root / "weights", {})
    told.add("prompt set", built.canonical())
    for policy in built.policies:
        examples = built.of(policy)
        asked = Decision(library.policies[policy], "log in", examples[-1].url, examples[-1].observation)
        told.add(f"prompt.{policy}", "\n".join(p.text for p in render_prompt(asked, (), examples)))


def _serve(parts: Parts, told: Told) -> None:
    """What the replay component and the Label board are answered."""
    base = f"/stepscope/episodes/{told.episode}"
    with TestClient(Starlette(routes=routes(parts)), base_url="http://127.0.0.1:8501") as client:
        client.headers[HEADER] = parts.guard.token
        skeleton = client.get(f"{base}/skeleton")
        told.add("route.skeleton", skeleton.text)
        for uid in skeleton.json()["steps"]["uid"]:
            answer = client.get(f"{base}/steps/{uid}")
            assert answer.status_code == 200
            told.add(f"route.step.{uid}", answer.text)
    reviewing = Reviewing(parts.episode, parts.demonstration_rows, parts.desk, parts.failures)
    owner = person_called(OWNER)
    told.add("route.queue", reviewing.queue(owner))
    told.add("route.board", reviewing.open(told.episode, owner))
    told.add("route.history", reviewing.history(told.episode, owner, "shown"))


TEXTS = tuple(name for name in FORMATS if name not in ("native", "trl-parquet", "preference"))
"""Exports of labels as text. The bundle holds the same records, Parquet the rows of `trl`; nothing was changed here."""


def _command_line(home: Path, told: Told) -> None:
    """What the commands print, and every format they export to (into the workspace's own folder, searched later)."""
    exports = home / "exports"
    exports.mkdir()
    to = [exports / f"made{end}" for end in (".episode", ".json", ".py", ".recorder.json")]
    commands = [["episode", verb, told.episode, "--json"] for verb in ("show", "dump")]
    commands += [["episode", "show", told.episode], ["episodes", "list"]]
    commands += [["export", told.episode, "--to", str(path)] for path in to]
    commands += [["export", "labels", name, "--out", str(exports / f"labels-{name}")] for name in TEXTS]
    for command in commands:
        result = CliRunner().invoke(cli.app, command, env={"STEPSCOPE_HOME": str(home)})
        assert result.exit_code in (0, 3), (command, result.output)
        told.add(f"cli.{' '.join(command[:2])}.{len(told.places)}", result.output)
    assert all(path.stat().st_size for path in to)
    assert all(any((exports / f"labels-{name}").iterdir()) for name in TEXTS)


def test_secrets_are_nowhere(site: CaseSite, tmp_path: Path, temp: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Neither in a text of any form nor in a picture; what was withheld is counted."""
    told = session(site.url("everywhere.html"), tmp_path / "home", temp, caplog)
    assert told.leaks() == []
    assert unreadable(told.path) == []
    with EpisodeReader(told.path) as reader:
        assert sum(reader.episode.withheld.values()) >= len(LEFT)


def test_the_search_finds_what_is_no_secret(
    site: CaseSite, tmp_path: Path, temp: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The same texts in plain fields are found in every kind of place, and seen in the pictures."""
    told = session(site.url("everywhere.html?plain=1"), tmp_path / "home", temp, caplog)
    found = told.leaks()
    kinds = ("home/", "killed/", "socket.", "labels.", "prompt set", "prompt.", "route.skeleton", "route.step")
    kinds += ("route.board", "cli.episode show", "cli.episode dump", "home/weights", "home/workspace.sqlite")
    kinds += tuple(f"home/exports/made{end}" for end in (".episode", ".json", ".py", ".recorder.json"))
    kinds += tuple(f"home/exports/labels-{name}" for name in TEXTS)
    assert [kind for kind in kinds if not any(f" in {kind}" in where for where in found)] == []
    assert {where.partition(" in ")[0] for where in found} >= {*SECRETS, "pin"} - {"corrected"}
    assert {line.partition(":")[0] for line in unreadable(told.path)} >= {"field", "text", "styled", "copy"}


def boxes() -> Iterator[tuple[str, Box]]:
    """Where the page shows a secret: each field's box and its echoes', as tests/browser/pages/cases/everywhere.html."""
    for at, _ in enumerate(LEFT):
        for name, x, width in (("field", 20, 240), ("text", 280, 300), ("styled", 600, 200), ("copy", 820, 200)):
            yield name, Box(x=x, y=20 + 50 * at, width=width, height=34)
    yield "list", Box(x=280, y=340, width=260, height=34)
    yield "hint", Box(x=600, y=340, width=200, height=34)


def unreadable(path: Path) -> list[str]:
    """Boxes of stored pictures of the page with a text in them, as `name: picture`; thumbnails are made of them."""
    found = []
    with EpisodeReader(path) as reader:
        first = reader.steps()[0].observation_before
        assert first is not None
        page = reader.observation(first).url.partition("?")[0]
        looks = {
            (seen, picture)
            for step in reader.steps()
            for seen, picture in (
                (step.observation_before, step.picture_before),
                (step.observation_after, step.picture_after),
            )
            if seen and picture and reader.observation(seen).url.startswith(page)
        }
        assert len(looks) > 5
        for _, key in looks:
            _, picture = reader.picture(key)
            found += [f"{name}: {key}" for name, box in boxes() if not _even(picture, box)]
    return sorted(found)


def _even(picture: bytes, box: Box) -> bool:
    """Whether nothing stands in the box: every pixel inside has nearly the same colour."""
    with Image.open(io.BytesIO(picture)) as image:
        edges = (box.x + EDGE, box.y + EDGE, box.x + box.width - EDGE, box.y + box.height - EDGE)
        part = image.convert("RGB").crop(tuple(round(edge) for edge in edges))
    return all(high - low < EVEN for low, high in part.getextrema())
