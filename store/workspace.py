"""The workspace: a folder with the episode files, and one database for everything that is not inside an episode.

Bodies are JSON; the columns beside them are what is asked for. Nothing here is SQLite-only but the engine's URL.
The catalogue of episodes (store.catalogue) is derived and can be rebuilt; the rest is the record itself.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    delete,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from store.errors import Conflict, DiskFull, NewerSchema, NotFound, WorkspaceError

SCHEMA = 1
METADATA = MetaData()


def _keyed(name: str, *columns: Column[Any]) -> Table:
    """A table of JSON bodies by key, with the columns one asks for beside it."""
    key, at = Column("key", String(200), primary_key=True), Column("created", Float, nullable=False)
    return Table(name, METADATA, key, at, *columns, Column("body", Text, nullable=False))


def _indexed(name: str) -> Column[Any]:
    return Column(name, String(200), index=True)


TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        _keyed("label_run", _indexed("episode"), _indexed("labeller")),
        _keyed("label_report", _indexed("episode")),
        _keyed("label_set"),
        _keyed("calibration", _indexed("labeller")),
        _keyed("auto_acceptance", _indexed("labeller")),
        _keyed("prompt_set"),
        _keyed("prompt_check", _indexed("prompt_set")),
        _keyed("policy_event"),
        _keyed("weights", _indexed("prompt_set")),
        _keyed("llm_cache"),
        _keyed("llm_ledger", _indexed("run")),
        _keyed("annotation", _indexed("episode"), _indexed("kind")),
        _keyed("finding", _indexed("episode"), _indexed("version")),
        _keyed("saved_filter"),
        _keyed("setting"),
        _keyed("run"),
    )
}
"""Tables of JSON bodies by key."""

REVIEW = Table(
    "review_event",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("episode", String(64), nullable=False, index=True),
    Column("track", String(120), nullable=False),
    Column("number", Integer, nullable=False),
    Column("created", Float, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("episode", "track", "number"),
)
INFO = Table("workspace_info", METADATA, Column("schema", Integer, nullable=False))


class Workspace:
    """One workspace folder. Raises WorkspaceError or NewerSchema when it cannot be used."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.episodes_dir = root / "episodes"
        self.database = root / "workspace.sqlite"
        self.engine = _engine(self)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def put(self, table: str, key: str, body: dict[str, Any], **columns: Any) -> None:
        """Set a row; the creation time of an existing one is kept."""
        self.put_all(table, [(key, body, columns)])

    def put_all(self, table: str, rows: Iterable[tuple[str, dict[str, Any], dict[str, Any]]]) -> None:
        """Set rows (key, body, columns) in their order: nobody sees some of them without the others."""
        where = TABLES[table]
        with self.engine.begin() as db:
            for key, body, columns in rows:
                values = {"body": _json(body), **columns}
                changed = db.execute(update(where).where(where.c.key == key).values(**values))
                if changed.rowcount == 0:
                    db.execute(insert(where).values(key=key, created=time.time(), **values))

    def get(self, table: str, key: str) -> dict[str, Any]:
        """One body. Raises NotFound."""
        where = TABLES[table]
        with self.engine.connect() as db:
            row = db.execute(select(where.c.body).where(where.c.key == key)).first()
        if row is None:
            raise NotFound(f"There is no {table.replace('_', ' ')} {key!r} in {self.root}.")
        return _loaded(row[0])

    def rows(self, table: str, **equal: Any) -> list[dict[str, Any]]:
        """Bodies in order of creation, where the named columns have the given values."""
        where = TABLES[table]
        query = select(where.c.body).where(*(where.c[name] == value for name, value in equal.items()))
        with self.engine.connect() as db:
            return [_loaded(row[0]) for row in db.execute(query.order_by(where.c.created, where.c.key))]

    def keys(self, table: str, **equal: Any) -> list[str]:
        """Keys in order of creation, where the named columns have the given values."""
        where = TABLES[table]
        query = select(where.c.key).where(*(where.c[name] == value for name, value in equal.items()))
        with self.engine.connect() as db:
            return [row[0] for row in db.execute(query.order_by(where.c.created, where.c.key))]

    def count(self, table: str) -> int:
        """How many rows there are."""
        with self.engine.connect() as db:
            return int(db.execute(select(func.count()).select_from(TABLES[table])).scalar_one())

    def remove(self, table: str, key: str) -> None:
        """Take a row away, if it is there."""
        where = TABLES[table]
        with self.engine.begin() as db:
            db.execute(delete(where).where(where.c.key == key))

    def clear(self, table: str) -> None:
        """Take all its rows away."""
        with self.engine.begin() as db:
            db.execute(delete(TABLES[table]))

    def append(self, table: str, base: int, body: dict[str, Any]) -> int:
        """Append to a table of numbered rows after number `base`; returns the row's. Raises Conflict when it is not."""
        where = TABLES[table]
        try:
            with self.engine.begin() as db:
                current = int(db.execute(select(func.count()).select_from(where)).scalar_one())
                if current != base:
                    raise Conflict(current)
                db.execute(insert(where).values(key=f"{base + 1:08d}", created=time.time(), body=_json(body)))
        except IntegrityError as error:
            raise Conflict(base + 1) from error
        return base + 1

    def append_event(self, episode: str, track: str, base: int, body: dict[str, Any]) -> int:
        """Append a review event after number `base`; returns its number. Raises Conflict when base is not the last."""
        last = select(func.coalesce(func.max(REVIEW.c.number), 0)).where(
            REVIEW.c.episode == episode, REVIEW.c.track == track
        )
        try:
            with self.engine.begin() as db:
                current = int(db.execute(last).scalar_one())
                if current != base:
                    raise Conflict(current)
                row = {"episode": episode, "track": track, "number": base + 1, "created": time.time()}
                db.execute(insert(REVIEW).values(**row, body=_json(body)))
        except IntegrityError as error:
            raise Conflict(base + 1) from error
        return base + 1

    def events(self, episode: str, track: str, after: int = 0) -> list[dict[str, Any]]:
        """The review events of a track after number `after` in order, each body with its `number`."""
        query = select(REVIEW.c.number, REVIEW.c.body).where(
            REVIEW.c.episode == episode, REVIEW.c.track == track, REVIEW.c.number > after
        )
        with self.engine.connect() as db:
            return [{**_loaded(row[1]), "number": row[0]} for row in db.execute(query.order_by(REVIEW.c.number))]

    def tracks(self, episode: str | None = None) -> list[tuple[str, str]]:
        """(episode, track) of every track there is, or of one episode's."""
        query = select(REVIEW.c.episode, REVIEW.c.track).distinct().order_by(REVIEW.c.episode, REVIEW.c.track)
        if episode is not None:
            query = query.where(REVIEW.c.episode == episode)
        with self.engine.connect() as db:
            return [(row[0], row[1]) for row in db.execute(query)]

    def heads(self, episode: str | None = None) -> dict[tuple[str, str], tuple[int, float]]:
        """For (episode, track) of every track, or of one episode's: number and time of its last review event."""
        key = (REVIEW.c.episode, REVIEW.c.track)
        query = select(*key, func.max(REVIEW.c.number), func.max(REVIEW.c.created)).group_by(*key).order_by(*key)
        if episode is not None:
            query = query.where(REVIEW.c.episode == episode)
        with self.engine.connect() as db:
            return {(row[0], row[1]): (row[2], row[3]) for row in db.execute(query)}

    def labels_stamp(self) -> tuple[int, int]:
        """Two numbers that change with every review event and every label run."""
        with self.engine.connect() as db:
            last = db.execute(select(func.coalesce(func.max(REVIEW.c.id), 0))).scalar_one()
        return int(last), self.count("label_run")

    def forget_episode(self, episode: str) -> None:
        """Take away what only concerns one episode: labels, reviews, annotations, what was found."""
        with self.engine.begin() as db:
            for name in ("label_run", "label_report", "annotation", "finding"):
                db.execute(delete(TABLES[name]).where(TABLES[name].c.episode == episode))
            db.execute(delete(REVIEW).where(REVIEW.c.episode == episode))


