"""Episodes in every format of the registry: whole, redacted, one and many, stopped and refused."""

from __future__ import annotations

import base64
import io
import json
import re
import unicodedata
import zipfile
import zlib
from urllib.parse import unquote

import pytest
from pyarrow import parquet

from flows.label import labels
from flows.progress import Stopped
from flows.transfer.episode_exports import export_episodes, said, told_of
from flows.transfer.redacted import RedactedReader
from flows.transfer.redacting import Redaction, given, noted
from store.errors import StoreError
from tests.builders import make_step
from tests.private_run import ANSWER, MARKUP, SECRETS, TYPED, write_private_run
from tests.workspaces import add_demonstration, signing_up, write
from traces.formats.exports import EXPORTS, export_of
from traces.formats.standalone import TooLong, Viewer, write_page
from traces.model import Episode
from traces.reader import EpisodeReader

VIEWER = Viewer("console.log(1)", "body{}", {"keys": []})
BLOCK = re.compile(rb'<script type="application/octet-stream" id="([^"]*)"[^>]*>([^<]*)</script>')


@pytest.fixture(name="private")
def private_fixture(parts):
    return parts.episodes.register_file(write_private_run(parts.workspace.episodes_dir)).id


def exported(parts, tmp_path, name, ids, *, redact=False):
    """All texts of an export by file, packed blocks and tables unpacked."""
    to = tmp_path / f"out-{name}-{redact}.zip"
    result = export_episodes(parts, ids, name, to, viewer=VIEWER, redact=redact)
    with zipfile.ZipFile(to) as archive:
        files = {entry: archive.read(entry) for entry in archive.namelist()}
    return result, {entry: read(entry, data, tmp_path) for entry, data in files.items()}


def read(entry, data, tmp_path):
    """What a file of an export says, whatever it is packed in."""
    if entry.endswith(".parquet"):
        return json.dumps(parquet.read_table(io.BytesIO(data)).to_pylist(), ensure_ascii=False)
    if entry.endswith(".episode"):
        path = tmp_path / "again.episode"
        path.write_bytes(data)
        with EpisodeReader(path) as reader:
            return json.dumps(reader.dump(), ensure_ascii=False)
    blocks = [unpacked(name, base64.b64decode(text)) for name, text in BLOCK.findall(data)]
    return "\n".join([data.decode("utf-8", "replace"), *blocks])


def unpacked(name, data):
    return zlib.decompress(data, -15).decode() if name == b"head" or name.startswith(b"s") else ""


@pytest.mark.parametrize("name", EXPORTS)
def test_every_format_holds_the_episode(parts, private, tmp_path, name):
    """What was typed and answered is found again, and the manifest says what was written."""
    result, texts = exported(parts, tmp_path, name, [private])
    assert (result["episodes"], result["left_out"], result["removed"]) == ([private], [], {})
    whole = "\n".join(text for entry, text in texts.items() if entry != "manifest.json")
    assert TYPED in whole
    assert ANSWER in whole
    manifest = json.loads(texts["manifest.json"])
    assert (manifest["kind"], manifest["redacted"], manifest["episodes"]) == (name, False, [private])


@pytest.mark.parametrize("name", EXPORTS)
def test_what_is_redacted_has_no_secret_word(parts, private, tmp_path, name):
    """No file of any format holds a word that was typed or answered, a query, an address, a name or a picture."""
    result, texts = exported(parts, tmp_path, name, [private], redact=True)
    for entry, text in texts.items():
        for secret in SECRETS:
            assert secret.lower() not in text.lower(), (entry, secret)
        assert "webp" not in text or name in ("html", "zip"), entry
    assert not any("pictures/" in entry for entry in texts)
    assert result["removed"]["pictures"] == 6
    assert result["removed"]["typed values"] == 2
    assert result["removed"]["answers"] == 3
    assert result["removed"]["addresses' queries"] > 6
    assert json.loads(texts["manifest.json"])["removed"] == result["removed"]
    assert "taken out: 6 pictures" in said(result)


