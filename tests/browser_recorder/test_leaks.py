"""The search for secrets finds them in every form and place it promises: otherwise its silence would say nothing."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.browser_recorder.leaks import found_in, joined_keys, leaks
from traces.model import Episode, Observation
from traces.writer import EpisodeWriter

SECRET = "h&nt'er \"2"
FORMS = {
    "as it is": SECRET,
    "in an address": f"http://127.0.0.1/?q={quote(SECRET)}",
    "in an address in an address": f"http://127.0.0.1/?to={quote(quote(SECRET, safe=''), safe='')}",
    "in html": "h&amp;nt&#39;er &quot;2",
    "in json": json.dumps({"value": SECRET}),
    "in other letters": SECRET.upper(),
    "backwards": SECRET[::-1],
    "in base64": base64.b64encode(f"user:{SECRET}!".encode()).decode(),
    "as bytes": b"\xff\x00" + SECRET.encode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_found(form: str) -> None:
    """However it is written."""
    assert found_in({"place": FORMS[form]}, SECRET)


def test_beginnings_are_found_where_they_stand_alone() -> None:
    """`hunt` of `hunter2`, but not in `hunting`."""
    assert found_in({"place": "so far: hunt"}, "hunter2", beginnings=True) == ["place: a beginning"]
    assert found_in({"place": "hunting season"}, "hunter2", beginnings=True) == []


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=4, max_size=20), st.binary(max_size=5))
def test_base64_is_found_at_any_offset(secret: str, before: bytes) -> None:
    """Whatever stands before it in what was encoded."""
    assert found_in({"place": base64.b64encode(before + secret.encode() + b"..")}, secret)


def test_keys_are_joined() -> None:
    """A secret typed key by key is no word in any single row."""
    keys = [{"kind": "key", "key": letter} for letter in "hunter2"]
    assert joined_keys([{"kind": "press"}, *keys, {"kind": "key", "key": "Enter"}]).strip() == "hunter2"


def _written(folder: Path, *texts: str) -> Path:
    episode = Episode(id="leaky", actor="human", objective="o", site="s", start_url="http://x/", started=0.0)
    writer = EpisodeWriter.create(folder, episode)
    for text in texts:
        writer.put_observation(Observation(url="http://x/", title="t", text=text, boxes={}), None)
    return writer.seal(status="success")


def test_a_stored_text_is_found_in_its_delta(tmp_path: Path) -> None:
    """The second text is kept as a difference to the first, and what differs is the secret."""
    plain = "\n".join(f"[{i}] text 'line {i}'" for i in range(400))
    path = _written(tmp_path, plain, plain + "\n[401] text 'hunter2'")
    assert any(place.startswith("unpacked.") for place in leaks(path, "hunter2"))


def test_a_file_without_it_is_clean(tmp_path: Path) -> None:
    """Nothing is found by chance."""
    assert leaks(_written(tmp_path, "[1] text 'nothing here'"), "hunter2") == []
