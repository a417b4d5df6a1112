"""Rows of the catalogue as a person reads them: one line per episode, numbers with their units."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from traces.sentences import ending

STATUS = {
    "running": "● running",
    "interrupted": "‖ interrupted",
    "success": "✓ done",
    "failed": "✕ failed",
    "unsure": "? unsure",
    "error": "✕ error",
    "stopped": "■ stopped",
}
"""How an episode ended, told by a sign and a word, never by colour alone."""


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """The cells of one episode; times are in UTC, what is not known is None."""
    by = row["author"] or "a person" if row["actor"] == "human" else row["model"] or "an agent"
    return {
        "open": ":material/layers: Open",
        "objective": row["objective"] or "No objective",
        "status": status(row),
        "by": by,
        "task": task(row),
        "steps": row["n_steps"],
        "depth": row["max_depth"],
        "reward": row["reward"],
        "took": took(row["started"], row["ended"]),
        "started": datetime.fromtimestamp(row["started"], UTC) if row["started"] else None,
    }


def status(row: Mapping[str, Any]) -> str:
    """How it ended and, unless it went well, why, as in `✕ failed · step limit`."""
    word = STATUS.get(row["status"], row["status"])
    reason = ending(row["end_reason"]) if row["status"] != "success" else ""
    return f"{word} · {reason}" if reason and reason != row["status"] else word


def task(row: Mapping[str, Any]) -> str:
    """As in `book_flight · seed 5013`; the site where there is no task."""
    name = row["task"] or row["site"] or ""
    return f"{name} · seed {row['seed']}" if row["seed"] is not None else name


def counted(count: int, noun: str) -> str:
    """As in `1 step`, `1,200 steps`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def took(started: float | None, ended: float | None) -> str | None:
    """As in `9.8 s`, `3 min 5 s` or `2 h 7 min`; None while it runs. Both times are seconds since the epoch."""
    if not started or not ended:
        return None
    seconds = max(0.0, ended - started)
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, hours = divmod(int(seconds), 60), divmod(int(seconds // 60), 60)
    return f"{minutes[0]} min {minutes[1]} s" if seconds < 3600 else f"{hours[0]:,} h {hours[1]} min"
