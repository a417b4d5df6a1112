"""Files that mean harm in the formats that are our own or are replayed: recordings, bundles, episode files, exports.

A bundle under attack has the right hashes, and an episode file the right tables: what is wrong lies deeper.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import zstandard

from bench.hostile_cases import CANARY, Case, Form, put

EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "episodes"
RUN, HUMAN = EXAMPLES / "run-ffffb3e79492cf91cbc4.episode", EXAMPLES / "0babb3b650584019.episode"
REIMPORTED = ("episode", "html", "json", "parquet", "speedscope", "chrome-trace", "otel", "browsergym", "webarena-html")
HEADER = "UPDATE meta SET value = CAST(json_set(CAST(value AS TEXT), {}) AS BLOB) WHERE key = 'episode'"
BODIES = ("derivation", "step", "frame", "call", "raw", "observation")
MANY_TEXTS, LONG_TEXT = 200, 60 * 2**20
"""Texts of so many bytes each that a file of a megabyte unpacks to."""


# -- recordings: their addresses are refused, so what is attacked is the reader and no page ----------------------------


def _codegen() -> Any:
    target = {"pageAlias": CANARY, "selector": f"text={CANARY}", "signals": [{"name": "dialog", "dialogAlias": CANARY}]}
    return [
        {"browserName": "chromium", "launchOptions": {"args": [CANARY]}},
        {"name": "openPage", "url": f"javascript:{CANARY}", "pageAlias": CANARY, "signals": []},
        {"name": "navigate", "url": "file:///etc/passwd", **target},
        {"name": "click", "button": "left", "modifiers": 5, "clickCount": 2, **target},
        {"name": "fill", "text": CANARY, "framePath": [CANARY], **target},
        {"name": "setInputFiles", "files": ["../../../etc/passwd"], **target},
        {"name": "select", "options": [CANARY], **target, "locator": {"kind": "role", "body": CANARY, "options": {}}},
    ]


def _devtools() -> Any:
    step = {"target": "main", "selectors": [[CANARY], [f"aria/{CANARY}"], ["xpath//a", "b"]], "frame": [0, 1]}
    return {
        "title": CANARY,
        "steps": [
            {"type": "setViewport", "width": 800, "height": 600, "deviceScaleFactor": 1},
            {"type": "navigate", "url": f"javascript:{CANARY}", "assertedEvents": [{"title": CANARY}]},
            {"type": "click", "offsetX": 1, "offsetY": 2, **step},
            {"type": "change", "value": CANARY, **step},
            {"type": "scroll", "x": 1, "y": 5, **step},
            {"type": "keyDown", "key": CANARY},
            {"type": "waitForExpression", "expression": "window.hacked = 1"},
        ],
    }


def _as_lines(value: str, folder: Path) -> Path:
    """A list, an entry a line; as it is where it is no list."""
    try:
        text = "\n".join(json.dumps(one) for one in json.loads(value))
    except (ValueError, RecursionError, TypeError):
        text = value.replace("}, {", "}\n{").strip("[]")
    return put(folder / "file.jsonl", text.encode("utf-8", "surrogatepass"))


def _as_devtools(value: str, folder: Path) -> Path:
    return put(folder / "file.recorder.json", value.encode("utf-8", "surrogatepass"))


# -- bundles and episode files whose every text is attacked ------------------------------------------------------------


def _bundle() -> Any:
    """The records of a bundle, by their files."""
    segment = {
        "id": "s1",
        "parent": None,
        "policy": CANARY,
        "first": "u1",
        "last": "u1",
        "args": [],
        "state": "proposed",
    }
    tree = {"episode": "e1", "uids": ["u1"], "segments": [segment]}
    note = {"id": CANARY, "episode": "0babb3b650584019", "kind": "note", "author": CANARY, "at": 5.0, "text": CANARY}
    return {
        "label_sets": [{"id": CANARY, "policy_set": CANARY, "created": 1.0, "author": CANARY, "trees": [tree]}],
        "label_runs": [{"id": CANARY, "episode": "e1", "labeller": CANARY, "created": 1.0, "tree": tree}],
        "annotations": [note, {**note, "id": "n2", "kind": "tag", "value": 1.0}],
        "policies": [{"name": CANARY, "description": CANARY, "parameters": [{"name": CANARY, "required": True}]}],
    }


def _as_bundle(value: str, folder: Path) -> Path:
    """A bundle with an episode; records that are no JSON stand in it as they are."""
    try:
        records = json.loads(value)
    except (ValueError, RecursionError):
        records = None
    rows = records if isinstance(records, dict) else {"annotations": value}
    texts = {f"{name}.jsonl": _lines(of).encode("utf-8", "surrogatepass") for name, of in rows.items()}
    head = {"format": "stepscope-bundle/1", "label_set": CANARY, "policy_set": "../../x"}
    return bundled(folder, {"bundle.json": json.dumps(head).encode(), **texts})


def _lines(rows: Any) -> str:
    return "\n".join(json.dumps(one) for one in rows) if isinstance(rows, list) else str(rows)


def bundled(folder: Path, files: dict[str, bytes], episodes: dict[str, bytes] | None = None) -> Path:
    """A bundle of these files and an episode, with a manifest that is right about them."""
    held = {**files, **(episodes or {f"episodes/{HUMAN.name}": HUMAN.read_bytes()})}
    facts = {
        name: {"rows": 1, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in held.items()
    }
    told = {
        "kind": "native",
        "label_set": CANARY,
        "prompt_set": None,
        "policy_set": CANARY,
        "options": {},
        "counts": {},
    }
    more = {"files": facts, "left_out": [], "left_out_by_reason": {}, "secrets": {}, "notes": [CANARY]}
    with zipfile.ZipFile(folder / "bundle.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", json.dumps({**told, **more}))
        for name, data in held.items():
            archive.writestr(name, data)
    return folder / "bundle.zip"


def _human() -> Any:
    """The rows of a person's demonstration, by their tables."""
    db = sqlite3.connect(f"{HUMAN.as_uri()}?mode=ro", uri=True)
    rows = {table: [json.loads(body) for (body,) in db.execute(f"SELECT body FROM {table}")] for table in BODIES}
    db.close()
    return rows


