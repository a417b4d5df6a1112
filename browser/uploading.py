"""Files given to a page: dragged onto it as from a desktop, or chosen when something that was pressed asks for them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from types import TracebackType

from playwright.async_api import CDPSession, FileChooser, Page
from playwright.async_api import Error as PlaywrightError

from browser.observe import Observer

ASKED_S = 2.0
"""How long something that was pressed has to ask for files."""


async def chosen(page: Page, press: Callable[[], Awaitable[None]], paths: Sequence[Path]) -> bool:
    """Press what asks for files and give it these; False where nothing asks for any within 2 s."""
    asked: asyncio.Future[FileChooser] = asyncio.get_running_loop().create_future()

    def opened(chooser: FileChooser) -> None:
        if not asked.done():
            asked.set_result(chooser)

    page.on("filechooser", opened)
    try:
        await press()
        await asyncio.wait({asked}, timeout=ASKED_S)
    finally:
        page.remove_listener("filechooser", opened)
    if asked.done():
        await asked.result().set_files(paths)
    return asked.done()


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
