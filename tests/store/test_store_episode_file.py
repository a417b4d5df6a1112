"""Episode files: what is committed stays, what is damaged or foreign is refused with a clear message."""

import random
import sqlite3
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from store.blobs import MAX_TEXT, Packed, content_hash, pack_text, unpack_text
from store.episode_file import FULL_COPY_EVERY, EpisodeFile
from store.episode_schema import SCHEMA
from store.errors import DiskFull, NewerSchema, NotAnEpisode, NotFound, StoreError


@pytest.fixture
def file(tmp_path: Path):
    made = EpisodeFile.create(tmp_path / "one.episode")
    yield made
    made.close()


@given(st.lists(st.text(max_size=200), max_size=60))
def test_texts_read_back_through_their_deltas(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    """Every text comes back, however long the chain of deltas before it, also from a fresh connection."""
    path = tmp_path_factory.mktemp("deltas") / "t.episode"
    made = EpisodeFile.create(path)
    keys = [content_hash(text.encode("utf-8", "surrogatepass")) for text in texts]
    for key, text in zip(keys, texts, strict=True):
        made.put_text(key, text, "observation")
    made.commit()
    made.close()
    opened = EpisodeFile.open(path)
    order = list(zip(keys, texts, strict=True))
    random.Random(0).shuffle(order)
    assert [opened.text(key) for key, _ in order] == [text for _, text in order]
    opened.close()


def test_a_delta_is_much_smaller_than_a_full_copy(file: EpisodeFile) -> None:
    """Two pages that differ in a line cost about one page."""
    rows = [f"[{n}] cell 'value {n * 7919 % 1000}'" for n in range(800)]
    first = "\n".join(rows)
    second = "\n".join([*rows[:400], "[400] cell 'changed'", *rows[401:]])
    delta = pack_text(second, "base", first)
    assert len(delta.data) * 10 < len(pack_text(second).data)
    assert unpack_text(delta, first) == second


def test_a_chain_of_deltas_is_cut_after_twenty(file: EpisodeFile) -> None:
    """Reading a text never unpacks more than a bounded number of others."""
    for n in range(3 * FULL_COPY_EVERY):
        file.put_text(content_hash(str(n).encode()), f"text {n}" * 20, "observation")
    file.commit()
    with sqlite3.connect(file.path) as db:
        longest, full = db.execute("SELECT max(chain), sum(base IS NULL) FROM blob").fetchone()
    db.close()
    assert (longest, full) == (FULL_COPY_EVERY - 1, 3)


def test_a_newer_schema_is_refused(file: EpisodeFile) -> None:
    """The message says which schema was met and that the file was left alone."""
    file.put_meta("schema", str(SCHEMA + 1).encode())
    file.commit()
    with pytest.raises(NewerSchema, match=f"schema {SCHEMA + 1}.*left as it is"):
        EpisodeFile.open(file.path)


@pytest.mark.parametrize("content", [b"", b"not a database at all", b"SQLite format 3\x00" + b"\x00" * 200])
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    """A file that is no episode is named and left as it is."""
    path = tmp_path / "other.episode"
    path.write_bytes(content)
    with pytest.raises(NotAnEpisode, match=r"other\.episode"):
        EpisodeFile.open(path)
    assert path.read_bytes() == content


def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    """Opening never creates."""
    with pytest.raises(NotFound):
        EpisodeFile.open(tmp_path / "none.episode")
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_never_overwritten(file: EpisodeFile) -> None:
    """Creating over an episode is refused."""
    with pytest.raises(StoreError, match="never overwritten"):
        EpisodeFile.create(file.path)


def test_a_full_disk_keeps_what_was_committed(file: EpisodeFile) -> None:
    """Running out of room is one clear error, and everything before it can be read."""
    file.put_text("a" * 32, "kept", "text")
    file.commit()
    with sqlite3.connect(file.path) as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.close()
    file._db.execute(f"PRAGMA max_page_count = {pages + 1}")
    noise = random.Random(0).randbytes(200_000).hex()
    with pytest.raises(DiskFull, match="Everything before this step is kept"):
        file.put_text("b" * 32, noise, "text")
    reopened = EpisodeFile.open(file.path)
    assert reopened.text("a" * 32) == "kept"
    reopened.close()


def test_a_text_that_claims_to_be_huge_is_refused() -> None:
    """A small blob cannot make a reader unpack without limit."""
    bomb = zstandard.ZstdCompressor().compress(b"\0" * (MAX_TEXT + 1))
    with pytest.raises(NotAnEpisode, match="more than"):
        unpack_text(Packed("zstd", bomb, 10))


def test_deltas_in_a_circle_are_refused(file: EpisodeFile) -> None:
    """A damaged file cannot make a reader run for ever."""
    for key, base in (("a" * 32, "b" * 32), ("b" * 32, "a" * 32)):
        file._execute("INSERT INTO blob VALUES (?, 'text', 'zstd-delta', 1, ?, 1, ?)", (key, base, b"x"))
    with pytest.raises(NotAnEpisode, match="without end"):
        file.text("a" * 32)


@pytest.mark.parametrize("cell", ["text", 4_000_000_000])
def test_cells_of_another_kind_are_damage(file: EpisodeFile, cell: object) -> None:
    """A cell may hold anything in a file from elsewhere: a number does not become that many bytes."""
    file._execute("INSERT INTO thumb VALUES ('a', ?)", (cell,))
    with pytest.raises(NotAnEpisode, match="damaged"):
        file.thumb("a")