def _as_episode(value: str, folder: Path) -> Path:
    """The demonstration with these rows in the place of its own; what is no JSON is every row."""
    try:
        tables = json.loads(value)
    except (ValueError, RecursionError):
        tables = dict.fromkeys(BODIES, value)
    path = copied(HUMAN, folder, f"human-{hashlib.sha256(value.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}")
    with sqlite3.connect(path) as db:
        for table in BODIES:
            bodies = tables.get(table) if isinstance(tables, dict) else None
            for number, (row,) in enumerate(db.execute(f"SELECT rowid FROM {table} ORDER BY rowid").fetchall()):
                body = json.dumps(bodies[number]) if isinstance(bodies, list) and number < len(bodies) else str(bodies)
                told = body[: 2**20].encode("utf-8", "surrogatepass")
                db.execute(f"UPDATE {table} SET body = CAST(? AS TEXT) WHERE rowid = ?", (told, row))
    db.close()
    return path


FORMS: dict[str, Form] = {
    "codegen": (_codegen, _as_lines),
    "devtools": (_devtools, _as_devtools),
    "bundle": (_bundle, _as_bundle),
    "human": (_human, _as_episode),
}


# -- single files ------------------------------------------------------------------------------------------------------


def own() -> Iterator[Case]:
    """Bundles and episode files that unpack without end or lie about what their cells hold, and our exports again."""
    for format in REIMPORTED:
        yield Case(f"export: {format}", partial(_exported, format=format))
    yield Case("bundle: a line of 120 MB", partial(_long_bundle, begins=b'{"id": "', goes_on=b"xxxx"))
    yield Case("bundle: thirty million values", partial(_long_bundle, begins=b"[", goes_on=b"[],"))
    yield Case("episode: unpacks to 12 GB", _unpacks)
    yield Case("episode: a row of values without end", _values)
    yield Case("episode: a log beside it", _logged)
    yield Case("episode: another's log beside it", _journal)
    for name, changes in CELLS.items():
        yield Case(f"episode: {name}", partial(_changed, name=name, changes=changes))


