"""Files that mean harm whatever their format: odd names, links and sizes, archives, episode files; and all cases."""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import sqlite3
import stat
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from bench.hostile_bundles import flawed
from bench.hostile_cases import CANARY, SVG, Case, mixed, png, put, step_log, trace_lines
from bench.hostile_own import FORMS, own

LEAST_MIXED = 100
"""Formats under attack that there are at least where every special file is there too."""
EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "episodes" / "run-ffffb3e79492cf91cbc4.episode"
BLOCK = 64 * 2**20
PICKLE = b"\x80\x04cos\nsystem\n(S'touch hacked'\ntR."
NAMES = (
    "<img src=x onerror=window.hacked=1>.json",
    "-rf --json",
    "a\nb\r.json",
    "\u202egnp.json",
    "'; $(touch hacked) #",
    "x" * 240,
    ".. .json",
    "%2e%2e%2fetc",
    "con.json",
)
CLIMBING = (
    "../../hacked.json",
    "/tmp/hacked.json",
    "..\\..\\hacked.json",
    "C:\\hacked.json",
    "a/../../../hacked",
    "\u202e/../x",
)


def cases(count: int) -> list[Case]:
    """That many: every odd file, archive and episode file where there is room, and formats under attack."""
    special = [*files(), *archives(), *_episodes(), *own(), *flawed()]
    others = list(mixed(1 + count // 120, FORMS))
    chance = random.Random(count)
    chance.shuffle(others)
    if count >= len(special) + LEAST_MIXED:
        return [*special, *others][:count]
    return [*chance.sample(special, count // 2), *others[: count - count // 2]]


# -- files -------------------------------------------------------------------------------------------------------------


def files() -> Iterator[Case]:
    """Odd names, links, sizes, and things that are no files."""
    log = json.dumps(step_log()).encode()
    for number, name in enumerate(NAMES):
        yield Case(f"file: name {number}", partial(_called, name=name, data=log))
    yield Case("file: a line of 1 GB", _huge_line)
    yield Case("file: a link to a file outside", lambda folder: _link(folder / "link.json", Path("/etc/passwd")))
    yield Case("file: a link to nothing", lambda folder: _link(folder / "link.json", folder / "nothing"))
    yield Case("file: a link to itself", lambda folder: _link(folder / "link.json", folder / "link.json"))
    yield Case("file: a pipe", _pipe)
    yield Case("file: a device", lambda folder: Path("/dev/zero"))
    yield Case("file: a folder that holds itself", _looped)
    yield Case("file: gzip of 4 GB", lambda folder: put(folder / "a.json.gz", gzip.compress(b"[" * BLOCK, 1) * 64))
    yield Case("file: a pickle", lambda folder: put(folder / "a.pkl", PICKLE))
    yield Case(
        "file: lists without end", lambda folder: put(folder / "a.json", b'{"trajectory":[' + b"[]," * 30_000_000)
    )
    yield Case("file: a folder of AgentLab", _agentlab)


def _called(folder: Path, name: str, data: bytes) -> Path:
    return put(folder / name, data)


def _huge_line(folder: Path) -> Path:
    path = put(folder / "long.json", b'{"trajectory": [{"objective": "')
    os.truncate(path, 1024**3)
    return path


def _link(path: Path, to: Path) -> Path:
    path.symlink_to(to)
    return path


def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe.json")
    return folder / "pipe.json"


def _looped(folder: Path) -> Path:
    inner = folder / "a"
    inner.mkdir()
    (inner / "again").symlink_to(folder, target_is_directory=True)
    put(inner / "log.json", json.dumps(step_log()).encode())
    return folder


def _agentlab(folder: Path) -> Path:
    put(folder / "summary_info.json", json.dumps({"n_steps": -1, "err_msg": CANARY}).encode())
    put(folder / "step_0.pkl.gz", gzip.compress(PICKLE))
    put(folder / "screenshot_step_0.png", png(claimed=(10_000, 10_000)))
    put(folder / "experiment.log", CANARY.encode() * 100)
    return folder


# -- archives ----------------------------------------------------------------------------------------------------------


def archives() -> Iterator[Case]:
    """Zips that climb out, unpack without end, or lie about themselves."""
    log = json.dumps(step_log())
    bundle = json.dumps({"format": "stepscope-bundle/1", "label_set": CANARY, "policy_set": "../../x"})
    trace = "\n".join(json.dumps(one) for one in trace_lines())
    for number, name in enumerate(CLIMBING):
        yield _zipped(f"climbs out {number}", (name, log), ("log.json", log))
        yield _zipped(f"a trace beside it {number}", (name, log), ("a.trace", trace))
        yield _zipped(f"a bundle {number}", ("bundle.json", bundle), (f"episodes/{name}", log))
    yield _zipped("links", ("passwd.json", "/etc/passwd"), ("x", "../.."), mode=stat.S_IFLNK)
    yield _zipped("the same name twice", ("a.trace", trace), ("a.trace", "{}"), ("A.trace", trace))
    yield _zipped("names of script", (f"{CANARY[:200]}.json", log), ("b.json", log))
    yield _zipped("a bundle without head", ("bundle.json", "[" * 100_000), ("manifest.json", "{}"))
    yield _zipped("300 MB of nothing", ("zeros.json", "[" * 300_000_000))
    yield _zipped("a trace of one line", ("a.trace", '{"type": "' + "x" * 50_000_000), ("b.trace", trace))
    yield _zipped("70,000 files", *((f"{number}", "") for number in range(70_000)))
    yield Case("zip: 3 GB of a trace", partial(_bomb, name="a.trace"))
    yield Case("zip: 3 GB of JSON", partial(_bomb, name="a.json"))
    yield Case("zip: within a zip within a zip", _within)
    yield Case("zip: lies about sizes", _lying)
    yield Case(
        "zip: cut", lambda folder: put(folder / "cut.zip", _zip(folder, [("a.trace", trace)]).read_bytes()[:-30])
    )
    yield Case("zip: snapshots that double", _doubling)


def _zipped(name: str, *members: tuple[str, str], mode: int = 0) -> Case:
    return Case(f"zip: {name}", lambda folder: _zip(folder, members, mode))


def _zip(folder: Path, members: Any, mode: int = 0, times: int = 1) -> Path:
    """An archive; `times` lists each member that often, all of them in one place."""
    path = folder / "file.zip"
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore", UserWarning)
        for name, data in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (mode | 0o644) << 16
            archive.writestr(info, data)
        archive.filelist *= times
    return path


def _bomb(folder: Path, name: str) -> Path:
    return _zip(folder, [(name, b"[" * BLOCK)], times=48)


def _within(folder: Path) -> Path:
    data, name = json.dumps(step_log()).encode(), "log.json"
    for _ in range(20):
        data, name = _zip(folder, [(name, data)]).read_bytes(), "inner.zip"
    return folder / "file.zip"


def _lying(folder: Path) -> Path:
    """A member that says it is 10 bytes and unpacks to 100 MB."""
    data = _zip(folder, [("a.trace", "[" * 100_000_000)]).read_bytes()
    return put(folder / "lying.zip", data.replace(struct.pack("<I", 100_000_000), struct.pack("<I", 10)))


def _doubling(folder: Path) -> Path:
    """Each page is the one before, four times."""
    lines = trace_lines()[:1]
    for number in range(400):
        page = ["HTML", {}, "a", [[1, 1]], [[1, 1]], [[1, 1]], [[1, 1]]] if number else ["HTML", {}, "a" * 20_000]
        told = {
            "callId": str(number),
            "phase": "before",
            "pageId": "p",
            "frameId": "f",
            "html": page,
            "timestamp": number,
        }
        call = {"type": "before", "callId": str(number), "startTime": number, "class": "Frame", "method": "click"}
        lines.append({**call, "pageId": "p", "params": {"selector": "p"}})
        lines.append(
            {"type": "frame-snapshot", "snapshot": {**told, "isMainFrame": True, "frameUrl": "http://a.test/"}}
        )
    return _zip(folder, [("a.trace", "\n".join(map(json.dumps, lines)))])


# -- episode files -----------------------------------------------------------------------------------------------------

HEADER = "UPDATE meta SET value = CAST(json_set(CAST(value AS TEXT), {}) AS BLOB) WHERE key = 'episode'"
STEP = "UPDATE step SET body = json_set(body, {})"
FRAME = "UPDATE frame SET body = json_set(body, {})"
IN_STEP = "UPDATE step SET body = replace(body, '\"seq\":', '{}\"seq\":')"
PICTURE = "UPDATE blob SET encoding = 'webp', base = NULL, data = ? WHERE kind = 'picture'"
ENDLESS = (
    "ALTER TABLE step RENAME TO other; CREATE VIEW step AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 "
    "FROM n) SELECT 1 AS derivation, x AS seq, 'u' || x AS uid, '{}' AS body FROM n"
)
EDITS: dict[str, tuple[str, object]] = {
    "script in steps": (STEP.format("'$.action', ?"), CANARY),
    "script in reasons": (STEP.format("'$.reason', ?, '$.error', ?"), CANARY),
    "script in frames": (FRAME.format("'$.objective', ?, '$.policy', ?"), CANARY),
    "script in addresses": ("UPDATE observation SET body = json_set(body, '$.url', ?, '$.title', ?)", CANARY),
    "script in the header": (HEADER.format("'$.objective', ?, '$.site', ?, '$.answer', ?"), CANARY),
    "script in targets": (STEP.format("'$.target', json_object('id', '1', 'role', ?, 'name', ?)"), CANARY),
    "an address of script": ("UPDATE observation SET body = json_set(body, '$.url', ?)", "javascript:window.hacked=1"),
    "its id climbs out": (HEADER.format("'$.id', ?"), "../../hacked"),
    "parents in a circle": (FRAME.format("'$.parent', json_extract(body, '$.id')"), None),
    "parents that are not there": (FRAME.format("'$.parent', 'nobody', '$.depth', -5"), None),
    "steps out of range": (FRAME.format("'$.first_step', -9, '$.last_step', 99999999"), None),
    "a million deep": (FRAME.format("'$.depth', 1000000"), None),
    "negative times": (STEP.format("'$.started', -1e12, '$.ended', -5"), None),
    "times without end": (IN_STEP.format('"started":1e999,"ended":NaN,'), None),
    "endless numbers": (IN_STEP.format('"started":' + "9" * 400 + ","), None),
    "wrong types": (STEP.format("'$.action', json('[1]'), '$.target', json('[]')"), None),
    "unknown fields": (STEP.format("'$.html', ?"), CANARY),
    "no JSON": ("UPDATE step SET body = ?", "[" * 100_000),
    "no steps": ("DELETE FROM step", None),
    "no frames": ("DELETE FROM frame", None),
    "a viewport without end": (HEADER.format("'$.viewport', json('[1000000000, -1]')"), None),
    "texts that are deltas to themselves": ("UPDATE blob SET encoding = 'zstd-delta', base = hash", None),
    "a text of 100 TB": (
        "UPDATE blob SET data = ? WHERE encoding LIKE 'zstd%'",
        b"\x28\xb5\x2f\xfd\xe0" + struct.pack("<Q", 10**14) + b"\0" * 9,
    ),
    "pictures that are pages": (PICTURE, SVG.encode()),
    "pictures of 100 megapixels": (PICTURE, png(claimed=(10_000, 10_000))),
    "thumbs that are script": ("UPDATE thumb SET data = ?", SVG.encode()),
    "a skeleton of its own": (
        "UPDATE meta SET value = ? WHERE key = 'skeleton'",
        json.dumps({"steps": CANARY}).encode(),
    ),
    "a number for a header": ("UPDATE meta SET value = 4000000000 WHERE key = 'episode'", None),
    "numbers for pictures": ("UPDATE blob SET data = 4000000000; UPDATE thumb SET data = 4000000000", None),
    "numbers for steps": ("UPDATE step SET body = 7; UPDATE frame SET body = 7", None),
    "a table that counts for ever": (ENDLESS, None),
    "a trigger": ("CREATE TRIGGER t AFTER INSERT ON meta BEGIN DELETE FROM step; END", None),
    "deep JSON": ("UPDATE raw SET body = ?", '{"a":' * 900 + "1" + "}" * 900),
    "a newer schema": ("UPDATE meta SET value = '99' WHERE key = 'schema'", None),
}
"""What is done to an example's file, with the value it is done with."""


def _episodes() -> Iterator[Case]:
    for name, (sql, value) in EDITS.items():
        yield Case(f"episode: {name}", partial(_edited, name=name, sql=sql, value=value))
    yield Case("episode: cut", lambda folder: put(folder / "cut.episode", EXAMPLE.read_bytes()[:9000]))
    yield Case("episode: noise", lambda folder: put(folder / "noise.episode", _noisy(EXAMPLE.read_bytes())))


def _noisy(data: bytes) -> bytes:
    chance, out = random.Random(5), bytearray(data)
    for _ in range(200):
        out[chance.randrange(100, len(out))] = chance.randrange(256)
    return bytes(out)


def _edited(folder: Path, name: str, sql: str, value: object) -> Path:
    """The example after this was done to it, under an id of its own."""
    path = folder / "file.episode"
    shutil.copyfile(EXAMPLE, path)
    db = sqlite3.connect(path)
    db.execute(HEADER.format("'$.id', ?"), (f"hostile-{zlib.crc32(name.encode()):x}",))
    whole = sql.startswith("CREATE TRIGGER")
    for one in [sql] if whole else sql.split("; "):
        db.execute(one, (value,) * one.count("?"))
    db.commit()
    db.close()
    return path
