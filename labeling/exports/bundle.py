"""The native bundle, which loses nothing: sealed episodes, the label set, every proposal, review and prompt set of it.

A bundle from elsewhere is hostile until it has been read: names, sizes and hashes are checked before anything is used.
"""

from __future__ import annotations

import hashlib
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from labeling.errors import BadBundle
from labeling.exports.material import Source
from labeling.exports.out import MANIFEST, Manifest, Out
from labeling.model import LabelRun, LabelSet, ReviewEvent
from labeling.prompts.model import PromptSet
from policies.model import Policy
from traces.formats.source import harmless
from traces.model import Annotation, Frozen

BUNDLE_FORMAT = "stepscope-bundle/1"
MAX_FILE = 1024**3
MAX_HEAD = 64 * 1024**2
MAX_FILES = 20_000
MAX_LINE = 64 * 1024**2
MAX_VALUES = 16_000_000
"""JSON values of one kind of records: each takes far more memory than its bytes."""
_EPISODE = re.compile(r"episodes/[A-Za-z0-9][A-Za-z0-9-]{0,63}\.episode")
_TEXTS = ("label_sets", "label_runs", "review_events", "annotations", "prompt_sets", "policies")
_CHUNK = 1024 * 1024
UNREADABLE = (zipfile.BadZipFile, zlib.error, struct.error, OSError, RuntimeError, EOFError, ValueError)
"""What reading an archive raises where it is none, is damaged, or is packed in a way that is not read here."""
T = TypeVar("T", bound=BaseModel)


class Head(Frozen):
    """What a bundle is about."""

    format: str = BUNDLE_FORMAT
    label_set: str
    policy_set: str


class Bundle(Frozen):
    """A bundle that was read and checked; `episodes` are names of its members."""

    head: Head
    manifest: Manifest
    label_sets: tuple[LabelSet, ...]
    label_runs: tuple[LabelRun, ...]
    review_events: tuple[ReviewEvent, ...]
    annotations: tuple[Annotation, ...]
    prompt_sets: tuple[PromptSet, ...]
    policies: tuple[Policy, ...]
    episodes: tuple[str, ...]


def write_native(source: Source, out: Out) -> None:
    """All there is about a label set: `bundle.json`, JSON lines for each kind of record, the episode files."""
    found = source.label_set
    out.text("bundle.json", Head(label_set=found.id, policy_set=found.policy_set).model_dump_json(indent=1) + "\n")
    out.row("label_sets.jsonl", found)
    for policy in source.policies:
        out.row("policies.jsonl", policy)
    for made in sorted(source.prompt_sets, key=lambda made: made.id):
        out.row("prompt_sets.jsonl", made)
    for one in source.demonstrations:
        out.counts["demonstrations"] += 1
        for run in sorted(one.runs, key=lambda run: (run.created, run.id)):
            out.row("label_runs.jsonl", run)
        for track in sorted(one.tracks, key=lambda track: track.name):
            for event in track.events:
                out.row("review_events.jsonl", event)
        for said in sorted(one.annotations, key=lambda said: (said.at, said.id)):
            out.row("annotations.jsonl", said)
        if one.file is not None:
            _copy(one.file, f"episodes/{one.id}.episode", out)


def read_bundle(path: Path) -> Bundle:
    """The records of a bundle, checked. Raises BadBundle."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _read(path, archive)
    except UNREADABLE as error:
        raise BadBundle(f"{path.name} is no bundle that can be read ({error}). Nothing was imported.") from error


def episode_chunks(path: Path, name: str, sha256: str) -> Iterator[bytes]:
    """The bytes of an episode in a bundle. Raises BadBundle after the last when they are not the manifest's."""
    digest = hashlib.sha256()
    try:
        with zipfile.ZipFile(path) as archive, archive.open(name) as member:
            while data := member.read(_CHUNK):
                digest.update(data)
                yield data
    except UNREADABLE as error:
        raise BadBundle(f"{name} in {path.name} is damaged ({error}). Nothing was imported.") from error
    if digest.hexdigest() != sha256:
        raise BadBundle(f"{name} in {path.name} is damaged. Nothing was imported.")


def _copy(file: Path, name: str, out: Out) -> None:
    with file.open("rb") as data:
        while chunk := data.read(_CHUNK):
            out.data(name, chunk)


