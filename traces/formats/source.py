"""A file or folder from elsewhere, as readers of foreign runs see it: bounded, read once, never trusted.

What JSON cannot mean here is made harmless where it is read: half surrogate pairs, NaN, what is nested without end.
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import json
import os
import re
import stat
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from store.blobs import content_hash
from traces.draft import MOST_STEPS
from traces.formats.archive import Archive
from traces.formats.bounds import MAX_DEPTH, MAX_TEXT, MAX_VALUES, MB
from traces.formats.foreign import BadRecording

HEAD = 64 * 1024
_GZIP = b"\x1f\x8b"
_ZIP = b"PK"
_PACKED = 2
"""How often a file may be packed."""
_UTF8 = "utf-8-sig"
_HALF = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, eq=False)
class Source:
    """A file (or a folder that is one run). What cannot be read raises BadRecording with the reason."""

    path: Path

    @property
    def name(self) -> str:
        """The file's name: for messages, never to recognise it by."""
        return self.path.name

    @cached_property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return os.path.isdir(self.path)

    @cached_property
    def head(self) -> bytes:
        """Its first 64 kB as they are; nothing of a folder. Raises BadRecording where there is no file."""
        return b"" if self.is_folder else self._read(HEAD)

    @property
    def is_zip(self) -> bool:
        """Whether it begins as an archive does."""
        return self.head.startswith(_ZIP)

    @property
    def is_binary(self) -> bool:
        """Whether it is neither text nor packed. Text of two or four bytes a character has zeros, too."""
        return b"\0" in self.head and not self.head.startswith((_ZIP, _GZIP)) and _encoding(self.head) == _UTF8

    @cached_property
    def data(self) -> bytes:
        """Its bytes, unpacked when it is gzip. A file that is too large is refused before it is read."""
        if self._stat().st_size > MAX_TEXT:
            raise BadRecording(f"It is larger than {MAX_TEXT // MB} MB.")
        data = self._read(MAX_TEXT + 1)
        for _ in range(_PACKED):
            data = _unpacked(data) if data.startswith(_GZIP) else data
        if len(data) > MAX_TEXT:
            raise BadRecording(f"It is larger than {MAX_TEXT // MB} MB.")
        return data

    @cached_property
    def text(self) -> str:
        """Its text; bytes that are none are replaced. An archive or a folder has none."""
        return "" if self.is_zip or self.is_folder else self.data.decode(_encoding(self.data[:HEAD]), "replace")

    @property
    def json(self) -> Any:
        """Its JSON, or None where it is none. Of JSON that breaks off (`is_cut`) what came before the last entry."""
        return self._parsed[0]

    @property
    def why_no_json(self) -> str:
        """At which line it is no JSON; nothing where it is some."""
        return self._parsed[1]

    @property
    def is_cut(self) -> bool:
        """Whether it is JSON that ends in its middle, as that of a run that was killed."""
        return bool(self.why_no_json) and self.json is not None

    @cached_property
    def _parsed(self) -> tuple[Any, str]:
        try:
            return parsed_json(self.text), ""
        except BadRecording as error:
            return _cut_json(self.text, error.__cause__), str(error)

    @cached_property
    def lines(self) -> list[Any]:
        """Its lines of JSON; those that are none stay as text. Empty where it does not begin as one."""
        if not self.text.lstrip().startswith("{") or holds_too_much(self.text):
            return []
        return [_line(line) for line in self.text.split("\n")[:MOST_STEPS] if line.strip()]

    @cached_property
    def key(self) -> str:
        """A hash of its content, however it is packed and called.

        JSON counts without its spaces and the order of its names, text without how its lines end, an archive by what
        is in it.
        """
        if self.is_folder:
            files = sorted(path for path in self.path.iterdir() if path.is_file() and not path.is_symlink())
            return content_hash("\n".join(f"{path.name} {_hash(path)}" for path in files).encode())
        if self.is_zip:
            return _archive_key(self.path)
        return content_hash(self.data.replace(b"\r\n", b"\n") if self.json is None else _canonical(self.json))

    def names(self, folder: str) -> list[str]:
        """The files of a folder beside it, in order; none where there is no such folder, or a link stands for it."""
        beside = (self.path if self.is_folder else self.path.parent) / folder
        if not beside.is_dir() or beside.is_symlink():
            return []
        return sorted(one.name for one in islice(beside.iterdir(), MOST_STEPS))

    def beside(self, name: object) -> bytes | None:
        """A file that this one names, from its own folder or below; None when there is none or it lies elsewhere."""
        if not isinstance(name, str) or not name or len(name) > 1000 or "\0" in name:
            return None
        folder = (self.path if self.is_folder else self.path.parent).resolve()
        try:
            path = (folder / name.replace("\\", "/")).resolve()
            if not path.is_relative_to(folder) or not path.is_file() or path.stat().st_size > MAX_TEXT:
                return None
            return path.read_bytes()
        except OSError:
            return None

    def _read(self, most: int) -> bytes:
        self._stat()
        try:
            with self.path.open("rb") as file:
                return file.read(most)
        except OSError as error:
            raise BadRecording(f"It cannot be read ({error.strerror}).") from error

    def _stat(self) -> os.stat_result:
        """The facts of a plain file. Raises BadRecording: to open a pipe would wait for ever."""
        try:
            found = self.path.stat()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise BadRecording("There is no such file.") from error
        except (OSError, ValueError) as error:
            raise BadRecording(f"It cannot be read ({getattr(error, 'strerror', None) or error}).") from error
        if not stat.S_ISREG(found.st_mode):
            raise BadRecording("It is no plain file, so it is not read.")
        return found