CELLS: dict[str, Sequence[str]] = {
    "cells of numbers": ["UPDATE blob SET data = 1000000000000", "UPDATE thumb SET data = 99999999999"],
    "cells of text": ["UPDATE blob SET data = 'x'", "UPDATE raw SET at = 'never', kind = x'ff'"],
    "a header that is a number": ["UPDATE meta SET value = 99999999999 WHERE key = 'skeleton'"],
    "rows that are no text": ["UPDATE step SET body = 5", "UPDATE frame SET body = x'ff00'"],
    "rows that are no objects": ["UPDATE observation SET body = '[]'", "UPDATE raw SET body = 'null'"],
    "numbers of steps beyond all numbers": ["UPDATE step SET body = json_set(body, '$.call', 1e30)"],
    "a schema that is no number": ["UPDATE meta SET value = '²' WHERE key = 'schema'"],
    "an older schema": ["UPDATE meta SET value = '0' WHERE key = 'schema'"],
    "tables that are not there": ["DROP TABLE observation", "DROP TABLE raw"],
    "two steps of one name": ["UPDATE step SET uid = 'u', body = json_set(body, '$.uid', 'u')"],
}


def _exported(folder: Path, format: str) -> Path:
    """What we write of an episode whose texts are script."""
    from flows.transfer.episode_exports import export_episodes
    from flows.transfer.transfer import import_files
    from ui.standalone import viewer
    from wiring import Parts

    path = copied(RUN, folder, "exported")
    with sqlite3.connect(path) as db:
        db.execute("UPDATE step SET body = json_set(body, '$.reason', ?, '$.error', ?)", (CANARY, CANARY))
        db.execute(HEADER.format("'$.objective', ?, '$.answer', ?"), (CANARY, CANARY))
    db.close()
    with tempfile.TemporaryDirectory() as home:
        parts = Parts(Path(home))
        import_files(parts, [path])
        export_episodes(parts, ["exported"], format, folder / "out.zip", viewer=viewer())
        parts.close()
    return folder / "out.zip"


def copied(path: Path, folder: Path, id: str) -> Path:
    """An example under an id of its own."""
    to = folder / "file.episode"
    shutil.copyfile(path, to)
    with sqlite3.connect(to) as db:
        db.execute(HEADER.format("'$.id', ?"), (id,))
    db.close()
    return to


def _long_bundle(folder: Path, begins: bytes, goes_on: bytes) -> Path:
    line = begins + goes_on * 30_000_000
    head = {"format": "stepscope-bundle/1", "label_set": "x", "policy_set": "web"}
    return bundled(folder, {"bundle.json": json.dumps(head).encode(), "annotations.jsonl": line})


def _unpacks(folder: Path) -> Path:
    packed = zstandard.ZstdCompressor().compress(b" " * LONG_TEXT)
    rows = [(f"{number:032x}", "text", "zstd", LONG_TEXT, None, 0, packed) for number in range(MANY_TEXTS)]
    return _with(folder, "unpacks", lambda db: db.executemany("INSERT INTO blob VALUES (?, ?, ?, ?, ?, ?, ?)", rows))


def _values(folder: Path) -> Path:
    body = '{"a":[' + "[]," * 30_000_000 + "0]}"
    return _with(folder, "values", lambda db: db.execute("INSERT INTO raw VALUES (99999, 0, 'key', ?)", (body,)))


def _with(folder: Path, id: str, change: Callable[[sqlite3.Connection], Any]) -> Path:
    path = copied(RUN, folder, id)
    with sqlite3.connect(path) as db:
        change(db)
    db.close()
    return path


def _logged(folder: Path) -> Path:
    path = copied(RUN, folder, "logged")
    put(path.with_name(path.name + "-wal"), b"7\x7f\x06\x82" + b"\xff" * 5000)
    return path


def _journal(folder: Path) -> Path:
    path = copied(RUN, folder, "journal")
    put(path.with_name(path.name + "-journal"), b"\xd9\xd5\x05\xf9 \xa1c\xd7" + b"\xff" * 5000)
    return path


def _changed(folder: Path, name: str, changes: Sequence[str]) -> Path:
    def change(db: sqlite3.Connection) -> None:
        for one in changes:
            db.execute(one)

    return _with(folder, f"cells-{hashlib.sha256(name.encode()).hexdigest()[:8]}", change)
