"""Errors of the stores.

StoreError
├── NewerSchema      a file written by a newer Stepscope
├── NotAnEpisode     a file that is no episode file, or is damaged
├── DiskFull         there was no room to write
├── WorkspaceError   the workspace folder or database cannot be used
├── NotFound         no row of that key
└── Conflict         somebody else wrote first (optimistic locking)
"""

from __future__ import annotations

import sqlite3


class StoreError(Exception):
    """Base of the stores' errors; its text is fit to be shown to a person."""


class NewerSchema(StoreError):
    """A file written by a newer Stepscope."""


class NotAnEpisode(StoreError):
    """A file that is no episode file, or is damaged."""


class DiskFull(StoreError):
    """There was no room to write."""


class WorkspaceError(StoreError):
    """The workspace folder or database cannot be used."""


class NotFound(StoreError):
    """No row of that key."""


class Conflict(StoreError):
    """Somebody else wrote first; `current` is the number to build on."""

    def __init__(self, current: int) -> None:
        super().__init__(f"Somebody else changed this first (it is now at {current}). Reload and do it again.")
        self.current = current


def translated(error: sqlite3.Error, path: object) -> StoreError:
    """Our error for one of SQLite's, saying what was kept."""
    text = str(error)
    if "full" in text or "disk I/O" in text:
        return DiskFull(f"No room left to write {path}: {text}. Everything before this step is kept. Free some space.")
    if "not a database" in text or "malformed" in text:
        return NotAnEpisode(f"{path} is damaged or not one of ours ({text}). It was left as it is.")
    return StoreError(f"{path} could not be written or read ({text}). What was committed before is kept.")
