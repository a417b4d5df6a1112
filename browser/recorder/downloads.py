"""Files the page downloads: kept while the recording runs and offered to the person, never part of the episode."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Download
from playwright.async_api import Error as PlaywrightError

from browser.errors import first_line
from browser.recorder.desk import Desk
from browser.recorder.events import Mark
from browser.recorder.messages import notice

MOST = 20
"""So many downloads are kept; older ones are forgotten."""


@dataclass(frozen=True)
class Downloaded:
    """A file as the browser stored it; `name` is what the page calls it."""

    name: str
    path: Path


class Downloads:
    """The downloads of one recording, by number. Use on the browser's thread; `of` from any."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._count = 0
        self._kept: dict[int, Downloaded] = {}
        self._messages: dict[int, dict[str, Any]] = {}
        self._waiting: set[asyncio.Task[None]] = set()

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What is offered to the views."""
        return list(self._messages.values())

    def of(self, number: int) -> Downloaded | None:
        """A download that is kept."""
        return self._kept.get(number)

    def began(self, download: Download) -> None:
        """The page has begun to download something."""
        task = asyncio.ensure_future(self._finish(download))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    def close(self) -> None:
        """Nothing is waited for any more; the files go with the browser's context."""
        for task in self._waiting:
            task.cancel()

    async def _finish(self, download: Download) -> None:
        name = self._desk.vault.blank(Path(download.suggested_filename).name or "download")
        if not self._desk.paused:
            self._desk.journal.add(Mark(what="download", detail=name))
        try:
            path = Path(await download.path())
            size = (await asyncio.to_thread(path.stat)).st_size
        except (PlaywrightError, OSError) as error:
            why = first_line(error).removeprefix("Download.path: ")
            self._desk.tell(notice(f"The download of {name} failed: {why}.", "Try it again on the page."))
            return
        self._count += 1
        self._kept[self._count] = Downloaded(name, path)
        message = {"type": "download", "number": self._count, "name": name, "size": size}
        self._messages[self._count] = message
        while len(self._kept) > MOST:
            oldest = next(iter(self._kept))
            del self._kept[oldest], self._messages[oldest]
        self._desk.tell(message)
