"""What makes a SQLite file an episode file: its tables, its version, and what is refused before a row of it is read.

Raised errors say what was met, and that the file was left as it is. Its rows are the matter of `episode_file`.
"""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

from store.errors import NewerSchema, NotAnEpisode, NotFound, StoreError

FORMAT = "stepscope-episode"
SCHEMA = 3
MAX_CELL = 256 * 1024 * 1024
"""Bytes of a row of a file that is only read."""

TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE derivation (number INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE step (derivation INTEGER, seq INTEGER, uid TEXT NOT NULL, body TEXT NOT NULL,
                   PRIMARY KEY (derivation, seq));
CREATE INDEX step_uid ON step (uid);
CREATE TABLE frame (ord INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE call (number INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE raw (number INTEGER PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE observation (hash TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE blob (hash TEXT PRIMARY KEY, kind TEXT NOT NULL, encoding TEXT NOT NULL, size INTEGER NOT NULL,
                   base TEXT, chain INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE thumb (hash TEXT PRIMARY KEY, data BLOB NOT NULL);
"""


def created(path: Path) -> sqlite3.Connection:
    """A new database with the tables, written ahead to a log. Raises sqlite3's errors."""
    db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    db.execute("PRAGMA synchronous=OFF")  # an empty file need not outlive a power cut
    db.execute("PRAGMA journal_mode=WAL")
    db.executescript(f"BEGIN; {TABLES} COMMIT")
    db.execute("PRAGMA synchronous=NORMAL")
    db.execute("INSERT INTO meta VALUES ('format', ?), ('schema', ?)", (FORMAT, str(SCHEMA)))
    return db


def opened(path: Path, *, write: bool) -> tuple[sqlite3.Connection, bool]:
    """(the database of an existing file, whether it is sealed). Raises NotFound, NotAnEpisode or NewerSchema."""
    if not path.is_file():
        raise NotFound(f"There is no episode file at {path}.")
    try:
        db = _connected(path, write=write)
        _check_schema(path, db)
        meta = dict(db.execute("SELECT key, value FROM meta WHERE key IN ('format', 'schema')").fetchall())
        sealed = db.execute("SELECT 1 FROM meta WHERE key = 'skeleton'").fetchone() is not None
    except sqlite3.Error as error:
        raise NotAnEpisode(f"{path} is not an episode file, or is damaged ({error}). It was left as it is.") from error
    problem = _refusal(path, meta)
    if problem:
        db.close()
        raise problem
    return db, sealed


def _connected(path: Path, *, write: bool) -> sqlite3.Connection:
    mode = "rw" if write or _has_log(path) else "ro"
    db = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode={mode}", uri=True, check_same_thread=False, isolation_level=None
    )
    if not write:
        db.execute("PRAGMA query_only=ON")
        db.execute("PRAGMA trusted_schema=OFF")
        db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_CELL)
    return db


def _check_schema(path: Path, db: sqlite3.Connection) -> None:
    """Raises NotAnEpisode for a file that would compute instead of being read: a view, a trigger, a made-up column."""
    odd = db.execute("SELECT count(*) FROM sqlite_master WHERE type NOT IN ('table', 'index')").fetchone()[0]
    made_up = db.execute(
        "SELECT count(*) FROM sqlite_master WHERE sql LIKE '%GENERATED%' OR sql LIKE '%VIRTUAL%'"
    ).fetchone()[0]
    if odd or made_up:
        db.close()
        raise NotAnEpisode(
            f"{path} has views, triggers or computed columns, as no episode file has. It was left as it is."
        )


def _has_log(path: Path) -> bool:
    return path.with_name(path.name + "-wal").exists()


def _refusal(path: Path, meta: dict[str, Any]) -> StoreError | None:
    if _text(meta.get("format")) != FORMAT:
        return NotAnEpisode(f"{path} is a database, but not an episode file. It was left as it is.")
    schema = _text(meta.get("schema"))
    if not re.fullmatch("[0-9]{1,9}", schema) or int(schema) > SCHEMA:
        return NewerSchema(
            f"{path} was written by a newer Stepscope (schema {schema}; this one reads up to {SCHEMA}). "
            "It was left as it is; open it with a newer version."
        )
    return None


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
