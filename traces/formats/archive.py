"""Archives from elsewhere: read member by member, by name, never unpacked to disk, never more than the bounds allow."""

from __future__ import annotations

import hashlib
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO

from traces.formats.bounds import MAX_ARCHIVE, MAX_LINE, MAX_MEMBERS, MAX_RATIO, MAX_TEXT, MAX_UNPACKED, MB
from traces.formats.foreign import BadRecording

UNREADABLE = (zipfile.BadZipFile, zlib.error, struct.error, OSError, RuntimeError, EOFError, ValueError)
"""What reading an archive raises where it is none, is damaged, or is packed in a way that is not read here."""


class Archive:
    """A zip file from elsewhere, read by members. Symbolic links, encrypted members and odd names are not there.

    `odd` are those, and members that another one of the same name hides, each with why it is not read.
    Raises BadRecording where it is none, or asks for more than the bounds.
    """

    def __init__(self, path: Path) -> None:
        try:
            if path.stat().st_size > MAX_ARCHIVE:
                raise BadRecording(f"It is larger than {MAX_ARCHIVE // MB} MB.")
            self._zip = zipfile.ZipFile(path)
        except UNREADABLE as error:
            raise BadRecording(f"It is no zip that can be read ({error}).") from error
        infos = self._zip.infolist()
        found = [(info, _odd(info)) for info in infos if not info.is_dir()]
        self._members = {info.filename: info for info, why in found if not why}
        again = [info for info, why in found if not why and self._members[info.filename] is not info]
        self.odd = (
            *((info.filename, why) for info, why in found if why),
            *((info.filename, "Another file of this name stands after it in the archive.") for info in again),
        )
        problem = _too_much(path.stat().st_size, len(infos), sum(info.file_size for info in infos))
        if problem is not None:
            self.close()
            raise BadRecording(problem)

    @property
    def names(self) -> tuple[str, ...]:
        """The members that can be read, as they stand in the file."""
        return tuple(self._members)

    def read(self, name: str, most: int = MAX_TEXT) -> bytes:
        """A member of at most `most` bytes. Raises BadRecording where there is none, or it is damaged or larger."""
        try:
            with self._open(name) as file:
                data = file.read(most + 1)
        except UNREADABLE as error:
            raise BadRecording(f"{name[:80]!r} is damaged ({error}).") from error
        if len(data) > most:
            raise BadRecording(f"{name[:80]!r} is larger than {most // MB} MB.")
        return data

    def lines(self, name: str) -> Iterator[tuple[int, bytes | None]]:
        """The member's lines with their numbers from 1; None for one that is longer than `MAX_LINE`.

        Raises BadRecording where the member is damaged, after the lines before.
        """
        number, within = 0, False
        try:
            with self._open(name) as file:
                while line := file.readline(MAX_LINE):
                    if not within:
                        number += 1
                        cut = len(line) == MAX_LINE and not line.endswith(b"\n")
                        yield number, None if cut else line
                    within = len(line) == MAX_LINE and not line.endswith(b"\n")
        except UNREADABLE as error:
            raise BadRecording(f"{name[:80]!r} is damaged after line {number} ({error}).") from error

    def hash(self, name: str) -> str:
        """The hash of a member, however it is packed. Raises BadRecording where it is damaged."""
        try:
            with self._open(name) as file:
                return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()  # type: ignore[arg-type]  # only `read` is asked for
        except UNREADABLE as error:
            raise BadRecording(f"{name[:80]!r} is damaged ({error}).") from error

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()

    def __enter__(self) -> Archive:
        """The archive itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Let go of the file."""
        self.close()

    def _open(self, name: str) -> IO[bytes]:
        member = self._members.get(name)
        if member is None:
            raise BadRecording(f"It holds no {name[:80]!r}.")
        return self._zip.open(member)


def _too_much(size: int, members: int, unpacked: int) -> str | None:
    """Why an archive is refused before anything of it is unpacked."""
    if members > MAX_MEMBERS or unpacked > MAX_UNPACKED:
        most = f"at most {MAX_MEMBERS} of {MAX_UNPACKED // MB} MB are read"
        return f"It holds {members} files of {unpacked // MB} MB; {most}."
    if unpacked > max(MAX_TEXT, MAX_RATIO * size):
        return f"It unpacks to {unpacked // max(1, size)} times its size, as nothing that was recorded does."
    return None


def _odd(info: zipfile.ZipInfo) -> str:
    """Why a member is not read; nothing where it is a plain file of an ordinary relative name."""
    name, mode = info.filename, info.external_attr >> 16
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in name:
        return "Its name leads out of the archive."
    if len(name) > 500:
        return "Its name is longer than 500 characters."
    if info.flag_bits & 1:
        return "It is encrypted."
    return "" if stat.S_IFMT(mode) in (0, stat.S_IFREG) else "It is a link, or no plain file."
