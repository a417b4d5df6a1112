"""One SQLite file per episode: its rows (as JSON bodies) and its blobs. `traces` gives them meaning.

WAL while it is written, with a claim beside it that says that somebody does (store/claims.py); a single plain file once
sealed. The schema's version is inside. See docs/formats/episode.md.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from store import pictures
from store.blobs import Packed, pack_text, unpack_text
from store.claims import Claim
from store.episode_schema import created, opened
from store.errors import NotAnEpisode, NotFound, StoreError, translated

SUFFIX = ".episode"
MAX_VALUES = 16_000_000
"""JSON values in the rows of a table of a file from elsewhere: each takes far more memory than its bytes."""
MAX_HELD = 64 * 1024 * 1024
"""Characters of texts that are held in memory, in case the next one is a delta to them."""
TURN = 250
"""Steps that are read at once where all of a long episode are looked at."""
FULL_COPY_EVERY = 20
"""A text is stored whole after this many deltas, so that reading one unpacks at most that many."""


class EpisodeFile:
    """Rows and bytes of one episode. Safe to use from several threads; writes are grouped by `commit`."""

    def __init__(
        self, path: Path, connection: sqlite3.Connection, claim: Claim | None = None, *, sealed: bool = False
    ) -> None:
        self.path = path
        self._db = connection
        self._claim = claim
        self._sealed = sealed
        self._lock = threading.RLock()
        self._texts: OrderedDict[str, str] = OrderedDict()
        self._held = 0
        self._last: dict[str, tuple[str, int]] = {}
        self._whole: pictures.Whole | None = None

    @classmethod
    def create(cls, path: Path) -> EpisodeFile:
        """A new file. Raises StoreError when it exists or cannot be written."""
        if path.exists():
            raise StoreError(f"{path} exists already; an episode file is never overwritten")
        path.parent.mkdir(parents=True, exist_ok=True)
        claim = Claim.take(path)
        try:
            db = created(path)
            db.execute("BEGIN")
        except sqlite3.Error as error:
            claim.release(done=True)
            raise translated(error, path) from error
        return cls(path, db, claim)

    @classmethod
    def open(cls, path: Path, *, write: bool = False) -> EpisodeFile:
        """An existing file. Raises NotAnEpisode, NewerSchema or NotFound, each saying what it met.

        To `write` raises Claimed while somebody else does.
        """
        db, sealed = opened(path, write=write)
        if not write:
            return cls(path, db, sealed=sealed)
        try:
            claim = Claim.take(path)
        except StoreError:
            db.close()
            raise
        db.execute("BEGIN")
        return cls(path, db, claim, sealed=sealed)

    def close(self) -> None:
        """Let go of the file; what was not committed is lost."""
        with self._lock:
            self._db.close()
            if self._claim is not None:
                self._claim.release(done=self._sealed)

    def commit(self) -> None:
        """Make everything since the last commit durable, in one transaction."""
        with self._writing():
            self._db.execute("COMMIT")
            self._db.execute("BEGIN")

    def seal(self) -> None:
        """Turn the file into a single plain one without write-ahead log; it can then be sent to anybody.

        What was written is on the disk when this returns. That it is a plain file may follow: a power cut before leaves
        it with an empty log.
        """
        with self._writing():
            self._db.execute("COMMIT")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._db.execute("PRAGMA synchronous=OFF")
            self._db.execute("PRAGMA journal_mode=DELETE")
            self._db.execute("BEGIN")
            self._sealed = True

    # -- rows -----------------------------------------------------------------------------------------------------

    def put_meta(self, key: str, value: bytes) -> None:
        """Set a named value of the file."""
        self._execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def get_meta(self, key: str) -> bytes | None:
        """A named value, or None."""
        row = self._one("SELECT value FROM meta WHERE key = ?", (key,))
        return None if row is None else self._bytes(row[0])

    def put_step(self, derivation: int, seq: int, uid: str, body: dict[str, Any]) -> None:
        """Set the step at a position of a derivation."""
        self._execute("INSERT OR REPLACE INTO step VALUES (?, ?, ?, ?)", (derivation, seq, uid, _json(body)))

    def drop_steps(self, derivation: int, first_seq: int) -> None:
        """Take away the steps of a derivation from a position on (an unfinished recording's tail is re-read)."""
        self._execute("DELETE FROM step WHERE derivation = ? AND seq >= ?", (derivation, first_seq))

    def steps(self, derivation: int, since: int = 0) -> list[dict[str, Any]]:
        """The steps of a derivation in order, from a position on."""
        return self._bodies("SELECT body FROM step WHERE derivation = ? AND seq >= ? ORDER BY seq", (derivation, since))

    def steps_in_turn(self, derivation: int) -> Iterator[list[dict[str, Any]]]:
        """The steps of a derivation in order, a few hundred at a time; the file is free for others between them."""
        sql = "SELECT seq, body FROM step WHERE derivation = ? AND seq > ? ORDER BY seq LIMIT ?"
        last: float = float("-inf")
        while True:
            with self._reading():
                found = self._db.execute(sql, (derivation, last, TURN)).fetchall()
                bodies = [json.loads(body) for _, body in found]
            if not bodies:
                return
            yield bodies
            last = found[-1][0]

    def step(self, derivation: int, uid: str) -> dict[str, Any]:
        """One step. Raises NotFound."""
        rows = self._bodies("SELECT body FROM step WHERE derivation = ? AND uid = ?", (derivation, uid))
        if not rows:
            raise NotFound(f"This episode has no step {uid!r}.")
        return rows[0]

    def put_row(self, table: str, key: int, body: dict[str, Any]) -> None:
        """Set a numbered row of `frame`, `call` or `derivation`."""
        column = {"frame": "ord", "call": "number", "derivation": "number"}[table]
        self._execute(f"INSERT OR REPLACE INTO {table} ({column}, body) VALUES (?, ?)", (key, _json(body)))

    def each(self, table: str) -> Iterator[dict[str, Any]]:
        """All rows of a table one by one, none kept. Raises NotAnEpisode where they are too much, or no objects."""
        held = 0
        with self._reading():
            for (text,) in self._db.execute(f"SELECT body FROM {table}"):
                held += sum(map(str(text).count, ",[{"))
                if held > MAX_VALUES:
                    raise NotAnEpisode(f"{self.path} holds more than {MAX_VALUES:,} values. It was left as it is.")
                body = json.loads(text)
                if not isinstance(body, dict):
                    raise NotAnEpisode(f"{self.path} is damaged: a row is no object. It was left as it is.")
                yield body

    def rows(self, table: str) -> list[dict[str, Any]]:
        """All rows of `frame`, `call` or `derivation` in order."""
        column = {"frame": "ord", "call": "number", "derivation": "number"}[table]
        return self._bodies(f"SELECT body FROM {table} ORDER BY {column}", ())

    def calls_of(self, numbers: Collection[int]) -> list[dict[str, Any]]:
        """The rows of `call` with these numbers that there are, in order."""
        return self._bodies(
            "SELECT body FROM call WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number",
            (json.dumps(list(numbers)),),
        )

    def calls(self, first: int, last: int) -> list[dict[str, Any]]:
        """The rows of `call` with these numbers, both included, in order."""
        return self._bodies("SELECT body FROM call WHERE number BETWEEN ? AND ? ORDER BY number", (first, last))

    def open_since(self, seq: int) -> list[tuple[int, dict[str, Any]]]:
        """(place, row) of each `frame` that is open, or was at a step or after it; in order."""
        sql = (
            "SELECT ord, body FROM frame WHERE coalesce(json_extract(body, '$.end'), 'open') = 'open' "
            "OR json_extract(body, '$.last_step') >= ? ORDER BY ord"
        )
        with self._reading():
            return [(place, json.loads(body)) for place, body in self._db.execute(sql, (seq,))]

    def written(self) -> float:
        """When something was last written, in seconds since 1970."""
        files = (self.path, self.path.with_name(self.path.name + "-wal"))
        return max((file.stat().st_mtime for file in files if file.exists()), default=0.0)

    def row(self, table: str, key: int) -> dict[str, Any]:
        """One numbered row. Raises NotFound."""
        column = {"frame": "ord", "call": "number", "derivation": "number"}[table]
        rows = self._bodies(f"SELECT body FROM {table} WHERE {column} = ?", (key,))
        if not rows:
            raise NotFound(f"This episode has no {table} {key}.")
        return rows[0]

    def add_raw(self, number: int, at: float, kind: str, body: dict[str, Any]) -> None:
        """Append a raw event; never changed afterwards."""
        self._execute("INSERT INTO raw VALUES (?, ?, ?, ?)", (number, at, kind, _json(body)))

    def raw(self, kind: str | None = None) -> list[tuple[int, float, str, dict[str, Any]]]:
        """The raw events (number, milliseconds, kind, body) in order: all, or those of a kind."""
        query = "SELECT number, at, kind, body FROM raw WHERE ?1 IS NULL OR kind = ?1 ORDER BY number"
        with self._reading():
            found = self._db.execute(query, (kind,)).fetchall()
        return [(number, at, kind, json.loads(body)) for number, at, kind, body in found]

    def put_observation(self, key: str, body: dict[str, Any]) -> None:
        """Keep an observation's row; its texts are blobs."""
        self._execute("INSERT OR IGNORE INTO observation VALUES (?, ?)", (key, _json(body)))

    def observation(self, key: str) -> dict[str, Any]:
        """One observation's row. Raises NotFound."""
        rows = self._bodies("SELECT body FROM observation WHERE hash = ?", (key,))
        if not rows:
            raise NotFound(f"This episode has no observation {key!r}.")
        return rows[0]

    def addresses(self, *keys: str) -> dict[str, str]:
        """The address of these observations' pages (of all, where none is named) by name; none where it is no text."""
        where = f" WHERE hash IN ({','.join('?' * len(keys))})" if keys else ""
        with self._reading():
            rows = self._db.execute(
                f"SELECT hash, json_extract(body, '$.url') FROM observation{where}", keys
            ).fetchall()
        return {key: url for key, url in rows if isinstance(url, str)}

    def observation_hashes(self) -> list[str]:
        """Every observation's name."""
        with self._reading():
            return [row[0] for row in self._db.execute("SELECT hash FROM observation ORDER BY rowid")]

    # -- blobs ----------------------------------------------------------------------------------------------------

    def has_blob(self, key: str) -> bool:
        """Whether these bytes are kept already."""
        return self._one("SELECT 1 FROM blob WHERE hash = ?", (key,)) is not None

    def put_text(self, key: str, text: str, kind: str) -> None:
        """Keep a text under its hash, as a delta to the last one of its kind where that is smaller work."""
        if self.has_blob(key):
            return
        base_hash, chain = self._last.get(kind, (None, FULL_COPY_EVERY))
        if base_hash is None or chain + 1 >= FULL_COPY_EVERY:
            packed, chain = pack_text(text), 0
        else:
            packed, chain = pack_text(text, base_hash, self.text(base_hash)), chain + 1
        self._put_blob(key, kind, packed, chain)
        self._last[kind] = (key, chain)
        self._remember(key, text)

    def text(self, key: str) -> str:
        """A kept text, deltas applied. Raises NotFound or NotAnEpisode."""
        chain: list[tuple[str, Packed]] = []
        wanted: str | None = key
        text: str | None = None
        while wanted is not None and (text := self._texts.get(wanted)) is None:
            packed = self._blob(wanted)
            if packed.encoding not in ("zstd", "zstd-delta"):
                raise NotFound(f"{wanted!r} names no text of this episode.")
            if len(chain) > FULL_COPY_EVERY:
                raise NotAnEpisode(f"{self.path} is damaged: a text is a delta to a delta without end.")
            chain.append((wanted, packed))
            wanted = packed.base
        for name, packed in reversed(chain):
            text = unpack_text(packed, text)
            self._remember(name, text)
        return text or ""

    def put_picture(self, key: str, data: bytes) -> None:
        """Keep a picture (PNG or JPEG bytes) under its hash, with a thumbnail."""
        if self.has_blob(key):
            return
        pixels = pictures.opened(data)
        packed = pictures.pack(pixels, self._whole)
        if packed.base is None:
            self._whole = pictures.Whole(key, pixels, packed.size)
        self._put_blob(key, "picture", packed, 0 if packed.base is None else 1)
        self._execute("INSERT OR IGNORE INTO thumb VALUES (?, ?)", (key, pictures.thumbnail(pixels)))

    def picture(self, key: str) -> bytes:
        """A kept picture (WebP). Raises NotFound, or NotAnEpisode where it is damaged."""
        packed = self._blob(key)
        if packed.encoding == "webp":
            return packed.data
        if packed.encoding != "webp-patch" or packed.base is None:
            raise NotFound(f"{key!r} names no picture of this episode.")
        whole = self._blob(packed.base)
        if whole.encoding != "webp":
            raise NotAnEpisode(f"{self.path} is damaged: a picture's patch is to no whole picture.")
        return pictures.unpack(packed, whole.data)

    def patch(self, key: str) -> pictures.Patch | None:
        """A kept picture as a patch, None where it is kept whole. Raises NotFound or NotAnEpisode."""
        return pictures.patch_of(self._blob(key))

    def thumb(self, key: str) -> bytes | None:
        """The picture's thumbnail (WebP), or None."""
        row = self._one("SELECT data FROM thumb WHERE hash = ?", (key,))
        return None if row is None else self._bytes(row[0])

    def blob_keys(self) -> list[tuple[str, str]]:
        """(hash, kind) of everything kept, oldest first."""
        with self._reading():
            return [(row[0], row[1]) for row in self._db.execute("SELECT hash, kind FROM blob ORDER BY rowid")]

    def _put_blob(self, key: str, kind: str, packed: Packed, chain: int) -> None:
        row = (key, kind, packed.encoding, packed.size, packed.base, chain, packed.data)
        self._execute("INSERT OR IGNORE INTO blob VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def _blob(self, key: str) -> Packed:
        row = self._one("SELECT encoding, data, size, base FROM blob WHERE hash = ?", (key,))
        if row is None:
            raise NotFound(f"This episode keeps nothing under {key!r}.")
        return Packed(row[0], self._bytes(row[1]), row[2], row[3])

    def _bytes(self, cell: object) -> bytes:
        """A cell that holds bytes; a file from elsewhere may say a number, which must not become that many bytes."""
        if not isinstance(cell, bytes):
            raise NotAnEpisode(f"{self.path} is damaged: bytes are wanted where it has others. It was left as it is.")
        return cell

    def _remember(self, key: str, text: str) -> None:
        with self._lock:
            self._held += len(text) - len(self._texts.pop(key, ""))
            self._texts[key] = text
            while len(self._texts) > 1 and (len(self._texts) > 2 * FULL_COPY_EVERY or self._held > MAX_HELD):
                self._held -= len(self._texts.popitem(last=False)[1])

    # -- plumbing -------------------------------------------------------------------------------------------------

    def _execute(self, sql: str, values: tuple[Any, ...]) -> None:
        with self._writing():
            self._db.execute(sql, values)

    def _one(self, sql: str, values: tuple[Any, ...]) -> tuple[Any, ...] | None:
        with self._reading():
            row: tuple[Any, ...] | None = self._db.execute(sql, values).fetchone()
            return row

    def _bodies(self, sql: str, values: tuple[Any, ...]) -> list[dict[str, Any]]:
        with self._reading():
            return [json.loads(row[0]) for row in self._db.execute(sql, values)]

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except sqlite3.Error as error:
                raise translated(error, self.path) from error

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            with self._writing():
                yield
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            raise NotAnEpisode(f"{self.path} is damaged ({str(error)[:80]}). It was left as it is.") from error


def _json(body: dict[str, Any]) -> str:
    """As JSON; half a surrogate pair, which titles and replies may hold and SQLite cannot, is replaced."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