def test_a_text_typed_where_no_element_is_known_and_a_note_are_gone():
    """Imported runs have both; a note's words alone may be any, so it is looked for elsewhere as a whole."""
    steps = [make_step("type_text [Quixotella]"), make_step("note [the order of Mona is late]", 1, kind="note")]
    redaction = Redaction(given(Episode(id="x", actor="agent", objective=""), steps, ()), noted(steps))
    assert [redaction.action(step.action) for step in steps] == ["type_text [▇▇▇]", "note [▇▇▇]"]
    assert redaction.text("For Quixotella: the order of Mona is late. An order.") == "For ▇▇▇: ▇▇▇. An order."
    assert redaction.removed["typed values"] == redaction.removed["notes"] == 1


@pytest.mark.parametrize(
    ("typed", "elsewhere"),
    [
        ("Ann", '{"reply": "for\\nAnn"}'),
        ("Ann", "user_ann, ann-smith, Ann's"),
        ("mona_private", "Mona Private"),
        ("Jos\u00e9", "Jose\u0301 and JOS\u00c9"),
        ("M\u00fcller GmbH", "http://shop.test/f/M%C3%BCller/x and http://shop.test/M%c3%bcller%20GmbH"),
        ("a b Quix", "http://shop.test/a%20b%20Quix"),
    ],
)
def test_what_was_typed_is_found_however_it_is_written_elsewhere(typed, elsewhere):
    """As JSON, addresses, names of variables and other forms of Unicode write it."""
    redaction = Redaction([typed])
    said = unicodedata.normalize("NFC", unquote(redaction.text(elsewhere))).casefold()
    assert not [word for word in re.findall(r"[^\W_]{3,}", typed.casefold()) if word in said]


def test_what_was_meant_as_an_action_is_taken_for_typed():
    """A verb that is none may have been given a password; it is gone there and in the reply it was read from."""
    steps = [make_step("tpe [3] [Hunter [two]", kind="invalid"), make_step("(no action)", 1, kind="invalid")]
    redaction = Redaction(given(Episode(id="x", actor="agent", objective=""), steps, ()), noted(steps))
    assert [redaction.unread(step.action) for step in steps] == ["tpe [▇▇▇]", "(no action)"]
    assert "Hunter" not in redaction.text("ACTION: tpe [3] [Hunter [two]")


def test_nothing_is_read_past_the_redaction():
    """Whatever a reader can be asked for is answered by the redacted one itself, or holds nothing of the recording."""
    harmless = {"derivations", "sealed", "interrupted", "close", "episode", "path", "written", "check"}
    asked = {name for name in vars(EpisodeReader) if not name.startswith("_")}
    assert asked - harmless <= set(vars(RedactedReader))


def test_a_search_finds_no_secret_word_in_what_is_redacted(parts, private):
    """Steps read in turn, their calls and the texts of their pages say what the redacted episode says."""
    with RedactedReader(parts.episodes.path(private)) as reader:
        in_turn = list(reader.each_step())
        assert tuple(step for step, _ in in_turn) == reader.steps()
        pages = {key for step, _ in in_turn for key in (step.observation_before, step.observation_after) if key}
        assert {reader.page_text(key) for key in pages} == {reader.observation(key).text for key in pages}
        said = " ".join(str(one) for one in [*in_turn, *map(reader.page_text, pages)]).lower()
    assert pages
    assert not [secret for secret in SECRETS if secret.lower() in said]


def test_a_redacted_file_comes_back_as_an_episode_of_its_own(parts, private, tmp_path):
    """It has the same calls and steps, under another id and with a tag that says so."""
    export_episodes(parts, [private], "episode", tmp_path / "a.episode", redact=True)
    with EpisodeReader(tmp_path / "a.episode") as reader, parts.episode(private) as whole:
        assert reader.episode.id == f"{private}-redacted"
        assert reader.episode.tags == ("for ▇▇▇", "redacted")
        assert [step.kind for step in reader.steps()] == [step.kind for step in whole.steps()]
        assert [frame.end for frame in reader.frames()] == [frame.end for frame in whole.frames()]
        assert reader.steps()[1].action == "type [3] [▇▇▇] [1]"


def test_the_whole_file_is_written_as_it_is(parts, private, tmp_path):
    """Format `episode` gives the very bytes."""
    export_episodes(parts, [private], "episode", tmp_path / "a.episode")
    assert (tmp_path / "a.episode").read_bytes() == parts.episodes.path(private).read_bytes()


