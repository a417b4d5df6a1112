"""Files dragged onto a page, as from a desktop: first held over a point to see whether it takes them, then dropped."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from playwright.async_api import CDPSession, Page
from playwright.async_api import Error as PlaywrightError

from browser.observe import Observer


class DraggedFiles:
    """Files over a point of a page, CSS pixels of its viewport. An async context manager on the browser's thread."""

    def __init__(self, page: Page, at: tuple[float, float], paths: Sequence[Path]) -> None:
        self._page = page
        self._at = at
        self._paths = [str(path) for path in paths]
        self._session: CDPSession | None = None

    async def __aenter__(self) -> DraggedFiles:
        self._session = await self._page.context.new_cdp_session(self._page)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        session, self._session = self._session, None
        if session is not None:
            with contextlib.suppress(PlaywrightError):
                await session.detach()

    async def held(self, observer: Observer, element: str) -> bool:
        """Whether the page takes files there; if not, they are taken away again. `element` is what lies there."""
        await self._send("dragEnter")
        await self._send("dragOver")
        taken = bool(await observer.ask("takesFiles", element))
        if not taken:
            await self._send("dragCancel")
        return taken

    async def drop(self) -> None:
        """Let go."""
        await self._send("drop")

    async def _send(self, kind: str) -> None:
        if self._session is None:
            raise RuntimeError("the files are not over the page")
        x, y = self._at
        data = {"items": [], "files": self._paths, "dragOperationsMask": 1}
        await self._session.send("Input.dispatchDragEvent", {"type": kind, "x": x, "y": y, "data": data})
