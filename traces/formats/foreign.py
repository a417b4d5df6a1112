"""What a reader of a foreign recording gives: gestures as plain values, and what of it cannot be replayed.

Files come from anywhere: their size and depth are bounded before they are read.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from traces.errors import TraceError

MAX_BYTES = 10 * 1024 * 1024
MAX_DEPTH = 40
MAX_STEPS = 5_000

Gesture = dict[str, Any]
"""An entry of a script, docs/formats/script.md."""


class BadRecording(TraceError):
    """A file that is no recording, or a step of one that cannot be replayed."""


@dataclass(frozen=True)
class Foreign:
    """A recording made elsewhere. `url` is where it began (None: not said), `left_out` names steps by their number."""

    format: str
    title: str
    url: str | None
    viewport: tuple[int, int] | None
    gestures: Sequence[Gesture]
    left_out: Sequence[str]


def parsed(text: str) -> Any:
    """The JSON of a file. Raises BadRecording for what is too large, too deep or no JSON."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise BadRecording(f"It is larger than {MAX_BYTES // 1024 // 1024} MB.")
    if _depth(text) > MAX_DEPTH:
        raise BadRecording(f"It is nested more than {MAX_DEPTH} deep.")
    try:
        return json.loads(text)
    except ValueError as error:
        raise BadRecording(f"It is not JSON: {error}.") from error


def checked_url(value: Any) -> str:
    """An http or https address. Raises BadRecording."""
    url = text_of(value)
    if not url.startswith(("http://", "https://")) or len(url) > 8000:
        raise BadRecording(f"{url[:60]!r} is no http or https address")
    return url


def number(value: Any) -> float:
    """A finite number of a sensible size. Raises BadRecording."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not -1e7 < value < 1e7:
        raise BadRecording(f"{str(value)[:40]!r} is no number that makes sense here")
    return float(value)


def text_of(value: Any) -> str:
    """The text, or '' for anything else."""
    return value if isinstance(value, str) else ""


def _depth(text: str) -> int:
    """How deep brackets nest at most, those inside strings left out."""
    deepest = depth = 0
    quoted = escaped = False
    for char in text:
        if quoted:
            quoted, escaped = escaped or char != '"', not escaped and char == "\\"
        elif char == '"':
            quoted = True
        elif char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest
