"""Folders for files that are not whole yet. What a process that was killed left there goes when the next one begins."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from store.claims import SUFFIX, Claim, is_claimed

_PREFIX = ".staging-"


@contextmanager
def staging(root: Path) -> Iterator[Path]:
    """A new folder in `root`, gone afterwards with all that is in it. Raises StoreError where it cannot be made."""
    _clear(root)
    folder = root / f"{_PREFIX}{secrets.token_hex(8)}"
    claim = Claim.take(folder)
    try:
        folder.mkdir()
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        claim.release(done=True)


def _clear(root: Path) -> None:
    """Remove folders whose process is gone. One that is being made has no folder yet, only its lock."""
    for lock in root.glob(f"{_PREFIX}*{SUFFIX}"):
        folder = lock.with_name(lock.name.removesuffix(SUFFIX))
        if folder.is_dir() and not is_claimed(folder):
            shutil.rmtree(folder, ignore_errors=True)
            lock.unlink(missing_ok=True)
