"""Traces of Playwright (`trace.zip`, or a `.trace` of a run that was cut): one episode for each browser context.

Calls become actions, snapshots observations, frames of the screencast pictures, named groups calls of the stack. What
does nothing on the page is left out and counted. docs/formats/playwright-trace.md
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from traces.draft import Draft
from traces.formats.archive import Archive
from traces.formats.bounds import MAX_LINE, MAX_PICTURE
from traces.formats.foreign import BadRecording
from traces.formats.playwright_lines import Lines, Recorded, read_lines
from traces.formats.playwright_story import Member, Story
from traces.formats.source import Source
from traces.sentences import counted

NAME = "playwright-trace"


def recognise(source: Source) -> bool:
    """Whether it is an archive with a trace in it, or a trace's own lines."""
    if source.is_zip:
        try:
            with Archive(source.path) as archive:
                return any(name.endswith(".trace") for name in archive.names)
        except BadRecording:
            return False
    first = source.head.split(b"\n", 1)[0].lstrip(b"\xef\xbb\xbf \t")
    return first.startswith(b"{") and b'"context-options"' in first


def read(source: Source) -> Sequence[Draft]:
    """The episodes of a trace. Raises BadRecording where none of its files holds a call."""
    if not source.is_zip:
        return _drafts([read_lines(source.name, _loose(source))], source.beside)
    with Archive(source.path) as archive:
        drafts = _of_archive(archive)
    if archive.odd:
        name, why = archive.odd[0]
        drafts[0].warn(name[:80], f"{counted(len(archive.odd), 'file')} of the archive left out, this one first: {why}")
    return drafts


def _of_archive(archive: Archive) -> Sequence[Draft]:
    """The drafts of each folder of the archive that holds a trace: what its files name lies in that folder."""
    folders: dict[str, list[Recorded]] = {}
    for name in archive.names:
        if name.endswith(".trace"):
            folders.setdefault(name.rpartition("/")[0], []).append(read_lines(name, archive.lines(name)))
    drafts: list[Draft] = []
    refused: list[BadRecording] = []
    for folder, found in folders.items():
        try:
            drafts += _drafts(found, partial(_member, archive, folder))
        except BadRecording as error:
            refused.append(error)
    if not drafts:
        raise refused[0]
    return drafts


def _member(archive: Archive, folder: str, name: str) -> bytes | None:
    path = next((one for one in (f"{folder}/{name}", name) if one in archive.names), None)
    return None if path is None else archive.read(path, MAX_PICTURE)


def _drafts(found: Sequence[Recorded], member: Member) -> Sequence[Draft]:
    """A draft for each context. A test runner's file says what failed; without the browser's it stands alone."""
    contexts = [one for one in found if one.calls and not one.is_runner]
    runners = [one for one in found if one.is_runner]
    if not contexts:
        contexts, runners = [one for one in runners if one.calls], []
    if not contexts:
        said = next((f" ({position}: {message})" for one in found for position, message in one.warnings), "")
        raise BadRecording(f"Its trace holds no call{said}.")
    return [Story(Draft(NAME), one, runners, member).told() for one in contexts]


def _loose(source: Source) -> Lines:
    for number, line in enumerate(source.data.split(b"\n"), 1):
        yield number, line if len(line) <= MAX_LINE else None
