"""A folder of pages served from this process on a free port of 127.0.0.1, for environments that are files."""

from __future__ import annotations

import http.server
import threading
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self


class FolderSite:
    """Serves a folder until closed; a context manager."""

    def __init__(self, folder: Path) -> None:
        handler = partial(_Handler, directory=str(folder))
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="pages", daemon=True)
        self._thread.start()

    @property
    def root(self) -> str:
        """The folder's address, without a slash at its end."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Stop serving; harmless when called again."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Files without a log line per request; a page that goes away while it loads is no error."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def handle(self) -> None:
        """Serve one connection."""
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True