def test_many_episodes_become_an_archive_and_tables(parts, private, tmp_path):
    """One file each where a format is one, a folder each where it is several, one row each in a table."""
    ids = [private, add_demonstration(parts)]
    _, pages = exported(parts, tmp_path, "html", ids)
    assert set(pages) == {f"{ids[0]}.html", f"{ids[1]}.html", "manifest.json"}
    _, folders = exported(parts, tmp_path, "zip", ids)
    assert {f"{one}/replay.html" for one in ids} <= set(folders)
    _, tables = exported(parts, tmp_path, "parquet", ids)
    assert {row["id"] for row in json.loads(tables["episodes.parquet"])} == set(ids)
    assert len(json.loads(tables["steps.parquet"])) == 6 + 4


def test_a_demonstration_shows_the_calls_of_its_labels(parts, tmp_path):
    """Without labels the planner alone, with them the calls they say."""
    demo = add_demonstration(parts)
    assert policies(parts, tmp_path / "before.json", demo) == {"planner"}
    labels.accept(parts, demo, "me")
    assert policies(parts, tmp_path / "after.json", demo) == {"planner", "fill_form", "fill_text"}


def policies(parts, to, episode):
    """The policies called in an episode, by its BrowserGym-style export."""
    export_episodes(parts, [episode], "browsergym", to.with_suffix(".browsergym.json"))
    steps = json.loads(to.with_suffix(".browsergym.json").read_text())["steps"]
    return {policy for step in steps for policy in step["agent_info"]["stack"].split("/")}


def test_an_episode_that_cannot_be_written_is_left_out(parts, private, tmp_path):
    """The others are written; where it is the only one nothing is, and the message says why."""
    running = write(parts.workspace.episodes_dir, signing_up("live1"), seal=False)
    parts.episodes.register_file(running)
    result = export_episodes(parts, ["live1", private, "nobody"], "episode", tmp_path / "out")
    assert result["episodes"] == [private]
    assert [one["episode"] for one in result["left_out"]] == ["live1", "nobody"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["manifest.json", f"{private}.episode"]
    with pytest.raises(StoreError, match="Nothing was written"):
        export_episodes(parts, [private], "json", tmp_path / "b.json", label_ref="run:nobody")
    with pytest.raises(StoreError, match=r"still running.*Nothing was written"):
        export_episodes(parts, ["live1"], "episode", tmp_path / "one.episode")
    assert not (tmp_path / "one.episode").exists()


def test_stopping_leaves_nothing_behind(parts, private, tmp_path):
    """Between two episodes; what was begun is gone."""
    asked = iter([False, True])
    ids = [private, add_demonstration(parts)]
    seen = []
    with pytest.raises(Stopped):
        export_episodes(parts, ids, "json", tmp_path / "out", stop=lambda: next(asked), report=seen.append)
    assert [(one.done, one.total) for one in seen] == [(1, 2)]
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


@pytest.mark.parametrize(
    ("ids", "name", "to", "words"),
    [
        (["a"], "word", "x.zip", "There are: episode, html"),
        ([], "html", "x.zip", "No episode was named"),
        (["a", "b"], "html", "x.html", "Name a new folder"),
        (["a", "b"], "json", "x.txt", "There is no episode"),
    ],
)
def test_what_cannot_be_asked_for_is_said(parts, tmp_path, ids, name, to, words):
    """One message, nothing written."""
    with pytest.raises(StoreError, match=words):
        export_episodes(parts, ids, name, tmp_path / to)
    assert not (tmp_path / to).exists()


def test_names_of_files_say_their_format():
    """The longest ending counts."""
    assert export_of("a.speedscope.json").name == "speedscope"
    assert export_of("a.webarena.html").name == "webarena-html"
    assert export_of("a.json").name == "json"
    assert export_of("a.parquet") is None


def test_a_page_has_no_markup_of_the_recording(parts, private, tmp_path):
    """Outside its packed blocks nothing recorded stands but the escaped title; blocks are base64."""
    export_episodes(parts, [private], "html", tmp_path / "a.html", viewer=VIEWER)
    outside = BLOCK.sub(b"", (tmp_path / "a.html").read_bytes())
    assert outside.count(b"<script>") == 1
    assert b"hacked" in outside  # in the title
    assert b"<img" not in outside
    assert MARKUP.encode() not in outside


def test_an_episode_too_long_for_a_page_says_what_to_do(parts, private):
    """The bound is told with the number of steps."""
    with parts.episode(private) as reader, pytest.raises(TooLong, match=r"has 6 steps; one page holds at most 5"):
        list(write_page(told_of(parts, reader), VIEWER, most=5))
