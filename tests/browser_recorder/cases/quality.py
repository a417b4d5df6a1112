"""Cases."""

from __future__ import annotations

from tests.browser_recorder.cases.model import Row

ROWS: tuple[Row, ...] = ()
