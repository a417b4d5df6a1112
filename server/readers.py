"""Open episode files, a bounded number at a time, shared by the threads that answer requests.

A reader leaves the shelf when newer ones push it out; it is closed when the last request that uses it is done.
Episodes that are still written are opened anew for every request and never kept.
"""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from traces.reader import EpisodeReader


@dataclass
class _Loan:
    reader: EpisodeReader
    users: int = 0
    shelved: bool = True


class Readers:
    """Lends readers by episode id; `opened` makes one (and raises whatever it meets), `size` bounds the shelf."""

    def __init__(self, opened: Callable[[str], EpisodeReader], size: int = 16) -> None:
        self._opened = opened
        self._size = size
        self._lock = threading.Lock()
        self._shelf: OrderedDict[str, _Loan] = OrderedDict()

    @contextlib.contextmanager
    def lend(self, episode_id: str) -> Iterator[EpisodeReader]:
        """The episode's reader for the length of a `with` block."""
        loan = self._take(episode_id)
        try:
            yield loan.reader
        finally:
            self._give_back(loan)

    def close(self) -> None:
        """Let go of every file that nobody is reading; the rest close when given back."""
        with self._lock:
            loans = list(self._shelf.values())
            self._shelf.clear()
            idle = [self._retire(loan) for loan in loans]
        _close(idle)

    def _take(self, episode_id: str) -> _Loan:
        with self._lock:
            loan = self._shelf.get(episode_id)
            if loan is not None and loan.reader.path.exists():
                self._shelf.move_to_end(episode_id)
                loan.users += 1
                return loan
        fresh = _Loan(self._opened(episode_id), users=1, shelved=False)
        return self._shelve(episode_id, fresh) if fresh.reader.sealed else fresh

    def _shelve(self, episode_id: str, fresh: _Loan) -> _Loan:
        with self._lock:
            out = [self._shelf.pop(episode_id)] if episode_id in self._shelf else []
            fresh.shelved = True
            self._shelf[episode_id] = fresh
            while len(self._shelf) > self._size:
                out.append(self._shelf.popitem(last=False)[1])
            idle = [self._retire(loan) for loan in out]
        _close(idle)
        return fresh

    def _give_back(self, loan: _Loan) -> None:
        with self._lock:
            loan.users -= 1
            idle = loan.reader if loan.users == 0 and not loan.shelved else None
        _close([idle])

    def _retire(self, loan: _Loan) -> EpisodeReader | None:
        """Off the shelf; the reader to close now, None while somebody still uses it."""
        loan.shelved = False
        return loan.reader if loan.users == 0 else None


def _close(readers: list[EpisodeReader | None]) -> None:
    for reader in readers:
        if reader is not None:
            reader.close()