def parsed_json(text: str) -> Any:
    """JSON made harmless. Raises BadRecording that says at which line it is none, or that it is too much."""
    if holds_too_much(text):
        raise BadRecording(f"It holds more than {MAX_VALUES} values.")
    try:
        return harmless(json.loads(text, parse_constant=lambda _: None))
    except json.JSONDecodeError as error:
        raise BadRecording(f"It is no JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from error
    except (ValueError, RecursionError) as error:
        raise BadRecording(f"It is no JSON that can be read ({str(error)[:80]}).") from error


def _cut_json(text: str, why: BaseException | None) -> Any:
    """JSON that ends in its middle, without the entry of a list that it ends in; None for what is no such JSON."""
    if not isinstance(why, json.JSONDecodeError) or why.msg == "Extra data":
        return None
    try:
        found = harmless(TypeAdapter(Any).validate_json(text.encode(), experimental_allow_partial=True))
    except (ValueError, RecursionError):
        return None
    inner = found
    while isinstance(inner, dict) and inner:
        inner = next(reversed(inner.values()))
    if isinstance(inner, list):
        del inner[-1:]
    return found if isinstance(inner, list) else None


def holds_too_much(text: str) -> bool:
    """Whether the values of JSON, each far larger in memory than its bytes, are more than are read."""
    return sum(map(text.count, ",[{")) > MAX_VALUES


def harmless(value: Any, depth: int = 0) -> Any:
    """The value with halves of surrogate pairs replaced, and what is nested deeper than 60 left out."""
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value)
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    if not isinstance(value, dict | list):
        return value
    if depth >= MAX_DEPTH:
        return "(nested too deep)"
    if isinstance(value, list):
        return [harmless(one, depth + 1) for one in value]
    return {_HALF.sub("\ufffd", name): harmless(one, depth + 1) for name, one in value.items()}


def number_of(value: object) -> float | None:
    """A finite number, or None for anything else."""
    if isinstance(value, bool):
        return float(value)
    return float(value) if isinstance(value, int | float) and abs(value) < 1e15 else None


def is_true(value: object) -> bool:
    """Whether it says yes: `true`, 1, or such a word."""
    return value.strip().lower() in ("true", "1", "1.0") if isinstance(value, str) else value in (True, 1)


def count_of(value: object) -> int:
    """A count that makes sense, or 0."""
    found = number_of(value)
    return int(found) if found is not None and 0 <= found < 1e12 else 0


def mapping_of(value: object) -> Mapping[str, Any]:
    """The object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def _line(line: str) -> Any:
    try:
        return harmless(json.loads(line, parse_constant=lambda _: None))
    except (ValueError, RecursionError):
        return line[:200]


def _hash(path: Path) -> str:
    """The hash of a file, however large."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def _archive_key(path: Path) -> str:
    """The hash of what an archive holds; of its bytes where that cannot be read."""
    try:
        with Archive(path) as archive:
            return content_hash("\n".join(f"{name} {archive.hash(name)}" for name in sorted(archive.names)).encode())
    except BadRecording:
        return _hash(path)


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _encoding(head: bytes) -> str:
    """How a text is written: by its mark, or by where its first characters have zeros; else UTF-8."""
    found = json.detect_encoding(head[:4])
    marked = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE))
    begins = head[:4].replace(b"\0", b"").strip()[:1] in (b"{", b"[", b"<")
    return found if marked or (begins and found.startswith("utf-")) and found != "utf-8" else _UTF8


def _unpacked(data: bytes) -> bytes:
    """What gzip holds, read no further than the largest text there may be."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            return file.read(MAX_TEXT + 1)
    except (OSError, EOFError, zlib.error) as error:
        return _unpacked_start(data, error)


def _unpacked_start(data: bytes, why: Exception) -> bytes:
    """What there is of gzip that breaks off. Raises BadRecording where it is damaged from the start."""
    try:
        if found := zlib.decompressobj(wbits=31).decompress(data, MAX_TEXT + 1):
            return found
    except zlib.error:
        pass
    raise BadRecording(f"It is damaged ({why}).") from why
