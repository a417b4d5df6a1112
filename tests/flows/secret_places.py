"""Everything a workspace holds, made readable: files, columns of every database, episodes decoded, archives unpacked.

What is looked for in it is the matter of `tests/browser_recorder/leaks.py` and of the test that asks.
"""

from __future__ import annotations

import io
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from store.errors import StoreError
from tests.browser_recorder.leaks import columns, decoded
from traces.errors import TraceError

SQLITE = b"SQLite format 3\0"
Places = dict[str, str | bytes]


def folder_places(root: Path) -> Places:
    """Every file below the folder by its name, as bytes and in whatever it can be unpacked to."""
    found: Places = {}
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        name = path.relative_to(root).as_posix()
        data = path.read_bytes()
        found |= {f"{root.name}/{name}: name": name, f"{root.name}/{name}": data}
        found |= {f"{root.name}/{name}:{inner}": content for inner, content in _inside(path, data)}
    return found


def _inside(path: Path, data: bytes) -> Iterator[tuple[str, str | bytes]]:
    if data.startswith(SQLITE):
        yield from columns(path).items()
        if _is_episode(path):
            yield from decoded(path).items()
    elif zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield from ((name, archive.read(name)) for name in archive.namelist())
    else:
        try:
            yield "inflated", zlib.decompress(data, wbits=47)
        except zlib.error:
            return


def _is_episode(path: Path) -> bool:
    """An episode that was begun; one that is not whole is searched by its columns alone."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'blob'").fetchone():
            return False
    try:
        decoded(path)
    except (StoreError, TraceError):
        return False
    return True
