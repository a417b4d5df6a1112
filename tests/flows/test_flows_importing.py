"""Recordings made elsewhere, replayed on real pages: an episode with observations, and what could not be replayed."""

from __future__ import annotations

import json
import re

import pytest

from flows.transfer import importing
from flows.transfer.import_paths import import_paths, text
from flows.transfer.importing import Elsewhere, import_recording
from store.episode_file import EpisodeFile
from tests.browser_recorder.conftest import Site
from tests.workspaces import signing_up, write
from traces.formats.foreign import BadRecording
from traces.reader import EpisodeReader
from traces.writer import EpisodeWriter

pytestmark = pytest.mark.browser
PAGE = """<label>Name <input value=old></label><label><input type=checkbox checked> News</label>
<label>Letter <input type=file></label><select aria-label=Cabin><option value=e>Economy<option value=b>Business</select>
<label>PIN <input type=password></label><button>Send</button><button>Send</button>"""


@pytest.fixture(name="site")
def site_fixture():
    made = Site()
    yield made
    made.close()


def codegen(url, *actions):
    lines = [{"browserName": "chromium"}, {"name": "openPage", "url": url, "signals": [], "pageAlias": "page"}]
    more = [{"signals": [], "pageAlias": "page", **action} for action in actions]
    return "\n".join(json.dumps(line) for line in (*lines, *more))


def test_a_codegen_file_becomes_an_episode_with_observations(parts, site, tmp_path):
    """Filling replaces, a tick that is set stays, a list goes by value; what cannot be replayed is listed."""
    path = tmp_path / "rec.jsonl"
    (tmp_path / "letter.txt").write_text("x")
    path.write_text(codegen(
        site.page(PAGE),
        {"name": "fill", "selector": 'internal:role=textbox[name="Name"i]', "text": "ana"},
        {"name": "check", "selector": 'internal:label="News"i'},
        {"name": "uncheck", "selector": 'internal:label="News"i'},
        {"name": "select", "selector": "select", "options": ["b"]},
        {"name": "setInputFiles", "selector": "input[type=file]", "files": ["../../letter.txt"]},
        {"name": "setInputFiles", "selector": "input[type=file]", "files": ["/etc/passwd"]},
        {"name": "assertVisible", "selector": "select"},
        {"name": "click", "selector": "#nosuch"},
    ))  # fmt: skip
    told = import_recording(parts, path, Elsewhere(objective="Fill it in"))
    acts = [re.sub(r"\[\d+\] ?", "", step["action"]).strip() for step in told["steps"]]
    assert acts[:4] == ["type [ana]", "click", "select [Business]", f"upload [{tmp_path / 'letter.txt'}]"]
    assert len(acts) == 4
    assert "value='old'" in told["steps"][0]["observation_before"]
    assert "value='ana'" in told["steps"][0]["observation_after"]
    assert "unchecked" in told["steps"][1]["observation_after"]
    assert len(told["not_recorded"]) == 3
    for word, entry in zip(("passwd", "#nosuch", "assertVisible"), told["not_recorded"], strict=True):
        assert word in entry
    with parts.episode(told["episode"]["id"]) as reader:
        assert reader.sealed
        assert reader.episode.objective == "Fill it in"
        assert list(reader.episode.not_recorded) == told["not_recorded"]
    assert parts.episodes.catalogue.get(told["episode"]["id"])["n_steps"] == 4
    assert "4 steps" in importing.said(told)


def test_a_devtools_file_brings_its_view_and_title(parts, site, tmp_path):
    """Alternatives are tried in order, and one that fits just one element is taken before one that fits two."""
    steps = [
        {"type": "setViewport", "width": 800, "height": 500},
        {"type": "navigate", "url": site.page(PAGE)},
        {"type": "click", "selectors": [["aria/Send"], ["#gone"], ["button:last-of-type"]]},
        {"type": "customStep", "name": "x", "parameters": {}},
    ]
    path = tmp_path / "rec.json"
    path.write_text(json.dumps({"title": "Send it", "steps": steps}))
    told = import_recording(parts, path, Elsewhere())
    with parts.episode(told["episode"]["id"]) as reader:
        assert (reader.episode.objective, reader.episode.viewport) == ("Send it", (800, 500))
        (step,) = reader.steps()
    chosen = {one.value for one in step.target.selectors if one.kind == "css"}
    assert chosen == {"css=html > body > button:nth-of-type(2)"}
    assert "customStep" in told["not_recorded"][0]


