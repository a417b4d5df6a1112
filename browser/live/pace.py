"""How good the pictures of a live view may be: worse while they are slow to arrive, better again when they are not.

Pure: it is told how long each picture took from leaving to being drawn. Chromium's screencast is left to `screencast`.
"""

from __future__ import annotations

QUALITIES = (70, 50, 35, 20)
"""JPEG qualities, the best first."""
SLOW_MS = 300.0
FAST_MS = 120.0
FAST_RUN = 15
"""So many quick pictures in a row earn a better one."""


class Pace:
    """The quality pictures have while the page moves."""

    def __init__(self) -> None:
        self._level = 0
        self._quick = 0

    @property
    def quality(self) -> int:
        """JPEG quality, 0 to 100."""
        return QUALITIES[self._level]

    def took(self, milliseconds: float) -> None:
        """A picture was drawn so long after it left."""
        if milliseconds > SLOW_MS:
            self._level = min(self._level + 1, len(QUALITIES) - 1)
            self._quick = 0
            return
        self._quick = self._quick + 1 if milliseconds < FAST_MS else 0
        if self._quick >= FAST_RUN:
            self._level, self._quick = max(self._level - 1, 0), 0
