"""Where writers write: named files that grow line by line, with what was left out and why, summed up in a manifest.

The manifest holds no time and no path of this machine, so equal labels make equal bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

from pydantic import BaseModel

from labeling.errors import SecretFound
from labeling.exports.secrets import tokens_in
from labeling.prompts.model import LeftOut
from traces.model import Frozen

EXPORT_FORMAT = "stepscope-label-export/1"
MANIFEST = "manifest.json"
_MANY = 2_000
"""Entries of what was left out that are listed one by one; all are counted by reason."""


class FileFacts(Frozen):
    """One file of an export: rows where it has rows, bytes, and the SHA-256 of all of it."""

    rows: int
    bytes: int
    sha256: str


class Manifest(Frozen):
    """What an export holds and what it does not; docs/formats/label-exports.md describes it."""

    format: str = EXPORT_FORMAT
    kind: str
    label_set: str | None
    prompt_set: str | None
    policy_set: str
    options: dict[str, Any]
    counts: dict[str, int]
    files: dict[str, FileFacts]
    left_out: tuple[LeftOut, ...]
    left_out_by_reason: dict[str, int]
    secrets: dict[str, int]
    notes: tuple[str, ...]
    canary: str | None = None


class Out:
    """Collects the files of one export; `open_file` makes a new one by its name (which may hold a folder)."""

    def __init__(self, open_file: Callable[[str], BinaryIO]) -> None:
        self._open = open_file
        self._files: dict[str, BinaryIO] = {}
        self._hashes: dict[str, Any] = {}
        self._bytes: Counter[str] = Counter()
        self._rows: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self.left_out: list[LeftOut] = []
        self.reasons: Counter[str] = Counter()
        self.secrets: Counter[str] = Counter()
        self.notes: list[str] = []

    @property
    def names(self) -> tuple[str, ...]:
        """The files so far, sorted."""
        return tuple(sorted(self._files))

    def row(self, name: str, row: BaseModel | Mapping[str, Any]) -> None:
        """Append one line of JSON. Raises SecretFound."""
        body = row.model_dump(mode="json") if isinstance(row, BaseModel) else row
        self.text(name, json.dumps(body, ensure_ascii=False, separators=(",", ":")) + "\n")
        self._rows[name] += 1

    def text(self, name: str, text: str) -> None:
        """Append text; what cannot be encoded (half a surrogate pair from a page) is escaped. Raises SecretFound."""
        self._looked_at(name, text)
        self.data(name, text.encode("utf-8", "backslashreplace"))

    def counted(self, name: str, text: str) -> None:
        """Count a row that is written in another form, and look at what it says. Raises SecretFound."""
        self._looked_at(name, text)
        self._rows[name] += 1

    def _looked_at(self, name: str, text: str) -> None:
        kinds = tokens_in(text)
        if kinds:
            raise SecretFound(f"{name} would hold {', '.join(kinds)}. Nothing was written.")

    def data(self, name: str, data: bytes) -> None:
        """Append bytes as they are."""
        if name not in self._files:
            self._files[name] = self._open(name)
            self._hashes[name] = hashlib.sha256()
        self._files[name].write(data)
        self._hashes[name].update(data)
        self._bytes[name] += len(data)

    def leave_out(self, entry: LeftOut) -> None:
        """Remember what is not in the export; long lists are counted, not kept."""
        self.reasons[entry.reason] += 1
        if len(self.left_out) < _MANY:
            self.left_out.append(entry)

    def leave_out_demonstration(self, episode: str, reason: str) -> None:
        """Remember a demonstration that is not in the export."""
        self.leave_out(LeftOut(episode=episode, step="", policy="", reason=reason))

    def note(self, text: str) -> None:
        """Say once what the format cannot express."""
        if text not in self.notes:
            self.notes.append(text)

    def files(self) -> dict[str, FileFacts]:
        """Facts of every file, by name."""
        return {
            name: FileFacts(rows=self._rows[name], bytes=self._bytes[name], sha256=self._hashes[name].hexdigest())
            for name in self.names
        }

    def manifest(self, **about: Any) -> Manifest:
        """The manifest of what was written; `about` says what it is an export of."""
        return Manifest(
            counts=dict(sorted(self.counts.items())),
            files=self.files(),
            left_out=tuple(self.left_out),
            left_out_by_reason=dict(sorted(self.reasons.items())),
            secrets=dict(sorted(self.secrets.items())),
            notes=tuple(self.notes),
            **about,
        )

    def close(self) -> None:
        """Let go of the files."""
        for file in self._files.values():
            file.close()
