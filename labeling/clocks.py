"""Times of day in texts, and how a clock of 24 hours shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TIME = re.compile(r"\b(\d{1,2})(?::(\d\d))?\s*([ap])\.?m\b\.?", re.IGNORECASE)


def times_in(text: str) -> Iterator[tuple[str, str]]:
    """Each time of a clock of twelve hours as it is written and as one of 24 shows it, in the order of the text.

    >>> list(times_in("from 8:04 PM to 12 a.m."))
    [('8:04 PM', '20:04'), ('12 a.m.', '00:00')]
    """
    return ((found.group(), _shown(found)) for found in _TIME.finditer(text))


def in_24_hours(text: str) -> str:
    """A time of day as a clock of 24 hours shows it; any other text as it is.

    >>> in_24_hours("2:05 PM")
    '14:05'
    """
    found = _TIME.fullmatch(text.strip())
    return text if found is None else _shown(found)


def _shown(found: re.Match[str]) -> str:
    hour = int(found[1]) % 12 + (12 if found[3].lower() == "p" else 0)
    return f"{hour:02}:{found[2] or '00'}"
