"""Files for the page: its chooser is answered with files of the person's machine, sent over the socket."""

from __future__ import annotations

import base64
import binascii
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import FileChooser

from browser.recorder.desk import Desk
from browser.recorder.events import Opened
from browser.recorder.widgets.questions import BadAnswer, Questions


class Files:
    """Files given to one recording's pages; they lie in a folder of its own until `close`."""

    def __init__(self, desk: Desk, questions: Questions) -> None:
        self._desk = desk
        self._questions = questions
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def chooser_opened(self, chooser: FileChooser) -> None:
        """The page asks for files."""

        async def answer(value: Any) -> tuple[bool, tuple[str, ...]]:
            return await self._upload(chooser, value)

        said = {"multiple": chooser.is_multiple(), "name": ""}
        self._questions.ask("chooser", Opened(widget="chooser"), said, answer, chooser.page)

    def close(self) -> None:
        """Remove files that were uploaded."""
        if self._folder is not None:
            self._folder.cleanup()

    async def _upload(self, chooser: FileChooser, value: Any) -> tuple[bool, tuple[str, ...]]:
        if value is None:
            return False, ()
        if not isinstance(value, list) or not value or (len(value) > 1 and not chooser.is_multiple()):
            raise BadAnswer("A chooser is answered with a list of files (one, unless it takes several), or null.")
        paths = [self._path(item) for item in value]
        try:
            await chooser.set_files(paths)
        except PlaywrightError as error:
            raise BadAnswer(f"The files could not be given to the page: {str(error).splitlines()[0]}") from error
        return True, tuple(str(item) if isinstance(item, str) else item["name"] for item in value)

    def _path(self, item: Any) -> Path:
        if isinstance(item, str):
            path = Path(item)
            if not self._desk.options.allow_paths:
                raise BadAnswer("This recording takes the files themselves, not paths.")
            if not path.is_file():
                raise BadAnswer(f"There is no file {item!r}.")
            return path
        if not isinstance(item, dict) or not {"name", "base64"} <= item.keys():
            raise BadAnswer("A file is {name, base64}.")
        return self._stored(Path(item["name"]).name or "file", item["base64"])

    def _stored(self, name: str, text: str) -> Path:
        try:
            data = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise BadAnswer(f"The file {name!r} is not base64.") from None
        if len(data) > self._desk.options.max_upload:
            raise BadAnswer(f"The file {name!r} is larger than {self._desk.options.max_upload} bytes.")
        self._folder = self._folder or tempfile.TemporaryDirectory(prefix="stepscope-upload-")
        path = Path(self._folder.name) / name
        path.write_bytes(data)
        return path
