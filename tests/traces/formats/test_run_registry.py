"""What a file is, is told by its content; hostile content is made harmless or refused with a reason."""

from __future__ import annotations

import gzip
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.foreign import foreign
from traces.formats.foreign import BadRecording
from traces.formats.runs import RUN_FORMATS, read_runs, recognise
from traces.formats.source import MAX_DEPTH, Source, harmless

PAGE = {"objective": "Find it", "observation": "[1] link 'It'", "url": "http://a.test/"}
ROWS = [{**PAGE, "action": "click [1]", "done": False}, {**PAGE, "action": "stop [it]", "done": True}]
LOG = {"task": "tasks/1.json", "trajectory": ROWS}


def file(tmp_path, data, name="x"):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return Source(path)


@pytest.mark.parametrize("name", ["log.json", "log.html", "log", "log.zip"])
def test_a_name_decides_nothing(tmp_path, name):
    """The same content is the same format under any name, and has the same key."""
    source = file(tmp_path, json.dumps(LOG), name)
    assert recognise(source).name == "step"
    other = file(tmp_path, json.dumps(LOG, indent=3, sort_keys=True), f"{name}2")
    assert read_runs(other)[0].key == read_runs(source)[0].key
    changed = file(tmp_path, json.dumps({**LOG, "task": "tasks/2.json"}), f"{name}3")
    assert read_runs(changed)[0].key != read_runs(source)[0].key


def test_what_is_packed_is_read_all_the_same(tmp_path):
    """Gzip is unpacked, and no further than the largest file there may be."""
    packed = file(tmp_path, gzip.compress(json.dumps(LOG).encode(), mtime=5))
    assert recognise(packed).name == "step"
    assert packed.key == file(tmp_path, json.dumps(LOG), "y").key


@pytest.mark.parametrize(
    "data",
    [b"", b"\0" * 100, b"\x1f\x8b broken", b"{", b"[" * 100_000, b'{"trajectory": [1]}', b"<html></html>", b"9" * 5000],
    ids=["nothing", "zeros", "gzip", "cut", "deep", "no rows", "html", "number"],
)
def test_what_is_none_of_these_is_refused_with_a_reason(tmp_path, data):
    """Never a traceback of ours, never an episode."""
    with pytest.raises(BadRecording) as told:
        read_runs(file(tmp_path, data))
    assert str(told.value).endswith(".")


def test_json_is_made_harmless(tmp_path):
    """Half surrogate pairs, NaN, infinities and endless nesting never reach a reader."""
    deep = json.loads("[" * 200 + "]" * 200)
    text = json.dumps({"a": "\ud800x", "b": float("nan"), "c": 1e400, "\udfff": deep})
    found = file(tmp_path, text.encode()).json
    assert found["a"] == "\ufffdx"
    assert (found["b"], found["c"]) == (None, None)
    json.dumps(found, allow_nan=False).encode()
    depth, inner = 0, found["\ufffd"]
    while isinstance(inner, list) and inner:
        depth, inner = depth + 1, inner[0]
    assert depth < MAX_DEPTH
    assert inner == "(nested too deep)"


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_harmless_json_stays_what_it_was(value):
    """Whatever is proper JSON comes back equal; the rest can be written as proper JSON."""
    found = harmless(value)
    text = json.dumps(found, allow_nan=False)
    assert json.loads(text) == found
    assert harmless(found) == found


def test_files_beside_are_those_of_its_own_folder(tmp_path):
    """A name never leads out of the folder, not even over a link."""
    folder = tmp_path / "in"
    (folder / "pictures").mkdir(parents=True)
    (tmp_path / "secret").write_text("no")
    (folder / "pictures" / "1.png").write_bytes(b"yes")
    (folder / "link").symlink_to(tmp_path / "secret")
    source = file(folder, "{}")
    assert source.beside("pictures/1.png") == b"yes"
    for name in ("../secret", str(tmp_path / "secret"), "link", "nowhere", "", None, 5, "a\0b", "x" * 5000, "pictures"):
        assert source.beside(name) is None


def test_every_format_has_a_name_of_its_own():
    """Names are what `import` prints."""
    assert len({one.name for one in RUN_FORMATS}) == len(RUN_FORMATS)


@pytest.mark.foreign
@pytest.mark.parametrize(
    ("folder", "name"),
    [("step-logs", "step"), ("webarena-render", "webarena-html"), ("online-mind2web", "online-mind2web")],
)
def test_files_of_others_are_recognised(folder, name):
    """Every file of a kind, by its content."""
    files = [path for path in foreign(folder).rglob("*") if path.is_file()]
    assert {recognise(Source(path)).name for path in files} == {name}


def test_how_a_run_is_packed_makes_no_other_of_it(tmp_path):
    """Recompressed, with lines that end otherwise, archived in another order: the same key."""
    text = json.dumps(LOG)
    fast, small = (file(tmp_path, gzip.compress(text.encode(), level, mtime=level), f"g{level}") for level in (1, 9))
    assert fast.key == small.key == file(tmp_path, text, "plain").key
    lines = "a page\nof two lines"
    assert file(tmp_path, lines.replace("\n", "\r\n"), "w").key == file(tmp_path, lines, "u").key
    keys = set()
    for way, names in ((zipfile.ZIP_STORED, "ab"), (zipfile.ZIP_DEFLATED, "ba")):
        with zipfile.ZipFile(tmp_path / f"{way}.zip", "w", way) as archive:
            for name in names:
                archive.writestr(name, name * 100)
        keys.add(Source(tmp_path / f"{way}.zip").key)
    assert len(keys) == 1
