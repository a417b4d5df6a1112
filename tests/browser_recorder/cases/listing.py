"""All cases in the order of docs/recording-cases.md, and the rows that page lists."""

from __future__ import annotations

import re
from pathlib import Path

from tests.browser_recorder.cases import (
    dialogs,
    fields,
    forms,
    frames,
    geometry,
    heavy,
    hidden,
    hostile,
    keyboard,
    moving,
    navigation,
    pointer,
    quality,
    secrets,
    shadow,
    tabs,
)
from tests.browser_recorder.cases.model import Row

_SUBJECTS = (
    pointer,
    moving,
    keyboard,
    fields,
    forms,
    frames,
    shadow,
    hidden,
    heavy,
    navigation,
    tabs,
    dialogs,
    hostile,
    secrets,
    geometry,
    quality,
)
PAGE = Path(__file__).parents[3] / "docs" / "recording-cases.md"
GROUPS = 48
_ROW = re.compile(r"^\| (\d+\.[a-z0-9-]+) \| (.+?) \|$", re.MULTILINE)


def group(case: str) -> int:
    """The number before the dot."""
    return int(case.partition(".")[0])


def listed() -> list[tuple[str, str]]:
    """The rows of the page: id and words."""
    return [(name, words) for name, words in _ROW.findall(PAGE.read_text(encoding="utf-8"))]


def table() -> str:
    """The rows as the page writes them."""
    return "\n".join(f"| {row.id} | {row.says} |" for row in ROWS)


ROWS: tuple[Row, ...] = tuple(
    sorted((row for subject in _SUBJECTS for row in subject.ROWS), key=lambda row: group(row.id))
)