@contextmanager
def alone(engine: Engine) -> Iterator[Connection]:
    """A transaction that waits for every other writer first: of two that open a new workspace one makes its tables."""
    with engine.connect() as db:
        db.exec_driver_sql("BEGIN IMMEDIATE")
        yield db
        db.commit()


def _engine(workspace: Workspace) -> Engine:
    try:
        workspace.episodes_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorkspaceError(_unusable(workspace.root, error)) from error
    if not os.access(workspace.root, os.W_OK):
        raise WorkspaceError(_unusable(workspace.root, "no permission to write"))
    engine = create_engine(f"sqlite:///{workspace.database}", connect_args={"timeout": 30})
    event.listen(engine, "connect", _prepare)
    try:
        with alone(engine) as db:
            METADATA.create_all(db)
            found = db.execute(select(INFO.c.schema)).scalar()
            if found is None:
                db.execute(insert(INFO).values(schema=SCHEMA))
    except SQLAlchemyError as error:
        engine.dispose()
        raise WorkspaceError(_unusable(workspace.root, getattr(error, "orig", error))) from error
    if found is not None and found > SCHEMA:
        engine.dispose()
        raise NewerSchema(
            f"The workspace {workspace.root} was written by a newer Stepscope (schema {found}; this one reads up to "
            f"{SCHEMA}). It was left as it is; open it with a newer version or set STEPSCOPE_HOME to another folder."
        )
    event.listen(engine, "handle_error", lambda met: _tell(workspace.root, met))
    return engine


def _tell(root: Path, met: ExceptionContext) -> None:
    """Raise our error for one the database met later on; a row that is there already is the caller's to understand."""
    if isinstance(met.sqlalchemy_exception, IntegrityError):
        return
    why = met.original_exception
    if "full" in str(why) or "disk I/O" in str(why):
        raise DiskFull(f"No room left in the workspace {root} ({why}). Nothing in it was changed. Free some space.")
    raise WorkspaceError(_unusable(root, why))


def _prepare(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


def _unusable(root: Path, why: object) -> str:
    damaged = "malformed" in str(why) or "not a database" in str(why)
    todo = (
        "Its episodes are files of their own: set STEPSCOPE_HOME to another folder and import them there."
        if damaged
        else "Make the folder writable, or set STEPSCOPE_HOME to another one."
    )
    return f"The workspace {root} cannot be used ({why}). Nothing in it was changed. {todo}"


def _json(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _loaded(text: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(text)
    return body
