"""Files for the page, of the person's own machine: by the page's chooser, or dropped on the canvas.

They come over the socket, lie in a folder of the recording's own until it ends, and are never part of the episode.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import tempfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import FileChooser

from browser.errors import first_line
from browser.recorder.desk import Desk
from browser.recorder.events import Drop, Opened
from browser.recorder.messages import DropMessage, problem
from browser.recorder.widgets.questions import BadAnswer, Questions
from browser.uploading import DraggedFiles

KEPT = "The files are not given to the page; the recording goes on."


class Files:
    """Files given to one recording's pages."""

    def __init__(self, desk: Desk, questions: Questions) -> None:
        self._desk = desk
        self._questions = questions
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._count = 0

    async def chooser_opened(self, chooser: FileChooser) -> None:
        """The page asks for files, or for a folder."""
        accept, folder = "", False
        with contextlib.suppress(PlaywrightError):
            accept = await chooser.element.get_attribute("accept") or ""
            folder = await chooser.element.get_attribute("webkitdirectory") is not None

        async def answer(value: Any) -> tuple[bool, tuple[str, ...]]:
            return await self._upload(chooser, folder, value)

        last = self._desk.eyes.last
        hit = last.hit if last else None
        said = {"multiple": chooser.is_multiple(), "folder": folder, "accept": accept, "name": hit.name if hit else ""}
        said["most"] = self._desk.options.max_upload
        self._questions.ask("chooser", Opened(widget="chooser"), said, answer, chooser.page)

    async def drop(self, message: DropMessage) -> int | None:
        """Files dropped on the page, behind a gate; refused where the page takes none."""
        try:
            paths, names = self._stored(message.files, folder=False)
        except BadAnswer as error:
            self._desk.tell(problem(str(error), KEPT, "Drop smaller files, or fewer."))
            return self._desk.refuse(f"files dropped: {error}")
        x, y = message.x, message.y
        gate = None if self._desk.paused else await self._desk.eyes.gate((x, y), message.frame)
        element = gate.target.id if gate is not None and gate.target else None
        async with DraggedFiles(self._desk.tabs.page, (x, y), paths) as files:
            if not await files.held(self._desk.tabs.observer, element or ""):
                told = f"{', '.join(names)} dropped at ({x:.0f}, {y:.0f}): the page takes no files there"
                return self._desk.refuse(told)
            number = None
            if gate is not None:
                event = Drop(gate=gate, x=x, y=y, files=names, dispatched_at=self._desk.clock())
                number = self._desk.journal.add(event)
            await self._desk.tabs.unless_dialog(files.drop())
            return number

    def close(self) -> None:
        """Remove files that were uploaded."""
        if self._folder is not None:
            self._folder.cleanup()

    async def _upload(self, chooser: FileChooser, folder: bool, value: Any) -> tuple[bool, tuple[str, ...]]:
        if value is None:
            return False, ()
        many = folder or chooser.is_multiple()
        if not isinstance(value, list) or not value or (len(value) > 1 and not many):
            raise BadAnswer("A chooser is answered with a list of files (one, unless it takes several), or null.")
        paths, names = self._stored(value, folder)
        try:
            await chooser.set_files(paths)
        except PlaywrightError as error:
            raise BadAnswer(f"The files could not be given to the page: {first_line(error)}") from error
        return True, names

    def _stored(self, files: Sequence[Any], folder: bool) -> tuple[list[Path], tuple[str, ...]]:
        """Where the files lie now, and their names; a folder is one path. Raises BadAnswer."""
        if all(isinstance(item, str) for item in files):
            paths = [self._named(str(item), folder) for item in files]
            return paths, tuple(str(item) for item in files)
        if not all(isinstance(item, dict) and {"name", "base64"} <= item.keys() for item in files):
            raise BadAnswer("A file is {name, base64}.")
        data = [(_inside(item["name"], folder), _decoded(item)) for item in files]
        total, most = sum(len(body) for _, body in data), self._desk.options.max_upload
        if total > most:
            raise BadAnswer(
                f"The files are {total / 2**20:.1f} MB together; at most {most / 2**20:.0f} MB can be given."
            )
        home = self._home()
        paths = [home / name if folder else home / str(index) / name for index, (name, _) in enumerate(data)]
        for path, (_, body) in zip(paths, data, strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
        if folder:
            top = data[0][0].parts[0]
            return [home / top], (top,)
        return paths, tuple(str(name) for name, _ in data)

    def _named(self, text: str, folder: bool) -> Path:
        """A path of this machine, where the recording takes those (the command line's)."""
        path = Path(text)
        if not self._desk.options.allow_paths:
            raise BadAnswer("This recording takes the files themselves, not paths.")
        if not (path.is_dir() if folder else path.is_file()):
            raise BadAnswer(f"There is no {'folder' if folder else 'file'} {text!r}.")
        return path.resolve()

    def _home(self) -> Path:
        """A fresh folder: pages may still read what was given before under the same name."""
        self._folder = self._folder or tempfile.TemporaryDirectory(prefix="stepscope-upload-")
        self._count += 1
        home = Path(self._folder.name) / str(self._count)
        home.mkdir()
        return home


def _inside(name: str, folder: bool) -> PurePosixPath:
    """The file's name without a way out of its folder; with its path below it where a folder is given."""
    parts = [part for part in name.replace("\\", "/").replace("\0", "").split("/") if part not in ("", ".", "..")]
    kept = [part[-150:] for part in parts][-20:] or ["file"]
    if folder:
        return PurePosixPath(*(kept if len(kept) > 1 else ["folder", *kept]))
    return PurePosixPath(kept[-1])


def _decoded(item: dict[str, str]) -> bytes:
    try:
        return base64.b64decode(item["base64"], validate=True)
    except (binascii.Error, ValueError):
        raise BadAnswer(f"The file {item['name']!r} is not base64.") from None
