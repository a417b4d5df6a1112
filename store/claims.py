"""Who is writing a file: a lock beside it that the operating system lets go of when its process ends, however it ends.

`<file>.lock` is there from a file's beginning until it is sealed. If nobody holds it, the process that wrote the file
is gone. Nothing is read from or written to the file itself.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from store.errors import StoreError

SUFFIX = ".lock"
LOOKING_S = 10.0
"""How long a claim waits for others to have looked, which takes them microseconds when they have a processor."""

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

    def _look(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _lock(handle: int) -> None:
        """Raises OSError where somebody writes, and not where others only look at the same moment."""
        end = time.monotonic() + LOOKING_S
        while True:
            try:
                return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                if time.monotonic() > end:
                    raise
            _look(handle)
            time.sleep(0.001)  # between two tries: whoever looked is gone at once, and tells nobody

    def _look(handle: int) -> None:
        """Raises OSError where somebody writes. Several may look at once."""
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        fcntl.flock(handle, fcntl.LOCK_UN)


class Claimed(StoreError):
    """Another process, or another part of this one, is writing the file."""


class Claim:
    """This process writes the file; `take` makes it."""

    def __init__(self, path: Path, handle: int) -> None:
        self._path = path
        self._handle: int | None = handle

    @classmethod
    def take(cls, path: Path) -> Claim:
        """Raises Claimed when somebody else has it, StoreError when the folder cannot be written."""
        lock = lock_of(path)
        try:
            handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreError(f"{lock} could not be written ({error.strerror}). Nothing was changed.") from error
        try:
            _lock(handle)
        except OSError as error:
            os.close(handle)
            raise Claimed(f"{path} is still being written. Nothing was changed; wait until that has ended.") from error
        return cls(path, handle)

    def release(self, *, done: bool) -> None:
        """Let go; `done` says that the file is sealed and needs nobody any more. Harmless when called again."""
        handle, self._handle = self._handle, None
        if handle is None:
            return
        if done and sys.platform != "win32":
            lock_of(self._path).unlink(missing_ok=True)
        os.close(handle)
        if done and sys.platform == "win32":
            lock_of(self._path).unlink(missing_ok=True)


def lock_of(path: Path) -> Path:
    """The lock beside a file."""
    return path.with_name(path.name + SUFFIX)


def is_claimed(path: Path) -> bool:
    """Whether somebody is writing the file."""
    if not lock_of(path).exists():
        return False
    try:
        handle = os.open(lock_of(path), os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        _look(handle)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def left_behind(folder: Path, suffix: str) -> list[Path]:
    """The files with that suffix whose writers are gone and left them unfinished, by name."""
    locks = sorted(folder.glob(f"*{suffix}{SUFFIX}"))
    files = [lock.with_name(lock.name.removesuffix(SUFFIX)) for lock in locks]
    return [file for file in files if file.is_file() and not is_claimed(file)]