def _read(path: Path, archive: zipfile.ZipFile) -> Bundle:
    _check_members(path, archive)
    manifest = _one(path, archive, MANIFEST, Manifest)
    head = _one(path, archive, "bundle.json", Head)
    if head.format != BUNDLE_FORMAT:
        raise BadBundle(
            f"{path.name} is written as {head.format!r}, this Stepscope reads {BUNDLE_FORMAT}. Nothing was imported."
        )
    _check_hashes(path, archive, manifest)
    return Bundle(
        head=head,
        manifest=manifest,
        label_sets=tuple(_lines(path, archive, "label_sets", LabelSet)),
        label_runs=tuple(_lines(path, archive, "label_runs", LabelRun)),
        review_events=tuple(_lines(path, archive, "review_events", ReviewEvent)),
        annotations=tuple(_lines(path, archive, "annotations", Annotation)),
        prompt_sets=tuple(_lines(path, archive, "prompt_sets", PromptSet)),
        policies=tuple(_lines(path, archive, "policies", Policy)),
        episodes=tuple(sorted(name for name in archive.namelist() if _EPISODE.fullmatch(name))),
    )


def _check_members(path: Path, archive: zipfile.ZipFile) -> None:
    """Only files we know, each once, none larger than it may be."""
    known = {MANIFEST, "bundle.json", *(f"{name}.jsonl" for name in _TEXTS)}
    names = archive.namelist()
    strange = [name for name in names if name not in known and not _EPISODE.fullmatch(name)]
    if strange or len(set(names)) < len(names) or len(names) > MAX_FILES:
        what = f"holds {strange[0][:80]!r}" if strange else "holds a file twice, or too many"
        raise BadBundle(f"{path.name} is no bundle of ours: it {what}. Nothing was imported.")
    for member in archive.infolist():
        limit = MAX_HEAD if member.filename in (MANIFEST, "bundle.json") else MAX_FILE
        if member.file_size > limit:
            raise BadBundle(f"{member.filename} in {path.name} is larger than {limit} bytes. Nothing was imported.")


def _check_hashes(path: Path, archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Texts must be the manifest's; episodes are checked as they are copied."""
    if set(manifest.files) != set(archive.namelist()) - {MANIFEST}:
        raise BadBundle(f"{path.name} does not hold the files its manifest names. Nothing was imported.")
    for name, facts in manifest.files.items():
        if not _EPISODE.fullmatch(name) and _sha256(archive, name) != facts.sha256:
            raise BadBundle(f"{name} in {path.name} is damaged. Nothing was imported.")


def _one(path: Path, archive: zipfile.ZipFile, name: str, kind: type[T]) -> T:
    try:
        return kind.model_validate_json(_head(archive, name))
    except (KeyError, ValidationError) as error:
        raise BadBundle(f"{path.name} is no bundle of ours: {name}: {_said(error)}. Nothing was imported.") from error


def _lines(path: Path, archive: zipfile.ZipFile, name: str, kind: type[T]) -> Iterator[T]:
    if f"{name}.jsonl" not in archive.namelist():
        return
    held = 0
    with archive.open(f"{name}.jsonl") as lines:
        for number, line in enumerate(iter(lambda: lines.readline(MAX_LINE + 1), b""), 1):
            held += sum(map(line.count, (b",", b"[", b"{")))
            if len(line) > MAX_LINE or held > MAX_VALUES:
                raise BadBundle(f"{name}.jsonl in {path.name} holds more than is read. Nothing was imported.")
            try:
                yield kind.model_validate(harmless(json.loads(line)))
            except (ValueError, RecursionError) as error:
                where = f"{name}.jsonl, line {number}"
                raise BadBundle(f"{path.name} is damaged: {where}: {_said(error)}. Nothing was imported.") from error


def _head(archive: zipfile.ZipFile, name: str) -> bytes:
    """A small member's bytes, never more than it may have. Raises ValueError where they hold too many values."""
    with archive.open(name) as member:
        data = member.read(MAX_HEAD + 1)
    if sum(map(data.count, (b",", b"[", b"{"))) > MAX_VALUES:
        raise ValueError(f"{name} holds more than is read")
    return data


def _sha256(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with archive.open(name) as member:
        while data := member.read(_CHUNK):
            digest.update(data)
    return digest.hexdigest()


def _said(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    return str(error)