def test_a_withheld_value_comes_from_the_environment(parts, site, tmp_path):
    """It is typed, and in no stored text; without the variable the step is listed."""
    path = tmp_path / "rec.json"
    field = {"selectors": [["aria/PIN"]]}
    steps = [{"type": "navigate", "url": site.page(PAGE)}, {"type": "change", **field, "value": "{SECRET:pin}"}]
    path.write_text(json.dumps({"title": "Sign in", "steps": steps}))
    said = []
    told = import_recording(parts, path, Elsewhere(), said.append, {"SECRET_PIN": "hunter2"})
    assert told["steps"][0]["action"].endswith("[{SECRET:pin}] [0]")
    with EpisodeReader(parts.episodes.path(told["episode"]["id"])) as reader:
        assert "hunter2" not in json.dumps([reader.dump(), told, said])
    without = import_recording(parts, path, Elsewhere(), environ={})
    assert without["steps"] == []
    assert "set SECRET_PIN" in without["not_recorded"][0]


def test_a_recording_is_replayed_on_a_task(parts, tmp_path):
    """The address of a task takes the place of the file's own; the task judges and asks."""
    path = tmp_path / "rec.json"
    steps = [
        {"type": "change", "selectors": [["#username"]], "value": "ana"},
        {"type": "click", "selectors": [["#subbtn"]]},
    ]
    path.write_text(json.dumps({"title": "mine", "steps": steps}))
    with pytest.raises(BadRecording, match="--url"):
        import_recording(parts, path, Elsewhere())
    told = import_recording(parts, path, Elsewhere(url="miniwob:login-user", seed=3))
    assert told["episode"]["status"] == "failed"
    assert [step["target"]["name"] for step in told["steps"]] == ["Username", "Login"]
    with parts.episode(told["episode"]["id"]) as reader:
        assert (reader.episode.task, reader.episode.seed) == ("miniwob:login-user", 3)
        assert reader.episode.objective != "mine"


def test_several_files_are_imported_and_the_others_told(parts, site, tmp_path):
    """Episode files are copied, recordings replayed; a file that is neither keeps nobody else out."""
    episode = write(tmp_path / "in", signing_up("demo1"))
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.json"
    good.write_text(codegen(site.page(PAGE), {"name": "click", "selector": "button >> nth=0"}))
    bad.write_text("[]")
    result = import_paths(parts, [episode, good, bad])
    assert [one["format"] for one in result.episodes] == ["stepscope-episode", "codegen"]
    assert result.episodes[0]["id"] == "demo1"
    assert [one["path"] for one in result.skipped] == [str(bad)]
    assert result.partly
    assert "skipped: " in text(result)


def test_a_recording_is_replayed_only_if_it_was_named_itself(parts, site, tmp_path):
    """A folder may hold anything, and replaying opens pages."""
    (tmp_path / "rec.jsonl").write_text(codegen(site.page(PAGE), {"name": "click", "selector": "button >> nth=0"}))
    result = import_paths(parts, [tmp_path])
    assert result.episodes == []
    assert "Name it itself" in result.skipped[0]["reason"]


def test_an_address_nobody_answers_leaves_nothing(parts, tmp_path):
    """The browser's message, and no episode."""
    path = tmp_path / "rec.jsonl"
    path.write_text(codegen("http://127.0.0.1:9/", {"name": "click", "selector": "a"}))
    result = import_paths(parts, [path])
    assert "could not be loaded" in result.skipped[0]["reason"]
    assert result.partly
    assert list(parts.workspace.episodes_dir.iterdir()) == []


def test_the_same_recording_is_replayed_once(parts, site, tmp_path):
    """Under another name or with other spaces too; another address, a cut-off or a deleted replay is one to be made."""
    url = site.page(PAGE)
    steps = [
        {"type": "navigate", "url": url},
        {"type": "click", "selectors": [["aria/News"]]},
        {"type": "customStep", "name": "x", "parameters": {}},
    ]
    path, other = tmp_path / "rec.json", tmp_path / "other.json"
    path.write_text(json.dumps({"title": "Tick it", "steps": steps}))
    other.write_text(json.dumps({"title": "Tick it", "steps": steps}, indent=3))
    first = import_paths(parts, [path])
    again = import_paths(parts, [path, other])
    assert again.episodes == first.episodes
    assert "customStep" in again.episodes[0]["warnings"][0]["message"]
    assert again.already_there == [first.episodes[0]["id"]] * 2
    assert ("replayed" in first.told(), "replayed" in again.told()) == (True, False)
    assert "Imported 0 episodes, 1 was there already." in text(again)
    assert parts.episodes.catalogue.search().total == 1
    elsewhere = import_recording(parts, path, Elsewhere(url=f"{url}?again"))
    assert elsewhere["new"]
    file = parts.episodes.path(first.episodes[0]["id"])
    with EpisodeWriter(EpisodeFile.open(file, write=True), parts.episode(first.episodes[0]["id"]).episode) as writer:
        writer.seal(status="error", end_reason="interrupted")
    assert import_recording(parts, path, Elsewhere())["episode"]["id"] == f"{first.episodes[0]['id']}-2"
