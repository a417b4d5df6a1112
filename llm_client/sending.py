"""What is known of a request when its process is killed: begun to go out, gone out, or over.

Requests go out one at a time: of those under way only the one that is just being handed to the network is in doubt.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from llm_client.chat import Attempt, Ledger


@dataclass
class Marked:
    """An attempt as far as it has come; `failure` is what telling of it raised, which the client hides."""

    attempt: Attempt
    holds: bool = False
    failure: BaseException | None = None


class Marker:
    """Tells `sending` of each attempt as it begins to go out and when it has. Safe to use from threads."""

    def __init__(self, sending: Ledger) -> None:
        self._sending = sending
        self._going_out = threading.Lock()
        self._here = threading.local()

    @contextmanager
    def marking(self, attempt: Attempt) -> Iterator[Marked]:
        """What is asked on this thread inside the block is this attempt."""
        marked = self._here.marked = Marked(attempt)
        try:
            yield marked
        finally:
            self._let_go(marked)

    def hook(self, request: Any) -> None:
        """Watch a request of the HTTP client: an event hook of it."""
        request.extensions["trace"] = self._watch(self._here.marked)

    def _watch(self, marked: Marked) -> Callable[[str, object], None]:
        def watch(event: str, _: object) -> None:
            if event.endswith("send_request_headers.started"):
                self._going_out.acquire()
                marked.holds = True
                self._tell(marked, replace(marked.attempt, state="sending"))
            elif event.endswith("send_request_body.complete"):
                self._tell(marked, replace(marked.attempt, state="sent"))
                self._let_go(marked)

        return watch

    def _tell(self, marked: Marked, attempt: Attempt) -> None:
        marked.attempt = attempt
        try:
            self._sending(attempt)
        except BaseException as error:
            marked.failure = error
            raise

    def _let_go(self, marked: Marked) -> None:
        if marked.holds:
            marked.holds = False
            self._going_out.release()
