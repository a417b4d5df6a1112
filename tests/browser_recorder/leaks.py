"""Looking for a secret in everything that was kept: every column of an episode file, blobs unpacked, keys joined.

A text is searched as it is and in the forms a page may give it: percent-encoded, as entities, escaped, in base64, in
other letters, with separators between digits. `leaks` takes a file, `found_in` any texts or bytes (prompts, exports).
"""

from __future__ import annotations

import base64
import html
import io
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus, unquote_plus

from PIL import Image, ImageChops

from store.blobs import Packed, unpack_text
from traces.model import Box
from traces.reader import EpisodeReader

SHORTEST = 4
"""Beginnings of so many characters are looked for too, if asked."""
BLACK = 24
"""A pixel whose brightest part is below this is black (pictures are compressed)."""


def leaks(path: Path, secret: str, *, beginnings: bool = False) -> list[str]:
    """Where the episode file holds the secret, as `place: form`; empty where it does not.

    With `beginnings` the first four and more of its characters count as well, standing as words of their own.
    """
    places = {**columns(path), **decoded(path)}
    assert any("." in place for place in places), f"{path} holds nothing to look through"
    return found_in(places, secret, beginnings=beginnings)


def found_in(places: Mapping[str, str | bytes], secret: str, *, beginnings: bool = False) -> list[str]:
    """Which of the texts hold the secret in some form, as `place: form`."""
    assert len(secret) >= SHORTEST, "a shorter secret would be found by chance"
    wanted = [*forms(secret), *([_starts(secret)] if beginnings else ())]
    found = set()
    for place, content in places.items():
        readings = [content.decode("utf-8", "replace")] if isinstance(content, bytes) else _readings(content)
        for text in readings:
            found |= {f"{place}: {name}" for name, pattern in wanted if pattern.search(text)}
    return sorted(found)


def forms(secret: str) -> list[tuple[str, re.Pattern[str]]]:
    """The ways a page or a file may write the secret, each with its name."""
    raw = secret.encode()
    plain = {
        "plain": secret,
        "percent": quote(secret, safe=""),
        "form": quote_plus(secret),
        "entity": html.escape(secret),
        "json": json.dumps(secret)[1:-1],
        "quoted": secret.replace("\\", "\\\\").replace("'", "\\'"),
        "backwards": secret[::-1],
        "hex": raw.hex(),
        "wide": "\0".join(secret),
    }
    loose = [(name, re.compile(re.escape(text), re.IGNORECASE)) for name, text in plain.items()]
    strict = [(f"base64+{shift}", re.compile(re.escape(core))) for shift, core in _base64(raw) if len(core) >= SHORTEST]
    spaced = re.compile(r"[ .\-\u00a0]?".join(re.escape(c) for c in secret)) if secret.isdigit() else None
    return [*loose, *strict, *([("spaced", spaced)] if spaced else [])]


def black_share(picture: bytes, box: Box, scale: float = 1.0) -> float:
    """How much of the box is black in the stored picture, 0 to 1; the box is clipped to the picture."""
    with Image.open(io.BytesIO(picture)) as image:
        corners = (box.x * scale, box.y * scale, (box.x + box.width) * scale, (box.y + box.height) * scale)
        part = image.convert("RGB").crop(tuple(round(edge) for edge in corners))
    red, green, blue = part.split()
    brightest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return sum(brightest.histogram()[:BLACK]) / (part.width * part.height)


def _starts(secret: str) -> tuple[str, re.Pattern[str]]:
    starts = "|".join(re.escape(secret[:end]) for end in range(SHORTEST, len(secret)))
    return "a beginning", re.compile(rf"(?<!\w)(?:{starts})(?!\w)", re.IGNORECASE)


def _base64(raw: bytes) -> Iterator[tuple[int, str]]:
    """What of the base64 text depends on the secret alone, wherever it begins in what was encoded."""
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
        first = (shift * 8 + 5) // 6
        yield shift, whole[first : (shift + len(raw)) * 8 // 6]


def _readings(text: str) -> Iterator[str]:
    """The text as it is, decoded once and twice, and with the other alphabet of base64."""
    once = html.unescape(unquote_plus(text))
    yield from {text, once, html.unescape(unquote_plus(once)), text.replace("-", "+").replace("_", "/")}


def columns(path: Path) -> dict[str, str | bytes]:
    """Every value of every table, and the bytes of the file and of what lies beside it."""
    found: dict[str, str | bytes] = {
        f"file {beside.name}": beside.read_bytes() for beside in path.parent.glob(f"{path.name}*") if beside.is_file()
    }
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            cursor = db.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            for number, row in enumerate(cursor):
                found |= {f"{table}.{name}[{number}]": _known(value) for name, value in zip(names, row, strict=True)}
    finally:
        db.close()
    return found


def _known(value: Any) -> str | bytes:
    return value if isinstance(value, bytes) else str(value)


def decoded(path: Path) -> dict[str, str | bytes]:
    """Blobs unpacked with their deltas, observations in lines, and the keys of the raw log joined."""
    with EpisodeReader(path) as reader:
        dump = reader.dump()
        skeleton = json.dumps(reader.skeleton(), ensure_ascii=False)
    found: dict[str, str | bytes] = {f"text.{key}": text for key, text in dump["texts"].items()}
    found |= {f"observation.{key}": json.dumps(seen, ensure_ascii=False) for key, seen in dump["observations"].items()}
    found |= {f"dump.{part}": json.dumps(dump[part], ensure_ascii=False) for part in ("episode", "steps", "raw")}
    found |= {f"unpacked.{key}": text for key, text in _unpacked(path).items()}
    return {**found, "skeleton.all": skeleton, "keys.joined": joined_keys(dump["raw"])}


def _unpacked(path: Path) -> dict[str, str]:
    """Every blob that is a text, unpacked from the table itself, whether or not anything refers to it."""
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        rows = db.execute("SELECT hash, encoding, size, base, data FROM blob WHERE kind != 'picture'").fetchall()
    finally:
        db.close()
    packed = {key: Packed(encoding, data, size, base) for key, encoding, size, base, data in rows}

    def text(key: str) -> str:
        base = packed[key].base
        return unpack_text(packed[key], text(base) if base is not None else None)

    return {key: text(key) for key in packed}


def joined_keys(raw: Iterable[Mapping[str, Any]]) -> str:
    """What the keys and texts of the log spell, in one line."""
    letters = (event["key"] for event in raw if event["kind"] == "key" and len(event.get("key") or "") == 1)
    texts = (event["text"] for event in raw if event["kind"] == "text" and event.get("text"))
    return "\n".join(["".join(letters), *texts])
