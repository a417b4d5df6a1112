"""What a case of docs/recording-cases.md is: a page, what a person does on it, and what must have been recorded.

Cases stand in one module per subject; `test_recording_cases.py` plays them, `judge.py` holds the invariants of all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.browser_recorder.cases.person import Person
from tests.browser_recorder.cases.story import Story

Does = Mapping[str, Any] | Callable[[Person], object]
"""A gesture of browser/script.py, or something done with the view's own messages."""


@dataclass(frozen=True)
class Case:
    """One row. `page` is a file of tests/browser/pages/cases (with `?…`/`#…`), or another path of the case's site.

    `steps` are the expected steps, in which `[button 'Save']` stands for the id of that element in the observation
    before. `lost` are the expected entries of what was not recorded, `heard` what the page itself says happened to it
    (`say` and `note` of log.js, in order), `after` a text of the last step's observation after.
    """

    id: str
    says: str
    page: str
    does: tuple[Does, ...]
    steps: tuple[str, ...]
    lost: tuple[str, ...] = ()
    heard: tuple[str, ...] | None = None
    after: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    then: Callable[[Story], object] | None = None


@dataclass(frozen=True)
class Elsewhere:
    """A row that has a test of its own: `test` is its path and name, `file.py::test_name`."""

    id: str
    says: str
    test: str


Row = Case | Elsewhere
