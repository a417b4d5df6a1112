"""Bringing the catalogue up to the episode files, after an update that lists more of them, or on demand."""

from __future__ import annotations

from typing import Any

from flows.progress import Pace, Report, Stop, Stopped, Update, never, silent
from wiring import Parts


def catch_up(parts: Parts, report: Report = silent, stop: Stop = never, *, again: bool = False) -> dict[str, Any]:
    """Read the files that are not in the catalogue yet, or all `again`: `{"episodes", "left_out": [{"reason"}]}`.

    Raises Stopped; what was read stays, and the next call goes on after it.
    """
    pace = Pace(0)

    def told(done: int, total: int) -> None:
        pace.total = total
        report(Update(f"Reading episode files: {pace.said(done)}", done, total))

    read, left_out = parts.catch_up(told, stop, again=again)
    if stop() and parts.episodes.catalogue.unread:
        raise Stopped
    return {"episodes": read, "left_out": [{"reason": message} for message in left_out]}
